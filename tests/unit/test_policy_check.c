#include "auth/policy.h"

#include "check.h"

static struct str check_roles(const char *roles)
{
    struct pack_file files[] = {
        {STR("pack.json"), STR("{\"id\":\"housing\",\"version\":\"1.0.0\"}")},
        {STR("registers/house.json"), STR("{}")},
        {STR("roles.json"), str_from_z(roles)},
    };
    struct pack_findings findings = {.arena = check_arena()};
    struct pack_set set = {0};
    struct buf text = {.arena = check_arena()};
    struct pack *pack;
    struct err err;

    CHECK_OK(pack_make(check_arena(), files, ARRAY_LEN(files), &pack, &err), &err);
    policy_check_file(&set, pack, pack_file_find(pack, STR("roles.json")), &findings);
    for (const struct pack_finding *at = findings.first; at != NULL; at = at->next)
        buf_printf(&text, "%d: %.*s\n", at->line, STR_ARG(at->text));
    return buf_str(&text);
}

static void good_roles_have_no_findings(void)
{
    CHECK_STR(check_roles("[{\"id\":\"guest\",\"grants\":[{\"register\":\"housing.house\","
                          "\"actions\":[\"read\"],\"classes\":[\"public\"]}]},"
                          "{\"id\":\"clerk\",\"title\":\"К\",\"description\":\"\",\"grants\":["
                          "{\"register\":\"housing.*\",\"actions\":[\"read\",\"history\"],"
                          "\"classes\":[\"secret\"]},{\"register\":\"*\",\"actions\":[\"read\"],"
                          "\"classes\":[\"public\"]}],\"admin\":[\"users\"]}]"),
              STR(""));
}

static void what_would_be_passed_over_is_found(void)
{
    CHECK_STR(
        check_roles("[\n{\"id\":\"clerk\",\n \"grants\":[\n  {\"register\":\"housing.hous\",\n"
                    "   \"actions\":[\"read\",\n   \"reed\"],\n   \"classes\":[]}]},\n"
                    "{\"id\":\"guest\",\"grants\":[{\"register\":\"*\",\"actions\":\n"
                    "[\"change\"],\"classes\":\n[\"personal\"]}],\n\"admin\":[\"users\"]},\n"
                    "{\"id\":\"clerk\",\"title\":\"\u041a\",\"rights\":1},\n"
                    "{\"id\":\"Clerk\"},\n7]"),
        STR("2: role \"clerk\" has no \"title\", here or in a pack this one requires\n"
            "4: there is no register \"housing.hous\"; write housing.house, housing.* or *\n"
            "6: there is no \"reed\" in this list of words\n"
            "7: \"classes\" must be a list with at least one word\n"
            "11: a guest may only read public fields, not have \"users\"\n"
            "9: a guest may only read public fields, not have \"change\"\n"
            "10: a guest may only read public fields, not have \"personal\"\n"
            "12: \"rights\" means nothing here\n"
            "12: role \"clerk\" is there twice: put its grants together\n"
            "13: a role needs an \"id\" like \"clerk\": a-z 0-9 _ -, a letter first\n"
            "14: a role needs an \"id\" like \"clerk\": a-z 0-9 _ -, a letter first\n"));
}

static void applicants_are_no_role(void)
{
    static const char SAID[] = "1: a role cannot be called \"applicant\": in processes that is "
                               "whoever ordered the service\n";

    CHECK_STR(check_roles("[{\"id\":\"applicant\",\"title\":\"К\"}]"), str_from_z(SAID));
    CHECK_STR(check_roles("[{\"id\":\"some\",\"title\":\"applicant\"}]"), str_from_z(SAID));
}

static void other_shapes_are_found_too(void)
{
    CHECK_STR(check_roles("{}"), STR("1: must be a list of roles\n"));
    CHECK_STR(check_roles("[{\"id\":\"a\",\"title\":\"A\",\n\"grants\":{}}]"),
              STR("2: \"grants\" must be a list\n"));
    CHECK_STR(check_roles("[{\"id\":\"a\",\"title\":\"A\",\n\"grants\":[\n\"x\"]}]"),
              STR("3: a grant must be an object with register, actions, classes\n"));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(good_roles_have_no_findings),
        CHECK_TEST(what_would_be_passed_over_is_found),
        CHECK_TEST(applicants_are_no_role),
        CHECK_TEST(other_shapes_are_found_too),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
