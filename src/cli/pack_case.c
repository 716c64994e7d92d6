#include "cli/pack_case.h"

#include "cli/pack_case_look.h"
#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "core/vec.h"
#include "registry/change.h"
#include "workflow/conduct.h"
#include "workflow/conduct_job.h"
#include "workflow/flow_list.h"
#include "workflow/flow_time.h"

#define ALL_CLASSES (POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL | POLICY_SECRET)

enum {
    CASE_NOW_DAY = 20514, /* 2026-03-02, when a case says nothing */
    CASE_HOUR = 6,
    ACTOR = 1,
    STEPS_MAX = 10000,
};

struct named {
    struct str name, value;
    int64_t no, record; /* of the record that let made */
};

/* One case: its municipality, its clock, what its lines are about. */
struct play {
    bool is_open; /* the pack is installed, with the first line that is more than a clock */
    struct pack_case_stand *stand;
    struct arena *arena;
    struct tenant *tenant;
    const struct catalog *catalog;
    int64_t now;
    int64_t flow; /* the one begun last */
    VEC(struct named) names;
};

typedef bool play_line(struct play *play, struct str rest, struct err *err);

/* A blank behind each word, JSON at the end. */
static struct str cut(struct str *rest)
{
    struct str word = str_cut(rest, ' ');

    *rest = str_trim(*rest);
    return word;
}

static bool read_json(struct play *play, struct str text, struct json **json, struct err *err)
{
    if (text.len == 0) {
        *json = json_new(play->arena, JSON_OBJECT);
        return true;
    }
    return json_parse(play->arena, text, NULL, json, err) &&
           ((*json)->kind == JSON_OBJECT || err_set(err, ERR_INPUT, "an object is expected"));
}

static bool settle(struct play *play, struct err *err)
{
    struct conduct_place place = {play->tenant, play->stand->processes, play->now};
    int64_t next_at;

    return conduct_job_go(&place, &next_at, err);
}

static struct conduct new_conduct(const struct play *play)
{
    return (struct conduct){.processes = play->stand->processes,
                            .catalog = play->catalog,
                            .arena = play->arena,
                            .now = play->now,
                            .actor = ACTOR,
                            .flow = play->flow,
                            .step = {.node = -1}};
}

/* now 2026-03-02 09:00 +03:00 */
static bool play_now(struct play *play, struct str rest, struct err *err)
{
    struct str day = cut(&rest);
    struct str time = cut(&rest);

    return time_parse_moment(str_printf(play->arena, "%.*sT%.*s:00%.*s", STR_ARG(day),
                                        STR_ARG(time), STR_ARG(rest)),
                             &play->now) ||
           err_set(err, ERR_INPUT, "a moment is written 2026-03-02 09:00 +03:00");
}

static bool run_change(struct tx *tx, void *data, struct err *err)
{
    return change_run(tx, data, err);
}

static bool prepare(struct play *play, struct change *change, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct flaws flaws = {0};

    if (!tx_read(&tx, play->tenant, err))
        return false;
    if (change_prepare(&tx, change, &flaws, err))
        return true;
    return flaws.first == NULL
               ? false
               : err_set(err, ERR_INPUT, "%.*s: %s", STR_ARG(flaws.first->path), flaws.first->id);
}

/* record REGISTER {…} */
static bool make_record(struct play *play, struct str rest, struct named *named, struct err *err)
{
    struct str name = cut(&rest);
    const struct register_type *type = model_type(play->catalog->model, name);
    struct change change = {
        .draft = {.type = type, .valid_from = RECORD_ALWAYS, .valid_to = RECORD_FOREVER},
        .catalog = play->catalog,
        .arena = play->arena,
        .classes = ALL_CLASSES,
        .actor = ACTOR,
        .now = play->now};
    struct json *data;

    if (type == NULL)
        return err_set(err, ERR_INPUT, "there is no register %.*s", STR_ARG(name));
    if (!read_json(play, rest, &data, err))
        return false;
    change.input = json_new(play->arena, JSON_OBJECT);
    json_set(change.input, STR("data"), data);
    if (!prepare(play, &change, err) || !tenant_write_wait(play->tenant, run_change, &change, err))
        return false;
    named->no = catalog_no(play->catalog, type);
    named->record = change.draft.id;
    named->value = id_text(play->arena, change.draft.id);
    return true;
}

