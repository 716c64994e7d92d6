/* Which records of a register break its rules of quality, as of today. */
#pragma once

#include "registry/record.h"
#include "registry/register_rule.h"

enum {
    RECORD_QUALITY_SHOWN = 20, /* records kept of those that break a rule */
};

struct record_quality_rule {
    int64_t broken;
    size_t shown_count;
    struct record shown[RECORD_QUALITY_SHOWN]; /* the oldest; without their bodies */
};

struct record_quality {
    int64_t total;                     /* records looked at */
    bool is_more;                      /* there are others, which were not */
    struct record_quality_rule *rules; /* as many as the type has */
};

/* Reads all of the register, or, oldest first, as many as most (0: all). */
MUST_CHECK bool record_quality_count(const struct registry *registry,
                                     const struct register_type *type, int64_t most,
                                     struct record_quality *quality, struct err *err);
