#include "cli/checkers.h"

#include "check.h"

static void shipped_packs_have_no_findings(void)
{
    static const char *const FOLDERS[] = {"packs/base", "packs/housing"};
    struct pack_findings findings = {.arena = check_arena()};
    const struct pack_checker *checkers;
    size_t checker_count;
    const struct pack *packs[ARRAY_LEN(FOLDERS)];
    struct pack_set set;
    struct err err;

    for (size_t i = 0; i < ARRAY_LEN(FOLDERS); i++) {
        struct pack *pack;

        CHECK_OK(pack_read(check_arena(), str_from_z(FOLDERS[i]), &pack, &err), &err);
        packs[i] = pack;
    }
    CHECK_OK(pack_order(check_arena(), packs, ARRAY_LEN(packs), &set, &err), &err);
    checkers = checkers_list(&checker_count);
    for (size_t i = 0; i < set.count; i++)
        pack_check(&set, set.packs[i], checkers, checker_count, &findings);
    for (const struct pack_finding *at = findings.first; at != NULL; at = at->next)
        CHECK_STR(at->text, at->file);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(shipped_packs_have_no_findings),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
