/*
 * Tenant databases behind one interface.
 *
 * A store is a data directory: node.db (the list of tenants, operators) and one file a
 * tenant, or a PostgreSQL database and a directory for attachments.  All SQL goes through a
 * transaction of an open tenant (or of the node) and names the tenant by $1 … placeholders.  SQL is
 * constant text in the common dialect; the few differences are named queries of the back end.
 *
 * Writing: each open tenant belongs to one writer thread, which takes all waiting writes
 * into one transaction, commits durably, and then reports.  A write's run may be called
 * more than once (when the batch had to be replayed one by one): it must set its
 * outputs anew each time.  Expected conflicts must not raise: ON CONFLICT DO NOTHING,
 * UPDATE … WHERE version = $n and the row count.
 *
 * Reading: a read transaction takes an idle read connection of the tenant and sees one
 * snapshot.  tx_read_quick is for loops: it is interrupted after a budget and the caller
 * repeats the work on a pool thread.
 */
#pragma once

#include "core/arena.h"
#include "core/buf.h"
#include "core/err.h"
#include "store/limit.h"

struct store;
struct tenant;
struct rows;

enum store_kind {
    STORE_INT,
    STORE_TEXT,
    STORE_NULL,
};

struct store_arg {
    enum store_kind kind;
    int64_t number;
    struct str text;
};

struct store_args {
    const struct store_arg *items;
    size_t count;
};

#define INT(value)  ((struct store_arg){.kind = STORE_INT, .number = (value)})
#define TEXT(value) ((struct store_arg){.kind = STORE_TEXT, .text = (value)})
#define NONE        ((struct store_arg){.kind = STORE_NULL})
#define ARGS(...)                                                                                  \
    ((struct store_args){(const struct store_arg[]){__VA_ARGS__},                                  \
                         sizeof((const struct store_arg[]){__VA_ARGS__}) /                         \
                             sizeof(struct store_arg)})

/*
 * The end of the tenant's journal as this transaction sees it.  The journal module moves
 * it on; the store writes it back as the last statement of the batch, once, and puts it
 * back when a request of the batch fails.
 */
struct store_head {
    int64_t seq;    /* of the last entry, 0: none */
    char chain[44]; /* its hash, base64url, NUL-terminated; "" at the beginning */
};

struct tx {
    int64_t tenant; /* for $1; 0 in a node transaction */
    bool is_write;
    bool is_quick;                 /* of tx_read_quick */
    bool was_interrupted;          /* the store's, for tx_was_interrupted */
    struct store_head *head;       /* write transactions */
    struct tenant *owner;          /* the open tenant, or the node */
    struct store_session *session; /* the back end's */
};

struct store_options {
    struct str folder;
    struct str files;        /* folder of attachments; empty: in the folder */
    struct str database;     /* "postgresql://…"; empty: SQLite files in the folder */
    int writers;             /* threads; 0: 8 */
    int64_t tenants_max;     /* open at once; 0: as many as the next two allow */
    int64_t files_max;       /* descriptors of open tenants; 0: half of the process's */
    int64_t memory_max;      /* bytes for open tenants; 0: a quarter of the machine's, 512 MB */
    int wait_ms;             /* how long to wait for a database that is away; 0: 5 s */
    struct limit_set limits; /* of a tenant that has none of its own; 0: none */
    int slow_flush_ms;       /* for tests and benches: added to every flush */
    int lock;                /* of the folder, from the process before this; 0: to be taken */
    bool is_unsafe;          /* for the control run of the kill test: synchronous=OFF */
};

/* ERR_CONFLICT when another process holds the folder; it names it. Makes what is missing. */
MUST_CHECK bool store_open(struct arena *arena, const struct store_options *options,
                           struct store **store, struct err *err);
/* Waits for the writers, closes everything; accepts NULL inside. */
void store_close(struct store **store);
/* A copy of the lock, for the process that comes after this one; -1: none can be made. */
int store_lock(const struct store *store);
struct str store_folder(const struct store *store);
/* Other processes may have it open too: PostgreSQL. */
bool store_is_shared(const struct store *store);

