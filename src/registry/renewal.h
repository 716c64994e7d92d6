/* What an upgrade of a pack would change for those who work with it: shown before it is done. */
#pragma once

#include "core/err.h"
#include "pack/pack.h"

enum {
    RENEWAL_MAX = 500, /* changes that are told one by one */
};

struct renewal_change {
    enum renewal_kind {
        RENEWAL_REGISTER,
        RENEWAL_FIELD,
        RENEWAL_LIST,
        RENEWAL_CODE,
        RENEWAL_ROLE,
        RENEWAL_FILE, /* anything else */
        RENEWAL_KINDS,
    } kind;
    enum renewal_act {
        RENEWAL_NEW,
        RENEWAL_OTHER, /* the same, made otherwise */
        RENEWAL_GONE,
        RENEWAL_ACTS,
    } act;
    struct str place; /* the register or list that a field or code is of, by its id */
    struct str id;    /* "housing.house", "wall", a role, a path */
    struct str title; /* a text of the pack; empty: there is none */
    struct str was;   /* its title before, when that is another */
};

struct renewal {
    struct renewal_change *changes;
    size_t count;
    bool has_more; /* than RENEWAL_MAX */
};

/* From one version of a pack to another. ERR_INPUT: a file of it cannot be read. */
MUST_CHECK bool renewal_compare(struct arena *arena, const struct pack *was, const struct pack *is,
                                struct renewal *renewal, struct err *err);
