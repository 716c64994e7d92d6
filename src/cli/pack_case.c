#include "cli/pack_case.h"

#include "cli/pack_case_look.h"
#include "cli/pack_case_play.h"
#include "core/num.h"
#include "core/time.h"
#include "workflow/conduct_job.h"
#include "workflow/flow_list.h"
#include "workflow/flow_time.h"

enum {
    CASE_NOW_DAY = 20514, /* 2026-03-02, when a case says nothing */
    CASE_HOUR = 6,
    STEPS_MAX = 10000,
};

/* now 2026-03-02 09:00 +03:00 */
static bool play_now(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct str day = pack_case_play_cut(&rest);
    struct str time = pack_case_play_cut(&rest);

    return time_parse_moment(str_printf(play->arena, "%.*sT%.*s:00%.*s", STR_ARG(day),
                                        STR_ARG(time), STR_ARG(rest)),
                             &play->now) ||
           err_set(err, ERR_INPUT, "a moment is written 2026-03-02 09:00 +03:00");
}

/* The flow is about the record that its value "record" names, as when it is begun on a card. */
static void note_record(const struct pack_case_play *play, const struct json *data,
                        struct flow_store *head)
{
    struct str id = json_find_text(data, STR("record"));

    for (size_t i = 0; i < play->names.count; i++)
        if (id.len > 0 && str_equal(play->names.items[i].value, id)) {
            head->no = play->names.items[i].no;
            head->record = play->names.items[i].record;
        }
}

/* begin PROCESS {…} */
static bool play_begin(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct conduct conduct = pack_case_play_conduct(play);
    struct str name = pack_case_play_cut(&rest);
    struct json *data;

    conduct.begins = true;
    conduct.flow = 0;
    if (!process_find(play->stand->processes, play->catalog->model, name, &conduct.process, err) ||
        !pack_case_play_json(play, rest, &data, err))
        return false;
    conduct.step.data = data;
    note_record(play, data, &conduct.head);
    if (!conduct_step(play->tenant, &conduct, err))
        return false;
    play->flow = conduct.flow;
    return pack_case_play_settle(play, err);
}

