/*
 * Municipalities as those who run the node see them: founded, suspended, given a domain or
 * another name.  Each act stands in the node's journal with who did it, and in the journal of
 * the municipality as the act of an operator; first there, then it is done.
 */
#pragma once

#include "registry/model_library.h"
#include "store/store.h"

enum {
    TENANCY_OPERATOR = -2, /* the actor in a municipality's journal: it does not know them */
};

struct tenancy {
    struct store *store;
    struct model_library *library;
    int64_t actor; /* the operator's account; 0: the command line */
    int64_t now;
};

struct tenancy_wish {
    struct str name;
    struct str title;
    int64_t parent; /* 0: none */
    struct pack_ids packs;
    bool is_mirror; /* of a publisher of another node: its packs bring no records */
};
/* With its packs and their seeds. ERR_INPUT before anything is made when a pack is not there. */
MUST_CHECK bool tenancy_found(const struct tenancy *by, const struct tenancy_wish *wish,
                              struct err *err);
/* Suspended, its pages and its API say so and do nothing else. True also when it is so already. */
MUST_CHECK bool tenancy_suspend(const struct tenancy *by, struct str name, bool is_suspended,
                                struct err *err);
/* host: letters, digits, hyphens and dots; "": none. ERR_INPUT, ERR_CONFLICT when it is taken. */
MUST_CHECK bool tenancy_set_host(const struct tenancy *by, struct str name, struct str host,
                                 struct err *err);
/* Its own limits from now on (store/limit.h). ERR_INPUT. */
MUST_CHECK bool tenancy_limit(const struct tenancy *by, struct str name,
                              const struct limit_set *limits, struct err *err);
/* by->actor: an account of the municipality, whose journal has it. ERR_INPUT: 1 to 200 letters. */
MUST_CHECK bool tenancy_rename(const struct tenancy *by, struct str name, struct str title,
                               struct err *err);
/* Something was done with all of it, as "tenant.export": in both journals. */
MUST_CHECK bool tenancy_note(const struct tenancy *by, const char *action, struct tenant *tenant,
                             struct err *err);
