/*
 * A counter where applications are taken: a hamlet whose pack has a service.  Its process checks,
 * asks the applicant (the term stands), decides as it is told, hands over and decides once more.
 */
#pragma once

#include "hamlet.h"
#include "service/application.h"
#include "workflow/conduct_open.h"
#include "workflow/flow_row.h"

/* clang-format off */
static const char COUNTER_PROCESS[] =
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"
    "<process id=\"order\" isExecutable=\"true\" name=\"order\">"
    "<startEvent id=\"start\"/>"
    "<sequenceFlow id=\"a\" sourceRef=\"start\" targetRef=\"check\"/>"
    "<userTask id=\"check\" uprava:role=\"clerk\" uprava:stage=\"Проверяем.\"/>"
    "<sequenceFlow id=\"b\" sourceRef=\"check\" targetRef=\"supply\"/>"
    "<userTask id=\"supply\" uprava:role=\"applicant\" uprava:pause=\"ждём ответа\"/>"
    "<sequenceFlow id=\"c\" sourceRef=\"supply\" targetRef=\"decide\"/>"
    "<serviceTask id=\"decide\" uprava:operation=\"case.decide\" uprava:stage=\"Решаем.\"><extensionElements>"
    "<uprava:input name=\"result\" value=\"result\"/>"
    "<uprava:input name=\"ground\" value=\"ground\"/>"
    "</extensionElements></serviceTask>"
    "<sequenceFlow id=\"e\" sourceRef=\"decide\" targetRef=\"hand\"/>"
    "<userTask id=\"hand\" uprava:role=\"clerk\" uprava:visit=\"true\"/>"
    "<sequenceFlow id=\"f\" sourceRef=\"hand\" targetRef=\"again\"/>"
    "<serviceTask id=\"again\" uprava:operation=\"case.decide\"><extensionElements>"
    "<uprava:input name=\"result\" value='\"granted\"'/>"
    "</extensionElements></serviceTask>"
    "<sequenceFlow id=\"g\" sourceRef=\"again\" targetRef=\"end\"/>"
    "<endEvent id=\"end\"/></process></definitions>";

/* What is granted as soon as it comes. */
static const char COUNTER_ONCE[] =
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"
    "<process id=\"once\" isExecutable=\"true\" name=\"once\">"
    "<startEvent id=\"start\"/>"
    "<sequenceFlow id=\"a\" sourceRef=\"start\" targetRef=\"grant\"/>"
    "<serviceTask id=\"grant\" uprava:operation=\"case.decide\"><extensionElements>"
    "<uprava:input name=\"result\" value='\"granted\"'/>"
    "</extensionElements></serviceTask>"
    "<sequenceFlow id=\"b\" sourceRef=\"grant\" targetRef=\"end\"/>"
    "<endEvent id=\"end\"/></process></definitions>";

/* Charges what it is told, and waits for it for ten days. */
static const char COUNTER_PAY[] =
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"
    "<message id=\"paid\" name=\"charge.paid\"/>"
    "<process id=\"pay\" isExecutable=\"true\" name=\"pay\">"
    "<startEvent id=\"start\"/>"
    "<sequenceFlow id=\"a\" sourceRef=\"start\" targetRef=\"check\"/>"
    "<userTask id=\"check\" uprava:role=\"clerk\"/>"
    "<sequenceFlow id=\"b\" sourceRef=\"check\" targetRef=\"charge\"/>"
    "<serviceTask id=\"charge\" uprava:operation=\"charge.make\" uprava:result=\"charge\"><extensionElements>"
    "<uprava:input name=\"amount\" value=\"amount\"/>"
    "<uprava:input name=\"purpose\" value='\"Плата\"'/>"
    "</extensionElements></serviceTask>"
    "<sequenceFlow id=\"c\" sourceRef=\"charge\" targetRef=\"wait\"/>"
    "<receiveTask id=\"wait\" messageRef=\"paid\" uprava:correlation=\"charge.number\""
    " uprava:result=\"payment\" uprava:pause=\"ждём оплаты\"/>"
    "<boundaryEvent id=\"late\" attachedToRef=\"wait\"><timerEventDefinition>"
    "<timeDuration>P10D</timeDuration></timerEventDefinition></boundaryEvent>"
    "<sequenceFlow id=\"e\" sourceRef=\"wait\" targetRef=\"grant\"/>"
    "<serviceTask id=\"grant\" uprava:operation=\"case.decide\"><extensionElements>"
    "<uprava:input name=\"result\" value='\"granted\"'/>"
    "</extensionElements></serviceTask>"
    "<sequenceFlow id=\"f\" sourceRef=\"grant\" targetRef=\"end\"/>"
    "<sequenceFlow id=\"g\" sourceRef=\"late\" targetRef=\"refuse\"/>"
    "<serviceTask id=\"refuse\" uprava:operation=\"case.decide\"><extensionElements>"
    "<uprava:input name=\"result\" value='\"refused\"'/>"
    "<uprava:input name=\"ground\" value='\"none\"'/>"
    "</extensionElements></serviceTask>"
    "<sequenceFlow id=\"h\" sourceRef=\"refuse\" targetRef=\"end\"/>"
    "<endEvent id=\"end\"/></process></definitions>";

