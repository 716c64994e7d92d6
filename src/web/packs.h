/* Packs that a municipality could have: what pages and the API have in common. */
#pragma once

#include "registry/offer.h"
#include "web/route.h"

struct packs_found {
    const struct pack *pack;
    const struct pack *own;             /* as it is installed; NULL: it is not */
    const struct offer_received *offer; /* of this version; NULL: nobody offers it */
    bool may_install;                   /* it is not there, or an older version is */
    bool is_changed;                    /* what is installed is the municipality's own version */
};
/*
 * The pack of parts[0], for who has the right over packs.  version: one that is installed, the
 * newest of this server, or one that is offered from above; "": the newest. ERR_ABSENT.
 */
MUST_CHECK bool packs_find(struct request *request, struct str version, struct packs_found *found,
                           struct err *err);
/* Code lists have no titles of their own: the field that uses one says what it is; else its id. */
struct str packs_list_title(struct request *request, struct str id);
/* What becomes of the municipality's own changes (registry/pack_live.h). */
enum packs_own {
    PACKS_OWN_ASK, /* ERR_CONFLICT when there are such */
    PACKS_OWN_KEEP,
    PACKS_OWN_DRAFTS,
};
/* "keep", "drafts"; anything else asks. */
enum packs_own packs_own_of(struct str word);
/*
 * With all it needs that is not there.  Seconds at most, and on the pool: seeds are what a pack
 * folder holds, not a city's data.  *is_whole: of its sample records none was refused.
 */
MUST_CHECK bool packs_install(struct request *request, const struct packs_found *found,
                              enum packs_own own, bool *is_whole, struct err *err);
