/*
 * Lists of records: filters over slots, full text, box; paging by key, never by offset.
 */
#pragma once

#include "lang/feel_run.h"
#include "registry/record.h"

struct record_where;

enum {
    RECORD_LIST_FILTERS_MAX = 20,
    RECORD_LIST_VALUES_MAX = 200, /* of one [in] filter */
    RECORD_LIST_LIMIT_MAX = 1000,
    /* Filtered counts stop here and say so: 10,000 cost 1.5 ms, more than the page itself. */
    RECORD_LIST_COUNT_MAX = 1000,
};

struct record_filter {
    const struct register_field *field; /* indexed */
    enum query_op op;
    const struct str *values;         /* as typed: "2024-05-01", "12.5", a code, an id, "true" */
    size_t count;                     /* over 1: any of them (QUERY_EQ only) */
    const struct record_where *where; /* a FEEL filter instead of all that; field is NULL */
};

/* A register as it was at a journal number, not as it stands (publication.h). */
struct record_edition {
    int64_t seq;
    int64_t kept_no; /* what has changed since is under this number; 0: nothing has */
};

struct record_ask {
    const struct register_type *type;
    enum policy_action action;            /* what the records are wanted for: 0: to be read */
    const struct record_edition *edition; /* NULL: as it stands */
    const struct record_filter *filters;
    size_t filter_count;
    int64_t id;       /* only that record; 0: all */
    struct str words; /* q=: full text as typed */
    bool has_box;
    int64_t box[4];
    const struct register_field *sort; /* NULL: newest first */
    bool is_descending;
    bool is_oldest_first; /* without a sort */
    int64_t valid_on;     /* the day; temporal registers only */
    int limit;
    struct str cursor; /* from a page before, "" at first; ERR_INPUT when it is none of ours */
};

enum policy_action record_list_action(const struct record_ask *ask);

struct record_page {
    struct record *records;
    size_t count;
    struct str cursor; /* of the next page; "" when this was the last */
};

/*
 * ERR_INPUT names the filter that cannot be read.  With words: hits in the title first, then
 * newest; but when all that was found is one page, the shortest title first.
 */
MUST_CHECK bool record_list(const struct registry *registry, const struct record_ask *ask,
                            struct record_page *page, struct err *err);
/* The slice of ask's edition that is valid on its day, of its record, whatever its filters. */
MUST_CHECK bool record_get_edition(const struct registry *registry, const struct record_ask *ask,
                                   struct record *record, struct err *err);
/* Exact without filters; else up to RECORD_LIST_COUNT_MAX. */
MUST_CHECK bool record_count(const struct registry *registry, const struct record_ask *ask,
                             int64_t *count, bool *is_more, struct err *err);
/* Reads name=value pairs of a query ("year[gte]" → field, op). ERR_INPUT with a sentence. */
MUST_CHECK bool record_filter_parse(struct arena *arena, const struct register_type *type,
                                    struct str name, struct str value, struct record_filter *filter,
                                    struct err *err);
/* A filter in FEEL (record_where.h). */
MUST_CHECK bool record_filter_where(struct arena *arena, const struct register_type *type,
                                    struct str text, struct feel_clock clock,
                                    struct record_filter *filter, struct err *err);
/* Its first field that is of none of these classes; NULL: it may be asked. */
const struct register_field *record_filter_hidden(const struct record_filter *filter,
                                                  unsigned classes);
