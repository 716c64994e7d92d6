#include "store/statement.h"

#include "store/fault.h"

#include <string.h>

#include <sqlite3.h>

/* FNV-1a over words: not against attackers, SQL is ours. */
static uint64_t hash_of(const char *sql, size_t len)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ len;

    for (size_t i = 0; i < len; i += 8) {
        uint64_t word = 0;

        memcpy(&word, sql + i, MIN(len - i, 8));
        hash = (hash ^ word) * UINT64_C(1099511628211);
        hash ^= hash >> 29;
    }
    return hash;
}

/* SQLite numbers "$1" by order of appearance, "?1" by its number. */
static char *number_params(struct arena *arena, const char *sql)
{
    char *text = str_to_z(arena, str_from_z(sql));
    char quote = '\0';

    for (char *c = text; *c != '\0'; c++) {
        if (quote != '\0')
            quote = *c == quote ? '\0' : quote;
        else if (*c == '\'' || *c == '"')
            quote = *c;
        else if (*c == '$')
            *c = '?';
    }
    return text;
}

static void free_statement(struct statement *statement)
{
    struct arena *arena = statement->arena;

    sqlite3_finalize(statement->stmt);
    arena_close(&arena);
}

static bool prepare(sqlite3 *db, const char *sql, struct statement **statement, struct err *err)
{
    struct arena *arena = arena_open(1024);
    struct statement *made = ARENA_NEW(arena, struct statement);
    int code = sqlite3_prepare_v3(db, number_params(arena, sql), -1, SQLITE_PREPARE_PERSISTENT,
                                  &made->stmt, NULL);

    if (code != SQLITE_OK) {
        arena_close(&arena);
        fault_set(err, db, code, sql);
        return false; /* said here, so that clang-tidy sees it */
    }
    made->arena = arena;
    made->sql = str_to_z(arena, str_from_z(sql));
    made->columns = (size_t)sqlite3_column_count(made->stmt);
    made->params = (size_t)sqlite3_bind_parameter_count(made->stmt);
    made->values = ARENA_ARRAY(arena, struct store_arg, MAX(made->columns, 1));
    *statement = made;
    return true;
}

static size_t fast_slot(const char *sql)
{
    uintptr_t at = (uintptr_t)sql;

    return (at ^ at >> 7 ^ at >> 14) & (STATEMENT_FAST - 1);
}

/* The place for one more: a free one, or that of the statement not used for longest. */
static struct statement **make_room(struct statement_cache *cache)
{
    size_t oldest = STATEMENT_MAX;

    if (cache->count < STATEMENT_MAX)
        return &cache->items[cache->count++];
    for (size_t i = 0; i < STATEMENT_MAX; i++)
        if (!cache->items[i]->is_busy &&
            (oldest == STATEMENT_MAX || cache->items[i]->used < cache->items[oldest]->used))
            oldest = i;
    if (oldest == STATEMENT_MAX)
        return NULL;
    for (size_t i = 0; i < STATEMENT_FAST; i++)
        if (cache->fast[i].statement == cache->items[oldest])
            cache->fast[i].sql = NULL, cache->fast[i].statement = NULL;
    free_statement(cache->items[oldest]);
    return &cache->items[oldest];
}

static struct statement *find(struct statement_cache *cache, const char *sql, uint64_t hash)
{
    for (size_t i = 0; i < cache->count; i++)
        if (cache->items[i]->hash == hash && strcmp(cache->items[i]->sql, sql) == 0)
            return cache->items[i];
    return NULL;
}

static bool take(struct statement_cache *cache, struct statement *found,
                 struct statement **statement)
{
    found->is_busy = true;
    found->used = ++cache->clock;
    *statement = found;
    return true;
}

bool statement_take(struct statement_cache *cache, sqlite3 *db, const char *sql,
                    struct statement **statement, struct err *err)
{
    size_t slot = fast_slot(sql);
    struct statement *found = cache->fast[slot].sql == sql ? cache->fast[slot].statement : NULL;

    if (found != NULL && !found->is_busy && strcmp(found->sql, sql) == 0)
        return take(cache, found, statement);

    uint64_t hash = hash_of(sql, strlen(sql));
    found = find(cache, sql, hash);
    bool is_new = found == NULL;
    if ((is_new || found->is_busy) && !prepare(db, sql, &found, err))
        return false;
    found->hash = hash;
    if (is_new) {
        struct statement **room = make_room(cache);

        found->is_kept = room != NULL;
        if (room != NULL)
            *room = found;
    }
    if (found->is_kept) {
        cache->fast[slot].sql = sql;
        cache->fast[slot].statement = found;
    }
    return take(cache, found, statement);
}

void statement_give(struct statement *statement)
{
    statement->is_busy = false;
    sqlite3_reset(statement->stmt);
    if (!statement->is_kept)
        free_statement(statement);
}

void statement_done(struct statement_cache *cache)
{
    for (size_t i = 0; i < cache->count; i++)
        free_statement(cache->items[i]);
    *cache = (struct statement_cache){0};
}
