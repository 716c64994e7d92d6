/*
 * One row of a file becomes the change of one record: its cells are read, the record it
 * speaks of is found, what stands there is merged with what the row says, and the change
 * is prepared (record_prepare), ready for the writer.
 *
 * Of two rows of a file that speak of the same record (and, where records have dates, of the
 * same first day) the first counts; the later one is wrong and says which line is meant.
 *
 * A row of a temporal register with a new first day inside a slice ends that slice there:
 * two changes of one record.
 */
#pragma once

#include "registry/import_value.h"

enum import_outcome {
    IMPORT_CREATES,
    IMPORT_CHANGES,
    IMPORT_SAME,
    IMPORT_KEEPS,
    IMPORT_IS_WRONG, /* item->flaws */
    IMPORT_DEFERS,   /* refers to a record of its own register that is not there yet */
    IMPORT_WAITS,    /* what it needs is on its way: prepare again after the commit */
};

enum import_target_kind {
    IMPORT_TO_NOTHING,
    IMPORT_TO_FIELD,
    IMPORT_TO_ID,
    IMPORT_TO_FROM,
    IMPORT_TO_TO,
    IMPORT_TO_LAT,
    IMPORT_TO_LON,
};

struct import_target {
    enum import_target_kind kind;
    const struct register_field *field;
};

/* What all rows of a run share. */
struct import_rows {
    struct import_values values;
    const struct register_type *type;
    const struct import_options *options;
    struct import_target *targets; /* by column */
    size_t target_count;
    struct import_target *constants;
    int64_t no;
    int64_t import;
    bool is_dry;
    bool defers; /* later passes will come */
    bool skips_keyless;
    bool defers_any; /* also for records of other registers */
    bool is_gar;     /* a wrong value that is not required is left out, the row stays */
    bool is_new;     /* the register was empty: nothing is looked up in it */
    int64_t today;
    struct import_seen *seen;    /* of the batches on their way; of all when is_dry */
    struct import_seen *claimed; /* by key, which line of the file speaks of it; or NULL */
    struct import_seen *made;    /* records this run made, when existing ones are kept; or NULL */
};

struct import_item {
    struct source_row row;
    enum import_outcome outcome;
    struct record_draft drafts[2];
    int draft_count;
    struct flaws flaws;
    uint64_t hash;      /* of its natural key, 0: none */
    int64_t at;         /* rows of the source consumed with it */
    uint64_t claims[2]; /* what it speaks of, by key and by id; 0: none */
};

/* "lat" → IMPORT_TO_LAT. False when there is no such target. */
bool import_row_target(const struct register_type *type, struct str name,
                       struct import_target *target);
/* Reads options' targets; ERR_INPUT names one that is not there. */
MUST_CHECK bool import_row_init(struct import_rows *rows, struct arena *arena,
                                const struct catalog *catalog, const struct register_type *type,
                                const struct import_options *options, struct err *err);
void import_row_done(struct import_rows *rows);
/* values.tx is an open read transaction. err only when the run cannot go on. */
MUST_CHECK bool import_row_prepare(struct import_rows *rows, struct arena *arena,
                                   const struct source_row *row, struct import_item *item,
                                   struct err *err);
/* The text of a field's cell in this row, for the report of errors. */
struct str import_row_text(const struct import_rows *rows, struct arena *arena,
                           const struct source_row *row, struct str field);
