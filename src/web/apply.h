/* An application on its way through the steps of its form: what its pages share. */
#pragma once

#include "web/services.h"

enum {
    APPLY_TRIES_MAX = 10, /* others were first so often */
};

#define APPLY_GONE "the application was sent or deleted in another window"

struct apply {
    struct request *request;
    struct services_one one;
    struct application application;
    bool is_taken; /* by staff, for somebody else */
};

/* The service of parts[0] and this person's application for it. ERR_DENIED: not for them. */
MUST_CHECK bool apply_start(struct request *request, struct apply *apply, struct err *err);
/* Whose card it is about; 0: nobody's that is known. */
int64_t apply_person(const struct apply *apply);
/* Of what staff take in: a card they may read, its number is not taken on trust. ERR_ABSENT. */
MUST_CHECK bool apply_set_person(struct apply *apply, struct str id, struct err *err);
/* The steps that are asked with what stands in it so far. Places of the form's steps. */
size_t apply_steps(const struct apply *apply, size_t *places);
/*
 * What stands in the fields of a step at first: what was entered, else what the registers know.
 */
MUST_CHECK bool apply_prefill(const struct apply *apply, const struct service_step *step,
                              struct json **value, struct err *err);
/* What is wrong with those fields of value, with codes and references looked up. */
MUST_CHECK bool apply_check(const struct apply *apply, const struct register_type *type,
                            const struct json *value, struct flaws *flaws, struct err *err);
/* apply_data.c: the fields that are sent. What hidden steps hold is not: it was entered before
 * something else made it needless. */
struct json *apply_data(const struct apply *apply);
/* The consent its card asks for, as the event of the case has it; empty: it asks for none. */
struct str apply_consent(const struct apply *apply);
/* Everything that is asked at once, as programs send it. ERR_INPUT with flaws, at /data/NAME: also
 * where something stands that is not asked. */
MUST_CHECK bool apply_data_check(const struct apply *apply, struct flaws *flaws, struct err *err);
/* Writes the application, or drops it. On the pool. ERR_CONFLICT: it was changed in another window:
 * apply_again reads it anew, ERR_INPUT where it was sent or dropped there. */
MUST_CHECK bool apply_put(struct apply *apply, struct err *err);
MUST_CHECK bool apply_again(struct apply *apply, struct err *err);
MUST_CHECK bool apply_drop(struct apply *apply, struct err *err);
/* "/services/greenery.felling/apply/2": a step, from 0; or "/files", "/check". */
struct str apply_path(const struct apply *apply, const char *place);
struct str apply_step_path(const struct apply *apply, size_t place);
/* "2 from 5" and the like on top of each page; the way back. */
void apply_head(const struct apply *apply, struct json *view, size_t place);
