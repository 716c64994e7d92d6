/*
 * Records of those above that this municipality's own records name.
 *
 * A reference holds an id like any other.  When no own record has it, it is looked for in the
 * edition that the municipality reads by subscription, as it is entered; what was found is kept
 * in a row of the table borrowed: whose the record is, and its title.  So lists, titles and "who
 * refers to this" need nothing but the municipality's own tables.  After a new edition the
 * publisher's job puts "registry.borrowed" into those below that hold such rows, which renews
 * the titles, and the titles of what is named after them (record_retitle.h).
 *
 * A row whose record left the edition stays, marked: what was valid once is not judged again.
 * Decision 0026.
 */
#pragma once

#include "registry/subscription.h"

struct worker_kind;
struct worker_task;

struct borrowed {
    int64_t publisher; /* 0: nothing is borrowed under that id */
    int64_t edition;
    struct str title;
    bool is_gone; /* not in the edition any more */
};

MUST_CHECK bool borrowed_find(struct tx *tx, struct arena *arena, int64_t no, int64_t id,
                              struct borrowed *borrowed, struct err *err);
/*
 * record_prepare's: whose the records are that new references of the draft lead to, when they are
 * none of ours.  old: the value before, or NULL.  On a loop it ends as if the time were up.
 */
MUST_CHECK bool borrowed_check(const struct registry *registry, struct record_draft *draft,
                               const struct json *old, struct flaws *flaws, struct err *err);
/* record_apply's: writes down what borrowed_check found. */
MUST_CHECK bool borrowed_keep(struct tx *tx, const struct record_draft *draft, struct err *err);
/* In a write: that record of a subscription is borrowed from now on. */
MUST_CHECK bool borrowed_put(struct tx *tx, int64_t no, int64_t id, const struct borrowed *borrowed,
                             struct err *err);

/* Of the publisher's job: has those below who borrow of that register renew their titles. */
MUST_CHECK bool borrowed_tell(struct worker_task *task, const struct register_type *type,
                              bool *is_stopping, struct err *err);
/* The job "registry.borrowed" of a municipality below; its context is the struct model_library. */
extern const struct worker_kind borrowed_kind;
