/* Whether the server lives and is ready, for those who watch over it and balance its load. */
#pragma once

#include "web/route.h"

bool health_live(struct request *request, struct err *err);
bool health_ready(struct request *request, struct err *err);
