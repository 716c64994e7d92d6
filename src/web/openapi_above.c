#include "web/openapi_above.h"

#include "web/openapi.h"
#include "web/openapi_operation.h"

static const char SCHEMAS[] =
    ",'published_record':{'type':'object','required':['id','version','changed_at','title','data'],"
    "'properties':{'id':{'$ref':'#/components/schemas/id'},'version':{'type':'integer'},"
    "'changed_at':{'type':'string','format':'date-time'},'title':{'type':'string'},"
    "'data':{'type':'object'}}},"
    "'own_values':{'type':'object','additionalProperties':false,'required':['version',"
    "'changed_at','data'],'properties':{'version':{'type':'integer'},'changed_at':{"
    "'type':'string','format':'date-time'},'data':{'type':'object'}}},"
    "'own_values_list':{'type':'object','additionalProperties':false,'required':['records'],"
    "'properties':{'cursor':{'type':'string'},'records':{'type':'array','items':{'type':'object',"
    "'additionalProperties':false,'required':['id','title','is_gone','own'],'properties':{'id':{"
    "'$ref':'#/components/schemas/id'},'title':{'type':'string'},'is_gone':{'type':'boolean'},"
    "'own':{'$ref':'#/components/schemas/own_values'}}}}}},"
    "'subscriptions':{'type':'object','additionalProperties':false,'required':['subscriptions'],"
    "'properties':{'subscriptions':{'type':'array','items':{'type':'object',"
    "'additionalProperties':false,'required':['register','from','from_title','edition',"
    "'issued_at','is_taken'],'properties':{'register':{'type':'string'},'from':{'type':'string'},"
    "'from_title':{'type':'string'},'edition':{'type':'integer'},'issued_at':{'type':['string',"
    "'null']},'is_taken':{'type':'boolean'}}}}}},"
    "'subscription_records':{'type':'object','additionalProperties':false,'required':['records',"
    "'from','edition'],'properties':{'records':{'type':'array','items':{'$ref':"
    "'#/components/schemas/published_record'}},'from':{'type':'string'},'edition':{"
    "'type':'integer'},'cursor':{'type':'string'}}},"
    "'subscription_record':{'type':'object','additionalProperties':false,'required':['record',"
    "'own','from','edition'],'properties':{'record':{'anyOf':[{'$ref':"
    "'#/components/schemas/published_record'},{'type':'null'}]},'own':{'anyOf':[{'$ref':"
    "'#/components/schemas/own_values'},{'type':'null'}]},'from':{'type':'string'},'edition':{"
    "'type':'integer'}}}";

/* Apart, as no string may be longer than 4095 bytes. */
static const char MORE_SCHEMAS[] =
    ",'subscription_codes':{'type':'object','additionalProperties':false,'required':['codes',"
    "'from','edition'],'properties':{'codes':{'type':'object','additionalProperties':{"
    "'type':'array','items':{'type':'object','additionalProperties':false,'required':['code',"
    "'title','parent'],'properties':{'code':{'type':'string'},'title':{'type':'string'},"
    "'parent':{'type':'string'}}}}},'from':{'type':'string'},'edition':{'type':'integer'}}},"
    "'proposal':{'type':'object','additionalProperties':false,'required':['uuid','is_own',"
    "'register','record','title','peer','author','reason','was','proposed','state','answer',"
    "'put_at','decided_at'],'properties':{'uuid':{'type':'string','format':'uuid'},'is_own':{"
    "'type':'boolean'},'register':{'type':'string'},'record':{'$ref':'#/components/schemas/id'},"
    "'title':{'type':'string'},'peer':{'type':'string'},'author':{'type':'string'},'reason':{"
    "'type':'string'},'was':{'type':'object'},'proposed':{'type':'object'},'state':{'enum':["
    "'waiting','open','accepted','declined','refused']},'answer':{'type':'string'},'put_at':{"
    "'type':['string','null']},'decided_at':{'type':['string','null']}}},"
    "'proposals':{'type':'object','additionalProperties':false,'required':['proposals'],"
    "'properties':{'proposals':{'type':'array','items':{'$ref':"
    "'#/components/schemas/proposal'}}}},"
    "'edition':{'type':'object','additionalProperties':false,'required':['no','issued_at',"
    "'journal','records','note'],'properties':{'no':{'type':'integer'},'issued_at':{"
    "'type':'string','format':'date-time'},'journal':{'type':'integer'},'records':{"
    "'type':'integer'},'note':{'type':'string'}}},"
    "'editions':{'type':'object','additionalProperties':false,'required':['editions'],"
    "'properties':{'editions':{'type':'array','items':{'$ref':'#/components/schemas/edition'}}}},"
    "'publications':{'type':'object','additionalProperties':false,'required':['publications'],"
    "'properties':{'publications':{'type':'array','items':{'type':'object',"
    "'additionalProperties':false,'required':['register','fields','readers','edition'],"
    "'properties':{'register':{'type':'string'},'fields':{'type':'array','items':{"
    "'type':'string'}},'readers':{'type':'array','items':{'type':'object',"
    "'additionalProperties':false,'required':['to','filter'],'properties':{'to':{"
    "'type':'string'},'filter':{'type':'string'}}}},'edition':{'anyOf':[{'$ref':"
    "'#/components/schemas/edition'},{'type':'null'}]}}}}}}";

