/* What every page has: town, language, navigation, who is signed in (ui/README.md). */
#pragma once

#include "web/request.h"

/* Completes view.page: what the handler set there (title, crumbs, …) stays. */
void page_fill(struct request *request, struct json *view);
/* The view of ui/pages/error.html. */
void page_fill_error(struct request *request, struct json *view, int status, struct str title,
                     struct str detail);
/* The same without ways on: text says what people can do. */
void page_fill_closed(struct request *request, struct json *view, struct str title,
                      struct str text);
/* view.page, made when it is not there. */
struct json *page_of(struct request *request, struct json *view);
void page_title(struct request *request, struct json *view, struct str title);
void page_crumb(struct request *request, struct json *view, struct str title, struct str path);
/* An address in this tenant: base + path. */
struct str page_href(const struct request *request, const char *format, ...) PRINTF(2);
/* The list of a register with a search. */
struct str page_query_href(const struct request *request, struct str type, struct str words);
/* Has a role beyond those of guests and residents. */
bool page_is_staff(const struct request *request);
bool page_may_import(const struct request *request);
