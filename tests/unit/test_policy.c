#include "auth/policy.h"

#include "check.h"

static const struct str REGISTERS[] = {
    {"base.person", 11},
    {"housing.house", 13},
    {"housing.flat", 12},
};

enum {
    PERSON,
    HOUSE,
    FLAT,
};

static const struct pack *make(const char *id, const char *roles)
{
    struct arena *arena = check_arena();
    struct pack_file *files = ARENA_ARRAY(arena, struct pack_file, 2);
    struct pack *pack;
    struct err err;

    files[0].path = STR("pack.json");
    files[0].bytes = str_printf(arena, "{\"id\":\"%s\",\"version\":\"1.0.0\"}", id);
    files[1].path = STR("roles.json");
    files[1].bytes = str_from_z(roles);
    CHECK_OK(pack_make(arena, files, 2, &pack, &err), &err);
    return pack;
}

static struct policy *compile(const char *base, const char *housing)
{
    const struct pack *packs[] = {make("base", base), make("housing", housing)};
    struct pack_set set = {packs, 2};
    struct policy *policy;
    struct err err;

    CHECK_OK(policy_compile(check_arena(), &set, REGISTERS, ARRAY_LEN(REGISTERS), &policy, &err),
             &err);
    return policy;
}

static struct policy_rights rights_of(const struct policy *policy, const char *role)
{
    struct str id = str_from_z(role);

    return policy_rights_of(policy, &id, 1);
}

static unsigned classes_of(struct policy_rights rights, int at, enum policy_action action)
{
    unsigned classes = 99;
    bool may = policy_may(&rights, at, action, &classes);

    CHECK(may == (classes != 0));
    return classes;
}

static void what_nobody_granted_is_denied(void)
{
    struct policy *policy = compile("[]", "[{\"id\":\"clerk\",\"title\":\"К\",\"grants\":[]}]");
    struct policy_rights none = {0};

    for (int at = -1; at <= (int)ARRAY_LEN(REGISTERS); at++)
        for (unsigned action = POLICY_READ; action <= POLICY_HISTORY; action <<= 1) {
            CHECK_INT(classes_of(rights_of(policy, "clerk"), at, action), 0);
            CHECK_INT(classes_of(rights_of(policy, "guest"), at, action), 0);
            CHECK_INT(classes_of(rights_of(policy, "unknown"), at, action), 0);
            CHECK_INT(classes_of(none, at, action), 0);
        }
    CHECK_INT(rights_of(policy, "clerk").admin, 0);
}

/* Tasks of applicants are theirs alone, whatever a pack that nobody checked says. */
static void nobody_has_the_role_of_applicants(void)
{
    static const char *const ROLES[] = {
        "[{\"id\":\"applicant\",\"title\":\"К\",\"admin\":[\"users\"],\"grants\":[]}]",
        "[{\"id\":\"some\",\"title\":\"applicant\",\"admin\":[\"users\"],\"grants\":[]}]",
    };

    for (size_t i = 0; i < ARRAY_LEN(ROLES); i++) {
        struct policy *policy = compile("[]", ROLES[i]);
        struct policy_rights rights = rights_of(policy, i == 0 ? "applicant" : "some");
        size_t count;

        CHECK(!policy_has_role(&rights, STR("applicant")));
        CHECK_INT(rights.admin, 0);
        (void)policy_roles(policy, &count);
        CHECK_INT((int64_t)count, 1); /* guests */
    }
}

static void a_grant_gives_its_actions_and_classes_and_no_others(void)
{
    struct policy *policy = compile(
        "[]", "[{\"id\":\"clerk\",\"grants\":[{\"register\":\"housing.house\",\"actions\":"
              "[\"read\"],\"classes\":[\"public\",\"internal\"]},{\"register\":\"housing.house\","
              "\"actions\":[\"change\"],\"classes\":[\"public\"]}]}]");
    struct policy_rights clerk = rights_of(policy, "clerk");

    CHECK_INT(classes_of(clerk, HOUSE, POLICY_READ), POLICY_PUBLIC | POLICY_INTERNAL);
    CHECK_INT(classes_of(clerk, HOUSE, POLICY_CHANGE), POLICY_PUBLIC);
    CHECK_INT(classes_of(clerk, HOUSE, POLICY_DELETE), 0);
    CHECK_INT(classes_of(clerk, FLAT, POLICY_READ), 0);
    CHECK_INT(classes_of(clerk, PERSON, POLICY_READ), 0);
    CHECK_INT(classes_of(rights_of(policy, "guest"), HOUSE, POLICY_READ), 0);
}

