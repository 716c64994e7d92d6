/*
 * A database with Citus spreads its tables over several servers: all that a tenant has stands on
 * one of them, found by its number; the node's tables stand on each.
 *
 * Citus runs no policies with questions in them and copies none as restrictive, so what a
 * subscriber sees of its publisher is bounded by the statements alone there; row-level security
 * of the tenant holds.  The servers of Citus hear of the tenant by SET LOCAL.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct arena;

/* Calls print with each statement, in order; needs no Citus. */
MUST_CHECK bool postgres_distribute_plan(struct arena *arena, struct str address,
                                         void (*print)(void *data, struct str sql), void *data,
                                         struct err *err);
/*
 * Does them, all or none; *tables: how many were spread now. ERR_INPUT: no Citus, or no tables
 * yet. ERR_CONFLICT: servers of Uprava are connected.
 */
MUST_CHECK bool postgres_distribute(struct arena *arena, struct str address, int64_t *tables,
                                    struct err *err);
/* A script that does them, for the store when steps made new tables. */
extern const char POSTGRES_DISTRIBUTE[];
/* A value when it has been done. */
extern const char POSTGRES_DISTRIBUTE_IS_SPREAD[];
