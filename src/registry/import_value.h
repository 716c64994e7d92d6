/*
 * Cells of files become values of fields: numbers and days as people write them, yes and
 * no, codes by code or title, references by natural key or id, GeoJSON.
 */
#pragma once

#include "registry/import_seen.h"
#include "registry/source.h"

struct import_values {
    struct tx *tx; /* reads */
    bool is_exact; /* an export of ours: texts keep the blanks at their ends */
    const struct catalog *catalog;
    struct arena *arena; /* of the maps: the run's */
    struct map empties;  /* folded texts that mean nothing */
    struct map titles;   /* list id → struct map: folded title → struct catalog_code */
    struct map refs;     /* register and key → found */
    struct arena *ref_arena;
    const struct import_seen *seen; /* records on their way */
};

enum import_verdict {
    IMPORT_VALUE,  /* *value is set, NULL: empty */
    IMPORT_WRONG,  /* *flaw and *detail are set */
    IMPORT_ABSENT, /* a reference to a record that is not there (yet) */
    IMPORT_WAIT,   /* the record it refers to is on its way: ask again after the commit */
};

void import_value_init(struct import_values *values, struct arena *arena,
                       const struct catalog *catalog, const struct import_options *options);
void import_value_done(struct import_values *values);
/* Is this text one of those that mean nothing? */
bool import_value_is_empty(const struct import_values *values, struct arena *arena,
                           struct str text);
struct import_reading {
    struct import_values *values;
    struct arena *arena; /* for the value */
    const struct register_field *field;
    enum import_verdict verdict;
    struct json *value;
    struct flaw flaw;
    bool is_on_its_way; /* the record that was found is not committed yet */
};
/* err only when the database fails: wrong values are verdicts. */
MUST_CHECK bool import_value_read(struct import_reading *reading, const struct source_cell *cell,
                                  struct err *err);
/* The record a natural key (its parts joined with '|') names; *id 0 when there is none. */
MUST_CHECK bool import_value_find(struct import_reading *reading, const struct register_type *type,
                                  struct str key, int64_t *id, struct err *err);
