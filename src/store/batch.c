#include "store/batch.h"

#include "core/log.h"
#include "core/time.h"
#include "store/due_index.h"
#include "store/rows.h"
#include "store/writer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    RETRY_MS = 200,
    TRIES = 3,        /* of a batch that lost its connection: it may be the reason */
    NODE_JOURNAL = 2, /* since which version the node has one */
};

static const struct store_args NO_ARGS = {0};

/* The head, and where several processes write the name of the transaction that reads it. */
static bool take_head(void *data, const struct rows *row, struct err *err)
{
    struct tenant *tenant = data;
    struct store_head *head = &tenant->head;
    struct str chain = rows_text(row, 0, 1);

    if (chain.len >= sizeof head->chain)
        return err_set(err, ERR_BROKEN, "the head of the journal is damaged");
    head->seq = rows_int(row, 0, 0);
    memcpy(head->chain, chain.ptr, chain.len);
    head->chain[chain.len] = '\0';
    if (row->columns > 2) {
        struct str xact = rows_text(row, 0, 2);

        snprintf(tenant->xact, sizeof tenant->xact, "%.*s", STR_ARG(xact));
    }
    return true;
}

static bool read_head(struct tenant *tenant, struct err *err)
{
    struct store_session *session = tenant->session;
    struct store_head before = tenant->head;

    tenant->xact[0] = '\0';
    if (tenant->info.id == 0 && tenant->steps != NULL && tenant->version < NODE_JOURNAL)
        return true; /* the step that makes its journal is about to run */
    /* The lock of the row makes other processes wait for the end of this batch. */
    tenant->head = (struct store_head){0};
    if (session->backend->run(session,
                              session->backend->is_shared
                                  ? "SELECT seq, chain, pg_current_xact_id()::text"
                                    " FROM tenant_head WHERE tenant = $1 FOR UPDATE"
                                  : "SELECT seq, chain FROM tenant_head WHERE tenant = $1",
                              ARGS(INT(tenant->info.id)),
                              &(struct backend_sink){.row = take_head, .data = tenant}, err))
        return true;
    tenant->head = before;
    return false;
}

static bool write_head(struct tenant *tenant, struct err *err)
{
    const struct store_head *head = &tenant->head;

    return tenant->session->backend->run(
        tenant->session,
        "INSERT INTO tenant_head (tenant, seq, chain) VALUES ($1, $2, $3)"
        " ON CONFLICT (tenant) DO UPDATE SET seq = excluded.seq, chain = excluded.chain",
        ARGS(INT(tenant->info.id), INT(head->seq), TEXT(str_from_z(head->chain))),
        &(struct backend_sink){0}, err);
}

static void drop_session(struct tenant *tenant)
{
    if (tenant->session != NULL)
        tenant->session->backend->close(tenant->session);
    tenant->session = NULL;
}

/* One that idles and can write from now on; NULL: there is none. */
static struct store_session *take_reader(struct tenant *tenant)
{
    struct store_session *session = pool_take(tenant->pool);
    struct err ignored;

    if (session == NULL || session->backend->promote(session, &ignored))
        return session;
    session->backend->close(session);
    return NULL;
}

static bool open_session(struct tenant *tenant, struct err *err)
{
    const struct backend *backend = tenant->store->backend;

    if (tenant->session != NULL && tenant->session->is_broken)
        drop_session(tenant);
    if (tenant->session != NULL)
        return true;
    if (backend->is_shared)
        tenant->session = pool_take(tenant->pool);
    else if (backend->promote != NULL)
        tenant->session = take_reader(tenant);
    if (tenant->session == NULL && !backend->connect(tenant, true, &tenant->session, err))
        return false;
    tenant->session->tenant = tenant;
    if (backend->is_shared || read_head(tenant, err))
        return true;
    drop_session(tenant);
    return false;
}

/* Its connection is gone, and what it did not commit with it. */
static bool is_lost(const struct store_session *session)
{
    return session->is_broken && session->backend->is_shared;
}

static bool run_plain(struct store_session *session, const char *sql, struct err *err)
{
    return session->backend->run(session, sql, NO_ARGS, &(struct backend_sink){0}, err);
}

static struct tx start_tx(struct tenant *tenant)
{
    return (struct tx){
        .tenant = tenant->info.id,
        .is_write = true,
        .head = &tenant->head,
        .owner = tenant,
        .session = tenant->session,
    };
}

/* False when the whole transaction is gone (rule 2). */
static bool run_one(struct tenant *tenant, struct store_write *write)
{
    struct store_session *session = tenant->session;
    struct store_head before = tenant->head;
    size_t searched = tenant->search_queue.steps.count;
    struct tx tx = start_tx(tenant);

    write->err = (struct err){0};
    write->ok = run_plain(session, "SAVEPOINT one", &write->err) &&
                write->run(&tx, write->data, &write->err) &&
                session->backend->settle(session, &write->err);
    if (session->is_failed && write->ok)
        write->ok = err_set(&write->err, ERR_BROKEN, "an error of the database was passed over");
    if (session->is_lost) {
        if (write->ok)
            err_set(&write->err, ERR_BROKEN, "an error of the database was passed over");
        write->ok = false;
        return false;
    }
    struct err err = {0};
    if (write->ok)
        return run_plain(session, "RELEASE one", &write->err) || (write->ok = false);
    tenant->head = before;
    search_queue_cut(&tenant->search_queue, searched);
    return run_plain(session, "ROLLBACK TO one", &err) && run_plain(session, "RELEASE one", &err);
}

