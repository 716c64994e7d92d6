#include "store/rows.h"

#include "store/store.h"

#include <assert.h>

static const struct store_arg *at(const struct rows *rows, size_t row, size_t column)
{
    assert(row < rows->count && column < rows->columns);
    return &rows->values[row * rows->columns + column];
}

int64_t rows_int(const struct rows *rows, size_t row, size_t column)
{
    return at(rows, row, column)->number;
}

struct str rows_text(const struct rows *rows, size_t row, size_t column)
{
    return at(rows, row, column)->text;
}

bool rows_is_null(const struct rows *rows, size_t row, size_t column)
{
    return at(rows, row, column)->kind == STORE_NULL;
}
