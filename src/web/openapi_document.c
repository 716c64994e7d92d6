#include "web/openapi_document.h"

#include "web/openapi.h"
#include "web/openapi_operation.h"

static const char SCHEMAS[] =
    ",'document_file':{'anyOf':[{'type':'null'},{'type':'object','additionalProperties':false,"
    "'required':['file','sha256'],'properties':{'file':{'$ref':'#/components/schemas/id'},"
    "'sha256':{'type':'string'}}}]},"
    "'document':{'type':'object','additionalProperties':false,'required':['id','number','date',"
    "'title','series','register','record','flow','registered_at','state','reason','revoked_at',"
    "'letter','pdf','token','signatures'],'properties':{'id':{'$ref':'#/components/schemas/id'},"
    "'number':{'type':'string'},'date':{'type':'string','format':'date'},'title':{"
    "'type':'string'},'series':{'type':'string'},'register':{'type':'string'},'record':{'$ref':"
    "'#/components/schemas/id'},'flow':{'type':['string','null']},'registered_at':{'type':"
    "'string','format':'date-time'},'state':{'enum':['valid','revoked']},'reason':{"
    "'type':'string'},'revoked_at':{'type':['string','null']},'letter':{'$ref':"
    "'#/components/schemas/document_file'},'pdf':{'$ref':'#/components/schemas/document_file'},"
    "'token':{'type':'string'},'signatures':{'type':'array','items':{'type':'object',"
    "'additionalProperties':false,'required':['name','organization','position','issuer','of',"
    "'signed_at','brought_at','certificate'],'properties':{'name':{'type':'string'},"
    "'organization':{'type':'string'},'position':{'type':'string'},'issuer':{'type':'string'},"
    "'of':{'enum':['letter','pdf']},'signed_at':{'type':['string','null']},'brought_at':{"
    "'type':'string','format':'date-time'},'certificate':{'enum':['unknown','trusted',"
    "'outdated']}}}}}},"
    "'documents':{'type':'object','additionalProperties':false,'required':['documents'],"
    "'properties':{'documents':{'type':'array','items':{'$ref':'#/components/schemas/document'}},"
    "'cursor':{'type':'string'}}}";

static const char PARAMETERS[] =
    ",'document':{'name':'document','in':'path','required':true,'schema':{'$ref':"
    "'#/components/schemas/id'}},"
    "'document_cursor':{'name':'cursor','in':'query','description':'Where the list goes on',"
    "'schema':{'$ref':'#/components/schemas/id'}},"
    "'document_limit':{'name':'limit','in':'query','schema':{'type':'integer','minimum':1,"
    "'maximum':50}},"
    "'document_number':{'name':'number','in':'query','description':'How it begins','schema':{"
    "'type':'string','maxLength':50}}";

static const struct openapi_operation OPERATIONS[] = {
    {"/documents", "get", "documents.list",
     "Registered documents, the newest first; with a number those whose number begins so",
     "document_number document_limit document_cursor", NULL, "200", "documents"},
    {"/documents/{document}", "get", "documents.get", "One of them", "document", NULL, "200",
     "document"},
    {"/documents/{document}/revoke", "post", "documents.revoke",
     "It does not hold any more; its page says so", "document",
     "{'type':'object','required':['reason'],'properties':{'reason':{'type':'string',"
     "'minLength':1,'maxLength':500}}}",
     "200", "document"},
};

void openapi_document_paths(struct buf *out, struct request *request)
{
    if (request_is_signed_in(request))
        openapi_operation_print(out, OPERATIONS, ARRAY_LEN(OPERATIONS));
}

void openapi_document_parameters(struct buf *out, struct request *request)
{
    if (request_is_signed_in(request))
        openapi_put(out, PARAMETERS);
}

void openapi_document_schemas(struct buf *out, struct request *request)
{
    if (request_is_signed_in(request))
        openapi_put(out, SCHEMAS);
}
