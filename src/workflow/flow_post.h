/*
 * Posts: what a flow has for another one, or somebody from outside for any flow.  A post is put in
 * the write of the step that throws it and taken in the write of the step that it causes, so it
 * is delivered once.  The job "workflow.flows" delivers them (conduct_job.h).
 *
 * A message nobody waits for is kept and shown.  One with a key is delivered when a flow begins
 * to wait for it.
 */
#pragma once

#include "core/json.h"
#include "store/store.h"

enum {
    FLOW_POST_PAGE = 50,
};

enum flow_post_kind {
    FLOW_POST_MESSAGE, /* name and tag: for one that waits, for flow when that is given */
    FLOW_POST_SIGNAL,  /* for all that wait */
    FLOW_POST_BEGIN,   /* of the process name; flow is the number it gets, sender calls it */
    FLOW_POST_DONE,    /* the flow that wait of flow called has ended, with body */
    FLOW_POST_ERROR,   /* with the error name */
    FLOW_POST_BROKEN,  /* it cannot be done: name says why */
    FLOW_POST_CANCEL,  /* nobody waits for flow any more */
    FLOW_POST_GO,      /* what flow asks of the engine itself was not done in its last write */
};

struct flow_post {
    int64_t id;
    enum flow_post_kind kind;
    bool is_kept; /* nobody waited for it */
    struct str name, tag;
    int64_t flow; /* 0: whoever waits */
    int wait;
    int64_t sender; /* the flow that threw it; 0: somebody from outside */
    int64_t actor;
    int64_t put_at;
    struct str body;   /* JSON, an object; may be empty */
    struct str reason; /* why it is kept */
};

extern const char *const flow_post_kinds[]; /* by enum flow_post_kind: "message", … */

/* In a write. id 0: a new one. */
MUST_CHECK bool flow_post_put(struct tx *tx, struct flow_post *post, struct err *err);
/* ERR_ABSENT. */
MUST_CHECK bool flow_post_get(struct tx *tx, struct arena *arena, int64_t id,
                              struct flow_post *post, struct err *err);
/* Those to be delivered, the oldest before. */
MUST_CHECK bool flow_post_list(struct tx *tx, struct arena *arena, int limit,
                               struct flow_post **posts, size_t *count, struct err *err);
/* Messages nobody waited for, the newest before, at most FLOW_POST_PAGE of them; after: the last
 * one seen, 0: none. */
MUST_CHECK bool flow_post_list_kept(struct tx *tx, struct arena *arena, int64_t after,
                                    struct flow_post **posts, size_t *count, struct err *err);
/* It is delivered, or of no use. *was_there: nobody else took it. */
MUST_CHECK bool flow_post_take(struct tx *tx, int64_t id, bool *was_there, struct err *err);
MUST_CHECK bool flow_post_keep(struct tx *tx, int64_t id, struct str reason, struct err *err);
/* A message nobody was found for: kept, unless a flow has begun to wait for it meanwhile. */
MUST_CHECK bool flow_post_keep_unheard(struct tx *tx, int64_t id, struct str reason, bool *is_kept,
                                       struct err *err);
/* Kept ones with that name and tag are to be delivered again; *count: how many. */
MUST_CHECK bool flow_post_revive(struct tx *tx, struct str name, struct str tag, int64_t *count,
                                 struct err *err);
