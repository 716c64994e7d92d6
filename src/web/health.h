/* What the node itself answers: health for machines, the list of municipalities. */
#pragma once

#include "web/route.h"

bool health_live(struct request *request, struct err *err);
bool health_ready(struct request *request, struct err *err);
