/* What a card offers before anybody asks: what is wrong with it is said with file, line and member.
 */
#include "service/service_offer.h"

#include "check.h"
#include "service/service.h"

#define CARD(offer)                                                                                \
    "{\"title\":\"T\",\"summary\":\"S\",\"who\":\"W\",\"result\":\"R\",\"cost\":\"C\","            \
    "\"register\":\"order\",\"form\":\"order\",\"process\":\"order\",\n\"offer\":" offer "}"
#define OFFER(more)                                                                                \
    "{\"register\":\"kin\",\"person\":\"parent\",\"why\":\"W\",\"message\":\"told\"," more "}"
#define REGISTER(more)                                                                             \
    "{\"title\":\"T\",\"type\":\"object\",\"additionalProperties\":false," more "}"
#define NAME "{\"type\":\"string\",\"title\":\"t\",\"maxLength\":13"

static const struct pack_file FILES[] = {
    {STR_INIT("pack.json"), STR_INIT("{\"id\":\"p\",\"version\":\"1.0.0\"}")},
    {STR_INIT("registers/order.json"),
     STR_INIT(REGISTER("\"x-uprava\":{\"title\":\"{{name}}\"},\"properties\":{\"name\":" NAME
                       "},\"count\":{\"type\":\"integer\","
                       "\"title\":\"t\",\"minimum\":0,\"maximum\":9}}"))},
    {STR_INIT("registers/man.json"),
     STR_INIT(REGISTER(
         "\"x-uprava\":{\"title\":\"{{name}}\",\"means\":\"person\"},\"properties\":{\"name\":" NAME
         "},\"born_on\":{\"type\":\"string\",\"format\":\"date\",\"title\":\"t\","
         "\"maxLength\":10}}"))},
    {STR_INIT("registers/kin.json"),
     STR_INIT(REGISTER("\"x-uprava\":{\"title\":\"{{note}}\"},\"properties\":{\"note\":" NAME
                       "},\"parent\":" NAME ",\"x-uprava\":{\"ref\":\"p.man\"}},\"file\":" NAME
                       ",\"x-uprava\":{\"ref\":\"p.order\"}}}"))},
    {STR_INIT("forms/order.json"),
     STR_INIT("{\"type\":\"Categorization\",\"elements\":[{\"type\":\"Category\",\"label\":\"L\","
              "\"elements\":[{\"type\":\"Control\",\"scope\":\"#/properties/name\"}]}]}")},
    {STR_INIT("processes/order.bpmn"), STR_INIT("<a/>")},
    {STR_INIT("messages/told.mustache"), STR_INIT("Subject: S\n\nT\n")},
};

struct desk {
    const struct service *service;
    struct pack_findings findings;
};

static void read_card(struct desk *desk, const char *card)
{
    struct pack_file *files = ARENA_ARRAY(check_arena(), struct pack_file, ARRAY_LEN(FILES) + 1);
    struct pack *pack;
    const struct pack *packs[1];
    struct pack_set set = {packs, 1};
    const struct pack_file *file;
    struct err err;

    for (size_t i = 0; i < ARRAY_LEN(FILES); i++)
        files[i] = FILES[i];
    files[ARRAY_LEN(FILES)] = (struct pack_file){STR("services/order.json"), str_from_z(card)};
    CHECK_OK(pack_make(check_arena(), files, ARRAY_LEN(FILES) + 1, &pack, &err), &err);
    packs[0] = pack;
    file = pack_file_find(pack, STR("services/order.json"));
    *desk = (struct desk){.findings.arena = check_arena()};
    desk->service = service_read(check_arena(), pack, file, &desk->findings);
    desk->findings = (struct pack_findings){.arena = check_arena()};
    service_check_file(&set, pack, file, &desk->findings);
}

static void refuses(const char *card, const char *finding)
{
    struct desk desk;

    read_card(&desk, card);
    CHECK(desk.findings.first != NULL);
    CHECK_STR(str_printf(check_arena(), "%.*s:%d: %.*s", STR_ARG(desk.findings.first->file),
                         desk.findings.first->line, STR_ARG(desk.findings.first->text)),
              str_from_z(finding));
}

static void offer_is_read_whole(void)
{
    struct desk desk;
    const struct service_offer *offer;

    read_card(&desk, CARD(OFFER("\"linked\":{\"children\":\"kin.parent\"},"
                                "\"when\":\"count(children) > 2 and person.born_on != null and"
                                " note != null and count(cases) = 0 and file.name = parent.name\","
                                "\"fill\":{\"count\":\"count(children[note = null])\"}")));
    CHECK_INT((int64_t)desk.findings.count, 0);
    CHECK(desk.service != NULL);
    offer = desk.service->offer;
    CHECK_STR(offer->register_id, STR("p.kin"));
    CHECK_STR(offer->person, STR("parent"));
    CHECK_INT((int64_t)offer->link_count, 1);
    CHECK_STR(offer->links[0].register_id, STR("p.kin"));
    CHECK_STR(offer->links[0].field, STR("parent"));
    CHECK_INT((int64_t)offer->fill_count, 1);
}

