/*
 * How a municipality's pages look: its colour, and the line under its name.
 *
 * What it does not set itself it has from the nearest above in the tree of this node that does.
 * Pages must not open another municipality to be drawn, so that is written into its settings
 * (above.brand, above.title): when it is founded, and by a job of the one above whenever that
 * one changes.  Decision 0031.
 */
#pragma once

#include "queue/worker.h"
#include "registry/subscription.h"

struct branding {
    struct str colour; /* "#1d5b6e"; "": the product's */
    struct str line;   /* under the name */
    struct str from;   /* the title of the one above whose it is; "": its own */
};
/* From memory. */
struct branding branding_of(const struct catalog *catalog);

/* Takes over what those above have now, in a write of its own where that is another. */
MUST_CHECK bool branding_pull(const struct subscription_by *by, struct err *err);
/* In a write of one that changed: those below are told by a job. worker_wake after the commit. */
MUST_CHECK bool branding_tell(struct tx *tx, int64_t actor, int64_t now, struct err *err);

/* The job "registry.branding"; its context is the struct model_library. */
extern const struct worker_kind branding_kind;
