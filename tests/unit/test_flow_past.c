/* What happened to a kept flow, as it can be read again. */
#include "workflow/flow_past.h"

#include "hamlet.h"
#include "workflow/conduct.h"

/* clang-format off */
static const char MODEL[] =
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"
    "<signal id=\"storm\" name=\"storm\"/>"
    "<process id=\"p\" isExecutable=\"true\" name=\"Repair\">"
    "<endEvent id=\"end\" name=\"Done\"/>"
    "<userTask id=\"look\" name=\"Look at &quot;it&quot;\" uprava:role=\"clerk\"/>"
    "<boundaryEvent id=\"bell\" attachedToRef=\"look\"><signalEventDefinition"
    " signalRef=\"storm\"/></boundaryEvent>"
    "<startEvent id=\"start\"/>"
    "<exclusiveGateway id=\"way\" name=\"Broken?\"/>"
    "<subProcess id=\"sub\" name=\"Work\"><startEvent id=\"in\"/>"
    "<userTask id=\"mend\" name=\"Mend\"/>"
    "<sequenceFlow id=\"i\" sourceRef=\"in\" targetRef=\"mend\"/></subProcess>"
    "<sequenceFlow id=\"a\" sourceRef=\"start\" targetRef=\"look\"/>"
    "<sequenceFlow id=\"b\" sourceRef=\"look\" targetRef=\"way\"/>"
    "<sequenceFlow id=\"c\" name=\"Yes, it is taken\" sourceRef=\"way\" targetRef=\"sub\">"
    "<conditionExpression>broken</conditionExpression></sequenceFlow>"
    "<sequenceFlow id=\"e\" sourceRef=\"way\" targetRef=\"end\">"
    "<conditionExpression>broken = false</conditionExpression></sequenceFlow>"
    "<sequenceFlow id=\"g\" sourceRef=\"bell\" targetRef=\"end\"/>"
    "<sequenceFlow id=\"f\" sourceRef=\"sub\" targetRef=\"end\"/>"
    "</process></definitions>";
/* clang-format on */

struct desk {
    struct hamlet hamlet;
    struct arena *arena;
    struct process_library *processes;
    const struct process *process;
    struct err err;
};

static void open_desk(struct desk *desk)
{
    *desk = (struct desk){.arena = arena_open(0)};
    hamlet_open(&desk->hamlet);
    hamlet_write_pack(&desk->hamlet, "1.1.0", NULL);
    hamlet_write(&desk->hamlet, STR("packs/hamlet-1.1.0/processes/repair.bpmn"), str_from_z(MODEL));
    hamlet_install(&desk->hamlet);
    desk->processes = process_library_new(desk->arena, desk->hamlet.library);
    CHECK_OK(process_find(desk->processes, desk->hamlet.catalog->model, STR("hamlet.repair"),
                          &desk->process, &desk->err),
             &desk->err);
}

static void close_desk(struct desk *desk)
{
    process_library_close(&desk->processes);
    hamlet_close(&desk->hamlet);
    arena_close(&desk->arena);
}

/* Begins it, looks at it, with that answer. */
static int64_t run(struct desk *desk, const char *answer)
{
    struct conduct conduct = {.processes = desk->processes,
                              .catalog = desk->hamlet.catalog,
                              .arena = check_arena(),
                              .now = HAMLET_NOW,
                              .actor = HAMLET_ACTOR,
                              .begins = true,
                              .process = desk->process,
                              .step = {.node = -1}};

    CHECK_OK(conduct_step(desk->hamlet.town.tenant, &conduct, &desk->err), &desk->err);
    conduct.begins = false;
    conduct.step = (struct flow_step){.kind = FLOW_STEP_DONE,
                                      .wait = conduct.after->last_id,
                                      .data = hamlet_json(str_from_z(answer))};
    for (size_t i = 0; i < conduct.after->waits.count; i++)
        if (flow_wait_at(conduct.after, i)->kind == FLOW_WAIT_TASK)
            conduct.step.wait = flow_wait_at(conduct.after, i)->part.id;
    CHECK_OK(conduct_step(desk->hamlet.town.tenant, &conduct, &desk->err), &desk->err);
    CHECK(conduct.was_taken);
    return conduct.flow;
}

