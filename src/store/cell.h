/*
 * Places on the map as one number, so that a box is a few ranges of an index.
 *
 * A cell is 62 bits: longitude and latitude, 31 bits each, interleaved (Morton, the
 * Z-order), so the cells of a square of the map are neighbours.  Coordinates are 1e-7
 * degrees, x the longitude.  record.cell holds cell_of_box: the centre of a thing's box,
 * but large things stand apart (above 2^62), because their boxes reach far from their
 * centres; cell_search knows where to look for all.  No r-tree: this works alike in both
 * databases and costs one index.
 */
#pragma once

#include "core/core.h"

enum {
    CELL_LEVEL_MAX = 31,
    CELL_SEARCH_RANGES = 21,
};

struct cell_range {
    int64_t first, last; /* both belong to it; first > last: nothing */
};

int64_t cell_of(int64_t x, int64_t y);
/* box: x1, y1, x2, y2. */
int64_t cell_of_box(const int64_t box[4]);
/* The square of the map it lies in when each side is halved level times. */
int64_t cell_at_level(int64_t cell, int level);
/* At most max (from 4) ranges of cell_of that cover the box, in order. */
size_t cell_ranges(const int64_t box[4], struct cell_range *ranges, size_t max);
/* The values of cell_of_box of everything whose box may meet this one. */
void cell_search(const int64_t box[4], struct cell_range ranges[CELL_SEARCH_RANGES]);
