#include "workflow/conduct_job.h"

#include "core/id.h"
#include "core/log.h"
#include "core/time.h"
#include "queue/worker.h"
#include "registry/catalog.h"
#include "store/rows.h"
#include "workflow/conduct.h"
#include "workflow/conduct_start.h"
#include "workflow/flow_row.h"

#define KIND STR("workflow.flows")

enum {
    BATCH = 200,         /* posts or timers looked at together */
    BATCHES_MAX = 50,    /* then others have their turn */
    TAKERS_MAX = 20,     /* others took what it was meant for */
    SIGNAL_MAX = 100000, /* flows that hear one signal */
    LATER_MS = 60 * 60 * 1000,
};

bool conduct_job_need(struct tx *tx, int64_t due_at, int64_t now, bool *has_moved, struct err *err)
{
    struct job job = {.kind = KIND, .payload = STR("{}"), .put_at = now};

    return job_need(tx, &job, due_at, has_moved, err);
}

/* One delivery: its arena, its catalog. */
struct errand {
    const struct conduct_place *place;
    struct arena *arena;
    const struct catalog *catalog;
    const struct flow_post *post;
    struct conduct_delivery *delivery;
};

static struct conduct new_conduct(const struct errand *errand, int64_t flow,
                                  enum flow_step_kind kind)
{
    const struct flow_post *post = errand->post;

    return (struct conduct){
        .processes = errand->place->processes,
        .catalog = errand->catalog,
        .arena = errand->arena,
        .now = errand->place->now,
        .actor = post->sender == 0 ? post->actor : 0,
        .flow = flow,
        .post = post->id,
        .step = {
            .kind = kind, .node = -1, .wait = post->wait, .name = post->name, .key = post->tag}};
}

static bool read_body(const struct errand *errand, struct conduct *conduct, struct err *err)
{
    struct json *body;

    if (errand->post->body.len == 0)
        return true;
    if (!json_parse(errand->arena, errand->post->body, &(struct json_limits){.bytes = 64 << 20},
                    &body, err))
        return false;
    conduct->step.data = body;
    return true;
}

static bool run_take(struct tx *tx, void *data, struct err *err)
{
    const struct errand *errand = data;
    bool was_there;

    return flow_post_take(tx, errand->post->id, &was_there, err);
}

static bool drop(struct errand *errand, struct err *err)
{
    return tenant_write_wait(errand->place->tenant, run_take, errand, err);
}

struct keeping {
    const struct errand *errand;
    struct str reason;
};

static bool run_keep(struct tx *tx, void *data, struct err *err)
{
    const struct keeping *keeping = data;

    return flow_post_keep(tx, keeping->errand->post->id, keeping->reason, err);
}

static bool keep(struct errand *errand, struct str reason, struct err *err)
{
    struct keeping keeping = {errand, reason};

    errand->delivery->is_kept = true;
    return tenant_write_wait(errand->place->tenant, run_keep, &keeping, err);
}

static bool run_keep_unheard(struct tx *tx, void *data, struct err *err)
{
    const struct errand *errand = data;

    return flow_post_keep_unheard(tx, errand->post->id, STR("nobody waits for it"),
                                  &errand->delivery->is_kept, err);
}

