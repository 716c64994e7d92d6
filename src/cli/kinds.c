#include "cli/kinds.h"

const struct worker_kind *kinds_list(struct node *node, size_t *count)
{
    (void)node;
    *count = 0;
    return NULL;
}

const struct pack_checker *kinds_checkers(size_t *count)
{
    static const struct pack_checker CHECKERS[] = {
        {STR_INIT("registers"), register_type_check_file},
        {STR_INIT("roles.json"), policy_check_file},
    };

    *count = ARRAY_LEN(CHECKERS);
    return CHECKERS;
}

bool kinds_load_seeds(struct node *node, struct tenant *tenant, const struct str *packs,
                      size_t count, struct err *err)
{
    (void)node, (void)tenant, (void)packs, (void)count, (void)err;
    return true;
}
