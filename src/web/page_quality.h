/* What does not fit together in a register: the records that break its rules of quality. */
#pragma once

#include "web/route.h"

bool page_quality(struct request *request, struct err *err);