static const struct openapi_operation READING[] = {
    {"/subscriptions", "get", "above.list", "Registers that those above publish", "", NULL, "200",
     "subscriptions"},
    {"/subscriptions/{register}/records", "get", "above.records", "A list of published records",
     "register q limit cursor", NULL, "200", "subscription_records"},
    {"/subscriptions/{register}/records/{id}", "get", "above.record",
     "One, with what the municipality says of it itself", "register id", NULL, "200",
     "subscription_record"},
    {"/subscriptions/{register}/records/{id}/own", "put", "above.say",
     "Own values beside a published record", "register id if_match",
     "{'type':'object','required':['data'],'properties':{'data':{'type':'object',"
     "'minProperties':1}}}",
     "200", "own_values"},
    {"/subscriptions/{register}/records/{id}/own", "delete", "above.unsay", "Takes them away",
     "register id if_match", NULL, "204", NULL},
    {"/subscriptions/{register}/codes", "get", "above.codes",
     "What codes are called by the publisher, by field", "register", NULL, "200",
     "subscription_codes"},
    {"/subscriptions/{register}/own", "get", "above.said", "All own values of a register",
     "register limit cursor", NULL, "200", "own_values_list"},
    {"/subscriptions/{register}/records/{id}/proposals", "post", "above.propose",
     "Proposes a correction to the publisher", "register id",
     "{'type':'object','required':['data','reason'],'properties':{'data':{'type':'object'},"
     "'reason':{'type':'string','minLength':1,'maxLength':1000}}}",
     "201", "proposal"},
};

static const struct openapi_operation PROPOSALS[] = {
    {"/proposals", "get", "proposals.list", "Corrections that were proposed, newest first",
     "direction state limit", NULL, "200", "proposals"},
    {"/proposals/{uuid}", "get", "proposals.get", "One of them", "uuid", NULL, "200", "proposal"},
    {"/proposals/{uuid}/accept", "post", "proposals.accept", "Changes the record as proposed",
     "uuid", "{'type':'object','properties':{'version':{'type':'integer','minimum':0}}}", "200",
     "proposal"},
    {"/proposals/{uuid}/decline", "post", "proposals.decline", "Leaves it as it is", "uuid",
     "{'type':'object','required':['answer'],'properties':{'answer':{'type':'string',"
     "'minLength':1,'maxLength':1000}}}",
     "200", "proposal"},
};

static const struct openapi_operation PUBLISHING[] = {
    {"/subscriptions/{register}", "put", "above.take", "Subscribes to a register", "register from",
     NULL, "204", NULL},
    {"/subscriptions/{register}", "delete", "above.drop", "Ends the subscription", "register", NULL,
     "204", NULL},
    {"/publications", "get", "publications.list", "What this municipality publishes", "", NULL,
     "200", "publications"},
    {"/publications/{register}", "put", "publications.put", "Publishes a register, or changes how",
     "register",
     "{'type':'object','properties':{'to':{'type':'string'},'fields':{'type':'array',"
     "'items':{'type':'string'}},'filter':{'type':'string','maxLength':2000}}}",
     "204", NULL},
    {"/publications/{register}", "delete", "publications.remove",
     "Ends it for a municipality, or for all", "register to", NULL, "204", NULL},
    {"/publications/{register}/editions", "get", "publications.editions",
     "Its editions, newest first", "register", NULL, "200", "editions"},
    {"/publications/{register}/editions", "post", "publications.issue", "Issues a new edition",
     "register", "{'type':'object','properties':{'note':{'type':'string','maxLength':500}}}", "201",
     "edition"},
};

static const struct openapi_operation OFFERS[] = {
    {"/offers", "get", "offers.list", "Packs that are offered to those below", "", NULL, "200",
     "offers"},
    {"/offers/{pack}", "put", "offers.put", "Offers the installed version of a pack", "pack",
     "{'type':'object','properties':{'to':{'type':'string'}}}", "204", NULL},
    {"/offers/{pack}", "delete", "offers.remove", "Ends an offer", "pack to", NULL, "204", NULL},
};

static const struct openapi_operation PACKS[] = {
    {"/packs", "get", "packs.list", "Packs that are installed, or could be", "", NULL, "200",
     "packs"},
    {"/packs/{pack}", "get", "packs.get", "One of them, and what it would change", "pack version",
     NULL, "200", "pack"},
    {"/packs/{pack}", "post", "packs.install", "Installs it, or a newer version of it", "pack",
     "{'type':'object','properties':{'version':{'type':'string'},'own':{'enum':['keep',"
     "'drafts']}}}",
     "200", "pack_installed"},
};