/* Puts itself before the board, and waits for what it decides. */
static const char COUNTER_BOARD[] =
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"
    "<message id=\"decided\" name=\"commission.decided\"/>"
    "<process id=\"board\" isExecutable=\"true\" name=\"board\">"
    "<startEvent id=\"start\"/>"
    "<sequenceFlow id=\"a\" sourceRef=\"start\" targetRef=\"put\"/>"
    "<serviceTask id=\"put\" uprava:operation=\"commission.put\" uprava:result=\"board\"><extensionElements>"
    "<uprava:input name=\"commission\" value='\"board\"'/>"
    "<uprava:input name=\"question\" value='\"Дать ли Мире дом\"'/>"
    "</extensionElements></serviceTask>"
    "<sequenceFlow id=\"b\" sourceRef=\"put\" targetRef=\"wait\"/>"
    "<receiveTask id=\"wait\" messageRef=\"decided\" uprava:correlation=\"board.question\""
    " uprava:result=\"decision\"/>"
    "<sequenceFlow id=\"c\" sourceRef=\"wait\" targetRef=\"way\"/>"
    "<exclusiveGateway id=\"way\" default=\"again\"/>"
    "<sequenceFlow id=\"again\" sourceRef=\"way\" targetRef=\"put\"/>"
    "<sequenceFlow id=\"yes\" sourceRef=\"way\" targetRef=\"decide\"><conditionExpression>"
    "decision.outcome != \"postponed\"</conditionExpression></sequenceFlow>"
    "<serviceTask id=\"decide\" uprava:operation=\"case.decide\"><extensionElements>"
    "<uprava:input name=\"result\" value=\"decision.outcome\"/>"
    "<uprava:input name=\"ground\" value=\"decision.ground\"/>"
    "</extensionElements></serviceTask>"
    "<sequenceFlow id=\"e\" sourceRef=\"decide\" targetRef=\"end\"/>"
    "<endEvent id=\"end\"/></process></definitions>";
/* clang-format on */

static const char COUNTER_BOARD_CARD[] =
    "{\"title\":\"T\",\"summary\":\"S\",\"who\":\"W\",\"result\":\"R\",\"cost\":\"C\","
    "\"grounds\":[{\"id\":\"none\",\"title\":\"Нет\"}],"
    "\"register\":\"street\",\"form\":\"order\",\"process\":\"board\"}";

static const char COUNTER_COMMISSION[] =
    "{\"title\":\"Совет\",\"chair\":\"head\",\"secretary\":\"clerk\",\"members\":\"elder\","
    "\"quorum\":\"two_thirds\"}";

static const char COUNTER_PAY_CARD[] =
    "{\"title\":\"T\",\"summary\":\"S\",\"who\":\"W\",\"result\":\"R\",\"cost\":\"C\","
    "\"grounds\":[{\"id\":\"none\",\"title\":\"Нет\"}],"
    "\"consent\":{\"version\":\"2\",\"text\":\"Согласен.\"},"
    "\"register\":\"street\",\"form\":\"order\",\"process\":\"pay\"}";

