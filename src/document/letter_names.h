/* The letters of a pack as those see them who draw its processes: is it one, which fields has it?
 */
#pragma once

#include "core/vec.h"
#include "pack/pack.h"

/* What values the letter asks for: "house" of {{house.address}}, nothing of what lies in lists. */
struct letter_names {
    struct str *items; /* each once */
    size_t count;
};

/* False: it is no letter. */
bool letter_names_read(struct arena *arena, struct str bytes, struct letter_names *names);
/* The checker of a pack's letters/. */
void letter_names_check_file(const struct pack_set *set, const struct pack *pack,
                             const struct pack_file *file, struct pack_findings *findings);