/* Who waits: with that key before those who take any. */
static bool find_flow(const struct errand *errand, int64_t *flow, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    const struct str tags[] = {errand->post->tag, {0}};
    struct rows rows;

    *flow = 0;
    if (!tx_read(&tx, errand->place->tenant, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(tags) && *flow == 0; i++) {
        if (!store_query(&tx, errand->arena, &rows,
                         "SELECT flow FROM flow_wait WHERE tenant = $1 AND kind = 'message'"
                         " AND name = $2 AND tag = $3 AND term = $4 ORDER BY flow, no LIMIT 1",
                         ARGS(INT(tx.tenant), TEXT(errand->post->name), TEXT(tags[i]),
                              INT(FLOW_ROW_NO_TERM)),
                         err))
            return false;
        *flow = rows.count > 0 ? rows_int(&rows, 0, 0) : 0;
    }
    return true;
}

static bool begins_by(const struct process *process, const struct bpmn_node *node,
                      enum bpmn_trigger trigger, struct str name)
{
    if (node->kind != BPMN_START || node->scope != process->node)
        return false;
    for (int i = 0; i < node->event_count; i++)
        if (node->events[i].trigger == trigger && str_equal(node->events[i].name, name))
            return true;
    return false;
}

/* The start of a process that such an event begins. *node NULL: none. */
static bool find_start(const struct errand *errand, enum bpmn_trigger trigger, size_t from,
                       const struct process **process, const struct bpmn_node **node,
                       struct err *err)
{
    const struct process **all;
    size_t count;

    *node = NULL;
    if (!process_list(errand->place->processes, errand->catalog->model, errand->arena, &all, &count,
                      err))
        return false;
    for (size_t i = 0; i < count && *node == NULL; i++)
        for (int n = 0; n < all[i]->model->node_count && *node == NULL; n++)
            if (begins_by(all[i], &all[i]->model->nodes[n], trigger, errand->post->name) &&
                from-- == 0) {
                *process = all[i];
                *node = &all[i]->model->nodes[n];
            }
    return true;
}

/* *is_done: the post is gone, delivered by us or by somebody else. */
static bool step_with(struct errand *errand, struct conduct *conduct, bool *is_done,
                      struct err *err)
{
    struct err found = {0};

    *is_done = false;
    if (!read_body(errand, conduct, &found) ||
        !conduct_step(errand->place->tenant, conduct, &found)) {
        if (conduct_is_late(&found)) /* it is still wanted */
            return err_set(err, ERR_UNAVAILABLE, "%s", found.text);
        if (found.code == ERR_UNAVAILABLE) {
            *err = found;
            return false;
        }
        *is_done = true;
        if (found.code == ERR_CONFLICT)
            return drop(errand, err);
        return keep(errand, str_copy(errand->arena, str_from_z(found.text)), err);
    }
    *is_done = conduct->was_taken;
    if (conduct->was_taken) {
        errand->delivery->flow = conduct->flow;
        errand->delivery->begins = conduct->begins;
    }
    return true;
}

static bool begin_by_event(struct errand *errand, const struct process *process,
                           const struct bpmn_node *node, struct err *err)
{
    struct conduct conduct = new_conduct(errand, 0, FLOW_STEP_BEGIN);
    bool is_done;

    conduct.begins = true;
    conduct.process = process;
    conduct.step.node = node->index;
    conduct.step.wait = 0;
    return step_with(errand, &conduct, &is_done, err);
}

static bool deliver_message(struct errand *errand, struct err *err)
{
    const struct flow_post *post = errand->post;
    const struct process *process;
    const struct bpmn_node *node;
    bool is_for_one = post->flow != 0 && !post->is_kept;
    int64_t flow = post->flow;
    bool is_done = false;

    for (int i = 0; i < TAKERS_MAX; i++) {
        if (!is_for_one && !find_flow(errand, &flow, err))
            return false;
        if (flow == 0)
            break;
        struct conduct conduct = new_conduct(errand, flow, FLOW_STEP_MESSAGE);

        conduct.step.wait = 0;
        if (!step_with(errand, &conduct, &is_done, err))
            return false;
        if (is_done)
            return true;
        if (is_for_one)
            return keep(errand,
                        conduct.head.state == FLOW_RUNNING ? STR("the flow does not wait for it")
                                                           : STR("the flow is over"),
                        err);
    }
    if (!find_start(errand, BPMN_MESSAGE, 0, &process, &node, err))
        return false;
    if (node == NULL)
        return tenant_write_wait(errand->place->tenant, run_keep_unheard, errand, err);
    return begin_by_event(errand, process, node, err);
}

/* A signal becomes one post for each flow that waits for it, and for each process it begins. */
struct spreading {
    struct errand *errand;
    struct flow_post *posts;
    size_t count;
};

static bool run_spread(struct tx *tx, void *data, struct err *err)
{
    struct spreading *spreading = data;
    bool was_there;

    if (!flow_post_take(tx, spreading->errand->post->id, &was_there, err))
        return false;
    for (size_t i = 0; was_there && i < spreading->count; i++)
        if (!flow_post_put(tx, &spreading->posts[i], err))
            return false;
    return true;
}

static bool list_hearers(const struct errand *errand, struct rows *rows, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, errand->place->tenant, err) &&
           store_query(&tx, errand->arena, rows,
                       "SELECT DISTINCT flow FROM flow_wait WHERE tenant = $1 AND kind = 'signal'"
                       " AND name = $2 AND flow <> $3 ORDER BY flow LIMIT $4",
                       ARGS(INT(tx.tenant), TEXT(errand->post->name), INT(errand->post->sender),
                            INT(SIGNAL_MAX)),
                       err);
}

