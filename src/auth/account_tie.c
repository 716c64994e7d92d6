#include "auth/account.h"
#include "auth/journal.h"
#include "auth/session.h"
#include "core/arena.h"
#include "core/id.h"
#include "store/rows.h"

static bool note(struct tx *tx, const struct account_tie *tie, struct account_by by,
                 struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct str id = id_text(scratch, tie->account);
    struct journal_entry entry = {
        .at = by.now,
        .actor = by.actor,
        .action = tie->is_off ? STR("account.untie") : STR("account.identify"),
        .no = tie->no,
        .record = tie->person,
        .detail = str_printf(scratch, "{\"account\":\"%.*s\"}", STR_ARG(id)),
    };

    return journal_add(tx, &entry, err);
}

/* Nothing is changed where the account belongs to somebody else meanwhile. */
static bool change(struct tx *tx, const struct account_tie *tie, int64_t *changed, struct err *err)
{
    struct store_args args = ARGS(INT(tx->tenant), INT(tie->account), INT(tie->person),
                                  INT(tie->is_off ? ACCOUNT_UNCONFIRMED : ACCOUNT_IDENTIFIED));

    return tie->is_off ? store_change(tx,
                                      "UPDATE account SET person = NULL, level = $4"
                                      " WHERE tenant = $1 AND id = $2 AND person = $3",
                                      args, changed, err)
                       : store_change(tx,
                                      "UPDATE account SET person = $3,"
                                      " level = CASE WHEN level > $4 THEN level ELSE $4 END"
                                      " WHERE tenant = $1 AND id = $2"
                                      " AND (person IS NULL OR person = $3)",
                                      args, changed, err);
}

bool account_tie(struct tx *tx, const struct account_tie *tie, struct account_by by,
                 struct err *err)
{
    int64_t changed;

    if (!change(tx, tie, &changed, err))
        return err_while(err, "tying an account");
    if (changed == 0)
        return err_set(err, ERR_CONFLICT, "this account belongs to another card");
    return (session_forget_account(tx, tie->account, true, err) && note(tx, tie, by, err)) ||
           err_while(err, "tying an account");
}

bool account_list_tied(struct tx *tx, struct arena *arena, int64_t person,
                       struct account_page *page, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT id FROM account WHERE tenant = $1 AND person = $2 ORDER BY id",
                     ARGS(INT(tx->tenant), INT(person)), err))
        return err_while(err, "listing accounts");
    struct account *list = ARENA_ARRAY(arena, struct account, rows.count);
    for (size_t i = 0; i < rows.count; i++)
        if (!account_get(tx, arena, rows_int(&rows, i, 0), &list[i], err))
            return false;
    *page = (struct account_page){list, rows.count};
    return true;
}
