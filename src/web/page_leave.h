/* Who stands in for somebody who is away. */
#pragma once

#include "web/route.h"

bool page_leave(struct request *request, struct err *err);
bool page_leave_post(struct request *request, struct err *err);
