/*
 * A mirror: a tenant that stands in this node for a publisher of another one.
 *
 * It holds each edition that came from there once, for all below it in this node's tree, who
 * read it by subscription as they would read a publisher next door.  Nobody signs in to it and
 * it has no pages; what is in it changes only by editions that the publisher has signed.
 */
#pragma once

#include "link/peer.h"
#include "registry/tenancy.h"

struct mirror_wish {
    struct str name;
    struct str fingerprint; /* as the publisher's people read it out */
    const struct edition_head *head;
    const struct str *children; /* tenants of this node that it goes above */
    size_t child_count;
};
/* ERR_DENIED, with the fingerprint to ask about, when it is not that of head's key. */
MUST_CHECK bool mirror_create(const struct tenancy *by, struct arena *arena,
                              const struct mirror_wish *wish, struct err *err);
/* The publisher has a new key. ERR_DENIED as above. */
MUST_CHECK bool mirror_trust(struct tenant *mirror, const struct edition_head *head,
                             struct str fingerprint, int64_t now, struct err *err);
/*
 * The same, for one municipality that enters it itself: under a name that is free, or as one that
 * was left before.  ERR_CONFLICT when others here read from that publisher; name is filled.
 */
MUST_CHECK bool mirror_enter(const struct tenancy *by, struct arena *arena,
                             struct mirror_wish *wish, struct err *err);
/* child no longer stands below it; when nobody else does, it rests and asks nobody. */
MUST_CHECK bool mirror_leave(const struct tenancy *by, struct arena *arena, struct str child,
                             struct tenant *mirror, struct err *err);
/* Whether more than one stands below it. */
MUST_CHECK bool mirror_is_shared(const struct tenancy *by, struct arena *arena,
                                 const struct tenant *mirror, bool *is_shared, struct err *err);
/* Whether address can be that of a publisher's pages. */
bool mirror_is_address(struct str address);
/* address: https://…; token: of a program's account there; empty: as it is. */
MUST_CHECK bool mirror_follow(struct tenant *mirror, struct str address, struct str token,
                              int64_t now, struct err *err);
/* The mirror that name stands for: that one, or the one above it whose publisher has this number
 * (0: any). ERR_ABSENT. */
MUST_CHECK bool mirror_find(struct store *store, struct arena *arena, struct str name,
                            int64_t publisher, struct tenant **mirror, struct err *err);
/*
 * One at a time works on a mirror: waits for others who hold the lock of that name, also those of
 * other processes. For file_close (CLEANUP), which lets go.
 */
MUST_CHECK bool mirror_lock(struct tenant *mirror, const char *name, int *fd, struct err *err);
/* What is read there: which edition of which register. */
struct mirror_arrival {
    int64_t no; /* the register's */
    struct edition_mark mark;
    int64_t arrived_at, bytes;
    struct str applying; /* a digest: it is being put in, or was interrupted; empty: none */
    struct str digest;
};
MUST_CHECK bool mirror_arrivals(struct tx *tx, struct arena *arena, struct mirror_arrival **found,
                                size_t *count, struct err *err);
/* no's; all zero but that when nothing came. */
MUST_CHECK bool mirror_arrival(struct tx *tx, struct arena *arena, int64_t no,
                               struct mirror_arrival *arrival, struct err *err);
