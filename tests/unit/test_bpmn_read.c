#include "workflow/bpmn_read.h"

#include "check.h"
#include "core/buf.h"
#include "core/file.h"

static const struct bpmn *read(struct str text)
{
    const struct bpmn *model = NULL;
    struct err err;

    CHECK_OK(bpmn_read(check_arena(), text, &model, &err), &err);
    return model;
}

static const struct bpmn *read_golden(const char *name)
{
    struct str text = {0};
    struct err err;

    CHECK_OK(file_read(check_arena(), str_printf(check_arena(), "tests/golden/bpmn/%s.bpmn", name),
                       1 << 20, &text, &err),
             &err);
    return read(text);
}

static const struct bpmn_node *node(const struct bpmn *model, const char *id)
{
    const struct bpmn_node *found = bpmn_find(model, str_from_z(id));

    CHECK(found != NULL);
    return found;
}

static void nodes_lie_in_scopes_and_are_linked_in_their_order(void)
{
    const struct bpmn *model = read_golden("errors");
    const struct bpmn_node *gate = node(model, "gate");
    const struct bpmn_node *inner = node(model, "inner");

    CHECK_INT(gate->scope, inner->index);
    CHECK_INT(inner->scope, node(model, "outer")->index);
    CHECK_INT(inner->process, node(model, "errors")->index);
    CHECK_INT(gate->incoming_count, 1);
    CHECK_INT(gate->outgoing_count, 3);
    CHECK_STR(model->flows[gate->outgoing[0]].id, STR("gate_wrong"));
    CHECK_INT(gate->default_flow, gate->outgoing[2]);
    CHECK_INT(node(model, "inner_other")->host, inner->index);
    CHECK_INT(inner->first_boundary, node(model, "inner_other")->index);
    CHECK_STR(node(model, "wrong")->events[0].name, STR("WRONG"));
}

static void work_of_activities_is_read(void)
{
    const struct bpmn *model = read_golden("tasks");
    const struct bpmn_work *person = node(model, "person")->work;

    CHECK_STR(person->form, STR("decide"));
    CHECK_STR(person->role, STR("head"));
    CHECK_STR(person->term, STR("P3D"));
    CHECK_INT((int64_t)person->input_count, 1);
    CHECK_STR(person->inputs[0].to, STR("question"));
    CHECK_STR(node(model, "service")->work->operation, STR("record.create"));
    CHECK_STR(node(model, "rule")->work->called, STR("way"));
    CHECK_STR(node(model, "receive")->events[0].name, STR("answer"));
    CHECK_STR(node(model, "receive")->events[0].key.text, STR("number"));
}

static void diagram_tells_where_elements_are(void)
{
    const struct bpmn *model = read_golden("exclusive");

    CHECK_INT((int64_t)model->shape_count, 7);
    CHECK_INT((int64_t)model->edge_count, 8);
    CHECK_INT(model->shapes[0].node, node(model, "start")->index);
    CHECK_INT((int64_t)model->shapes[0].box.width, 36);
    CHECK_INT(model->edges[0].flow, 0);
    CHECK(model->edges[0].point_count >= 2);
}

static void what_is_written_in_a_diagram_is_told(void)
{
    const struct bpmn *model = read(
        STR("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
            " xmlns:i=\"http://www.omg.org/spec/BPMN/20100524/DI\" xmlns:c=\"urn:dc\">"
            "<collaboration id=\"c\"><participant id=\"pool\" name=\"Town\" processRef=\"p\"/>"
            "</collaboration><process id=\"p\"><userTask id=\"t\" name=\"Look\">"
            "<documentation> Go there. </documentation></userTask>"
            "<textAnnotation id=\"n\"><text>By law</text></textAnnotation></process>"
            "<i:BPMNDiagram><i:BPMNPlane bpmnElement=\"c\"><i:BPMNShape bpmnElement=\"pool\">"
            "<c:Bounds x=\"1\" y=\"2\" width=\"300\" height=\"4\"/></i:BPMNShape></i:BPMNPlane>"
            "</i:BPMNDiagram><i:BPMNDiagram><i:BPMNPlane bpmnElement=\"p\">"
            "<i:BPMNShape bpmnElement=\"t\"><c:Bounds x=\"1\" y=\"2\" width=\"3\" height=\"4\"/>"
            "<i:BPMNLabel><c:Bounds x=\"5\" y=\"6\" width=\"7\" height=\"8\"/></i:BPMNLabel>"
            "</i:BPMNShape><i:BPMNShape bpmnElement=\"n\"><c:Bounds x=\"1\" y=\"2\"/></i:BPMNShape>"
            "</i:BPMNPlane></i:BPMNDiagram></definitions>"));

    CHECK_STR(node(model, "t")->help, STR("Go there."));
    CHECK_INT((int64_t)model->shape_count, 3);
    CHECK_STR(model->shapes[0].kind, STR("participant"));
    CHECK_STR(model->shapes[0].name, STR("Town"));
    CHECK_INT(model->shapes[0].plane, 0);
    CHECK_INT(model->shapes[1].plane, 1);
    CHECK_STR(model->shapes[1].name, STR("Look"));
    CHECK_INT((int64_t)model->shapes[1].label.width, 7);
    CHECK_STR(model->shapes[2].name, STR("By law"));
    CHECK_INT((int64_t)model->shapes[2].label.width, 0);
}

