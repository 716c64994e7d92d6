#include "pack/pack.h"

#include "check.h"

static int checked;

static void check_register(const struct pack_set *set, const struct pack *pack,
                           const struct pack_file *file, struct pack_findings *findings)
{
    (void)set, (void)pack;
    checked++;
    if (str_find(file->bytes, STR("bad")) < file->bytes.len)
        pack_find(findings, file->path, pack_line(file->bytes, STR("/bad")), "is %s", "bad");
}

static struct str check_files(struct pack_file *files, size_t count)
{
    static const struct pack_checker NONE = {0};
    struct pack_checker checkers[] = {{STR("registers"), check_register}, NONE};
    struct pack_findings findings = {.arena = check_arena()};
    struct pack_set set = {0};
    struct buf text = {.arena = check_arena()};
    struct pack *pack;
    struct err err;

    checked = 0;
    CHECK_OK(pack_make(check_arena(), files, count, &pack, &err), &err);
    pack_check(&set, pack, checkers, 1, &findings);
    for (const struct pack_finding *at = findings.first; at != NULL; at = at->next)
        buf_printf(&text, "%.*s:%d: %.*s\n", STR_ARG(at->file), at->line, STR_ARG(at->text));
    return buf_str(&text);
}

static void a_good_pack_has_no_findings(void)
{
    struct pack_file files[] = {
        {STR("pack.json"), STR("{\"id\":\"a\",\"version\":\"1.0.0\",\"title\":\"А\","
                               "\"description\":\"Б\",\"licence\":\"MIT\",\"requires\":{}}")},
        {STR("README.md"), STR("# А\n")},
        {STR("registers/tree.json"), STR("{}")},
        {STR("registers/house.json"), STR("{}")},
    };

    CHECK_STR(check_files(files, ARRAY_LEN(files)), STR(""));
    CHECK_INT(checked, 2);
}

static void findings_name_file_and_line(void)
{
    struct pack_file files[] = {
        {STR("pack.json"), STR("{\"id\":\"a\",\n\"version\":\"1.0.0\",\n\"title\":\" \",\n"
                               "\"colour\":1,\"description\":\"Б\",\n\"requires\":{\n"
                               "\"base\":\"^1\",\n\"x\":\">1\"}}")},
        {STR("registers/house.json"), STR("{\n\"good\": 1,\n\"bad\": 2}")},
        {STR("registers/tree.json"), STR("{\n\"bad\": }")},
        {STR("lists/kind.csv"), STR("code,title\n1,\xff\n")},
        {STR("spells/fire.json"), STR("{}")},
    };

    CHECK_STR(check_files(files, ARRAY_LEN(files)),
              STR("pack.json:3: \"title\" must be a text that is not empty\n"
                  "pack.json:1: \"licence\" is missing\n"
                  "pack.json:4: \"colour\" means nothing here\n"
                  "pack.json:6: requires base ^1, which is not there\n"
                  "pack.json:7: requires x: write a range like \"^1\", \"^0.2\", \"1.2.3\" or"
                  " \"*\"\n"
                  "README.md:0: is missing: say which problem the pack solves, and for whom\n"
                  "lists/kind.csv:2: is not UTF-8\n"
                  "registers/house.json:3: is bad\n"
                  "registers/tree.json:2: JSON line 2, column 8: a value is expected here\n"
                  "spells/fire.json:0: nothing in this version of the engine reads files of that"
                  " name\n"));
    CHECK_INT(checked, 1);
}

static void marks_and_carriage_returns_are_found(void)
{
    struct pack_file files[] = {
        {STR("pack.json"), STR("{\"id\":\"a\",\"version\":\"1.0.0\",\"title\":\"А\","
                               "\"description\":\"Б\",\"licence\":\"MIT\"}")},
        {STR("README.md"), STR("\xef\xbb\xbf# А\r\n")},
    };

    CHECK_STR(check_files(files, ARRAY_LEN(files)),
              STR("README.md:1: begins with a byte order mark: save it without\n"
                  "README.md:0: has lines ending in CR: save it with LF alone\n"));
}

static void endless_findings_are_counted_not_kept(void)
{
    struct pack_findings findings = {.arena = check_arena()};
    int kept = 0;

    for (int i = 0; i < PACK_FINDINGS_MAX * 3; i++)
        pack_find(&findings, STR("a.json"), i, "wrong");
    for (const struct pack_finding *at = findings.first; at != NULL; at = at->next)
        kept++;
    CHECK_INT(kept, PACK_FINDINGS_MAX);
    CHECK_INT((int64_t)findings.count, PACK_FINDINGS_MAX * 3);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(a_good_pack_has_no_findings),
        CHECK_TEST(findings_name_file_and_line),
        CHECK_TEST(marks_and_carriage_returns_are_found),
        CHECK_TEST(endless_findings_are_counted_not_kept),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
