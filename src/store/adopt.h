/* A municipality that was made elsewhere becomes one of this store: SQLite only. */
#pragma once

#include "store/store.h"

struct adopt {
    struct store_tenant info; /* its name here; id, title, … as they were */
    struct str folder;        /* with data.db and files/, on the same disk; it goes */
    bool is_replacing;        /* the one of that name and number goes aside */
    int64_t now;
    int wait_ms;      /* for those who use it just now; new ones should be kept away */
    struct str aside; /* set: where it went; empty: there was none */
};

/*
 * ERR_CONFLICT: there is one of that name or number, or the one to be replaced is in use.
 * Nothing that was there is changed then.
 */
MUST_CHECK bool adopt_tenant(struct store *store, struct arena *arena, struct adopt *adopt,
                             struct err *err);
