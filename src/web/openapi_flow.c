#include "web/openapi_flow.h"

#include "web/flows.h"
#include "web/openapi.h"
#include "web/openapi_operation.h"

#define ID      "{'$ref':'#/components/schemas/id'}"
#define TEXT_   "{'type':'string'}"
#define MOMENT  "{'type':['string','null']}"
#define OBJECT  "{'type':'object'}"
#define MEMBERS "'type':'object','additionalProperties':false,"

static const struct openapi_operation WORK[] = {
    {"/processes", "get", "processes", "The processes you may begin or watch", "", NULL, "200",
     "processes"},
    {"/flows", "get", "flows.list", "Flows you may watch, newest first",
     "flow_state process about limit cursor", NULL, "200", "flows"},
    {"/flows", "post", "flows.begin", "Begins a flow", "idempotency_key",
     "{'type':'object','required':['process'],'properties':{'process':" TEXT_ ",'register':" TEXT_
     ",'record':" ID ",'data':" OBJECT "}}",
     "201", "flow_whole"},
    {"/flows/{id}", "get", "flows.get", "A flow with its tokens, waits and values", "id", NULL,
     "200", "flow_whole"},
    {"/flows/{id}/steps", "get", "flows.steps", "What happened in it, who did it and when",
     "id after", NULL, "200", "flow_steps"},
    {"/tasks", "get", "tasks.list", "Tasks of your roles nobody else has taken",
     "about_register about limit cursor", NULL, "200", "tasks"},
    {"/flows/{id}/tasks/{task}", "get", "tasks.get", "A task, or what waits for another system",
     "id task", NULL, "200", "task"},
    {"/flows/{id}/tasks/{task}/claim", "post", "tasks.claim", "Takes the task for oneself",
     "id task", NULL, "200", "task"},
    {"/flows/{id}/tasks/{task}/release", "post", "tasks.release", "Gives it back", "id task", NULL,
     "200", "task"},
    {"/flows/{id}/tasks/{task}/answer", "post", "tasks.answer",
     "The task is done with these data, or ended with an error, an escalation, or cannot be done",
     "id task if_step",
     "{'type':'object','properties':{'data':" OBJECT ",'error':{'type':'string','minLength':1},"
     "'escalation':{'type':'string','minLength':1},'broken':{'type':'string','minLength':1}}}",
     "200", "flow_whole"},
    {"/flows/{id}/tasks/{task}/people", "get", "tasks.people", "Who else may do it", "id task",
     NULL, "200", "people"},
    {"/flows/{id}/tasks/{task}/hand-over", "post", "tasks.hand_over",
     "Another one does it from now on; the case remembers the reason", "id task",
     "{'type':'object','required':['to','reason'],'properties':{'to':" ID
     ",'reason':{'type':'string','minLength':1,'maxLength':500}}}",
     "204", NULL},
    {"/substitutes", "get", "substitutes.list",
     "Who stands in for you; of who says it of others, for all who do tasks", "", NULL, "200",
     "substitutes"},
    {"/substitutes/{account}", "put", "substitutes.set",
     "Somebody stands in for them from a day until another one, both included", "account",
     "{'type':'object','required':['substitute','from','until'],'properties':{'substitute':" ID
     ",'from':{'type':'string','format':'date'},'until':{'type':'string','format':'date'}}}",
     "204", NULL},
    {"/substitutes/{account}", "delete", "substitutes.end", "Nobody stands in any more", "account",
     NULL, "204", NULL},
};

static const struct openapi_operation CARE[] = {
    {"/flows/{id}/retry", "post", "flows.retry", "Tries again what is stuck", "id if_step", NULL,
     "200", "flow_whole"},
    {"/flows/{id}/cancel", "post", "flows.cancel", "Ends the flow", "id if_step", NULL, "200",
     "flow_whole"},
    {"/flows/{id}/values", "patch", "flows.values", "Changes values of the flow", "id if_step",
     OBJECT, "200", "flow_whole"},
    {"/messages", "get", "messages.list", "Messages nobody waited for, newest first", "cursor",
     NULL, "200", "messages"},
    {"/messages", "post", "messages.send",
     "A message for the flow that waits for it, or a signal for all that do", "",
     "{'type':'object','properties':{'message':{'type':'string','minLength':1},'key':" TEXT_
     ",'signal':{'type':'string','minLength':1},'flow':" ID ",'data':" OBJECT "}}",
     "200", "message_sent"},
    {"/messages/{id}/deliver", "post", "messages.deliver", "Tries to deliver it again", "id", NULL,
     "200", "message_sent"},
    {"/messages/{id}", "delete", "messages.drop", "It is of no use any more", "id", NULL, "204",
     NULL},
};

#define HEAD                                                                                       \
    "'id':" ID ",'process':" TEXT_ ",'title':" TEXT_ ",'version':" TEXT_                           \
    ",'state':{'enum':['running','stuck','ended','failed','cancelled']},'error':" TEXT_            \
    ",'step':{'type':'integer'},'begun_at':" MOMENT ",'changed_at':" MOMENT                        \
    ",'register':{'type':['string','null']},'record':{'type':['string','null']},"                  \
    "'caller':{'type':['string','null']}"
#define NEEDED                                                                                     \
    "'required':['id','process','title','version','state','error','step','begun_at',"              \
    "'changed_at','register','record','caller'],"

