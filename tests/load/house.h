/* Houses made up by number, for load tests: the same number always gives the same house. */
#pragma once

#include "core/buf.h"

/* Its data as a JSON object, about 1,000 bytes. */
void house_print(struct buf *buf, int64_t number);
