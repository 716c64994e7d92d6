/*
 * Packs that a municipality offers to those below it in the tree of this node.
 *
 * A pack lies in the node's library already, so an offer is a word: "this version is what we
 * recommend".  The one below sees it on its page of packs, with what would change, and installs it
 * itself; nothing happens behind its back.  Offers are a setting of the municipality, and only
 * what is offered to the one who asks leaves it.  Decision 0031.
 */
#pragma once

#include "registry/subscription.h"

enum {
    OFFER_ALL = 0, /* to everybody below */
    OFFER_MAX = 200,
};

struct offer {
    struct str pack, version;
    int64_t to; /* a tenant's number, or OFFER_ALL */
    int64_t at;
};

/* What a municipality offers. */
MUST_CHECK bool offer_list(const struct catalog *catalog, struct arena *arena,
                           struct offer **offers, size_t *count, struct err *err);

/* A change in a write of its own, waiting: not on a loop. It stands in the journal. */
struct offer_order {
    struct model_library *library;
    struct arena *arena;
    struct str pack;
    int64_t to;
    bool is_end; /* it is offered no more */
    int64_t actor, now;
};
/* Offers the version that is installed there. ERR_ABSENT: it has no such pack, or no such offer;
 * ERR_INPUT: there are OFFER_MAX. */
MUST_CHECK bool offer_do(struct tenant *tenant, const struct offer_order *order, struct err *err);

struct offer_received {
    struct offer offer;
    struct str from, from_title;
};
/* What those above offer to this one: the nearest first, of each pack one. */
MUST_CHECK bool offer_received(const struct subscription_by *by, struct offer_received **offers,
                               size_t *count, struct err *err);
/* NULL: nobody offers that pack. */
const struct offer_received *offer_find(const struct offer_received *offers, size_t count,
                                        struct str pack);
