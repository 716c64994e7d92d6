/* Building the JSON a page is made from: short words for its few shapes. */
#pragma once

#include "web/page.h"

static inline struct json *view_new(struct request *request)
{
    return json_new(request->arena, JSON_OBJECT);
}

/* These are here so that the length of a literal name is known when it is compiled. */
static inline void view_text(struct request *request, struct json *object, const char *name,
                             struct str text)
{
    json_set_text(request->arena, object, str_from_z(name), text);
}

static inline void view_bool(struct request *request, struct json *object, const char *name,
                             bool value)
{
    json_set_bool(request->arena, object, str_from_z(name), value);
}

static inline void view_int(struct request *request, struct json *object, const char *name,
                            int64_t value)
{
    json_set_int(request->arena, object, str_from_z(name), value);
}

/* null: templates look outward for what is missing, so what is not there is said. */
static inline void view_none(struct request *request, struct json *object, const char *name)
{
    json_set(object, str_from_z(name), json_new(request->arena, JSON_NULL));
}

/* The text, or null when it is empty. */
static inline void view_maybe(struct request *request, struct json *object, const char *name,
                              struct str text)
{
    if (text.len > 0)
        view_text(request, object, name, text);
    else
        view_none(request, object, name);
}

static inline struct json *view_list(struct request *request, struct json *object, const char *name)
{
    return json_set(object, str_from_z(name), json_new(request->arena, JSON_ARRAY));
}

static inline struct json *view_object(struct request *request, struct json *object,
                                       const char *name)
{
    return json_set(object, str_from_z(name), json_new(request->arena, JSON_OBJECT));
}

/* A new object at the end of a list. */
static inline struct json *view_push(struct request *request, struct json *list)
{
    return json_push(list, json_new(request->arena, JSON_OBJECT));
}

/* {text, href, kind} of a button that is a link. kind: main, plain, danger. */
void view_action(struct request *request, struct json *list, struct str text, struct str href,
                 const char *kind);
/* A whole number as people of that language write it. */
struct str view_number(struct request *request, int64_t number);
struct str view_moment(struct request *request, int64_t at);
struct str view_day(struct request *request, int64_t day);
/* "1 284", or "over 10 000" when the count stopped at its bound. */
struct str view_count(struct request *request, int64_t count, bool is_more);
