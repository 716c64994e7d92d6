/* A register as a list with filters, and as a map. */
#pragma once

#include "registry/record_list.h"
#include "web/route.h"

bool page_list(struct request *request, struct err *err);
bool page_map(struct request *request, struct err *err);
/* GeoJSON of clusters for the map's script. */
bool page_places(struct request *request, struct err *err);
/* Title, count and views above both. */
MUST_CHECK bool page_list_head(struct request *request, struct json *view,
                               const struct register_type *type, bool is_map, struct err *err);
