/* What is wrong with a model, and what becomes of it. */
#include "check.h"

#include "core/buf.h"
#include "workflow/dmn.h"

#define HEAD "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m'>"
#define TAIL "</definitions>"

static struct dmn_library *read(const char *text)
{
    struct dmn_library *library = NULL;
    struct err err = {0};

    CHECK_OK(dmn_open_text(check_arena(), STR("m.dmn"), str_from_z(text), &library, &err), &err);
    return library;
}

static void fault_is(const char *text, const char *want)
{
    const struct dmn_library *library = read(text);
    struct buf buf = {.arena = check_arena()};

    CHECK(library->fault_count > 0);
    dmn_print_fault(&buf, &library->faults[0]);
    CHECK_STR(buf_str(&buf), str_from_z(want));
}

static const struct feel_value *decide(const struct dmn_library *library, const char *name)
{
    const struct dmn_element *element = dmn_find(library, DMN_DECISION, str_from_z(name));

    CHECK(element != NULL);
    return dmn_eval(feel_run_new(check_arena(), 0), library, element,
                    feel_value_context(check_arena(), NULL, 0));
}

static void faults_name_file_line_element_and_column(void)
{
    fault_is(HEAD "\n<decision id='d1' name='d'><literalExpression><text>1 +</text>"
                  "</literalExpression></decision>" TAIL,
             "m.dmn:2: d1: line 1, column 4: a value is missing at the end of the text");
    fault_is(HEAD "<decision id='d1' name='d'><variable name='d' typeRef='tNone'/></decision>" TAIL,
             "m.dmn:1: d1: there is no type \"tNone\"");
    fault_is(HEAD "<decision id='d1' name='d'><informationRequirement>"
                  "<requiredInput href='#none'/></informationRequirement></decision>" TAIL,
             "m.dmn:1: d1: there is no element \"#none\"");
    fault_is(HEAD "<decision id='d1' name='d'><decisionTable id='t' hitPolicy='SOME'>"
                  "<output/></decisionTable></decision>" TAIL,
             "m.dmn:1: t: there is no hit policy \"SOME\"");
    fault_is(HEAD "<decision id='d1' name='d'><decisionTable id='t'><input>"
                  "<inputExpression><text>1</text></inputExpression></input><output/>"
                  "<rule id='r'><outputEntry><text>1</text></outputEntry></rule>"
                  "</decisionTable></decision>" TAIL,
             "m.dmn:1: r: the rule has 0 input entries, the table 1 inputs");
    fault_is(HEAD "<itemDefinition name='tA'><typeRef>tA</typeRef></itemDefinition>" TAIL,
             "m.dmn:1: tA: the type is defined by itself");
}

static void what_is_no_model_is_refused(void)
{
    static const char *const BAD[] = {
        "",
        "text",
        "<definitions",
        "<bpmn xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>",
        "<!DOCTYPE d [<!ENTITY a 'b'>]><definitions/>",
    };
    struct dmn_library *library;

    for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
        struct err err = {0};
        CHECK(!dmn_open_text(check_arena(), STR("m.dmn"), str_from_z(BAD[i]), &library, &err));
        CHECK(err.code == ERR_INPUT);
    }
}

static void one_fault_leaves_the_rest_usable(void)
{
    const struct dmn_library *library =
        read(HEAD "<decision name='bad'><literalExpression><text>)</text></literalExpression>"
                  "</decision><decision name='good'><literalExpression><text>6 * 7</text>"
                  "</literalExpression></decision>" TAIL);

    CHECK(decide(library, "bad")->kind == FEEL_NULL);
    CHECK(decide(library, "good")->kind == FEEL_NUMBER);
}

static void decisions_that_require_each_other_are_null(void)
{
    const struct dmn_library *library =
        read(HEAD "<decision name='a' id='a'><informationRequirement><requiredDecision href='#b'/>"
                  "</informationRequirement><literalExpression><text>b</text></literalExpression>"
                  "</decision><decision name='b' id='b'><informationRequirement>"
                  "<requiredDecision href='#a'/></informationRequirement><literalExpression>"
                  "<text>a</text></literalExpression></decision>" TAIL);

    CHECK(decide(library, "a")->kind == FEEL_NULL);
}

static void boxes_within_boxes_have_a_depth(void)
{
    struct buf buf = {.arena = check_arena()};

    buf_add(&buf, STR(HEAD "<decision name='d'>"));
    for (int i = 0; i < 150; i++)
        buf_add(&buf, STR("<list>"));
    for (int i = 0; i < 150; i++)
        buf_add(&buf, STR("</list>"));
    buf_add(&buf, STR("</decision>" TAIL));
    const struct dmn_library *library = read(buf_z(&buf));
    CHECK(library->fault_count > 0);
    (void)decide(library, "d");
}

static const struct check_test TESTS[] = {
    CHECK_TEST(faults_name_file_line_element_and_column),
    CHECK_TEST(what_is_no_model_is_refused),
    CHECK_TEST(one_fault_leaves_the_rest_usable),
    CHECK_TEST(decisions_that_require_each_other_are_null),
    CHECK_TEST(boxes_within_boxes_have_a_depth),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
