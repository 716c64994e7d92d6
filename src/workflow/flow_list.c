#include "workflow/flow_list.h"

#include "core/vec.h"
#include "store/rows.h"
#include "workflow/flow_row.h"

enum {
    BATCH = 200,
};

struct str flow_list_state(const struct flow_store *flow)
{
    return flow->is_stuck ? STR("stuck") : str_from_z(flow_row_states[flow->state]);
}

/* Some index begins with each of these; what else is asked is looked at row by row. */
static const char *sql_of(const struct flow_list_ask *ask)
{
    if (ask->record != 0)
        return "SELECT " FLOW_STORE_COLUMNS " FROM flow WHERE tenant = $1 AND id < $2"
               " AND record = $4 AND record <> 0 ORDER BY id DESC LIMIT $3";
    if (ask->is_open)
        return "SELECT " FLOW_STORE_COLUMNS " FROM flow WHERE tenant = $1 AND id < $2"
               " AND state IN ('running', 'stuck') AND $4 = 0 ORDER BY id DESC LIMIT $3";
    return "SELECT " FLOW_STORE_COLUMNS " FROM flow WHERE tenant = $1 AND id < $2"
           " AND $4 = 0 ORDER BY id DESC LIMIT $3";
}

static bool fits(const struct flow_list_ask *ask, const struct flow_store *flow)
{
    bool is_open = flow->state == FLOW_RUNNING;

    return (!ask->is_open || is_open) &&
           (ask->state.len == 0 || str_equal(ask->state, flow_list_state(flow))) &&
           (ask->pack.len == 0 || str_equal(ask->pack, flow->pack)) &&
           (ask->file.len == 0 || str_equal(ask->file, flow->file)) &&
           (ask->no == 0 || ask->no == flow->no) && (ask->may == NULL || ask->may(ask->data, flow));
}

bool flow_list(struct tx *tx, struct arena *arena, const struct flow_list_ask *ask,
               struct flow_list_page *page, struct err *err)
{
    VEC(struct flow_store) found = {0};
    int64_t before = ask->before > 0 ? ask->before : INT64_MAX;

    *page = (struct flow_list_page){0};
    for (int looked = 0; looked < FLOW_LIST_LOOKED_MAX; looked += BATCH) {
        struct rows rows;

        if (!store_query(tx, arena, &rows, sql_of(ask),
                         ARGS(INT(tx->tenant), INT(before), INT(BATCH), INT(ask->record)), err))
            return false;
        for (size_t i = 0; i < rows.count; i++) {
            struct flow_store flow = flow_store_row(&rows, i);

            if (found.count == (size_t)ask->limit) {
                page->next = before;
                break;
            }
            before = flow.id;
            if (fits(ask, &flow))
                VEC_PUSH(arena, &found, flow);
        }
        page->items = found.items;
        page->count = found.count;
        if (page->next != 0 || rows.count < BATCH)
            return true;
    }
    page->next = before;
    return true;
}

bool flow_list_steps(struct tx *tx, struct arena *arena, int64_t flow, int64_t after,
                     struct flow_list_steps *steps, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT step, at, actor, wait, trace FROM flow_step WHERE tenant = $1"
                     " AND flow = $2 AND step > $3 ORDER BY step LIMIT $4",
                     ARGS(INT(tx->tenant), INT(flow), INT(after), INT(FLOW_LIST_PAGE_MAX)), err))
        return false;
    steps->items = ARENA_ARRAY(arena, struct flow_list_step, rows.count);
    steps->count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        steps->items[i] = (struct flow_list_step){rows_int(&rows, i, 0), rows_int(&rows, i, 1),
                                                  rows_int(&rows, i, 2), (int)rows_int(&rows, i, 3),
                                                  rows_text(&rows, i, 4)};
    return true;
}