/* Tenants.  name: [a-z][a-z0-9-]{0,62}. */
bool store_is_name(struct str name);
struct store_tenant {
    int64_t id;
    struct str name;
    struct str title;
    int64_t parent; /* 0: none */
    int64_t created_at;
    struct str host; /* its own domain, in small letters; "": none */
    bool is_suspended;
    struct limit_set limits; /* its own; what has none of its own is as the node has it */
    bool is_mirror;          /* stands for a publisher of another node: no pages, nobody signs in */
};
struct store_founding {
    struct str name;
    struct str title;
    int64_t parent;
    bool is_mirror;
    int64_t now;
    /* Writes, in the new tenant before it is there for anyone, and in the node together with
     * its row; each may be NULL. They wait for nothing, and data goes to both. */
    bool (*fill)(struct tx *tx, void *data, struct err *err);
    bool (*note)(struct tx *tx, void *data, struct err *err);
    void *data;
};
MUST_CHECK bool store_found_tenant(struct store *store, const struct store_founding *founding,
                                   struct err *err);
/* An empty one. */
MUST_CHECK bool store_create_tenant(struct store *store, struct str name, struct str title,
                                    int64_t parent, int64_t now, struct err *err);
/* One that was made elsewhere, with its number, empty; its host comes later. ERR_CONFLICT. */
MUST_CHECK bool store_admit_tenant(struct store *store, const struct store_tenant *info,
                                   struct err *err);
MUST_CHECK bool store_list_tenants(struct store *store, struct arena *arena,
                                   struct store_tenant **tenants, size_t *count, struct err *err);
/* ERR_ABSENT when there is none. */
MUST_CHECK bool store_get_tenant(struct store *store, struct arena *arena, struct str name,
                                 struct store_tenant *info, struct err *err);
MUST_CHECK bool store_get_tenant_by_id(struct store *store, struct arena *arena, int64_t id,
                                       struct store_tenant *info, struct err *err);
/*
 * Title, host, parent and state of the tenant of that id; all who look see them when this returns.
 * ERR_CONFLICT when another one has that host.
 */
MUST_CHECK bool store_change_tenant(struct store *store, const struct store_tenant *info,
                                    struct err *err);
/* The tenant of that host, or an empty name.  Never waits; valid until the store is closed. */
struct str store_find_host(const struct store *store, struct str host);
struct store_size {
    int64_t bytes;      /* on disk, with its attachments; in a shared database an estimate */
    int64_t changed_at; /* when its file, or its journal, was written last; 0: not known */
};
/* Whether a tenant was changed since then: by its files, which are not opened. True in a database
 * that tenants share. */
bool store_is_written_since(struct store *store, struct str name, int64_t since);
/* Walks its folder, asks the database: not on a loop. */
struct store_size store_measure_tenant(struct store *store, struct str name);
/*
 * Opens, or takes another hold of, a tenant.  ERR_ABSENT when there is none.  It stays
 * valid until released; reading an open one does not wait for the disk.
 */
MUST_CHECK bool store_hold(struct store *store, struct str name, struct tenant **tenant,
                           struct err *err);
/* Only if it is open already (for loops): NULL otherwise. */
struct tenant *store_hold_open(struct store *store, struct str name);
void store_release(struct tenant **tenant);
/* All that are open just now, each held; those opened meanwhile may be missing. */
struct tenant **store_hold_opened(struct store *store, struct arena *arena, size_t *count);
/* Whether its journal grew since somebody asked. */
bool tenant_take_moved(struct tenant *tenant);
/* It was asked in vain. */
void tenant_put_moved(struct tenant *tenant);
/* Not yet released, of all tenants: when the server ends, 0. */
int store_holds(struct store *store);
/* For the operator: now, and since the store was opened. */
struct store_counts {
    int64_t open_tenants, holds;
    int64_t batches, writes, waiting; /* of the writer threads; waiting: queued just now */
};
struct store_counts store_count(struct store *store);
/*
 * The node itself as a tenant without a number: accounts, sessions and the journal of its
 * operators.  Open as long as the store is; a hold of it is released like any.
 */
struct tenant *store_hold_node(struct store *store);
/* As it was at that moment, for as long as the tenant is held. */
const struct store_tenant *tenant_info(const struct tenant *tenant);
/* Of its tables, and of those this program makes; 0 where tenants share them. */
int64_t tenant_version(const struct tenant *tenant);
int64_t store_version(const struct store *store);
/* Folder of attachments and the like of a tenant; made when asked for. */
struct str tenant_folder(const struct tenant *tenant);
struct store *tenant_store(const struct tenant *tenant);
/* One slot for each upper module's cache of a tenant (packs, sessions); freed by free_slot
 * when the tenant is closed.  Set once, or replaced; any thread, atomic. */
