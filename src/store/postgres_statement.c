#include "store/postgres_statement.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* FNV-1a over words: not against attackers, SQL is ours. */
uint64_t postgres_statement_hash(const char *sql)
{
    size_t len = strlen(sql);
    uint64_t hash = UINT64_C(14695981039346656037) ^ len;

    for (size_t i = 0; i < len; i += 8) {
        uint64_t word = 0;

        memcpy(&word, sql + i, MIN(len - i, 8));
        hash = (hash ^ word) * UINT64_C(1099511628211);
        hash ^= hash >> 29;
    }
    return hash;
}

static struct postgres_statement **bucket_of(struct postgres_statements *statements, uint64_t hash)
{
    return &statements->buckets[hash % POSTGRES_STATEMENT_BUCKETS];
}

static bool fits(const struct postgres_statement *statement, struct store_args args)
{
    if (args.count != statement->params)
        return false;
    for (size_t i = 0; i < args.count; i++) {
        enum store_kind kind = args.items[i].kind;

        if ((kind == STORE_INT && statement->types[i] != POSTGRES_INT8) ||
            (kind == STORE_TEXT && statement->types[i] != POSTGRES_TEXT))
            return false;
    }
    return true;
}

struct postgres_statement *postgres_statement_find(struct postgres_statements *statements,
                                                   const char *sql, uint64_t hash,
                                                   struct store_args args)
{
    struct postgres_statement *found = *bucket_of(statements, hash);

    while (found != NULL &&
           (found->hash != hash || strcmp(found->sql, sql) != 0 || !fits(found, args)))
        found = found->next;
    if (found != NULL)
        found->used = ++statements->clock;
    return found;
}

void postgres_statement_types(struct store_args args, Oid *types)
{
    for (size_t i = 0; i < args.count; i++)
        types[i] = args.items[i].kind == STORE_INT    ? POSTGRES_INT8
                   : args.items[i].kind == STORE_TEXT ? POSTGRES_TEXT
                                                      : 0;
}

void postgres_statement_note(const char *sql, size_t count, const Oid *types)
{
    const char *path = getenv("UPRAVA_TEST_STATEMENTS");

    if (path == NULL)
        return;
    CLEANUP(arena_close) struct arena *arena = arena_open(4096);
    struct buf line = {.arena = arena};
    for (size_t i = 0; i < count; i++) {
        buf_int(&line, types[i]);
        buf_char(&line, ' ');
    }
    buf_char(&line, '\t');
    buf_add(&line, str_from_z(sql));
    buf_char(&line, '\n');
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return;
    /* One call, so that lines of several processes do not mix. */
    if (write(file, line.ptr, line.len) < 0)
        errno = 0; /* the test will miss it */
    close(file);
}

void postgres_statement_add(struct postgres_statements *statements, const char *sql, uint64_t hash,
                            const char *name, const PGresult *described)
{
    struct arena *arena = arena_open(1024);
    struct postgres_statement *made = ARENA_NEW(arena, struct postgres_statement);
    struct postgres_statement **bucket = bucket_of(statements, hash);

    *made = (struct postgres_statement){
        .next = *bucket,
        .arena = arena,
        .sql = str_to_z(arena, str_from_z(sql)),
        .hash = hash,
        .used = ++statements->clock,
        .params = (size_t)libpq.nparams(described),
    };
    snprintf(made->name, sizeof made->name, "%s", name);
    made->types = ARENA_ARRAY(arena, Oid, MAX(made->params, 1));
    for (size_t i = 0; i < made->params; i++)
        made->types[i] = libpq.paramtype(described, (int)i);
    *bucket = made;
    statements->count++;
}

struct postgres_statement *postgres_statement_evict(struct postgres_statements *statements)
{
    struct postgres_statement **oldest = NULL;

    if (statements->count <= POSTGRES_STATEMENT_MAX)
        return NULL;
    for (size_t i = 0; i < POSTGRES_STATEMENT_BUCKETS; i++)
        for (struct postgres_statement **at = &statements->buckets[i]; *at != NULL;
             at = &(*at)->next)
            if (oldest == NULL || (*at)->used < (*oldest)->used)
                oldest = at;
    struct postgres_statement *evicted = *oldest;
    *oldest = evicted->next;
    statements->count--;
    return evicted;
}

void postgres_statement_free(struct postgres_statement *statement)
{
    struct arena *arena = statement->arena;

    arena_close(&arena);
}

void postgres_statement_done(struct postgres_statements *statements)
{
    for (size_t i = 0; i < POSTGRES_STATEMENT_BUCKETS; i++)
        while (statements->buckets[i] != NULL) {
            struct postgres_statement *statement = statements->buckets[i];

            statements->buckets[i] = statement->next;
            postgres_statement_free(statement);
        }
    *statements = (struct postgres_statements){0};
}
