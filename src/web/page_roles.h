/* What each role may do with each register. */
#pragma once

#include "web/route.h"

bool page_roles(struct request *request, struct err *err);
