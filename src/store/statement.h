/*
 * Prepared statements of one SQLite connection, found again by the text of their SQL.
 *
 * At most 64 are kept; the one not used for longest goes.  A statement that is running
 * (a callback runs the same SQL again) is not handed out twice: the second user gets
 * one of its own, which is freed when given back.
 */
#pragma once

#include "store/store.h"

struct sqlite3;
struct sqlite3_stmt;

enum {
    STATEMENT_MAX = 64,
    STATEMENT_FAST = 128, /* a power of two */
};

struct statement {
    struct sqlite3_stmt *stmt;
    struct store_arg *values; /* one row, of columns */
    size_t columns;
    size_t params;
    bool is_busy;
    bool is_kept; /* in the cache */
    struct arena *arena;
    const char *sql; /* as the caller wrote it */
    uint64_t hash;
    uint64_t used; /* the cache's clock at the last use */
};

struct statement_cache {
    struct statement *items[STATEMENT_MAX];
    size_t count;
    uint64_t clock;
    /* By address: most SQL is constant text. Only a hint, the text is compared. */
    struct {
        const char *sql;
        struct statement *statement;
    } fast[STATEMENT_FAST];
};

/* "$1" is bound by its number. */
MUST_CHECK bool statement_take(struct statement_cache *cache, struct sqlite3 *db, const char *sql,
                               struct statement **statement, struct err *err);
void statement_give(struct statement *statement);
void statement_done(struct statement_cache *cache);
