/* How many records of a register break each of its rules of quality, as of today. */
#pragma once

#include "registry/record.h"
#include "registry/register_rule.h"

struct record_quality {
    int64_t total; /* records looked at */
    struct {
        int64_t broken;
        int64_t first; /* the id of one that breaks it */
    } rules[REGISTER_RULE_MAX];
};

/* Reads all of the register. */
MUST_CHECK bool record_quality_count(const struct registry *registry,
                                     const struct register_type *type,
                                     struct record_quality *quality, struct err *err);