static const char COUNTER_CARD[] =
    "{\"title\":\"T\",\"summary\":\"S\",\"who\":\"W\",\"result\":\"R\",\"cost\":\"C\","
    "\"term\":{\"count\":10,\"unit\":\"days\"},"
    "\"grounds\":[{\"id\":\"none\",\"title\":\"Нет\"}],"
    "\"register\":\"street\",\"form\":\"order\",\"process\":\"order\"}";

static const char COUNTER_ONCE_CARD[] =
    "{\"title\":\"T\",\"summary\":\"S\",\"who\":\"W\",\"result\":\"R\",\"cost\":\"C\","
    "\"register\":\"street\",\"form\":\"order\",\"process\":\"once\"}";

static const char COUNTER_FORM[] =
    "{\"type\":\"Categorization\",\"elements\":[{\"type\":\"Category\",\"label\":\"L\","
    "\"elements\":[{\"type\":\"Control\",\"scope\":\"#/properties/name\"},{\"type\":\"Files\"}]}]}";

struct counter {
    struct hamlet hamlet;
    struct arena *arena;
    struct process_library *processes;
    const struct service *service;
    int64_t now;
    int64_t flow; /* of the last application */
    struct flaws flaws;
    struct err err;
};

static const char COUNTER_ROLES[] = "[{\"id\":\"clerk\",\"title\":\"Писарь\",\"grants\":[]},"
                                    "{\"id\":\"elder\",\"title\":\"Старец\",\"grants\":[]},"
                                    "{\"id\":\"head\",\"title\":\"Староста\",\"grants\":[]}]";

/* With another card of the service. */
static inline void counter_open_with(struct counter *counter, const char *card)
{
    const char *const FILES[][2] = {{"processes/order.bpmn", COUNTER_PROCESS},
                                    {"processes/once.bpmn", COUNTER_ONCE},
                                    {"processes/pay.bpmn", COUNTER_PAY},
                                    {"services/once.json", COUNTER_ONCE_CARD},
                                    {"services/pay.json", COUNTER_PAY_CARD},
                                    {"services/order.json", card},
                                    {"processes/board.bpmn", COUNTER_BOARD},
                                    {"services/board.json", COUNTER_BOARD_CARD},
                                    {"commissions/board.json", COUNTER_COMMISSION},
                                    {"forms/order.json", COUNTER_FORM},
                                    {"roles.json", COUNTER_ROLES}};

    *counter = (struct counter){.now = HAMLET_NOW, .arena = arena_open(0)};
    hamlet_open(&counter->hamlet);
    hamlet_write_pack(&counter->hamlet, "1.1.0", NULL);
    for (size_t i = 0; i < ARRAY_LEN(FILES); i++)
        hamlet_write(&counter->hamlet,
                     str_printf(check_arena(), "packs/hamlet-1.1.0/%s", FILES[i][0]),
                     str_from_z(FILES[i][1]));
    hamlet_install(&counter->hamlet);
    counter->processes = process_library_new(counter->arena, counter->hamlet.library);
    CHECK_OK(process_service(counter->processes, counter->hamlet.catalog->model,
                             STR("hamlet.order"), &counter->service, &counter->err),
             &counter->err);
}

static inline void counter_open(struct counter *counter)
{
    counter_open_with(counter, COUNTER_CARD);
}

/* Other applications from here on. */
static inline void counter_use(struct counter *counter, const char *service)
{
    CHECK_OK(process_service(counter->processes, counter->hamlet.catalog->model,
                             str_from_z(service), &counter->service, &counter->err),
             &counter->err);
}

static inline void counter_close(struct counter *counter)
{
    process_library_close(&counter->processes);
    hamlet_close(&counter->hamlet);
    arena_close(&counter->arena);
}

static inline struct conduct counter_conduct(struct counter *counter, int64_t flow)
{
    return (struct conduct){.processes = counter->processes,
                            .catalog = counter->hamlet.catalog,
                            .arena = check_arena(),
                            .now = counter->now,
                            .actor = HAMLET_ACTOR,
                            .flow = flow,
                            .step = {.node = -1}};
}