static void card_of_a_person_needs_no_reference(void)
{
    struct desk desk;

    read_card(&desk, CARD("{\"register\":\"p.man\",\"when\":\"born_on != null\",\"why\":\"W\","
                          "\"message\":\"told\"}"));
    CHECK_INT((int64_t)desk.findings.count, 0);
    CHECK(desk.service != NULL && desk.service->offer != NULL);
}

static void service_without_an_offer_has_none(void)
{
    struct desk desk;

    read_card(&desk, "{\"title\":\"T\",\"summary\":\"S\",\"who\":\"W\",\"result\":\"R\","
                     "\"cost\":\"C\",\"register\":\"order\",\"form\":\"order\","
                     "\"process\":\"order\"}");
    CHECK_INT((int64_t)desk.findings.count, 0);
    CHECK(desk.service->offer == NULL);
}

static void members_are_those_of_an_offer(void)
{
    refuses(CARD("[]"), "services/order.json:2: /offer: is an object");
    refuses(CARD("{\"register\":\"kin\",\"person\":\"parent\",\"why\":\"W\",\"message\":\"told\"}"),
            "services/order.json:2: /offer: an offer needs the texts register, when, why and "
            "message");
    refuses(CARD(OFFER("\"when\":\"true\",\n\"who\":\"x\"")),
            "services/order.json:3: /offer/who: an offer has no member of that name");
    refuses(CARD(OFFER("\n\"when\":7")),
            "services/order.json:3: /offer/when: has to be a text of 1 to 2,000 bytes");
    refuses(CARD("{\"register\":\"kin\",\"person\":\"parent\",\"why\":\"W\",\"when\":\"true\",\n"
                 "\"message\":\"other\"}"),
            "services/order.json:3: /offer/message: the pack of the service has no such file in "
            "messages/");
}

static void person_is_found_by_a_reference(void)
{
    refuses(CARD("{\"register\":\"none\",\"why\":\"W\",\"when\":\"true\",\"message\":\"told\"}"),
            "services/order.json:2: /offer/register: there is no register \"p.none\"");
    refuses(CARD("{\"register\":\"kin\",\"why\":\"W\",\"when\":\"true\",\"message\":\"told\"}"),
            "services/order.json:2: /offer: person is missing: the field of p.kin that refers to "
            "whom it is offered");
    refuses(
        CARD("{\"register\":\"kin\",\"why\":\"W\",\"when\":\"true\",\"message\":\"told\",\n"
             "\"person\":\"file\"}"),
        "services/order.json:3: /offer/person: \"file\" is no field of p.kin that refers to the "
        "register of people");
}

static void linked_records_refer_to_the_person(void)
{
    refuses(CARD(OFFER("\"when\":\"true\",\n\"linked\":{\"children\":\"parent\"}")),
            "services/order.json:3: /offer/linked/children: is a register and its field that "
            "refers to the person: \"kin.parent\"");
    refuses(CARD(OFFER("\"when\":\"true\",\n\"linked\":{\"children\":\"kin.file\"}")),
            "services/order.json:3: /offer/linked/children: \"file\" is no field of p.kin that "
            "refers to the register of people");
    refuses(CARD(OFFER("\"when\":\"true\",\n\"linked\":{\"children\":\"none.file\"}")),
            "services/order.json:3: /offer/linked/children: there is no register \"p.none\"");
    refuses(CARD(OFFER("\"when\":\"true\",\n\"linked\":{\"person\":\"kin.parent\"}")),
            "services/order.json:3: /offer/linked/person: the name is that of something else here");
}

static void expressions_are_parsed(void)
{
    refuses(CARD(OFFER("\n\"when\":\"count(children) >\"")),
            "services/order.json:3: /offer/when: line 1, column 18: a value is missing at the end "
            "of the "
            "text");
    refuses(CARD(OFFER("\n\"when\":\"count(children) > 2\"")),
            "services/order.json:3: /offer/when: line 1, column 7: nothing is called \"children\" "
            "here");
    refuses(CARD(OFFER("\"when\":\"true\",\n\"fill\":{\"name\":\"nobody.name\"}")),
            "services/order.json:3: /offer/fill/name: line 1, column 1: nothing is called "
            "\"nobody\" here");
    refuses(CARD(OFFER("\"when\":\"true\",\n\"fill\":{\"age\":\"1\"}")),
            "services/order.json:3: /offer/fill/age: the register of the service has no such "
            "field");
}

static const struct check_test TESTS[] = {
    CHECK_TEST(offer_is_read_whole),
    CHECK_TEST(card_of_a_person_needs_no_reference),
    CHECK_TEST(service_without_an_offer_has_none),
    CHECK_TEST(members_are_those_of_an_offer),
    CHECK_TEST(person_is_found_by_a_reference),
    CHECK_TEST(linked_records_refer_to_the_person),
    CHECK_TEST(expressions_are_parsed),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
