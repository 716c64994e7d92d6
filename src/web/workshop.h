/* Files of packs that are changed here (decision 0042): what pages and the API have in common. */
#pragma once

#include "registry/pack_draft.h"
#include "web/request.h"

#define WORKSHOP_KIND STR("pack.try") /* the job that checks drafts and plays the cases */
#define WORKSHOP_STALE                                                                             \
    "somebody else has changed this file meanwhile: look at it as it is now, and repeat your "     \
    "change"

/* A file as it would be, and as it is. */
struct workshop_file {
    const struct pack *pack; /* as it is installed */
    struct str path;
    const struct pack_file *live; /* NULL: there is none yet */
    struct pack_draft draft;
    bool has_draft;
    struct str text; /* the draft's, else what is live; empty when it is to be taken out */
    struct str tag;  /* which state of it was seen: for ETag and forms */
};

/* The pack of that part, for who may do that with it. ERR_ABSENT also when it is not installed. */
MUST_CHECK bool workshop_pack(struct request *request, size_t part, enum policy_pack action,
                              const struct pack **pack, struct err *err);
/* May they open the workshop at all? */
bool workshop_is_for(const struct request *request);
/* parts 0, 1, 2: pack, folder, name.  ERR_ABSENT: a draft of it cannot be. */
MUST_CHECK bool workshop_find(struct request *request, struct workshop_file *file, struct err *err);
/*
 * The draft becomes text (ptr NULL: the file is taken out).  tag: of the state that was changed;
 * ERR_CONFLICT when it is another by now.  Waits.  file is then as it stands.
 */
MUST_CHECK bool workshop_save(struct request *request, struct workshop_file *file, struct str tag,
                              struct str text, struct err *err);
/* The draft goes. */
MUST_CHECK bool workshop_drop(struct request *request, struct workshop_file *file, struct str tag,
                              struct err *err);

/* What became of the last trial. */
struct workshop_verdict {
    int64_t job;                 /* 0: it was never tried */
    bool is_over;                /* there are results */
    bool is_good;                /* nothing to mend, every case passed */
    bool is_current;             /* of what would be live now */
    struct str digest;           /* of what was tried */
    const struct json *findings; /* [{"file","line","text"}] */
    const struct json *cases;    /* [{"title","text","is_good"}]; text: why it failed */
};
MUST_CHECK bool workshop_verdict(struct request *request, const struct pack_draft_sum *sum,
                                 struct workshop_verdict *verdict, struct err *err);
/* Puts the job that tries them. */
MUST_CHECK bool workshop_try(struct request *request, const struct pack *pack, int64_t *job,
                             struct err *err);
/* Puts all drafts live. ERR_CONFLICT: not tried, or not good. */
MUST_CHECK bool workshop_live(struct request *request, const struct pack *pack, struct str note,
                              struct str *version, struct err *err);
/* A former version, or the one that is shipped, is live again. */
MUST_CHECK bool workshop_back(struct request *request, const struct pack *pack, struct str version,
                              struct str *live, struct err *err);
/* "1.0.0", or "1.0.0, own version 3". */
struct str workshop_version(struct request *request, struct str version);
