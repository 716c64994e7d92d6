/*
 * What people see, as files: templates and translations compiled per language, assets
 * with their hashed names.  Read at start from the ui folder; immutable.
 */
#pragma once

#include "core/json.h"
#include "lang/messages.h"
#include "lang/template.h"
#include "registry/model.h"

struct look_asset {
    struct str path; /* "/assets/3f2a/app.css" */
    struct str type;
    struct str bytes, brotli, gzip; /* empty: there is none */
};

struct look {
    const struct template_set *pages[MODEL_LANGUAGES];
    struct messages *messages[MODEL_LANGUAGES];
    struct map assets;     /* path → struct look_asset */
    struct json *examples; /* {"button": […], "error_summary": […]}: of ui/components */
    struct json *manifest; /* {"css": "/assets/…/app.css", …} */
};

/* ui: the folder with pages, components, layout, i18n. assets: what script/assets built. */
MUST_CHECK bool look_load(struct arena *arena, struct str ui, struct str assets, struct look **look,
                          struct err *err);
