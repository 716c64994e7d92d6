/* What a card says of its process and of roles has to be there. */
#include "workflow/process_check.h"

#include "check.h"

static const char PROCESS[] =
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"
    "<process id=\"order\" isExecutable=\"true\"><startEvent id=\"start\"/>"
    "<sequenceFlow id=\"a\" sourceRef=\"start\" targetRef=\"check\"/>"
    "<userTask id=\"check\" uprava:role=\"clerk\"/>"
    "<sequenceFlow id=\"b\" sourceRef=\"check\" targetRef=\"end\"/><endEvent id=\"end\"/>"
    "</process></definitions>";

#define CARD(more)                                                                                 \
    "{\"title\":\"T\",\"summary\":\"S\",\"who\":\"W\",\"result\":\"R\",\"cost\":\"C\",\n" more     \
    "\"term\":{\"count\":3,\"unit\":\"days\"},"                                                    \
    "\"register\":\"order\",\"form\":\"order\",\"process\":\"order\"}"

/* "3: what" of each finding. */
static struct str check(const char *card)
{
    struct pack_file files[] = {
        {STR("pack.json"), STR("{\"id\":\"p\",\"version\":\"1.0.0\"}")},
        {STR("registers/order.json"), STR("{\"title\":\"T\",\"type\":\"object\",\"properties\":{"
                                          "\"name\":{\"type\":\"string\"}}}")},
        {STR("forms/order.json"),
         STR("{\"type\":\"Categorization\",\"elements\":[{\"type\":\"Category\",\"label\":\"L\","
             "\"elements\":[{\"type\":\"Control\",\"scope\":\"#/properties/name\"}]}]}")},
        {STR("processes/order.bpmn"), str_from_z(PROCESS)},
        {STR("roles.json"), STR("[{\"id\":\"clerk\",\"title\":\"Писарь\",\"grants\":[]}]")},
        {STR("services/order.json"), str_from_z(card)},
    };
    struct pack_findings findings = {.arena = check_arena()};
    struct buf out = {.arena = check_arena()};
    const struct pack *packs[1];
    const struct pack_set set = {packs, 1};
    struct pack *pack;
    struct err err;

    CHECK_OK(pack_make(check_arena(), files, ARRAY_LEN(files), &pack, &err), &err);
    packs[0] = pack;
    process_check_service(&set, pack, pack_file_find(pack, STR("services/order.json")), &findings);
    for (const struct pack_finding *one = findings.first; one != NULL; one = one->next)
        buf_printf(&out, "%d: %.*s\n", one->line, STR_ARG(one->text));
    return buf_str(&out);
}

static void what_is_there_is_fine(void)
{
    CHECK_STR(check(CARD("\"assign\":{\"way\":\"load\",\"tasks\":[\"check\"]},"
                         "\"escalate\":{\"days\":1,\"role\":\"Писарь\"},")),
              STR(""));
}

static void task_and_role_that_are_not_there_are_named(void)
{
    CHECK_STR(check(CARD("\"assign\":{\"way\":\"load\",\"tasks\":[\"check\",\"end\"]},\n"
                         "\"escalate\":{\"days\":1,\"role\":\"boss\"},")),
              STR("2: the process has no user task \"end\"\n"
                  "3: there is no role \"boss\" in roles.json\n"));
}

static void broken_card_is_told_once(void)
{
    CHECK_STR(check(CARD("\"assign\":\"lottery\",")),
              STR("2: how cases are assigned is said by pool, load or random\n"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_is_there_is_fine),
    CHECK_TEST(task_and_role_that_are_not_there_are_named),
    CHECK_TEST(broken_card_is_told_once),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
