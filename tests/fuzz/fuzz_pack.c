/* Two files of a pack from outside: pack.json, a NUL, roles.json. */
#include "auth/policy.h"
#include "core/arena.h"
#include "pack/pack.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str roles = {(const char *)data, size};
    struct str manifest = str_cut(&roles, '\0');
    struct pack_file files[] = {{STR("pack.json"), manifest}, {STR("roles.json"), roles}};
    struct pack_checker checker = {STR("roles.json"), policy_check_file};
    struct pack_findings findings = {.arena = arena};
    struct str registers[] = {STR("base.person"), STR("housing.house")};
    struct policy *policy;
    struct pack *pack;
    struct err err;

    if (!pack_make(arena, files, 2, &pack, &err))
        return 0;
    const struct pack *packs[] = {pack};
    struct pack_set set = {packs, 1};
    pack_check(&set, pack, &checker, 1, &findings);
    if (!pack_order(arena, packs, 1, &set, &err))
        return 0;
    if (policy_compile(arena, &set, registers, 2, &policy, &err)) {
        struct policy_rights guest = policy_rights_of(policy, NULL, 0);
        unsigned classes;

        /* Whatever a pack says, a guest reads public fields at most. */
        if (policy_may(&guest, 0, POLICY_CHANGE, &classes) || guest.admin != 0 ||
            (policy_may(&guest, 1, POLICY_READ, &classes) && classes != POLICY_PUBLIC))
            abort();
    }
    return 0;
}
