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

/* Newest first; fields outside classes are left out. before 0: from the newest. */
MUST_CHECK bool history_list(struct tx *tx, struct arena *arena, const struct catalog *catalog,
                             const struct register_type *type, int64_t id, unsigned classes,
                             int64_t before, int limit, struct history_version **versions,
                             size_t *count, struct err *err);
