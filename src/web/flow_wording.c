#include "web/flow_wording.h"

#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "core/utf8.h"
#include "web/answer.h"
#include "web/flow_drawing.h"
#include "web/refusal.h"
#include "web/seen.h"
#include "web/wording.h"
#include "workflow/process.h"

enum {
    VALUE_MAX = 500, /* letters of a value */
};

struct str flow_wording_title(const struct request *request, const struct flows_one *one)
{
    return one->process != NULL ? request_pack_text(request, one->process->title) : one->name;
}

struct flow_wording_state flow_wording_state(const struct request *request,
                                             const struct flow_store *head)
{
    static const struct {
        const char *text, *kind;
    } STATES[] = {
        [FLOW_RUNNING] = {"goes on", "info"},
        [FLOW_ENDED] = {"ended", "ok"},
        [FLOW_FAILED] = {"ended by an error", "bad"},
        [FLOW_CANCELLED] = {"cancelled", ""},
    };

    if (head->is_stuck)
        return (struct flow_wording_state){request_text(request, STR("stuck")), "bad"};
    return (struct flow_wording_state){request_text(request, str_from_z(STATES[head->state].text)),
                                       STATES[head->state].kind};
}

bool flow_wording_about(struct request *request, const struct flow_store *head,
                        struct display_value *about, struct err *err)
{
    const struct register_type *type =
        head->record != 0 ? catalog_type(request->catalog, head->no) : NULL;
    struct record record;
    struct err found = {0};
    unsigned classes;

    *about = (struct display_value){0};
    if (type == NULL ||
        !policy_may_some(&request->actor.rights, type->index, POLICY_READ, &classes))
        return true;
    if (!record_get(&request->registry, head->no, head->record, request_today(request), &record,
                    &found)) {
        if (found.code == ERR_ABSENT) {
            about->text = request_text(request, STR("The record is not there any more."));
            return true;
        }
        *err = found;
        return false;
    }
    seen_add(request, type, classes & type->title_classes, &head->record, 1);
    about->text = display_record_title(request, type, classes, &record);
    about->href = display_record_href(request, type, head->record);
    return true;
}

struct str flow_wording_role(struct request *request, struct str role)
{
    const struct policy_role *roles;
    size_t count;

    if (str_equal(role, STR("applicant")))
        return request_text(request, STR("Applicant"));
    roles = policy_roles(request->catalog->model->policy, &count);
    for (size_t i = 0; i < count; i++)
        if (str_equal(roles[i].id, role))
            return request_pack_text(request, roles[i].title);
    return request_pack_text(request, role);
}

struct flow_wording_state flow_wording_due(struct request *request, int64_t due_at)
{
    if (due_at == 0)
        return (struct flow_wording_state){request_text(request, STR("no term")), ""};
    return (struct flow_wording_state){view_moment(request, due_at),
                                       due_at <= request->now                 ? "bad"
                                       : due_at <= request->now + TIME_DAY_MS ? "warn"
                                                                              : ""};
}

static struct str join(struct request *request, const char *words, struct str what)
{
    struct str text = request_text(request, str_from_z(words));

    return what.len == 0 ? text
                         : str_printf(request->arena, "%.*s: %.*s", STR_ARG(text), STR_ARG(what));
}

struct str flow_wording_wait(struct request *request, const struct flow_wait *wait)
{
    switch (wait->kind) {
    case FLOW_WAIT_TASK:
        return join(request, "waits for a person",
                    wait->name.len > 0 ? flow_wording_role(request, wait->name)
                                       : request_text(request, STR("no role is named")));
    case FLOW_WAIT_SERVICE:
        return join(request, "waits for another system", (struct str){0});
    case FLOW_WAIT_CALL:
        return join(request, "waits for another process", (struct str){0});
    case FLOW_WAIT_MESSAGE:
        return join(request, "waits for a message", wait->name);
    case FLOW_WAIT_SIGNAL:
        return join(request, "waits for a signal", wait->name);
    case FLOW_WAIT_TIMER:
        return join(request, "waits for a time", (struct str){0});
    case FLOW_WAIT_CONDITION:
        break;
    }
    return join(request, "waits until its condition is true", (struct str){0});
}

