/* How many tasks people have in hand: counted over an index of what is waited for now. */
#pragma once

#include "store/store.h"

struct flow_load {
    int64_t account; /* who took them; 0: nobody yet */
    int64_t tasks, late;
};
struct flow_load_list {
    struct flow_load *items; /* by account */
    size_t count;
};
/* Tasks of a role: its id or its title, as tasks name it. */
MUST_CHECK bool flow_load_of(struct tx *tx, struct arena *arena, struct str role, int64_t now,
                             struct flow_load_list *list, struct err *err);
