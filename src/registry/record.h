/*
 * Records: read, and changed in two steps.  record_prepare does all that can be done
 * outside the writer (schema, code lists, slots, title, words, canonical body, salt and
 * digest); record_apply does the rest inside a write transaction and is exact: versions,
 * references, the natural key, history, journal, search, totals, map.
 *
 * A version is the journal number of the entry that wrote the slice; it is the ETag.
 * Registers that are not temporal have one slice, with valid_from RECORD_ALWAYS.
 */
#pragma once

#include "auth/session.h"
#include "registry/registry.h"
#include "store/search.h"

#define RECORD_ALWAYS  INT64_C(-1000000) /* valid_from of records without validity dates */
#define RECORD_FOREVER INT64_C(4000000)  /* valid_to: no end (beyond year 9999) */

enum {
    RECORD_BODY_MAX = 512 * 1024,
};

struct record {
    int64_t no; /* its register's number */
    int64_t id;
    int64_t version;
    int64_t valid_from;
    int64_t valid_to;
    int64_t changed_at;
    int64_t import;
    struct str title;
    struct str body; /* canonical JSON */
};

/* The slice valid on that day (any day when the register is not temporal). ERR_ABSENT. */
MUST_CHECK bool record_get(const struct registry *registry, int64_t no, int64_t id,
                           int64_t valid_on, struct record *record, struct err *err);
/* All slices believed now, by valid_from. */
MUST_CHECK bool record_slices(const struct registry *registry, int64_t no, int64_t id,
                              struct record **records, size_t *count, struct err *err);
/* The two time axes: on which day it held, after which journal entry it was believed. */
struct record_when {
    int64_t valid_on;
    int64_t known_at;
};
MUST_CHECK bool record_get_known(const struct registry *registry, int64_t no, int64_t id,
                                 struct record_when when, struct record *record, struct err *err);
/* By natural key (utf8_key'd text as in t1). *id 0 when there is none. */
MUST_CHECK bool record_find_key(struct tx *tx, struct arena *arena, int64_t no, struct str key,
                                int64_t *id, struct err *err);

enum record_act {
    RECORD_CREATE,
    RECORD_CHANGE,
    RECORD_DELETE,
};

enum {
    RECORD_SLOTS = QUERY_ID, /* t1 … m8 */
};

struct record_ref {
    int64_t no;
    int64_t id;
    struct str field;
    const struct register_type *type;
    int64_t publisher; /* of a record that is none of ours (borrowed.h), with the next two */
    int64_t edition;
    struct str title;
};

/* A change on its way.  Filled by record_prepare from the first block. */
struct record_draft {
    enum record_act act;
    const struct register_type *type;
    const struct json *value; /* the whole record's data; NULL for RECORD_DELETE */
    int64_t id;               /* 0 with RECORD_CREATE: a new one */
    int64_t valid_from;       /* RECORD_ALWAYS unless temporal */
    int64_t valid_to;
    const struct record *old; /* the slice as the caller saw it; NULL with RECORD_CREATE */
    int64_t import;           /* the import that does it, 0 */
    int64_t cause;            /* what else does it, for the journal: a flow; 0 */
    int64_t now;              /* when it is asked for: new ids, codes that are in use */
    bool is_upkeep;           /* the system's own: what was valid once is not looked at again */
    bool is_beside;           /* own values beside a published record (beside.h): a part of one */
    bool is_copy; /* of a record of another node, checked and titled there: title is given */

    int64_t no;
    struct str body;
    struct str title;
    struct store_arg slots[RECORD_SLOTS];
    bool has_box, had_box;
    int64_t box[4]; /* x1, y1, x2, y2 in 1e-7 degrees */
    int64_t old_box[4];
    struct arena *arena;
    const struct catalog *catalog;
    struct record_ref *refs;
    size_t ref_count;
    struct search_entry words, old_words;
    struct str salt;
    struct str digest;
    bool is_same; /* body and dates equal old: record_apply does nothing */

    int64_t words_to; /* set by record_apply, as is_rebuilt: see its invariants 7 and 8 */
    bool is_rebuilt;
    int64_t published_seq; /* likewise, with published_no: invariant 9 */
    int64_t published_no;
    int64_t version; /* likewise */
    bool has_job;    /* likewise: it put a job, so worker_wake after the commit */
};

/*
 * read: an open read transaction of the tenant (titles of references are looked up).
 * False with flaws (flaws->count > 0, err ERR_INPUT) or another error.
 */
MUST_CHECK bool record_prepare(struct tx *read, struct arena *arena, const struct catalog *catalog,
                               struct record_draft *draft, struct flaws *flaws, struct err *err);
/* In a write. ERR_CONFLICT: changed meanwhile, key taken, or still referenced. */
MUST_CHECK bool record_apply(struct tx *tx, struct record_draft *draft, int64_t actor, int64_t now,
                             struct err *err);

/* Whether the actor's classes allow all fields; if not, record_redact makes the body to send. */
bool record_is_open(const struct register_type *type, unsigned classes);
void record_redact(struct buf *buf, struct arena *arena, const struct register_type *type,
                   unsigned classes, struct str body);
/* Whether they may search it: being found by a field one may not see would betray it. */
bool record_is_searchable(const struct register_type *type, unsigned classes);
