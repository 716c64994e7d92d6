/* Service tasks that look for records: what they find is what their filter says, bounded. */
#include "hamlet.h"
#include "workflow/bpmn_check.h"
#include "workflow/conduct.h"
#include "workflow/conduct_job.h"

#define HEAD                                                                                       \
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""                           \
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"                          \
    "<process id=\"p\" isExecutable=\"true\"><startEvent id=\"start\"/>"
#define FLOW(id, from, to)                                                                         \
    "<sequenceFlow id=\"" id "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
#define DONE               "<endEvent id=\"end\"/></process></definitions>"
#define INPUT(name, value) "<uprava:input name=\"" name "\" value=\"" value "\"/>"
#define LOOK(what, inputs)                                                                         \
    "<serviceTask id=\"look\" uprava:register=\"hamlet.house\" uprava:result=\"found\" " what      \
    "><extensionElements>" inputs "</extensionElements></serviceTask>"
#define ONLY(what, inputs)                                                                         \
    HEAD FLOW("a", "start", "look") LOOK(what, inputs) FLOW("b", "look", "end") DONE
#define FIND  "uprava:operation=\"record.find\" "
#define COUNT "uprava:operation=\"record.count\" "
#define SAME  "uprava:where=\"number = input.number\" "

/* clang-format off */
static const struct pack_file PROCESSES[] = {
    {STR_INIT("processes/same.bpmn"), STR_INIT(ONLY(FIND SAME "uprava:sort=\"-year\" uprava:limit=\"2\"",
        INPUT("number", "number") INPUT("except", "except")))},
    {STR_INIT("processes/count.bpmn"), STR_INIT(ONLY(COUNT SAME,
        INPUT("number", "number") INPUT("except", "except")))},
    {STR_INIT("processes/all.bpmn"), STR_INIT(ONLY(COUNT, ""))},
    {STR_INIT("processes/old.bpmn"), STR_INIT(ONLY(
        COUNT "uprava:where=\"built_on &lt; date(input.day)\"", INPUT("day", "day")))},
    /* What was made in the same step is found. */
    {STR_INIT("processes/make.bpmn"), STR_INIT(HEAD FLOW("a", "start", "make")
        "<serviceTask id=\"make\" uprava:operation=\"record.create\" uprava:register=\"hamlet.house\""
        " uprava:result=\"made\"><extensionElements>" INPUT("code", "code") INPUT("number", "number")
        "</extensionElements></serviceTask>" FLOW("m", "make", "look")
        LOOK(COUNT SAME, INPUT("number", "number")) FLOW("b", "look", "end") DONE)},
};
/* clang-format on */

struct desk {
    struct hamlet hamlet;
    struct arena *arena;
    struct process_library *processes;
    int64_t house[3]; /* two of number 5, of 1960 and 1990, and one of 7 */
    struct err err;
};

static void open_desk(struct desk *desk)
{
    static const char *const HOUSES[] = {
        "{\"code\":\"1\",\"number\":\"5\",\"year\":1960,\"built_on\":\"1960-05-01\"}",
        "{\"code\":\"2\",\"number\":\"5\",\"year\":1990,\"built_on\":\"1990-05-01\"}",
        "{\"code\":\"3\",\"number\":\"7\",\"year\":2001}",
    };

    *desk = (struct desk){.arena = arena_open(0)};
    hamlet_open(&desk->hamlet);
    hamlet_write_pack(&desk->hamlet, "1.1.0", NULL);
    for (size_t i = 0; i < ARRAY_LEN(PROCESSES); i++)
        hamlet_write(
            &desk->hamlet,
            str_printf(check_arena(), "packs/hamlet-1.1.0/%.*s", STR_ARG(PROCESSES[i].path)),
            PROCESSES[i].bytes);
    hamlet_install(&desk->hamlet);
    desk->processes = process_library_new(desk->arena, desk->hamlet.library);
    for (size_t i = 0; i < ARRAY_LEN(HOUSES); i++)
        desk->house[i] = hamlet_make(&desk->hamlet, "house", str_from_z(HOUSES[i]));
}

static void close_desk(struct desk *desk)
{
    process_library_close(&desk->processes);
    hamlet_close(&desk->hamlet);
    arena_close(&desk->arena);
}

static struct conduct begin(struct desk *desk, const char *name, struct str data)
{
    struct conduct conduct = {.processes = desk->processes,
                              .catalog = desk->hamlet.catalog,
                              .arena = check_arena(),
                              .now = HAMLET_NOW,
                              .actor = HAMLET_ACTOR,
                              .begins = true,
                              .step = {.node = -1, .data = hamlet_json(data)}};

