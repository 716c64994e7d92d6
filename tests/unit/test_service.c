/* Cards of services: what is wrong with one is said with its file, its line and what to change. */
#include "service/service.h"

#include "check.h"
#include "service/service_form.h"

#define TEXTS                                                                                      \
    "\"title\":\"T\",\n\"summary\":\"S\",\n\"who\":\"W\",\n\"result\":\"R\",\n\"cost\":\"C\",\n"
#define PARTS "\"register\":\"order\",\n\"form\":\"order\",\n\"process\":\"order\"\n"

static const char TYPE[] =
    "{\"title\":\"T\",\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}}";
static const char FORM[] =
    "{\"type\":\"Categorization\",\"elements\":[{\"type\":\"Category\",\"label\":\"L\","
    "\"elements\":[{\"type\":\"Control\",\"scope\":\"#/properties/name\"}]}]}";

struct desk {
    struct pack *pack;
    struct pack_findings findings;
    const struct service *service;
};

static void read_named(struct desk *desk, const char *path, const char *card)
{
    struct pack_file *files = ARENA_ARRAY(check_arena(), struct pack_file, 5);
    const struct pack *packs[1];
    struct pack_set set = {packs, 1};
    const struct pack_file *file;
    struct err err;

    files[0] = (struct pack_file){STR("pack.json"), STR("{\"id\":\"p\",\"version\":\"1.0.0\"}")};
    files[1] = (struct pack_file){STR("registers/order.json"), str_from_z(TYPE)};
    files[2] = (struct pack_file){STR("forms/order.json"), str_from_z(FORM)};
    files[3] = (struct pack_file){STR("processes/order.bpmn"), STR("<a/>")};
    files[4] = (struct pack_file){str_from_z(path), str_from_z(card)};
    *desk = (struct desk){.findings.arena = check_arena()};
    CHECK_OK(pack_make(check_arena(), files, 5, &desk->pack, &err), &err);
    packs[0] = desk->pack;
    file = pack_file_find(desk->pack, str_from_z(path));
    desk->service = service_read(check_arena(), desk->pack, file, &desk->findings);
    desk->findings = (struct pack_findings){.arena = check_arena()};
    service_check_file(&set, desk->pack, file, &desk->findings);
}

static void read_card(struct desk *desk, const char *card)
{
    read_named(desk, "services/order.json", card);
}

/* "services/order.json:3: …" of the first, and no service. */
static void refuses(const char *card, const char *finding)
{
    struct desk desk;
    const struct pack_finding *first;

    read_card(&desk, card);
    first = desk.findings.first;
    CHECK(first != NULL);
    CHECK_STR(str_printf(check_arena(), "%.*s:%d: %.*s", STR_ARG(first->file), first->line,
                         STR_ARG(first->text)),
              str_from_z(finding));
}

static void card_is_read_whole(void)
{
    struct desk desk;

    read_card(&desk,
              "{" TEXTS "\"topic\":\"Деревья\",\"term\":{\"count\":17,"
              "\"unit\":\"working_days\"},\"ways\":[\"desk\",\"phone\"],"
              "\"documents\":[{\"title\":\"Фото\",\"required\":true}],"
              "\"grounds\":[{\"id\":\"none\",\"title\":\"Нет\",\"law\":\"ст. 1\"}],"
              "\"laws\":[{\"title\":\"210-ФЗ\",\"href\":\"https://example.org\"}]," PARTS "}");
    CHECK_INT((int64_t)desk.findings.count, 0);
    CHECK(desk.service != NULL);
    CHECK_STR(desk.service->name, STR("p.order"));
    CHECK_STR(desk.service->register_id, STR("p.order"));
    CHECK_STR(desk.service->process, STR("p.order"));
    CHECK_INT(desk.service->count, 17);
    CHECK_INT(desk.service->unit, TERM_WORKING_DAYS);
    CHECK_INT(desk.service->ways, SERVICE_DESK | SERVICE_PHONE);
    CHECK(desk.service->documents[0].is_required);
    CHECK_STR(service_find_ground(desk.service, STR("none"))->law, STR("ст. 1"));
    CHECK(service_find_ground(desk.service, STR("other")) == NULL);
    CHECK_INT((int64_t)desk.service->form->step_count, 1);
}

static void card_without_ways_is_for_all_of_them(void)
{
    struct desk desk;

    read_card(&desk, "{" TEXTS PARTS "}");
    CHECK_INT((int64_t)desk.findings.count, 0);
    CHECK_INT(desk.service->ways, SERVICE_PAGE | SERVICE_DESK | SERVICE_PHONE | SERVICE_PAPER);
    CHECK_INT(desk.service->count, 0);
}

