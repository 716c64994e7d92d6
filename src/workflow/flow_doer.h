/* Who may do the tasks of a role, and how many each has on their hands. */
#pragma once

#include "auth/colleague.h"
#include "workflow/process.h"

/* Active accounts that have the role of a task, an id or a title, by their names. */
MUST_CHECK bool flow_doer_list(struct tx *tx, struct arena *arena, const struct policy *policy,
                               struct str role, struct colleague_page *page, struct err *err);

/* Roles that do tasks of the installed processes: as tasks name them, and their ids. */
struct flow_doer_roles {
    const struct str *names;
    size_t name_count;
    const struct str *ids;
    size_t id_count;
};
/* Those that rights have; NULL: all. */
MUST_CHECK bool flow_doer_find_roles(struct process_library *processes, const struct model *model,
                                     struct arena *arena, const struct policy_rights *rights,
                                     struct flow_doer_roles *roles, struct err *err);
/* Open tasks that are theirs, of all these names: load[i] of page->items[i].  Each name is a part
 * of an index with nothing in it but tasks that are open. */
MUST_CHECK bool flow_doer_load(struct tx *tx, const struct flow_doer_roles *roles,
                               const struct colleague_page *page, int64_t *load, struct err *err);
