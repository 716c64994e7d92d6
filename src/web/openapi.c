#include "web/openapi.h"

#include "web/answer.h"
#include "web/openapi_above.h"
#include "web/openapi_case.h"
#include "web/openapi_document.h"
#include "web/openapi_draft.h"
#include "web/openapi_flow.h"
#include "web/openapi_meeting.h"
#include "web/openapi_schema.h"

void openapi_put(struct buf *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        buf_char(out, *c == '\'' ? '"' : *c);
}

static const char PARAMETERS[] =
    "'id':{'name':'id','in':'path','required':true,'schema':{'$ref':'#/components/schemas/id'}},"
    "'file':{'name':'file','in':'path','required':true,'schema':{'$ref':"
    "'#/components/schemas/id'}},"
    "'job':{'name':'job','in':'path','required':true,'schema':{'$ref':'#/components/schemas/id'}},"
    "'import':{'name':'import','in':'path','required':true,'schema':{'type':'integer','minimum':1}}"
    ","
    "'format':{'name':'format','in':'query','required':true,'schema':{'enum':['csv','ndjson',"
    "'geojson']}},"
    "'limit':{'name':'limit','in':'query','schema':{'type':'integer','minimum':1,'maximum':1000}},"
    "'cursor':{'name':'cursor','in':'query','description':'From the page before, unchanged',"
    "'schema':{'type':'string','maxLength':1000}},"
    "'count':{'name':'count','in':'query','description':'Also how many there are; up to a bound, "
    "then count_is_exact is false',"
    "'schema':{'enum':['true']}},"
    "'where':{'name':'where','in':'query','description':'Only records of which this is true: a "
    "filter in FEEL over indexed fields','schema':{'type':'string','maxLength':4000}},"
    "'q':{'name':'q','in':'query','description':'Words in any form; the last may be a beginning. "
    "The order is then that of the search','schema':{'type':'string'}},"
    "'bbox':{'name':'bbox','in':'query','style':'form','explode':false,'description':"
    "'West, south, east, north','schema':{'$ref':'#/components/schemas/box'}},"
    "'view':{'name':'bbox','in':'query','required':true,'style':'form','explode':false,"
    "'schema':{'$ref':'#/components/schemas/box'}},"
    "'valid_on':{'name':'valid_on','in':'query','description':'The day asked about; today',"
    "'schema':{'type':'string','format':'date'}},"
    "'known_at':{'name':'known_at','in':'query','description':'As it was known on a day, at a "
    "moment or after an entry of the journal','schema':{'type':'string','format':'date'}},"
    "'before':{'name':'before','in':'query','description':'Versions before this one','schema':"
    "{'type':'integer','minimum':1}},"
    "'name':{'name':'name','in':'query','required':true,'schema':{'type':'string','minLength':1,"
    "'maxLength':200}},"
    "'if_match':{'name':'If-Match','in':'header','required':true,'description':"
    "'The ETag of the record as it was seen, or *','schema':{'type':'string'}},"
    "'idempotency_key':{'name':'Idempotency-Key','in':'header','description':"
    "'The same request with the same key within two days is done once','schema':{'type':'string',"
    "'maxLength':100}}";