static bool is_asked(const struct request *request)
{
    return request_is_signed_in(request) && request->catalog->model->type_count > 0;
}

void openapi_above_paths(struct buf *out, struct request *request)
{
    if (!is_asked(request))
        return;
    openapi_operation_print(out, READING, ARRAY_LEN(READING));
    openapi_operation_print(out, PROPOSALS, ARRAY_LEN(PROPOSALS));
    if ((request->actor.rights.admin & POLICY_SETTINGS) != 0)
        openapi_operation_print(out, PUBLISHING, ARRAY_LEN(PUBLISHING));
    if ((request->actor.rights.admin & POLICY_SETTINGS) != 0)
        openapi_operation_print(out, OFFERS, ARRAY_LEN(OFFERS));
    if ((request->actor.rights.admin & POLICY_PACKS) != 0)
        openapi_operation_print(out, PACKS, ARRAY_LEN(PACKS));
}

void openapi_above_parameters(struct buf *out, struct request *request)
{
    const struct model *model = request->catalog->model;

    if (!is_asked(request))
        return;
    openapi_put(out, ",'register':{'name':'register','in':'path','required':true,'schema':{"
                     "'enum':[");
    for (size_t i = 0; i < model->type_count; i++) {
        if (i > 0)
            buf_char(out, ',');
        json_write_text(out, model->types[i]->id);
    }
    openapi_put(out,
                "]}},'pack':{'name':'pack','in':'path','required':true,'schema':{'type':'string'}},"
                "'version':{'name':'version','in':'query','description':'The newest by "
                "default','schema':{'type':'string'}},'uuid':{'name':'uuid','in':'path','required':"
                "true,'schema':{'type':'string',"
                "'format':'uuid'}},"
                "'state':{'name':'state','in':'query','schema':{'enum':['waiting','open',"
                "'accepted','declined','refused']}},"
                "'direction':{'name':'direction','in':'query','schema':{'enum':['own',"
                "'received']}},"
                "'from':{'name':'from','in':'query','description':'The publisher; the nearest by "
                "default','schema':{'type':'string'}},"
                "'to':{'name':'to','in':'query','description':'For whom; everybody by default',"
                "'schema':{'type':'string'}}");
}

static const char PACK_SCHEMAS[] =
    ",'offers':{'type':'object','additionalProperties':false,'required':['offers'],'properties':{"
    "'offers':{'type':'array','items':{'type':'object','additionalProperties':false,'required':["
    "'pack','version','to','offered_at'],'properties':{'pack':{'type':'string'},'version':{"
    "'type':'string'},'to':{'type':'string'},'offered_at':{'type':'string','format':"
    "'date-time'}}}}}},"
    "'pack_offer':{'anyOf':[{'type':'null'},{'type':'object','additionalProperties':false,"
    "'required':['version','from','from_title','offered_at'],'properties':{'version':{'type':"
    "'string'},'from':{'type':'string'},'from_title':{'type':'string'},'offered_at':{'type':"
    "'string','format':'date-time'}}}]},"
    "'packs':{'type':'object','additionalProperties':false,'required':['packs'],'properties':{"
    "'packs':{'type':'array','items':{'type':'object','additionalProperties':false,'required':["
    "'id','title','version','newest','offer'],'properties':{'id':{'type':'string'},'title':{"
    "'type':'string'},'version':{'type':['string','null']},'newest':{'type':'string'},'offer':{"
    "'$ref':'#/components/schemas/pack_offer'}}}}}},"
    "'pack':{'type':'object','additionalProperties':false,'required':['id','title','version',"
    "'installed','may_install','offer','changes','has_more'],'properties':{'id':{'type':'string'},"
    "'title':{'type':'string'},'version':{'type':'string'},'installed':{'type':['string','null']},"
    "'may_install':{'type':'boolean'},'offer':{'$ref':'#/components/schemas/pack_offer'},"
    "'has_more':{'type':'boolean'},'changes':{'type':'array','items':{'type':'object',"
    "'additionalProperties':false,'required':['kind','act','of','id','title','was'],'properties':{"
    "'kind':{'enum':['register','field','list','code','role','file']},'act':{'enum':['new',"
    "'changed','gone']},'of':{'type':'string'},'id':{'type':'string'},'title':{'type':'string'},"
    "'was':{'type':'string'}}}}}},"
    "'pack_installed':{'type':'object','additionalProperties':false,'required':['id','version',"
    "'is_whole'],'properties':{'id':{'type':'string'},'version':{'type':'string'},'is_whole':{"
    "'type':'boolean'}}}";

void openapi_above_schemas(struct buf *out, struct request *request)
{
    if (!is_asked(request))
        return;
    openapi_put(out, SCHEMAS);
    openapi_put(out, MORE_SCHEMAS);
    openapi_put(out, PACK_SCHEMAS);
}
