/* Which line of a file speaks of a record first: of two that speak of the same, that one counts. */
#pragma once

#include "registry/import_row.h"

/*
 * The earlier line that speaks of the same, 0 when there is none. from: the first day, for
 * registers with dates; there a record has a row for each of its first days.
 */
int64_t import_claim_find(const struct import_rows *rows, struct import_item *item, struct str key,
                          int64_t id, int64_t from);
/* When the outcome is known: a row that is left out speaks of nothing, a later one may. */
void import_claim_put(const struct import_rows *rows, const struct import_item *item);