/* Gateways and events nobody named are the author's business, not the reader's. */
static bool is_told(const struct bpmn_node *node)
{
    return bpmn_is_activity(node) || (node->name.len > 0 && node->kind < BPMN_EXCLUSIVE);
}

/* "Way taken: Дом опасен? — да"; of a way nobody named there is nothing to tell. */
static struct str tell_way(struct request *request, const struct bpmn *model,
                           const struct flow_trace_line *line)
{
    for (int i = 0; i < model->flow_count; i++) {
        const struct bpmn_flow *flow = &model->flows[i];
        const struct bpmn_node *from = flow->from >= 0 ? &model->nodes[flow->from] : NULL;
        struct str way;

        if (!str_equal(flow->id, line->id))
            continue;
        if (flow->name.len == 0)
            break;
        way = request_pack_text(request, flow->name);
        if (from != NULL && from->name.len > 0)
            way = str_printf(request->arena, "%.*s — %.*s",
                             STR_ARG(flow_drawing_name(request, from)), STR_ARG(way));
        return join(request, "Way taken", way);
    }
    return (struct str){0};
}

struct str flow_wording_line(struct request *request, const struct bpmn *model,
                             const struct flow_trace_line *line)
{
    static const char *const WORDS[] = {
        [FLOW_DID_BEGIN] = "The process began",
        [FLOW_DID_END] = "The process ended",
        [FLOW_DID_ENTER] = NULL,
        [FLOW_DID_WAIT] = "Waiting began",
        [FLOW_DID_FINISH] = "Done",
        [FLOW_DID_TAKE] = NULL,
        [FLOW_DID_HAPPEN] = "It happened",
        [FLOW_DID_CANCEL] = "Not needed any more",
        [FLOW_DID_THROW] = "Told others",
        [FLOW_DID_STICK] = "Stuck",
        [FLOW_DID_COMPENSATE] = "Undone",
        [FLOW_DID_FAIL] = "The process ended by an error",
    };
    const struct bpmn_node *node = line->node >= 0 ? &model->nodes[line->node] : NULL;
    struct str name;

    if (line->did == FLOW_DID_TAKE)
        return tell_way(request, model, line);
    if (WORDS[line->did] == NULL ||
        (!is_told(node) && line->did != FLOW_DID_STICK && node->kind != BPMN_PROCESS))
        return (struct str){0};
    if (line->did == FLOW_DID_WAIT && node->kind == BPMN_BOUNDARY)
        return (struct str){0};
    name = node->kind == BPMN_PROCESS ? (struct str){0} : flow_drawing_name(request, node);
    if (line->did == FLOW_DID_STICK)
        name = str_printf(request->arena, "%.*s — %.*s", STR_ARG(name),
                          STR_ARG(flow_wording_fault(request, node, line->rest)));
    if (line->did == FLOW_DID_FAIL)
        name = line->rest;
    return join(request, WORDS[line->did], name);
}

/* "/data/year: maximum 2100": the field by its name, and what is wrong. */
static struct str tell_flaw(struct request *request, const struct bpmn_node *node, struct str rest)
{
    const struct register_type *type = model_type(request->catalog->model, node->work->subject);
    struct str path = str_trim(str_cut(&rest, ':'));
    struct str detail = str_trim(rest);
    struct str id = str_cut(&detail, ' ');
    struct flaw flaw = {.path = path, .detail = detail};
    const struct register_field *field;

    for (size_t i = str_find_char(path, '/'); i < path.len; i = str_find_char(path, '/'))
        path = str_slice(path, i + 1, path.len);
    field = type != NULL ? register_type_field(type, path) : NULL;
    flaw.id = str_to_z(request->arena, id);
    return str_printf(request->arena, "%.*s: %.*s",
                      STR_ARG(field != NULL ? display_title(request, field) : path),
                      STR_ARG(answer_flaw_text(request, &flaw)));
}

