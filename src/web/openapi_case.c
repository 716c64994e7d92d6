#include "web/openapi_case.h"

#include "core/json.h"
#include "web/flows.h"
#include "web/openapi.h"
#include "web/openapi_operation.h"

#define ID      "{'$ref':'#/components/schemas/id'}"
#define NO_ID   "{'type':['string','null']}"
#define TEXT_   "{'type':'string'}"
#define NUMBER  "{'type':'integer'}"
#define BOOL_   "{'type':'boolean'}"
#define MOMENT  "{'type':['string','null']}"
#define OBJECT  "{'type':'object'}"
#define MEMBERS "'type':'object','additionalProperties':false,"
#define LIST    "{'type':'array','items':{" MEMBERS "'properties':{"
#define ENDS    "}}}"

static const struct openapi_operation READS[] = {
    {"/services", "get", "services.list", "The services people may order", "", NULL, "200",
     "services"},
    {"/services/{service}", "get", "services.get",
     "A card, the steps of its form, and the JSON Schema of its application", "service", NULL,
     "200", "service_card"},
};

static const struct openapi_operation SIGNED[] = {
    {"/cases", "get", "cases.list",
     "Cases you watch by urgency; of who is no staff their own, the latest first",
     "case_state limit cursor", NULL, "200", "cases"},
    {"/cases/{id}", "get", "cases.get", "A case with its term, what happened, open tasks and files",
     "id", NULL, "200", "case_whole"},
};

static const struct openapi_operation TAKES[] = {
    {"/services/{service}/applications", "post", "services.apply",
     "An application is sent for somebody: it becomes a case", "service idempotency_key",
     "{'type':'object','required':['data'],'properties':{'data':" OBJECT ",'person':" ID
     ",'way':{'enum':['desk','phone','paper']}}}",
     "201", "case"},
};

#define CARD                                                                                       \
    "'name':" TEXT_ ",'title':" TEXT_ ",'summary':" TEXT_ ",'who':" TEXT_ ",'result':" TEXT_       \
    ",'cost':" TEXT_ ",'term':" TEXT_ ",'ways':{'type':'array','items':" TEXT_                     \
    "},'register':" TEXT_ ",'process':" TEXT_ ",'may_take':" BOOL_
#define HEAD                                                                                       \
    "'id':" ID ",'number':" TEXT_ ",'service':" TEXT_                                              \
    ",'state':{'enum':['open','granted','refused','withdrawn','closed']},'way':" TEXT_             \
    ",'registered_at':" MOMENT ",'closed_at':" MOMENT ",'due_on':" MOMENT ",'is_paused':" BOOL_    \
    ",'ground':" TEXT_ ",'flow':" NO_ID
#define NEEDED "'required':['id','number','service','state','registered_at','due_on'],"

static const char SCHEMAS[] =
    ",'services':{" MEMBERS "'required':['services'],'properties':{'services':" LIST CARD ENDS "}},"
    "'service_card':{" MEMBERS "'required':['name','title','schema','steps'],'properties':{" CARD
    ",'documents':" LIST "'title':" TEXT_ ",'help':" TEXT_ ",'required':" BOOL_ ENDS
    ",'grounds':" LIST "'id':" TEXT_ ",'title':" TEXT_ ",'law':" TEXT_ ENDS ",'laws':" LIST
    "'title':" TEXT_ ",'href':" TEXT_ ENDS ","
    "'steps':" LIST "'title':" TEXT_ ",'has_files'"
    ":" BOOL_ ",'is_conditional'"
    ":" BOOL_ ",'fields':{'type'"
    ":'array','items'"
    ":" TEXT_ "}" ENDS ",'schema'"
    ":" OBJECT "}},"
    "'case':"
    "{" MEMBERS NEEDED "'properties'"
    ":{" HEAD "}},"
    "'cases':"
    "{" MEMBERS "'required':["
    "'cases'],'"
    "properties':"
    "{'cases':{'"
    "type':'"
    "array','"
    "items':{"
    "'$ref':'#/"
    "components/"
    "schemas/"
    "case'}},'"
    "cursor'"
    ":" TEXT_ "}},";

static const char MORE_SCHEMAS[] =
    "'case_whole':{" MEMBERS NEEDED "'properties':{" HEAD ",'person':" NO_ID ",'rating':" NUMBER
    ",'data':" OBJECT ",'term':{'type':['object','null'],'additionalProperties':false,"
    "'properties':{'text':" TEXT_ ",'due_on':" MOMENT ",'steps':" LIST "'kind':" TEXT_
    ",'from':" MOMENT ",'to':" MOMENT ",'count':" NUMBER ",'text':" TEXT_ ENDS "}},"
    "'events':" LIST "'no':" NUMBER ",'at':" MOMENT ",'kind':" TEXT_ ",'text':" TEXT_
    ",'actor':" TEXT_ ENDS ","
    "'tasks':" LIST "'task':" NUMBER ",'element':" TEXT_ ",'for':" TEXT_ ",'may_answer':" BOOL_ ENDS
    ","
    "'files':" LIST "'id':" ID ",'name'"
    ":" TEXT_ ",'type'"
    ":" TEXT_ ",'size'"
    ":" NUMBER ",'sha256'"
    ":" TEXT_ ",'at'"
    ":" MOMENT ENDS "}"
    "}";

static const char STATE[] =
    ",'case_state':{'name':'state','in':'query','schema':{'enum':['open','granted','refused',"
    "'withdrawn','closed']}}";

/* Somebody who may send an application of another: they may begin its process. */
static bool may_take(struct request *request)
{
    return policy_may_some_process(&request->actor.rights, POLICY_BEGIN);
}

/* 0 also where packs bring none. */
static size_t find_services(struct request *request, const struct service ***services)
{
    size_t count;
    struct err none;

    return process_services(request->web->processes, request->catalog->model, request->arena,
                            services, &count, &none)
               ? count
               : 0;
}

static bool is_asked(struct request *request)
{
    const struct service **services;

    return find_services(request, &services) > 0;
}

void openapi_case_paths(struct buf *out, struct request *request)
{
    if (!is_asked(request))
        return;
    openapi_operation_print(out, READS, ARRAY_LEN(READS));
    if (request_is_signed_in(request))
        openapi_operation_print(out, SIGNED, ARRAY_LEN(SIGNED));
    if (request_is_signed_in(request) && may_take(request))
        openapi_operation_print(out, TAKES, ARRAY_LEN(TAKES));
}

void openapi_case_parameters(struct buf *out, struct request *request)
{
    const struct service **services;
    size_t count = find_services(request, &services);

    if (count == 0)
        return;
    openapi_put(out, ",'service':{'name':'service','in':'path','required':true,'schema':{'enum':[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(out, ',');
        json_write_text(out, services[i]->name);
    }
    openapi_put(out, "]}}");
    openapi_put(out, STATE);
}

void openapi_case_schemas(struct buf *out, struct request *request)
{
    if (!is_asked(request))
        return;
    openapi_put(out, SCHEMAS);
    openapi_put(out, MORE_SCHEMAS);
}
