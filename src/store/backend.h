/*
 * What a database gives to the store: places for tables, sessions in which statements run,
 * and the few things that the databases do differently.  Internal to store/; chosen by the
 * options of store_open.  SQLite's is in the files sqlite*.c.
 *
 * A session is used by one thread at a time.
 */
#pragma once

#include "store/news.h"

struct backend;
struct pool;
struct search_ask;
struct search_cursor;
struct search_hit;
struct search_step;

struct store_session {
    const struct backend *backend;
    struct tenant *tenant;      /* whose it is */
    struct store_session *next; /* among the idle ones */
    int64_t reader;             /* for whom it reads what another tenant published; 0: its own */
    int64_t files, bytes;       /* what it takes of them, as the shelf knows (tenant_weigh) */
    bool is_lost;   /* an error ended the whole transaction: nothing runs before rollback */
    bool is_failed; /* nothing runs before the savepoint is rolled back to */
    bool is_broken; /* the file or the disk failed: to be closed, not used again */
};

/* Where a statement's outcome goes; each may be NULL. */
struct backend_sink {
    store_row *row;
    void *data;
    int64_t *changed;
    bool is_stream; /* there may be more rows than should be held in memory at once */
};

/* Hits of one stage of the search: those behind the cursor, in order, finding->max at most. */
struct backend_finding {
    struct search_hit *hits;
    size_t count;
    size_t max;
};

struct backend {
    /*
     * Other processes write too.  Then a session is lent for a transaction and serves any
     * tenant, and a batch begins with the lock and the look at the head of the journal.
     */
    bool is_shared;
    size_t batch_max;                     /* writes of one transaction, each a savepoint */
    const struct migration *tenant_steps; /* tables to be looked at with every tenant; NULL: none */
    const char *member; /* the text of a record's member, compared bytewise; ? is its name */

    /* Of a store: makes what is missing of the node, and store->node, not yet open. */
    bool (*open)(struct store *store, const struct store_options *options, struct err *err);
    /* Behind the last session.  Also when open failed. */
    void (*shut)(struct store *store);
    /* All of a new tenant but its row in the node's list. */
    bool (*make_tenant)(struct store *store, struct arena *scratch,
                        const struct store_tenant *tenant, const struct store_founding *founding,
                        struct err *err);
    /* What it takes of a database that tenants share, added to its files. NULL: they are all. */
    bool (*measure)(struct tenant *tenant, struct store_size *size, struct err *err);
    /* Where idle sessions are kept; NULL: each tenant has its own. */
    struct pool *(*pool)(struct store *store);
    /* A new session; the idle ones are in tenant->pool. */
    bool (*connect)(struct tenant *tenant, bool is_writer, struct store_session **session,
                    struct err *err);

    /* Of a session. */
    bool (*run)(struct store_session *session, const char *sql, struct store_args args,
                const struct backend_sink *sink, struct err *err);
    /* Several statements without arguments. */
    bool (*script)(struct store_session *session, const char *sql, struct err *err);
    bool (*begin)(struct store_session *session, bool is_write, struct err *err);
    /* Waits for the outcome of all that was sent. */
    bool (*settle)(struct store_session *session, struct err *err);
    bool (*commit)(struct store_session *session, struct err *err);
    /*
     * After a commit that lost its connection: true when tenant->xact was committed all the
     * same. *is_known: or else that it was not. mark: the journal's end that it wrote, or NULL.
     * No such function: a commit that failed is none.
     */
    bool (*was_committed)(struct tenant *tenant, const struct store_head *mark, bool *is_known,
                          struct err *err);
    /* Never fails: whatever was open is not any more. */
    void (*rollback)(struct store_session *session);
    /*
     * Of a reader nobody uses, its pool locked: ends the transaction that its last read left
     * open, unless that may serve the next one.  NULL: none is left open.
     */
    void (*rest)(struct store_session *session);
    /* Statements end with tx_was_interrupted after that moment (monotonic, us); 0: never. */
    void (*limit)(struct store_session *session, int64_t deadline_us);
    bool (*was_interrupted)(const struct store_session *session);
    /* Writers: moves committed pages home. is_idle: all of it, for closing. False: not done.
     * NULL: the database keeps house itself. */
    bool (*tidy)(struct store_session *session, bool is_idle);
    bool (*is_tidy)(const struct store_session *session);
    /*
     * NULL, or: an idle reader is the writer's session from here on, which saves opening another.
     * When it fails the reader is broken, and good for nothing but closing.
     */
    bool (*promote)(struct store_session *session, struct err *err);
    /* NULL, or: commits from here on need not be flushed, but nothing before them may be lost. */
    void (*relax)(struct store_session *session, bool is_relaxed);
    /* Accepts a session in any state. */
    void (*close)(struct store_session *session);

    /* What processes tell each other (news.h). NULL: there is one process. */
    bool (*tell)(struct tx *tx, int64_t tenant, enum news_kind kind, struct err *err);
    bool (*tell_job)(struct tx *tx, struct err *err);
    bool (*watch)(struct store *store, const struct news_watcher *watcher, struct err *err);
    void (*unwatch)(struct store *store);

    /* Of the search index. */
    bool (*search_step)(struct tx *tx, const struct search_step *step, struct err *err);
    bool (*search_stage)(struct tx *tx, struct arena *scratch, const struct search_ask *ask,
                         const struct search_cursor *cursor, struct backend_finding *finding,
                         struct err *err);
    bool (*search_merge)(struct tx *tx, struct err *err);
};
