/*
 * What FEEL expressions are about: null, booleans, numbers, texts, dates and times, durations,
 * ranges, lists, contexts and functions.  A value never changes once made and lives in the
 * arena of the evaluation, or of the tree for constants.
 */
#pragma once

#include "lang/feel_number.h"

struct arena;
struct feel_function;

enum feel_kind {
    FEEL_NULL,
    FEEL_BOOLEAN,
    FEEL_NUMBER,
    FEEL_STRING,
    FEEL_DATE,
    FEEL_TIME,
    FEEL_DATE_TIME,
    FEEL_MONTHS,  /* years and months duration */
    FEEL_SECONDS, /* days and time duration */
    FEEL_RANGE,
    FEEL_LIST,
    FEEL_CONTEXT,
    FEEL_FUNCTION,
    FEEL_KINDS,
};

enum feel_zone_kind {
    FEEL_ZONE_LOCAL, /* none was given */
    FEEL_ZONE_OFFSET,
    FEEL_ZONE_NAMED,
};

struct feel_zone {
    enum feel_zone_kind kind;
    int32_t offset;  /* seconds east of Greenwich; of a named one: at this moment */
    struct str name; /* "Europe/Paris" */
};

/* A date has a day only, a time no day. */
struct feel_moment {
    int64_t day;    /* since 1970-01-01 */
    int32_t second; /* of the day */
    int32_t nano;
    struct feel_zone zone;
};

struct feel_span {
    int64_t seconds; /* rounded down */
    int32_t nanos;   /* 0 to 999,999,999 on top of them */
};

struct feel_range {
    const struct feel_value *low; /* NULL: open to that side */
    const struct feel_value *high;
    bool has_low, has_high; /* whether the ends belong to it */
    bool is_test;           /* "< 5": equals no range with two ends, one of them null */
    bool is_outside;        /* "(!= 5)": all but the end, which stands on both sides */
};

struct feel_list {
    const struct feel_value **items;
    size_t count;
};

struct feel_entry {
    struct str name;
    const struct feel_value *value;
};

struct feel_context {
    const struct feel_entry *entries;
    size_t count;
};

struct feel_value {
    enum feel_kind kind;
    union {
        bool boolean;
        struct feel_number number;
        struct str text;
        struct feel_moment moment;
        int64_t months;
        struct feel_span span;
        struct feel_range range;
        struct feel_list list;
        struct feel_context context;
        const struct feel_function *function;
    };
};

extern const struct feel_value feel_null, feel_true, feel_false;

const struct feel_value *feel_value_boolean(bool value);
const struct feel_value *feel_value_int(struct arena *arena, int64_t value);
const struct feel_value *feel_value_number(struct arena *arena, struct feel_number number);
/* The text is borrowed. */
const struct feel_value *feel_value_text(struct arena *arena, struct str text);
const struct feel_value *feel_value_moment(struct arena *arena, enum feel_kind kind,
                                           struct feel_moment moment);
const struct feel_value *feel_value_months(struct arena *arena, int64_t months);
const struct feel_value *feel_value_span(struct arena *arena, struct feel_span span);
/* Items and entries are borrowed. */
const struct feel_value *feel_value_list(struct arena *arena, const struct feel_value **items,
                                         size_t count);
const struct feel_value *feel_value_context(struct arena *arena, const struct feel_entry *entries,
                                            size_t count);
const struct feel_value *feel_value_range(struct arena *arena, struct feel_range range);
const struct feel_value *feel_value_function(struct arena *arena,
                                             const struct feel_function *function);

static inline bool feel_value_is_null(const struct feel_value *value)
{
    return value->kind == FEEL_NULL;
}

/* NULL when there is no such entry, or value is no context. */
const struct feel_value *feel_value_find(const struct feel_value *value, struct str name);
/*
 * FEEL's "=": 1 equal, 0 not, -1 when the two cannot be compared.  Null equals only null.
 */
int feel_value_equal(const struct feel_value *a, const struct feel_value *b);
/* True and *order (below, at, above 0) for two of one kind that has an order. */
bool feel_value_compare(const struct feel_value *a, const struct feel_value *b, int *order);
/* In the range? 1, 0, or -1 when they cannot be compared. */
int feel_value_in_range(const struct feel_value *value, const struct feel_range *range);
/* "number", "date and time": for messages. */
const char *feel_value_word(enum feel_kind kind);
/* As FEEL writes it: texts in quotes inside lists; bare when it is all there is. */
void feel_value_print(struct buf *buf, const struct feel_value *value);
/* The text of FEEL's string(). */
void feel_value_print_bare(struct buf *buf, const struct feel_value *value);