static void grants_without_classes_or_with_unknown_words_give_nothing(void)
{
    struct policy *policy =
        compile("[{\"id\":\"a\",\"grants\":[{\"register\":\"*\",\"actions\":[\"read\"]}]}]",
                "[{\"id\":\"b\",\"grants\":[{\"register\":\"*\",\"actions\":[\"reed\"],\"classes\":"
                "[\"public\"]},{\"actions\":[\"read\"],\"classes\":[\"public\"]},7,"
                "{\"register\":\"hous.*\",\"actions\":[\"read\"],\"classes\":[\"public\"]}]}]");

    for (int at = 0; at < (int)ARRAY_LEN(REGISTERS); at++) {
        CHECK_INT(classes_of(rights_of(policy, "a"), at, POLICY_READ), 0);
        CHECK_INT(classes_of(rights_of(policy, "b"), at, POLICY_READ), 0);
    }
}

static void grants_of_a_role_add_up_over_packs_and_roles(void)
{
    struct policy *policy =
        compile("[{\"id\":\"clerk\",\"title\":\"Специалист\",\"grants\":[{\"register\":\"base.*\","
                "\"actions\":[\"read\"],\"classes\":[\"public\"]}],\"admin\":[\"jobs\"]},"
                "{\"id\":\"data\",\"grants\":[{\"register\":\"*\",\"actions\":[\"read\"],"
                "\"classes\":[\"personal\"]}]}]",
                "[{\"id\":\"clerk\",\"grants\":[{\"register\":\"housing.*\",\"actions\":[\"read\"],"
                "\"classes\":[\"internal\"]}],\"admin\":[\"journal\"]}]");
    struct str both[] = {STR("clerk"), STR("data")};
    struct policy_rights clerk = rights_of(policy, "clerk");
    struct policy_rights two = policy_rights_of(policy, both, 2);
    size_t count;

    CHECK_INT(classes_of(clerk, PERSON, POLICY_READ), POLICY_PUBLIC);
    CHECK_INT(classes_of(clerk, FLAT, POLICY_READ), POLICY_INTERNAL);
    CHECK_INT(clerk.admin, POLICY_JOBS | POLICY_JOURNAL);
    CHECK_INT(classes_of(two, FLAT, POLICY_READ), POLICY_INTERNAL | POLICY_PERSONAL);
    CHECK_STR(policy_role_find(policy, STR("clerk"))->title, STR("Специалист"));
    CHECK_STR(policy_roles(policy, &count)[0].id, STR("guest"));
    CHECK_INT((int64_t)count, 3);
}

static void no_pack_gives_a_guest_more_than_public_reading(void)
{
    struct policy *policy = compile(
        "[{\"id\":\"guest\",\"grants\":[{\"register\":\"*\",\"actions\":[\"read\",\"create\","
        "\"change\",\"delete\",\"import\",\"export\",\"history\"],\"classes\":[\"public\","
        "\"internal\",\"personal\",\"secret\"]}],\"admin\":[\"users\"]}]",
        "[{\"id\":\"clerk\",\"grants\":[]}]");
    struct policy_rights guest = policy_rights_of(policy, NULL, 0);

    CHECK_INT(classes_of(guest, HOUSE, POLICY_READ), POLICY_PUBLIC);
    for (unsigned action = POLICY_CREATE; action <= POLICY_HISTORY; action <<= 1)
        CHECK_INT(classes_of(guest, HOUSE, action), 0);
    CHECK_INT(guest.admin, 0);
    /* Everybody is also a guest. */
    CHECK_INT(classes_of(rights_of(policy, "clerk"), HOUSE, POLICY_READ), POLICY_PUBLIC);
}

static void guests_read_registers_that_are_marked_public(void)
{
    struct pack_file files[] = {
        {STR("pack.json"), STR("{\"id\":\"housing\",\"version\":\"1.0.0\"}")},
        {STR("registers/house.json"), STR("{\"x-uprava\":{\"public\":true}}")},
        {STR("registers/flat.json"), STR("{\"x-uprava\":{\"public\":\"yes\"}}")},
    };
    struct policy *policy;
    struct pack *pack;
    struct err err;

    CHECK_OK(pack_make(check_arena(), files, 3, &pack, &err), &err);
    const struct pack *packs[] = {pack};
    struct pack_set set = {packs, 1};
    CHECK_OK(policy_compile(check_arena(), &set, REGISTERS, 3, &policy, &err), &err);
    CHECK_INT(classes_of(rights_of(policy, "guest"), HOUSE, POLICY_READ), POLICY_PUBLIC);
    CHECK_INT(classes_of(rights_of(policy, "guest"), HOUSE, POLICY_EXPORT), 0);
    CHECK_INT(classes_of(rights_of(policy, "guest"), FLAT, POLICY_READ), 0);
    CHECK_INT(classes_of(rights_of(policy, "guest"), PERSON, POLICY_READ), 0);
}

