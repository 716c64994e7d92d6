/* What only holds between files of packs: what a service's card says of its process. */
#pragma once

#include "pack/pack.h"

/* The checker of a pack's services/: the card itself, the user tasks it assigns, the role it
 * reminds. */
void process_check_service(const struct pack_set *set, const struct pack *pack,
                           const struct pack_file *file, struct pack_findings *findings);
/* The checker of a pack's commissions/: the file itself, its roles. */
void process_check_commission(const struct pack_set *set, const struct pack *pack,
                              const struct pack_file *file, struct pack_findings *findings);
