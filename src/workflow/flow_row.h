/*
 * Parts of a flow as texts for rows, and back.  Nodes and sequence flows are written by their
 * ids, so that a row does not depend on how a reader numbers them.
 */
#pragma once

#include "workflow/flow.h"

#define FLOW_ROW_NO_TERM                                                                           \
    INT64_MAX /* in the column term: of a task without one, of any other wait */

enum flow_row_kind {
    FLOW_ROW_SCOPE,
    FLOW_ROW_TOKEN,
    FLOW_ROW_RECORD,
};

extern const char *const flow_row_kinds[];  /* "scope", … */
extern const char *const flow_row_waits[];  /* by enum flow_wait_kind: "task", … */
extern const char *const flow_row_states[]; /* by enum flow_state: "running", … */

/* What columns of their own do not say, as JSON. */
struct str flow_row_scope(struct arena *arena, const struct flow_scope *scope);
struct str flow_row_token(struct arena *arena, const struct flow *flow,
                          const struct flow_token *token);
struct str flow_row_record(struct arena *arena, const struct flow_record *record);
struct str flow_row_wait(struct arena *arena, const struct flow_wait *wait);

struct flow_row {
    int no;
    struct str kind;
    struct str node;
    struct str body;
    int64_t due_at; /* of a wait, as name and tag */
    struct str name, tag;
};

/* Rows in the order of their numbers.  ERR_BROKEN: what they say does not fit the model. */
MUST_CHECK bool flow_row_add_part(struct flow *flow, const struct flow_row *row, struct err *err);
MUST_CHECK bool flow_row_add_wait(struct flow *flow, const struct flow_row *row, struct err *err);
/* A value of a scope, after the parts.  Names with # before them are the loop's own. */
MUST_CHECK bool flow_row_add_value(struct flow *flow, int scope, struct str name, struct str value,
                                   struct err *err);
