/*
 * Every golden case is played a second time as rows: after each step the flow is read anew, and
 * what it waits for and holds has to be what the flow in memory has.
 */
#include "workflow/flow_store.h"

#include "core/buf.h"
#include "core/file.h"
#include "core/id.h"
#include "town.h"
#include "workflow/bpmn_read.h"
#include "workflow/flow_row.h"
#include "workflow/flow_trace.h"

#include <dirent.h>

struct desk {
    struct town town;
    const struct bpmn *model;
    int64_t id;
    int64_t now;
    struct err err;
};

static void open_desk(struct desk *desk)
{
    static const struct str PACKS[] = {STR_INIT("base")};

    *desk = (struct desk){.now = 1000};
    town_open(&desk->town, PACKS, ARRAY_LEN(PACKS));
}

static bool put(struct tx *tx, void *data, struct err *err)
{
    return flow_store_put(tx, data, err);
}

static bool step(struct desk *desk, struct flow_step what, struct flow **flow)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct flow_store kept = {.id = desk->id,
                              .pack = STR("base"),
                              .version = STR("1.0.0"),
                              .file = STR("processes/a.bpmn"),
                              .process = STR("p"),
                              .begun_at = desk->now};
    bool was_taken;

    *flow = flow_new(check_arena(), desk->model);
    if (what.kind == FLOW_STEP_BEGIN) {
        kept.id = desk->id = id_next(desk->now);
        what.node = -1;
    } else {
        CHECK_OK(tx_read(&tx, desk->town.tenant, &desk->err), &desk->err);
        CHECK_OK(flow_store_get(&tx, check_arena(), desk->id, &kept, &desk->err), &desk->err);
        CHECK_OK(flow_store_load(&tx, &kept, *flow, &desk->err), &desk->err);
        tx_done(&tx);
    }
    if (!flow_step(*flow, &what, desk->now, &was_taken, &desk->err))
        return false;
    return !was_taken || tenant_write_wait(desk->town.tenant, put,
                                           flow_store_compare(check_arena(), &kept, *flow,
                                                              (struct flow_store_doer){0}),
                                           &desk->err);
}

static struct flow *load(struct desk *desk)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct flow *flow = flow_new(check_arena(), desk->model);
    struct flow_store kept;

    CHECK_OK(tx_read(&tx, desk->town.tenant, &desk->err), &desk->err);
    CHECK_OK(flow_store_get(&tx, check_arena(), desk->id, &kept, &desk->err), &desk->err);
    CHECK_OK(flow_store_load(&tx, &kept, flow, &desk->err), &desk->err);
    return flow;
}

static struct str print(const struct flow *flow)
{
    struct buf out = {.arena = check_arena()};

    buf_printf(&out, "%s %d\n", flow_row_states[flow->state], flow->last_id);
    for (size_t i = 0; i < flow->scopes.count; i++) {
        const struct flow_scope *scope = flow_scope_at(flow, i);

        if (scope == NULL)
            continue;
        buf_printf(&out, "scope %d at %d live %d %.*s ", scope->part.id, scope->node, scope->live,
                   STR_ARG(flow_row_scope(check_arena(), scope)));
        json_canonical(&out, scope->values);
        if (scope->items != NULL)
            json_canonical(&out, scope->items);
        if (scope->output != NULL)
            json_canonical(&out, scope->output);
        buf_char(&out, '\n');
    }
    for (size_t i = 0; i < flow->tokens.count; i++) {
        const struct flow_token *token = flow_token_at(flow, i);

        if (token != NULL)
            buf_printf(&out, "token %d at %d %.*s\n", token->part.id, token->node,
                       STR_ARG(flow_row_token(check_arena(), flow, token)));
    }
    for (size_t i = 0; i < flow->records.count; i++) {
        const struct flow_record *record = flow_record_at(flow, i);

        if (record != NULL)
            buf_printf(&out, "record %d at %d %.*s\n", record->part.id, record->node,
                       STR_ARG(flow_row_record(check_arena(), record)));
    }
    flow_trace_print_open(&out, flow);
    return buf_str(&out);
}

