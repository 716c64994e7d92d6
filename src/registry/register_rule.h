/*
 * Rules of a register in FEEL: fields that are computed from the others of a record when it is
 * written, and rules of quality, which are looked at when it is read and refuse nothing.
 */
#pragma once

#include "registry/record_feel.h"

enum {
    REGISTER_RULE_MAX = 50,
};

struct register_rule {
    struct str id;
    struct str title; /* msgid: what is wrong with a record of which the rule is false */
    struct str text;  /* as the pack has it */
    const struct feel_node *tree;
    unsigned classes; /* of the fields in it: who may not see them all is told nothing */
};

/*
 * Reads x-uprava.computed of fields and x-uprava.quality of the register into type; false when
 * something in them is wrong, findings say what.
 */
bool register_rule_read(struct arena *arena, struct register_type *type,
                        const struct pack_file *file, struct pack_findings *findings);
/*
 * The record with its computed fields, whatever stood there: a copy, or value itself when
 * nothing is computed.
 */
const struct json *register_rule_compute(struct arena *arena, const struct register_type *type,
                                         const struct json *value, int64_t now);
/* Without its computed fields. */
const struct json *register_rule_strip(struct arena *arena, const struct register_type *type,
                                       const struct json *value);
/* Whether the rule is false of the record; what is null breaks nothing. */
bool register_rule_is_broken(struct feel_run *run, const struct register_type *type,
                             const struct register_rule *rule, const struct json *value);
