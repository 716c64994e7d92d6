#include "registry/geometry.h"

#include "check.h"

static int64_t box[4];

static enum err_code look(struct str text)
{
    struct json *json;
    struct err err = {0};

    CHECK_OK(json_parse(check_arena(), text, &(struct json_limits){.bytes = 4 << 20}, &json, &err),
             &err);
    return geometry_check(json, box, &err) ? ERR_NONE : err.code;
}

static void check_box(int64_t x1, int64_t y1, int64_t x2, int64_t y2)
{
    CHECK_INT(box[0], x1 * GEOMETRY_UNITS);
    CHECK_INT(box[1], y1 * GEOMETRY_UNITS);
    CHECK_INT(box[2], x2 * GEOMETRY_UNITS);
    CHECK_INT(box[3], y2 * GEOMETRY_UNITS);
}

#define COORDINATES(type, text) STR("{\"type\":\"" type "\",\"coordinates\":" text "}")

static void every_kind_has_its_box(void)
{
    CHECK_INT(look(COORDINATES("Point", "[37,-55]")), ERR_NONE);
    check_box(37, -55, 37, -55);
    CHECK_INT(look(COORDINATES("MultiPoint", "[[1,2],[3,-4,100]]")), ERR_NONE);
    check_box(1, -4, 3, 2);
    CHECK_INT(look(COORDINATES("LineString", "[[1,2],[3,4]]")), ERR_NONE);
    check_box(1, 2, 3, 4);
    CHECK_INT(look(COORDINATES("MultiLineString", "[[[1,2],[3,4]],[[9,9],[8,8]]]")), ERR_NONE);
    check_box(1, 2, 9, 9);
    CHECK_INT(look(COORDINATES("Polygon", "[[[0,0],[4,0],[4,4],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]")),
              ERR_NONE);
    check_box(0, 0, 4, 4);
    CHECK_INT(look(COORDINATES("MultiPolygon",
                               "[[[[0,0],[4,0],[4,4],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]")),
              ERR_NONE);
    check_box(0, 0, 6, 6);
}

static void fractions_are_kept_to_a_centimetre(void)
{
    CHECK_INT(look(COORDINATES("Point", "[37.61729999,-5.57558e1]")), ERR_NONE);
    CHECK_INT(box[0], 376173000);
    CHECK_INT(box[1], -557558000);
}

static void positions_out_of_the_world_are_refused(void)
{
    CHECK_INT(look(COORDINATES("Point", "[180,90]")), ERR_NONE);
    CHECK_INT(look(COORDINATES("Point", "[-180,-90]")), ERR_NONE);
    CHECK_INT(look(COORDINATES("Point", "[180.0000001,0]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("Point", "[0,90.1]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("Point", "[1e30,0]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("Point", "[0]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("Point", "[0,0,0,0]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("Point", "[\"1\",\"2\"]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("Point", "{}")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("Point", "null")), ERR_INPUT);
}

static void shapes_with_too_little_are_refused(void)
{
    CHECK_INT(look(STR("{}")), ERR_INPUT);
    CHECK_INT(look(STR("[]")), ERR_INPUT);
    CHECK_INT(look(STR("{\"type\":\"Point\"}")), ERR_INPUT);
    CHECK_INT(look(STR("{\"type\":\"GeometryCollection\",\"geometries\":[]}")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("LineString", "[[1,2]]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("MultiPoint", "[]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("MultiLineString", "[]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("MultiLineString", "[[[1,2]]]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("Polygon", "[]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("Polygon", "[[[0,0],[1,1],[0,0]]]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("Polygon", "[[0,0],[1,1],[2,0],[0,0]]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("MultiPolygon", "[[]]")), ERR_INPUT);
}

static void rings_end_where_they_begin(void)
{
    CHECK_INT(look(COORDINATES("Polygon", "[[[0,0],[4,0],[4,4],[0,1]]]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("Polygon", "[[[0,0],[4,0],[4,4],[0,0]],[[1,1],[2,1],[2,2],[3,3]]]")),
              ERR_INPUT);
    CHECK_INT(look(COORDINATES("MultiPolygon", "[[[[0,0],[4,0],[4,4],[0,1]]]]")), ERR_INPUT);
    CHECK_INT(look(COORDINATES("Polygon", "[[[0,0],[4,0],[4,4],[0.0,0]]]")), ERR_NONE);
}

static struct str line_of(int points)
{
    struct buf buf = {.arena = check_arena()};

    buf_add(&buf, STR("{\"type\":\"LineString\",\"coordinates\":["));
    for (int i = 0; i < points; i++)
        buf_printf(&buf, "%s[%d.5,7]", i > 0 ? "," : "", i % 90);
    buf_add(&buf, STR("]}"));
    return buf_str(&buf);
}

static void too_many_points_are_refused(void)
{
    CHECK_INT(look(line_of(GEOMETRY_POINTS_MAX)), ERR_NONE);
    CHECK_INT(look(line_of(GEOMETRY_POINTS_MAX + 1)), ERR_LIMIT);
}

static void degrees_are_read_and_printed(void)
{
    struct buf buf = {.arena = check_arena()};
    int64_t units = 0;

    CHECK(geometry_parse_degree(STR("55,7558"), &units));
    CHECK_INT(units, 557558000);
    geometry_print_degree(&buf, units);
    CHECK_STR(buf_str(&buf), STR("55.7558"));
    CHECK(geometry_parse_degree(STR("-0.00000004"), &units));
    CHECK_INT(units, 0);
    CHECK(!geometry_parse_degree(STR(""), &units));
    CHECK(!geometry_parse_degree(STR("nan"), &units));
    CHECK(!geometry_parse_degree(STR("inf"), &units));
    CHECK(!geometry_parse_degree(STR("0x1p3"), &units));
    CHECK(!geometry_parse_degree(STR("1001"), &units));
    CHECK(!geometry_parse_degree(STR("12.34567890123456789012345678901234567890123"), &units));
}

static void boxes_are_read_and_printed(void)
{
    static const char *const WRONG[] = {"",        "1,2,3",   "1,2,3,4,5",   "3,2,1,4", "1,4,3,2",
                                        "1,2,3,x", "1;2;3;4", "1,2,3,4,5,6", "1,,3,4"};
    struct buf buf = {.arena = check_arena()};
    struct err err = {0};

    CHECK_OK(geometry_parse_box(STR("92.5,-56,93,56.0000001"), box, &err), &err);
    geometry_print_box(&buf, box);
    CHECK_STR(buf_str(&buf), STR("92.5,-56,93,56.0000001"));
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
        err = (struct err){0};
        CHECK(!geometry_parse_box(str_from_z(WRONG[i]), box, &err));
        CHECK_INT(err.code, ERR_INPUT);
    }
    CHECK_INT(box[0], 925000000); /* untouched by what is wrong */
}

static const struct check_test TESTS[] = {
    CHECK_TEST(every_kind_has_its_box),
    CHECK_TEST(fractions_are_kept_to_a_centimetre),
    CHECK_TEST(positions_out_of_the_world_are_refused),
    CHECK_TEST(shapes_with_too_little_are_refused),
    CHECK_TEST(rings_end_where_they_begin),
    CHECK_TEST(too_many_points_are_refused),
    CHECK_TEST(degrees_are_read_and_printed),
    CHECK_TEST(boxes_are_read_and_printed),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
