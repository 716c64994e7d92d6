/*
 * The first byte chooses the separator and how the text comes in; the rest is the file.
 * Rows that were read, written and read again must be the same.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arena.h"
#include "core/csv.h"
#include "core/utf8.h"

struct source {
    struct str rest;
    size_t piece;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_source(void *data, char *buf, size_t size, size_t *len, struct err *err)
{
    struct source *source = data;
    struct str piece = str_slice(source->rest, 0, MIN(source->piece, size));

    (void)err;
    if (piece.len > 0)
        memcpy(buf, piece.ptr, piece.len);
    source->rest = str_slice(source->rest, piece.len, source->rest.len);
    *len = piece.len;
    return true;
}

static void check_row(const struct csv_row *row)
{
    assert(row->count > 0 && row->count <= CSV_FIELDS_MAX && row->line > 0);
    for (size_t i = 0; i < row->count; i++)
        assert(utf8_is_valid(row->fields[i]));
}

/* Reads to the end or an error, writing what was read; returns the rows. */
static size_t copy_rows(struct arena *arena, struct source source, struct csv_format format,
                        struct buf *out)
{
    struct csv *csv = csv_open(arena, format, read_source, &source);
    struct csv_row row;
    struct err err;
    size_t rows = 0;

    while (csv_next(csv, &row, &err) && row.fields != NULL) {
        check_row(&row);
        csv_write(out, row.fields, row.count, ';');
        rows++;
    }
    return rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char SEPARATORS[] = {'\0', ',', ';', '\t', '|', ',', ';', '\0'};

    if (size == 0 || size > 200000)
        return 0;

    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str text = {(const char *)data + 1, size - 1};
    struct csv_format format = {SEPARATORS[data[0] & 7], (data[0] & 8) != 0};
    struct source source = {text, (size_t)(data[0] >> 4) + 1};
    struct buf once = {.arena = arena};
    struct buf twice = {.arena = arena};
    size_t rows = copy_rows(arena, source, format, &once);

    struct source again = {buf_str(&once), 1000};
    size_t same = copy_rows(arena, again, (struct csv_format){.separator = ';'}, &twice);
    assert(rows == same && str_equal(buf_str(&once), buf_str(&twice)));
    return 0;
}
