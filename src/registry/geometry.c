#include "registry/geometry.h"

#include "core/num.h"

struct walk {
    int64_t *box;
    size_t points;
    struct err *err;
};

static bool add_point(struct walk *walk, const struct json *point)
{
    int64_t x;
    int64_t y;

    if (point->kind != JSON_ARRAY || point->count < 2 || point->count > 3 ||
        point->first->kind != JSON_NUMBER || point->first->next->kind != JSON_NUMBER)
        return err_set(walk->err, ERR_INPUT, "a position is [longitude, latitude]");
    if (!geometry_parse_degree(point->first->text, &x) ||
        !geometry_parse_degree(point->first->next->text, &y) || x < -180LL * GEOMETRY_UNITS ||
        x > 180LL * GEOMETRY_UNITS || y < -90LL * GEOMETRY_UNITS || y > 90LL * GEOMETRY_UNITS)
        return err_set(walk->err, ERR_INPUT,
                       "longitude is between -180 and 180, latitude between -90 and 90");
    if (++walk->points > GEOMETRY_POINTS_MAX)
        return err_set(walk->err, ERR_LIMIT, "a geometry has at most %d points",
                       GEOMETRY_POINTS_MAX);
    walk->box[0] = MIN(walk->box[0], x);
    walk->box[1] = MIN(walk->box[1], y);
    walk->box[2] = MAX(walk->box[2], x);
    walk->box[3] = MAX(walk->box[3], y);
    return true;
}

/* depth 0: a position, 1: a line of positions, … */
static bool add_points(struct walk *walk, const struct json *list, int depth, size_t least)
{
    if (depth == 0)
        return add_point(walk, list);
    if (list == NULL || list->kind != JSON_ARRAY || list->count < (depth == 1 ? least : 1))
        return err_set(walk->err, ERR_INPUT, "the geometry has too few coordinates");
    for (const struct json *item = list->first; item != NULL; item = item->next)
        if (!add_points(walk, item, depth - 1, least))
            return false;
    return true;
}

static bool check_rings(const struct json *polygon, struct err *err)
{
    for (const struct json *ring = polygon->first; ring != NULL; ring = ring->next)
        if (!json_equal(ring->first, ring->last))
            return err_set(err, ERR_INPUT, "a ring of a polygon ends where it begins");
    return true;
}

static bool check_polygons(const struct json *polygons, struct err *err)
{
    for (const struct json *polygon = polygons->first; polygon != NULL; polygon = polygon->next)
        if (!check_rings(polygon, err))
            return false;
    return true;
}

bool geometry_check(const struct json *geometry, int64_t box[4], struct err *err)
{
    static const struct {
        struct str type;
        int depth;
        size_t least;
    } KINDS[] = {
        {STR_INIT("Point"), 0, 0},           {STR_INIT("MultiPoint"), 1, 1},
        {STR_INIT("LineString"), 1, 2},      {STR_INIT("Polygon"), 2, 4},
        {STR_INIT("MultiLineString"), 2, 2}, {STR_INIT("MultiPolygon"), 3, 4},
    };
    int64_t found[4] = {INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN};
    struct walk walk = {found, 0, err};
    struct str type = json_find_text(geometry, STR("type"));
    const struct json *coordinates = json_find(geometry, STR("coordinates"));

    for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
        if (!str_equal(KINDS[i].type, type))
            continue;
        if (coordinates == NULL)
            return err_set(err, ERR_INPUT, "the geometry has no coordinates");
        if (!add_points(&walk, coordinates, KINDS[i].depth, KINDS[i].least))
            return false;
        if (KINDS[i].least == 4 && !(KINDS[i].depth == 2 ? check_rings(coordinates, err)
                                                         : check_polygons(coordinates, err)))
            return false;
        for (int side = 0; side < 4; side++)
            box[side] = found[side];
        return true;
    }
    return err_set(
        err, ERR_INPUT,
        "a geometry is a GeoJSON Point, LineString, Polygon or one of their Multi forms");
}

bool geometry_parse_degree(struct str text, int64_t *units)
{
    char plain[40];
    double degree;

    /* Files carry more digits than the 7 that are kept (1 cm), so the rest is rounded. */
    if (text.len == 0 || text.len >= sizeof plain)
        return false;
    for (size_t i = 0; i < text.len; i++)
        plain[i] = text.ptr[i] == ',' ? '.' : text.ptr[i];
    if (!num_parse_double((struct str){plain, text.len}, &degree) || degree > 1000 ||
        degree < -1000)
        return false;
    *units = (int64_t)(degree * GEOMETRY_UNITS + (degree < 0 ? -0.5 : 0.5));
    return true;
}

void geometry_print_degree(struct buf *buf, int64_t units)
{
    num_print_scaled(buf, units, 7);
}

bool geometry_parse_box(struct str text, int64_t box[4], struct err *err)
{
    int64_t found[4];

    for (size_t side = 0; side < 4; side++)
        if (!geometry_parse_degree(str_cut(&text, ','), &found[side]))
            return err_set(err, ERR_INPUT, "bbox: four degrees: west,south,east,north");
    if (text.len > 0 || found[0] > found[2] || found[1] > found[3])
        return err_set(err, ERR_INPUT, "bbox: four degrees: west,south,east,north");
    memcpy(box, found, sizeof found);
    return true;
}

void geometry_print_box(struct buf *buf, const int64_t box[4])
{
    for (size_t side = 0; side < 4; side++) {
        if (side > 0)
            buf_char(buf, ',');
        geometry_print_degree(buf, box[side]);
    }
}
