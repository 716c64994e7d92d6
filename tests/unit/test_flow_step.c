#include "workflow/flow_step.h"

#include "check.h"
#include "core/buf.h"
#include "core/time.h"
#include "core/utf8.h"
#include "workflow/bpmn_check.h"
#include "workflow/bpmn_read.h"

#include <stdio.h>

#define HEAD "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" id=\"d\">"

struct run {
    struct flow *flow;
    struct err err;
    bool was_taken;
    int64_t now;
};

static struct run read_run(struct str text)
{
    struct run run = {0};
    const struct bpmn *model;
    struct bpmn_findings findings = {.arena = check_arena()};

    CHECK_OK(bpmn_read(check_arena(), text, &model, &run.err), &run.err);
    bpmn_check(model, -1, &findings);
    for (const struct bpmn_finding *one = findings.first; one != NULL; one = one->next)
        if (!one->is_warning)
            CHECK_STR(one->text, STR(""));
    run.flow = flow_new(check_arena(), model);
    return run;
}

static bool step(struct run *run, struct flow_step what)
{
    what.node = what.kind == FLOW_STEP_BEGIN ? -1 : what.node;
    return flow_step(run->flow, &what, run->now, &run->was_taken, &run->err);
}

static struct flow_wait *wait_at(const struct run *run, const char *id)
{
    const struct bpmn_node *node = bpmn_find(run->flow->model, str_from_z(id));

    for (size_t i = 0; i < run->flow->waits.count; i++) {
        struct flow_wait *wait = flow_wait_at(run->flow, i);

        if (wait != NULL && wait->node == node->index)
            return wait;
    }
    return NULL;
}

static struct run two_tasks(void)
{
    return read_run(STR(HEAD "<process id=\"p\"><startEvent id=\"s\"/>"
                             "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"a\"/>"
                             "<userTask id=\"a\"/>"
                             "<sequenceFlow id=\"f2\" sourceRef=\"a\" targetRef=\"b\"/>"
                             "<userTask id=\"b\"/></process></definitions>"));
}

static void task_is_done_once(void)
{
    struct run run = two_tasks();

    CHECK_OK(step(&run, (struct flow_step){.kind = FLOW_STEP_BEGIN}), &run.err);
    int first = wait_at(&run, "a")->part.id;
    CHECK_OK(step(&run, (struct flow_step){.kind = FLOW_STEP_DONE, .wait = first}), &run.err);
    CHECK(!step(&run, (struct flow_step){.kind = FLOW_STEP_DONE, .wait = first}));
    CHECK_INT(run.err.code, ERR_CONFLICT);
    CHECK(wait_at(&run, "a") == NULL && wait_at(&run, "b") != NULL);
}

static void reason_that_is_cut_ends_with_a_whole_letter(void)
{
    struct run run = two_tasks();
    struct buf reason = {.arena = check_arena()};

    buf_add(&reason, STR("!"));
    for (int i = 0; i < 300; i++)
        buf_add(&reason, STR("ы"));
    CHECK_OK(step(&run, (struct flow_step){.kind = FLOW_STEP_BEGIN}), &run.err);
    CHECK_OK(step(&run, (struct flow_step){.kind = FLOW_STEP_BROKEN,
                                           .wait = wait_at(&run, "a")->part.id,
                                           .name = buf_str(&reason)}),
             &run.err);
    struct str fault = flow_token_at(run.flow, 0)->fault;
    CHECK_INT((int64_t)fault.len, 399);
    CHECK(utf8_is_valid(fault));
}

static void today_of_an_expression_is_that_of_the_place(void)
{
    struct run run = read_run(
        STR(HEAD "<process id=\"p\" xmlns:u=\"urn:uprava:bpmn:1\"><startEvent id=\"s\"/>"
                 "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"a\"/>"
                 "<scriptTask id=\"a\" u:result=\"day\"><script>today()</script></scriptTask>"
                 "</process></definitions>"));

    run.now = 20 * 60 * (int64_t)TIME_MINUTE_MS;
    run.flow->offset_minutes = 6 * 60;
    CHECK_OK(step(&run, (struct flow_step){.kind = FLOW_STEP_BEGIN}), &run.err);
    CHECK_STR(json_find_text(flow_scope_at(run.flow, 0)->values, STR("day")), STR("1970-01-02"));
}