static bool spread_signal(struct errand *errand, struct err *err)
{
    VEC(struct flow_post) posts = {0};
    const struct process *process;
    const struct bpmn_node *node;
    struct rows rows;

    if (!list_hearers(errand, &rows, err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        struct flow_post one = *errand->post;

        one.id = 0;
        one.flow = rows_int(&rows, i, 0);
        VEC_PUSH(errand->arena, &posts, one);
    }
    for (size_t i = 0;; i++) {
        struct flow_post one = *errand->post;

        if (!find_start(errand, BPMN_SIGNAL, i, &process, &node, err))
            return false;
        if (node == NULL)
            break;
        one.id = one.sender = 0;
        one.kind = FLOW_POST_BEGIN;
        one.name = process->name;
        one.tag = node->id;
        one.flow = id_next(errand->place->now);
        VEC_PUSH(errand->arena, &posts, one);
    }
    return tenant_write_wait(errand->place->tenant, run_spread,
                             &(struct spreading){errand, posts.items, posts.count}, err);
}

/* Whoever called a process that cannot begin is told so. */
static bool run_refuse(struct tx *tx, void *data, struct err *err)
{
    const struct keeping *keeping = data;
    const struct flow_post *post = keeping->errand->post;
    struct flow_post answer = {.kind = FLOW_POST_BROKEN,
                               .name = keeping->reason,
                               .flow = post->sender,
                               .wait = post->wait,
                               .put_at = keeping->errand->place->now};
    bool was_there;

    return flow_post_take(tx, post->id, &was_there, err) &&
           (!was_there || flow_post_put(tx, &answer, err));
}

static bool refuse_begin(struct errand *errand, const struct err *why, struct err *err)
{
    struct keeping keeping = {errand, str_copy(errand->arena, str_from_z(why->text))};

    if (why->code == ERR_UNAVAILABLE) {
        *err = *why;
        return false;
    }
    if (errand->post->sender == 0)
        return keep(errand, keeping.reason, err);
    return tenant_write_wait(errand->place->tenant, run_refuse, &keeping, err);
}

static bool deliver_begin(struct errand *errand, struct err *err)
{
    const struct flow_post *post = errand->post;
    struct conduct conduct = new_conduct(errand, post->flow, FLOW_STEP_BEGIN);
    const struct bpmn_node *start;
    struct err why = {0};

    conduct.begins = true;
    conduct.head.caller = post->sender;
    conduct.head.caller_wait = post->sender != 0 ? post->wait : 0;
    conduct.step.wait = 0;
    if (!process_find(errand->place->processes, errand->catalog->model, post->name,
                      &conduct.process, &why) ||
        !read_body(errand, &conduct, &why))
        return refuse_begin(errand, &why, err);
    start = post->tag.len > 0 ? bpmn_find(conduct.process->model, post->tag) : NULL;
    conduct.step.node = start != NULL ? start->index : -1;
    if (!conduct_step(errand->place->tenant, &conduct, &why))
        return why.code == ERR_CONFLICT ? drop(errand, err) : refuse_begin(errand, &why, err);
    errand->delivery->flow = conduct.flow;
    errand->delivery->begins = true;
    return true;
}

/* For one flow; what it does not wait for any more is of no use. */
static bool deliver_to(struct errand *errand, enum flow_step_kind kind, struct err *err)
{
    struct conduct conduct = new_conduct(errand, errand->post->flow, kind);
    bool is_done;

    if (kind == FLOW_STEP_VALUES) {
        conduct.rounds = errand->post->wait;
        conduct.step.wait = 0;
    }
    if (kind == FLOW_STEP_SIGNAL || kind == FLOW_STEP_CANCEL)
        conduct.step.wait = 0;
    return step_with(errand, &conduct, &is_done, err) && (is_done || drop(errand, err));
}

static bool deliver(struct errand *errand, struct err *err)
{
    switch (errand->post->kind) {
    case FLOW_POST_MESSAGE:
        return deliver_message(errand, err);
    case FLOW_POST_SIGNAL:
        return errand->post->flow == 0 ? spread_signal(errand, err)
                                       : deliver_to(errand, FLOW_STEP_SIGNAL, err);
    case FLOW_POST_BEGIN:
        return deliver_begin(errand, err);
    case FLOW_POST_DONE:
        return deliver_to(errand, FLOW_STEP_DONE, err);
    case FLOW_POST_ERROR:
        return deliver_to(errand, FLOW_STEP_ERROR, err);
    case FLOW_POST_BROKEN:
        return deliver_to(errand, FLOW_STEP_BROKEN, err);
    case FLOW_POST_CANCEL:
        return deliver_to(errand, FLOW_STEP_CANCEL, err);
    case FLOW_POST_GO:
        return deliver_to(errand, FLOW_STEP_VALUES, err);
    }
    return true;
}

bool conduct_job_deliver(const struct conduct_place *place, const struct flow_post *post,
                         struct conduct_delivery *delivery, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct errand errand = {.place = place, .arena = arena, .post = post, .delivery = delivery};

    *delivery = (struct conduct_delivery){0};
    return catalog_get(place->tenant, process_library_packs(place->processes), &errand.catalog,
                       err) &&
           deliver(&errand, err);
}

static bool deliver_some(const struct conduct_place *place, size_t *count, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(tx_done) struct tx tx = {0};
    struct conduct_delivery delivery;
    struct flow_post *posts;

    if (!tx_read(&tx, place->tenant, err) || !flow_post_list(&tx, arena, BATCH, &posts, count, err))
        return false;
    tx_done(&tx);
    for (size_t i = 0; i < *count; i++)
        if (!conduct_job_deliver(place, &posts[i], &delivery, err))
            return false;
    return true;
}

struct putting_off {
    const struct conduct_place *place;
    int64_t flow, wait;
};

static bool run_put_off(struct tx *tx, void *data, struct err *err)
{
    const struct putting_off *off = data;

    return store_exec(
        tx,
        "UPDATE flow_wait SET due_at = $4"
        " WHERE tenant = $1 AND flow = $2 AND no = $3 AND kind IN ('timer', 'start')",
        ARGS(INT(tx->tenant), INT(off->flow), INT(off->wait), INT(off->place->now + LATER_MS)),
        err);
}

/* What cannot step now (its pack is gone, it goes round) must not be tried without pause. */
static bool put_off(const struct conduct_place *place, int64_t flow, int64_t wait,
                    const struct err *why, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct putting_off off = {place, flow, wait};

    if (why->code != ERR_CONFLICT) /* then the flow went another way meanwhile */
        LOG(LOG_WARN, "flow.timer", {"flow", id_text(scratch, flow)},
            {"reason", str_from_z(why->text)});
    return tenant_write_wait(place->tenant, run_put_off, &off, err);
}

static bool step_by_timer(const struct conduct_place *place, int64_t flow, int64_t wait,
                          struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct conduct conduct = {.processes = place->processes,
                              .arena = arena,
                              .now = place->now,
                              .flow = flow,
                              .step = {.kind = FLOW_STEP_TIMER, .wait = (int)wait}};

    return catalog_get(place->tenant, process_library_packs(place->processes), &conduct.catalog,
                       err) &&
           conduct_step(place->tenant, &conduct, err);
}

static bool fire(const struct conduct_place *place, int64_t flow, int64_t wait, struct err *err)
{
    struct err found = {0};

    if (flow == CONDUCT_START_FLOW ? conduct_start_begin(place, wait, &found)
                                   : step_by_timer(place, flow, wait, &found))
        return true;
    if (conduct_is_late(&found))
        return true; /* it is still due */
    if (found.code != ERR_UNAVAILABLE)
        return put_off(place, flow, wait, &found, err);
    *err = found;
    return false;
}

static bool fire_some(const struct conduct_place *place, size_t *count, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read(&tx, place->tenant, err) ||
        !store_query(&tx, arena, &rows,
                     "SELECT flow, no FROM flow_wait WHERE tenant = $1 AND due_at <= $2"
                     " ORDER BY due_at, flow, no LIMIT $3",
                     ARGS(INT(tx.tenant), INT(place->now), INT(BATCH)), err))
        return false;
    tx_done(&tx);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        if (!fire(place, rows_int(&rows, i, 0), rows_int(&rows, i, 1), err))
            return false;
    return true;
}

