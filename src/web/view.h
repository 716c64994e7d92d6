/* Building the JSON a page is made from: short words for its few shapes. */
#pragma once

#include "web/page.h"

struct json *view_new(struct request *request);
void view_text(struct request *request, struct json *object, const char *name, struct str text);
void view_bool(struct request *request, struct json *object, const char *name, bool value);
void view_int(struct request *request, struct json *object, const char *name, int64_t value);
/* null: templates look outward for what is missing, so what is not there is said. */
void view_none(struct request *request, struct json *object, const char *name);
/* The text, or null when it is empty. */
void view_maybe(struct request *request, struct json *object, const char *name, struct str text);
struct json *view_list(struct request *request, struct json *object, const char *name);
struct json *view_object(struct request *request, struct json *object, const char *name);
/* A new object at the end of a list. */
struct json *view_push(struct request *request, struct json *list);
/* {text, href, kind} of a button that is a link. kind: main, plain, danger. */
void view_action(struct request *request, struct json *list, struct str text, struct str href,
                 const char *kind);
/* A whole number as people of that language write it. */
struct str view_number(struct request *request, int64_t number);
struct str view_moment(struct request *request, int64_t at);
struct str view_day(struct request *request, int64_t day);
/* "1 284", or "over 10 000" when the count stopped at its bound. */
struct str view_count(struct request *request, int64_t count, bool is_more);
