/*
 * What the installed packs amount to: register types, roles, code lists' ids, translations
 * of pack texts.  Immutable, made once per set of pack versions and shared by tenants.
 */
#pragma once

#include "core/map.h"
#include "lang/messages.h"
#include "registry/register_type.h"

#include <stdatomic.h>

enum model_language {
    MODEL_RU,
    MODEL_KY,
    MODEL_EN,
    MODEL_LANGUAGES,
};

struct model {
    struct pack_set packs;
    struct register_type **types;
    size_t type_count;
    struct map by_id;                   /* "housing.house" → struct register_type */
    const struct register_type *person; /* the one of persons; NULL: no pack has it */
    const struct register_type *day;    /* the one of days of calendars, likewise */
    struct map calendars;               /* "ru" → struct calendar_file */
    struct policy *policy;
    bool has_services;                          /* some pack offers one (service/service.h) */
    struct map lists;                           /* id → struct catalog_list */
    atomic_bool *are_lists_kept;                /* code_keep.h */
    struct map synonyms;                        /* words.h */
    struct messages *messages[MODEL_LANGUAGES]; /* of pack texts; ids are Russian */
};

/* findings may hold warnings even when it succeeds; err sums up what is fatal. */
MUST_CHECK bool model_compile(struct arena *arena, const struct pack_set *packs,
                              struct pack_findings *findings, struct model **model,
                              struct err *err);
const struct register_type *model_type(const struct model *model, struct str id);
enum model_language model_language(struct str code); /* "ky"; anything else: MODEL_RU */
