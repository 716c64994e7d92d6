/* What was believed when: the versions of a record with their differences. */
#pragma once

#include "registry/record.h"

struct history_change {
    const struct register_field *field; /* NULL: the validity dates */
    const struct json *was;             /* NULL: nothing */
    const struct json *is;
};

struct history_version {
    int64_t version; /* journal number */
    int64_t at;
    int64_t actor;
    struct str actor_name;
    struct str action; /* create, change, delete, erase */
    int64_t import;    /* 0: by hand */
    int64_t valid_from, valid_to;
    struct history_change *changes;
    size_t change_count;
};

struct history_ask {
    const struct register_type *type;
    int64_t id;
    unsigned classes; /* fields outside them are left out */
    int64_t before;   /* this version; 0: from the newest */
    int limit;
    bool is_beside; /* of own values beside a published record (beside.h) */
};

/*
 * Newest first.  For who reaches a part of the register only (record_reach.h): ERR_ABSENT or
 * ERR_DENIED when it is none of theirs, and no changes of versions that were not.
 */
MUST_CHECK bool history_list(const struct registry *registry, const struct history_ask *ask,
                             struct history_version **versions, size_t *count, struct err *err);
/* When and by whom a record that is not there any more was deleted; at 0: it is, or never
 * was, or the reader reaches a part of the register only. */
struct history_deletion {
    int64_t at;
    struct str actor_name;
};
MUST_CHECK bool history_find_deletion(const struct registry *registry,
                                      const struct register_type *type, int64_t id,
                                      struct history_deletion *deletion, struct err *err);
struct history_erasure {
    int64_t no, id;
    int64_t actor;     /* 0: the command line */
    struct str reason; /* why the law asks for it: stays in the journal, so without names */
};
/*
 * Legal erasure: destroys what is kept of a deleted record, body, title and salt of each of
 * its versions.  That they were, when and by whom stays, and the journal's chain holds.
 * ERR_CONFLICT: the record is not deleted; ERR_INPUT: no reason, of 3 to 500 letters.  Backups
 * are not touched; files are the caller's (attachment_erase).
 */
MUST_CHECK bool history_erase(const struct registry *registry,
                              const struct history_erasure *erasure, int64_t *erased,
                              struct err *err);
