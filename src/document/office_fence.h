/*
 * The child process an office suite runs in, begun behind a fence: a group of its own that dies
 * with its parent, limits of memory, time and bytes, nothing of ours open, and no way to the
 * network (seccomp, which needs no right and holds for all that it starts).
 */
#pragma once

#include <sys/types.h>

#include "core/core.h"

enum {
    OFFICE_FENCE_MEMORY_MB = 2048, /* of address space, most of it never touched */
};

struct office_fence {
    const char *program, *folder; /* what, and where it works */
    char *const *words;
    char *const *environment;
    int seconds; /* of the processor */
};

/* The child, the leader of its group; -1 and errno: there is none.  One that cannot have its fence
 * ends with status 126 instead of running without. */
pid_t office_fence_start(const struct office_fence *fence);