    CHECK_OK(process_find(desk->processes, desk->hamlet.catalog->model, str_from_z(name),
                          &conduct.process, &desk->err),
             &desk->err);
    CHECK_OK(conduct_step(desk->hamlet.town.tenant, &conduct, &desk->err), &desk->err);
    return conduct;
}

static const struct json *found(const struct conduct *conduct)
{
    return json_find(flow_scope_at(conduct->after, 0)->values, STR("found"));
}

static struct str said(const struct conduct *conduct)
{
    struct buf out = {.arena = check_arena()};

    CHECK(found(conduct) != NULL);
    json_canonical(&out, found(conduct));
    return buf_str(&out);
}

static int64_t count_reads(struct desk *desk)
{
    return town_count(&desk->hamlet.town,
                      "SELECT count(*) FROM journal WHERE tenant = $1 AND action = 'read'");
}

static void what_the_filter_says_is_found_in_order(void)
{
    struct desk desk;

    open_desk(&desk);
    struct conduct conduct = begin(&desk, "hamlet.same", STR("{\"number\":\"5\"}"));
    const struct json *records = json_find(found(&conduct), STR("records"));
    CHECK_INT(conduct.head.state, FLOW_ENDED);
    CHECK_INT((int64_t)records->count, 2);
    CHECK_STR(json_find_text(records->first, STR("id")), id_text(check_arena(), desk.house[1]));
    CHECK_STR(json_find_text(records->first->next, STR("code")), STR("1"));
    CHECK_INT(count_reads(&desk), 2);
    conduct = begin(&desk, "hamlet.same", STR("{\"number\":\"6\"}"));
    CHECK_STR(said(&conduct), STR("{\"count\":0,\"is_more\":false,\"records\":[]}"));
    CHECK_INT(count_reads(&desk), 2);
    close_desk(&desk);
}

static void what_is_more_than_the_limit_is_said(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t third =
        hamlet_make(&desk.hamlet, "house", STR("{\"code\":\"4\",\"number\":\"5\",\"year\":1950}"));
    struct conduct conduct = begin(&desk, "hamlet.same", STR("{\"number\":\"5\"}"));
    CHECK_INT((int64_t)json_find(found(&conduct), STR("records"))->count, 2);
    CHECK(json_is_true(json_find(found(&conduct), STR("is_more"))));
    /* The one that does not count makes room for another. */
    conduct = begin(&desk, "hamlet.same",
                    str_printf(check_arena(), "{\"number\":\"5\",\"except\":\"%.*s\"}",
                               STR_ARG(id_text(check_arena(), desk.house[1]))));
    const struct json *records = json_find(found(&conduct), STR("records"));
    CHECK_INT((int64_t)records->count, 2);
    CHECK(!json_is_true(json_find(found(&conduct), STR("is_more"))));
    CHECK_STR(json_find_text(records->first->next, STR("id")), id_text(check_arena(), third));
    close_desk(&desk);
}

static void all_but_one_are_counted(void)
{
    struct desk desk;

    open_desk(&desk);
    struct conduct conduct = begin(&desk, "hamlet.count", STR("{\"number\":\"5\"}"));
    CHECK_STR(said(&conduct), STR("{\"count\":2,\"is_more\":false}"));
    for (int i = 0; i < 3; i++) {
        conduct = begin(&desk, "hamlet.count",
                        str_printf(check_arena(), "{\"number\":\"5\",\"except\":\"%.*s\"}",
                                   STR_ARG(id_text(check_arena(), desk.house[i]))));
        CHECK_STR(said(&conduct), i < 2 ? STR("{\"count\":1,\"is_more\":false}")
                                        : STR("{\"count\":2,\"is_more\":false}"));
    }
    conduct = begin(&desk, "hamlet.count", STR("{}")); /* null: houses without a number */
    CHECK_STR(said(&conduct), STR("{\"count\":0,\"is_more\":false}"));
    conduct = begin(&desk, "hamlet.all", STR("{}"));
    CHECK_STR(said(&conduct), STR("{\"count\":3,\"is_more\":false}"));
    CHECK_INT(count_reads(&desk), 0);
    close_desk(&desk);
}

static void inputs_are_computed_into_what_is_compared(void)
{
    struct desk desk;

    open_desk(&desk);
    struct conduct conduct = begin(&desk, "hamlet.old", STR("{\"day\":\"1970-01-01\"}"));
    CHECK_STR(said(&conduct), STR("{\"count\":1,\"is_more\":false}"));
    conduct = begin(&desk, "hamlet.old", STR("{\"day\":\"no day\"}"));
    CHECK_STR(said(&conduct), STR("{\"count\":0,\"is_more\":false}"));
    close_desk(&desk);
}

