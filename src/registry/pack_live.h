/*
 * A municipality's own versions of packs put live, and the way back (decision 0042).  Live is one
 * write that keeps the changed files, then an installation as of any pack (catalog_install), then
 * the drafts go: whatever ends in between leaves a version that can be installed, and the drafts.
 */
#pragma once

#include "registry/own_pack.h"
#include "registry/pack_draft.h"

struct pack_live {
    struct tenant *tenant;
    struct model_library *library;
    struct str pack; /* its id */
    struct str note; /* said by who does it */
    int64_t actor, now;
    struct str version; /* set: what is installed then; of the caller's arena */
};

/*
 * All drafts of the pack.  tried: the digest of what was tried (pack_draft_sum.pack).  ERR_CONFLICT
 * when that is not what would be live; ERR_INPUT: nothing would change.
 */
MUST_CHECK bool pack_live_put(struct pack_live *live, struct arena *arena, struct str tried,
                              struct err *err);
/* A former own version, or the version that is shipped. ERR_ABSENT. */
MUST_CHECK bool pack_live_back(struct pack_live *live, struct arena *arena, struct str version,
                               struct err *err);
/*
 * Another version that is shipped ("": the newest) over an own one.  keeps: what was changed here
 * stands in it, too; ERR_CONFLICT names a file that both have changed.  Else it becomes drafts.
 */
MUST_CHECK bool pack_live_renew(struct pack_live *live, struct arena *arena, struct str version,
                                bool keeps, struct err *err);
