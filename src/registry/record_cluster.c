#include "registry/record_cluster.h"

#include "registry/record_reach.h"
#include "store/cell.h"
#include "store/query.h"
#include "store/rows.h"

enum {
    NEAR_MAX = 1000,   /* records that are looked at one by one */
    PART_MAX = 200000, /* likewise of a part of a register, of which no counts are kept */
    CELLS_ACROSS = 16, /* kept cells across a view, at least, so that the grid is fine enough */
    RANGES = 16,
    NAME_NEAR = 5000,     /* half a hundred metres: where a name is looked for first */
    NAME_FAR = 400000000, /* and last */
};

/* The view cut into squares; a cluster a square. */
struct grid {
    struct arena *arena;
    const int64_t *box;
    int64_t step;
    int64_t columns, rows;
    struct record_cluster *squares;
};

static void start_grid(struct grid *grid)
{
    int64_t width = MAX(grid->box[2] - grid->box[0], INT64_C(1));
    int64_t height = MAX(grid->box[3] - grid->box[1], INT64_C(1));

    grid->step = MAX(width, height) / RECORD_CLUSTER_GRID + 1;
    grid->columns = width / grid->step + 1;
    grid->rows = height / grid->step + 1;
    grid->squares =
        ARENA_ARRAY(grid->arena, struct record_cluster, (size_t)(grid->columns * grid->rows));
}

/* NULL: it is outside. */
static struct record_cluster *square_of(struct grid *grid, const struct record_cluster *found)
{
    int64_t x = found->x / found->count;
    int64_t y = found->y / found->count;

    if (x < grid->box[0] || x > grid->box[2] || y < grid->box[1] || y > grid->box[3])
        return NULL;
    return &grid->squares[(y - grid->box[1]) / grid->step * grid->columns +
                          (x - grid->box[0]) / grid->step];
}

/* Sums while it fills; the centre of gravity is taken at the end. */
static void add(struct grid *grid, const struct record_cluster *found)
{
    struct record_cluster *square = square_of(grid, found);

    if (square == NULL)
        return;
    square->x += found->x;
    square->y += found->y;
    square->count += found->count;
    square->id = found->id;
    square->title = found->title;
}

static void finish_grid(struct grid *grid, struct record_cluster **clusters, size_t *count)
{
    size_t kept = 0;

    for (int64_t i = 0; i < grid->columns * grid->rows; i++) {
        struct record_cluster cluster = grid->squares[i];

        if (cluster.count <= 0)
            continue;
        cluster.x /= cluster.count;
        cluster.y /= cluster.count;
        if (cluster.count > 1) {
            cluster.id = 0;
            cluster.title = (struct str){0};
        }
        grid->squares[kept++] = cluster;
    }
    *clusters = grid->squares;
    *count = kept;
}

/* The shallowest kept depth that has enough cells across the view; 0: look at the records. */
static int choose_level(const int64_t box[4])
{
    int64_t across = MAX(box[2] - box[0], box[3] - box[1]);

    for (size_t i = 0; i < ARRAY_LEN(record_cluster_levels); i++) {
        int64_t cell = INT64_C(3600000000) >> record_cluster_levels[i];

        if (across / cell >= CELLS_ACROSS)
            return record_cluster_levels[i];
    }
    return 0;
}

static bool read_kept(struct tx *tx, struct grid *grid, int64_t no, int level, struct err *err)
{
    struct cell_range ranges[RANGES];
    size_t count = cell_ranges(grid->box, ranges, RANGES);
    int64_t done = -1; /* the last cell that was read */

    for (size_t i = 0; i < count; i++) {
        /* At this level neighbouring ranges may share a cell: it counts once. */
        int64_t first = MAX(cell_at_level(ranges[i].first, level), done + 1);
        struct rows rows;

        done = MAX(cell_at_level(ranges[i].last, level), done);

        if (!store_query(tx, grid->arena, &rows,
                         "SELECT count, x_sum, y_sum FROM map_cell WHERE tenant = $1"
                         " AND register = $2 AND level = $3 AND cell BETWEEN $4 AND $5",
                         ARGS(INT(tx->tenant), INT(no), INT(level), INT(first), INT(done)), err))
            return false;
        for (size_t row = 0; row < rows.count; row++) {
            struct record_cluster found = {.x = rows_int(&rows, row, 1),
                                           .y = rows_int(&rows, row, 2),
                                           .count = rows_int(&rows, row, 0)};

            if (found.count > 0)
                add(grid, &found);
        }
    }
    return true;
}

