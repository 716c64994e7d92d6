/*
 * What the processes on one store tell each other.  A process remembers sessions, packs and
 * domains; a write that changes them tells so, and the others read them anew.
 *
 * A remembered thing keeps the stamp that was read before it was; it counts as long as the
 * stamp is the same, and as long as this process knows what the others did (news_is_current):
 * what was taken away elsewhere is not served later than NEWS_BOUND_MS after that.
 *
 * Stamps of accounts and tenants are turned by the others alone: who changes them here knows.  That
 * of the catalog is turned here too, before the tenant's next write: a job that was put with the
 * change is claimed by one, so it never begins with the catalog of before.
 */
#pragma once

#include "store/store.h"

enum {
    NEWS_BOUND_MS = 1000, /* how old the last look at the others' changes may be */
};

enum news_kind {
    NEWS_ACCOUNTS, /* sessions ended, accounts and their roles changed */
    NEWS_CATALOG,  /* packs, lists, settings */
    NEWS_TENANT,   /* title, domain, suspension */
    NEWS_KINDS,
};

/* In a write, and with its commit: the tenant's things of that kind are others now. */
MUST_CHECK bool news_tell(struct tx *tx, enum news_kind kind, struct err *err);
/* The same of another tenant than the transaction's: in one of the node. */
MUST_CHECK bool news_tell_of(struct tx *tx, int64_t tenant, enum news_kind kind, struct err *err);
/* Likewise: a job was put, workers elsewhere may look. */
MUST_CHECK bool news_tell_job(struct tx *tx, struct err *err);

/* To be read before the things themselves. Never waits. */
uint32_t news_stamp(const struct tenant *tenant, enum news_kind kind);

struct news_watcher {
    /* On a thread of the store. name is empty: in whichever tenant. */
    void (*on_job)(void *data, struct str name);
    /* The others cannot be heard for that reason, or (ERR_NONE) they are again. */
    void (*on_state)(void *data, const struct err *err);
    void *data;
};
/* Follows the others from here on, for a server; watcher is copied. */
MUST_CHECK bool news_watch(struct store *store, const struct news_watcher *watcher,
                           struct err *err);
/* Before what the watcher calls goes. Accepts one that is not watched. */
void news_unwatch(struct store *store);
/* There are others, and they are heard at once. */
bool news_is_heard(const struct store *store);
/* What is remembered may be used. True where nobody watches. Never waits. */
bool news_is_current(const struct store *store);
/* Waits until it may, at most up to the moment (monotonic). ERR_UNAVAILABLE. */
MUST_CHECK bool news_wait(struct store *store, int64_t until_us, struct err *err);