static const char SCHEMAS[] =
    "'id':{'type':'string','pattern':'^[0-9a-hjkmnp-tv-z]{13}$'},"
    "'box':{'type':'array','minItems':4,'maxItems':4,'items':{'type':'number',"
    "'minimum':-180,'maximum':180}},"
    "'geometry':{'type':'object','required':['type','coordinates'],"
    "'additionalProperties':false,'properties':{'type':{'enum':['Point','MultiPoint',"
    "'LineString','MultiLineString','Polygon','MultiPolygon']},'coordinates':{"
    "'type':'array'},'bbox':{'type':'array'}}},"
    "'problem':{'type':'object','additionalProperties':false,'required':['status',"
    "'title','detail'],'properties':{'type':{'type':'string'},'status':{"
    "'type':'integer'},'title':{'type':'string'},'detail':{'type':'string'},'errors':{"
    "'type':'array','items':{'type':'object','additionalProperties':false,"
    "'required':['pointer','code','detail'],'properties':{'pointer':{'type':'string'},"
    "'code':{'type':'string'},'detail':{'type':'string'}}}}}},"
    "'history':{'type':'object','additionalProperties':false,'required':['versions'],"
    "'properties':{'versions':{'type':'array','items':{'type':'object',"
    "'additionalProperties':false,'required':['version','at','action','actor','changes'],"
    "'properties':{'version':{'type':'integer'},'at':{'type':'string',"
    "'format':'date-time'},'action':{'enum':['create','change','delete','erase']},"
    "'actor':{'type':'string'},'valid_from':{'type':'string','format':'date'},'changes':{"
    "'type':'array','items':{'type':'object','additionalProperties':false,"
    "'required':['field','was','is'],'properties':{'field':{'type':'string'},'was':{},"
    "'is':{}}}}}}}}},"
    "'clusters':{'type':'object','additionalProperties':false,'required':['clusters'],"
    "'properties':{'clusters':{'type':'array','items':{'type':'object',"
    "'additionalProperties':false,'required':['x','y','count'],'properties':{'x':{"
    "'type':'number'},'y':{'type':'number'},'count':{'type':'integer'},'id':{"
    "'$ref':'#/components/schemas/id'},'title':{'type':'string'}}}}}},"
    "'file':{'type':'object','additionalProperties':false,'required':['id','name','type',"
    "'size','sha256','at','actor'],'properties':{'id':{'$ref':'#/components/schemas/id'},"
    "'name':{'type':'string'},'type':{'type':'string'},'size':{'type':'integer'},"
    "'sha256':{'type':'string','pattern':'^[0-9a-f]{64}$'},'at':{'type':'string',"
    "'format':'date-time'},'actor':{'type':'string'}}},"
    "'files':{'type':'object','additionalProperties':false,'required':['files'],"
    "'properties':{'files':{'type':'array','items':{"
    "'$ref':'#/components/schemas/file'}}}},"
    "'registers':{'type':'object','additionalProperties':false,'required':['registers'],"
    "'properties':{'registers':{'type':'array','items':{'type':'object',"
    "'additionalProperties':false,'required':['id','title','group','pack','version',"
    "'temporal','map'],'properties':{'id':{'type':'string'},'title':{'type':'string'},"
    "'group':{'type':'string'},'pack':{'type':'string'},'version':{'type':'string'},"
    "'temporal':{'type':'boolean'},'map':{'type':'boolean'}}}}}},"
    "'register_schema':{'type':'object','required':['title','type','properties',"
    "'x-uprava'],'properties':{'title':{'type':'string'},'type':{'const':'object'},"
    "'properties':{'type':'object'},'x-uprava':{'type':'object'}}},"
    "'codes':{'type':'object','additionalProperties':false,'required':['codes'],"
    "'properties':{'codes':{'type':'array','items':{'type':'object',"
    "'additionalProperties':false,'required':['code','title','parent'],'properties':{"
    "'code':{'type':'string'},'title':{'type':'string'},'parent':{'type':'string'}}}}}}";

/* Apart, as no string may be longer than 4095 bytes. */
static const char WORK_SCHEMAS[] =
    "'job':{'type':'object','additionalProperties':false,'required':['id','kind',"
    "'status','done','total'],'properties':{'id':{'$ref':'#/components/schemas/id'},"
    "'kind':{'type':'string'},'status':{'type':'string'},'step':{'type':'string'},"
    "'done':{'type':'integer'},'total':{'type':'integer'},'is_stopping':{"
    "'type':'boolean'},'put_at':{'type':['string','null']},'started_at':{"
    "'type':['string','null']},'ended_at':{'type':['string','null']},'reason':{"
    "'type':['string','null']},'result':{'type':['object','null']}}},"
    "'import':{'type':'object','required':['id','register','name','format','status',"
    "'counts'],'properties':{'id':{'type':'integer'},'register':{'type':'string'},"
    "'name':{'type':'string'},'format':{'type':'string'},'status':{'type':'string'},"
    "'counts':{'type':'object'}}},"
    "'import_errors':{'type':'object','additionalProperties':false,'required':['items'],"
    "'properties':{'items':{'type':'array','items':{'type':'object',"
    "'additionalProperties':false,'required':['line','field','code','detail','value'],"
    "'properties':{'line':{'type':'integer','minimum':0},'field':{'type':'string'},"
    "'code':{'type':'string'},'detail':{'type':'string'},'value':{'type':'string'}}}}}},"
    "'job_event':{'type':'object','additionalProperties':false,'required':['text',"
    "'percent_text','total','done','is_counted','done_text','left_text'],'properties':{"
    "'text':{'type':'string'},'percent_text':{'type':'string'},'total':{'type':'string',"
    "'pattern':'^[0-9]+$'},'done':{'type':'string','pattern':'^[0-9]+$'},'is_counted':{"
    "'type':'boolean'},'done_text':{'type':'string'},'left_text':{'type':'string'},"
    "'done_href':{'type':'string'}}},"
    "'accepted':{'type':'object','additionalProperties':false,'required':['job'],"
    "'properties':{'job':{'$ref':'#/components/schemas/id'},'import':{'type':'integer'}}},"
    "'jobs':{'type':'object','additionalProperties':false,'required':['items'],"
    "'properties':{'items':{'type':'array','items':{'$ref':'#/components/schemas/job'}}}}";

