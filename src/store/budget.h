/* How much of the machine the open tenants may take when nobody says. */
#pragma once

#include "store/shelf.h"

/* Raises the process's limit of descriptors as far as it may itself, and fills in what is 0: half
 * of the descriptors, a quarter of the memory or 512 MB. */
void budget_complete(struct shelf_load *max);