/* What is asked for is done, oldest first; timers when there is nothing else. */
static bool next_step(const struct flow *flow, struct desk *desk, struct flow_step *what)
{
    const struct flow_wait *found = NULL;

    for (size_t i = 0; i < flow->waits.count && flow->state == FLOW_RUNNING; i++) {
        const struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait != NULL && wait->kind != FLOW_WAIT_CONDITION &&
            (found == NULL || (wait->kind <= FLOW_WAIT_CALL && found->kind > FLOW_WAIT_CALL)))
            found = wait;
    }
    if (found == NULL)
        return false;
    *what = (struct flow_step){
        .kind = FLOW_STEP_DONE, .wait = found->part.id, .name = found->name, .key = found->key};
    if (found->kind == FLOW_WAIT_MESSAGE)
        what->kind = FLOW_STEP_MESSAGE;
    if (found->kind == FLOW_WAIT_SIGNAL)
        what->kind = FLOW_STEP_SIGNAL;
    if (found->kind == FLOW_WAIT_TIMER) {
        what->kind = FLOW_STEP_TIMER;
        desk->now = MAX(desk->now, found->due_at);
    }
    return true;
}

static struct str golden(const char *name)
{
    struct str text = {0};
    struct err err;

    CHECK_OK(file_read(check_arena(), str_printf(check_arena(), "tests/golden/bpmn/%s", name),
                       1 << 20, &text, &err),
             &err);
    return text;
}

static void read_model(struct desk *desk, struct str text)
{
    CHECK_OK(bpmn_read(check_arena(), text, &desk->model, &desk->err), &desk->err);
}

/* Side by side: one flow stays in memory, the other is read and written at each step. */
static void play_both(struct desk *desk, const char *name, const struct json *data)
{
    struct flow_step what = {.kind = FLOW_STEP_BEGIN, .node = -1, .data = data};
    struct flow *memory;
    struct flow *flow;
    bool was_taken;

    read_model(desk, golden(name));
    memory = flow_new(check_arena(), desk->model);
    for (int i = 0; i < 40; i++) {
        bool ok = flow_step(memory, &what, desk->now, &was_taken, &desk->err);

        CHECK(step(desk, what, &flow) == ok);
        if (!ok)
            return;
        flow_settle(memory);
        CHECK_STR(print(load(desk)), print(memory));
        if (!next_step(memory, desk, &what))
            return;
    }
}

static void every_model_goes_on_from_its_rows(void)
{
    DIR *folder = opendir("tests/golden/bpmn");
    struct json *data = NULL;
    struct desk desk;

    open_desk(&desk);
    CHECK_OK(json_parse(check_arena(),
                        STR("{\"amount\":11,\"n\":1,\"limit\":3,\"people\":[\"A\",\"B\"],"
                            "\"guests\":[\"A\",\"B\"],\"numbers\":[2,3],\"times\":2,\"hours\":2,"
                            "\"a\":true,\"b\":true,\"number\":\"7\",\"undo\":\"all\",\"ok\":false,"
                            "\"degrees\":-3,\"go\":\"on\",\"way\":\"a\"}"),
                        NULL, &data, &desk.err),
             &desk.err);
    CHECK(folder != NULL);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (str_ends(str_from_z(entry->d_name), STR(".bpmn")))
            play_both(&desk, entry->d_name, data);
    closedir(folder);
    town_close(&desk.town);
}

static struct flow_wait *first_wait(const struct flow *flow)
{
    for (size_t i = 0; i < flow->waits.count; i++)
        if (flow_wait_at(flow, i) != NULL)
            return flow_wait_at(flow, i);
    return NULL;
}

static void begin_parallel(struct desk *desk, struct flow **flow)
{
    open_desk(desk);
    read_model(desk, golden("parallel.bpmn"));
    CHECK_OK(step(desk, (struct flow_step){.kind = FLOW_STEP_BEGIN}, flow), &desk->err);
}

static void task_is_done_once_whoever_asks(void)
{
    struct desk desk;
    struct flow *flow;

    begin_parallel(&desk, &flow);
    struct flow_step done = {.kind = FLOW_STEP_DONE, .wait = first_wait(flow)->part.id};
    CHECK_OK(step(&desk, done, &flow), &desk.err);
    CHECK(!step(&desk, done, &flow));
    CHECK_INT(desk.err.code, ERR_CONFLICT);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM flow_step WHERE tenant = $1"), 2);
    town_close(&desk.town);
}

struct late {
    struct desk *desk;
    struct flow_store_diff *diff;
};

static bool put_late(struct tx *tx, void *data, struct err *err)
{
    return flow_store_put(tx, ((struct late *)data)->diff, err);
}