void openapi_answer(struct buf *out, const char *status, const char *schema, const char *problems)
{
    openapi_put(out, "'responses':{'");
    openapi_put(out, status);
    openapi_put(out, "':{'description':'Done','content':{'application/json':{'schema':{'$ref':"
                     "'#/components/schemas/");
    openapi_put(out, schema);
    openapi_put(out, "'}}}}");
    openapi_register_problems(out, str_from_z(problems));
    openapi_put(out, "}}");
}

static void print_lists(struct request *request, struct buf *out)
{
    const struct model *model = request->catalog->model;
    struct map seen = {.arena = request->arena};

    openapi_put(out,
                ",'/lists/{list}':{'get':{'operationId':'list','summary':'The codes of a list',"
                "'parameters':[{'name':'list','in':'path','required':true,'schema':{'enum':[");
    for (size_t i = 0; i < model->type_count; i++)
        for (size_t f = 0; f < model->types[i]->field_count; f++) {
            struct str list = model->types[i]->fields[f].list;

            if (list.len == 0 || map_find(&seen, list) != NULL ||
                map_find(&request->catalog->lists, list) == NULL)
                continue;
            if (seen.count > 0)
                buf_char(out, ',');
            map_put(&seen, list, request);
            json_write_text(out, list);
        }
    openapi_put(out, "]}}],");
    openapi_answer(out, "200", "codes", "400 401 404 429 503");
    buf_char(out, '}');
}

static void print_jobs(struct buf *out)
{
    openapi_put(out, ",'/jobs':{'get':{'operationId':'jobs','summary':'Long work, newest first',");
    openapi_answer(out, "200", "jobs", "400 401 403 429 503");
    openapi_put(out,
                "},'/jobs/{job}':{'parameters':[{'$ref':'#/components/parameters/job'}],'get':{"
                "'operationId':'job','summary':'How far it is',");
    openapi_answer(out, "200", "job", "400 401 403 404 429 503");
    openapi_put(
        out, "},'/jobs/{job}/events':{'parameters':[{'$ref':'#/components/parameters/job'}],'get':{"
             "'operationId':'job_events','summary':'The same as it goes on, as server-sent events; "
             "the last one has done_href','responses':{'200':{'description':"
             "'Each event is a line data: with a job_event','content':{'text/event-stream':{"
             "'schema':{'type':'string'},'x-itemSchema':{'$ref':"
             "'#/components/schemas/job_event'}}}}");
    openapi_register_problems(out, STR("400 401 403 404 429 503"));
    openapi_put(
        out,
        "}}},'/jobs/{job}/stop':{'parameters':[{'$ref':'#/components/parameters/job'}],'post':{"
        "'operationId':'stop_job','summary':'Stops it at the next safe place',");
    openapi_answer(out, "202", "job", "400 401 403 404 409 422 429 503");
    buf_char(out, '}');
}