static const char SCHEMAS[] =
    ",'flow':{" MEMBERS NEEDED "'properties':{" HEAD "}},"
    "'flow_whole':{" MEMBERS NEEDED "'properties':{" HEAD
    ",'tokens':{'type':'array','items':{" MEMBERS "'properties':{'element':" TEXT_ ",'name':" TEXT_
    ",'state':" TEXT_ ",'fault':" TEXT_ "}}},'waits':{'type':'array','items':{" MEMBERS
    "'properties':{'task':{'type':'integer'},"
    "'kind':" TEXT_ ",'element':" TEXT_ ",'name':" TEXT_ ",'for':" TEXT_ ",'key':" TEXT_
    ",'due_at':" MOMENT "}}},'values':" OBJECT "}},"
    "'flows':{" MEMBERS "'required':['flows'],'properties':{'flows':{'type':'array','items':{"
    "'$ref':'#/components/schemas/flow'}},'cursor':" TEXT_ "}},"
    "'flow_steps':{" MEMBERS
    "'required':['steps'],'properties':{'steps':{'type':'array','items':{" MEMBERS
    "'required':['step','at','actor','task','trace'],'properties':{'step':{'type':"
    "'integer'},'at':" MOMENT ",'actor':" TEXT_ ",'task':{'type':'integer'},'trace':" TEXT_
    "}}}}},";

static const char PEOPLE_SCHEMAS[] =
    ",'people':{" MEMBERS
    "'required':['people'],'properties':{'people':{'type':'array','items':{" MEMBERS
    "'required':['account','name','is_away'],'properties':{'account':" ID ",'name':" TEXT_
    ",'is_away':{'type':'boolean'}}}}}},"
    "'substitutes':{" MEMBERS
    "'required':['substitutes'],'properties':{'substitutes':{'type':'array','items':{" MEMBERS
    "'required':['account','name','substitute'],'properties':{'account':" ID ",'name':" TEXT_
    ",'substitute':{'type':['string','null']},'substitute_name':" TEXT_ ",'from':" TEXT_
    ",'until':" TEXT_ "}}}}}";

static const char MORE_SCHEMAS[] =
    "'processes':{" MEMBERS "'required':['processes'],'properties':{'processes':{'type':'array',"
    "'items':{" MEMBERS "'required':['id','title','version','may_begin','may_watch'],"
    "'properties':{'id':" TEXT_ ",'title':" TEXT_ ",'version':" TEXT_
    ",'may_begin':{'type':'boolean'},'may_watch':{'type':'boolean'}}}}}},"
    "'task':{" MEMBERS "'required':['task','kind','element','name','for','form','claimed_by',"
    "'may_answer','asked_at','due_at','data','flow'],'properties':{'task':{'type':'integer'},"
    "'kind':{'enum':['task','service','call']},'element':" TEXT_ ",'name':" TEXT_ ",'for':" TEXT_
    ",'form':" TEXT_ ",'claimed_by':{'type':['string','null']},'may_answer':{'type':'boolean'},"
    "'asked_at':" MOMENT ",'due_at':" MOMENT ",'data':" OBJECT
    ",'flow':{'$ref':'#/components/schemas/flow'}}},"
    "'tasks':{" MEMBERS "'required':['tasks'],'properties':{'tasks':{'type':'array','items':{"
    "'$ref':'#/components/schemas/task'}},'cursor':" TEXT_ "}},"
    "'messages':{" MEMBERS "'required':['messages'],'properties':{'messages':{'type':'array',"
    "'items':{" MEMBERS "'properties':{'id':" ID ",'kind':" TEXT_ ",'name':" TEXT_ ",'key':" TEXT_
    ",'reason':" TEXT_ ",'put_at':" MOMENT ",'data':" OBJECT "}}},'cursor':" TEXT_ "}},"
    "'message_sent':{" MEMBERS "'required':['id','outcome','flow'],'properties':{'id':" ID
    ",'outcome':{'enum':['delivered','begun','kept']},'flow':{'type':['string','null']}}}";

static const char PARAMETERS[] =
    ",'flow_state':{'name':'state','in':'query','schema':{'enum':['open','running','stuck',"
    "'ended','failed','cancelled']}},"
    "'process':{'name':'process','in':'query','schema':" TEXT_ "},"
    "'about':{'name':'record','in':'query','description':'Of flows about that record','schema':" ID
    "},"
    "'about_register':{'name':'register','in':'query','description':'Of flows about records of "
    "that register','schema':" TEXT_ "},"
    "'after':{'name':'after','in':'query','description':'Steps behind this one','schema':{'type':"
    "'integer','minimum':0}},"
    "'account':{'name':'account','in':'path','required':true,'schema':" ID "},"
    "'task':{'name':'task','in':'path','required':true,'schema':{'type':'integer','minimum':1}},"
    "'if_step':{'name':'If-Match','in':'header','description':'The ETag of the flow as it was "
    "seen: 409 if it has gone on since','schema':" TEXT_ "}";

static bool is_asked(const struct request *request)
{
    return request_is_signed_in(request) && request->catalog->model->type_count > 0;
}

void openapi_flow_paths(struct buf *out, struct request *request)
{
    if (!is_asked(request))
        return;
    openapi_operation_print(out, WORK, ARRAY_LEN(WORK));
    if (flows_may(request, STR("*"), POLICY_MANAGE))
        openapi_operation_print(out, CARE, ARRAY_LEN(CARE));
}

void openapi_flow_parameters(struct buf *out, struct request *request)
{
    if (is_asked(request))
        openapi_put(out, PARAMETERS);
}

void openapi_flow_schemas(struct buf *out, struct request *request)
{
    if (!is_asked(request))
        return;
    openapi_put(out, SCHEMAS);
    openapi_put(out, MORE_SCHEMAS);
    openapi_put(out, PEOPLE_SCHEMAS);
}