/* An application of that number, with what it has beside these data. */
static inline enum err_code counter_apply(struct counter *counter, const char *data,
                                          struct conduct_application application)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct conduct conduct = counter_conduct(counter, 0);

    application.service = counter->service;
    application.data = hamlet_json(str_from_z(data));
    application.way = SERVICE_PAGE;
    counter->flaws = (struct flaws){0};
    counter->err = (struct err){0};
    CHECK_OK(tx_read(&tx, counter->hamlet.town.tenant, &counter->err), &counter->err);
    if (!conduct_open(&tx, &conduct, &application, &counter->flaws, &counter->err))
        return counter->err.code;
    tx_done(&tx);
    if (!conduct_step(counter->hamlet.town.tenant, &conduct, &counter->err))
        return counter->err.code;
    counter->flow = conduct.flow;
    return ERR_NONE;
}

static inline struct service_case counter_case(struct counter *counter, int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct service_case one;

    CHECK_OK(tx_read(&tx, counter->hamlet.town.tenant, &counter->err), &counter->err);
    CHECK_OK(service_case_get(&tx, check_arena(), id, &one, &counter->err), &counter->err);
    return one;
}

/* "registered|stage Проверяем.|": what happened, in its order. */
static inline struct str counter_events(struct counter *counter, int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf said = {.arena = check_arena()};
    struct service_case_event *events;
    size_t count;

    CHECK_OK(tx_read(&tx, counter->hamlet.town.tenant, &counter->err), &counter->err);
    CHECK_OK(service_case_events(&tx, check_arena(), id, &events, &count, &counter->err),
             &counter->err);
    for (size_t i = 0; i < count; i++) {
        CHECK_INT(events[i].no, (int64_t)i + 1);
        /* The first has a secret that is another one each time. */
        buf_printf(
            &said, "%.*s %.*s|", STR_ARG(service_case_kind_text(events[i].kind)),
            STR_ARG(events[i].kind == SERVICE_CASE_REGISTERED ? (struct str){0} : events[i].body));
    }
    return buf_str(&said);
}

static inline struct flow *counter_flow(struct counter *counter, struct flow_store *kept)
{
    CLEANUP(tx_done) struct tx tx = {0};
    const struct process *process;
    struct flow *flow;

    CHECK_OK(tx_read(&tx, counter->hamlet.town.tenant, &counter->err), &counter->err);
    CHECK_OK(flow_store_get(&tx, check_arena(), counter->flow, kept, &counter->err), &counter->err);
    CHECK_OK(
        process_get(counter->processes,
                    &(struct process_key){kept->pack, kept->version, kept->file, kept->process},
                    &process, &counter->err),
        &counter->err);
    flow = flow_new(check_arena(), process->model);
    CHECK_OK(flow_store_load(&tx, kept, flow, &counter->err), &counter->err);
    return flow;
}

/* The answer to the one task that is open. */
static inline struct conduct counter_answer_of(struct counter *counter, const char *data)
{
    struct conduct conduct = counter_conduct(counter, counter->flow);
    struct flow_store kept;

    conduct.step =
        (struct flow_step){.kind = FLOW_STEP_DONE,
                           .node = -1,
                           .wait = flow_wait_at(counter_flow(counter, &kept), 0)->part.id,
                           .data = hamlet_json(str_from_z(data))};
    return conduct;
}

static inline void counter_answer(struct counter *counter, const char *data)
{
    struct conduct conduct = counter_answer_of(counter, data);

    CHECK_OK(conduct_step(counter->hamlet.town.tenant, &conduct, &counter->err), &counter->err);
}

static inline enum err_code counter_withdraw(struct counter *counter)
{
    struct conduct conduct = counter_conduct(counter, counter->flow);

    counter->err = (struct err){0};
    conduct.step = (struct flow_step){.kind = FLOW_STEP_CANCEL, .node = -1};
    conduct.is_withdrawal = true;
    return conduct_step(counter->hamlet.town.tenant, &conduct, &counter->err) ? ERR_NONE
                                                                              : counter->err.code;
}
