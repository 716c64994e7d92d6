#include "auth/account.h"
#include "store/rows.h"

bool account_sweep(struct tx *tx, struct account_sweep *sweep, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct account_by by = {.now = sweep->now};
    struct rows rows;

    if (!store_query(tx, scratch, &rows,
                     "SELECT a.id FROM account a WHERE a.tenant = $1 AND a.level = $2"
                     " AND a.person IS NULL AND a.state = 'active' AND a.created_at < $3"
                     " AND (a.last_at IS NULL OR a.last_at < $3)"
                     " AND EXISTS (SELECT 1 FROM account_role r WHERE r.tenant = $1"
                     " AND r.account = a.id AND r.role = $4)"
                     " AND NOT EXISTS (SELECT 1 FROM account_role r WHERE r.tenant = $1"
                     " AND r.account = a.id AND r.role <> $4)"
                     " AND NOT EXISTS (SELECT 1 FROM session s WHERE s.tenant = $1"
                     " AND s.account = a.id AND (s.seen_at >= $3 OR s.expires_at > $5))"
                     " ORDER BY a.id LIMIT $6",
                     ARGS(INT(tx->tenant), INT(ACCOUNT_UNCONFIRMED), INT(sweep->before),
                          TEXT(sweep->role), INT(sweep->now), INT(ACCOUNT_SWEEP_MAX)),
                     err))
        return err_while(err, "looking for accounts that were never confirmed");
    for (size_t i = 0; i < rows.count; i++)
        if (!account_remove(tx, rows_int(&rows, i, 0), by, err))
            return false;
    sweep->removed = (int64_t)rows.count;
    return true;
}