/* Of a box, or of everywhere; of what the reader reaches. */
static bool query_of(const struct registry *registry, const struct register_type *type,
                     const int64_t *box, struct query **query, struct err *err)
{
    struct record_reach reach = record_reach_of(registry, type, POLICY_READ);

    *query = query_new(registry->arena, "id, title, x1, y1, x2, y2", registry->tx->tenant,
                       catalog_no(registry->catalog, type));
    if (box != NULL)
        query_in_box(*query, box);
    return record_reach_add(&reach, registry, *query, err);
}

/* The records of a box, or the first of them when there are more than are looked at. */
static bool read_box(const struct registry *registry, const struct register_type *type,
                     const int64_t box[4], struct rows *rows, struct err *err)
{
    struct query *query;

    if (!query_of(registry, type, box, &query, err))
        return false;
    query_limit(query, NEAR_MAX + 1);
    return query_run(query, registry->tx, registry->arena, rows, err);
}

static struct record_cluster one_of(const struct rows *rows, size_t row)
{
    int64_t x1 = rows_int(rows, row, 2);
    int64_t y1 = rows_int(rows, row, 3);

    return (struct record_cluster){
        .x = x1 + (rows_int(rows, row, 4) - x1) / 2,
        .y = y1 + (rows_int(rows, row, 5) - y1) / 2,
        .count = 1,
        .id = rows_int(rows, row, 0),
        .title = rows_text(rows, row, 1),
    };
}

/* *is_all: there are no more of them than were read. */
static bool read_near(const struct registry *registry, const struct register_type *type,
                      struct grid *grid, bool *is_all, struct err *err)
{
    struct rows rows;

    if (!read_box(registry, type, grid->box, &rows, err))
        return false;
    *is_all = rows.count <= NEAR_MAX;
    for (size_t row = 0; row < rows.count && *is_all; row++) {
        struct record_cluster found = one_of(&rows, row);

        add(grid, &found);
    }
    return true;
}

static bool has_place(const struct rows *row)
{
    return !rows_is_null(row, 0, 2);
}

/* What is looked at of a part: the squares it fills, or how far it goes. */
struct part {
    struct grid *grid; /* NULL: bounds are asked for */
    int64_t *bounds;
    int64_t count;
};

static void widen(struct part *part, const struct rows *row)
{
    for (int side = 0; side < 4; side++) {
        int64_t at = rows_int(row, 0, 2 + (size_t)side);

        if (part->count == 1 || (side < 2 ? at < part->bounds[side] : at > part->bounds[side]))
            part->bounds[side] = at;
    }
}

static bool on_part(void *data, const struct rows *row, struct err *err)
{
    struct part *part = data;
    struct record_cluster found;
    struct record_cluster *square;

    if (!has_place(row))
        return true;
    if (++part->count > PART_MAX)
        return err_set(err, ERR_INPUT,
                       "your part of the register is too large to be counted on a map");
    if (part->grid == NULL) {
        widen(part, row);
        return true;
    }
    found = one_of(row, 0);
    square = square_of(part->grid, &found);
    /* Only a record that stays alone is named. */
    found.title = square == NULL || square->count > 0 ? (struct str){0}
                                                      : str_copy(part->grid->arena, found.title);
    add(part->grid, &found);
    return true;
}

static bool read_part(const struct registry *registry, const struct register_type *type,
                      struct grid *grid, struct err *err)
{
    struct part part = {.grid = grid};
    struct query *query;

    return query_of(registry, type, grid->box, &query, err) &&
           query_each(query, registry->tx, on_part, &part, err);
}

static bool reaches_all(const struct registry *registry, const struct register_type *type)
{
    return record_reach_of(registry, type, POLICY_READ).count == 0;
}

static bool part_bounds(const struct registry *registry, const struct register_type *type,
                        int64_t box[4], bool *is_empty, struct err *err)
{
    struct part part = {.bounds = box};
    struct layout_row layout;
    struct query *query;

    if (!layout_need_map(registry->catalog, type, err) ||
        !layout_check(registry, type, &layout, err) ||
        !query_of(registry, type, NULL, &query, err) ||
        !query_each(query, registry->tx, on_part, &part, err))
        return false;
    *is_empty = part.count == 0;
    return true;
}