/* let NAME = record REGISTER {…} */
static bool play_let(struct play *play, struct str rest, struct err *err)
{
    struct named named = {.name = cut(&rest)};

    if (!str_equal(cut(&rest), STR("=")) || !str_equal(cut(&rest), STR("record")))
        return err_set(err, ERR_INPUT, "let NAME = record REGISTER {…}");
    if (!make_record(play, rest, &named, err))
        return false;
    VEC_PUSH(play->arena, &play->names, named);
    return true;
}

static bool play_record(struct play *play, struct str rest, struct err *err)
{
    return make_record(play, rest, &(struct named){0}, err);
}

/* The flow is about the record that its value "record" names, as when it is begun on a card. */
static void note_record(const struct play *play, const struct json *data, struct flow_store *head)
{
    struct str id = json_find_text(data, STR("record"));

    for (size_t i = 0; i < play->names.count; i++)
        if (id.len > 0 && str_equal(play->names.items[i].value, id)) {
            head->no = play->names.items[i].no;
            head->record = play->names.items[i].record;
        }
}

/* begin PROCESS {…} */
static bool play_begin(struct play *play, struct str rest, struct err *err)
{
    struct conduct conduct = new_conduct(play);
    struct str name = cut(&rest);
    struct json *data;

    conduct.begins = true;
    conduct.flow = 0;
    if (!process_find(play->stand->processes, play->catalog->model, name, &conduct.process, err) ||
        !read_json(play, rest, &data, err))
        return false;
    conduct.step.data = data;
    note_record(play, data, &conduct.head);
    if (!conduct_step(play->tenant, &conduct, err))
        return false;
    play->flow = conduct.flow;
    return settle(play, err);
}

/* begun PROCESS, begun PROCESS COUNT: the last one of it is spoken of from here on. */
static bool play_begun(struct play *play, struct str rest, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct flow_list_ask ask = {.limit = FLOW_LIST_PAGE_MAX};
    const struct process *process;
    struct flow_list_page page;
    int64_t count = 0;
    int64_t want = -1;

    if (!process_find(play->stand->processes, play->catalog->model, cut(&rest), &process, err))
        return false;
    if (rest.len > 0 && !num_parse_int(rest, &want))
        return err_set(err, ERR_INPUT, "begun PROCESS, and how many of it there are");
    ask.pack = process->pack->id;
    ask.file = process->file;
    if (!settle(play, err) || !tx_read(&tx, play->tenant, err) ||
        !flow_list(&tx, play->arena, &ask, &page, err))
        return false;
    for (size_t i = page.count; i-- > 0;)
        if (str_equal(page.items[i].process, process->id)) {
            play->flow = page.items[i].id;
            count++;
        }
    return (want < 0 ? count > 0 : count == want) ||
           err_set(err, ERR_INPUT, "%lld flows of it have begun", (long long)count);
}

/* The flow as it stands; process tells of its model. */
static bool load(struct play *play, struct flow_store *head, struct flow **flow,
                 const struct process **process, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    if (play->flow == 0)
        return err_set(err, ERR_INPUT, "no flow has begun");
    if (!tx_read(&tx, play->tenant, err) ||
        !flow_store_get(&tx, play->arena, play->flow, head, err) ||
        !process_get(play->stand->processes,
                     &(struct process_key){head->pack, head->version, head->file, head->process},
                     process, err))
        return false;
    *flow = flow_new(play->arena, (*process)->model);
    return flow_store_load(&tx, head, *flow, err);
}

static bool find_wait(struct play *play, struct str element, const struct process **process,
                      const struct flow_wait **found, struct err *err)
{
    struct flow_store head;
    struct flow *flow;

    if (!load(play, &head, &flow, process, err))
        return false;
    for (size_t i = 0; i < flow->waits.count; i++) {
        *found = flow_wait_at(flow, i);
        if (*found != NULL && (*found)->event < 0 &&
            str_equal(flow->model->nodes[(*found)->node].id, element))
            return true;
    }
    return err_set(err, ERR_INPUT, "nothing waits at %.*s", STR_ARG(element));
}

