/* Users of the municipality, for those with the right "users". */
#pragma once

#include "web/route.h"

/* /admin/: on to the first of its pages this person may see. */
bool page_users_first(struct request *request, struct err *err);
bool page_users(struct request *request, struct err *err);