bool record_cluster_bounds(const struct registry *registry, const struct register_type *type,
                           int64_t box[4], bool *is_empty, struct err *err)
{
    struct rows rows;

    if (!reaches_all(registry, type))
        return part_bounds(registry, type, box, is_empty, err);
    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT MIN(x_sum / count), MIN(y_sum / count), MAX(x_sum / count),"
                     " MAX(y_sum / count), COUNT(*) FROM map_cell"
                     " WHERE tenant = $1 AND register = $2 AND level = $3 AND count > 0",
                     ARGS(INT(registry->tx->tenant), INT(catalog_no(registry->catalog, type)),
                          INT(record_cluster_levels[1])),
                     err))
        return false;
    *is_empty = rows_int(&rows, 0, 4) == 0;
    for (size_t side = 0; side < 4; side++)
        box[side] = rows_int(&rows, 0, side);
    return true;
}

/* Level, cell and sums of the clusters a map shows from afar. */
bool record_cluster_count(struct tx *tx, int64_t no, const int64_t box[4], int64_t sign,
                          struct err *err)
{
    int64_t x = box[0] + (box[2] - box[0]) / 2;
    int64_t y = box[1] + (box[3] - box[1]) / 2;

    for (size_t i = 0; i < ARRAY_LEN(record_cluster_levels); i++)
        if (!store_exec(tx,
                        "INSERT INTO map_cell (tenant, register, level, cell, count, x_sum, y_sum)"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7)"
                        " ON CONFLICT (tenant, register, level, cell) DO UPDATE SET"
                        " count = map_cell.count + excluded.count,"
                        " x_sum = map_cell.x_sum + excluded.x_sum,"
                        " y_sum = map_cell.y_sum + excluded.y_sum",
                        ARGS(INT(tx->tenant), INT(no), INT(record_cluster_levels[i]),
                             INT(cell_at_level(cell_of(x, y), record_cluster_levels[i])), INT(sign),
                             INT(sign * x), INT(sign * y)),
                        err))
            return false;
    return true;
}

bool record_clusters(const struct registry *registry, const struct register_type *type,
                     const int64_t box[4], struct record_cluster **clusters, size_t *count,
                     struct err *err)
{
    struct grid grid = {.arena = registry->arena, .box = box};
    int64_t no = catalog_no(registry->catalog, type);
    struct layout_row layout;
    int level = choose_level(box);
    bool is_all = false;

    if (!layout_need_map(registry->catalog, type, err) ||
        !layout_check(registry, type, &layout, err))
        return false;
    start_grid(&grid);
    if (!reaches_all(registry, type)) {
        if (!read_part(registry, type, &grid, err))
            return false;
        finish_grid(&grid, clusters, count);
        return true;
    }
    /* A register with few records is shown as it is, however far away one looks. */
    if (!read_near(registry, type, &grid, &is_all, err))
        return false;
    if (!is_all &&
        !read_kept(registry->tx, &grid, no,
                   level > 0 ? level : record_cluster_levels[ARRAY_LEN(record_cluster_levels) - 1],
                   err))
        return false;
    finish_grid(&grid, clusters, count);
    return true;
}

/* How far apart on the longer side; good enough to choose between neighbours. */
static int64_t distance(const struct record_cluster *a, const struct record_cluster *b)
{
    return MAX(a->x > b->x ? a->x - b->x : b->x - a->x, a->y > b->y ? a->y - b->y : b->y - a->y);
}

/* The box grows until somebody is in it: a centre of gravity may lie in an empty field. */
bool record_cluster_name(const struct registry *registry, const struct register_type *type,
                         struct record_cluster *cluster, struct err *err)
{
    int64_t nearest = INT64_MAX;
    struct rows rows = {0};

    for (int64_t reach = NAME_NEAR; rows.count == 0 && reach <= NAME_FAR; reach *= 4) {
        int64_t box[4] = {cluster->x - reach, cluster->y - reach, cluster->x + reach,
                          cluster->y + reach};

        if (!read_box(registry, type, box, &rows, err))
            return false;
    }
    for (size_t row = 0; row < rows.count; row++) {
        struct record_cluster found = one_of(&rows, row);

        if (distance(cluster, &found) >= nearest)
            continue;
        nearest = distance(cluster, &found);
        cluster->id = found.id;
        cluster->title = found.title;
    }
    return true;
}
