/*
 * Reading what another municipality of this node publishes: the only way to tables of a tenant
 * that is not one's own.
 *
 * A subscriber holds a row that says from whom it takes a register.  subscription_open asks anew
 * each time: is the publisher still above the subscriber in the tree, does it publish the
 * register to it.  The handle then answers out of the publisher's newest edition with the
 * reader's filter and the published fields put in, and gives nothing else.  Nothing is copied.
 * On PostgreSQL the transaction sees no other rows (tx_read_for).
 */
#pragma once

#include "registry/publication.h"

enum {
    SUBSCRIPTION_DEPTH_MAX = 8, /* levels of the tree that are looked up */
};

/* Who reads; of subscription_show: who publishes. */
struct subscription_by {
    struct tenant *child;
    struct model_library *library;
    struct arena *arena;
    int64_t now;
};

/* Those above, the nearest first; above: of SUBSCRIPTION_DEPTH_MAX. A tree that was made into a
 * circle ends at that depth. */
MUST_CHECK bool subscription_above(const struct subscription_by *by, struct store_tenant *above,
                                   size_t *count, struct err *err);

/* Those below, whichever way. */
MUST_CHECK bool subscription_below(struct tenant *publisher, struct arena *arena,
                                   struct store_tenant **below, size_t *count, struct err *err);

/* A register that somebody above publishes to this municipality. */
struct subscription_offer {
    struct str register_id;
    struct str title;     /* msgid of the publisher's pack */
    struct str publisher; /* its name in addresses */
    struct str publisher_title;
    int64_t publisher_id;
    int64_t edition, at; /* 0: not one yet */
    bool is_taken;       /* this municipality has subscribed to it */
};

/* Offers of all above, and what was subscribed to before: nearest first. */
MUST_CHECK bool subscription_offers(const struct subscription_by *by,
                                    struct subscription_offer **offers, size_t *count,
                                    struct err *err);
/* actor: an account or 0. ERR_ABSENT when nobody above publishes it, ERR_INPUT when the
 * municipality has no pack with such a register. publisher: its name; "": the nearest. */
MUST_CHECK bool subscription_take(const struct subscription_by *by, struct str register_id,
                                  struct str publisher, int64_t actor, struct err *err);
MUST_CHECK bool subscription_drop(const struct subscription_by *by, struct str register_id,
                                  int64_t actor, struct err *err);

/* Open, for a few questions of one request or job; not to be moved. */
struct subscription {
    struct tenant *publisher; /* held; NULL: of the one it stands beside */
    int64_t publisher_id;
    int64_t reader; /* the subscriber */
    struct tx tx;
    struct registry registry; /* the publisher's */
    struct publication publication;
    struct record_edition edition;
    struct record_filter *filters; /* the reader's */
    size_t filter_count;
    struct str publisher_name, publisher_title;
};
/*
 * ERR_ABSENT: this municipality has not subscribed; ERR_DENIED: it is not published to it any
 * more; ERR_UNAVAILABLE: no edition yet, or one that waits for its publisher.
 */
MUST_CHECK bool subscription_open(const struct subscription_by *by, struct str register_id,
                                  struct subscription *subscription, struct err *err);
void subscription_close(struct subscription *subscription);
/* What publisher shows to the reader of that number, who may be on another server. */
MUST_CHECK bool subscription_show(const struct subscription_by *publisher, int64_t reader,
                                  struct str register_id, struct subscription *subscription,
                                  struct err *err);
/*
 * Another register that the same publisher publishes to the same reader, by first's transaction:
 * what records of first refer to. It need not be subscribed to. Errors as of subscription_open.
 */
MUST_CHECK bool subscription_beside(struct subscription *first, struct str register_id,
                                    struct subscription *beside, struct err *err);

/* Titles and bodies as they may be seen: published fields of these classes. ask: its type and
 * edition are put in here; a filter or order by another field is ERR_DENIED. */
MUST_CHECK bool subscription_list(struct subscription *subscription, unsigned classes,
                                  struct record_ask *ask, struct record_page *page,
                                  struct err *err);
MUST_CHECK bool subscription_count(struct subscription *subscription, unsigned classes,
                                   struct record_ask *ask, int64_t *count, bool *is_more,
                                   struct err *err);
/* ERR_ABSENT also when the filter does not let it through. */
MUST_CHECK bool subscription_get(struct subscription *subscription, unsigned classes, int64_t id,
                                 int64_t valid_on, struct record *record, struct err *err);
/* How the publisher calls the codes of a field that it publishes; NULL: it holds none. */
const struct catalog_list *subscription_codes(const struct subscription *subscription,
                                              struct str field);
/* Whether words can be searched: all fields they come from are published. */
bool subscription_is_searchable(const struct subscription *subscription, unsigned classes);