static bool answer(struct play *play, struct flow_step step, struct err *err)
{
    struct conduct conduct = new_conduct(play);

    conduct.step = step;
    return conduct_step(play->tenant, &conduct, err) && settle(play, err);
}

struct asked {
    const struct process *process;
    const struct flow_wait *wait;
    bool may;
    struct json *data;
    struct flaws flaws;
};

/* ELEMENT as ROLE {…} */
static bool read_task(struct play *play, struct str rest, struct asked *asked, struct err *err)
{
    struct str element = cut(&rest);
    struct str as = cut(&rest);
    struct str role = cut(&rest);
    struct policy_rights rights = policy_rights_of(play->catalog->model->policy, &role, 1);
    const struct register_type *form;

    *asked = (struct asked){0};
    if (!str_equal(as, STR("as")) || role.len == 0)
        return err_set(err, ERR_INPUT, "ELEMENT as ROLE {…}");
    if (policy_role_find(play->catalog->model->policy, role) == NULL)
        return err_set(err, ERR_INPUT, "there is no role %.*s", STR_ARG(role));
    if (!find_wait(play, element, &asked->process, &asked->wait, err) ||
        !read_json(play, rest, &asked->data, err))
        return false;
    form = process_form(asked->process, asked->process->model->nodes[asked->wait->node].work->form);
    if (form != NULL)
        schema_check(form->schema, asked->data, play->arena, &asked->flaws);
    asked->may = policy_has_role(&rights, asked->wait->name);
    return true;
}

static bool play_task(struct play *play, struct str rest, struct err *err)
{
    struct asked asked;

    if (!read_task(play, rest, &asked, err))
        return false;
    if (!asked.may)
        return err_set(err, ERR_INPUT, "the task is of the role \"%.*s\"",
                       STR_ARG(asked.wait->name));
    if (asked.flaws.first != NULL)
        return err_set(err, ERR_INPUT, "the form is wrong: %.*s: %s",
                       STR_ARG(asked.flaws.first->path), asked.flaws.first->id);
    return answer(
        play,
        (struct flow_step){.kind = FLOW_STEP_DONE, .wait = asked.wait->part.id, .data = asked.data},
        err);
}

static bool play_denied(struct play *play, struct str rest, struct err *err)
{
    struct asked asked;

    return read_task(play, rest, &asked, err) &&
           (!asked.may || err_set(err, ERR_INPUT, "that role may do the task"));
}

static bool play_refused(struct play *play, struct str rest, struct err *err)
{
    struct asked asked;

    return read_task(play, rest, &asked, err) &&
           (asked.flaws.first != NULL || err_set(err, ERR_INPUT, "the form has no fault"));
}

/* ELEMENT {…}, ELEMENT CODE, ELEMENT why: what another system answers. */
static bool end_with(struct play *play, enum flow_step_kind kind, struct str rest, struct err *err)
{
    struct str element = cut(&rest);
    const struct process *process;
    const struct flow_wait *wait;
    struct json *data = NULL;

    return find_wait(play, element, &process, &wait, err) &&
           (kind != FLOW_STEP_DONE || read_json(play, rest, &data, err)) &&
           answer(
               play,
               (struct flow_step){.kind = kind, .wait = wait->part.id, .name = rest, .data = data},
               err);
}

static bool play_answer(struct play *play, struct str rest, struct err *err)
{
    return end_with(play, FLOW_STEP_DONE, rest, err);
}

static bool play_error(struct play *play, struct str rest, struct err *err)
{
    return end_with(play, FLOW_STEP_ERROR, rest, err);
}

static bool play_broken(struct play *play, struct str rest, struct err *err)
{
    return end_with(play, FLOW_STEP_BROKEN, rest, err);
}

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    return flow_post_put(tx, data, err);
}

