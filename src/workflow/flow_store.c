#include "workflow/flow_store.h"

#include "core/buf.h"
#include "store/rows.h"
#include "workflow/flow_row.h"

static enum flow_state state_of(struct str name)
{
    if (str_equal(name, STR("stuck")))
        return FLOW_RUNNING;
    for (int i = FLOW_RUNNING; i < FLOW_CANCELLED; i++)
        if (str_equal(str_from_z(flow_row_states[i]), name))
            return (enum flow_state)i;
    return FLOW_CANCELLED;
}

struct flow_store flow_store_row(const struct rows *rows, size_t row)
{
    struct str state = rows_text(rows, row, 5);

    return (struct flow_store){.id = rows_int(rows, row, 0),
                               .pack = rows_text(rows, row, 1),
                               .version = rows_text(rows, row, 2),
                               .file = rows_text(rows, row, 3),
                               .process = rows_text(rows, row, 4),
                               .state = state_of(state),
                               .is_stuck = str_equal(state, STR("stuck")),
                               .error = rows_text(rows, row, 6),
                               .step = rows_int(rows, row, 7),
                               .last_no = (int)rows_int(rows, row, 8),
                               .begun_at = rows_int(rows, row, 9),
                               .changed_at = rows_int(rows, row, 10),
                               .no = rows_int(rows, row, 11),
                               .record = rows_int(rows, row, 12),
                               .caller = rows_int(rows, row, 13),
                               .caller_wait = (int)rows_int(rows, row, 14)};
}

bool flow_store_get(struct tx *tx, struct arena *arena, int64_t id, struct flow_store *kept,
                    struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT " FLOW_STORE_COLUMNS " FROM flow WHERE tenant = $1 AND id = $2",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return err_while(err, "reading a flow");
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such flow");
    *kept = flow_store_row(&rows, 0);
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
