#include "web/openapi_meeting.h"

#include "core/json.h"
#include "web/meetings.h"
#include "web/openapi.h"
#include "web/openapi_operation.h"

#define ID      "{'$ref':'#/components/schemas/id'}"
#define TEXT_   "{'type':'string'}"
#define NUMBER  "{'type':'integer'}"
#define BOOL_   "{'type':'boolean'}"
#define MOMENT  "{'type':['string','null']}"
#define MEMBERS "'type':'object','additionalProperties':false,"
#define LIST    "{'type':'array','items':{" MEMBERS "'properties':{"
#define ENDS    "}}}"
#define IDS     "{'type':'array','maxItems':100,'items':" ID "}"
#define VERSION "'version':{'type':'integer'}"
#define SEEN    "{'type':'object','required':['version'],'properties':{" VERSION "}}"

/* Of all who sit in a commission. */
#define READ_ROWS                                                                                  \
    {"/commissions", "get", "commissions.list", "The commissions you sit in or call together", "", \
     NULL,           "200", "commissions"},                                                        \
        {"/commissions/{commission}/questions",                                                    \
         "get",                                                                                    \
         "commissions.questions",                                                                  \
         "What waits for a meeting, the oldest first",                                             \
         "commission",                                                                             \
         NULL,                                                                                     \
         "200",                                                                                    \
         "questions"},                                                                             \
    {                                                                                              \
        "/commissions/{commission}/meetings", "get", "meetings.list",                              \
            "Its meetings, the newest first", "commission cursor", NULL, "200", "meetings"         \
    }
static const struct openapi_operation READS[] = {READ_ROWS};

/* Of secretaries and chairs: it stands behind the reading of the same path. */
static const struct openapi_operation READS_AND_CALLS[] = {
    READ_ROWS,
    {"/commissions/{commission}/meetings", "post", "meetings.call",
     "A meeting is called, its members are told; without questions: all that wait", "commission",
     "{'type':'object','required':['form'],'properties':{'form':{'enum':['present','absent']},"
     "'at':{'type':'string','format':'date-time'},'until':{'type':'string','format':'date-time'},"
     "'place':{'type':'string','maxLength':200},'questions':" IDS "}}",
     "201", "meeting_whole"},
};

static const struct openapi_operation VOTES[] = {
    {"/meetings/{id}", "get", "meetings.get", "A meeting: members, agenda, votes, decisions", "id",
     NULL, "200", "meeting_whole"},
    {"/meetings/{id}/questions/{question}/vote", "put", "meetings.vote",
     "Your own vote on a question", "id question",
     "{'type':'object','required':['vote'],'properties':{'vote':"
     "{'enum':['for','against','abstained','conflict']}}}",
     "200", "meeting_whole"},
};

static const struct openapi_operation CONDUCTS[] = {
    {"/meetings/{id}/attendance", "put", "meetings.attend",
     "Who of the members is there: accounts; the others are not", "id",
     "{'type':'object','required':['version','present'],'properties':{" VERSION ",'present':" IDS
     "}}",
     "200", "meeting_whole"},
    {"/meetings/{id}/questions/{question}", "put", "meetings.record",
     "The votes on a question, and what the commission said", "id question",
     "{'type':'object','required':['version'],'properties':{" VERSION
     ",'is_postponed':{'type':'boolean'},'ground':" TEXT_
     ",'said':{'type':'string','maxLength':1000},'votes':{'type':'array','maxItems':50,'items':"
     "{'type':'object','required':['account','vote'],'properties':{'account':" ID
     ",'vote':{'enum':['','for','against','abstained','conflict','away']}}}}}}",
     "200", "meeting_whole"},
    {"/meetings/{id}/close", "post", "meetings.close",
     "The meeting is over: what was decided goes to the cases", "id", SEEN, "200", "meeting_whole"},
    {"/meetings/{id}/call-off", "post", "meetings.call_off",
     "The meeting does not take place: its questions wait again", "id", SEEN, "200",
     "meeting_whole"},
};

#define QUESTION "'id':" ID ",'case':" ID ",'question':" TEXT_ ",'put_at':" MOMENT
#define HEAD                                                                                       \
    "'id':" ID ",'commission':" TEXT_ ",'form':{'enum':['present','absent']},'state':{'enum':["    \
    "'open','closed','called_off']},'year':" NUMBER ",'number':" NUMBER ",'place':" TEXT_          \
    ",'at':" MOMENT ",'until':" MOMENT ",'ended_at':" MOMENT ",'version':" NUMBER

static const char SCHEMAS[] =
    ",'commissions':{" MEMBERS "'required':['commissions'],'properties':{'commissions':" LIST
    "'name':" TEXT_ ",'title':" TEXT_ ",'forms':{'type':'array','items':" TEXT_
    "},'may_conduct':" BOOL_ ENDS "}},"
    "'questions':{" MEMBERS "'required':['questions'],'properties':{'questions':" LIST QUESTION ENDS
    "}},"
    "'meetings':{" MEMBERS "'required':['meetings'],'properties':{'meetings':" LIST HEAD ENDS
    ",'cursor':" TEXT_ "}},"
    "'meeting_whole':{" MEMBERS
    "'required':['id','state','version','members','questions'],'properties':{" HEAD
    ",'members':" LIST "'account':" ID ",'name':" TEXT_ ",'is_chair':" BOOL_
    ",'is_present':" BOOL_ ENDS ",'questions':" LIST QUESTION ",'is_postponed':" BOOL_
    ",'ground':" TEXT_ ",'said':" TEXT_ ",'outcome':{'enum':['','granted','refused','postponed',"
    "'no_quorum','withdrawn']},'votes':" LIST "'account':" ID
    ",'vote':{'enum':['for','against','abstained','conflict','away']},'is_own':" BOOL_ ENDS ENDS
    "}}";

/* How they sit in commissions: those they may see, and whether they conduct one. */
static size_t find(struct request *request, const struct commission ***commissions, bool *conducts)
{
    struct err none;
    size_t count = 0;

    *conducts = false;
    if (!request_is_signed_in(request) ||
        !meetings_commissions(request, commissions, &count, &none))
        return 0;
    for (size_t i = 0; i < count; i++)
        *conducts |= meetings_may_conduct(request, (*commissions)[i]);
    return count;
}

void openapi_meeting_paths(struct buf *out, struct request *request)
{
    const struct commission **commissions;
    bool conducts;

    if (find(request, &commissions, &conducts) == 0)
        return;
    if (conducts)
        openapi_operation_print(out, READS_AND_CALLS, ARRAY_LEN(READS_AND_CALLS));
    else
        openapi_operation_print(out, READS, ARRAY_LEN(READS));
    openapi_operation_print(out, VOTES, ARRAY_LEN(VOTES));
    if (conducts)
        openapi_operation_print(out, CONDUCTS, ARRAY_LEN(CONDUCTS));
}

void openapi_meeting_parameters(struct buf *out, struct request *request)
{
    const struct commission **commissions;
    bool conducts;
    size_t count = find(request, &commissions, &conducts);

    if (count == 0)
        return;
    openapi_put(out, ",'question':{'name':'question','in':'path','required':true,'schema':" ID "}"
                     ",'commission':{'name':'commission','in':'path','required':true,"
                     "'schema':{'enum':[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(out, ',');
        json_write_text(out, commissions[i]->name);
    }
    openapi_put(out, "]}}");
}

void openapi_meeting_schemas(struct buf *out, struct request *request)
{
    const struct commission **commissions;
    bool conducts;

    if (find(request, &commissions, &conducts) > 0)
        openapi_put(out, SCHEMAS);
}
