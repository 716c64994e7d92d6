/* The insides of struct store and struct tenant, for the files of store/ only. */
#pragma once

#include "store/backend.h"
#include "store/news_board.h"
#include "store/pool.h"
#include "store/search_queue.h"
#include "store/shelf.h"

#include <pthread.h>
#include <stdatomic.h>

struct due_index;
struct migration;
struct postgres_store;
struct vfs_shim;
struct writer;

enum {
    STORE_WAIT_MS = 5000,
    TENANT_READERS_IDLE = 8,  /* connections kept for the next reader */
    STORE_WRITERS = 8,        /* more than cores: they sleep in fsync */
    TENANT_BYTES = 32 * 1024, /* of an open one without its sessions: caches of upper modules */
};

struct store {
    struct arena *arena;
    struct str folder;
    struct str files; /* of attachments, when they are not in the folder */
    int lock;         /* descriptor of the lock file */
    const struct backend *backend;
    struct tenant *node; /* the node's own tables: as a tenant without a number */
    struct shelf shelf;
    struct due_index *due;
    store_run *farewell; /* of store_on_close */
    void *farewell_data;
    struct writer **writers; /* and one more behind them: the node's own */
    int writer_count;
    pthread_mutex_t create; /* one new or changed tenant at a time */

    struct news_board news;
    int wait_ms;                     /* for a database that is away */
    struct limit_set limits;         /* of tenants without their own */
    struct postgres_store *postgres; /* PostgreSQL's own */

    /* SQLite's own. */
    struct vfs_shim *shim;     /* tests and benches only */
    atomic_llong schema_bytes; /* of a tenant's connection; 0: none was counted yet */
    bool is_unsafe;
    bool has_template;
    _Atomic(struct host_table *) hosts; /* replaced as a whole; the older ones stay behind it */
};

/*
 * Reads anew what is remembered of that tenant, or of all (an empty name): title, domain,
 * state.
 */
MUST_CHECK bool store_refresh(struct store *store, struct str name, struct err *err);

/* All who look at the tenant see this from now on. With store->create held. */
void store_show_tenant(struct tenant *tenant, const struct store_tenant *info);

/* Which tenant has which domain, by host. */
struct host_table {
    struct host_table *older;
    struct arena *arena;
    const struct store_tenant *items;
    size_t count;
};

struct tenant_value {
    _Atomic(void *) value;
    void (*free_slot)(void *value);
};

struct tenant {
    struct store *store;
    struct arena *arena;
    struct store_tenant info; /* id and name; the rest is as it was when it was opened */
    _Atomic(const struct store_tenant *) shown; /* of tenant_info */
    int64_t version;                            /* of its tables */
    const char *path;                           /* of its database, if it has one to itself */
    struct str folder;
    const struct migration *steps; /* NULL: nothing to look at */

    struct shelf_place place; /* the shelf's */
    atomic_int refs;          /* holds, writes that wait, and one while it is dirty */
    atomic_int holds;         /* of store_hold alone */

    atomic_llong era;  /* SQLite's: which snapshots still show what was committed last */
    struct pool *pool; /* idle sessions: its own, or those of all tenants */
    struct pool own;

    pthread_mutex_t mutex; /* over the setting of values */
    struct tenant_value values[TENANT_SLOTS];

    struct writer *writer;
    struct store_write *first, *last; /* waiting: under the writer's mutex */
    bool is_queued, is_closing, is_busy;
    int looking;     /* threads that look at it: nothing of it begins until they are done */
    bool is_hurried; /* closed to make room: a short WAL may stay */
    bool is_new;     /* nobody can see it yet: its file is flushed as a whole */
    struct tenant *next_queued;
    atomic_bool is_frozen; /* what is not yet waiting is refused */

    /* The writer thread's own. */
    struct store_session *session;
    struct store_head head;
    char xact[24];  /* the database's name of the transaction of this batch; "": it has none */
    bool is_cut;    /* the batch lost its connection, and nothing of it was kept */
    bool is_recast; /* the batch told of another catalog (news_tell) */
    bool is_dirty;
    int64_t written_us; /* monotonic: the last batch */
    int64_t look_after_us;
    struct tenant *next_dirty;
    int64_t search_changes;
    struct search_queue search_queue;
    int64_t commit_us; /* what commits take of late */
    int64_t due_at;    /* due_put of this batch; INT64_MAX: none */

    struct limit_marks marks;
    atomic_bool is_moved; /* its journal, since tenant_take_moved */
};
