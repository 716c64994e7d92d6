/*
 * GeoJSON geometries (RFC 7946): checked, bounded, boxed.  Coordinates are WGS 84
 * longitude and latitude; kept as whole numbers of 1e-7 degrees where they are indexed.
 */
#pragma once

#include "core/err.h"
#include "core/json.h"

enum {
    GEOMETRY_POINTS_MAX = 20000,
    GEOMETRY_UNITS = 10000000, /* of a degree */
};

/* box: x1, y1, x2, y2. ERR_INPUT says what is wrong with the geometry. */
MUST_CHECK bool geometry_check(const struct json *geometry, int64_t box[4], struct err *err);
/* A degree as typed ("55,7558") to units; false when it is none. */
bool geometry_parse_degree(struct str text, int64_t *units);
void geometry_print_degree(struct buf *buf, int64_t units);
/* A bbox as in a query: "west,south,east,north" in degrees. */
MUST_CHECK bool geometry_parse_box(struct str text, int64_t box[4], struct err *err);
void geometry_print_box(struct buf *buf, const int64_t box[4]);
