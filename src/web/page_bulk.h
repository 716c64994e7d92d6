/* Several tasks at once: taking them, giving them back, handing them over. */
#pragma once

#include "web/route.h"

/* The tasks that were ticked; each is done or refused by itself. */
bool page_bulk(struct request *request, struct err *err);
/* One task: who does it from now on, and why. */
bool page_bulk_hand(struct request *request, struct err *err);
