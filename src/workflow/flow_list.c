#include "workflow/flow_list.h"

#include <stdlib.h>

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

/* One way through the flows: about a record, or all of them. */
static const char *sql_of(const struct flow_list_ask *ask)
{
    if (ask->record != 0)
        return "SELECT " FLOW_STORE_COLUMNS " FROM flow WHERE tenant = $1 AND id < $2"
               " AND record = $4 AND record <> 0 ORDER BY id DESC LIMIT $3";
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

struct finding {
    struct tx *tx;
    struct arena *arena;
    const struct flow_list_ask *ask;
    int64_t before; /* what is older was not looked at */
    VEC(struct flow_store) found;
};

/* *is_over: there are no more, or more than were asked for. */
static bool look_by_age(struct finding *it, int most, bool *is_over, struct err *err)
{
    const struct flow_list_ask *ask = it->ask;

    *is_over = false;
    for (int looked = 0; !*is_over && looked < most; looked += BATCH) {
        struct rows rows;

        if (!store_query(it->tx, it->arena, &rows, sql_of(ask),
                         ARGS(INT(it->tx->tenant), INT(it->before), INT(BATCH), INT(ask->record)),
                         err))
            return false;
        for (size_t i = 0; i < rows.count; i++) {
            struct flow_store flow = flow_store_row(&rows, i);

            it->before = flow.id;
            if (fits(ask, &flow))
                VEC_PUSH(it->arena, &it->found, flow);
            *is_over = it->found.count > (size_t)ask->limit;
            if (*is_over)
                return true;
        }
        *is_over = rows.count < BATCH;
    }
    return true;
}

/* The process behind that one, by pack and file; *is_there false: that was the last. */
static bool next_process(struct finding *it, struct flow_store *process, bool *is_there,
                         struct err *err)
{
    struct rows rows;

    if (!store_query(it->tx, it->arena, &rows,
                     "SELECT pack, file FROM flow WHERE tenant = $1 AND (pack, file) > ($2, $3)"
                     " ORDER BY pack, file LIMIT 1",
                     ARGS(INT(it->tx->tenant), TEXT(process->pack), TEXT(process->file)), err))
        return false;
    *is_there = rows.count > 0;
    if (*is_there)
        *process =
            (struct flow_store){.pack = rows_text(&rows, 0, 0), .file = rows_text(&rows, 0, 1)};
    return true;
}

/* One state of one process is a part of the index. */
static bool look_at_state(struct finding *it, const struct flow_store *process, struct str state,
                          struct err *err)
{
    const struct flow_list_ask *ask = it->ask;
    struct rows rows;

    if (!store_query(it->tx, it->arena, &rows,
                     "SELECT " FLOW_STORE_COLUMNS " FROM flow WHERE tenant = $1 AND pack = $2"
                     " AND file = $3 AND state = $4 AND id < $5 AND ($6 = 0 OR register = $6)"
                     " ORDER BY id DESC LIMIT $7",
                     ARGS(INT(it->tx->tenant), TEXT(process->pack), TEXT(process->file),
                          TEXT(state), INT(it->before), INT(ask->no), INT(ask->limit + 1)),
                     err))
        return false;
    for (size_t i = 0; i < rows.count; i++)
        VEC_PUSH(it->arena, &it->found, flow_store_row(&rows, i));
    return true;
}

static bool look_at_process(struct finding *it, const struct flow_store *process, struct err *err)
{
    static const char *const STATES[] = {"running", "stuck", "ended", "failed", "cancelled"};
    const struct flow_list_ask *ask = it->ask;

    if ((ask->pack.len > 0 && !str_equal(ask->pack, process->pack)) ||
        (ask->file.len > 0 && !str_equal(ask->file, process->file)) ||
        (ask->may != NULL && !ask->may(ask->data, process)))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(STATES); i++) {
        struct str state = str_from_z(STATES[i]);

        if ((ask->is_open && i > 1) || (ask->state.len > 0 && !str_equal(ask->state, state)))
            continue;
        if (!look_at_state(it, process, state, err))
            return false;
    }
    return true;
}

static int compare_newest(const void *left, const void *right)
{
    const struct flow_store *a = left;
    const struct flow_store *b = right;

    return a->id < b->id ? 1 : a->id > b->id ? -1 : 0;
}

/* The newest of each process and state that is asked for; of all these the newest. */
static bool look_by_process(struct finding *it, struct err *err)
{
    struct flow_store process = {0};
    bool is_there = true;

    while (is_there) {
        if (!next_process(it, &process, &is_there, err) ||
            (is_there && !look_at_process(it, &process, err)))
            return false;
    }
    if (it->found.count > 1)
        qsort(it->found.items, it->found.count, sizeof *it->found.items, compare_newest);
    return true;
}

bool flow_list(struct tx *tx, struct arena *arena, const struct flow_list_ask *ask,
               struct flow_list_page *page, struct err *err)
{
    struct finding it = {tx, arena, ask, ask->before > 0 ? ask->before : INT64_MAX, {0}};
    bool is_over = false;

    /* Those that are over are most of them: then a look at the newest finds a page at once. */
    if ((ask->record != 0 || !ask->is_open) &&
        !look_by_age(&it, ask->record != 0 ? FLOW_LIST_LOOKED_MAX : BATCH, &is_over, err))
        return false;
    if (!is_over && ask->record == 0 && !look_by_process(&it, err))
        return false;
    *page = (struct flow_list_page){.items = it.found.items,
                                    .count = MIN(it.found.count, (size_t)ask->limit)};
    if (it.found.count > page->count)
        page->next = page->count > 0 ? page->items[page->count - 1].id : 0;
    else if (ask->record != 0 && !is_over)
        page->next = it.before;
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
