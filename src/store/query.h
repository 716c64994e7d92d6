/*
 * The one place where SQL is put together at run time: lists over the record table.
 * Nothing of it comes from input: columns are an enum, values are arguments.  The same
 * shape of query gives the same text, so its statement is found in the cache.
 */
#pragma once

#include "store/store.h"

enum query_column {
    QUERY_T1,                /* … T8: texts as sort keys */
    QUERY_N1 = QUERY_T1 + 8, /* … N8: numbers */
    QUERY_M1 = QUERY_N1 + 8, /* … M8: measures, not indexed */
    QUERY_ID = QUERY_M1 + 8,
    QUERY_CELL,
    QUERY_VALID_FROM,
    QUERY_VALID_TO,
    QUERY_VERSION, /* no index of its own */
    QUERY_COLUMNS,
};

enum query_op {
    QUERY_EQ,
    QUERY_NE,
    QUERY_LT,
    QUERY_LE,
    QUERY_GT,
    QUERY_GE,
    QUERY_IS_NULL,
    QUERY_NOT_NULL,
    QUERY_STARTS, /* text: a range of the index, not LIKE */
};

enum {
    QUERY_LIMIT_MAX = 1001, /* one more than a page, to know whether there is a next one */
};

struct query;

/* Selects from the slices of one register: what is a constant list of columns. */
struct query *query_new(struct arena *arena, const char *what, int64_t tenant, int64_t no);
/* Every condition must hold. An equality or range makes its partial index usable. */
void query_where(struct query *query, enum query_column column, enum query_op op,
                 struct store_arg value);
/* The same for a comparison of a column by whose index nothing is to be looked for: another
 * condition leaves fewer rows, which no database knows. */
void query_where_beside(struct query *query, enum query_column column, enum query_op op,
                        struct store_arg value);
/*
 * Conditions within others: of those up to query_close any has to hold, or all.  At least one
 * stands between the two, and at most 100 groups are within each other.
 */
void query_open(struct query *query, bool is_any);
void query_close(struct query *query);
/* Nothing meets it; everything does. */
void query_where_constant(struct query *query, bool holds);

/* What a condition can speak of beside a column: a text of the body, exactly as it stands there. */
struct query_place {
    enum query_column column;
    struct str member; /* of the body, [a-z0-9_]; empty: it is the column */
};
/* One place compared with a value, or with another place of the same record. */
void query_where_place(struct query *query, const struct tx *tx, struct query_place place,
                       enum query_op op, struct store_arg value);
void query_where_places(struct query *query, const struct tx *tx, struct query_place one,
                        enum query_op op, struct query_place other);
/* column IN (…); at most 500 values. */
void query_where_in(struct query *query, enum query_column column, const struct store_arg *values,
                    size_t count);
/* Slices valid on that day. */
void query_valid_on(struct query *query, int64_t day);
/* Geometries whose box meets this one (1e-7 degrees): through ranges of cells. */
void query_in_box(struct query *query, const int64_t box[4]);
/* Sorted by column (records without a value last), then id. */
void query_order(struct query *query, enum query_column column, bool is_descending);
/* Paging by key: rows strictly behind (value, id) in that order. NONE: behind those with a value.
 */
void query_after(struct query *query, struct store_arg value, int64_t id);
void query_limit(struct query *query, int limit);
MUST_CHECK bool query_run(struct query *query, struct tx *tx, struct arena *arena,
                          struct rows *rows, struct err *err);
/* Streams; without query_limit all there is. */
MUST_CHECK bool query_each(struct query *query, struct tx *tx, store_row *row, void *data,
                           struct err *err);
/* How many, counted up to bound. */
MUST_CHECK bool query_count(struct query *query, struct tx *tx, int64_t bound, int64_t *count,
                            struct err *err);
/* The composed SQL: for tests and for looking at plans. */
struct str query_sql(struct query *query);
