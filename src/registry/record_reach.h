/*
 * Which records somebody reaches whose roles give a right with a filter ("where" in roles.json).
 *
 * Every question about records that is asked for a person carries who it is (registry.reader), and
 * record_get, record_list, record_count, history_list and their like answer as if there were no
 * other records than those in reach.  Without a reader nothing is held back: the system's own work.
 * Whether they may do it at all is asked before, of auth/policy.
 */
#pragma once

#include "registry/record.h"

enum {
    RECORD_REACH_SETS = 2, /* of reading, and of what else is to be done */
};

/* Filters of which one is enough. */
struct record_reach_set {
    const struct record_where **any;
    size_t count;
};

/* Each of the sets has to hold; none: all records are in reach. */
struct record_reach {
    struct record_reach_set sets[RECORD_REACH_SETS];
    size_t count;
};

/* What the reader reaches with action, which they have to be able to read besides. */
struct record_reach record_reach_of(const struct registry *registry,
                                    const struct register_type *type, enum policy_action action);
/* A query finds only what is in reach. */
MUST_CHECK bool record_reach_add(const struct record_reach *reach, const struct registry *registry,
                                 struct query *query, struct err *err);
bool record_reach_holds(const struct record_reach *reach, struct arena *arena,
                        const struct json *value);
/* The same of a stored body; one that cannot be read is out of reach. */
bool record_reach_has(const struct record_reach *reach, struct arena *arena, struct str body);
/* Of a record, whichever slice of it: ERR_ABSENT when they cannot read it, ERR_DENIED when they
 * may not do this. */
MUST_CHECK bool record_reach_need(const struct registry *registry, const struct register_type *type,
                                  int64_t id, enum policy_action action, struct err *err);
/* The checker of roles.json for pack check: its words (policy_check_file) and its filters. */
void record_reach_check_file(const struct pack_set *set, const struct pack *pack,
                             const struct pack_file *file, struct pack_findings *findings);
