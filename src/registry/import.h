/*
 * Imports: files of records into a register.
 *
 * An import is a row of its own from the upload on: the file is kept under its digest,
 * columns are mapped to fields (and the mapping remembered for the next such file), then a
 * job checks the whole file without writing (a dry run), then a job runs it, and another
 * may undo it.  One bad row never stops the others.  Records are matched by the column
 * "id" where there is one, then by the natural key; fields no column is mapped to stay.
 * Runs: import_run.h.  Values of cells: import_value.h.  ГАР: gar.h.
 */
#pragma once

#include "queue/worker.h"
#include "registry/record.h"

enum import_format {
    IMPORT_CSV,
    IMPORT_NDJSON,
    IMPORT_GEOJSON,
    IMPORT_GAR,
    IMPORT_CALENDAR, /* of one year, in the XML of xmlcalendar.ru */
};

enum import_status {
    IMPORT_NEW,      /* uploaded; columns may be mapped */
    IMPORT_CHECKING, /* a dry run is on its way (job) */
    IMPORT_CHECKED,
    IMPORT_RUNNING,
    IMPORT_DONE,
    IMPORT_STOPPED, /* by a person; what was written stays, and can be undone */
    IMPORT_FAILED,
    IMPORT_UNDOING,
    IMPORT_UNDONE,
};

enum {
    IMPORT_ERRORS_MAX = 1000, /* kept; further ones are counted */
    IMPORT_SAMPLES = 20,      /* rows of a preview */
};

struct import_column {
    struct str title;  /* as the file has it */
    struct str target; /* a field, "id", "valid_from", "valid_to", "lat", "lon"; "": ignored */
};

struct import_constant {
    struct str field;
    struct str text; /* as in a cell */
};
struct import_options {
    char separator; /* CSV */
    bool is_cp1251;
    struct import_column *columns;
    size_t column_count;
    struct import_constant *constants; /* for every row */
    size_t constant_count;
    struct str *empties; /* texts that mean an empty cell, compared folded */
    size_t empty_count;
    bool keeps_existing; /* records that exist are left as they are */
    int64_t valid_from;  /* of rows that do not say; RECORD_ALWAYS: the present slice changes */
    unsigned classes;    /* field classes the actor may change */
    struct str *places;  /* ГАР: ОКТМО prefixes or object numbers; none: everything */
    size_t place_count;
};

struct import_counts {
    bool is_dry; /* of a check: nothing was written */
    int64_t rows;
    int64_t created, changed, same, kept; /* kept: existed, and keeps_existing */
    int64_t wrong;                        /* rows left out; see import_errors */
    int64_t errors;                       /* single faults found, kept or only counted */
    int64_t undone, undo_kept;            /* records put back; those left as they are */
};

struct import {
    int64_t id;
    int64_t job; /* the last one, 0 */
    int64_t no;  /* the register's number */
    enum import_format format;
    enum import_status status;
    struct str name;   /* of the file, as uploaded */
    struct str digest; /* its name in the tenant's folder */
    int64_t size;
    int64_t created_at, actor, undone_at;
    struct import_options options;
    struct import_counts counts;
};

/* As kept in the database and sent by the API. */
struct str import_status_word(enum import_status status);
struct str import_format_word(enum import_format format);

struct import_upload {
    int fd;           /* a file, from offset 0; -1: … */
    struct str bytes; /* … these bytes */
    struct str name;
    bool is_ndjson; /* whoever sent it said so; else its bytes tell what it is */
};
/* Copies the upload to the tenant's folder, durably, and tells what it is: format, digest,
 * size, name, separator, encoding.  ERR_INPUT: none we read.  On failure nothing is left. */
MUST_CHECK bool import_keep(struct tenant *tenant, struct arena *arena,
                            const struct import_upload *upload, struct import *import,
                            struct err *err);
/* Puts the row (status new); sets import->id. no, actor, created_at and options are set. */
MUST_CHECK bool import_put(struct tx *tx, struct import *import, struct err *err);

struct import_preview {
    struct import_column *columns; /* titles, and the targets remembered or guessed */
    size_t column_count;
    bool is_remembered;
    struct import_options options; /* with these columns: as remembered, or to begin with */
    struct str *cells;             /* row after row, column_count each */
    size_t row_count;
    const struct register_field **missing; /* required fields that nothing is mapped to */
    size_t missing_count;
};
/* The first rows of an import's file; reads the file, so not on a loop. Not for ГАР. */
MUST_CHECK bool import_look(const struct registry *registry, const struct import *import,
                            struct import_preview *preview, struct err *err);
/* Keeps the options and remembers them for this register and these columns. ERR_INPUT: a
 * target twice or unknown; ERR_DENIED: a field outside options.classes. */
MUST_CHECK bool import_set(const struct registry *registry, struct import *import, struct err *err);

/* Puts the job (worker_wake after the commit), tells the journal. ERR_CONFLICT: it runs, or ran. */
MUST_CHECK bool import_start(const struct registry *registry, int64_t id, bool is_dry,
                             int64_t actor, int64_t *job, struct err *err);
MUST_CHECK bool import_undo_start(const struct registry *registry, int64_t id, int64_t actor,
                                  int64_t *job, struct err *err);
/* After job_stop, in its write: an import whose job had not begun is free again. */
MUST_CHECK bool import_stopped(struct tx *tx, int64_t job, struct err *err);

MUST_CHECK bool import_get(const struct registry *registry, int64_t id, struct import *import,
                           struct err *err);
/* Newest first, of all registers; before 0: from the newest. */
MUST_CHECK bool import_list(const struct registry *registry, int64_t before, int limit,
                            struct import **imports, size_t *count, struct err *err);

struct import_error {
    int64_t line;     /* of the file; of an undo: the record's id */
    struct str field; /* "" when it is the row as a whole */
    struct str id;    /* what kind of fault: "required", "ref", "number", … as flaws have it */
    struct str detail;
    struct str value; /* as the file has it, cut */
};
/* The first ones in the file's order. After an undo: what was kept, and why. */
MUST_CHECK bool import_errors(const struct registry *registry, int64_t id, int limit,
                              struct import_error **errors, size_t *count, struct err *err);

/* The kinds of job: "registry.import", "registry.undo". context: the model library. */
extern const struct worker_kind import_kinds[2];
