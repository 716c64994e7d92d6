#include "store/due.h"

#include "store/due_index.h"
#include "store/rows.h"
#include "store/state.h"

enum {
    BUCKETS = 1024,
};

/* Of a tenant that had something to do since the store was opened, or when it was. */
struct entry {
    struct entry *next;
    int64_t tenant;
    int64_t stored;  /* what its row says at the latest; INT64_MAX: it has none */
    int64_t turn;    /* grows with everything that is put */
    int64_t settled; /* to be written, if turn is still settled_turn */
    int64_t settled_turn;
    bool is_settled;
};

struct due_index {
    pthread_mutex_t mutex;
    struct arena *arena;
    struct entry *buckets[BUCKETS];
};

struct due_index *due_index_new(struct arena *arena)
{
    struct due_index *index = ARENA_NEW(arena, struct due_index);

    pthread_mutex_init(&index->mutex, NULL);
    index->arena = arena_open(0);
    return index;
}

void due_index_close(struct due_index *index)
{
    pthread_mutex_destroy(&index->mutex);
    arena_close(&index->arena);
}

/*
 * With the mutex held.  Nobody knows what the row of a new one says: that it has none costs a
 * write, which does not make it later.
 */
static struct entry *entry_of(struct due_index *index, int64_t tenant)
{
    struct entry **bucket = &index->buckets[(uint64_t)tenant % BUCKETS];
    struct entry *entry = *bucket;

    while (entry != NULL && entry->tenant != tenant)
        entry = entry->next;
    if (entry == NULL) {
        entry = ARENA_NEW(index->arena, struct entry);
        *entry = (struct entry){.next = *bucket, .tenant = tenant, .stored = INT64_MAX};
        *bucket = entry;
    }
    return entry;
}

void due_put(struct tx *tx, int64_t due_at)
{
    tx->owner->due_at = MIN(tx->owner->due_at, due_at);
}

struct note {
    int64_t tenant;
    int64_t due_at;
};

static bool write_note(struct tx *tx, void *data, struct err *err)
{
    const struct note *note = data;

    return store_exec(tx,
                      "INSERT INTO due (tenant, due_at) VALUES ($1, $2) ON CONFLICT (tenant)"
                      " DO UPDATE SET due_at = excluded.due_at WHERE due.due_at > excluded.due_at",
                      ARGS(INT(note->tenant), INT(note->due_at)), err);
}

bool due_index_note(struct tenant *tenant, int64_t due_at, struct err *err)
{
    struct store *store = tenant->store;
    struct due_index *index = store->due;
    struct note note = {tenant->info.id, due_at};

    if (store->backend->is_shared || tenant == store->node)
        return true;
    pthread_mutex_lock(&index->mutex);
    struct entry *entry = entry_of(index, note.tenant);
    entry->turn++;
    bool is_known = entry->stored <= due_at;
    pthread_mutex_unlock(&index->mutex);
    if (is_known)
        return true;
    if (!store_write_node(store, write_note, &note, err))
        return err_while(err, "the node could not note when there is something to do");
    pthread_mutex_lock(&index->mutex);
    entry->stored = MIN(entry->stored, due_at);
    pthread_mutex_unlock(&index->mutex);
    return true;
}

int64_t due_turn(struct tenant *tenant)
{
    struct due_index *index = tenant->store->due;

    pthread_mutex_lock(&index->mutex);
    int64_t turn = entry_of(index, tenant->info.id)->turn;
    pthread_mutex_unlock(&index->mutex);
    return turn;
}

void due_settle(struct tenant *tenant, int64_t turn, int64_t due_at)
{
    struct due_index *index = tenant->store->due;

    pthread_mutex_lock(&index->mutex);
    struct entry *entry = entry_of(index, tenant->info.id);
    if (entry->turn == turn) {
        entry->is_settled = true;
        entry->settled_turn = turn;
        entry->settled = due_at;
    }
    pthread_mutex_unlock(&index->mutex);
}

struct settled {
    struct arena *arena;
    struct note *notes;
    size_t count;
};

/*
 * In the node's turn, before the rows change: whoever puts something from here on writes
 * its row behind these.  A row that then is not written after all is earlier than known.
 */
