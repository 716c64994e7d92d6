/*
 * An edition put into a mirror: first all of it is checked, then it is put in piece by piece,
 * and at last it becomes the mirror's newest edition.  Until then those below read the one
 * before; an interrupted one is put in again from its beginning, which changes what is missing.
 */
#pragma once

#include "link/edition_reader.h"
#include "link/mirror.h"

struct edition_apply {
    struct tenant *mirror;
    struct model_library *library;
    int64_t now;
    bool is_anew; /* a whole edition counts even when it is older, or another of the same number */
    /* The bytes from their beginning; asked for twice. */
    bool (*rewind)(void *data, edition_pull **pull, void **pull_data, struct err *err);
    /* Tells of long work: records so far; false to stop (ERR_UNAVAILABLE). May be NULL. */
    bool (*progress)(void *data, int64_t done, int64_t total);
    void *data;
};

struct edition_result {
    struct edition_head head;
    bool is_here; /* it was here already: nothing was done */
    int64_t lines, created, changed, removed;
    int64_t bytes; /* of its lines */
};

/*
 * ERR_DENIED: not by the key that is trusted; ERR_INPUT: not as it was written, or not for this
 * mirror; ERR_CONFLICT: it does not follow on what is here.  Nothing is changed then.
 */
MUST_CHECK bool edition_apply(const struct edition_apply *apply, struct arena *arena,
                              struct edition_result *result, struct err *err);
/* Only the head's part of these checks: what a link asks before it fetches. *is_here likewise. */
MUST_CHECK bool edition_apply_check(const struct edition_apply *apply, struct arena *arena,
                                    const struct edition_head *head, bool *is_here,
                                    struct err *err);
