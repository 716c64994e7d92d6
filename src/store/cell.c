#include "store/cell.h"

#include <string.h>

enum {
    BITS = 31,
    NODES_MAX = 256,
    SMALL_RANGES = 16,
    LARGE_RANGES = 4,
    SMALL = 100 * 1000,       /* 0.01 degrees: houses, yards, most streets */
    MEDIUM = 32 * 100 * 1000, /* 0.32 degrees: districts, towns */
};

#define MEDIUM_FIRST (INT64_C(1) << 62)
#define LARGE_FIRST  (MEDIUM_FIRST + (INT64_C(1) << 60))
#define LARGE_LAST   (LARGE_FIRST + (INT64_C(1) << 60) - 1)
#define HALF_X       INT64_C(1800000000)
#define HALF_Y       INT64_C(900000000)

/* 31 bits apart, to every second place. */
static uint64_t spread(uint64_t value)
{
    value = (value | value << 16) & UINT64_C(0x0000ffff0000ffff);
    value = (value | value << 8) & UINT64_C(0x00ff00ff00ff00ff);
    value = (value | value << 4) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    value = (value | value << 2) & UINT64_C(0x3333333333333333);
    return (value | value << 1) & UINT64_C(0x5555555555555555);
}

/* 0 … 2^31 - 1 over the whole span; what is beyond belongs to the edge. */
static int64_t scale(int64_t value, int64_t half)
{
    int64_t inside = MAX(MIN(value, half), -half) + half;

    return MIN((inside << BITS) / (2 * half), (INT64_C(1) << BITS) - 1);
}

static int64_t join(int64_t x, int64_t y)
{
    return (int64_t)(spread((uint64_t)x) | spread((uint64_t)y) << 1);
}

int64_t cell_of(int64_t x, int64_t y)
{
    return join(scale(x, HALF_X), scale(y, HALF_Y));
}

int64_t cell_of_box(const int64_t box[4])
{
    int64_t centre = cell_of(box[0] + (box[2] - box[0]) / 2, box[1] + (box[3] - box[1]) / 2);
    int64_t extent = MAX(box[2] - box[0], box[3] - box[1]);

    return extent <= SMALL    ? centre
           : extent <= MEDIUM ? MEDIUM_FIRST + (centre >> 2)
                              : LARGE_FIRST + (centre >> 2);
}

int64_t cell_at_level(int64_t cell, int level)
{
    if (cell >= LARGE_FIRST)
        cell = (cell - LARGE_FIRST) << 2;
    else if (cell >= MEDIUM_FIRST)
        cell = (cell - MEDIUM_FIRST) << 2;
    return cell >> (2 * (BITS - level));
}

/* A square of the map: x, y count squares of its level. */
struct node {
    int64_t x, y;
    int level;
};

struct nodes {
    struct node items[NODES_MAX];
    size_t count;
};

/* box in cells. */
static bool meets(const struct node *node, const int64_t box[4])
{
    int shift = BITS - node->level;

    return node->x <= box[2] >> shift && node->x >= box[0] >> shift && node->y <= box[3] >> shift &&
           node->y >= box[1] >> shift;
}

static bool is_inside(const struct node *node, const int64_t box[4])
{
    int shift = BITS - node->level;

    return node->x << shift >= box[0] && ((node->x + 1) << shift) - 1 <= box[2] &&
           node->y << shift >= box[1] && ((node->y + 1) << shift) - 1 <= box[3];
}

/* Splits what is only partly inside; keeps the Z-order. False: nothing to split, or no room. */
static bool split(const struct nodes *nodes, const int64_t box[4], struct nodes *finer)
{
    bool is_split = false;

    finer->count = 0;
    for (size_t i = 0; i < nodes->count; i++) {
        const struct node *node = &nodes->items[i];
        bool is_whole = node->level == BITS || is_inside(node, box);

        if (finer->count + 4 > NODES_MAX)
            return false;
        if (is_whole)
            finer->items[finer->count++] = *node;
        for (int part = 0; !is_whole && part < 4; part++) {
            struct node child = {2 * node->x + (part & 1), 2 * node->y + (part >> 1),
                                 node->level + 1};

            if (meets(&child, box))
                finer->items[finer->count++] = child;
        }
        is_split |= !is_whole;
    }
    return is_split;
}

/* How many ranges the squares are, neighbours joined; writes at most max. */
static size_t join_ranges(const struct nodes *nodes, struct cell_range *ranges, size_t max)
{
    size_t count = 0;
    int64_t last = -2;

    for (size_t i = 0; i < nodes->count; i++) {
        const struct node *node = &nodes->items[i];
        int shift = 2 * (BITS - node->level);
        int64_t first = join(node->x, node->y) << shift;
        bool is_next = first == last + 1;

        last = first + (INT64_C(1) << shift) - 1;
        count += !is_next;
        if (count > max)
            continue;
        if (!is_next)
            ranges[count - 1].first = first;
        ranges[count - 1].last = last;
    }
    return count;
}

size_t cell_ranges(const int64_t box[4], struct cell_range *ranges, size_t max)
{
    int64_t cells[4] = {scale(box[0], HALF_X), scale(box[1], HALF_Y), scale(box[2], HALF_X),
                        scale(box[3], HALF_Y)};
    struct nodes a = {.items = {{0, 0, 0}}, .count = 1}, b;
    struct nodes *now = &a, *finer = &b;

    if (box[0] > box[2] || box[1] > box[3])
        return 0;
    while (split(now, cells, finer) && join_ranges(finer, ranges, max) <= max) {
        struct nodes *swap = now;

        now = finer;
        finer = swap;
    }
    return join_ranges(now, ranges, max);
}

static size_t add_ranges(const int64_t box[4], int64_t reach, struct cell_range *ranges, size_t max)
{
    const int64_t wide[4] = {box[0] - reach, box[1] - reach, box[2] + reach, box[3] + reach};

    return cell_ranges(wide, ranges, max);
}

void cell_search(const int64_t box[4], struct cell_range ranges[CELL_SEARCH_RANGES])
{
    size_t count = add_ranges(box, SMALL / 2 + 1, ranges, SMALL_RANGES);
    size_t end = count + add_ranges(box, MEDIUM / 2 + 1, ranges + count, LARGE_RANGES);

    for (size_t i = count; i < end; i++) {
        ranges[i].first = MEDIUM_FIRST + (ranges[i].first >> 2);
        ranges[i].last = MEDIUM_FIRST + (ranges[i].last >> 2);
    }
    ranges[end++] = (struct cell_range){LARGE_FIRST, LARGE_LAST};
    for (; end < CELL_SEARCH_RANGES; end++)
        ranges[end] = (struct cell_range){1, 0};
}
