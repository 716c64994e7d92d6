/* What the pages of one import share: finding it, its steps, its mistakes. */
#pragma once

#include "registry/import.h"
#include "web/view.h"

struct import_view {
    struct request *request;
    struct tx *tx;
    struct import import;
    const struct register_type *type;
    unsigned classes; /* the actor may import into */
};

enum import_view_step {
    IMPORT_VIEW_FILE,
    IMPORT_VIEW_COLUMNS,
    IMPORT_VIEW_CHECK,
    IMPORT_VIEW_RUN,
};

/* The import of the address; ERR_ABSENT also when this person may not import there. */
MUST_CHECK bool import_view_find(struct request *request, struct import_view *view,
                                 struct err *err);
/* "/imports/7" and what follows; an address of this municipality, or the path alone. */
struct str import_view_href(const struct import_view *view, const char *below);
struct str import_view_path(const struct import_view *view, const char *below);
void import_view_begin(struct import_view *view, struct json *page, struct str title);
void import_view_steps(struct request *request, struct json *page, enum import_view_step current,
                       struct str columns_href);
void import_view_count(struct request *request, struct json *page, struct str label, int64_t value,
                       bool is_bad);
/* The first mistakes, and where all of them are. */
MUST_CHECK bool import_view_problems(struct import_view *view, struct json *page, struct err *err);
struct str import_view_problem(struct import_view *view, const struct import_error *error);
/* {kind, text} of a status. */
const char *import_view_tag(enum import_status status);
struct str import_view_status(struct request *request, enum import_status status);
