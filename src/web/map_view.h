/* What the map of a register shows this person: the page, its script and the API ask here. */
#pragma once

#include "registry/record_cluster.h"
#include "web/request.h"

struct map_view {
    const struct register_type *type;
    unsigned classes;
    bool has_titles; /* they may see them: else titles are empty */
    int64_t box[4];
    struct record_cluster *clusters;
    size_t count;
};

/* The register of the path. ERR_ABSENT: it has no map, or places are not for this person. */
MUST_CHECK bool map_view_open(struct request *request, struct map_view *map, struct err *err);
/* The clusters of map->box. */
MUST_CHECK bool map_view_read(struct request *request, struct map_view *map, struct err *err);
/* The clusters of the query's bbox. */
MUST_CHECK bool map_view_ask(struct request *request, struct map_view *map, struct err *err);
/* Gives a cluster the title of the record in its middle, unless titles are not for this person. */
MUST_CHECK bool map_view_name(struct request *request, const struct map_view *map,
                              struct record_cluster *cluster, struct err *err);