static void print_imports(struct buf *out)
{
    static const char *const ACTS[][2] = {
        {"check", "Reads the whole file without writing"},
        {"start", "Writes its records"},
        {"undo", "Takes back what was not changed since"},
    };

    openapi_put(out,
                ",'/imports/{import}':{'parameters':[{'$ref':'#/components/parameters/import'}],"
                "'get':{'operationId':'import_get','summary':'How far an import is',");
    openapi_answer(out, "200", "import", "400 401 403 404 429 503");
    openapi_put(out,
                "},'/imports/{import}/errors':{'parameters':[{'$ref':"
                "'#/components/parameters/import'}],'get':{'operationId':'import_errors','summary':"
                "'What is wrong with its rows; after an undo, what was kept and why',");
    openapi_answer(out, "200", "import_errors", "400 401 403 404 429 503");
    buf_char(out, '}');
    for (size_t i = 0; i < ARRAY_LEN(ACTS); i++) {
        openapi_put(out, ",'/imports/{import}/");
        openapi_put(out, ACTS[i][0]);
        openapi_put(out, "':{'parameters':[{'$ref':'#/components/parameters/import'}],'post':{"
                         "'operationId':'import_");
        openapi_put(out, ACTS[i][0]);
        openapi_put(out, "','summary':'");
        openapi_put(out, ACTS[i][1]);
        openapi_put(out, "',");
        openapi_answer(out, "202", "accepted", "400 401 403 404 409 413 415 422 429 503");
        buf_char(out, '}');
    }
}

static void print_paths(struct request *request, struct buf *out)
{
    const struct model *model = request->catalog->model;
    struct openapi_register it;

    openapi_put(out, "'paths':{'/registers':{'get':{'operationId':'registers','summary':"
                     "'The registers you may read',");
    openapi_answer(out, "200", "registers", "400 401 429 503");
    buf_char(out, '}');
    print_lists(request, out);
    if (request_is_signed_in(request))
        print_jobs(out);
    if (request_is_signed_in(request))
        print_imports(out);
    openapi_above_paths(out, request);
    openapi_case_paths(out, request);
    openapi_document_paths(out, request);
    openapi_draft_paths(out, request);
    openapi_flow_paths(out, request);
    openapi_meeting_paths(out, request);
    for (size_t i = 0; i < model->type_count; i++)
        if (openapi_register_rights(request, model->types[i], &it))
            openapi_register_paths(out, &it);
    buf_char(out, '}');
}

static void print_components(struct request *request, struct buf *out)
{
    const struct model *model = request->catalog->model;
    struct openapi_register it;

    openapi_put(
        out, ",'components':{'securitySchemes':{'token':{'type':'http','scheme':'bearer',"
             "'description':'uprava user token'},'session':{'type':'apiKey','in':'cookie','name':"
             "'session','description':'Changes also carry the header X-CSRF-Token'}},"
             "'responses':{'problem':{'description':'A problem document (RFC 9457)','content':{"
             "'application/problem+json':{'schema':{'$ref':'#/components/schemas/problem'}}}}},"
             "'parameters':{");
    openapi_put(out, PARAMETERS);
    openapi_above_parameters(out, request);
    openapi_case_parameters(out, request);
    openapi_document_parameters(out, request);
    openapi_draft_parameters(out, request);
    openapi_flow_parameters(out, request);
    openapi_meeting_parameters(out, request);
    openapi_put(out, "},'schemas':{");
    openapi_put(out, SCHEMAS);
    buf_char(out, ',');
    openapi_put(out, WORK_SCHEMAS);
    openapi_above_schemas(out, request);
    openapi_case_schemas(out, request);
    openapi_document_schemas(out, request);
    openapi_draft_schemas(out, request);
    openapi_flow_schemas(out, request);
    openapi_meeting_schemas(out, request);
    for (size_t i = 0; i < model->type_count; i++)
        if (openapi_register_rights(request, model->types[i], &it))
            openapi_schema_print(out, &it);
    openapi_put(out, "}}");
}

bool openapi_get(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;

    (void)err;
    openapi_put(out, "{'openapi':'3.1.0','info':{'title':");
    json_write_text(out, tenant_info(request->tenant)->title);
    openapi_put(out, ",'version':'1'},'servers':[{'url':");
    json_write_text(out, str_printf(request->arena, "%.*s/api/v1", STR_ARG(request->base)));
    openapi_put(out, "}],'security':[{},{'token':[]},{'session':[]}],");
    print_paths(request, out);
    print_components(request, out);
    buf_char(out, '}');
    return answer_json(request, 200);
}