static struct flow *load(struct desk *desk, struct tx *tx, int64_t id)
{
    struct flow *flow = flow_new(check_arena(), desk->process->model);
    struct flow_store kept;

    CHECK_OK(tx_read(tx, desk->hamlet.town.tenant, &desk->err), &desk->err);
    CHECK_OK(flow_store_get(tx, check_arena(), id, &kept, &desk->err), &desk->err);
    CHECK_OK(flow_store_load(tx, &kept, flow, &desk->err), &desk->err);
    return flow;
}

static void steps_are_read_line_by_line(void)
{
    struct str trace = STR("look \"Look at \"it\"\" is done\n"
                           "gone \"Is not there\" is done\n"
                           "mend \"Mend\" waits for the message \"x\"\n"
                           "way \"Broken?\" is stuck: it is done\n"
                           "p \"Repair\" ends\n"
                           "p \"Repair\" ends the flow by the error E1\n"
                           "c \"Yes, it is taken\" is taken\n");
    struct flow_trace_line line;
    struct buf told = {.arena = check_arena()};
    struct desk desk;

    open_desk(&desk);
    while (flow_past_next(desk.process->model, &trace, &line))
        buf_printf(&told, "%.*s:%d:%.*s;", STR_ARG(line.id), (int)line.did, STR_ARG(line.rest));
    CHECK_STR(buf_str(&told), STR("look:4:;mend:3: \"x\";way:9:it is done;p:1:;p:11:E1;c:5:;"));
    close_desk(&desk);
}

static struct flow_past_place place(const struct desk *desk, const struct flow_past *past,
                                    const char *id)
{
    return past->nodes[bpmn_find(desk->process->model, str_from_z(id))->index];
}

static bool went_along(const struct desk *desk, const struct flow_past *past, const char *id)
{
    for (int i = 0; i < desk->process->model->flow_count; i++)
        if (str_equal(desk->process->model->flows[i].id, str_from_z(id)))
            return past->flows[i];
    return false;
}

static void elements_are_behind_it_or_hold_a_token(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct flow_past past;
    struct desk desk;

    open_desk(&desk);
    int64_t id = run(&desk, "{\"broken\":true}");
    CHECK_OK(flow_past_read(&tx, load(&desk, &tx, id), id, &past, &desk.err), &desk.err);
    CHECK(place(&desk, &past, "look").is_done);
    CHECK_INT(place(&desk, &past, "look").tokens, 0);
    CHECK_INT(place(&desk, &past, "mend").tokens, 1);
    CHECK_INT(place(&desk, &past, "sub").tokens, 1);
    CHECK(!place(&desk, &past, "mend").is_done);
    CHECK(!place(&desk, &past, "end").was_there);
    CHECK(place(&desk, &past, "way").is_done);
    CHECK(went_along(&desk, &past, "c"));
    CHECK(!went_along(&desk, &past, "e"));
    tx_done(&tx);
    close_desk(&desk);
}

static void stuck_element_says_why(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct flow_past past;
    struct desk desk;

    open_desk(&desk);
    int64_t id = run(&desk, "{\"broken\":null}");
    CHECK_OK(flow_past_read(&tx, load(&desk, &tx, id), id, &past, &desk.err), &desk.err);
    CHECK_INT(place(&desk, &past, "way").tokens, 1);
    CHECK_STR(place(&desk, &past, "way").fault,
              STR("no condition behind it is true, and there is no default flow"));
    tx_done(&tx);
    close_desk(&desk);
}

static void elements_come_in_the_order_they_are_come_to(void)
{
    struct buf told = {.arena = check_arena()};
    struct desk desk;
    struct flow_past_nodes nodes;

    open_desk(&desk);
    flow_past_order(check_arena(), desk.process->model, desk.process->node, &nodes);
    for (size_t i = 0; i < nodes.count; i++)
        buf_printf(&told, "%.*s ", STR_ARG(desk.process->model->nodes[nodes.items[i]].id));
    CHECK_STR(buf_str(&told), STR("start look bell way sub in mend end "));
    close_desk(&desk);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(steps_are_read_line_by_line),
    CHECK_TEST(elements_are_behind_it_or_hold_a_token),
    CHECK_TEST(stuck_element_says_why),
    CHECK_TEST(elements_come_in_the_order_they_are_come_to),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
