#include "store/rows.h"
#include "store/tenant.h"

#include "core/time.h"

#include <stdio.h>
#include <string.h>

static bool begin_read(struct tx *tx, struct tenant *tenant, int64_t deadline_us, int64_t reader,
                       struct err *err)
{
    struct store_session *session;

    *tx = (struct tx){0};
    /* A loop does not wait for a new connection over the network. */
    if (deadline_us > 0 && tenant->store->backend->is_shared) {
        session = pool_take(tenant->pool);
        tx->was_interrupted = session == NULL;
        if (session == NULL)
            return err_set(err, ERR_LIMIT, "no connection is idle");
        session->tenant = tenant;
    } else if (!tenant_take_reader(tenant, &session, err)) {
        return false;
    }
    *tx = (struct tx){
        .tenant = tenant->info.id,
        .owner = tenant,
        .session = session,
        .is_quick = deadline_us > 0,
    };
    session->reader = reader;
    if (deadline_us > 0)
        session->backend->limit(session, deadline_us);
    if (session->backend->begin(session, false, err))
        return true;
    tx->was_interrupted = session->backend->was_interrupted(session);
    session->is_broken = true;
    tx_done(tx);
    return false;
}

bool tx_read(struct tx *tx, struct tenant *tenant, struct err *err)
{
    return begin_read(tx, tenant, 0, 0, err);
}

bool tx_read_quick(struct tx *tx, struct tenant *tenant, int budget_us, struct err *err)
{
    return begin_read(tx, tenant, time_monotonic_us() + budget_us, 0, err);
}

bool tx_read_for(struct tx *tx, struct tenant *publisher, int64_t reader, struct err *err)
{
    return begin_read(tx, publisher, 0, reader, err);
}

bool tx_speak_for(struct tx *tx, int64_t reader, struct err *err)
{
    char text[24] = "";

    if (!tx->owner->store->backend->is_shared)
        return true;
    if (reader != 0)
        snprintf(text, sizeof text, "%lld", (long long)reader);
    return store_exec(tx, "SELECT set_config('uprava.reader', $1, true)",
                      ARGS(TEXT(str_from_z(text))), err);
}

bool tx_read_node(struct tx *tx, struct store *store, struct err *err)
{
    return begin_read(tx, store->node, 0, 0, err);
}

bool tx_was_interrupted(const struct tx *tx)
{
    return tx->was_interrupted;
}

bool tx_may_wait(struct tx *tx, struct err *err)
{
    tx->was_interrupted |= tx->is_quick;
    return !tx->is_quick || err_set(err, ERR_LIMIT, "another tenant has to be asked");
}

void tx_done(struct tx *tx)
{
    struct store_session *session = tx->session;

    if (session == NULL || tx->is_write)
        return;
    session->backend->limit(session, 0);
    if (session->backend->rest == NULL)
        session->backend->rollback(session); /* a read: as good as a commit, and cannot fail */
    session->reader = 0;
    tx->session = NULL;
    tenant_give_reader(session->tenant, session);
}