static void what_a_card_lacks_is_named(void)
{
    refuses("[]", "services/order.json:1: is not an object of JSON");
    refuses("{" TEXTS "\"register\":\"order\",\"form\":\"order\"}",
            "services/order.json:1: process is missing: it has to be a text");
    refuses(
        "{\n\"title\":7,\n\"summary\":\"S\",\"who\":\"W\",\"result\":\"R\",\"cost\":\"C\"," PARTS
        "}",
        "services/order.json:2: has to be a text that is not empty");
    refuses("{" TEXTS "\"tittle\":\"x\",\n" PARTS "}",
            "services/order.json:6: a service has no member of that name");
}

static void term_is_a_count_of_a_unit(void)
{
    refuses("{" TEXTS "\"term\":{\"count\":0,\"unit\":\"days\"},\n" PARTS "}",
            "services/order.json:6: the term needs a count: a whole number from 1 to 10000");
    refuses("{" TEXTS "\"term\":{\"count\":1.5,\"unit\":\"days\"},\n" PARTS "}",
            "services/order.json:6: the term needs a count: a whole number from 1 to 10000");
    refuses("{" TEXTS "\"term\":{\"count\":3,\"unit\":\"weeks\"},\n" PARTS "}",
            "services/order.json:6: the unit of the term is days, working_days or months");
}

static void lists_hold_what_they_say(void)
{
    refuses("{" TEXTS "\"ways\":[\"page\",\"fax\"],\n" PARTS "}",
            "services/order.json:6: ways is a list of page, desk, phone and paper");
    refuses("{" TEXTS "\"ways\":[],\n" PARTS "}",
            "services/order.json:6: ways is a list of page, desk, phone and paper");
    refuses("{" TEXTS "\"documents\":[\"Паспорт\"],\n" PARTS "}",
            "services/order.json:6: has to be a list of objects, each with a title");
    refuses("{" TEXTS "\"documents\":{},\n" PARTS "}",
            "services/order.json:6: has to be a list of at most 50");
    refuses("{" TEXTS "\"documents\":[{\"title\":\"Паспорт\",\"required\":\"yes\"}],\n" PARTS "}",
            "services/order.json:6: required is true or false");
    refuses("{" TEXTS "\"laws\":[{\"title\":\"L\",\"href\":\"javascript:alert(1)\"}],\n" PARTS "}",
            "services/order.json:6: the href is an address that begins with https://");
}

static void grounds_have_an_id_each(void)
{
    refuses("{" TEXTS "\"grounds\":[{\"id\":\"Нет\",\"title\":\"T\"}],\n" PARTS "}",
            "services/order.json:6: the id is made of a-z, 0-9 and _, and begins with a letter");
    refuses("{" TEXTS
            "\"grounds\":[{\"id\":\"a\",\"title\":\"T\"},{\"id\":\"a\",\"title\":\"U\"}],\n" PARTS
            "}",
            "services/order.json:6: another ground has that id");
}

static void what_a_card_names_is_in_the_pack(void)
{
    refuses("{" TEXTS "\"register\":\"other\",\n\"form\":\"order\",\"process\":\"order\"}",
            "services/order.json:6: the pack of the service has no such file");
    refuses("{" TEXTS "\"register\":\"order\",\n\"form\":\"../order\",\"process\":\"order\"}",
            "services/order.json:7: the pack of the service has no such file");
    refuses("{" TEXTS "\"register\":\"order\",\"form\":\"order\",\n\"process\":\"other\"}",
            "services/order.json:7: no pack has that file in processes/");
    refuses("{" TEXTS "\"register\":\"order\",\"form\":\"order\",\n\"process\":\"q.order\"}",
            "services/order.json:7: no pack has that file in processes/");
}

static void ways_have_names(void)
{
    CHECK_INT(service_way_read(STR("paper")), SERVICE_PAPER);
    CHECK_INT(service_way_read(STR("")), 0);
    CHECK_STR(service_way_text(SERVICE_DESK), STR("desk"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(card_is_read_whole),
    CHECK_TEST(card_without_ways_is_for_all_of_them),
    CHECK_TEST(what_a_card_lacks_is_named),
    CHECK_TEST(term_is_a_count_of_a_unit),
    CHECK_TEST(lists_hold_what_they_say),
    CHECK_TEST(grounds_have_an_id_each),
    CHECK_TEST(what_a_card_names_is_in_the_pack),
    CHECK_TEST(ways_have_names),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
