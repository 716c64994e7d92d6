#include "registry/idempotency.h"

#include "core/time.h"
#include "store/rows.h"

enum {
    KEY_MAX = 100,
    REPLAY_DAYS = 2, /* how long a key is remembered */
};

bool idempotency_read(struct idempotency *asked, struct str key, struct str request,
                      struct err *err)
{
    if (key.len > KEY_MAX)
        return err_set(err, ERR_INPUT, "Idempotency-Key: at most %d characters", KEY_MAX);
    asked->key = key;
    if (key.len > 0)
        asked->asked = digest_of(request);
    return true;
}

bool idempotency_find(struct tx *tx, const struct idempotency *asked, int64_t *made,
                      struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct buf digest = {.arena = scratch};
    struct rows rows;

    *made = 0;
    if (!store_query(tx, scratch, &rows,
                     "SELECT digest, status FROM idempotency"
                     " WHERE tenant = $1 AND account = $2 AND key = $3 AND at > $4",
                     ARGS(INT(tx->tenant), INT(asked->account), TEXT(asked->key),
                          INT(asked->now - REPLAY_DAYS * (int64_t)TIME_DAY_MS)),
                     err))
        return false;
    if (rows.count == 0)
        return true;
    digest_print(&digest, &asked->asked);
    if (!str_equal(rows_text(&rows, 0, 0), buf_str(&digest)))
        return err_set(err, ERR_INPUT, "this Idempotency-Key was used for another request");
    *made = rows_int(&rows, 0, 1);
    return true;
}

bool idempotency_keep(struct tx *tx, const struct idempotency *asked, int64_t made, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct buf digest = {.arena = scratch};

    digest_print(&digest, &asked->asked);
    return store_exec(tx,
                      "INSERT INTO idempotency (tenant, account, key, digest, status, answer, at)"
                      " VALUES ($1, $2, $3, $4, $5, '', $6)"
                      " ON CONFLICT (tenant, account, key) DO UPDATE SET digest = excluded.digest,"
                      " status = excluded.status, at = excluded.at",
                      ARGS(INT(tx->tenant), INT(asked->account), TEXT(asked->key),
                           TEXT(buf_str(&digest)), INT(made), INT(asked->now)),
                      err);
}