static void flow_that_is_over_takes_nothing(void)
{
    struct run run = two_tasks();

    CHECK(!step(&run, (struct flow_step){.kind = FLOW_STEP_VALUES}));
    CHECK_OK(step(&run, (struct flow_step){.kind = FLOW_STEP_BEGIN}), &run.err);
    CHECK(!step(&run, (struct flow_step){.kind = FLOW_STEP_BEGIN}));
    CHECK_OK(step(&run, (struct flow_step){.kind = FLOW_STEP_CANCEL}), &run.err);
    CHECK_INT(run.flow->state, FLOW_CANCELLED);
    CHECK(!step(&run, (struct flow_step){.kind = FLOW_STEP_CANCEL}));
    CHECK_OK(step(&run, (struct flow_step){.kind = FLOW_STEP_MESSAGE, .name = STR("m")}), &run.err);
    CHECK(!run.was_taken);
}

static size_t changed(const struct flow_list *list)
{
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct flow_part *part = list->items[i];

        count += part->is_gone ? part->is_stored : part->is_changed || !part->is_stored;
    }
    return count;
}

static void step_says_which_parts_it_changed(void)
{
    struct run run = two_tasks();

    CHECK_OK(step(&run, (struct flow_step){.kind = FLOW_STEP_BEGIN}), &run.err);
    CHECK_INT((int64_t)changed(&run.flow->tokens), 1);
    CHECK_INT((int64_t)changed(&run.flow->waits), 1);
    CHECK_INT((int64_t)changed(&run.flow->scopes), 1);
    CHECK_OK(
        step(&run, (struct flow_step){.kind = FLOW_STEP_DONE, .wait = wait_at(&run, "a")->part.id}),
        &run.err);
    CHECK_INT((int64_t)changed(&run.flow->tokens), 1); /* moved */
    CHECK_INT((int64_t)changed(&run.flow->waits), 2);  /* one gone, one new */
    CHECK_INT((int64_t)changed(&run.flow->scopes), 0);
}

static void process_that_calls_itself_is_stopped(void)
{
    struct run run =
        read_run(STR(HEAD "<process id=\"p\"><startEvent id=\"s\"/>"
                          "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"a\"/>"
                          "<callActivity id=\"a\" calledElement=\"p\"/></process></definitions>"));

    CHECK(!step(&run, (struct flow_step){.kind = FLOW_STEP_BEGIN}));
    CHECK_INT(run.err.code, ERR_LIMIT);
}

static void values_that_grow_without_end_are_stopped(void)
{
    struct run run = read_run(STR(
        HEAD "<process id=\"p\" xmlns:u=\"urn:uprava:bpmn:1\"><startEvent id=\"s\"/>"
             "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"g\"/><exclusiveGateway id=\"g\"/>"
             "<sequenceFlow id=\"f2\" sourceRef=\"g\" targetRef=\"a\"/>"
             "<scriptTask id=\"a\" u:result=\"x\"><script>x + x</script></scriptTask>"
             "<sequenceFlow id=\"f3\" sourceRef=\"a\" targetRef=\"g\"/></process></definitions>"));
    struct json *data = json_new(check_arena(), JSON_OBJECT);

    json_set_text(check_arena(), data, STR("x"), STR("12345678"));
    CHECK(!step(&run, (struct flow_step){.kind = FLOW_STEP_BEGIN, .data = data}));
    CHECK_INT(run.err.code, ERR_LIMIT);
    CHECK(strstr(run.err.text, "\"x\"") != NULL);
}

/* Tokens that split and never join multiply. */
static void tokens_that_multiply_are_stopped(void)
{
    struct run run = read_run(
        STR(HEAD "<process id=\"p\"><startEvent id=\"s\"/>"
                 "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"a\"/><task id=\"a\"/>"
                 "<sequenceFlow id=\"f2\" sourceRef=\"a\" targetRef=\"a\"/>"
                 "<sequenceFlow id=\"f3\" sourceRef=\"a\" targetRef=\"a\"/>"
                 "</process></definitions>"));

    CHECK(!step(&run, (struct flow_step){.kind = FLOW_STEP_BEGIN}));
    CHECK_INT(run.err.code, ERR_LIMIT);
}

/* Models made of blocks that fit: whatever is chosen, and in whatever order things are done,
 * every token is used up. */
struct maker {
    struct buf xml;
    unsigned seed;
    int last;
};

