/* What is wrong with a value: a bounded list, for forms, imports and API answers. */
#pragma once

#include "core/str.h"

enum {
    FLAWS_MAX = 100, /* never more are kept */
};

struct arena;

/* One thing that is wrong. */
struct flaw {
    struct str path;   /* JSON Pointer into the value: "/area" */
    const char *id;    /* "required", "format", …: the keyword; also "type" */
    struct str detail; /* the limit or the format's name: "11 digits", "inn", "100" */
    struct flaw *next;
};

struct flaws {
    struct flaw *first;
    struct flaw *last;
    size_t count;
};

/* Path and detail are borrowed. */
void flaws_add(struct flaws *flaws, struct arena *arena, struct str path, const char *id,
               struct str detail);
