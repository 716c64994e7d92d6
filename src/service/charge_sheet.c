#include "service/charge_sheet.h"

#include "core/arena.h"
#include "store/rows.h"

enum {
    SERVICES_MAX = 1000,
    SLACK = 50, /* numbers: who asked first may be written second */
};

#define FROM                                                                                       \
    " FROM charge c JOIN service_case s ON s.tenant = $1 AND s.id = c.service_case"                \
    " WHERE c.tenant = $1 AND c.n >= $2 AND c.n < $3 AND c.made_at >= $4 AND c.made_at < $5"       \
    " AND ($6 = '' OR c.state = $6) AND ($7 = 0 OR c.document <> '')"

/* Numbers from and before. */
struct range {
    int64_t from, to;
};

static bool read_int(struct tx *tx, struct arena *arena, const char *sql, struct store_args args,
                     int64_t *found, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows, sql, args, err))
        return false;
    *found = rows.count > 0 ? rows_int(&rows, 0, 0) : 0;
    return true;
}

/* The first number that was made at that moment or later, as far as they are in order. */
static bool find_first(struct tx *tx, struct arena *arena, int64_t at, int64_t top, int64_t *n,
                       struct err *err)
{
    int64_t low = 1, high = top + 1;

    while (low < high) {
        int64_t middle = low + (high - low) / 2, made_at;

        if (!read_int(tx, arena,
                      "SELECT made_at FROM charge WHERE tenant = $1 AND n >= $2 ORDER BY n LIMIT 1",
                      ARGS(INT(tx->tenant), INT(middle)), &made_at, err))
            return false;
        if (made_at < at)
            low = middle + 1;
        else
            high = middle;
    }
    *n = low;
    return true;
}

static bool find_range(struct tx *tx, struct arena *arena, const struct charge_sheet_ask *ask,
                       struct range *range, struct err *err)
{
    int64_t top;

    if (!read_int(tx, arena, "SELECT n FROM charge WHERE tenant = $1 ORDER BY n DESC LIMIT 1",
                  ARGS(INT(tx->tenant)), &top, err))
        return err_while(err, "looking through charges");
    *range = (struct range){1, top + 1};
    if (ask->from_at != 0 && !find_first(tx, arena, ask->from_at, top, &range->from, err))
        return err_while(err, "looking through charges");
    if (ask->until_at != 0 && !find_first(tx, arena, ask->until_at, top, &range->to, err))
        return err_while(err, "looking through charges");
    range->from = MAX(range->from - SLACK, 1);
    range->to = MIN(range->to + SLACK, top + 1);
    return true;
}

/* The latest CHARGE_SHEET_SPAN of the range, and what is asked of them. */
struct looking {
    struct tx *tx;
    struct arena *arena;
    const struct charge_sheet_ask *ask;
    int limit;
    struct range range;
};

static bool query(const struct looking *it, const char *sql, struct rows *rows, struct err *err)
{
    const struct charge_sheet_ask *ask = it->ask;

    return store_query(it->tx, it->arena, rows, sql,
                       ARGS(INT(it->tx->tenant), INT(it->range.from), INT(it->range.to),
                            INT(ask->from_at), INT(ask->until_at == 0 ? INT64_MAX : ask->until_at),
                            TEXT(ask->is_to_return ? STR("withdrawn") : ask->state),
                            INT(ask->is_to_return), INT(it->limit)),
                       err) ||
           err_while(err, "listing charges");
}

bool charge_sheet_list(struct tx *tx, struct arena *arena, const struct charge_sheet_ask *ask,
                       struct charge_sheet_page *page, struct err *err)
{
    enum {
        SERVICE = 15,
        NUMBER
    };
    struct looking it = {tx, arena, ask, MAX(ask->limit, 1), {0}};
    struct rows rows;
    int64_t first;

    if (!find_range(tx, arena, ask, &it.range, err))
        return false;
    if (ask->before != 0)
        it.range.to = MIN(it.range.to, ask->before);
    first = it.range.from;
    it.range.from = MAX(first, it.range.to - CHARGE_SHEET_SPAN);
    if (!query(&it,
               "SELECT " CHARGE_COLUMNS ", s.service, s.number" FROM " ORDER BY c.n DESC LIMIT $8",
               &rows, err))
        return false;
    *page = (struct charge_sheet_page){
        .items = ARENA_ARRAY(arena, struct charge_sheet_row, rows.count), .count = rows.count};
    for (size_t i = 0; i < rows.count; i++)
        page->items[i] = (struct charge_sheet_row){
            charge_row(&rows, i), rows_text(&rows, i, SERVICE), rows_text(&rows, i, NUMBER)};
    if (rows.count == (size_t)it.limit)
        page->next = page->items[rows.count - 1].charge.n;
    else if (it.range.from > first)
        page->next = it.range.from;
    return true;
}

bool charge_sheet_sum(struct tx *tx, struct arena *arena, const struct charge_sheet_ask *ask,
                      struct charge_sheet_sums *sums, struct err *err)
{
    struct looking it = {tx, arena, ask, SERVICES_MAX, {0}};
    struct rows rows;

    if (!find_range(tx, arena, ask, &it.range, err))
        return false;
    sums->is_cut = it.range.to - it.range.from > CHARGE_SHEET_SPAN;
    it.range.from = MAX(it.range.from, it.range.to - CHARGE_SHEET_SPAN);
    if (!query(&it,
               "SELECT s.service, COUNT(*), CAST(SUM(c.kop) AS bigint)" FROM
               " GROUP BY s.service ORDER BY s.service LIMIT $8",
               &rows, err))
        return false;
    sums->items = ARENA_ARRAY(arena, struct charge_sheet_sum, rows.count);
    sums->count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        sums->items[i] = (struct charge_sheet_sum){rows_text(&rows, i, 0), rows_int(&rows, i, 1),
                                                   rows_int(&rows, i, 2)};
    return true;
}
