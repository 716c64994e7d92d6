/* The models and their cases stand in tests/golden/dmn, in the form of the public kit. */
#include "check.h"

#include "core/buf.h"
#include "core/file.h"
#include "workflow/tck.h"

static bool keep(void *data, struct str line)
{
    buf_add(data, line);
    return true;
}

static struct tck_tally run(struct str folder, struct buf *report)
{
    struct tck_tally tally = {.data = report, .write = keep};
    struct err err = {0};

    CHECK_OK(tck_run(folder, INT64_C(1700000000000), &tally, &err), &err);
    return tally;
}

static void our_own_models_decide_as_expected(void)
{
    struct buf report = {.arena = check_arena()};
    struct tck_tally tally = run(STR("tests/golden/dmn"), &report);

    if (tally.failed > 0)
        CHECK_STR(buf_str(&report), STR("ok"));
    CHECK(tally.passed >= 31);
}

static void write(struct str folder, const char *name, const char *text)
{
    struct err err;

    CHECK_OK(file_write(file_join(check_arena(), folder, str_from_z(name)), str_from_z(text), &err),
             &err);
}

static void a_wrong_result_fails_with_expected_and_got(void)
{
    struct str folder = check_folder();
    struct buf report = {.arena = check_arena()};

    write(folder, "m.dmn",
          "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m'>"
          "<decision name='d' id='d'><variable name='d'/><literalExpression><text>1 + 1</text>"
          "</literalExpression></decision></definitions>");
    write(folder, "m-test-01.xml",
          "<testCases xmlns='http://www.omg.org/spec/DMN/20160719/testcase'"
          " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
          "<modelName>m.dmn</modelName><testCase id='1'><resultNode name='d'><expected>"
          "<value xsi:type='xsd:decimal'>3</value></expected></resultNode></testCase>"
          "<testCase id='2'><resultNode name='d'><expected>"
          "<value xsi:type='xsd:decimal'>2.000000001</value></expected></resultNode></testCase>"
          "</testCases>");
    write(folder, "n-test-01.xml", "<testCases><modelName>none.dmn</modelName></testCases>");
    struct tck_tally tally = run(folder, &report);
    CHECK_INT((int64_t)tally.passed, 1);
    CHECK_INT((int64_t)tally.failed, 2);
    CHECK(str_find(buf_str(&report), STR("FAIL m-test-01.xml 1: d expected 3, got 2")) <
          report.len);
}

static void a_value_without_a_type_has_that_of_its_place(void)
{
    struct str folder = check_folder();
    struct buf report = {.arena = check_arena()};

    write(folder, "m.dmn",
          "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m'>"
          "<itemDefinition name='tPlot'><itemComponent name='area'><typeRef>number</typeRef>"
          "</itemComponent><itemComponent name='from'><typeRef>date</typeRef></itemComponent>"
          "</itemDefinition>"
          "<inputData name='plots' id='i'><variable name='plots' typeRef='tPlots'/></inputData>"
          "<itemDefinition name='tPlots' isCollection='true'><typeRef>tPlot</typeRef>"
          "</itemDefinition><decision name='d' id='d'><variable name='d'/><informationRequirement>"
          "<requiredInput href='#i'/></informationRequirement><literalExpression><text>"
          "{area: plots[1].area * 2, year: plots[1].from.year, word: string(plots[1].area)}</text>"
          "</literalExpression></decision></definitions>");
    write(folder, "m-test-01.xml",
          "<testCases xmlns='http://www.omg.org/spec/DMN/20160719/testcase'>"
          "<modelName>m.dmn</modelName><testCase id='1'><inputNode name='plots'><list><item>"
          "<component name='area'><value>600</value></component><component name='from'>"
          "<value>2026-03-09</value></component></item></list></inputNode><resultNode name='d'>"
          "<expected><component name='area'><value>1200.0</value></component>"
          "<component name='year'><value>2026</value></component>"
          "<component name='word'><value>600</value></component></expected></resultNode></testCase>"
          "<testCase id='2'><resultNode name='d'><expected><component name='area'>"
          "<value>1</value></component></expected></resultNode></testCase></testCases>");
    struct tck_tally tally = run(folder, &report);
    CHECK_INT((int64_t)tally.passed, 1);
    CHECK_INT((int64_t)tally.failed, 1);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(our_own_models_decide_as_expected),
    CHECK_TEST(a_wrong_result_fails_with_expected_and_got),
    CHECK_TEST(a_value_without_a_type_has_that_of_its_place),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