bool flow_wording_match(struct str fault, const char **words, struct str *what)
{
    /* More telling ones first.  What people are told: which of the parts, -1: none. */
    static const struct {
        const char *words, *pattern;
        int part;
    } FAULTS[] = {
        {"the record is refused", "the record is refused: %s", 0},
        {"there is no such record in the register", "there is no such record in %s", 0},
        {"there is no register", "there is no register \"%s\"", 0},
        {"it is not said which record", "its input id is no number of a record: \"\"", -1},
        {"its input id is no number of a record", "its input id is no number of a record: \"%s\"",
         0},
        {"the process was not begun about a record: there is nothing to attach the letter to",
         "the flow was not begun about a record, so nothing is there to attach it to", -1},
        {"the letter cannot be made", "the letter cannot be made: %s", 0},
        {"the pack has no decision", "no pack has the decision \"%s\"", 0},
        {"the pack has no decision", "there is no decision \"%s\"", 0},
        {"the decision takes too long, or too much memory",
         "the decision takes too long, or too much memory", -1},
        {"there is no process", "there is no process \"%s\"", 0},
        {"its term is not given as it must be",
         "the timer %s says \"%s\", which is not of its kind in ISO 8601", 1},
        {"its term is not given as it must be",
         "the timer %s says \"%s\", which is no number of working days", 1},
        {"no condition behind it is true, and there is no default flow",
         "no condition behind it is true, and there is no default flow", -1},
        {"this must be a list", "\"%s\" is not a list", 0},
        {"this must be a whole number from 0", "\"%s\" is not a whole number from 0", 0},
        {"it would be repeated too many times", "%s instances are more than %s", 0},
        {"the expression cannot be computed", "\"%s\": %s", 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(FAULTS); i++) {
        struct str parts[REFUSAL_PARTS] = {0};

        if (!refusal_match(str_from_z(FAULTS[i].pattern), fault, parts))
            continue;
        *words = FAULTS[i].words;
        *what = FAULTS[i].part < 0 ? (struct str){0} : parts[FAULTS[i].part];
        return true;
    }
    return false;
}

struct str flow_wording_fault(struct request *request, const struct bpmn_node *node,
                              struct str fault)
{
    const struct register_type *type;
    const char *words;
    struct str what, said;

    if (!flow_wording_match(fault, &words, &what)) {
        said = refusal_text(request, fault);
        return request->language != MODEL_EN && str_equal(said, fault)
                   ? join(request, "a mistake in the description of the process", fault)
                   : said;
    }
    type = model_type(request->catalog->model, what);
    if (type != NULL)
        what = request_pack_text(request, type->title);
    else if (node->work != NULL && str_equal(str_from_z(words), STR("the record is refused")))
        what = tell_flaw(request, node, what);
    return join(request, words, what);
}

struct str flow_wording_reason(struct request *request, struct str reason)
{
    const char *words;
    struct str what;

    return flow_wording_match(reason, &words, &what) ? join(request, words, what)
                                                     : refusal_text(request, reason);
}

static struct str value_text(struct request *request, const struct json *value)
{
    struct buf text = {.arena = request->arena};
    int64_t day;

    switch (value->kind) {
    case JSON_NULL:
        return (struct str){0};
    case JSON_TRUE:
        return request_text(request, STR("yes"));
    case JSON_FALSE:
        return request_text(request, STR("no"));
    case JSON_NUMBER:
        num_print_local(&text, value->text, request->language == MODEL_EN ? STR("en") : STR("ru"));
        return buf_str(&text);
    case JSON_STRING:
        if (value->text.len == 10 && time_parse_day(value->text, &day))
            return view_day(request, day);
        return value->text;
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    for (const struct json *one = value->first; one != NULL; one = one->next) {
        if (text.len > 0)
            buf_add(&text, STR(", "));
        if (value->kind == JSON_OBJECT)
            buf_printf(&text, "%.*s: ", STR_ARG(one->name));
        buf_add(&text, value_text(request, one));
    }
    return buf_str(&text);
}

struct str flow_wording_value(struct request *request, const struct json *value)
{
    return value == NULL ? (struct str){0} : utf8_head(value_text(request, value), VALUE_MAX);
}