static unsigned draw(struct maker *maker, unsigned below)
{
    maker->seed = maker->seed * 1103515245 + 12345;
    return (maker->seed >> 16) % below;
}

static int put_node(struct maker *maker, const char *kind, const char *inner)
{
    int id = ++maker->last;

    buf_printf(&maker->xml, "<%s id=\"n%d\">%s</%s>", kind, id, inner, kind);
    return id;
}

static void put_flow(struct maker *maker, int from, int to, const char *condition)
{
    buf_printf(&maker->xml, "<sequenceFlow id=\"f%d\" sourceRef=\"n%d\" targetRef=\"n%d\">",
               ++maker->last, from, to);
    if (condition != NULL)
        buf_printf(&maker->xml, "<conditionExpression>%s</conditionExpression>", condition);
    buf_add(&maker->xml, STR("</sequenceFlow>"));
}

static void put_block(struct maker *maker, int depth, int *first, int *last);

static void put_branches(struct maker *maker, int depth, int *first, int *last)
{
    static const char *const KINDS[] = {"parallelGateway", "exclusiveGateway", "inclusiveGateway"};
    const char *kind = KINDS[draw(maker, 3)];
    bool decides = kind != KINDS[0];
    unsigned count = 2 + draw(maker, 2);
    int split = ++maker->last;
    int join = put_node(maker, kind, "");
    int default_flow = 0;

    for (unsigned i = 0; i < count; i++) {
        char condition[50];
        int from, to;

        put_block(maker, depth - 1, &from, &to);
        snprintf(condition, sizeof condition, kind == KINDS[1] ? "r = %u" : "r &gt;= %u",
                 1 + draw(maker, 3));
        put_flow(maker, split, from, decides && i > 0 ? condition : NULL);
        if (i == 0)
            default_flow = maker->last;
        put_flow(maker, to, join, NULL);
    }
    if (decides)
        buf_printf(&maker->xml, "<%s id=\"n%d\" default=\"f%d\"/>", kind, split, default_flow);
    else
        buf_printf(&maker->xml, "<%s id=\"n%d\"/>", kind, split);
    *first = split;
    *last = join;
}

static void put_sub(struct maker *maker, int depth, int *first, int *last)
{
    int id = ++maker->last;
    int from, to;

    buf_printf(&maker->xml, "<subProcess id=\"n%d\">", id);
    if (draw(maker, 3) == 0)
        buf_printf(&maker->xml,
                   "<multiInstanceLoopCharacteristics isSequential=\"%s\">"
                   "<loopCardinality>%u</loopCardinality></multiInstanceLoopCharacteristics>",
                   draw(maker, 2) == 0 ? "true" : "false", draw(maker, 4));
    int start = put_node(maker, "startEvent", "");
    put_block(maker, depth - 1, &from, &to);
    int end = put_node(maker, "endEvent", "");
    put_flow(maker, start, from, NULL);
    put_flow(maker, to, end, NULL);
    buf_add(&maker->xml, STR("</subProcess>"));
    *first = *last = id;
}

static void put_block(struct maker *maker, int depth, int *first, int *last)
{
    unsigned what = depth == 0 ? 0 : draw(maker, 5);
    int middle_first, middle_last;

    if (what == 0) {
        *first = *last = put_node(maker, draw(maker, 2) == 0 ? "userTask" : "serviceTask", "");
    } else if (what == 1) {
        put_sub(maker, depth, first, last);
    } else if (what == 2) {
        put_block(maker, depth - 1, first, &middle_last);
        put_block(maker, depth - 1, &middle_first, last);
        put_flow(maker, middle_last, middle_first, NULL);
    } else {
        put_branches(maker, depth, first, last);
    }
}

static struct str make_model(unsigned seed)
{
    struct maker maker = {.xml = {.arena = check_arena()}, .seed = seed * 2654435761U};
    int first, last;

    buf_add(&maker.xml, STR(HEAD "<process id=\"p\">"));
    int start = put_node(&maker, "startEvent", "");
    put_block(&maker, 7, &first, &last);
    int end = put_node(&maker, "endEvent", "");
    put_flow(&maker, start, first, NULL);
    put_flow(&maker, last, end, NULL);
    buf_add(&maker.xml, STR("</process></definitions>"));
    return buf_str(&maker.xml);
}

