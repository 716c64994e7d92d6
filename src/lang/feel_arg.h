/*
 * The arguments of FEEL's own functions as C values.  A list of one item stands for the item,
 * and an item for a list of one, as the standard's implicit conversions say.  Each notes what
 * is wrong and returns false.
 */
#pragma once

#include "lang/feel.h"

bool feel_arg_text(struct feel_run *run, const struct feel_value *value, struct str *text);
bool feel_arg_number(struct feel_run *run, const struct feel_value *value,
                     struct feel_number *number);
bool feel_arg_int(struct feel_run *run, const struct feel_value *value, int64_t *number);
/* Null is no list. */
bool feel_arg_list(struct feel_run *run, const struct feel_value *value, struct feel_list *list);
/* All arguments, or the items of the only one when that is a list. */
bool feel_arg_items(struct feel_run *run, const struct feel_value *const *arguments, size_t count,
                    struct feel_list *list);
bool feel_arg_context(struct feel_run *run, const struct feel_value *value,
                      const struct feel_value **context);
/* The item of a list of one; anything else as it is. */
const struct feel_value *feel_arg_single(const struct feel_value *value);
