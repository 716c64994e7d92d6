/* The public home of the municipality, and its registers by group. */
#pragma once

#include "web/route.h"

bool page_home(struct request *request, struct err *err);
bool page_registers(struct request *request, struct err *err);
/* Search over all registers this person may read. */
bool page_search(struct request *request, struct err *err);
