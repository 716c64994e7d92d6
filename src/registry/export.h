/*
 * Exports: the records a filter finds, streamed in bounded memory as CSV, NDJSON (the wire
 * form of the API, one record a line) or GeoJSON.  What is exported can be imported again
 * and changes nothing.  Fields outside the actor's classes are left out.
 */
#pragma once

#include "registry/record_list.h"

enum export_format {
    EXPORT_CSV,
    EXPORT_NDJSON,
    EXPORT_GEOJSON,
};

struct export_options {
    enum export_format format;
    char separator;     /* CSV; 0: a comma */
    bool has_bom;       /* CSV: for spreadsheets that take UTF-8 for something else */
    bool has_ref_ids;   /* CSV: references as ids, not as natural keys */
    bool has_lat_lon;   /* CSV: points as the columns lat and lon instead of GeoJSON */
    unsigned classes;   /* of the actor */
    struct str *fields; /* NULL: all */
    size_t field_count;
};

/* Takes the bytes; false stops the export with its err. */
typedef bool export_write(void *data, struct str bytes, struct err *err);

/* Where the bytes go. */
struct export_sink {
    export_write *write;
    void *data; /* passed to it */
};

/*
 * ask's filters, box, words and sort hold; its limit and cursor do not.  A temporal
 * register gives every slice when ask->valid_on is RECORD_ALWAYS.  *count: records.
 */
MUST_CHECK bool export_run(const struct registry *registry, const struct record_ask *ask,
                           const struct export_options *options, const struct export_sink *sink,
                           int64_t *count, struct err *err);
/* "text/csv; charset=utf-8", … */
struct str export_type(enum export_format format);
/* The header line alone: a sample file for people. */
void export_sample(struct buf *buf, const struct register_type *type, unsigned classes,
                   char separator);
