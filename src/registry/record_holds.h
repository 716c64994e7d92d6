/* Whether a record's data pass filters, without asking the database: for what is only in history.
 */
#pragma once

#include "registry/record_list.h"

/* By the same slots as lists: a value that cannot be read passes nothing. */
bool record_holds(struct arena *arena, const struct json *value,
                  const struct record_filter *filters, size_t count);
