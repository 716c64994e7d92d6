/*
 * FEEL as models use it: an expression is parsed once, when the model is read, and evaluated
 * against values kept as JSON.  Nothing else of workflow/ that runs flows knows lang/feel_*.
 */
#pragma once

#include "core/err.h"
#include "core/json.h"

struct flow;
struct flow_feel;

/* names: those with blanks in them, which FEEL must know to read them as one. */
MUST_CHECK bool flow_feel_parse(struct arena *arena, struct str text, const struct str *names,
                                size_t name_count, const struct flow_feel **feel, struct err *err);
/*
 * values is an object; now() and today() are those of the flow's step and place.  What FEEL
 * cannot compute is null, as the standard wants it; only a bound (steps, depth, memory) is an
 * error.  Dates, times and durations of the result become their texts.
 */
MUST_CHECK bool flow_feel_value(const struct flow_feel *feel, struct arena *arena,
                                const struct json *values, const struct flow *flow,
                                struct json **result, struct err *err);
