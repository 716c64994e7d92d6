/*
 * Rows of a file, one after another in bounded memory, whatever its format.  A source
 * tells its columns when it is opened; each row has a cell for each of them, in order.
 * A row that cannot be read at all is given with its fault, and the next one follows.
 */
#pragma once

#include "core/json.h"
#include "registry/import.h"

enum {
    SOURCE_COLUMNS_MAX = 500,
    SOURCE_ROW_MAX = 1024 * 1024, /* bytes of one row, line or feature */
};

struct source_cell {
    struct str text;         /* when json is NULL: as typed, UTF-8 */
    const struct json *json; /* a value that has a type already */
    bool is_absent;          /* the row does not speak of it: the field stays */
    bool is_ready;           /* json is the value as it is to be stored */
};

struct source_row {
    const struct source_cell *cells; /* NULL: the end, or a fault */
    struct str fault;                /* why the row cannot be read; "" */
    int64_t line;                    /* of the file, from 1; of GeoJSON the feature's number */
};

struct source {
    struct str *columns;
    size_t column_count;
    int64_t position; /* bytes read so far */
    int64_t size;
    /* The row lives in arena. False: nothing more can be read from here. */
    bool (*next)(struct source *source, struct arena *arena, struct source_row *row,
                 struct err *err);
    void *data; /* the format's own */
    int fd;     /* closed with the source; -1: none */
};

/* Opens the import's file in the tenant's folder. Not for ГАР, which is many (gar.h). */
MUST_CHECK bool source_open(struct arena *arena, const struct tenant *tenant,
                            const struct import *import, struct source *source, struct err *err);
/* Of bytes in memory, for seeds, tests and fuzzing. */
MUST_CHECK bool source_open_text(struct arena *arena, const struct import *import, struct str bytes,
                                 struct source *source, struct err *err);
/* Accepts {0} and may be called twice. */
void source_close(struct source *source);
struct str source_path(struct arena *arena, const struct tenant *tenant, struct str digest);

/* A file or bytes in memory, read on: what the formats read from. */
struct source_bytes {
    struct source *source;
    struct str rest; /* in memory */
};
/* As csv_read: at most size bytes, *len 0 at the end; moves position on. */
MUST_CHECK bool source_read(void *bytes, char *buf, size_t size, size_t *len, struct err *err);

/* The formats: fill columns, next and data. */
MUST_CHECK bool source_csv_open(struct arena *arena, const struct import_options *options,
                                struct source_bytes *bytes, struct err *err);
MUST_CHECK bool source_ndjson_open(struct arena *arena, const struct import_options *options,
                                   struct source_bytes *bytes, struct err *err);
MUST_CHECK bool source_calendar_open(struct arena *arena, struct source_bytes *bytes,
                                     struct err *err);
MUST_CHECK bool source_geojson_open(struct arena *arena, struct source_bytes *bytes,
                                    struct err *err);
