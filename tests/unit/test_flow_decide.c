#include "workflow/flow_decide.h"

#include "check.h"
#include "core/time.h"
#include "workflow/bpmn_read.h"
#include "workflow/flow_play.h"

#define BPMN                                                                                       \
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "                          \
    "xmlns:u=\"urn:uprava:bpmn:1\"><process id=\"p\"><startEvent id=\"s\"/>"                       \
    "<sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"r\"/>"                                     \
    "<businessRuleTask id=\"r\" u:decision=\"%s\"%s/></process></definitions>"

static const char DMN[] =
    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" namespace=\"n\" "
    "name=\"fees\"><inputData id=\"i\" name=\"area\"><variable name=\"area\" "
    "typeRef=\"number\"/></inputData><decision id=\"d\" name=\"fee\"><variable name=\"fee\"/>"
    "<informationRequirement><requiredInput href=\"#i\"/></informationRequirement>"
    "<literalExpression><text>area * 3</text></literalExpression></decision>"
    "<decision id=\"e\" name=\"day\"><variable name=\"day\"/>"
    "<literalExpression><text>today()</text></literalExpression></decision></definitions>";

static bool play(const char *decision, const char *more, struct str *values, struct err *err)
{
    struct arena *arena = check_arena();
    struct dmn_library *library;
    const struct bpmn *model;
    struct buf out = {.arena = arena};
    struct json *data = json_new(arena, JSON_OBJECT);

    CHECK_OK(dmn_open_text(arena, STR("fees.dmn"), str_from_z(DMN), &library, err), err);
    CHECK_OK(bpmn_read(arena, str_printf(arena, BPMN, decision, more), &model, err), err);
    json_set_int(arena, data, STR("area"), 14);
    struct flow_play it = {.flow = flow_new(arena, model),
                           .arena = arena,
                           .start = -1,
                           .data = data,
                           .now = 20 * 60 * (int64_t)TIME_MINUTE_MS,
                           .decisions = library};
    it.flow->offset_minutes = 6 * 60;
    if (!flow_play(&it, err))
        return false;
    CHECK_INT(it.flow->state, FLOW_ENDED);
    json_canonical(&out, flow_scope_at(it.flow, 0)->values);
    *values = buf_str(&out);
    return true;
}

static void value_of_a_decision_has_its_name(void)
{
    struct str values;
    struct err err;

    CHECK_OK(play("fee", "", &values, &err), &err);
    CHECK_STR(values, STR("{\"area\":14,\"fee\":42}"));
    CHECK_OK(play("fee", " u:result=\"sum\"", &values, &err), &err);
    CHECK_STR(values, STR("{\"area\":14,\"sum\":42}"));
}

static void today_of_a_decision_is_that_of_the_place(void)
{
    struct str values;
    struct err err;

    CHECK_OK(play("day", "", &values, &err), &err);
    CHECK_STR(values, STR("{\"area\":14,\"day\":\"1970-01-02\"}"));
}

static void decision_that_is_not_there_is_named(void)
{
    struct str values;
    struct err err = {0};

    CHECK(!play("gone", "", &values, &err));
    CHECK_INT(err.code, ERR_ABSENT);
    CHECK_STR(str_from_z(err.text), STR("r: there is no decision \"gone\""));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(value_of_a_decision_has_its_name),
    CHECK_TEST(today_of_a_decision_is_that_of_the_place),
    CHECK_TEST(decision_that_is_not_there_is_named),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