static void too_many_roles_and_broken_files_are_refused(void)
{
    struct buf roles = {.arena = check_arena()};
    struct pack_set set = {0};
    const struct pack *pack;
    struct policy *policy;
    struct err err;

    buf_char(&roles, '[');
    for (int i = 0; i < POLICY_ROLES_MAX; i++)
        buf_printf(&roles, "%s{\"id\":\"r%d\"}", i > 0 ? "," : "", i);
    buf_char(&roles, ']');
    pack = make("base", buf_z(&roles));
    set = (struct pack_set){&pack, 1};
    CHECK(!policy_compile(check_arena(), &set, REGISTERS, 3, &policy, &err));
    CHECK_INT(err.code, ERR_LIMIT);
    pack = make("base", "[{");
    CHECK(!policy_compile(check_arena(), &set, REGISTERS, 3, &policy, &err));
    pack = make("base", "{}");
    CHECK(!policy_compile(check_arena(), &set, REGISTERS, 3, &policy, &err));
    pack = make("base", "[{\"grants\":[]}]");
    CHECK(!policy_compile(check_arena(), &set, REGISTERS, 3, &policy, &err));
}

static void stamp_tells_policies_apart_by_their_roles(void)
{
    const char *one = "[{\"id\":\"a\"},{\"id\":\"b\"}]";

    CHECK(policy_stamp(compile(one, "[]")) == policy_stamp(compile(one, "[]")));
    CHECK(policy_stamp(compile(one, "[]")) !=
          policy_stamp(compile("[{\"id\":\"b\"},{\"id\":\"a\"}]", "[]")));
    CHECK(policy_stamp(compile(one, "[]")) !=
          policy_stamp(compile("[{\"id\":\"a\",\"admin\":[\"jobs\"]},{\"id\":\"b\"}]", "[]")));
}

static void processes_are_granted_by_name_or_by_pack(void)
{
    const struct policy *policy = compile(
        "[{\"id\":\"clerk\",\"title\":\"Clerk\"},{\"id\":\"head\",\"title\":\"Head\"},"
        "{\"id\":\"data\",\"title\":\"Data\"}]",
        "[{\"id\":\"clerk\",\"grants\":[{\"process\":\"housing.repair\",\"actions\":[\"begin\"]"
        "}]},"
        "{\"id\":\"head\",\"grants\":[{\"process\":\"housing.*\",\"actions\":[\"watch\"]}]}]");
    struct policy_rights clerk = rights_of(policy, "clerk");
    struct policy_rights head = rights_of(policy, "head");
    struct policy_rights data = rights_of(policy, "data");

    CHECK(policy_may_process(&clerk, STR("housing.repair"), POLICY_BEGIN));
    CHECK(!policy_may_process(&clerk, STR("housing.repair"), POLICY_WATCH));
    CHECK(!policy_may_process(&clerk, STR("housing.other"), POLICY_BEGIN));
    CHECK(policy_may_process(&head, STR("housing.other"), POLICY_WATCH));
    CHECK(policy_may_some_process(&clerk, POLICY_BEGIN | POLICY_WATCH));
    CHECK(!policy_may_some_process(&clerk, POLICY_WATCH | POLICY_MANAGE));
    CHECK(!policy_may_some_process(&data, POLICY_BEGIN | POLICY_WATCH | POLICY_MANAGE));
    CHECK(policy_has_role(&clerk, STR("Clerk")));
    CHECK(!policy_has_role(&clerk, STR("head")));
}

static bool may(const struct policy *policy, const char *role, const char *process,
                enum policy_process action)
{
    struct policy_rights rights = rights_of(policy, role);

    return policy_may_process(&rights, str_from_z(process), action);
}

static void processes_are_granted_by_name_pack_or_all(void)
{
    const struct policy *policy = compile(
        "[{\"id\":\"guest\",\"grants\":[{\"process\":\"*\",\"actions\":[\"watch\"]}]},"
        "{\"id\":\"data\",\"title\":\"Данные\",\"grants\":[{\"process\":\"*\",\"actions\":"
        "[\"manage\"]}]}]",
        "[{\"id\":\"clerk\",\"grants\":[{\"process\":\"housing.visit\",\"actions\":[\"begin\","
        "\"dance\"]}]},{\"id\":\"head\",\"grants\":[{\"process\":\"housing.*\",\"actions\":"
        "[\"watch\"]}]}]");
    struct policy_rights data = rights_of(policy, "data");

    CHECK(may(policy, "clerk", "housing.visit", POLICY_BEGIN));
    CHECK(!may(policy, "clerk", "housing.visits", POLICY_BEGIN));
    CHECK(!may(policy, "clerk", "housing.visit", POLICY_WATCH));
    CHECK(may(policy, "head", "housing.visit", POLICY_WATCH));
    CHECK(!may(policy, "head", "base.visit", POLICY_WATCH));
    CHECK(!may(policy, "head", "*", POLICY_WATCH));
    CHECK(may(policy, "data", "*", POLICY_MANAGE));
    CHECK(!may(policy, "guest", "housing.visit", POLICY_WATCH));
    CHECK_INT(classes_of(data, HOUSE, POLICY_READ), 0);
    CHECK(policy_has_role(&data, STR("data")));
    CHECK(policy_has_role(&data, STR("Данные")));
    CHECK(!policy_has_role(&data, STR("clerk")));
    CHECK(!policy_has_role(&data, STR("guest")));
    CHECK(!policy_has_role(&data, STR("")));
}

