/* The evaluation of each kind of node.  Private to feel_eval*.c; feel_eval is in feel.h. */
#pragma once

#include "lang/feel.h"

/* For rows of a table: the node's items are evaluated by the function itself. */
const struct feel_value *feel_eval_arithmetic(struct feel_run *run, const struct feel_node *node,
                                              const struct feel_frame *frame);
const struct feel_value *feel_eval_negate(struct feel_run *run, const struct feel_node *node,
                                          const struct feel_frame *frame);
const struct feel_value *feel_eval_path(struct feel_run *run, const struct feel_node *node,
                                        const struct feel_frame *frame);
const struct feel_value *feel_eval_filter(struct feel_run *run, const struct feel_node *node,
                                          const struct feel_frame *frame);
const struct feel_value *feel_eval_call(struct feel_run *run, const struct feel_node *node,
                                        const struct feel_frame *frame);
const struct feel_value *feel_eval_for(struct feel_run *run, const struct feel_node *node,
                                       const struct feel_frame *frame);
const struct feel_value *feel_eval_quantified(struct feel_run *run, const struct feel_node *node,
                                              const struct feel_frame *frame);
const struct feel_value *feel_eval_compare(struct feel_run *run, const struct feel_node *node,
                                           const struct feel_frame *frame);
const struct feel_value *feel_eval_between(struct feel_run *run, const struct feel_node *node,
                                           const struct feel_frame *frame);
const struct feel_value *feel_eval_in(struct feel_run *run, const struct feel_node *node,
                                      const struct feel_frame *frame);
const struct feel_value *feel_eval_unary(struct feel_run *run, const struct feel_node *node,
                                         const struct feel_frame *frame);
/* 1, 0 or -1 as true, false or null. */
const struct feel_value *feel_eval_truth(int truth);
/* a operator b: 1, 0 or -1. */
int feel_eval_operator(enum feel_operator operator, const struct feel_value * a,
                       const struct feel_value *b);
