/* Flows of a municipality, the newest before, and what happened in one. */
#pragma once

#include "workflow/flow_store.h"

enum {
    FLOW_LIST_PAGE_MAX = 200,
    FLOW_LIST_LOOKED_MAX =
        2000, /* flows about one record, or of one register, that are looked at */
};

struct flow_list_ask {
    bool is_open;          /* only running and stuck ones */
    struct str state;      /* "running", "stuck", "ended", "failed", "cancelled"; empty: any */
    struct str pack, file; /* of the process; empty: any */
    int64_t record;        /* about it; 0: about anything */
    int64_t no;            /* of that register */
    int64_t before;        /* older than that one; 0: from the newest */
    int limit;
    bool (*may)(void *data, const struct flow_store *flow); /* by its process; NULL: all */
    void *data;
};
struct flow_list_page {
    struct flow_store *items;
    size_t count;
    int64_t next; /* before of the next page; 0: that was all */
};
MUST_CHECK bool flow_list(struct tx *tx, struct arena *arena, const struct flow_list_ask *ask,
                          struct flow_list_page *page, struct err *err);
/* "running", "stuck", …. */
struct str flow_list_state(const struct flow_store *flow);

struct flow_list_step {
    int64_t step, at, actor;
    int wait; /* that was answered; 0 */
    struct str trace;
};
struct flow_list_steps {
    struct flow_list_step *items;
    size_t count;
};
/* Those behind after, the first before; at most FLOW_LIST_PAGE_MAX. */
MUST_CHECK bool flow_list_steps(struct tx *tx, struct arena *arena, int64_t flow, int64_t after,
                                struct flow_list_steps *steps, struct err *err);
