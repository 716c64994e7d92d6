/*
 * Bringing a municipality back from a place into a new folder: data.db and files/, as they are
 * in a data directory.  Nothing that is there is touched; when it fails the folder is gone.
 */
#pragma once

#include "backup/step.h"

struct bring {
    const struct place *place;
    struct seal *seal; /* NULL: none */
    struct str tenant; /* its name there; empty: the node's own database */
    struct str folder; /* to be made; its parent is there */
    struct str file;   /* "data.db" */
    int64_t until;     /* a number of the journal; 0: to the end */
    int64_t until_at;  /* or a moment (ms); 0: none */
    /* Tells of work that may be long; false to stop. May be NULL. */
    bool (*progress)(void *data, int64_t done, int64_t total);
    void *data;
};

struct bring_result {
    struct step_head last;  /* the last step that was used */
    struct store_head head; /* of the journal that was brought back */
    int64_t steps;
    int64_t files;
};

MUST_CHECK bool bring_run(const struct bring *bring, struct arena *arena,
                          struct bring_result *result, struct err *err);
/* The node's packs, and its key when it is there, into the data directory. */
MUST_CHECK bool bring_extra(const struct bring *bring, struct arena *arena, struct err *err);
/* The municipalities that the place has, sorted. */
MUST_CHECK bool bring_list(const struct place *place, struct arena *arena, struct str **names,
                           size_t *count, struct err *err);
/* The label of a step, checked against its name. */
MUST_CHECK bool bring_head(const struct place *place, struct arena *arena, struct str home,
                           const struct step *step, struct step_head *head, struct err *err);
