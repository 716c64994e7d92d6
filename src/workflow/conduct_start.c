#include "workflow/conduct_start.h"

#include "core/hash.h"
#include "core/log.h"
#include "core/num.h"
#include "core/time.h"
#include "core/vec.h"
#include "registry/catalog.h"
#include "store/rows.h"
#include "workflow/conduct.h"
#include "workflow/flow_feel.h"
#include "workflow/flow_time.h"

/* One timer of one start event of an installed process. */
struct start {
    const struct process *process;
    const struct bpmn_node *node;
    int event;
};

/* What its row says. */
struct plan {
    int64_t no;
    struct str process, node, tag; /* of which timer it tells */
    int64_t due_at;                /* INT64_MAX: never again */
    struct str timer, text;        /* as it was drawn */
    int64_t from;                  /* it counts from then on */
    int offset;                    /* minutes: the municipality's clock, as it was known */
    int64_t next;                  /* the number of the moment that is next */
};

/* A look at what is there and what is wanted. */
struct looking {
    const struct conduct_place *place;
    const struct catalog *catalog;
    struct arena *arena;
    VEC(struct plan) there;
    VEC(struct plan) puts;
    VEC(int64_t) drops;
};

static const struct bpmn_event *event_of(const struct start *start)
{
    return &start->node->events[start->event];
}

static struct str timer_name(enum bpmn_timer timer)
{
    return timer == BPMN_TIMER_DATE       ? STR("date")
           : timer == BPMN_TIMER_DURATION ? STR("duration")
                                          : STR("cycle");
}

/* Its moments, counted from plan->from; false: none can be told. */
static bool read_time(struct arena *arena, const struct start *start, const struct plan *plan,
                      struct flow_time *time)
{
    const struct bpmn_event *event = event_of(start);
    struct flow *flow = flow_new(arena, start->process->model);
    struct str text = event->when.text;
    struct json *computed;
    struct err err;
    int64_t first = 0;
    int64_t second = 0;
    int64_t no = 1;

    flow->now = plan->from;
    flow->offset_minutes = plan->offset;
    if (event->when.feel != NULL) {
        if (!flow_feel_value(event->when.feel, arena, json_new(arena, JSON_OBJECT), flow, &computed,
                             &err))
            return false;
        text = computed->text;
    }
    if (!flow_time_parse(event->timer, text, plan->from, plan->offset, time))
        return false;
    first = time->due_at;
    return time->every.len == 0 || !flow_time_next(time, INT64_MIN, &no, &second) ||
           second - first >= FLOW_TIME_START_LEAST_MS;
}

/* The first moment behind `after`, of those that are left. */
static void set_next(struct arena *arena, const struct start *start, int64_t after,
                     struct plan *plan)
{
    struct flow_time time;

    plan->due_at = INT64_MAX;
    if (plan->next == INT64_MAX) /* it was over before: whatever the municipality's clock is now */
        return;
    if (!read_time(arena, start, plan, &time) ||
        !flow_time_next(&time, after, &plan->next, &plan->due_at))
        plan->next = INT64_MAX;
}

static struct str print_body(struct arena *arena, const struct plan *plan)
{
    struct json *body = json_new(arena, JSON_OBJECT);
    struct buf text = {.arena = arena};

    json_set_text(arena, body, STR("timer"), plan->timer);
    json_set_text(arena, body, STR("text"), plan->text);
    json_set_int(arena, body, STR("from"), plan->from);
    json_set_int(arena, body, STR("offset"), plan->offset);
    json_set_int(arena, body, STR("next"), plan->next);
    json_canonical(&text, body);
    return buf_str(&text);
}

static bool read_plan(struct arena *arena, const struct rows *rows, size_t row, struct plan *plan,
                      struct err *err)
{
    struct json *body;

    if (!json_parse(arena, rows_text(rows, row, 5), NULL, &body, err))
        return err_while(err, "reading when a process begins");
    *plan = (struct plan){
        .no = rows_int(rows, row, 0),
        .node = rows_text(rows, row, 1),
        .due_at = rows_is_null(rows, row, 2) ? INT64_MAX : rows_int(rows, row, 2),
        .process = rows_text(rows, row, 3),
        .tag = rows_text(rows, row, 4),
        .timer = json_find_text(body, STR("timer")),
        .text = json_find_text(body, STR("text")),
        .from = json_find_int(body, STR("from"), 0),
        .offset = (int)json_find_int(body, STR("offset"), 0),
        .next = json_find_int(body, STR("next"), 0),
    };
    return true;
}

