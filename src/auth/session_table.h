/*
 * What an open tenant remembers of its sessions (slot TENANT_ACCOUNTS): inside auth.
 *
 * A table by digest behind a read-write lock.  It forgets whenever it likes: a session
 * that is not in it is read again.  It must never remember one that is over: so sessions
 * are put and dropped on the tenant's writer thread only, in the order of the changes.
 */
#pragma once

#include "auth/session.h"
#include "sign/digest.h"

#include <pthread.h>
#include <stdatomic.h>

struct session_entry {
    struct digest digest;
    int64_t account;
    int64_t person;
    struct str login;
    struct str name;
    struct str *roles;
    size_t role_count;
    enum account_level level;
    bool is_token;
    bool is_dropped;
    char csrf[44];
    int64_t expires_at;
    _Atomic int64_t seen_at;
    int64_t stored_at; /* the seen_at that stands in the store */
    /* Rights by the policy of that stamp; 0: not computed. */
    uint64_t stamp;
    uint64_t role_bits;
    unsigned admin;
};

/* Small, since a data centre has a thousand tenants open. */
enum {
    SESSION_ABSENT_SLOTS = 512,  /* secrets that are known to be none */
    SESSION_FAILURE_SLOTS = 256, /* logins that do not exist */
    SESSION_SEEN_MAX = 100,      /* of one write */
};

struct session_seen {
    struct digest digest;
    int64_t at;
};

struct session_absent {
    uint64_t hash;
    int64_t at;
};

struct session_failure {
    uint64_t hash;
    int count;
    int64_t locked_until;
};

struct session_table {
    pthread_rwlock_t lock;
    struct arena *home;     /* of this struct */
    struct arena *arena;    /* of slots and entries; a new one at every rebuild */
    _Atomic uint32_t stamp; /* of the news: another one, and all of this may be over */
    struct session_entry **slots;
    size_t cap;   /* a power of two */
    size_t count; /* dropped ones too */
    /* Made, with the lock held for writing, at the first need: most tenants have none. */
    struct session_absent *absent;
    struct session_failure *failures;

    /* The one write of seen_at that may be on its way. */
    struct store_write write;
    atomic_bool is_writing;
    _Atomic int64_t write_after;
    struct session_seen *seen;
    size_t seen_count;
};

struct session_table *session_table_new(void);
void session_table_free(void *table);
/* Of the tenant; made at the first call. */
struct session_table *session_table_of(struct tenant *tenant);

/* With the lock held, in whichever way. */
struct session_entry *session_table_find(const struct session_table *table,
                                         const struct digest *digest);
bool session_table_is_absent(const struct session_table *table, const struct digest *digest,
                             int64_t now);

/* These take the lock. entry is copied with its texts. */
void session_table_put(struct session_table *table, const struct session_entry *entry, int64_t now);
void session_table_put_absent(struct session_table *table, const struct digest *digest,
                              int64_t now);
void session_table_drop(struct session_table *table, const struct digest *digest);
/* What is remembered was read behind that stamp, or nothing is: forgets all if it is another. */
void session_table_renew(struct session_table *table, uint32_t stamp);
/* tokens too, or people's sessions only */
void session_table_drop_account(struct session_table *table, int64_t account, bool with_tokens);