/* Two read the same state; the second one's rows are not written. */
static void step_computed_of_an_old_state_is_not_written(void)
{
    struct desk desk;
    struct flow *flow;
    bool was_taken;

    begin_parallel(&desk, &flow);
    struct flow *slow = load(&desk);
    struct flow_step one = {.kind = FLOW_STEP_DONE, .wait = first_wait(slow)->part.id};
    struct flow_step other = {.kind = FLOW_STEP_DONE, .wait = flow_wait_at(slow, 1)->part.id};
    struct flow_store kept = {.id = desk.id, .step = 1};
    CHECK_OK(flow_step(slow, &one, desk.now, &was_taken, &desk.err), &desk.err);
    struct late late = {
        &desk, flow_store_compare(check_arena(), &kept, slow, (struct flow_store_doer){0})};
    CHECK_OK(step(&desk, other, &flow), &desk.err);
    struct str before = print(load(&desk));
    CHECK(!tenant_write_wait(desk.town.tenant, put_late, &late, &desk.err));
    CHECK_INT(desk.err.code, ERR_CONFLICT);
    CHECK_STR(print(load(&desk)), before);
    town_close(&desk.town);
}

static void flow_that_ended_keeps_values_and_trace_only(void)
{
    struct desk desk;
    struct flow *flow;
    struct flow_step what;

    begin_parallel(&desk, &flow);
    while (next_step(load(&desk), &desk, &what))
        CHECK_OK(step(&desk, what, &flow), &desk.err);
    CHECK_INT(load(&desk)->state, FLOW_ENDED);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM flow_wait WHERE tenant = $1"), 0);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM flow_part WHERE tenant = $1"), 1);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM flow_step WHERE tenant = $1"), 4);
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf trace = {.arena = check_arena()};
    CHECK_OK(tx_read(&tx, desk.town.tenant, &desk.err), &desk.err);
    CHECK_OK(flow_store_trace(&tx, desk.id, &trace, &desk.err), &desk.err);
    CHECK(str_starts(buf_str(&trace), STR("parallel begins\n")));
    CHECK(str_ends(buf_str(&trace), STR("parallel ends\n")));
    tx_done(&tx);
    town_close(&desk.town);
}

/* Else a step of a flow with thousands of tasks costs what all of them do. */
static void what_did_not_change_is_not_printed(void)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct flow_store kept = {.step = 1};
    struct flow_step begin = {.kind = FLOW_STEP_BEGIN, .node = -1};
    struct json *values = json_new(arena, JSON_OBJECT);
    struct flow_step change = {.kind = FLOW_STEP_VALUES, .data = values};
    const struct bpmn *model;
    struct flow *flow;
    bool was_taken;
    struct err err;

    CHECK_OK(bpmn_read(check_arena(),
                       STR("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">"
                           "<process id=\"p\"><userTask id=\"a\"><multiInstanceLoopCharacteristics>"
                           "<loopCardinality>2000</loopCardinality>"
                           "</multiInstanceLoopCharacteristics></userTask></process>"
                           "</definitions>"),
                       &model, &err),
             &err);
    flow = flow_new(check_arena(), model);
    CHECK_OK(flow_step(flow, &begin, 1, &was_taken, &err), &err);
    CHECK_INT((int64_t)flow->tokens.count, 2001);
    json_set_int(arena, values, STR("n"), 1);
    CHECK_OK(flow_step(flow, &change, 2, &was_taken, &err), &err);
    size_t before = arena_size(arena);
    (void)flow_store_compare(arena, &kept, flow, (struct flow_store_doer){0});
    CHECK(arena_size(arena) - before < 64 * (size_t)1024);
}

/* What was written of another model is told, not taken. */
static void loop_the_model_does_not_have_is_refused(void)
{
    static const char *const BODIES[] = {"{\"role\":1,\"total\":2}", "{\"counter\":1,\"role\":2}"};
    struct err err = {0};
    const struct bpmn *model;

    CHECK_OK(bpmn_read(check_arena(),
                       STR("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">"
                           "<process id=\"p\"><userTask id=\"a\"/></process></definitions>"),
                       &model, &err),
             &err);
    for (size_t i = 0; i < ARRAY_LEN(BODIES); i++) {
        struct flow_row row = {
            .no = 2, .kind = STR("scope"), .node = STR("a"), .body = str_from_z(BODIES[i])};

        CHECK(!flow_row_add_part(flow_new(check_arena(), model), &row, &err));
        CHECK_INT(err.code, ERR_BROKEN);
    }
}

static const struct check_test TESTS[] = {
    CHECK_TEST(every_model_goes_on_from_its_rows),
    CHECK_TEST(task_is_done_once_whoever_asks),
    CHECK_TEST(step_computed_of_an_old_state_is_not_written),
    CHECK_TEST(flow_that_ended_keeps_values_and_trace_only),
    CHECK_TEST(what_did_not_change_is_not_printed),
    CHECK_TEST(loop_the_model_does_not_have_is_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