static void what_cannot_be_asked_makes_it_stuck(void)
{
    struct desk desk;

    open_desk(&desk);
    struct conduct conduct = begin(&desk, "hamlet.count", STR("{\"number\":5}"));
    CHECK_INT(conduct.head.state, FLOW_RUNNING);
    CHECK(conduct.head.is_stuck);
    conduct = begin(&desk, "hamlet.count", STR("{\"number\":\"5\",\"except\":\"the first\"}"));
    CHECK(conduct.head.is_stuck);
    close_desk(&desk);
}

static void what_was_made_just_now_is_found(void)
{
    struct desk desk;

    open_desk(&desk);
    struct conduct conduct = begin(&desk, "hamlet.make", STR("{\"code\":\"9\",\"number\":\"7\"}"));
    struct conduct_place place = {desk.hamlet.town.tenant, desk.processes, HAMLET_NOW};
    int64_t next_at;

    CHECK_INT(conduct.head.state, FLOW_RUNNING);
    CHECK_OK(conduct_job_go(&place, &next_at, &desk.err), &desk.err);
    CHECK_INT(town_count(&desk.hamlet.town,
                         "SELECT count(*) FROM flow_value WHERE tenant = $1 AND name = 'found'"
                         " AND value = '{\"count\":2,\"is_more\":false}'"),
              1);
    close_desk(&desk);
}

static struct str findings_of(const char *process)
{
    struct pack_file files[] = {
        {STR("pack.json"), STR("{\"id\":\"hamlet\",\"version\":\"1.0.0\"}")},
        {STR("processes/p.bpmn"), str_from_z(process)},
        {STR("registers/house.json"), STR(HAMLET_HOUSE(""))},
        {STR("registers/person.json"), HAMLET_FILES[4].bytes},
        {STR("registers/street.json"), HAMLET_FILES[5].bytes},
    };
    struct pack_findings findings = {.arena = check_arena()};
    struct pack_set set = {0};
    struct buf text = {.arena = check_arena()};
    struct pack *pack;
    struct err err;

    CHECK_OK(pack_make(check_arena(), files, ARRAY_LEN(files), &pack, &err), &err);
    bpmn_check_file(&set, pack, pack_file_find(pack, STR("processes/p.bpmn")), &findings);
    for (const struct pack_finding *at = findings.first; at != NULL; at = at->next)
        buf_printf(&text, "%.*s\n", STR_ARG(at->text));
    return buf_str(&text);
}

static void check_found(const char *process, const char *says)
{
    struct str text = findings_of(process);

    if (str_find(text, str_from_z(says)) == text.len)
        printf("# %.*s instead of %s\n", STR_ARG(text), says);
    CHECK(str_find(text, str_from_z(says)) < text.len);
}

static void pack_check_knows_what_becomes_sql(void)
{
    for (size_t i = 0; i < ARRAY_LEN(PROCESSES); i++)
        CHECK_STR(findings_of(PROCESSES[i].bytes.ptr), STR(""));
    check_found(ONLY(FIND "uprava:where=\"note = input.note\"", INPUT("note", "1")),
                "note is not indexed");
    check_found(ONLY(FIND "uprava:where=\"number = input.nomber\"", INPUT("number", "1")),
                "it has no input of that name");
    check_found(ONLY(FIND "uprava:where=\"number = \"", ""), "uprava:where: line 1");
    check_found(ONLY(FIND, INPUT("number", "1")), "what is it for?");
    check_found(ONLY(FIND "uprava:sort=\"note\"", ""), "uprava:sort names a field");
    check_found(ONLY(FIND "uprava:limit=\"101\"", ""), "a number from 1 to 100");
    check_found(ONLY(COUNT "uprava:limit=\"5\"", ""), "what is counted has no order");
    check_found(
        HEAD FLOW(
            "a", "start",
            "look") "<serviceTask id=\"look\" uprava:operation=\"record.find\"/>" FLOW("b", "look",
                                                                                       "end") DONE,
        "which register?");
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(what_the_filter_says_is_found_in_order),
        CHECK_TEST(what_is_more_than_the_limit_is_said),
        CHECK_TEST(all_but_one_are_counted),
        CHECK_TEST(inputs_are_computed_into_what_is_compared),
        CHECK_TEST(what_cannot_be_asked_makes_it_stuck),
        CHECK_TEST(what_was_made_just_now_is_found),
        CHECK_TEST(pack_check_knows_what_becomes_sql),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
