/*
 * References written for people and other systems: the natural key of the record, its
 * parts joined with '|'; a part that is a reference itself is written as its key.
 */
#pragma once

#include "registry/record.h"

struct export_keys {
    struct registry registry; /* its arena is that of what is known */
    struct map known;         /* id → struct str */
};

void export_key_init(struct export_keys *keys, const struct registry *registry);
void export_key_done(struct export_keys *keys);
/* The id itself when the record has no natural key, or is gone. */
MUST_CHECK bool export_key_of(struct export_keys *keys, struct arena *arena,
                              const struct register_field *field, struct str id, struct str *text,
                              struct err *err);
