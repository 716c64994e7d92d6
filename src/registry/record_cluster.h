/*
 * What a map shows of a register: clusters for a view, never more than a screen can hold.
 * From afar they are made of counts that every change keeps (map_cell, at four depths of
 * the cell tree), near by of the records themselves; for who reaches a part of the register
 * always of the records (record_reach.h), of so many at most that a municipality has.
 */
#pragma once

#include "registry/record.h"

/* Depths of the tree of cells at which counts are kept: squares of 78, 10, 1.2 and 0.15 km. */
static const int record_cluster_levels[] = {9, 12, 15, 18};

enum {
    RECORD_CLUSTER_GRID = 20, /* clusters across the longer side of a view */
};

struct record_cluster {
    int64_t x, y; /* centre of gravity, 1e-7 degrees */
    int64_t count;
    int64_t id;       /* of the record when it is one and known, else 0 */
    struct str title; /* then */
};

/* box: the view. valid_on is looked at near by only. */
MUST_CHECK bool record_clusters(const struct registry *registry, const struct register_type *type,
                                const int64_t box[4], struct record_cluster **clusters,
                                size_t *count, struct err *err);
/* The box of all that is on the map; *is_empty: nothing is. */
MUST_CHECK bool record_cluster_bounds(const struct registry *registry,
                                      const struct register_type *type, int64_t box[4],
                                      bool *is_empty, struct err *err);
/* In a write: a box comes into the counts (sign 1) or goes out of them (-1). */
MUST_CHECK bool record_cluster_count(struct tx *tx, int64_t no, const int64_t box[4], int64_t sign,
                                     struct err *err);
/* Of a cluster without a title: id and title become those of the record nearest to its centre. */
MUST_CHECK bool record_cluster_name(const struct registry *registry,
                                    const struct register_type *type,
                                    struct record_cluster *cluster, struct err *err);
