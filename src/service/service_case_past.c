#include "service/service_case_past.h"

#include "core/arena.h"
#include "store/rows.h"

enum {
    LOOK_MAX = 5000, /* cases that are looked at for one page */
};

/* The last of those that are looked at; 0: there are no more behind them. */
static bool find_end(struct tx *tx, struct arena *arena, int64_t before, int64_t *end,
                     struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT count(*), min(id) FROM (SELECT id FROM service_case WHERE tenant = $1"
                     " AND id < $2 ORDER BY id DESC LIMIT $3) AS looked",
                     ARGS(INT(tx->tenant), INT(before), INT(LOOK_MAX)), err))
        return false;
    *end = rows_int(&rows, 0, 0) < LOOK_MAX ? 0 : rows_int(&rows, 0, 1);
    return true;
}

bool service_case_past_list(struct tx *tx, struct arena *arena, const struct service_case_past *ask,
                            struct service_case_page *page, int64_t *next, struct err *err)
{
    int64_t before = ask->before == 0 ? INT64_MAX : ask->before;
    struct rows rows;

    *page = (struct service_case_page){0};
    if (!find_end(tx, arena, before, next, err) ||
        !store_query(tx, arena, &rows,
                     "SELECT id FROM service_case WHERE tenant = $1 AND id < $2 AND id >= $3"
                     " AND closed_on >= $4 AND closed_on <= $5 AND state <> 'open'"
                     " AND ($6 = '' OR service = $6) AND ($7 = '' OR state = $7)"
                     " AND ($8 = '' OR ground = $8)"
                     " AND ($9 = 0 OR term <> '' AND due_on < closed_on AND state <> 'withdrawn')"
                     " AND ($10 = 0 OR rating > 0) ORDER BY id DESC LIMIT $11",
                     ARGS(INT(tx->tenant), INT(before), INT(*next), INT(ask->from), INT(ask->to),
                          TEXT(ask->service), TEXT(ask->state), TEXT(ask->ground),
                          INT(ask->is_late), INT(ask->is_rated), INT(ask->limit + 1)),
                     err))
        return false;
    page->items = ARENA_ARRAY(arena, struct service_case, rows.count);
    page->has_more = rows.count > (size_t)ask->limit;
    page->count = MIN(rows.count, (size_t)ask->limit);
    for (size_t i = 0; i < page->count; i++)
        if (!service_case_get(tx, arena, rows_int(&rows, i, 0), &page->items[i], err))
            return false;
    if (page->has_more)
        *next = page->items[page->count - 1].id;
    return true;
}
