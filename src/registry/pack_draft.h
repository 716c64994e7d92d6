/*
 * Drafts of files of an installed pack (decision 0042): one for each file and municipality, kept
 * beside what is live until all of a pack's drafts go live together (pack_live.h) or are dropped.
 * A revision is the number of the journal's entry that told of it, so none comes twice.
 */
#pragma once

#include "registry/catalog.h"

enum {
    PACK_DRAFT_BYTES_MAX = 1024 * 1024, /* of one file */
    PACK_DRAFT_FILES_MAX = 200,         /* of one pack */
};

struct pack_draft {
    struct str pack, path;
    int64_t revision;
    int64_t at, actor;
    struct str base; /* digest of the file it was begun from; empty: there was none */
    bool is_gone;    /* the file is to be taken out */
    struct str body;
};

/* processes/NAME.bpmn, decisions/NAME.dmn, forms/NAME.json and others that are text. */
bool pack_draft_takes(struct str path);
/* What a draft is compared with. */
struct str pack_draft_digest(struct arena *arena, const struct pack_file *file);
/* Of its pack and path. *found false: there is none. */
MUST_CHECK bool pack_draft_get(struct tx *tx, struct arena *arena, struct pack_draft *draft,
                               bool *found, struct err *err);
/* By path. */
MUST_CHECK bool pack_draft_list(struct tx *tx, struct arena *arena, struct str pack,
                                struct pack_draft **drafts, size_t *count, struct err *err);
/*
 * Over the draft of that revision (0: there must be none), else ERR_CONFLICT; sets revision.
 * ERR_INPUT, ERR_LIMIT: such a file is not kept.
 */
MUST_CHECK bool pack_draft_put(struct tx *tx, struct pack_draft *draft, struct err *err);
/* Likewise; ERR_ABSENT. */
MUST_CHECK bool pack_draft_drop(struct tx *tx, const struct pack_draft *draft, struct err *err);

/* What would be live. */
struct pack_draft_sum {
    const struct pack *live; /* as it is installed */
    const struct pack *pack; /* with the drafts; its digest says whether it was tried */
    struct pack_draft *drafts;
    size_t count;
    struct str stale; /* the first draft begun from a file that is another by now; empty: none */
};
/* ERR_ABSENT: it is not installed. */
MUST_CHECK bool pack_draft_gather(struct tx *tx, struct arena *arena, const struct catalog *catalog,
                                  struct str pack, struct pack_draft_sum *sum, struct err *err);
/* The last trial of a pack's drafts, as JSON that the one who tries makes; empty: none. */
MUST_CHECK bool pack_draft_verdict(struct tx *tx, struct arena *arena, struct str pack,
                                   struct str *verdict, struct err *err);
MUST_CHECK bool pack_draft_judge(struct tx *tx, struct str pack, struct str verdict, int64_t now,
                                 struct err *err);