static bool read_there(struct tx *tx, struct looking *looking, struct err *err)
{
    struct rows rows;

    looking->there.count = looking->puts.count = looking->drops.count = 0;
    if (!store_query(tx, looking->arena, &rows,
                     "SELECT no, node, due_at, name, tag, body FROM flow_wait"
                     " WHERE tenant = $1 AND flow = $2 AND kind = 'start' ORDER BY no",
                     ARGS(INT(tx->tenant), INT(CONDUCT_START_FLOW)), err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        struct plan plan;

        if (!read_plan(looking->arena, &rows, i, &plan, err))
            return false;
        VEC_PUSH(looking->arena, &looking->there, plan);
    }
    return true;
}

/* The same in every process, so that two that plan at once write the same rows. */
static int64_t number_of(struct arena *arena, const struct plan *plan)
{
    struct str whole = str_printf(arena, "%.*s\n%.*s\n%.*s", STR_ARG(plan->process),
                                  STR_ARG(plan->node), STR_ARG(plan->tag));

    return (int64_t)(hash_keyed(whole, 0, 0) >> 1);
}

static struct plan *find_there(struct looking *looking, int64_t no)
{
    for (size_t i = 0; i < looking->there.count; i++)
        if (looking->there.items[i].no == no)
            return &looking->there.items[i];
    return NULL;
}

/* Of a timer as it is drawn: the row goes on, or is made anew (3). */
static void want(struct looking *looking, const struct start *start, int64_t installed_at)
{
    int offset = catalog_utc_offset(looking->catalog);
    struct plan plan = {.process = start->process->name,
                        .node = start->node->id,
                        .tag = str_printf(looking->arena, "%d", start->event),
                        .timer = timer_name(event_of(start)->timer),
                        .text = event_of(start)->when.text,
                        .from = installed_at,
                        .offset = offset};
    struct plan *there;

    plan.no = number_of(looking->arena, &plan);
    there = find_there(looking, plan.no);
    if (there != NULL && str_equal(there->timer, plan.timer) && str_equal(there->text, plan.text)) {
        bool is_same_clock = there->offset == offset;

        plan.from = there->from;
        plan.next = there->next;
        there->no = -1; /* it is wanted */
        if (is_same_clock)
            return;
        set_next(looking->arena, start, INT64_MIN, &plan);
    } else {
        if (there != NULL)
            there->no = -1;
        set_next(looking->arena, start, installed_at - 1, &plan);
        if (plan.due_at == INT64_MAX)
            LOG(LOG_WARN, "flow.start.never", {"process", plan.process}, {"timer", plan.text});
    }
    VEC_PUSH(looking->arena, &looking->puts, plan);
}

static void want_process(struct looking *looking, const struct process *process,
                         int64_t installed_at)
{
    for (int n = 0; n < process->model->node_count; n++) {
        const struct bpmn_node *node = &process->model->nodes[n];

        if (node->kind != BPMN_START || node->scope != process->node)
            continue;
        for (int i = 0; i < node->event_count; i++)
            if (node->events[i].trigger == BPMN_TIMER)
                want(looking, &(struct start){process, node, i}, installed_at);
    }
}

/* When that very version was installed; false: the packs have changed, and the job will be put. */
static bool find_installed(const struct rows *packs, const struct pack *pack, int64_t *at)
{
    for (size_t i = 0; i < packs->count; i++)
        if (str_equal(rows_text(packs, i, 0), pack->id) &&
            str_equal(rows_text(packs, i, 1), pack->version)) {
            *at = rows_int(packs, i, 2);
            return true;
        }
    return false;
}

static bool compare(struct tx *tx, struct looking *looking, struct err *err)
{
    const struct process **processes;
    struct rows packs;
    int64_t at;
    size_t count;

    if (!read_there(tx, looking, err) ||
        !process_list(looking->place->processes, looking->catalog->model, looking->arena,
                      &processes, &count, err) ||
        !store_query(tx, looking->arena, &packs,
                     "SELECT id, version, installed_at FROM pack WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), err))
        return false;
    for (size_t i = 0; i < looking->catalog->model->packs.count; i++)
        if (!find_installed(&packs, looking->catalog->model->packs.packs[i], &at))
            return true;
    for (size_t i = 0; i < count; i++)
        if (processes[i]->begins_by_clock && processes[i]->fault.len == 0 &&
            find_installed(&packs, processes[i]->pack, &at))
            want_process(looking, processes[i], at);
    for (size_t i = 0; i < looking->there.count; i++)
        if (looking->there.items[i].no >= 0)
            VEC_PUSH(looking->arena, &looking->drops, looking->there.items[i].no);
    return true;
}

static bool put(struct tx *tx, struct looking *looking, const struct plan *plan, struct err *err)
{
    return store_exec(tx,
                      "INSERT INTO flow_wait (tenant, flow, no, kind, node, due_at, name, tag,"
                      " body) VALUES ($1, $2, $3, 'start', $4, $5, $6, $7, $8)"
                      " ON CONFLICT (tenant, flow, no) DO UPDATE SET due_at = excluded.due_at,"
                      " body = excluded.body",
                      ARGS(INT(tx->tenant), INT(CONDUCT_START_FLOW), INT(plan->no),
                           TEXT(plan->node), plan->due_at == INT64_MAX ? NONE : INT(plan->due_at),
                           TEXT(plan->process), TEXT(plan->tag),
                           TEXT(print_body(looking->arena, plan))),
                      err);
}

static bool run_plan(struct tx *tx, void *data, struct err *err)
{
    struct looking *looking = data;

    if (!compare(tx, looking, err))
        return false;
    for (size_t i = 0; i < looking->puts.count; i++)
        if (!put(tx, looking, &looking->puts.items[i], err))
            return false;
    for (size_t i = 0; i < looking->drops.count; i++)
        if (!store_exec(
                tx,
                "DELETE FROM flow_wait WHERE tenant = $1 AND flow = $2 AND no = $3"
                " AND kind = 'start'",
                ARGS(INT(tx->tenant), INT(CONDUCT_START_FLOW), INT(looking->drops.items[i])), err))
            return false;
    return true;
}

static bool look(struct looking *looking, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return catalog_get(looking->place->tenant, process_library_packs(looking->place->processes),
                       &looking->catalog, err) &&
           tx_read(&tx, looking->place->tenant, err) && compare(&tx, looking, err);
}

bool conduct_start_plan(const struct conduct_place *place, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct looking looking = {.place = place, .arena = arena};

    if (!look(&looking, err))
        return false;
    return (looking.puts.count == 0 && looking.drops.count == 0) ||
           tenant_write_wait(place->tenant, run_plan, &looking, err);
}

static bool read_due(const struct conduct_place *place, struct arena *arena, int64_t no,
                     struct plan *plan, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    plan->due_at = INT64_MAX;
    return tx_read(&tx, place->tenant, err) &&
           store_query(&tx, arena, &rows,
                       "SELECT no, node, due_at, name, tag, body FROM flow_wait"
                       " WHERE tenant = $1 AND flow = $2 AND no = $3 AND kind = 'start'",
                       ARGS(INT(tx.tenant), INT(CONDUCT_START_FLOW), INT(no)), err) &&
           (rows.count == 0 || read_plan(arena, &rows, 0, plan, err));
}

/* The start the row was planned for; false: it is drawn otherwise now, and will be planned anew. */
static bool find_start(const struct conduct_place *place, const struct catalog *catalog,
                       const struct plan *plan, struct start *start)
{
    struct err absent;
    int64_t event;

    if (!process_find(place->processes, catalog->model, plan->process, &start->process, &absent))
        return false;
    start->node = bpmn_find(start->process->model, plan->node);
    if (start->node == NULL || start->node->kind != BPMN_START ||
        start->node->scope != start->process->node || !num_parse_int(plan->tag, &event) ||
        event < 0 || event >= start->node->event_count)
        return false;
    start->event = (int)event;
    return event_of(start)->trigger == BPMN_TIMER &&
           str_equal(timer_name(event_of(start)->timer), plan->timer) &&
           str_equal(event_of(start)->when.text, plan->text);
}

bool conduct_start_begin(const struct conduct_place *place, int64_t no, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct conduct conduct = {
        .processes = place->processes, .arena = arena, .now = place->now, .begins = true};
    struct conduct_start_turn turn = {.no = no};
    struct start start;
    struct plan plan;
    struct err found = {0};

    if (!catalog_get(place->tenant, process_library_packs(place->processes), &conduct.catalog,
                     err) ||
        !read_due(place, arena, no, &plan, err))
        return false;
    if (plan.due_at > place->now || !find_start(place, conduct.catalog, &plan, &start))
        return true;
    turn.due_at = plan.due_at;
    set_next(arena, &start, place->now, &plan);
    turn.next_at = plan.due_at;
    turn.body = print_body(arena, &plan);
    conduct.process = start.process;
    conduct.turn = &turn;
    conduct.step = (struct flow_step){.kind = FLOW_STEP_BEGIN, .node = start.node->index};
    if (conduct_step(place->tenant, &conduct, &found) || found.code == ERR_CONFLICT)
        return true;
    *err = found;
    return false;
}

bool conduct_start_take(struct tx *tx, const struct conduct_start_turn *turn, struct err *err)
{
    int64_t changed = 0;

    if (!store_change(
            tx,
            "UPDATE flow_wait SET due_at = $5, body = $6 WHERE tenant = $1"
            " AND flow = $2 AND no = $3 AND kind = 'start' AND due_at = $4",
            ARGS(INT(tx->tenant), INT(CONDUCT_START_FLOW), INT(turn->no), INT(turn->due_at),
                 turn->next_at == INT64_MAX ? NONE : INT(turn->next_at), TEXT(turn->body)),
            &changed, err))
        return false;
    return changed == 1 || err_set(err, ERR_CONFLICT, "the process was begun already");
}
