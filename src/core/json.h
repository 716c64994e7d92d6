/*
 * JSON (RFC 8259), strictly: UTF-8 only, no duplicate member names, no NUL in text,
 * one value and nothing behind it.
 *
 * Numbers are kept as they were written, so a decimal fraction never passes through
 * a double.  The canonical form is what registers store: members sorted bytewise by
 * name, no white space, numbers as the shortest plain decimal (no exponent, no
 * trailing zeros; 34 digits at most), only the escapes RFC 8259 demands.  Equal
 * values have equal bytes.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

/* 64 bytes: pages are trees of thousands of these. */
struct json {
    enum json_kind kind;
    uint32_t count;     /* items or members */
    struct str text;    /* a string's text, unescaped; a number as written */
    struct str name;    /* when a member of an object */
    struct json *first; /* items, or members in their order */
    struct json *last;
    struct json *next; /* sibling */
};

struct json_limits {
    size_t bytes;  /* 0: 1 MiB */
    int depth;     /* 0: 64 */
    size_t values; /* 0: 200,000 */
};

/* The tree borrows from text where nothing was escaped.  err names line and column. */
MUST_CHECK bool json_parse(struct arena *arena, struct str text, const struct json_limits *limits,
                           struct json **json, struct err *err);

/* NULL when absent, or when json is not an object (or NULL). */
struct json *json_find(const struct json *json, struct str name);
/* By path "a.b.0.c"; NULL when absent. */
struct json *json_at(const struct json *json, struct str path);

/* The value's text, or an empty one when it is absent or not a string. */
struct str json_text(const struct json *json);
struct str json_find_text(const struct json *json, struct str name);
/* True and *value when json is a whole number within int64. */
bool json_int(const struct json *json, int64_t *value);
int64_t json_find_int(const struct json *json, struct str name, int64_t otherwise);
bool json_is_true(const struct json *json);
/* Same kind and value; member order does not matter, 1.0 equals 1. */
bool json_equal(const struct json *a, const struct json *b);

/* Building: new values in an arena. */
struct json *json_new(struct arena *arena, enum json_kind kind);
struct json *json_new_text(struct arena *arena, struct str text);
struct json *json_new_int(struct arena *arena, int64_t value);
struct json *json_new_bool(struct arena *arena, bool value);
struct json *json_copy(struct arena *arena, const struct json *json);
/* Appends a value to an array; returns it. */
struct json *json_push(struct json *array, struct json *value);
/* Sets a member, replacing one of that name in place; returns value. The name is borrowed. */
struct json *json_set(struct json *object, struct str name, struct json *value);
void json_drop(struct json *object, struct str name);
/* Shorthands: set a new member of that kind. */
void json_set_text(struct arena *arena, struct json *object, struct str name, struct str text);
void json_set_int(struct arena *arena, struct json *object, struct str name, int64_t value);
void json_set_bool(struct arena *arena, struct json *object, struct str name, bool value);

/* RFC 7386 JSON Merge Patch: target (may be NULL) changed by patch, as a new tree. */
struct json *json_merge(struct arena *arena, const struct json *target, const struct json *patch);

/* Printing.  json_write keeps the member order; json_canonical sorts. */
void json_write(struct buf *buf, const struct json *json);
void json_canonical(struct buf *buf, const struct json *json);
/* A quoted, escaped string. Safe inside an HTML script element: < is \u003c. */
void json_write_text(struct buf *buf, struct str text);
