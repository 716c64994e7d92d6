/* What pack check says of decisions. */
#include "check.h"

#include "core/buf.h"
#include "workflow/dmn_check.h"

#define SPACE "https://www.omg.org/spec/DMN/20230324/MODEL/"
#define HEAD  "<definitions xmlns='" SPACE "' namespace='urn:m' name='m'>"
#define TAIL  "</definitions>"

static struct str check_with(const char *text, struct str path, const char *other)
{
    struct pack_file files[] = {
        {STR("decisions/a.dmn"), str_from_z(text)},
        {STR("decisions/b.dmn"), str_from_z(other)},
        {STR("pack.json"), STR("{\"id\": \"a\", \"version\": \"1.0.0\"}")},
    };
    struct pack_findings findings = {.arena = check_arena()};
    struct buf lines = {.arena = check_arena()};
    const struct pack *packs[1];
    struct err err = {0};
    struct pack *pack;

    CHECK_OK(pack_make(check_arena(), files, ARRAY_LEN(files), &pack, &err), &err);
    packs[0] = pack;
    dmn_check_file(&(struct pack_set){packs, 1}, pack, pack_file_find(pack, path), &findings);
    for (const struct pack_finding *one = findings.first; one != NULL; one = one->next)
        buf_printf(&lines, "%.*s:%d: %.*s\n", STR_ARG(one->file), one->line, STR_ARG(one->text));
    return buf_str(&lines);
}

static struct str check(const char *text)
{
    return check_with(text, STR("decisions/a.dmn"), HEAD TAIL);
}

static void faults_are_told_with_line_element_and_column(void)
{
    CHECK_STR(check(HEAD "\n<decision id='d1' name='d'><literalExpression><text>1 +</text>"
                         "</literalExpression></decision>" TAIL),
              STR("decisions/a.dmn:2: d1: line 1, column 4: a value is missing at the end of the "
                  "text\n"));
    CHECK_STR(check(HEAD "\n\n<decision id='d1' name='d'/>" TAIL),
              STR("decisions/a.dmn:3: d1: it decides nothing: give it a table or an expression\n"));
    CHECK(str_find(check("<a/>"), STR("this is no DMN model")) < 100);
}

static void names_that_are_nowhere_are_told(void)
{
    static const char *const GOOD[] = {
        "[1, 2][item > 1]",
        "for i in [1] return i + partial[1]",
        "{a: 1, b: a + 1}.b",
        "count([{x: 1}][x > 0])",
        "some y in [1] satisfies y = 1",
        "(function(z) z + 1)(2)",
        "years and months duration(@\"2026-01-01\", @\"2026-01-02\")",
        "not(true)",
    };

    CHECK_STR(check(HEAD "<inputData id='i' name='Girth'/>\n<decision id='d1' name='d'>"
                         "<informationRequirement><requiredInput href='#i'/>"
                         "</informationRequirement>\n<literalExpression><text>Girth * 2 + Hight"
                         "</text></literalExpression></decision>" TAIL),
              STR("decisions/a.dmn:3: d1: line 1, column 13: there is no name \"Hight\" here: "
                  "require the element of that name, or mend the name\n"));
    for (size_t i = 0; i < ARRAY_LEN(GOOD); i++) {
        struct buf text = {.arena = check_arena()};

        buf_printf(&text,
                   HEAD "<decision id='d1' name='d'><literalExpression><text><![CDATA[%s]]>"
                        "</text></literalExpression></decision>" TAIL,
                   GOOD[i]);
        CHECK_STR(check(buf_z(&text)), STR(""));
    }
}

static void imports_come_from_the_pack(void)
{
    const char *a =
        HEAD "<import name='B' namespace='urn:b' "
             "importType='" SPACE "'/>"
             "<decision id='d' name='D'><informationRequirement>"
             "<requiredDecision href='urn:b#e'/></informationRequirement>"
             "<literalExpression><text>B.E + 1</text></literalExpression></decision>" TAIL;
    const char *b = "<definitions xmlns='" SPACE "' namespace='urn:b' name='b'>"
                    "<decision id='e' name='E'><literalExpression><text>1 1</text>"
                    "</literalExpression></decision></definitions>";

    /* What is wrong with b is said of b. */
    CHECK_STR(check_with(a, STR("decisions/a.dmn"), b), STR(""));
    CHECK(str_starts(check_with(a, STR("decisions/b.dmn"), b), STR("decisions/b.dmn:1: e: ")));
    CHECK(str_starts(check_with(a, STR("decisions/a.dmn"), HEAD TAIL),
                     STR("decisions/a.dmn:1: B: the import \"B\" cannot be read: no file beside it "
                         "has the namespace urn:b\n")));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(faults_are_told_with_line_element_and_column),
    CHECK_TEST(names_that_are_nowhere_are_told),
    CHECK_TEST(imports_come_from_the_pack),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
