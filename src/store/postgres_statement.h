/*
 * Prepared statements of one PostgreSQL connection, found again by the text of their SQL
 * and the kinds of their values.
 *
 * A whole number is always an int8 and a text always a text, said when it is prepared: the
 * database would take "$3 = 0" for an int4 otherwise.  A NULL's type is left to the database,
 * and such a statement serves whoever's values fit what the database then told.
 */
#pragma once

#include "store/libpq.h"
#include "store/store.h"

enum {
    POSTGRES_STATEMENT_MAX = 200,
    POSTGRES_STATEMENT_BUCKETS = 256, /* a power of two */
    POSTGRES_INT8 = 20,
    POSTGRES_TEXT = 25,
};

struct postgres_statement {
    struct postgres_statement *next; /* in its bucket */
    struct arena *arena;
    const char *sql;
    char name[16];
    uint64_t hash;
    uint64_t used;
    size_t params;
    Oid *types;
};

struct postgres_statements {
    struct postgres_statement *buckets[POSTGRES_STATEMENT_BUCKETS];
    size_t count;
    uint64_t clock;
    int64_t named; /* names given so far */
};

uint64_t postgres_statement_hash(const char *sql);
/* NULL when none fits. */
struct postgres_statement *postgres_statement_find(struct postgres_statements *statements,
                                                   const char *sql, uint64_t hash,
                                                   struct store_args args);
/* What to declare when it is prepared; types has a place for each. */
void postgres_statement_types(struct store_args args, Oid *types);
/*
 * For the test that looks at every plan: with UPRAVA_TEST_STATEMENTS each statement that is
 * prepared is added to that file, a line of its types, a tab and its text.
 */
void postgres_statement_note(const char *sql, size_t count, const Oid *types);
/* Remembers what was prepared as name; described is what the database told of it. */
void postgres_statement_add(struct postgres_statements *statements, const char *sql, uint64_t hash,
                            const char *name, const PGresult *described);
/* The one not used for longest when there are too many, no longer among them: its name is to
 * be deallocated, and it is to be freed. NULL otherwise. */
struct postgres_statement *postgres_statement_evict(struct postgres_statements *statements);
void postgres_statement_free(struct postgres_statement *statement);
void postgres_statement_done(struct postgres_statements *statements);
