/* What the files of the engine do for each other: not for anybody else. */
#pragma once

#include "workflow/flow.h"

/* flow_engine.c: parts come and go, what is noted */
struct flow_scope *flow_scope_add(struct flow *flow, struct flow_scope scope);
struct flow_token *flow_token_add(struct flow *flow, int scope, int node);
struct flow_wait *flow_wait_add(struct flow *flow, struct flow_wait wait);
struct flow_record *flow_record_add(struct flow *flow, struct flow_record record);
void flow_part_drop(struct flow_part *part);
void flow_token_drop(struct flow *flow, struct flow_token *token);
/* It goes on, at its node, after those that are ready already. */
void flow_token_ready(struct flow *flow, struct flow_token *token, int node);
void flow_token_is(struct flow *flow, struct flow_token *token, enum flow_token_state state);
void flow_token_stick(struct flow *flow, struct flow_token *token, const char *format, ...)
    PRINTF(3);
struct flow_mark *flow_mark(struct flow *flow, enum flow_did did, int node, struct str name);
const struct bpmn_node *flow_node(const struct flow *flow, int node);
/* It is one of several instances, not the activity as a whole. */
bool flow_token_is_instance(const struct flow *flow, const struct flow_token *token);
/* The process or sub-process a scope is in, or is. */
struct flow_scope *flow_scope_plain(const struct flow *flow, int scope);

/* flow_value.c */
const struct json *flow_values(struct flow *flow, int scope);
void flow_value_set(struct flow *flow, int scope, struct str name, const struct json *value);
/* The scope's value of that name was set: it will be written. */
void flow_value_note(struct flow *flow, struct flow_scope *scope, struct str name);
/* False: the token is stuck; without a token flow->trouble says why. */
bool flow_compute(struct flow *flow, struct flow_token *token,
                  const struct bpmn_expression *expression, const struct json *values,
                  struct json **result);
bool flow_is_true(struct flow *flow, struct flow_token *token,
                  const struct bpmn_expression *expression, const struct json *values,
                  bool *is_true);
/* What an activity is given: an object; NULL without mappings. */
bool flow_inputs(struct flow *flow, struct flow_token *token, struct json **inputs);
/* What it gave becomes values of scope and around it. */
bool flow_outputs(struct flow *flow, struct flow_token *token, int node, int scope,
                  const struct json *result);

/* flow_scope.c */
struct flow_scope *flow_scope_open(struct flow *flow, int node, struct flow_token *owner,
                                   const struct json *values);
/* Tokens where it begins. */
void flow_scope_begin(struct flow *flow, struct flow_scope *scope, int node);
/* Everything in it goes, and it too. */
void flow_scope_cancel(struct flow *flow, struct flow_scope *scope);
/* Only what is in it, but for one token. */
void flow_scope_empty(struct flow *flow, struct flow_scope *scope, const struct flow_token *but);
/* Waits and scopes of a token go; it stays. */
void flow_token_clear(struct flow *flow, const struct flow_token *token);
/* The token has arrived: its scope may be over. */
void flow_token_end(struct flow *flow, struct flow_token *token);

/* flow_gateway.c */
void flow_gateway_enter(struct flow *flow, struct flow_token *token);
/* Inclusive joins that nothing more can come to; true: one went on. */
bool flow_gateway_join(struct flow *flow);
/* Its node is done: along the sequence flows, or to its end. */
void flow_leave(struct flow *flow, struct flow_token *token);

/* flow_activity.c */
void flow_activity_enter(struct flow *flow, struct flow_token *token);
/* Does it once. */
void flow_activity_do(struct flow *flow, struct flow_token *token);
/* It was done once, with that result (may be NULL). */
void flow_activity_done(struct flow *flow, struct flow_token *token, const struct json *result);
/* All of its instances are done. */
void flow_activity_finish(struct flow *flow, struct flow_token *token);

/* flow_loop.c */
void flow_loop_begin(struct flow *flow, struct flow_token *token);
void flow_loop_done(struct flow *flow, struct flow_token *instance, const struct json *result);

/* flow_event.c */
void flow_event_enter(struct flow *flow, struct flow_token *token);
/* Waits for what the node's definitions say; token NULL: start of an event sub-process. */
void flow_event_wait(struct flow *flow, struct flow_token *token, int scope, int node);
void flow_event_happen(struct flow *flow, struct flow_wait *wait, const struct json *data);
/* Conditions that have become true; true: one did. */
bool flow_event_conditions(struct flow *flow);
void flow_event_boundary(struct flow *flow, struct flow_token *host, int node);
void flow_event_sub(struct flow *flow, struct flow_scope *scope, int start,
                    const struct json *data);

/* flow_throw.c */
/* is_own: the token's own activity failed, so its boundary events catch it, too. */
void flow_throw_error(struct flow *flow, struct flow_token *token, struct str code, bool is_own);
void flow_throw_escalation(struct flow *flow, struct flow_token *token, struct str code,
                           bool is_own);
/* To all that wait for it in this flow; others are the caller's. */
bool flow_throw_signal(struct flow *flow, struct str name, const struct json *data);

/* flow_compensate.c */
void flow_compensate_begin(struct flow *flow, struct flow_token *thrower, int activity);
/* The token that ran a record has ended. */
void flow_compensate_done(struct flow *flow, int record);
/* The activity is done: keeps what it takes to compensate it one day, if it can be. */
bool flow_compensate_keep(struct flow *flow, const struct flow_token *token,
                          const struct flow_scope *inner);
