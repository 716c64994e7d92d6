/*
 * What is kept of a municipality, one step after another:
 *
 *     tenants/NAME/steps/GGGGGGGG-NNNNNNNN.base   the whole database at a moment
 *     tenants/NAME/steps/GGGGGGGG-NNNNNNNN.wal    what was committed since the step before
 *     tenants/NAME/files/aa/SHA256                attachments, each once
 *     node/…                                      the same of the node's own database
 *     node/extra/GGGGGGGG                         the node's key and packs
 *
 * A generation (G) is a base with the steps behind it, whose numbers (N) follow one another.
 * Each is a crate; a step comes after the files that it lists.
 */
#pragma once

#include "backup/crate.h"
#include "backup/place.h"
#include "store/store.h"

enum {
    STEP_DIGEST = 32, /* bytes of a listed file's SHA-256 */
};

struct step {
    int64_t generation;
    int64_t number;
    bool is_base;
    int64_t size;
};

struct step_list {
    struct step *items; /* in their order */
    size_t count;
};

/* The head of a step's crate. */
struct step_head {
    struct step step;
    struct store_tenant tenant; /* id 0: the node */
    struct str chain;           /* drawn for each generation: its steps belong together */
    struct store_head head;     /* of the journal at its end */
    int64_t at;
    int64_t page_size, pages;  /* of a base */
    int64_t files;             /* listed */
    struct str key, signature; /* of the node, over step_signed */
};

/* "tenants/NAME", "node" for the empty name. */
struct str step_home(struct arena *arena, struct str tenant);
struct str step_path(struct arena *arena, struct str home, const struct step *step);
struct str step_file_path(struct arena *arena, struct str home, struct str digest);
MUST_CHECK bool step_find(const struct place *place, struct arena *arena, struct str home,
                          struct step_list *list, struct err *err);
/* The digests of the files that a step lists; of a bucket no more is fetched than that. */
MUST_CHECK bool step_list_files(const struct place *place, struct arena *arena, struct str path,
                                struct str *list, struct err *err);
struct str step_print(struct arena *arena, const struct step_head *head);
/* ERR_BROKEN when it is not the head of that step. */
MUST_CHECK bool step_parse(struct arena *arena, const struct json *json, const struct step *step,
                           struct step_head *head, struct err *err);
/* The text whose signature stands in the head. */
struct str step_signed(struct arena *arena, const struct step_head *head);
