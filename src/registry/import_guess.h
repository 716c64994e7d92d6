/* Which column of a file is which field: by the field's name and its titles. */
#pragma once

#include "registry/import.h"

/* Sets the targets of columns whose titles are set; "" where nothing fits. */
void import_guess(struct arena *arena, const struct catalog *catalog,
                  const struct register_type *type, struct import_column *columns, size_t count);