static void a_part_of_a_register_is_no_right_on_all_of_it(void)
{
    struct policy *policy = compile(
        "[]", "[{\"id\":\"ward\",\"grants\":[{\"register\":\"housing.house\",\"actions\":"
              "[\"read\",\"change\"],\"classes\":[\"public\",\"internal\"],\"where\":\"a = 1\"}]},"
              "{\"id\":\"odd\",\"grants\":[{\"register\":\"housing.house\",\"actions\":[\"read\"],"
              "\"classes\":[\"internal\"],\"where\":7}]},"
              "{\"id\":\"maker\",\"grants\":[{\"register\":\"housing.house\",\"actions\":"
              "[\"create\"],\"classes\":[\"public\"]}]},"
              "{\"id\":\"reader\",\"grants\":[{\"register\":\"housing.*\",\"actions\":[\"read\"],"
              "\"classes\":[\"public\"]}]},"
              "{\"id\":\"guest\",\"grants\":[{\"register\":\"housing.*\",\"actions\":[\"read\"],"
              "\"classes\":[\"public\"],\"where\":\"a = 1\"}]}]");
    struct str ids[] = {STR("ward"), STR("odd"), STR("maker"), STR("reader")};
    struct policy_rights ward = policy_rights_of(policy, ids, 3);
    struct str wheres[POLICY_WHERES_MAX];
    unsigned classes;

    CHECK_INT(classes_of(ward, HOUSE, POLICY_READ), 0);
    CHECK_INT(classes_of(ward, HOUSE, POLICY_CHANGE), 0);
    /* Made of the whole register, but read in a part only. */
    CHECK_INT(classes_of(ward, HOUSE, POLICY_CREATE), 0);
    CHECK(policy_may_some(&ward, HOUSE, POLICY_CREATE, &classes) && classes == POLICY_PUBLIC);
    CHECK(policy_may_some(&ward, HOUSE, POLICY_READ, &classes) && classes == POLICY_INTERNAL);
    CHECK(!policy_may_some(&ward, HOUSE, POLICY_DELETE, &classes) && classes == 0);
    CHECK(policy_is_limited(&ward, HOUSE, POLICY_READ));
    CHECK(!policy_is_limited(&ward, HOUSE, POLICY_CREATE));
    CHECK(!policy_is_limited(&ward, FLAT, POLICY_READ));
    CHECK_INT((int64_t)policy_wheres(&ward, HOUSE, POLICY_READ, wheres), 2);
    CHECK_STR(wheres[0], STR("a = 1"));
    CHECK_STR(wheres[1], STR("")); /* nothing is such */
    ward = policy_rights_of(policy, ids, 4);
    CHECK_INT(classes_of(ward, HOUSE, POLICY_READ), POLICY_PUBLIC);
    CHECK_INT(classes_of(ward, HOUSE, POLICY_CHANGE), 0);
    CHECK(!policy_is_limited(&ward, HOUSE, POLICY_READ));
    CHECK_INT(classes_of(rights_of(policy, "guest"), HOUSE, POLICY_READ), 0);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(processes_are_granted_by_name_or_by_pack),
        CHECK_TEST(what_nobody_granted_is_denied),
        CHECK_TEST(nobody_has_the_role_of_applicants),
        CHECK_TEST(a_grant_gives_its_actions_and_classes_and_no_others),
        CHECK_TEST(grants_without_classes_or_with_unknown_words_give_nothing),
        CHECK_TEST(grants_of_a_role_add_up_over_packs_and_roles),
        CHECK_TEST(no_pack_gives_a_guest_more_than_public_reading),
        CHECK_TEST(guests_read_registers_that_are_marked_public),
        CHECK_TEST(processes_are_granted_by_name_pack_or_all),
        CHECK_TEST(too_many_roles_and_broken_files_are_refused),
        CHECK_TEST(a_part_of_a_register_is_no_right_on_all_of_it),
        CHECK_TEST(stamp_tells_policies_apart_by_their_roles),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
