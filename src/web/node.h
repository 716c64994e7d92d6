/* What the node itself answers: health for machines, the list of municipalities. */
#pragma once

#include "web/route.h"

bool node_health(struct request *request, struct err *err);
bool node_ready(struct request *request, struct err *err);
