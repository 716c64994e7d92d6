/*
 * A sent form as a record again.  What was typed is kept as it was typed until it can be
 * read; whether the record is good is registry's to say.
 */
#pragma once

#include "web/request.h"

/* The record's data as the form has it; what cannot be read becomes a flaw. */
struct json *form_read(struct request *request, const struct register_type *type, unsigned classes,
                       const struct url_form *typed, struct flaws *flaws);
