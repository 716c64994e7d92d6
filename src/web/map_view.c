#include "web/map_view.h"

#include "registry/geometry.h"
#include "web/seen.h"

bool map_view_open(struct request *request, struct map_view *map, struct err *err)
{
    *map = (struct map_view){0};
    if (!request_register_some(request, 0, POLICY_READ, &map->type, &map->classes, err))
        return false;
    if (map->type->geometry < 0 ||
        (map->type->fields[map->type->geometry].access & ~map->classes) != 0)
        return err_set(err, ERR_ABSENT, "this register has no map");
    map->has_titles = (map->type->title_classes & ~map->classes) == 0;
    return true;
}

bool map_view_read(struct request *request, struct map_view *map, struct err *err)
{
    unsigned shown = map->type->fields[map->type->geometry].access;
    struct tx *tx;

    if (map->has_titles)
        shown |= map->type->title_classes;
    if (!request_read(request, &tx, err) ||
        !record_clusters(&request->registry, map->type, map->box, &map->clusters, &map->count, err))
        return false;
    for (size_t i = 0; i < map->count; i++) {
        if (!map->has_titles)
            map->clusters[i].title = (struct str){0};
        if (map->clusters[i].id != 0)
            seen_add(request, map->type, shown, &map->clusters[i].id, 1);
    }
    return true;
}

bool map_view_ask(struct request *request, struct map_view *map, struct err *err)
{
    return map_view_open(request, map, err) &&
           geometry_parse_box(request_query(request, STR("bbox")), map->box, err) &&
           map_view_read(request, map, err);
}

bool map_view_name(struct request *request, const struct map_view *map,
                   struct record_cluster *cluster, struct err *err)
{
    if (!map->has_titles || cluster->title.len > 0)
        return true;
    if (!record_cluster_name(&request->registry, map->type, cluster, err))
        return false;
    if (cluster->id != 0)
        seen_add(request, map->type, map->type->title_classes, &cluster->id, 1);
    return true;
}