static bool note_due(struct tenant *tenant, struct err *err)
{
    int64_t due_at = tenant->due_at;

    tenant->due_at = INT64_MAX;
    return due_at == INT64_MAX || due_index_note(tenant, due_at, err);
}

/* A connection that ends in the middle leaves open whether it was committed: that is asked. */
static bool end_batch(struct tenant *tenant, bool is_moved, struct err *err)
{
    const struct backend *backend = tenant->session->backend;
    bool is_known = false;

    if (backend->commit(tenant->session, err))
        return true;
    if (!tenant->session->is_broken || backend->was_committed == NULL || tenant->xact[0] == '\0')
        return false;
    bool was_committed =
        backend->was_committed(tenant, is_moved ? &tenant->head : NULL, &is_known, err);
    tenant->is_cut = is_known;
    return was_committed;
}

/* Remembers what it took: half of the weight is on the last. */
static bool commit(struct tenant *tenant, const struct store_head *before, struct err *err)
{
    int64_t started = time_monotonic_us();
    struct tx tx = start_tx(tenant);
    bool is_moved =
        tenant->head.seq != before->seq || strcmp(tenant->head.chain, before->chain) != 0;

    bool ok = search_queue_run(&tenant->search_queue, &tx, err) &&
              (!is_moved || write_head(tenant, err)) && note_due(tenant, err);
    tenant->is_cut = !ok && is_lost(tenant->session);
    ok = ok && end_batch(tenant, is_moved, err);
    if (ok && is_moved)
        atomic_store(&tenant->is_moved, true);
    if (ok && tenant->is_recast)
        news_board_turn(&tenant->store->news, tenant->info.id, NEWS_CATALOG);
    tenant->is_recast = false;
    tenant->commit_us = (tenant->commit_us + time_monotonic_us() - started) / 2;
    return ok;
}

static void fail_all(struct store_write **writes, size_t count, const struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        writes[i]->ok = false;
        writes[i]->err = *err;
    }
}

static bool begin(struct tenant *tenant, struct err *err)
{
    struct store_session *session = tenant->session;

    return session->backend->begin(session, true, err) &&
           (!session->backend->is_shared || read_head(tenant, err));
}

/* A session that serves all tenants goes back to them. */
static void give_back(struct tenant *tenant)
{
    if (tenant->session == NULL || !tenant->store->backend->is_shared)
        return;
    pool_give(tenant->pool, tenant->session);
    tenant->session = NULL;
}

/* Rolls back and forgets what memory knew of it. */
static void undo(struct tenant *tenant, const struct store_head *before)
{
    tenant->session->backend->rollback(tenant->session);
    tenant->head = *before;
    search_queue_cut(&tenant->search_queue, 0);
    if (tenant->session->is_broken)
        drop_session(tenant);
}

/*
 * How long to go on taking writes into one transaction.  Where a commit takes long, as on
 * a slow disk, short batches would spend the time waiting for it.
 */
static int64_t batch_us(const struct tenant *tenant)
{
    return MIN(MAX(4 * tenant->commit_us, WRITER_BATCH_US), WRITER_BATCH_MAX_US);
}

/*
 * One transaction over the writes from the first on.  *ran tells how many it took.
 * False: all is rolled back, and the write at *lost (count: none) is to blame.
 */
static bool run_batch(struct tenant *tenant, struct store_write **writes, size_t count, size_t *ran,
                      size_t *lost, struct err *err)
{
    int64_t started = time_monotonic_us();
    size_t i = 0;

    *lost = count;
    *ran = count;
    tenant->is_cut = false;
    if (!open_session(tenant, err))
        return false;

    tenant->is_recast = false;
    bool ok = begin(tenant, err);
    struct store_head before = tenant->head;
    int64_t end = started + batch_us(tenant);
    while (ok && i < count && (i == 0 || time_monotonic_us() < end)) {
        ok = run_one(tenant, writes[i]);
        if (!ok) {
            /* Without the database each of them would only wait for it again. */
            *lost = is_lost(tenant->session) ? count : i;
            *err = writes[i]->err;
        }
        i++;
    }
    tenant->is_cut = !ok && is_lost(tenant->session);
    if (ok) {
        *ran = i;
        ok = commit(tenant, &before, err);
    }
    if (!ok)
        undo(tenant, &before);
    give_back(tenant);
    return ok;
}

size_t batch_run(struct tenant *tenant, struct store_write **writes, size_t count)
{
    size_t ran, lost, one;
    struct err err = {0};
    int tries = 0;
    bool ok;

    /* A database that went away and came back: nobody has to hear of it. */
    do {
        /* Its processes do not all end in the same moment. */
        if (tries > 0)
            nanosleep(&(struct timespec){.tv_nsec = RETRY_MS * 1000 * 1000}, NULL);
        err = (struct err){0};
        ok = run_batch(tenant, writes, count, &ran, &lost, &err);
        if (!ok && tenant->is_cut)
            LOG(LOG_WARN, "store.cut", {"tenant", tenant->info.name},
                {"reason", str_from_z(err.text)});
    } while (!ok && tenant->is_cut && ++tries < TRIES);
    if (ok)
        return ran;
    if (lost == count || count == 1) {
        fail_all(writes, ran, &err); /* rule 3 */
        return ran;
    }
    for (size_t i = 0; i < count; i++) {
        struct err own = {0};
        size_t ignored;

        if (i != lost && !run_batch(tenant, &writes[i], 1, &one, &ignored, &own))
            fail_all(&writes[i], 1, &own);
    }
    return count;
}
