#include "core/id.h"
#include "registry/geometry.h"
#include "web/answer.h"
#include "web/display.h"
#include "web/map_view.h"
#include "web/page_list.h"

enum {
    TABLE_ROWS = 20,
    NEAR = 50000, /* around a place in the table: half a kilometre */
};

static bool read_bounds(struct request *request, const struct register_type *type, int64_t box[4],
                        bool *is_empty, struct err *err)
{
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !record_cluster_bounds(&request->registry, type, box, is_empty, err))
        return false;
    /* A margin of two kilometres, so that one house is not the whole map. */
    box[0] -= 200000;
    box[1] -= 200000;
    box[2] += 200000;
    box[3] += 200000;
    return true;
}

static struct str print_box(struct request *request, const int64_t box[4])
{
    struct buf buf = {.arena = request->arena};

    geometry_print_box(&buf, box);
    return buf_str(&buf);
}

static void add_column(struct request *request, struct json *columns, struct str title,
                       bool is_number)
{
    struct json *column = view_push(request, columns);

    view_text(request, column, "title", title);
    view_bool(request, column, "is_number", is_number);
    view_none(request, column, "sort_href");
    view_bool(request, column, "is_up", false);
    view_bool(request, column, "is_down", false);
}

static struct str place_text(struct request *request, const struct record_cluster *cluster)
{
    struct buf buf = {.arena = request->arena};

    geometry_print_degree(&buf, cluster->y);
    buf_add(&buf, STR("° "));
    geometry_print_degree(&buf, cluster->x);
    buf_add(&buf, STR("°"));
    return buf_str(&buf);
}

static void add_row(struct request *request, struct json *row, const struct map_view *map,
                    const struct record_cluster *cluster)
{
    int64_t around[4] = {cluster->x - NEAR, cluster->y - NEAR, cluster->x + NEAR,
                         cluster->y + NEAR};
    struct json *cell;

    view_text(request, row, "title",
              cluster->title.len > 0 ? display_unbroken(request->arena, cluster->title)
                                     : place_text(request, cluster));
    view_text(request, row, "href",
              page_href(request, "/registers/%.*s?bbox=%.*s", STR_ARG(map->type->id),
                        STR_ARG(print_box(request, around))));
    cell = view_push(request, view_list(request, row, "cells"));
    view_text(request, cell, "label", request_text(request, STR("Records around it")));
    view_text(request, cell, "text", view_number(request, cluster->count));
    view_bool(request, cell, "is_number", true);
    view_none(request, cell, "link");
    view_none(request, cell, "tag");
}

/* The text alternative: how many records there are around one of them that can be named. */
static bool add_table(struct request *request, struct json *view, struct map_view *map,
                      struct err *err)
{
    struct json *rows = view_list(request, view, "rows");
    struct json *columns = view_list(request, view, "columns");

    add_column(request, columns, request_text(request, STR("Place")), false);
    add_column(request, columns, request_text(request, STR("Records around it")), true);
    for (size_t i = 0; i < MIN(map->count, (size_t)TABLE_ROWS); i++) {
        if (!map_view_name(request, map, &map->clusters[i], err))
            return false;
        add_row(request, view_push(request, rows), map, &map->clusters[i]);
    }
    return true;
}

static void add_map(struct request *request, struct json *view, const struct register_type *type,
                    const int64_t box[4])
{
    struct json *map = view_object(request, view, "map");

    view_bool(request, map, "is_small", false);
    view_text(request, map, "data_href",
              page_href(request, "/registers/%.*s/places", STR_ARG(type->id)));
    view_text(request, map, "bounds", print_box(request, box));
    view_text(request, map, "tiles", catalog_setting(request->catalog, STR("tiles")));
    view_text(request, map, "credit", catalog_setting(request->catalog, STR("tiles_credit")));
    view_text(request, map, "label", request_pack_text(request, type->title));
    view_text(request, map, "text",
              request_text(request, STR("A circle with a number is that many records close "
                                        "together. Press it to come closer.")));
    view_none(request, map, "outline");
}

bool page_map(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct map_view map;
    bool is_empty;

    if (!map_view_open(request, &map, err))
        return false;
    view_bool(request, page_of(request, view), "has_map", true);
    if (!page_list_head(request, view, map.type, true, err) ||
        !read_bounds(request, map.type, map.box, &is_empty, err))
        return false;
    view_bool(request, view, "has_places", !is_empty);
    view_text(request, view, "caption", request_pack_text(request, map.type->title));
    view_none(request, view, "without_place_href");
    view_none(request, view, "map");
    if (!is_empty) {
        if (!map_view_read(request, &map, err))
            return false;
        add_map(request, view, map.type, map.box);
        if (!add_table(request, view, &map, err))
            return false;
    }
    return answer_page(request, 200, STR("page/map"), view, err);
}

static void print_feature(struct request *request, const struct register_type *type,
                          const struct record_cluster *cluster, int64_t step)
{
    struct buf *out = &request->exchange->out;

    buf_add(out, STR("{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":["));
    geometry_print_degree(out, cluster->x);
    buf_char(out, ',');
    geometry_print_degree(out, cluster->y);
    buf_add(out, STR("]},\"properties\":{"));
    if (cluster->id != 0) {
        buf_add(out, STR("\"title\":"));
        json_write_text(out, cluster->title);
        buf_add(out, STR(",\"href\":"));
        json_write_text(out, display_record_href(request, type, cluster->id));
    } else {
        int64_t around[4] = {cluster->x - step, cluster->y - step, cluster->x + step,
                             cluster->y + step};

        buf_add(out, STR("\"count\":"));
        buf_int(out, cluster->count);
        buf_add(out, STR(",\"count_text\":"));
        json_write_text(out, view_number(request, cluster->count));
        buf_add(out, STR(",\"bbox\":["));
        buf_add(out, print_box(request, around));
        buf_char(out, ']');
    }
    buf_add(out, STR("}}"));
}

bool page_places(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct map_view map;

    if (!map_view_ask(request, &map, err))
        return false;
    if (!map.has_titles)
        return err_set(err, ERR_ABSENT, "this register has no map");
    buf_add(out, STR("{\"type\":\"FeatureCollection\",\"features\":["));
    for (size_t i = 0; i < map.count; i++) {
        if (i > 0)
            buf_char(out, ',');
        print_feature(request, map.type, &map.clusters[i],
                      MAX(map.box[2] - map.box[0], map.box[3] - map.box[1]) / RECORD_CLUSTER_GRID +
                          1);
    }
    buf_add(out, STR("]}"));
    return answer_text(request, 200, STR("application/geo+json"));
}
