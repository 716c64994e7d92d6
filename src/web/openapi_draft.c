#include "web/openapi_draft.h"

#include "web/openapi.h"
#include "web/openapi_operation.h"
#include "web/workshop.h"

#define TEXT_   "{'type':'string'}"
#define MOMENT  "{'type':['string','null'],'format':'date-time'}"
#define MEMBERS "'type':'object','additionalProperties':false,"
#define TEXTS   "{'type':'array','items':" TEXT_ "}"

static const struct openapi_operation DRAFTS[] = {
    {"/packs/{pack}/draft", "get", "drafts.list",
     "Files of a pack that can be changed, its drafts, the last trial of them", "pack_own", NULL,
     "200", "drafts"},
    {"/packs/{pack}/draft/check", "post", "drafts.check",
     "Checks the pack with its drafts and plays its cases: a job", "pack_own", NULL, "202",
     "draft_job"},
    {"/packs/{pack}/draft/live", "post", "drafts.live",
     "Puts all drafts live that were tried and passed", "pack_own",
     "{'type':'object','properties':{'note':{'type':'string','maxLength':500}}}", "200",
     "pack_version"},
    {"/packs/{pack}/draft/{folder}/{name}", "get", "drafts.get",
     "A file: its draft, else as it is live", "pack_own folder draft_name", NULL, "200", "draft"},
    {"/packs/{pack}/draft/{folder}/{name}", "put", "drafts.put", "Saves the draft of a file",
     "pack_own folder draft_name if_tag",
     "{'type':'object','required':['text'],'properties':{'text':{'type':['string','null']}}}",
     "200", "draft"},
    {"/packs/{pack}/draft/{folder}/{name}", "delete", "drafts.delete", "Drops the draft of a file",
     "pack_own folder draft_name if_tag", NULL, "204", NULL},
    {"/packs/{pack}/versions", "get", "versions.list", "Own versions of a pack, newest first",
     "pack_own", NULL, "200", "pack_versions"},
    {"/packs/{pack}/versions", "post", "versions.back",
     "Goes back to one of them, or to the version that is shipped", "pack_own",
     "{'type':'object','required':['version'],'properties':{'version':{'type':'string'}}}", "200",
     "pack_version"},
};

static const char SCHEMAS[] =
    ",'drafts':{" MEMBERS "'required':['pack','version','files','drafts','trial'],'properties':{"
    "'pack':" TEXT_ ",'version':" TEXT_ ",'files':" TEXTS
    ",'drafts':{'type':'array','items':{" MEMBERS
    "'required':['path','state','is_stale','changed_at'],'properties':{'path':" TEXT_
    ",'state':{'enum':['draft','gone']},'is_stale':{'type':'boolean'},'changed_at':" MOMENT
    "}}},'trial':{'anyOf':[{'type':'null'},{" MEMBERS "'required':['job','is_over','is_good',"
    "'is_current','findings','cases'],'properties':{'job':" TEXT_ ",'is_over':{'type':'boolean'},"
    "'is_good':{'type':'boolean'},'is_current':{'type':'boolean'},'findings':{'type':'array',"
    "'items':{" MEMBERS "'properties':{'file':" TEXT_ ",'line':{'type':'integer'},'text':" TEXT_
    "}}},'cases':{'type':'array','items':{" MEMBERS "'properties':{'title':" TEXT_ ",'text':" TEXT_
    ",'is_good':{'type':'boolean'}}}}}}]}}},"
    "'draft':{" MEMBERS "'required':['pack','path','state','is_stale','text'],'properties':{"
    "'pack':" TEXT_ ",'path':" TEXT_ ",'state':{'enum':['live','draft','gone','none']},"
    "'is_stale':{'type':'boolean'},'text':" TEXT_ "}},"
    "'draft_job':{" MEMBERS "'required':['job'],'properties':{'job':" TEXT_ "}},"
    "'pack_version':{" MEMBERS "'required':['pack','version'],'properties':{'pack':" TEXT_
    ",'version':" TEXT_ "}},"
    "'pack_versions':{" MEMBERS "'required':['pack','version','shipped','own'],'properties':{"
    "'pack':" TEXT_ ",'version':" TEXT_ ",'shipped':" TEXT_
    ",'own':{'type':'array','items':{" MEMBERS
    "'required':['version','no','is_live','made_at','note','files'],'properties':{'version':" TEXT_
    ",'no':{'type':'integer'},'is_live':{'type':'boolean'},'made_at':" MOMENT ",'note':" TEXT_
    ",'files':" TEXTS "}}}}}";

static const char PARAMETERS[] =
    ",'pack_own':{'name':'pack','in':'path','required':true,'schema':" TEXT_ "},"
    "'folder':{'name':'folder','in':'path','required':true,'schema':{'enum':['decisions','forms',"
    "'i18n','messages','processes','services','tests']}},"
    "'draft_name':{'name':'name','in':'path','required':true,'schema':" TEXT_ "},"
    "'if_tag':{'name':'If-Match','in':'header','required':true,'description':'The ETag of the file "
    "as it was seen; \\\"new\\\" of one that is not there','schema':" TEXT_ "}";

void openapi_draft_paths(struct buf *out, struct request *request)
{
    if (workshop_is_for(request))
        openapi_operation_print(out, DRAFTS, ARRAY_LEN(DRAFTS));
}

void openapi_draft_parameters(struct buf *out, struct request *request)
{
    if (workshop_is_for(request))
        openapi_put(out, PARAMETERS);
}

void openapi_draft_schemas(struct buf *out, struct request *request)
{
    if (workshop_is_for(request))
        openapi_put(out, SCHEMAS);
}
