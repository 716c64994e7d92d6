#include "workflow/flow_load.h"

#include "core/arena.h"
#include "core/num.h"
#include "store/rows.h"

bool flow_load_of(struct tx *tx, struct arena *arena, struct str role, int64_t now,
                  struct flow_load_list *list, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT tag, count(*), CAST(sum(CASE WHEN term < $3 THEN 1 ELSE 0 END)"
                     " AS bigint) FROM flow_wait WHERE tenant = $1 AND kind = 'task' AND name = $2"
                     " GROUP BY tag ORDER BY tag",
                     ARGS(INT(tx->tenant), TEXT(role), INT(now)), err))
        return false;
    *list = (struct flow_load_list){.items = ARENA_ARRAY(arena, struct flow_load, rows.count),
                                    .count = rows.count};
    for (size_t i = 0; i < rows.count; i++) {
        struct flow_load *one = &list->items[i];

        *one = (struct flow_load){.tasks = rows_int(&rows, i, 1), .late = rows_int(&rows, i, 2)};
        if (!num_parse_int(rows_text(&rows, i, 0), &one->account))
            one->account = 0;
    }
    return true;
}