static bool put_post(struct play *play, struct flow_post post, struct str text, struct err *err)
{
    struct json *data;
    struct buf body = {.arena = play->arena};

    if (!read_json(play, text, &data, err))
        return false;
    json_canonical(&body, data);
    post.body = buf_str(&body);
    post.put_at = play->now;
    return tenant_write_wait(play->tenant, run_put, &post, err) && settle(play, err);
}

/* message NAME KEY {…} */
static bool play_message(struct play *play, struct str rest, struct err *err)
{
    struct flow_post post = {.kind = FLOW_POST_MESSAGE, .name = cut(&rest)};
    if (rest.len > 0 && rest.ptr[0] != '{')
        post.tag = cut(&rest);
    return put_post(play, post, rest, err);
}

static bool play_signal(struct play *play, struct str rest, struct err *err)
{
    struct str name = cut(&rest);
    return put_post(play, (struct flow_post){.kind = FLOW_POST_SIGNAL, .name = name}, rest, err);
}

/* after P3D: every timer on the way goes off at its time. */
static bool play_after(struct play *play, struct str rest, struct err *err)
{
    struct conduct_place place = {play->tenant, play->stand->processes, play->now};
    int64_t to;

    if (!flow_time_later(rest, play->now, &to))
        return err_set(err, ERR_INPUT, "\"%.*s\" is no duration, as P3D or PT2H", STR_ARG(rest));
    for (int i = 0; i < STEPS_MAX; i++) {
        int64_t next_at;

        if (!conduct_job_go(&place, &next_at, err))
            return false;
        if (next_at > to)
            break;
        place.now = MAX(next_at, place.now + 1);
    }
    play->now = to;
    return settle(play, err);
}

static bool play_values(struct play *play, struct str rest, struct err *err)
{
    struct buf have = {.arena = play->arena};
    struct flow_store head;
    struct flow *flow;
    struct json *want;

    if (!read_json(play, rest, &want, err) ||
        !load(play, &head, &flow, &(const struct process *){NULL}, err))
        return false;
    if (pack_case_look_fits(flow_scope_at(flow, 0)->values, want))
        return true;
    json_canonical(&have, flow_scope_at(flow, 0)->values);
    return err_set(err, ERR_INPUT, "the values are %.*s",
                   STR_ARG(str_slice(buf_str(&have), 0, 400)));
}

static bool play_state(struct play *play, struct str rest, struct err *err)
{
    struct flow_store head;
    struct flow *flow;

    return load(play, &head, &flow, &(const struct process *){NULL}, err) &&
           (str_equal(flow_list_state(&head), rest) ||
            err_set(err, ERR_INPUT, "the flow is %.*s", STR_ARG(flow_list_state(&head))));
}

/* waits ELEMENT: it is among those waited at. */
static bool play_waits(struct play *play, struct str rest, struct err *err)
{
    return find_wait(play, rest, &(const struct process *){NULL}, &(const struct flow_wait *){NULL},
                     err);
}

static struct pack_case_look look_of(const struct play *play)
{
    return (struct pack_case_look){play->tenant, play->arena, play->catalog, play->now};
}

/* row REGISTER {…}: some record has these members. */
static bool play_row(struct play *play, struct str rest, struct err *err)
{
    struct pack_case_look look = look_of(play);
    struct str name = cut(&rest);
    struct json *want;

    return read_json(play, rest, &want, err) && pack_case_look_row(&look, name, want, err);
}

/* file NAME: the record the flow is about has a file of that name. */
static bool play_file(struct play *play, struct str rest, struct err *err)
{
    struct pack_case_look look = look_of(play);
    struct flow_store head;

    return load(play, &head, &(struct flow *){NULL}, &(const struct process *){NULL}, err) &&
           pack_case_look_file(&look, &head, rest, err);
}

static const struct {
    const char *word;
    play_line *run;
} LINES[] = {
    {"after", play_after},     {"answer", play_answer}, {"begin", play_begin},
    {"begun", play_begun},     {"broken", play_broken}, {"denied", play_denied},
    {"error", play_error},     {"file", play_file},     {"let", play_let},
    {"message", play_message}, {"now", play_now},       {"record", play_record},
    {"refused", play_refused}, {"row", play_row},       {"signal", play_signal},
    {"state", play_state},     {"task", play_task},     {"values", play_values},
    {"waits", play_waits},
};

