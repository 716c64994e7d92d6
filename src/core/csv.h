/*
 * CSV (RFC 4180) as it is found: separators , ; tab |, quotes doubled, CRLF or LF, a
 * byte order mark, UTF-8 or CP1251.  Reads from a callback, row by row, in bounded
 * memory.  Empty lines are skipped; a quote in the middle of a field that does not begin
 * with one is text.  After an error there is nothing more to read: it is told again.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

enum {
    CSV_FIELDS_MAX = 1000,
    CSV_ROW_MAX = 1024 * 1024, /* bytes of one row */
};

struct csv_format {
    char separator; /* 0: recognise from the first lines */
    bool is_cp1251; /* set by csv_recognise */
};

struct csv_row {
    struct str *fields; /* UTF-8 */
    size_t count;
    int64_t line; /* of the file, where the row begins, from 1 */
};

/* Fills buf (at most size bytes), *len 0 at the end. */
typedef bool csv_read(void *data, char *buf, size_t size, size_t *len, struct err *err);

struct csv;

/* Looks at the first bytes of a file (64 KiB are enough; may be cut anywhere). */
struct csv_format csv_recognise(struct str head);
struct csv *csv_open(struct arena *arena, struct csv_format format, csv_read *read, void *data);
/* The same of text that is in memory, and stays there. */
struct csv *csv_open_text(struct arena *arena, struct csv_format format, struct str text);
/* *row.fields NULL at the end.  The row lives until the next call. */
MUST_CHECK bool csv_next(struct csv *csv, struct csv_row *row, struct err *err);
/* One row, quoted where needed, ended by CRLF. A text that a spreadsheet would run as a
 * formula is left as it is: round trips come first (docs/decisions). */
void csv_write(struct buf *buf, const struct str *fields, size_t count, char separator);