static void lanes_say_who_does_it(void)
{
    const struct bpmn *model =
        read(STR("<b:definitions xmlns:b=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">"
                 "<b:process id=\"p\"><b:laneSet><b:lane id=\"l1\" name=\"Clerks\">"
                 "<b:flowNodeRef>t</b:flowNodeRef><b:childLaneSet><b:lane id=\"l2\" name=\"Head\">"
                 "<b:flowNodeRef> u </b:flowNodeRef></b:lane></b:childLaneSet>"
                 "<b:flowNodeRef>u</b:flowNodeRef></b:lane></b:laneSet>"
                 "<b:task id=\"t\"/><b:task id=\"u\"/></b:process></b:definitions>"));

    CHECK_STR(node(model, "t")->lane, STR("Clerks"));
    CHECK_STR(node(model, "u")->lane, STR("Head"));
}

static void elements_of_other_namespaces_say_nothing(void)
{
    const struct bpmn *model =
        read(STR("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
                 "xmlns:x=\"urn:x\"><process id=\"p\"><x:task id=\"t\"/><task id=\"u\" "
                 "x:name=\"other\"/></process></definitions>"));

    CHECK(bpmn_find(model, STR("t")) == NULL);
    CHECK_STR(node(model, "u")->name, STR(""));
    CHECK_INT((int64_t)model->findings.faults, 0);
}

static void check_refused(struct str text, enum err_code code, const char *why)
{
    const struct bpmn *model;
    struct err err = {0};

    CHECK(!bpmn_read(check_arena(), text, &model, &err));
    CHECK_INT(err.code, code);
    CHECK(strstr(err.text, why) != NULL);
}

static void what_is_no_model_is_refused(void)
{
    check_refused(STR("not XML"), ERR_INPUT, "line 1");
    check_refused(STR("<definitions/>"), ERR_INPUT, "no BPMN 2.0 model");
    check_refused(STR("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"/>"),
                  ERR_INPUT, "no process");
    check_refused(STR("<!DOCTYPE x [<!ENTITY y \"z\">]><x>&y;</x>"), ERR_INPUT, "DOCTYPE");
}

static void models_beyond_the_bounds_are_refused(void)
{
    struct buf wide = {.arena = check_arena()};
    struct buf deep = {.arena = check_arena()};

    buf_add(&wide, STR("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">"
                       "<process id=\"p\">"));
    for (int i = 0; i < 100000; i++)
        buf_printf(&wide, "<task id=\"t%d\"/>", i);
    buf_add(&wide, STR("</process></definitions>"));
    check_refused(buf_str(&wide), ERR_LIMIT, "more than 10000 events");
    buf_add(&deep, STR("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">"
                       "<process id=\"p\">"));
    for (int i = 0; i < 1000; i++)
        buf_add(&deep, STR("<subProcess>"));
    check_refused(buf_str(&deep), ERR_LIMIT, "deeper");
}

static const struct check_test TESTS[] = {
    CHECK_TEST(nodes_lie_in_scopes_and_are_linked_in_their_order),
    CHECK_TEST(work_of_activities_is_read),
    CHECK_TEST(diagram_tells_where_elements_are),
    CHECK_TEST(what_is_written_in_a_diagram_is_told),
    CHECK_TEST(lanes_say_who_does_it),
    CHECK_TEST(elements_of_other_namespaces_say_nothing),
    CHECK_TEST(what_is_no_model_is_refused),
    CHECK_TEST(models_beyond_the_bounds_are_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
