#include "auth/session_table.h"

#include "core/arena.h"
#include "core/core.h"

#include <stdlib.h>
#include <string.h>

enum {
    CAP_MIN = 16,
    ENTRIES = 2048, /* bytes for sessions at a time: most tenants have few */
    ABSENT_MS = 60 * 1000,
};

/* A digest is already spread evenly, and nobody can choose it. */
static uint64_t hash_of(const struct digest *digest)
{
    uint64_t hash;

    memcpy(&hash, digest->bytes, sizeof hash);
    return hash;
}

static void make_room(struct session_table *table, size_t cap)
{
    table->arena = arena_open(ENTRIES);
    table->cap = cap;
    table->count = 0;
    table->slots = ARENA_ARRAY(table->arena, struct session_entry *, cap);
}

struct session_table *session_table_new(void)
{
    struct arena *home = arena_open(sizeof(struct session_table) + 64);
    struct session_table *table = ARENA_NEW(home, struct session_table);

    table->home = home;
    pthread_rwlock_init(&table->lock, NULL);
    make_room(table, CAP_MIN);
    return table;
}

void session_table_free(void *data)
{
    struct session_table *table = data;
    struct arena *home = table->home;

    pthread_rwlock_destroy(&table->lock);
    arena_close(&table->arena);
    arena_close(&home);
}

struct session_table *session_table_of(struct tenant *tenant)
{
    /* Only for the first moment of a tenant, when two threads may come at once. */
    static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;
    struct session_table *table = tenant_slot_get(tenant, TENANT_ACCOUNTS);

    if (table != NULL)
        return table;
    pthread_mutex_lock(&making);
    table = tenant_slot_get(tenant, TENANT_ACCOUNTS);
    if (table == NULL) {
        table = session_table_new();
        tenant_slot_swap(tenant, TENANT_ACCOUNTS, table, session_table_free);
    }
    pthread_mutex_unlock(&making);
    return table;
}

/* Where the digest is, or the free slot it would go to. */
static size_t slot_of(const struct session_table *table, const struct digest *digest)
{
    size_t at = hash_of(digest) & (table->cap - 1);

    while (table->slots[at] != NULL && !digest_equal(&table->slots[at]->digest, digest))
        at = (at + 1) & (table->cap - 1);
    return at;
}

struct session_entry *session_table_find(const struct session_table *table,
                                         const struct digest *digest)
{
    struct session_entry *entry = table->slots[slot_of(table, digest)];

    return entry != NULL && !entry->is_dropped ? entry : NULL;
}

static void copy_into(struct session_table *table, const struct session_entry *entry)
{
    struct session_entry *copy = ARENA_NEW(table->arena, struct session_entry);
    size_t at = slot_of(table, &entry->digest);

    memcpy(copy, entry, sizeof *copy);
    copy->login = str_copy(table->arena, entry->login);
    copy->name = str_copy(table->arena, entry->name);
    copy->roles = ARENA_ARRAY(table->arena, struct str, entry->role_count);
    for (size_t i = 0; i < entry->role_count; i++)
        copy->roles[i] = str_copy(table->arena, entry->roles[i]);
    table->count += table->slots[at] == NULL;
    table->slots[at] = copy;
}

static int by_moment(const void *a, const void *b)
{
    int64_t moment_a = *(const int64_t *)a;
    int64_t moment_b = *(const int64_t *)b;

    return (moment_a > moment_b) - (moment_a < moment_b);
}

/* The moment before which sessions must go so that half of the most allowed stay. */
static int64_t edge_of(const struct session_table *table, size_t alive)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    int64_t *moments = ARENA_ARRAY(scratch, int64_t, alive);
    size_t count = 0;

    for (size_t i = 0; i < table->cap; i++)
        if (table->slots[i] != NULL && !table->slots[i]->is_dropped && count < alive)
            moments[count++] = table->slots[i]->seen_at;
    qsort(moments, count, sizeof *moments, by_moment);
    return moments[count - SESSION_MEMORY_MAX / 2];
}

/* Into a new arena: so what was dropped or replaced gives its memory back. */
static void rebuild(struct session_table *table, int64_t now)
{
    struct session_table old = {.slots = table->slots, .cap = table->cap};
    struct arena *old_arena = table->arena;
    size_t alive = 0;
    size_t cap = CAP_MIN;

    for (size_t i = 0; i < old.cap; i++)
        alive += old.slots[i] != NULL && !old.slots[i]->is_dropped;
    int64_t edge = alive >= SESSION_MEMORY_MAX ? edge_of(table, alive) : INT64_MIN;
    while (cap < alive * 3)
        cap *= 2;
    make_room(table, cap);
    for (size_t i = 0; i < old.cap; i++) {
        const struct session_entry *entry = old.slots[i];

        if (entry != NULL && !entry->is_dropped && entry->expires_at > now &&
            entry->seen_at >= edge)
            copy_into(table, entry);
    }
    arena_close(&old_arena);
}

void session_table_put(struct session_table *table, const struct session_entry *entry, int64_t now)
{
    pthread_rwlock_wrlock(&table->lock);
    if (table->count >= table->cap / 4 * 3 || table->count >= SESSION_MEMORY_MAX)
        rebuild(table, now);
    copy_into(table, entry);
    pthread_rwlock_unlock(&table->lock);
}

bool session_table_is_absent(const struct session_table *table, const struct digest *digest,
                             int64_t now)
{
    uint64_t hash = hash_of(digest);

    if (table->absent == NULL)
        return false;
    const struct session_absent *absent = &table->absent[hash % SESSION_ABSENT_SLOTS];
    return absent->hash == hash && absent->at > now - ABSENT_MS && absent->at <= now;
}

void session_table_put_absent(struct session_table *table, const struct digest *digest, int64_t now)
{
    uint64_t hash = hash_of(digest);

    pthread_rwlock_wrlock(&table->lock);
    if (table->absent == NULL)
        table->absent = ARENA_ARRAY(table->home, struct session_absent, SESSION_ABSENT_SLOTS);
    table->absent[hash % SESSION_ABSENT_SLOTS] = (struct session_absent){hash, now};
    pthread_rwlock_unlock(&table->lock);
}

void session_table_renew(struct session_table *table, uint32_t stamp)
{
    if (atomic_load(&table->stamp) == stamp)
        return;
    pthread_rwlock_wrlock(&table->lock);
    struct arena *old = table->arena;
    make_room(table, CAP_MIN);
    if (table->absent != NULL)
        memset(table->absent, 0, SESSION_ABSENT_SLOTS * sizeof *table->absent);
    atomic_store(&table->stamp, stamp);
    arena_close(&old);
    pthread_rwlock_unlock(&table->lock);
}

void session_table_drop(struct session_table *table, const struct digest *digest)
{
    pthread_rwlock_wrlock(&table->lock);
    struct session_entry *entry = session_table_find(table, digest);
    if (entry != NULL)
        entry->is_dropped = true;
    pthread_rwlock_unlock(&table->lock);
}

void session_table_drop_account(struct session_table *table, int64_t account, bool with_tokens)
{
    pthread_rwlock_wrlock(&table->lock);
    for (size_t i = 0; i < table->cap; i++) {
        struct session_entry *entry = table->slots[i];

        if (entry != NULL && entry->account == account && (with_tokens || !entry->is_token))
            entry->is_dropped = true;
    }
    pthread_rwlock_unlock(&table->lock);
}
