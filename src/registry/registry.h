/*
 * A tenant's registers as one transaction sees them, at one moment: what nearly every
 * question about records needs beside the question itself.  Answers come from the arena.
 */
#pragma once

#include "registry/catalog.h"

struct actor;

struct registry {
    struct tx *tx;
    struct arena *arena;
    const struct catalog *catalog;
    int64_t now;                /* who changes nothing need not set it */
    const struct actor *reader; /* who sees only what they reach (record_reach.h); NULL: no bound */
};
