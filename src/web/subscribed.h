/* What pages and the API have in common when they read a register by subscription. */
#pragma once

#include "registry/beside.h"
#include "web/display.h"
#include "web/route.h"

enum {
    SUBSCRIBED_TARGETS_MAX = 8, /* registers whose records are named on one page */
};

struct subscribed_beside {
    struct str register_id;
    struct subscription subscription;
    bool is_open;
};

struct subscribed {
    struct subscription subscription;
    struct subscribed_beside targets[SUBSCRIBED_TARGETS_MAX]; /* what its records refer to */
    size_t target_count;
    struct map names;                /* id → struct str: titles of those */
    const struct register_type *own; /* the same register in our own packs: rights and titles */
    unsigned classes;
};

/* The register of parts[0]; closed by subscribed_close. */
MUST_CHECK bool subscribed_open(struct request *request, struct subscribed *subscribed,
                                struct err *err);
/* The register of our packs of that type, which may be read with these classes. */
MUST_CHECK bool subscribed_open_type(struct request *request, const struct register_type *own,
                                     unsigned classes, struct subscribed *subscribed,
                                     struct err *err);
void subscribed_close(struct subscribed *subscribed);
struct subscription_by subscribed_by(const struct request *request);
/* A field whose records the same publisher publishes too. */
bool subscribed_has_target(struct subscribed *subscribed, const struct register_field *field);
/*
 * Where the records are that a reference may lead to, if this person may read and search such;
 * NULL: there are none. Held by subscribed.
 */
struct subscription *subscribed_target(const struct request *request, struct subscribed *subscribed,
                                       const struct register_field *field);
/* ERR_INPUT: a reference in value (own field names) leads to nothing that is published. */
MUST_CHECK bool subscribed_check_refs(struct request *request, struct subscribed *subscribed,
                                      const struct json *value, struct err *err);
/* A field of ours as the published record has it: references by their name there. */
MUST_CHECK bool subscribed_field(struct display *display, struct subscribed *subscribed,
                                 const struct register_field *field, const struct json *value,
                                 struct display_value *shown, struct err *err);
struct str subscribed_title(const struct request *request, const struct record *record);

/* One record, with what the municipality says of it itself. */
struct subscribed_record {
    struct subscribed subscribed;
    struct tx *tx; /* our own */
    int64_t id;
    bool is_gone;           /* only our own values are left */
    struct record record;   /* as published */
    struct json *published; /* NULL when it is gone */
    struct record own;      /* version 0: nothing is said */
    struct json *own_value; /* NULL then */
};
/* Of parts 0 and 1. ERR_ABSENT when it is neither in the edition nor spoken of. */
MUST_CHECK bool subscribed_find(struct request *request, struct subscribed_record *found,
                                struct err *err);
void subscribed_close_record(struct subscribed_record *found);
/* What own values beside it need to know of it. */
struct borrowed subscribed_borrowed(const struct subscribed_record *found);

/* Reads q, sort, limit, cursor and filters of the query. */
MUST_CHECK bool subscribed_ask(struct request *request, const struct subscribed *subscribed,
                               int limit, struct record_ask *ask, struct err *err);
