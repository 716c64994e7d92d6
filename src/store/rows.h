/* What a query returned: values by row and column, from 0.  A NULL reads as 0 or "". */
#pragma once

#include "core/str.h"

struct rows {
    size_t count;
    size_t columns;
    const struct store_arg *values; /* row after row */
};

int64_t rows_int(const struct rows *rows, size_t row, size_t column);
struct str rows_text(const struct rows *rows, size_t row, size_t column);
bool rows_is_null(const struct rows *rows, size_t row, size_t column);
