#include "auth/colleague.h"

#include <stdlib.h>

#include "auth/journal.h"
#include "core/id.h"
#include "store/rows.h"

#define COLUMNS " a.id, a.name, a.away_from, a.away_until, a.substitute FROM account AS a"

static struct colleague read_row(const struct rows *rows, size_t row)
{
    return (struct colleague){
        .account = rows_int(rows, row, 0),
        .name = rows_text(rows, row, 1),
        .away_from = rows_int(rows, row, 2),
        .away_until = rows_int(rows, row, 3),
        .substitute = rows_int(rows, row, 4),
    };
}

static int compare(const void *a, const void *b)
{
    const struct colleague *x = a;
    const struct colleague *y = b;
    int order = str_compare(x->name, y->name);

    return order != 0 ? order : (x->account > y->account) - (x->account < y->account);
}

bool colleague_list(struct tx *tx, struct arena *arena, struct str role,
                    struct colleague_page *page, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT" COLUMNS " JOIN account_role AS r ON r.tenant = a.tenant"
                     " AND r.account = a.id WHERE r.tenant = $1 AND r.role = $2 AND a.tenant = $1"
                     " AND a.state = 'active' ORDER BY r.account LIMIT $3",
                     ARGS(INT(tx->tenant), TEXT(role), INT(COLLEAGUE_MAX)), err))
        return err_while(err, "looking who has a role");
    page->items = ARENA_ARRAY(arena, struct colleague, rows.count);
    page->count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        page->items[i] = read_row(&rows, i);
    if (page->count > 1)
        qsort(page->items, page->count, sizeof *page->items, compare);
    return true;
}

bool colleague_get(struct tx *tx, struct arena *arena, int64_t account, struct colleague *one,
                   struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows, "SELECT" COLUMNS " WHERE a.tenant = $1 AND a.id = $2",
                     ARGS(INT(tx->tenant), INT(account)), err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such account");
    *one = read_row(&rows, 0);
    return true;
}

bool colleague_is_away(const struct colleague *one, int64_t day)
{
    return one->substitute != 0 && one->away_from <= day && day <= one->away_until;
}

static bool check(const struct colleague *one, struct err *err)
{
    if (one->substitute == 0)
        return true;
    if (one->substitute == one->account)
        return err_set(err, ERR_INPUT, "Nobody stands in for themselves: choose somebody else.");
    if (one->away_until < one->away_from)
        return err_set(err, ERR_INPUT, "The last day is before the first one.");
    return one->away_until - one->away_from < COLLEAGUE_DAYS_MAX ||
           err_set(err, ERR_INPUT, "An absence has at most 400 days.");
}

bool colleague_set(struct tx *tx, const struct colleague *one, struct account_by by,
                   struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    bool ends = one->substitute == 0;
    struct journal_entry entry = {
        .at = by.now,
        .actor = by.actor,
        .action = ends ? STR("substitute.end") : STR("substitute.set"),
        .detail = str_printf(scratch, "{\"account\":\"%.*s\",\"substitute\":\"%.*s\"}",
                             STR_ARG(id_text(scratch, one->account)),
                             STR_ARG(id_text(scratch, one->substitute)))};
    int64_t changed;

    if (!check(one, err) ||
        !store_change(tx,
                      "UPDATE account SET away_from = $3, away_until = $4, substitute = $5"
                      " WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(one->account), INT(ends ? 0 : one->away_from),
                           INT(ends ? 0 : one->away_until), INT(one->substitute)),
                      &changed, err))
        return false;
    if (changed == 0)
        return err_set(err, ERR_ABSENT, "there is no such account");
    return journal_add(tx, &entry, err);
}

static bool has(const struct colleague_page *page, int64_t account)
{
    for (size_t i = 0; i < page->count; i++)
        if (page->items[i].account == account)
            return true;
    return false;
}

bool colleague_stood_for(struct tx *tx, struct arena *arena, const struct colleague_ask *ask,
                         struct colleague_page *page, struct err *err)
{
    *page = (struct colleague_page){.items = ARENA_ARRAY(arena, struct colleague, COLLEAGUE_MAX)};
    for (size_t i = 0; i < ask->role_count; i++) {
        struct rows rows;

        if (!store_query(tx, arena, &rows,
                         "SELECT" COLUMNS " JOIN account_role AS r ON r.tenant = a.tenant"
                         " AND r.account = a.id WHERE r.tenant = $1 AND r.role = $2"
                         " AND a.tenant = $1 AND a.substitute = $3 AND a.away_from <= $4"
                         " AND a.away_until >= $4 ORDER BY r.account LIMIT $5",
                         ARGS(INT(tx->tenant), TEXT(ask->roles[i]), INT(ask->account),
                              INT(ask->day), INT(COLLEAGUE_MAX)),
                         err))
            return err_while(err, "looking who is away");
        for (size_t j = 0; j < rows.count && page->count < COLLEAGUE_MAX; j++)
            if (!has(page, rows_int(&rows, j, 0)))
                page->items[page->count++] = read_row(&rows, j);
    }
    return true;
}

/* All lists of an account: a line for each, the last ones may be missing. */
static bool read_lists(struct tx *tx, struct arena *arena, int64_t account,
                       struct str lists[COLLEAGUE_LISTS], struct err *err)
{
    struct rows rows;
    struct str text;

    if (!store_query(tx, arena, &rows,
                     "SELECT work_list FROM account WHERE tenant = $1 AND id = $2",
                     ARGS(INT(tx->tenant), INT(account)), err))
        return false;
    text = rows.count > 0 ? rows_text(&rows, 0, 0) : (struct str){0};
    for (int i = 0; i < COLLEAGUE_LISTS; i++)
        lists[i] = str_cut(&text, '\n');
    return true;
}

bool colleague_left_list(struct tx *tx, struct arena *arena, int64_t account,
                         enum colleague_list list, struct str *words, struct err *err)
{
    struct str lists[COLLEAGUE_LISTS];

    if (!read_lists(tx, arena, account, lists, err))
        return false;
    *words = lists[list];
    return true;
}

bool colleague_leave_list(struct tx *tx, struct arena *arena, int64_t account,
                          enum colleague_list list, struct str words, struct err *err)
{
    struct buf text = {.arena = arena};
    struct str lists[COLLEAGUE_LISTS];

    if (!read_lists(tx, arena, account, lists, err))
        return false;
    lists[list] = str_slice(words, 0, MIN(COLLEAGUE_LIST_MAX, str_find_char(words, '\n')));
    for (int i = 0; i < COLLEAGUE_LISTS; i++) {
        buf_add(&text, lists[i]);
        buf_char(&text, '\n');
    }
    return store_exec(tx, "UPDATE account SET work_list = $3 WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(account), TEXT(buf_str(&text))), err);
}
