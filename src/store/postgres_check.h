/*
 * What a PostgreSQL database lacks to hold municipalities, said in sentences.  It only looks, as
 * the role of the program, and needs no tables: before the first start too.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct arena;

enum postgres_check_state {
    POSTGRES_CHECK_FINE,
    POSTGRES_CHECK_ADVICE, /* it works, but not as well or as safely as it could */
    POSTGRES_CHECK_BROKEN,
};

struct postgres_check_sink {
    /* check: one word for machines. */
    void (*say)(void *data, enum postgres_check_state state, const char *check, struct str text);
    void *data;
};

/* False: it does not answer, or not to the end. */
MUST_CHECK bool postgres_check(struct arena *arena, struct str address,
                               const struct postgres_check_sink *sink, struct err *err);