enum tenant_slot {
    TENANT_CATALOG,
    TENANT_ACCOUNTS,
    TENANT_SLOTS,
};
void *tenant_slot_get(const struct tenant *tenant, enum tenant_slot slot);
void *tenant_slot_swap(struct tenant *tenant, enum tenant_slot slot, void *value,
                       void (*free_slot)(void *value));

/* Transactions. */
MUST_CHECK bool tx_read(struct tx *tx, struct tenant *tenant, struct err *err);
MUST_CHECK bool tx_read_quick(struct tx *tx, struct tenant *tenant, int budget_us, struct err *err);
/* After a failure: it was the budget, not an error. */
bool tx_was_interrupted(const struct tx *tx);
/* Before a question to another tenant: false, as if the budget were up, in a tx_read_quick. */
MUST_CHECK bool tx_may_wait(struct tx *tx, struct err *err);
/*
 * A read of another tenant's published registers on behalf of the tenant with the number reader:
 * PostgreSQL shows it no other rows (postgres_store.c).  For registry/subscription only, which
 * has looked whether it may.
 */
MUST_CHECK bool tx_read_for(struct tx *tx, struct tenant *publisher, int64_t reader,
                            struct err *err);
/*
 * In a write: what follows is written on behalf of the tenant with that number, until it is 0
 * again.  PostgreSQL lets it write nothing but its own proposals (postgres_store.c).
 */
MUST_CHECK bool tx_speak_for(struct tx *tx, int64_t reader, struct err *err);
MUST_CHECK bool tx_read_node(struct tx *tx, struct store *store, struct err *err);
/* Ends a read.  Accepts {0} and may be called twice. */
void tx_done(struct tx *tx);

/* Writes. run is called on the writer thread inside a transaction. */
typedef bool store_run(struct tx *tx, void *data, struct err *err);
/* Run as the last write of a tenant that is being closed and whose journal grew since. */
void store_on_close(struct store *store, store_run *run, void *data);

struct store_write {
    store_run *run;
    void *data;
    /* After the commit (ok) or failure, on the writer thread; must only hand over. */
    void (*done)(struct store_write *write);
    /* It only reads, but sees all that was queued before it: run gets a read transaction. */
    bool is_look;
    bool ok;
    struct err err;
    struct store_write *next; /* the store's */
};

/* Queues; write must live until done. ERR_UNAVAILABLE when the queue is full: then done is
 * called at once, on the caller's thread. */
void tenant_write(struct tenant *tenant, struct store_write *write);
/* Queues and waits: for jobs and the command line, never on a loop or inside a run. */
MUST_CHECK bool tenant_write_wait(struct tenant *tenant, store_run *run, void *data,
                                  struct err *err);
/* The same for one that is_look. */
MUST_CHECK bool tenant_look_wait(struct tenant *tenant, store_run *run, void *data,
                                 struct err *err);
MUST_CHECK bool store_write_node(struct store *store, store_run *run, void *data, struct err *err);

/*
 * From here on writes of the tenant are refused with ERR_UNAVAILABLE; those that waited are done
 * when this returns.  It goes on being read.  In this process, and as long as it is held.
 */
MUST_CHECK bool tenant_freeze(struct tenant *tenant, struct err *err);
void tenant_thaw(struct tenant *tenant);

/* Statements. */
MUST_CHECK bool store_exec(struct tx *tx, const char *sql, struct store_args args, struct err *err);
/* Also tells how many rows it changed. */
MUST_CHECK bool store_change(struct tx *tx, const char *sql, struct store_args args,
                             int64_t *changed, struct err *err);
MUST_CHECK bool store_query(struct tx *tx, struct arena *arena, struct rows *rows, const char *sql,
                            struct store_args args, struct err *err);
/* Streams: texts in row live until the callback returns; false stops with its err. */
typedef bool store_row(void *data, const struct rows *row, struct err *err);
MUST_CHECK bool store_each(struct tx *tx, const char *sql, struct store_args args, store_row *row,
                           void *data, struct err *err);