/* What is written as rows has to fit together after each step. */
static void check_parts(const struct flow *flow)
{
    for (size_t i = 0; i < flow->waits.count; i++) {
        const struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait != NULL)
            CHECK(flow_token_find(flow, wait->token) != NULL);
    }
    for (size_t i = 0; i < flow->scopes.count; i++) {
        const struct flow_scope *scope = flow_scope_at(flow, i);
        int live = 0;

        for (size_t j = 0; scope != NULL && j < flow->tokens.count; j++) {
            const struct flow_token *token = flow_token_at(flow, j);

            live += token != NULL && token->scope == scope->part.id;
        }
        if (scope != NULL)
            CHECK_INT(scope->live, live);
    }
}

static struct flow_wait *draw_wait(struct maker *maker, const struct flow *flow)
{
    unsigned count = 0;

    for (size_t i = 0; i < flow->waits.count; i++)
        count += flow_wait_at(flow, i) != NULL;
    unsigned wanted = count == 0 ? 0 : draw(maker, count);
    for (size_t i = 0; i < flow->waits.count; i++) {
        struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait != NULL && wanted-- == 0)
            return wait;
    }
    return NULL;
}

static void run_at_random(unsigned seed)
{
    struct maker maker = {.seed = seed * 31};
    struct run run = read_run(make_model(seed));
    struct flow_wait *wait;

    CHECK_OK(step(&run, (struct flow_step){.kind = FLOW_STEP_BEGIN}), &run.err);
    for (int i = 0; i < 10000 && (wait = draw_wait(&maker, run.flow)) != NULL; i++) {
        struct json *data = json_new(check_arena(), JSON_OBJECT);

        json_set_int(check_arena(), data, STR("r"), draw(&maker, 4));
        check_parts(run.flow);
        CHECK_OK(
            step(&run,
                 (struct flow_step){.kind = FLOW_STEP_DONE, .wait = wait->part.id, .data = data}),
            &run.err);
    }
    CHECK_INT(run.flow->state, FLOW_ENDED);
    CHECK_INT((int64_t)run.flow->live, 0);
    flow_settle(run.flow);
    CHECK_INT((int64_t)run.flow->tokens.count, 0);
    CHECK_INT((int64_t)run.flow->waits.count, 0);
    CHECK_INT((int64_t)run.flow->scopes.count, 1);
}

static void well_formed_models_use_up_all_tokens(void)
{
    for (unsigned seed = 1; seed <= 200; seed++)
        run_at_random(seed);
}

/* A join is found by one look at the tokens, however many flows lead to it. */
static void gateways_of_thousands_of_flows_join(void)
{
    static const char *const KINDS[] = {"parallelGateway", "inclusiveGateway"};

    for (size_t kind = 0; kind < ARRAY_LEN(KINDS); kind++) {
        struct maker maker = {.xml = {.arena = check_arena()}};

        buf_add(&maker.xml, STR(HEAD "<process id=\"p\">"));
        int start = put_node(&maker, "startEvent", "");
        int split = put_node(&maker, "parallelGateway", "");
        int join = put_node(&maker, KINDS[kind], "");
        int end = put_node(&maker, "endEvent", "");
        put_flow(&maker, start, split, NULL);
        put_flow(&maker, join, end, NULL);
        for (int i = 0; i < 3000; i++) {
            int task = put_node(&maker, "task", "");

            put_flow(&maker, split, task, NULL);
            put_flow(&maker, task, join, NULL);
        }
        buf_add(&maker.xml, STR("</process></definitions>"));
        struct run run = read_run(buf_str(&maker.xml));
        CHECK_OK(step(&run, (struct flow_step){.kind = FLOW_STEP_BEGIN}), &run.err);
        CHECK_INT(run.flow->state, FLOW_ENDED);
    }
}

static const struct check_test TESTS[] = {
    CHECK_TEST(task_is_done_once),
    CHECK_TEST(reason_that_is_cut_ends_with_a_whole_letter),
    CHECK_TEST(today_of_an_expression_is_that_of_the_place),
    CHECK_TEST(flow_that_is_over_takes_nothing),
    CHECK_TEST(step_says_which_parts_it_changed),
    CHECK_TEST(process_that_calls_itself_is_stopped),
    CHECK_TEST(values_that_grow_without_end_are_stopped),
    CHECK_TEST(tokens_that_multiply_are_stopped),
    CHECK_TEST(well_formed_models_use_up_all_tokens),
    CHECK_TEST(gateways_of_thousands_of_flows_join),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
