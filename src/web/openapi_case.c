#include "web/openapi_case.h"

#include "core/json.h"
#include "web/figures.h"
#include "web/openapi.h"
#include "web/openapi_operation.h"
#include "web/openapi_register.h"

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

static const struct openapi_operation FIGURES[] = {
    {"/services/figures", "get", "services.figures",
     "How services went in a year: open data, for everybody", "year figures_service", NULL, "200",
     "figures"},
};

/* It is no JSON. */
static const char FIGURES_CSV[] =
    ",'/services/figures.csv':{'get':{'operationId':'services.figures_csv','summary':'The same as"
    " CSV','parameters':[{'$ref':'#/components/parameters/year'},"
    "{'$ref':'#/components/parameters/figures_service'}],"
    "'responses':{'200':{'description':'The file','content':{'*/*':{}}}";

/* Of staff who watch a process. */
static const struct openapi_operation WATCHES[] = {
    {"/figures", "get", "services.work",
     "What is open and where it waits, who has how much in hand, how the last twelve months went",
     "", NULL, "200", "figures_work"},
    {"/charges", "get", "charges.list", "Charges of the cases you watch, the latest first",
     "charge_state charge_from charge_until charge_before", NULL, "200", "charges"},
};

static const struct openapi_operation SIGNED[] = {
    {"/cases", "get", "cases.list",
     "Cases you watch by urgency; of who is no staff their own, the latest first",
     "case_state limit cursor", NULL, "200", "cases"},
    {"/cases/{id}", "get", "cases.get",
     "A case with its term, what happened, open tasks, charges and files", "id", NULL, "200",
     "case_whole"},
    {"/charges/{charge}", "get", "charges.get", "A charge, by its number or its UIN", "charge",
     NULL, "200", "charge"},
};

static const struct openapi_operation PAYS[] = {
    {"/charges/{charge}/payment", "post", "charges.pay",
     "A charge was paid: the same once more is as good", "charge",
     "{'type':'object','required':['document','paid_on'],'properties':{'document':{'type':'string',"
     "'minLength':1,'maxLength':100},'paid_on':{'type':'string','format':'date'}}}",
     "200", "charge"},
    {"/charges/{charge}/correction", "post", "charges.correct",
     "The payment of a charge was written down by mistake: what the process did stays done",
     "charge",
     "{'type':'object','required':['reason'],'properties':{'reason':{'type':'string',"
     "'minLength':1,'maxLength':500}}}",
     "200", "charge"},
};

static const struct openapi_operation TAKES[] = {
    {"/services/{service}/applications", "post", "services.apply",
     "An application is sent for somebody: it becomes a case", "service idempotency_key",
     "{'type':'object','required':['data'],'properties':{'data':" OBJECT ",'person':" ID
     ",'way':{'enum':['desk','phone','paper']},"
     "'consent':{'type':'string'}}}",
     "201", "case"},
};

#define CARD                                                                                       \
    "'name':" TEXT_ ",'title':" TEXT_ ",'summary':" TEXT_ ",'who':" TEXT_ ",'result':" TEXT_       \
    ",'cost':" TEXT_ ",'term':" TEXT_ ",'order':" TEXT_ ",'ways':{'type':'array','items':" TEXT_   \
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
    ",'consent':{'type':['object','null']},'grounds':" LIST "'id':" TEXT_ ",'title':" TEXT_
    ",'law':" TEXT_ ENDS ",'laws':" LIST "'title':" TEXT_ ",'href':" TEXT_ ENDS ","
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
    "'charges':{'type':'array','items':{'$ref':'#/components/schemas/charge'}},"
    "'tasks':" LIST "'task':" NUMBER ",'element':" TEXT_ ",'for':" TEXT_ ",'may_answer':" BOOL_ ENDS
    ","
    "'files':" LIST "'id':" ID ",'name'"
    ":" TEXT_ ",'type'"
    ":" TEXT_ ",'size'"
    ":" NUMBER ",'sha256'"
    ":" TEXT_ ",'at'"
    ":" MOMENT ENDS "}"
    "}";

#define COUNTS                                                                                     \
    "'service':" TEXT_ ",'title':" TEXT_ ",'office':" TEXT_ ",'from':" TEXT_ ",'to':" TEXT_        \
    ",'applications':" NUMBER ",'granted':" NUMBER ",'refused':" NUMBER ",'withdrawn':" NUMBER     \
    ",'closed':" NUMBER ",'in_time':" NUMBER ",'late':" NUMBER                                     \
    ",'median_days':{'type':['integer','null']},'ratings':" NUMBER                                 \
    ",'rating':{'type':['number','null']},'visits_avoided':" NUMBER ",'grounds':" LIST             \
    "'id':" TEXT_ ",'title':" TEXT_ ",'refused':" NUMBER ENDS ",'other_grounds':" NUMBER