static void take_settled(struct due_index *index, struct settled *settled)
{
    size_t count = 0;

    pthread_mutex_lock(&index->mutex);
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct entry *entry = index->buckets[i]; entry != NULL; entry = entry->next)
            count += entry->is_settled;
    settled->notes = ARENA_ARRAY(settled->arena, struct note, count);
    settled->count = 0;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct entry *entry = index->buckets[i]; entry != NULL; entry = entry->next) {
            if (!entry->is_settled)
                continue;
            entry->is_settled = false;
            if (entry->turn != entry->settled_turn)
                continue;
            entry->stored = entry->settled;
            settled->notes[settled->count++] = (struct note){entry->tenant, entry->settled};
        }
    pthread_mutex_unlock(&index->mutex);
}

static bool write_settled(struct tx *tx, void *data, struct err *err)
{
    struct settled *settled = data;

    if (settled->notes == NULL) /* else it is run again: they were taken already */
        take_settled(tx->owner->store->due, settled);
    for (size_t i = 0; i < settled->count; i++) {
        const struct note *note = &settled->notes[i];
        bool ok =
            note->due_at == INT64_MAX
                ? store_exec(tx, "DELETE FROM due WHERE tenant = $1", ARGS(INT(note->tenant)), err)
                : store_exec(tx,
                             "INSERT INTO due (tenant, due_at) VALUES ($1, $2)"
                             " ON CONFLICT (tenant) DO UPDATE SET due_at = excluded.due_at",
                             ARGS(INT(note->tenant), INT(note->due_at)), err);

        if (!ok)
            return false;
    }
    return true;
}

static bool has_settled(struct due_index *index)
{
    bool has = false;

    pthread_mutex_lock(&index->mutex);
    for (size_t i = 0; !has && i < BUCKETS; i++)
        for (const struct entry *entry = index->buckets[i]; entry != NULL; entry = entry->next)
            has |= entry->is_settled;
    pthread_mutex_unlock(&index->mutex);
    return has;
}

bool due_flush(struct store *store, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct settled settled = {.arena = arena};

    return store->backend->is_shared || !has_settled(store->due) ||
           store_write_node(store, write_settled, &settled, err);
}

/* Once in a node's life. */
static bool begin_index(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return store_exec(tx,
                      "INSERT INTO due (tenant, due_at) SELECT id, 0 FROM tenant WHERE TRUE"
                      " ON CONFLICT (tenant) DO NOTHING",
                      (struct store_args){0}, err) &&
           store_exec(tx, "INSERT INTO setting (name, value) VALUES ('due', '1')",
                      (struct store_args){0}, err);
}

static bool has_begun(struct store *store, struct arena *arena, bool *has, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read_node(&tx, store, err) ||
        !store_query(&tx, arena, &rows, "SELECT 1 FROM setting WHERE name = 'due'",
                     (struct store_args){0}, err))
        return false;
    *has = rows.count > 0;
    return true;
}

static bool read_due(struct store *store, struct arena *arena, struct rows *rows, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read_node(&tx, store, err) &&
           store_query(&tx, arena, rows,
                       "SELECT t.name, d.due_at, t.id FROM due d JOIN tenant t ON t.id = d.tenant"
                       " ORDER BY d.due_at",
                       (struct store_args){0}, err);
}

bool due_list(struct store *store, struct arena *arena, struct due **items, size_t *count,
              struct err *err)
{
    struct rows rows = {0};
    bool has;

    *count = 0;
    if (store->backend->is_shared)
        return true;
    if (!has_begun(store, arena, &has, err) ||
        (!has && !store_write_node(store, begin_index, NULL, err)) ||
        !read_due(store, arena, &rows, err))
        return false;
    *items = ARENA_ARRAY(arena, struct due, rows.count);
    *count = rows.count;
    pthread_mutex_lock(&store->due->mutex);
    for (size_t i = 0; i < rows.count; i++) {
        struct entry *entry = entry_of(store->due, rows_int(&rows, i, 2));

        (*items)[i] = (struct due){rows_text(&rows, i, 0), rows_int(&rows, i, 1)};
        if (entry->turn == 0) /* nobody wrote it in the meantime */
            entry->stored = rows_int(&rows, i, 1);
    }
    pthread_mutex_unlock(&store->due->mutex);
    return true;
}