/* ${house} is what let gave that name. */
static struct str fill(struct play *play, struct str line)
{
    struct buf filled = {.arena = play->arena};
    struct str rest = line;

    while (rest.len > 0) {
        size_t at = str_find(rest, STR("${"));
        struct str name;

        buf_add(&filled, str_slice(rest, 0, at));
        if (at == rest.len)
            break;
        rest = str_slice(rest, at + 2, rest.len);
        name = str_cut(&rest, '}');
        for (size_t i = 0; i < play->names.count; i++)
            if (str_equal(play->names.items[i].name, name))
                buf_add(&filled, play->names.items[i].value);
    }
    return buf_str(&filled);
}

static bool open_play(struct play *play, struct err *err)
{
    struct pack_case_stand *stand = play->stand;
    struct str name = str_printf(play->arena, "case-%d", stand->passed + stand->failed + 1);

    play->is_open = true;
    return store_create_tenant(stand->store, name, name, 0, play->now, err) &&
           store_hold(stand->store, name, &play->tenant, err) &&
           catalog_install(play->tenant, stand->library, stand->ids, 0, play->now, err) &&
           catalog_get(play->tenant, stand->library, &play->catalog, err);
}

static bool play_one(struct play *play, struct str line, struct err *err)
{
    struct str rest = fill(play, line);
    struct str word = cut(&rest);

    if (!play->is_open && !str_equal(word, STR("now")) && !open_play(play, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(LINES); i++)
        if (str_equal(str_from_z(LINES[i].word), word))
            return LINES[i].run(play, rest, err);
    return err_set(err, ERR_INPUT, "\"%.*s\" is no word of a case",
                   STR_ARG(str_slice(word, 0, 40)));
}

/* The lines of one case, up to the next title. */
struct part {
    struct str title;
    struct str text;
    int line; /* of its first */
};

static bool play_lines(struct play *play, const struct part *part, int *line, struct err *err)
{
    struct str rest = part->text;

    for (*line = part->line; rest.len > 0; (*line)++) {
        struct str text = str_trim(str_cut(&rest, '\n'));

        if (text.len > 0 && !play_one(play, text, err))
            return false;
    }
    return true;
}

static void play_part(struct pack_case_stand *stand, const struct pack_file *file,
                      const struct part *part)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct play play = {.stand = stand, .arena = arena};
    struct err err = {0};
    struct str fault = {0};
    int line = part->line;
    bool ok;

    if (stand->is_over)
        return;
    play.now = (CASE_NOW_DAY * (int64_t)TIME_DAY_MS) + (CASE_HOUR * INT64_C(3600000));
    ok = play_lines(&play, part, &line, &err);
    store_release(&play.tenant);
    if (!ok)
        fault = str_printf(arena, "%.*s:%d: %s", STR_ARG(file->path), line, err.text);
    pack_case_look_end(stand, part->title, fault);
}

bool pack_case_play(struct pack_case_stand *stand, const struct pack_file *file, struct err *err)
{
    struct str rest = file->bytes;
    struct part part = {0};
    int number = 0;

    while (rest.len > 0) {
        const char *start = rest.ptr;
        struct str line = str_trim(str_cut(&rest, '\n'));

        number++;
        if (str_starts(line, STR("#"))) {
            if (part.title.len > 0)
                play_part(stand, file, &part);
            part = (struct part){.title = str_trim(str_slice(line, 1, line.len)),
                                 .text = {rest.ptr, 0},
                                 .line = number + 1};
        } else if (part.title.len > 0) {
            part.text.len = (size_t)((rest.len > 0 ? rest.ptr : start + line.len) - part.text.ptr);
        } else if (line.len > 0) {
            return err_set(err, ERR_INPUT, "%.*s:%d: a case begins with a line \"# what it shows\"",
                           STR_ARG(file->path), number);
        }
    }
    if (part.title.len > 0)
        play_part(stand, file, &part);
    return true;
}
