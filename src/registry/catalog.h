/*
 * A tenant's own view of the model: numbers of its registers, its code lists, settings.
 * Kept in the tenant's slot TENANT_CATALOG; replaced as a whole when packs, lists or
 * settings change (an old one stays until the tenant is closed: requests may hold it).
 */
#pragma once

#include "lang/feel_run.h"
#include "registry/layout.h"
#include "registry/model_library.h"

struct catalog_code {
    struct str code;
    struct str title[MODEL_LANGUAGES];
    struct str parent;
    int64_t valid_from; /* days; very small, very large: open */
    int64_t valid_to;   /* the first day it is no longer valid */
    int64_t rank;       /* its place in the list */
};

struct catalog_list {
    struct str id;              /* "base.house_type" */
    struct catalog_code *codes; /* in their order */
    size_t count;
    struct map by_code; /* the latest of each code */
};

struct code_lists;

struct catalog {
    const struct model *model;
    struct model_library *library; /* that the model is of */
    int64_t *nos;                  /* by type index: the register's number in this tenant */
    int64_t *publishers;           /* likewise: who publishes it to this tenant, 0: nobody */
    struct layout_state *layouts;  /* by type index: which of its indexes can be used */
    struct map lists; /* id → struct catalog_list; not to be changed: others have it too */
    struct code_lists *shared_lists; /* NULL: lists are the model's */
    struct map settings;             /* name → struct str */
    int utc_offset;                  /* minutes; one of them */
    struct arena *arena;
    uint32_t stamp;   /* of the news before it was read */
    int64_t known_at; /* the journal's last entry when it was read */
    struct catalog *previous;
};

/* From the slot, or read (waits for the disk: not on a loop unless it is there). */
MUST_CHECK bool catalog_get(struct tenant *tenant, struct model_library *library,
                            const struct catalog **catalog, struct err *err);
/* NULL when it is not in memory, or was changed by another server. */
const struct catalog *catalog_ready(const struct tenant *tenant);
/* Reads it anew after a change of packs, lists or settings. */
MUST_CHECK bool catalog_reload(struct tenant *tenant, struct model_library *library,
                               struct err *err);
int64_t catalog_no(const struct catalog *catalog, const struct register_type *type);
/* NULL when the number is unknown. */
const struct register_type *catalog_type(const struct catalog *catalog, int64_t no);
/* The code's title, or the code itself. */
struct str catalog_code_title(const struct catalog *catalog, struct str list, struct str code,
                              enum model_language language);
const struct catalog_code *catalog_code(const struct catalog *catalog, struct str list,
                                        struct str code);
/* Of several with other dates the one that is valid on that day, else the latest. */
const struct catalog_code *catalog_code_on(const struct catalog *catalog, struct str list,
                                           struct str code, int64_t day);
bool catalog_code_is_valid(const struct catalog_code *code, int64_t day);
struct str catalog_setting(const struct catalog *catalog, struct str name);
/*
 * Minutes by which the municipality's clocks are ahead of UTC: its setting utc_offset, else
 * Moscow's.  Neither Russia nor Kyrgyzstan changes its clocks in summer.  catalog may be NULL.
 */
int catalog_utc_offset(const struct catalog *catalog);
/* What rules take for now. */
struct feel_clock catalog_clock(const struct catalog *catalog, int64_t now);
/* The setting's text; false when it is none. */
bool catalog_read_offset(struct str text, int *minutes);
/* The municipality's day at a moment. */
int64_t catalog_day(const struct catalog *catalog, int64_t at);

/* Installing: numbers for new registers, codes that new versions leave out, pack rows, journal. */
MUST_CHECK bool catalog_install(struct tenant *tenant, struct model_library *library,
                                struct pack_ids packs, int64_t actor, int64_t now, struct err *err);
/* The same over a municipality's own version, too, which ERR_CONFLICT keeps else (pack_live.h). */
MUST_CHECK bool catalog_replace(struct tenant *tenant, struct model_library *library,
                                struct pack_ids packs, int64_t actor, int64_t now, struct err *err);
/* The same as the first write of a new tenant, which has no pack yet. */
MUST_CHECK bool catalog_begin(struct tx *tx, const struct model *model, int64_t actor, int64_t now,
                              struct err *err);
/* Rows of code lists that an earlier program wrote and nobody needs go away. */
MUST_CHECK bool catalog_thin(struct tenant *tenant, struct model_library *library, struct err *err);
MUST_CHECK bool catalog_set(struct tx *tx, struct str name, struct str value, int64_t actor,
                            int64_t now, struct err *err);
