/*
 * What a database gives to the store: sessions in which statements run.  Internal to
 * store/; SQLite's is sqlite.c, PostgreSQL's comes beside it.
 *
 * A session is used by one thread at a time.
 */
#pragma once

#include "store/store.h"

struct backend;

struct store_session {
    const struct backend *backend;
    struct tenant *tenant;      /* whose it is */
    struct store_session *next; /* among the tenant's idle ones */
    bool is_lost;   /* an error ended the whole transaction: nothing runs before rollback */
    bool is_broken; /* the file or the disk failed: to be closed, not used again */
};

/* Where a statement's outcome goes; each may be NULL. */
struct backend_sink {
    store_row *row;
    void *data;
    int64_t *changed;
};

struct backend {
    bool (*run)(struct store_session *session, const char *sql, struct store_args args,
                const struct backend_sink *sink, struct err *err);
    /* Several statements without arguments. */
    bool (*script)(struct store_session *session, const char *sql, struct err *err);
    bool (*begin)(struct store_session *session, struct err *err);
    bool (*commit)(struct store_session *session, struct err *err);
    /* Never fails: whatever was open is not any more. */
    void (*rollback)(struct store_session *session);
    /* Statements end with tx_was_interrupted after that moment (monotonic, us); 0: never. */
    void (*limit)(struct store_session *session, int64_t deadline_us);
    bool (*was_interrupted)(const struct store_session *session);
    /* Writers: moves committed pages home. is_rest: all of it, for closing. False: not done. */
    bool (*tidy)(struct store_session *session, bool is_idle);
    bool (*is_tidy)(const struct store_session *session);
    /* Accepts a session in any state. */
    void (*close)(struct store_session *session);
};
