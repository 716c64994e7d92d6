/* Values on their way to PostgreSQL and back, in the binary format of its protocol. */
#pragma once

#include "store/backend.h"
#include "store/libpq.h"

struct postgres_values {
    const char **texts;
    int *lens;
    int *formats;
};

/* Numbers are printed into scratch, texts are borrowed. */
struct postgres_values postgres_value_print(struct arena *scratch, struct store_args args);
/* Hands over row by row. Only whole numbers, truth and text are read: all that tables hold. */
MUST_CHECK bool postgres_value_give(const PGresult *result, const struct backend_sink *sink,
                                    struct err *err);
