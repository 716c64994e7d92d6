/*
 * What the node knows of municipalities without opening them: how much they have, which packs,
 * which version their tables are of (tables gauge and gauge_pack of the node).  It is as old as
 * its moment: noted a minute after changes, when packs are installed, and once a day for those
 * that were changed lately.  For pages and plans of operators; nothing is refused by it.
 */
#pragma once

#include "store/store.h"

struct pack;
struct pack_set;

struct gauge {
    int64_t tenant;
    int64_t rows, disk;       /* records; bytes */
    int64_t waiting, running; /* jobs */
    int64_t tables;
    int64_t at;
};

/* Measures an open one: reads its totals, walks its folder. Not on a loop, not in a write. */
MUST_CHECK bool gauge_measure(struct tenant *tenant, int64_t now, struct gauge *gauge,
                              struct err *err);
/* Measures these and notes it, in one write of the node. */
MUST_CHECK bool gauge_note(struct store *store, struct tenant *const *tenants, size_t count,
                           int64_t now, struct err *err);
/* In the node's write that makes a municipality, behind its row: what is known of a new one. */
MUST_CHECK bool gauge_found(struct tx *tx, struct str name, const struct pack_set *packs,
                            int64_t now, struct err *err);
/* By tenant's number. */
MUST_CHECK bool gauge_list(struct store *store, struct arena *arena, struct gauge **gauges,
                           size_t *count, struct err *err);
/* NULL when it was never measured. */
const struct gauge *gauge_find(const struct gauge *gauges, size_t count, int64_t tenant);

/* Of all, as they were noted last; near: those at 90 % of a limit, or beyond. */
struct gauge_sum {
    int64_t tenants, rows, disk, waiting, near;
};
MUST_CHECK bool gauge_sum(struct store *store, struct gauge_sum *sum, struct err *err);

/* So many have this version of the pack. */
struct gauge_version {
    struct str pack, version, digest;
    int64_t count;
    bool is_behind;
};
/* There is a newer version, or this one has another content by now. newest may be NULL. */
bool gauge_is_behind(const struct pack *newest, struct str version, struct str digest);
/* By pack, then by version, newest first. newest: of model_library_packs. */
MUST_CHECK bool gauge_versions(struct store *store, struct arena *arena,
                               const struct pack_set *newest, struct gauge_version **versions,
                               size_t *count, struct err *err);
/* What one municipality has, by pack; each counts 1, and is_behind is not looked at. */
MUST_CHECK bool gauge_packs(struct store *store, struct arena *arena, int64_t tenant,
                            struct gauge_version **packs, size_t *count, struct err *err);
struct gauge_place {
    struct str name, title, version, digest;
};
struct gauge_ask {
    struct str pack;
    struct str version; /* "": any */
    struct str after;   /* a name: those behind it */
    size_t max;
};
/* Who has the pack, by name. */
MUST_CHECK bool gauge_places(struct store *store, struct arena *arena, const struct gauge_ask *ask,
                             struct gauge_place **places, size_t *count, struct err *err);
