#include "registry/record_reach.h"

#include "check.h"

#define GRANT(register, actions, where)                                                            \
    "{\"register\":\"" register "\",\"actions\":[" actions "],\"classes\":[\"public\"],\n"         \
                                "\"where\":" where "}"
#define FIELD(name, more) "\"" name "\":{\"type\":\"integer\",\"title\":\"t\"" more "}"
#define SLOT              ",\"x-uprava\":{\"index\":true}"

static struct str findings_of(const char *role, const char *grants)
{
    struct pack_file files[] = {
        {STR("pack.json"), STR("{\"id\":\"housing\",\"version\":\"1.0.0\"}")},
        {STR("registers/flat.json"),
         STR("{\"title\":\"T\",\"type\":\"object\",\"additionalProperties\":false,"
             "\"x-uprava\":{\"title\":\"{{floor}}\"},\"properties\":{" FIELD("floor", SLOT) "}}")},
        {STR("registers/house.json"),
         STR("{\"title\":\"T\",\"type\":\"object\",\"additionalProperties\":false,"
             "\"x-uprava\":{\"title\":\"{{year}}\"},\"properties\":{" FIELD("year", SLOT) "," FIELD(
                 "rooms",
                 "") ",\"owner\":{\"type\":\"string\",\"title\":\"t\",\"maxLength\":50" SLOT
                     "}}}")},
        {STR("roles.json"),
         str_printf(check_arena(), "[{\"id\":\"%s\",\"title\":\"К\",\"grants\":[\n%s]}]", role,
                    grants)},
    };
    struct pack_findings findings = {.arena = check_arena()};
    struct pack_set set = {0};
    struct buf text = {.arena = check_arena()};
    struct pack *pack;
    struct err err;

    CHECK_OK(pack_make(check_arena(), files, ARRAY_LEN(files), &pack, &err), &err);
    record_reach_check_file(&set, pack, pack_file_find(pack, STR("roles.json")), &findings);
    for (const struct pack_finding *at = findings.first; at != NULL; at = at->next)
        buf_printf(&text, "%.*s:%d: %.*s\n", STR_ARG(at->file), at->line, STR_ARG(at->text));
    return buf_str(&text);
}

static void filters_that_compile_are_taken(void)
{
    CHECK_STR(findings_of("clerk", GRANT("housing.house", "\"read\",\"change\"",
                                         "\"year < 1960 and owner = user.login\"")),
              STR(""));
    CHECK_STR(findings_of("clerk", GRANT("housing.flat", "\"read\"",
                                         "\"floor in (1, 2) or today() > @\\\"2026-01-01\\\"\"")),
              STR(""));
}

static void what_does_not_become_sql_is_told_with_its_register(void)
{
    CHECK_STR(
        findings_of("clerk", GRANT("housing.house", "\"read\"", "\"rooms > 1\"")),
        STR("roles.json:3: role \"clerk\": where, of housing.house: line 1, column 1: rooms is "
            "not indexed: one cannot filter by it\n"));
    CHECK_STR(
        findings_of("clerk", GRANT("housing.*", "\"read\"", "\"year < 1960\"")),
        STR("roles.json:3: role \"clerk\": where, of housing.flat: line 1, column 1: there is "
            "no field \"year\" in housing.flat\n"));
    CHECK_STR(findings_of("clerk", GRANT("housing.house", "\"read\"", "\"year <\"")).len > 0
                  ? STR("told")
                  : STR(""),
              STR("told"));
    CHECK_STR(findings_of("clerk", GRANT("housing.house", "\"read\"", "\"owner = user.name\"")),
              STR("roles.json:3: role \"clerk\": where, of housing.house: line 1, column 9: of who "
                  "asks there are user.login and user.person\n"));
}

static void what_a_filter_cannot_bound_is_told(void)
{
    CHECK_STR(
        findings_of("clerk", GRANT("housing.house", "\"read\",\"import\"", "\"year < 1960\"")),
        STR("roles.json:3: role \"clerk\": \"import\" is of whole registers: give it in a "
            "grant without \"where\"\n"));
    CHECK_STR(findings_of("guest", GRANT("housing.house", "\"read\"", "\"year < 1960\"")),
              STR("roles.json:3: role \"guest\": what everybody may read is said in the register, "
                  "without \"where\"\n"));
    CHECK_STR(findings_of("clerk", GRANT("housing.house", "\"read\"", "7")),
              STR("roles.json:3: role \"clerk\": \"where\" must be a condition in FEEL, like "
                  "district = \"north\"\n"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(filters_that_compile_are_taken),
    CHECK_TEST(what_does_not_become_sql_is_told_with_its_register),
    CHECK_TEST(what_a_filter_cannot_bound_is_told),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
