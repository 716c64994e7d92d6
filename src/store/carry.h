/*
 * A tenant's rows out of one database and into another, table by table, whatever the two
 * databases are.  The search index is not among them: it is made anew (registry).
 *
 * Rows come in the order of their keys.  A tenant that was carried up to a number of its journal
 * can be brought up to date later: of the tables that only grow with the journal come the rows
 * since then, of the others all, which take the place of those that are there.
 */
#pragma once

#include "store/rows.h"
#include "store/store.h"

struct carry_table {
    const char *name;
    const char *columns; /* behind the tenant, separated by ", " */
    const char *order;
    const char *since; /* what makes a row newer than the journal's $2; NULL: all rows come anew */
    const char *bulk;  /* the column that most of the bytes are in; NULL: none */
};

extern const struct carry_table carry_tables[];
extern const size_t carry_table_count;
/* NULL: there is none of that name. */
const struct carry_table *carry_table_find(struct str name);

/* since 0: all rows. Each row has the table's columns. */
MUST_CHECK bool carry_each(struct tx *tx, const struct carry_table *table, int64_t since,
                           store_row *row, void *data, struct err *err);
/* How many rows there are, and how many letters in their bulk. */
struct carry_sum {
    int64_t rows, letters;
};
MUST_CHECK bool carry_measure(struct tx *tx, const struct carry_table *table, struct carry_sum *sum,
                              struct err *err);

/* In a write: the rows that newer ones will replace go.  since as for carry_each. */
MUST_CHECK bool carry_clear(struct tx *tx, const struct carry_table *table, int64_t since,
                            struct err *err);
/* The statement that puts rows of these columns: ERR_INPUT names one that is not the table's. */
MUST_CHECK bool carry_plan(struct arena *arena, const struct carry_table *table,
                           const struct str *columns, size_t count, const char **sql,
                           struct err *err);
/* values: of those columns.  A row of the same key is replaced: doing it twice does no harm. */
MUST_CHECK bool carry_put(struct tx *tx, const char *sql, const struct store_arg *values,
                          size_t count, struct err *err);