/* begun PROCESS, begun PROCESS COUNT: the last one of it is spoken of from here on. */
static bool play_begun(struct pack_case_play *play, struct str rest, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct flow_list_ask ask = {.limit = FLOW_LIST_PAGE_MAX};
    const struct process *process;
    struct flow_list_page page;
    int64_t count = 0;
    int64_t want = -1;

    if (!process_find(play->stand->processes, play->catalog->model, pack_case_play_cut(&rest),
                      &process, err))
        return false;
    if (rest.len > 0 && !num_parse_int(rest, &want))
        return err_set(err, ERR_INPUT, "begun PROCESS, and how many of it there are");
    ask.pack = process->pack->id;
    ask.file = process->file;
    if (!pack_case_play_settle(play, err) || !tx_read(&tx, play->tenant, err) ||
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
static bool load(struct pack_case_play *play, struct flow_store *head, struct flow **flow,
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

/* is_any: also for a message, a signal, the clock. */
static bool find_any(struct pack_case_play *play, struct str element, bool is_any,
                     const struct process **process, const struct flow_wait **found,
                     struct err *err)
{
    struct flow_store head;
    struct flow *flow;

    if (!load(play, &head, &flow, process, err))
        return false;
    for (size_t i = 0; i < flow->waits.count; i++) {
        *found = flow_wait_at(flow, i);
        if (*found != NULL && (is_any || (*found)->event < 0) &&
            str_equal(flow->model->nodes[(*found)->node].id, element))
            return true;
    }
    return err_set(err, ERR_INPUT, "nothing waits at %.*s", STR_ARG(element));
}

static bool find_wait(struct pack_case_play *play, struct str element,
                      const struct process **process, const struct flow_wait **found,
                      struct err *err)
{
    return find_any(play, element, false, process, found, err);
}

static bool answer(struct pack_case_play *play, struct flow_step step, struct err *err)
{
    struct conduct conduct = pack_case_play_conduct(play);

    conduct.step = step;
    return conduct_step(play->tenant, &conduct, err) && pack_case_play_settle(play, err);
}

struct asked {
    const struct process *process;
    const struct flow_wait *wait;
    bool may;
    struct json *data;
    struct flaws flaws;
};

/* ELEMENT as ROLE {…} */
static bool read_task(struct pack_case_play *play, struct str rest, struct asked *asked,
                      struct err *err)
{
    struct str element = pack_case_play_cut(&rest);
    struct str as = pack_case_play_cut(&rest);
    struct str role = pack_case_play_cut(&rest);
    struct policy_rights rights = policy_rights_of(play->catalog->model->policy, &role, 1);
    const struct register_type *form;

    *asked = (struct asked){0};
    if (!str_equal(as, STR("as")) || role.len == 0)
        return err_set(err, ERR_INPUT, "ELEMENT as ROLE {…}");
    if (!str_equal(role, STR("applicant")) &&
        policy_role_find(play->catalog->model->policy, role) == NULL)
        return err_set(err, ERR_INPUT, "there is no role %.*s", STR_ARG(role));
    if (!find_wait(play, element, &asked->process, &asked->wait, err) ||
        !pack_case_play_json(play, rest, &asked->data, err))
        return false;
    form = process_form(asked->process, asked->process->model->nodes[asked->wait->node].work->form);
    if (form != NULL)
        schema_check(form->schema, asked->data, play->arena, &asked->flaws);
    asked->may = str_equal(role, STR("applicant")) ? str_equal(asked->wait->name, role)
                                                   : policy_has_role(&rights, asked->wait->name);
    return true;
}

static bool play_task(struct pack_case_play *play, struct str rest, struct err *err)
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

static bool play_denied(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct asked asked;

    return read_task(play, rest, &asked, err) &&
           (!asked.may || err_set(err, ERR_INPUT, "that role may do the task"));
}

static bool play_refused(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct asked asked;

    return read_task(play, rest, &asked, err) &&
           (asked.flaws.first != NULL || err_set(err, ERR_INPUT, "the form has no fault"));
}

/* ELEMENT {…}, ELEMENT CODE, ELEMENT why: what another system answers. */
static bool end_with(struct pack_case_play *play, enum flow_step_kind kind, struct str rest,
                     struct err *err)
{
    struct str element = pack_case_play_cut(&rest);
    const struct process *process;
    const struct flow_wait *wait;
    struct json *data = NULL;

    return find_wait(play, element, &process, &wait, err) &&
           (kind != FLOW_STEP_DONE || pack_case_play_json(play, rest, &data, err)) &&
           answer(
               play,
               (struct flow_step){.kind = kind, .wait = wait->part.id, .name = rest, .data = data},
               err);
}

static bool play_answer(struct pack_case_play *play, struct str rest, struct err *err)
{
    return end_with(play, FLOW_STEP_DONE, rest, err);
}

static bool play_error(struct pack_case_play *play, struct str rest, struct err *err)
{
    return end_with(play, FLOW_STEP_ERROR, rest, err);
}

static bool play_broken(struct pack_case_play *play, struct str rest, struct err *err)
{
    return end_with(play, FLOW_STEP_BROKEN, rest, err);
}

/* change {…}: somebody who looks after the flow changes its values. */
static bool play_change(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct json *data;

    return pack_case_play_json(play, rest, &data, err) &&
           answer(play, (struct flow_step){.kind = FLOW_STEP_VALUES, .node = -1, .data = data},
                  err);
}

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    return flow_post_put(tx, data, err);
}

static bool put_post(struct pack_case_play *play, struct flow_post post, struct str text,
                     struct err *err)
{
    struct json *data;
    struct buf body = {.arena = play->arena};

    if (!pack_case_play_json(play, text, &data, err))
        return false;
    json_canonical(&body, data);
    post.body = buf_str(&body);
    post.put_at = play->now;
    return tenant_write_wait(play->tenant, run_put, &post, err) && pack_case_play_settle(play, err);
}

/* message NAME KEY {…} */
static bool play_message(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct flow_post post = {.kind = FLOW_POST_MESSAGE, .name = pack_case_play_cut(&rest)};
    if (rest.len > 0 && rest.ptr[0] != '{')
        post.tag = pack_case_play_cut(&rest);
    return put_post(play, post, rest, err);
}

static bool play_signal(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct str name = pack_case_play_cut(&rest);
    return put_post(play, (struct flow_post){.kind = FLOW_POST_SIGNAL, .name = name}, rest, err);
}

/* after P3D: every timer on the way goes off at its time. */
static bool play_after(struct pack_case_play *play, struct str rest, struct err *err)
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
    return pack_case_play_settle(play, err);
}

static bool play_values(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct buf have = {.arena = play->arena};
    struct flow_store head;
    struct flow *flow;
    struct json *want;

    if (!pack_case_play_json(play, rest, &want, err) ||
        !load(play, &head, &flow, &(const struct process *){NULL}, err))
        return false;
    if (pack_case_look_fits(flow_scope_at(flow, 0)->values, want))
        return true;
    json_canonical(&have, flow_scope_at(flow, 0)->values);
    return err_set(err, ERR_INPUT, "the values are %.*s",
                   STR_ARG(str_slice(buf_str(&have), 0, 400)));
}

static bool play_state(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct flow_store head;
    struct flow *flow;

    return load(play, &head, &flow, &(const struct process *){NULL}, err) &&
           (str_equal(flow_list_state(&head), rest) ||
            err_set(err, ERR_INPUT, "the flow is %.*s", STR_ARG(flow_list_state(&head))));
}

/* waits ELEMENT: it is among those waited at. */
static bool play_waits(struct pack_case_play *play, struct str rest, struct err *err)
{
    return find_any(play, rest, true, &(const struct process *){NULL},
                    &(const struct flow_wait *){NULL}, err);
}

static struct pack_case_look look_of(const struct pack_case_play *play)
{
    return (struct pack_case_look){play->tenant, play->arena, play->catalog, play->now};
}

/* row REGISTER {…}: some record has these members. */
static bool play_row(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct pack_case_look look = look_of(play);
    struct str name = pack_case_play_cut(&rest);
    struct json *want;

    return pack_case_play_json(play, rest, &want, err) &&
           pack_case_look_row(&look, name, want, &(struct record){0}, err);
}

/* file NAME: the record the flow is about has a file of that name. */
static bool play_file(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct pack_case_look look = look_of(play);
    struct flow_store head;

    return load(play, &head, &(struct flow *){NULL}, &(const struct process *){NULL}, err) &&
           pack_case_look_file(&look, &head, rest, err);
}

static const struct {
    const char *word;
    pack_case_play_line *run;
} LINES[] = {
    {"about", pack_case_service_about},
    {"account", pack_case_message_account},
    {"after", play_after},
    {"answer", play_answer},
    {"apply", pack_case_service_apply},
    {"begin", play_begin},
    {"begun", play_begun},
    {"broken", play_broken},
    {"case", pack_case_service_case},
    {"change", play_change},
    {"charge", pack_case_service_charge},
    {"denied", play_denied},
    {"due", pack_case_service_due},
    {"error", play_error},
    {"file", play_file},
    {"leave", pack_case_service_leave},
    {"let", pack_case_record_let},
    {"meeting", pack_case_meeting},
    {"message", play_message},
    {"now", play_now},
    {"offered", pack_case_service_offered},
    {"paid", pack_case_service_paid},
    {"record", pack_case_record_make},
    {"refused", play_refused},
    {"row", play_row},
    {"sent", pack_case_message_sent},
    {"signal", play_signal},
    {"state", play_state},
    {"task", play_task},
    {"told", pack_case_service_told},
    {"unsent", pack_case_message_unsent},
    {"values", play_values},
    {"waits", play_waits},
    {"withdraw", pack_case_service_withdraw},
};

static bool open_play(struct pack_case_play *play, struct err *err)
{
    struct pack_case_stand *stand = play->stand;
    struct str name = str_printf(play->arena, "case-%d", stand->passed + stand->failed + 1);

    play->is_open = true;
    return store_create_tenant(stand->store, name, name, 0, play->now, err) &&
           store_hold(stand->store, name, &play->tenant, err) &&
           catalog_install(play->tenant, stand->library, stand->ids, 0, play->now, err) &&
           catalog_get(play->tenant, stand->library, &play->catalog, err) &&
           pack_case_message_open(play, err);
}

static bool play_one(struct pack_case_play *play, struct str line, struct err *err)
{
    struct str rest;
    struct str word;

    if (!pack_case_play_fill(play, line, &rest, err))
        return false;
    word = pack_case_play_cut(&rest);
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

static bool play_lines(struct pack_case_play *play, const struct part *part, int *line,
                       struct err *err)
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
    struct pack_case_play play = {.stand = stand, .arena = arena};
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
