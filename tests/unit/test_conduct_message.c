/* What flows tell people: put with the step, once, to whom it concerns. */
#include "hamlet.h"
#include "notice/notice.h"
#include "workflow/conduct.h"
#include "workflow/conduct_job.h"

#define HEAD                                                                                       \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"                                                   \
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""                           \
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"
#define PROCESS(id) "<process id=\"" id "\" isExecutable=\"true\"><startEvent id=\"start\"/>"
#define FLOW(id, from, to)                                                                         \
    "<sequenceFlow id=\"" id "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
#define DONE               "<endEvent id=\"end\"/></process></definitions>"
#define INPUT(name, value) "<uprava:input name=\"" name "\" value=\"" value "\"/>"
#define SEND(kind, message, inputs)                                                                \
    "<" kind " id=\"tell\" uprava:operation=\"message.send\" uprava:message=\"" message "\""       \
    " uprava:result=\"told\"><extensionElements>" inputs "</extensionElements></" kind ">"

/* clang-format off */
static const char BEGUN[] =
    HEAD PROCESS("begun") FLOW("a", "start", "tell")
    SEND("sendTask", "visit", INPUT("day", "day"))
    FLOW("b", "tell", "end") DONE;

static const char NAMED[] =
    HEAD PROCESS("named") FLOW("a", "start", "tell")
    SEND("serviceTask", "visit", INPUT("day", "day") INPUT("to", "who"))
    FLOW("b", "tell", "end") DONE;
/* clang-format on */

struct desk {
    struct hamlet hamlet;
    struct arena *arena;
    struct process_library *processes;
    int64_t account, other;
    struct err err;
};

static void add(struct desk *desk, const char *path, struct str bytes)
{
    hamlet_write(&desk->hamlet, str_printf(check_arena(), "packs/hamlet-1.1.0/%s", path), bytes);
}

static bool make_account(struct tx *tx, const char *login, int64_t *id, struct err *err)
{
    struct account account = {
        .login = str_from_z(login), .name = STR("Иванова"), .state = STR("active")};

    return account_create(tx, &account, STR("x"), (struct account_by){0, HAMLET_NOW}, id, err);
}

static bool run_create(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;
    struct contact contact;

    if (!make_account(tx, "one", &desk->account, err) ||
        !make_account(tx, "other", &desk->other, err) ||
        !contact_get(tx, check_arena(), desk->other, HAMLET_NOW, &contact, err))
        return false;
    contact.language = STR("en");
    return contact_wish(tx, &contact, (struct account_by){desk->other, HAMLET_NOW}, err);
}

static void open_desk(struct desk *desk)
{
    *desk = (struct desk){.arena = arena_open(0)};
    hamlet_open(&desk->hamlet);
    hamlet_write_pack(&desk->hamlet, "1.1.0", NULL);
    add(desk, "processes/begun.bpmn", str_from_z(BEGUN));
    add(desk, "processes/named.bpmn", str_from_z(NAMED));
    add(desk, "messages/visit.mustache", STR("Subject: Осмотр {{day}}\n\nПридём {{day}}.\n"));
    add(desk, "messages/visit.en.mustache", STR("Subject: Visit {{day}}\n\nOn {{day}}.\n"));
    hamlet_install(&desk->hamlet);
    desk->processes = process_library_new(desk->arena, desk->hamlet.library);
    CHECK_OK(tenant_write_wait(desk->hamlet.town.tenant, run_create, desk, &desk->err), &desk->err);
}

static void close_desk(struct desk *desk)
{
    process_library_close(&desk->processes);
    hamlet_close(&desk->hamlet);
    arena_close(&desk->arena);
}

static struct conduct begin_of(struct desk *desk, const char *name, struct str data)
{
    struct conduct conduct = {.processes = desk->processes,
                              .catalog = desk->hamlet.catalog,
                              .arena = check_arena(),
                              .now = HAMLET_NOW,
                              .actor = desk->account,
                              .begins = true,
                              .step = {.node = -1, .data = hamlet_json(data)}};

    CHECK_OK(process_find(desk->processes, desk->hamlet.catalog->model, str_from_z(name),
                          &conduct.process, &desk->err),
             &desk->err);
    return conduct;
}

static struct conduct begin(struct desk *desk, const char *name, struct str data)
{
    struct conduct conduct = begin_of(desk, name, data);

    CHECK_OK(conduct_step(desk->hamlet.town.tenant, &conduct, &desk->err), &desk->err);
    return conduct;
}

static int64_t count(struct desk *desk, const char *where)
{
    return town_count(
        &desk->hamlet.town,
        str_to_z(check_arena(),
                 str_printf(check_arena(), "SELECT count(*) FROM notice WHERE tenant = $1 AND %s",
                            where)));
}

static void who_began_the_flow_is_told(void)
{
    struct desk desk;

    open_desk(&desk);
    struct conduct conduct = begin(&desk, "hamlet.begun", STR("{\"day\":\"5 мая\"}"));
    CHECK_INT(conduct.head.state, FLOW_ENDED);
    CHECK_INT(count(&desk, "subject = 'Осмотр 5 мая' AND body = 'Придём 5 мая.'"
                           " AND template = 'hamlet.visit' AND flow > 0"),
              1);
    CHECK_INT(count(&desk, "account = (SELECT min(id) FROM account WHERE tenant = $1)"), 1);
    close_desk(&desk);
}