static const char FIGURE_SCHEMAS[] =
    ",'figures':{" MEMBERS "'required':['year','fewest','figures'],'properties':{'year':" NUMBER
    ",'fewest':" NUMBER ",'figures':" LIST COUNTS ENDS "}},"
    "'figures_work':{" MEMBERS "'required':['services','steps','persons','ended'],'properties':{"
    "'services':" LIST "'service':" TEXT_ ",'title':" TEXT_ ",'open':" NUMBER ",'late':" NUMBER
    ",'soon':" NUMBER ",'still':" NUMBER ENDS ",'steps':" LIST "'service':" TEXT_
    ",'element':" TEXT_ ",'title':" TEXT_ ",'is_stuck':" BOOL_ ",'cases':" NUMBER ",'late':" NUMBER
    ",'median_days':" NUMBER ",'longest_days':" NUMBER ENDS ",'persons':" LIST "'account':" NO_ID
    ",'name':" TEXT_ ",'role':" TEXT_ ",'tasks':" NUMBER ",'late':" NUMBER ENDS
    ",'ended':" LIST COUNTS ENDS "}}";

static const char STATE[] =
    ",'case_state':{'name':'state','in':'query','schema':{'enum':['open','granted','refused',"
    "'withdrawn','closed']}}"
    ",'year':{'name':'year','in':'query','schema':{'type':'integer','minimum':1,'maximum':9999}}"
    ",'figures_service':{'name':'service','in':'query','schema':{'type':'string'}}"
    ",'charge':{'name':'charge','in':'path','required':true,'schema':{'type':'string',"
    "'pattern':'^[0-9]+$'}}"
    ",'charge_state':{'name':'state','in':'query','schema':{'enum':['unpaid','late','paid',"
    "'withdrawn','return','all']}}"
    ",'charge_from':{'name':'from','in':'query','schema':{'type':'string','format':'date'}}"
    ",'charge_until':{'name':'until','in':'query','schema':{'type':'string','format':'date'}}"
    ",'charge_before':{'name':'before','in':'query','schema':{'type':'integer','minimum':1}}";

static const char CHARGE[] =
    ",'charge':{" MEMBERS "'required':['number','case','uin','amount','purpose','state'],"
    "'properties':{'number':" TEXT_ ",'case':" ID ",'uin':" TEXT_ ",'amount':{'type':'number'},"
    "'purpose':" TEXT_ ",'cbc':" TEXT_ ",'oktmo':" TEXT_
    ",'state':{'enum':['unpaid','paid','withdrawn']},'made_at':" MOMENT ",'document':" TEXT_
    ",'paid_on':" MOMENT ",'qr':" TEXT_ ",'service':" TEXT_ ",'case_number':" TEXT_ "}},"
    "'charges':{" MEMBERS "'required':['charges'],'properties':{'charges':{'type':'array',"
    "'items':{'$ref':'#/components/schemas/charge'}},'next':" NUMBER "}}";

/* Somebody who may send an application of another: they may begin its process. */
static bool may_take(struct request *request)
{
    return policy_may_some_process(&request->actor.rights, POLICY_BEGIN);
}

static bool may_manage(struct request *request)
{
    return policy_may_some_process(&request->actor.rights, POLICY_MANAGE);
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
    openapi_operation_print(out, FIGURES, ARRAY_LEN(FIGURES));
    openapi_put(out, FIGURES_CSV);
    openapi_register_problems(out, STR("400 404 422 429 503"));
    openapi_put(out, "}}}");
    if (figures_is_for(request))
        openapi_operation_print(out, WATCHES, ARRAY_LEN(WATCHES));
    if (request_is_signed_in(request))
        openapi_operation_print(out, SIGNED, ARRAY_LEN(SIGNED));
    if (request_is_signed_in(request) && may_take(request))
        openapi_operation_print(out, TAKES, ARRAY_LEN(TAKES));
    if (request_is_signed_in(request) && (may_take(request) || may_manage(request)))
        openapi_operation_print(out, PAYS, ARRAY_LEN(PAYS));
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
    openapi_put(out, FIGURE_SCHEMAS);
    openapi_put(out, CHARGE);
}