static bool take_int(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    *(int64_t *)data = rows_int(row, 0, 0);
    return true;
}

static bool find_next(const struct conduct_place *place, int64_t *next_at, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    int64_t waiting = 0;

    *next_at = INT64_MAX;
    if (!tx_read(&tx, place->tenant, err) ||
        !store_each(&tx,
                    "SELECT due_at FROM flow_wait WHERE tenant = $1 AND due_at IS NOT NULL"
                    " ORDER BY due_at LIMIT 1",
                    ARGS(INT(tx.tenant)), take_int, next_at, err) ||
        !store_each(&tx, "SELECT 1 FROM flow_post WHERE tenant = $1 AND state = 'waiting' LIMIT 1",
                    ARGS(INT(tx.tenant)), take_int, &waiting, err))
        return false;
    if (waiting != 0)
        *next_at = place->now;
    return true;
}

bool conduct_job_go(const struct conduct_place *place, int64_t *next_at, struct err *err)
{
    size_t posts = 1;
    size_t timers = 1;

    if (!conduct_start_plan(place, err))
        return false;
    for (int i = 0; i < BATCHES_MAX && posts + timers > 0; i++)
        if (!deliver_some(place, &posts, err) || !fire_some(place, &timers, err))
            return false;
    return find_next(place, next_at, err);
}

static bool run(struct worker_task *task, struct str *result, struct err *err)
{
    const struct conduct_job_context *context = task->context;
    struct conduct_place place = {task->tenant, context->processes, context->clock()};
    int64_t next_at;

    task->may_rest = true;
    if (!conduct_job_go(&place, &next_at, err)) {
        if (err->code == ERR_UNAVAILABLE)
            return false;
        LOG(LOG_WARN, "flow.job", {"reason", str_from_z(err->text)});
        next_at = place.now + LATER_MS;
    }
    if (!worker_again(task, next_at, place.now, err))
        return false;
    /* The steps may have put other jobs. */
    worker_wake(task->pool, tenant_info(task->tenant)->name);
    *result = STR("{}");
    return true;
}

const struct worker_kind conduct_job_kind = {.name = STR_INIT("workflow.flows"), .run = run};