static void named_account_is_told_in_its_language(void)
{
    struct desk desk;

    open_desk(&desk);
    begin(&desk, "hamlet.named",
          str_printf(check_arena(), "{\"day\":\"5\",\"who\":\"%.*s\"}",
                     STR_ARG(id_text(check_arena(), desk.other))));
    CHECK_INT(count(&desk, "subject = 'Visit 5' AND language = 'en'"), 1);
    begin(&desk, "hamlet.named",
          str_printf(check_arena(), "{\"day\":\"6\",\"who\":[\"%.*s\",\"%.*s\",\"%.*s\"]}",
                     STR_ARG(id_text(check_arena(), desk.other)),
                     STR_ARG(id_text(check_arena(), desk.other)),
                     STR_ARG(id_text(check_arena(), desk.account))));
    CHECK_INT(count(&desk, "subject IN ('Visit 6', 'Осмотр 6')"), 2);
    close_desk(&desk);
}

static bool run_case(struct tx *tx, void *data, struct err *err)
{
    return service_case_open(tx, check_arena(), 2026, data, err);
}

static void applicant_of_the_case_is_told(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t record = hamlet_make(&desk.hamlet, "street", STR("{\"name\":\"Садовая\"}"));
    struct conduct conduct = begin_of(&desk, "hamlet.begun", STR("{\"day\":\"5\"}"));
    conduct.head.no = hamlet_no(&desk.hamlet, "street");
    conduct.head.record = record;
    conduct.flow = id_next(HAMLET_NOW);
    struct service_case one = {.id = record,
                               .no = conduct.head.no,
                               .service = STR("hamlet.visit"),
                               .flow = conduct.flow,
                               .applicant = desk.other,
                               .due_on = SERVICE_CASE_NO_TERM};
    CHECK_OK(tenant_write_wait(desk.hamlet.town.tenant, run_case, &one, &desk.err), &desk.err);
    CHECK_OK(conduct_step(desk.hamlet.town.tenant, &conduct, &desk.err), &desk.err);
    CHECK_INT(count(&desk, "subject = 'Visit 5'"), 1);
    CHECK_INT(count(&desk, "1 = 1"), 1);
    close_desk(&desk);
}

static void somebody_without_an_account_is_told_nothing_and_the_flow_goes_on(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t person = hamlet_make(&desk.hamlet, "person", STR("{\"name\":\"Петров\"}"));
    struct conduct conduct = begin(&desk, "hamlet.named",
                                   str_printf(check_arena(), "{\"day\":\"5\",\"who\":\"%.*s\"}",
                                              STR_ARG(id_text(check_arena(), person))));
    CHECK_INT(conduct.head.state, FLOW_ENDED);
    CHECK_INT(count(&desk, "1 = 1"), 0);
    close_desk(&desk);
}

static void what_is_no_number_makes_the_flow_stuck(void)
{
    struct desk desk;

    open_desk(&desk);
    struct conduct conduct =
        begin(&desk, "hamlet.named", STR("{\"day\":\"5\",\"who\":\"Иванова\"}"));
    CHECK(conduct.head.is_stuck || conduct.head.state == FLOW_RUNNING);
    CHECK_INT(count(&desk, "1 = 1"), 0);
    close_desk(&desk);
}

static bool prepare(struct desk *desk, struct conduct *conduct)
{
    CLEANUP(tx_done) struct tx tx = {0};

    CHECK_OK(tx_read(&tx, desk->hamlet.town.tenant, &desk->err), &desk->err);
    return conduct_prepare(&tx, conduct, &desk->err);
}

/* A crash comes before the write or behind it; then the same is done again. */
static void notice_is_neither_lost_nor_doubled(void)
{
    struct desk desk;

    open_desk(&desk);
    struct tenant *town = desk.hamlet.town.tenant;
    struct conduct lost = begin_of(&desk, "hamlet.begun", STR("{\"day\":\"1\"}"));
    CHECK_OK(prepare(&desk, &lost), &desk.err);
    CHECK_INT(count(&desk, "1 = 1"), 0);
    struct conduct again = begin_of(&desk, "hamlet.begun", STR("{\"day\":\"1\"}"));
    again.flow = lost.flow;
    CHECK_OK(prepare(&desk, &again), &desk.err);
    CHECK_OK(tenant_write_wait(town, conduct_run, &again, &desk.err), &desk.err);
    CHECK(!tenant_write_wait(town, conduct_run, &lost, &desk.err));
    CHECK_INT(count(&desk, "1 = 1"), 1);
    close_desk(&desk);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(who_began_the_flow_is_told),
    CHECK_TEST(named_account_is_told_in_its_language),
    CHECK_TEST(applicant_of_the_case_is_told),
    CHECK_TEST(somebody_without_an_account_is_told_nothing_and_the_flow_goes_on),
    CHECK_TEST(what_is_no_number_makes_the_flow_stuck),
    CHECK_TEST(notice_is_neither_lost_nor_doubled),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
