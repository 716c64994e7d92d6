#include "workflow/flow_store.h"

#include "core/buf.h"
#include "store/rows.h"
#include "workflow/flow_diff.h"
#include "workflow/flow_row.h"

enum {
    TRIES_MAX = 20, /* others were first so often */
};

static enum flow_state state_of(struct str name)
{
    for (int i = FLOW_RUNNING; i < FLOW_CANCELLED; i++)
        if (str_equal(str_from_z(flow_row_states[i]), name))
            return (enum flow_state)i;
    return FLOW_CANCELLED;
}

bool flow_store_get(struct tx *tx, struct arena *arena, int64_t id, struct flow_store *kept,
                    struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT pack, version, file, process, state, error, step, last_no, begun_at,"
                     " changed_at FROM flow WHERE tenant = $1 AND id = $2",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return err_while(err, "reading a flow");
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such flow");
    *kept = (struct flow_store){.id = id,
                                .pack = rows_text(&rows, 0, 0),
                                .version = rows_text(&rows, 0, 1),
                                .file = rows_text(&rows, 0, 2),
                                .process = rows_text(&rows, 0, 3),
                                .state = state_of(rows_text(&rows, 0, 4)),
                                .error = rows_text(&rows, 0, 5),
                                .step = rows_int(&rows, 0, 6),
                                .last_no = (int)rows_int(&rows, 0, 7),
                                .begun_at = rows_int(&rows, 0, 8),
                                .changed_at = rows_int(&rows, 0, 9)};
    return true;
}

static bool load_parts(struct tx *tx, int64_t id, struct flow *flow, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, flow->arena, &rows,
                     "SELECT no, kind, node, body FROM flow_part WHERE tenant = $1 AND flow = $2"
                     " ORDER BY no",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        struct flow_row row = {.no = (int)rows_int(&rows, i, 0),
                               .kind = rows_text(&rows, i, 1),
                               .node = rows_text(&rows, i, 2),
                               .body = rows_text(&rows, i, 3)};

        if (!flow_row_add_part(flow, &row, err))
            return false;
    }
    return true;
}

static bool load_waits(struct tx *tx, int64_t id, struct flow *flow, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, flow->arena, &rows,
                     "SELECT no, kind, node, due_at, name, tag, body FROM flow_wait"
                     " WHERE tenant = $1 AND flow = $2 ORDER BY no",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        struct flow_row row = {.no = (int)rows_int(&rows, i, 0),
                               .kind = rows_text(&rows, i, 1),
                               .node = rows_text(&rows, i, 2),
                               .due_at = rows_int(&rows, i, 3),
                               .name = rows_text(&rows, i, 4),
                               .tag = rows_text(&rows, i, 5),
                               .body = rows_text(&rows, i, 6)};

        if (!flow_row_add_wait(flow, &row, err))
            return false;
    }
    return true;
}

static bool load_values(struct tx *tx, int64_t id, struct flow *flow, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, flow->arena, &rows,
                     "SELECT scope, name, value FROM flow_value WHERE tenant = $1 AND flow = $2"
                     " ORDER BY scope, name",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!flow_row_add_value(flow, (int)rows_int(&rows, i, 0), rows_text(&rows, i, 1),
                                rows_text(&rows, i, 2), err))
            return false;
    return true;
}

bool flow_store_load(struct tx *tx, const struct flow_store *kept, struct flow *flow,
                     struct err *err)
{
    flow->state = kept->state;
    flow->error = kept->error;
    flow->last_id = kept->last_no;
    return (load_parts(tx, kept->id, flow, err) && load_waits(tx, kept->id, flow, err) &&
            load_values(tx, kept->id, flow, err)) ||
           err_while(err, "reading the flow");
}

/* As it stands now; the transaction is over when this returns. */
static bool read_flow(const struct flow_store_work *work, struct flow_store *kept,
                      struct flow **flow, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    const struct bpmn *model;

    if (!tx_read(&tx, work->tenant, err) ||
        !flow_store_get(&tx, work->arena, work->id, kept, err) ||
        !work->model(work->data, kept, &model, err))
        return false;
    *flow = flow_new(work->arena, model);
    return flow_store_load(&tx, kept, *flow, err);
}

static bool new_flow(const struct flow_store_work *work, struct flow_store *kept,
                     struct flow **flow, struct err *err)
{
    const struct bpmn *model;

    *kept = work->begin;
    kept->begun_at = work->now;
    if (!work->model(work->data, kept, &model, err))
        return false;
    *flow = flow_new(work->arena, model);
    return true;
}

struct writing {
    const struct flow_store_work *work;
    const struct flow_store_diff *diff;
    const struct flow *flow;
};

static bool write_all(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;

    return flow_store_put(tx, writing->diff, err) &&
           (writing->work->also == NULL ||
            writing->work->also(tx, writing->work->data, writing->flow, err));
}

static bool try_step(const struct flow_store_work *work, struct flow **flow, bool *was_taken,
                     struct err *err)
{
    struct flow_store kept;
    struct flow *read;
    bool begins = work->begin.id != 0;

    if (!(begins ? new_flow(work, &kept, &read, err) : read_flow(work, &kept, &read, err)) ||
        !flow_step(read, &work->step, work->now, was_taken, err))
        return false;
    struct writing writing = {work, flow_store_compare(work->arena, &kept, read, work->actor),
                              read};
    *flow = read;
    return !*was_taken || tenant_write_wait(work->tenant, write_all, &writing, err);
}

bool flow_store_step(const struct flow_store_work *work, struct flow **flow, bool *was_taken,
                     struct err *err)
{
    struct err found = {0};

    for (int i = 0; i < TRIES_MAX; i++) {
        if (try_step(work, flow, was_taken, &found))
            return true;
        if (found.code != ERR_CONFLICT || !flow_diff_is_late(&found))
            break;
    }
    *err = found;
    return false;
}

static bool add_trace(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    buf_add(data, rows_text(row, 0, 0));
    return true;
}

bool flow_store_trace(struct tx *tx, int64_t id, struct buf *trace, struct err *err)
{
    return store_each(tx,
                      "SELECT trace FROM flow_step WHERE tenant = $1 AND flow = $2 ORDER BY step",
                      ARGS(INT(tx->tenant), INT(id)), add_trace, trace, err);
}
