#include "registry/register_type.h"

#include "check.h"

static struct pack_findings findings;

static struct pack *pack_of(struct str name, struct str schema)
{
    struct pack *pack;
    struct err err;
    struct pack_file *files = ARENA_ARRAY(check_arena(), struct pack_file, 3);

    files[0] = (struct pack_file){
        STR("pack.json"), STR("{\"id\":\"town\",\"version\":\"1.0.0\",\"title\":\"Город\"}")};
    files[1] = (struct pack_file){name, schema};
    files[2] = (struct pack_file){STR("lists/kind.csv"), STR("code,title\na,A\n")};
    CHECK_OK(pack_make(check_arena(), files, 3, &pack, &err), &err);
    return pack;
}

static struct register_type *compile(struct str schema)
{
    struct pack *pack = pack_of(STR("registers/thing.json"), schema);

    findings = (struct pack_findings){.arena = check_arena()};
    return register_type_compile(check_arena(), pack,
                                 pack_file_find(pack, STR("registers/thing.json")), &findings);
}

/* Whether the schema is refused and some finding says so. */
static bool complains(struct str schema, const char *about)
{
    if (compile(schema) != NULL)
        return false;
    for (const struct pack_finding *finding = findings.first; finding != NULL;
         finding = finding->next)
        if (str_find(finding->text, str_from_z(about)) < finding->text.len)
            return true;
    if (findings.first != NULL)
        CHECK_STR(findings.first->text, str_from_z(about));
    return false;
}

#define NAME  "\"name\":{\"type\":\"string\",\"title\":\"Имя\",\"maxLength\":50}"
#define TITLE "\"x-uprava\":{\"title\":\"{{name}}\"}"
#define FIRM  "\"additionalProperties\":false"
/* A register with these further annotations and fields, each with its comma before. */
#define THING(annotations, fields)                                                                 \
    STR("{\"title\":\"Вещи\",\"type\":\"object\"," FIRM                                            \
        ",\"x-uprava\":{\"title\":\"{{name}}\"" annotations "},\"properties\":{" NAME fields "}}")

static void plain_register_is_read(void)
{
    struct register_type *type = compile(
        THING(",\"one\":\"вещь\",\"group\":\"Разное\",\"temporal\":true,\"public\":true,"
              "\"key\":[\"name\"],\"search\":[\"name\",\"note\"],\"list\":[\"name\",\"kind\"],"
              "\"sort\":\"name\"",
              ",\"kind\":{\"type\":\"string\",\"title\":\"Вид\",\"x-uprava\":{\"list\":"
              "\"town.kind\",\"index\":true,\"access\":\"public\"}}"
              ",\"note\":{\"type\":\"string\",\"title\":\"Заметка\",\"maxLength\":9,\"x-uprava\":{"
              "\"access\":\"personal\",\"unit\":\"м\",\"example\":\"e\"},\"description\":\"h\"}"
              ",\"place\":{\"type\":\"object\",\"title\":\"Место\",\"x-uprava\":{\"geometry\":"
              "true}}"));
    const struct register_field *note;

    CHECK(type != NULL);
    CHECK_STR(type->id, STR("town.thing"));
    CHECK_STR(type->name, STR("thing"));
    CHECK_STR(type->title, STR("Вещи"));
    CHECK_STR(type->one, STR("вещь"));
    CHECK_STR(type->group, STR("Разное"));
    CHECK(type->is_temporal && type->is_public);
    CHECK_INT((int64_t)type->field_count, 4);
    CHECK_INT((int64_t)type->key_count, 1);
    CHECK_INT((int64_t)type->search_count, 2);
    CHECK_INT((int64_t)type->list_count, 2);
    CHECK_INT(type->sort, 0);
    CHECK_INT(type->geometry, 3);
    CHECK(type->classes == (POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL));
    CHECK(type->title_classes == POLICY_INTERNAL);
    CHECK(type->fields[0].is_in_title && !type->fields[1].is_in_title);
    note = register_type_field(type, STR("note"));
    CHECK(note != NULL && note->access == POLICY_PERSONAL && note->max_length == 9);
    CHECK_STR(note->help, STR("h"));
    CHECK_STR(note->unit, STR("м"));
    CHECK_STR(note->example, STR("e"));
    CHECK(register_type_field(type, STR("nothing")) == NULL);
}

static void slots_are_given_in_the_order_of_the_fields(void)
{
    struct register_type *type = compile(
        THING(",\"key\":[\"name\"]",
              ",\"a\":{\"type\":\"string\",\"maxLength\":5,\"title\":\"a\",\"x-uprava\":{\"index\":"
              "true}}"
              ",\"b\":{\"type\":\"integer\",\"title\":\"b\",\"x-uprava\":{\"sort\":true}}"
              ",\"c\":{\"type\":\"integer\",\"title\":\"c\",\"x-uprava\":{\"measure\":true}}"
              ",\"d\":{\"type\":\"string\",\"title\":\"d\",\"x-uprava\":{\"ref\":\"town.thing\"}}"
              ",\"e\":{\"type\":\"integer\",\"title\":\"e\"}"));

    CHECK(type != NULL);
    CHECK_INT(type->fields[0].slot, QUERY_T1);
    CHECK(type->fields[0].is_indexed);
    CHECK_INT(type->fields[1].slot, QUERY_T1 + 1);
    CHECK_INT(type->fields[2].slot, QUERY_N1);
    CHECK_INT(type->fields[3].slot, QUERY_M1);
    CHECK(!type->fields[3].is_indexed);
    CHECK_INT(type->fields[4].slot, QUERY_N1 + 1);
    CHECK(type->fields[4].is_indexed); /* so that what is referred to can be deleted */
    CHECK_INT(type->fields[5].slot, -1);
}

static void first_text_slot_is_kept_for_the_key(void)
{
    struct register_type *type = compile(THING(
        ",\"key\":[\"name\",\"a\"]",
        ",\"a\":{\"type\":\"string\",\"maxLength\":5,\"title\":\"a\",\"x-uprava\":{\"index\":true}"
        "}"));

    CHECK(type != NULL);
    CHECK_INT(type->fields[0].slot, -1);
    CHECK_INT(type->fields[1].slot, QUERY_T1 + 1);
}

/* A register with count fields f0, f1, … of that kind. */
static struct str many(int count, const char *key, const char *kind, const char *how)
{
    struct buf buf = {.arena = check_arena()};

    buf_printf(&buf,
               "{\"title\":\"T\"," FIRM ",\"x-uprava\":{\"title\":\"{{f0}}\"%s},\"properties\":{",
               key);
    for (int i = 0; i < count; i++)
        buf_printf(&buf, "%s\"f%d\":{%s,\"title\":\"t\",\"x-uprava\":{\"%s\":true}}",
                   i > 0 ? "," : "", i, kind, how);
    buf_add(&buf, STR("}}"));
    return buf_str(&buf);
}

static void too_many_slots_are_refused(void)
{
    CHECK(compile(many(8, "", "\"type\":\"string\",\"maxLength\":5", "index")) != NULL);
    CHECK(complains(many(9, "", "\"type\":\"string\",\"maxLength\":5", "index"),
                    "field f8: is one indexed field too many"));
    CHECK(complains(
        many(9, ",\"key\":[\"f0\",\"f1\"]", "\"type\":\"string\",\"maxLength\":5", "index"),
        "field f7: is one indexed field too many"));
    CHECK(compile(many(8, "", "\"type\":\"integer\"", "index")) != NULL);
    CHECK(complains(many(9, "", "\"type\":\"integer\"", "index"), "one indexed field too many"));
    CHECK(compile(many(8, "", "\"type\":\"integer\"", "measure")) != NULL);
    CHECK(complains(many(9, "", "\"type\":\"integer\"", "measure"), "one measure too many"));
    CHECK(compile(many(200, "", "\"type\":\"integer\"", "x")) != NULL);
    CHECK(complains(many(201, "", "\"type\":\"integer\"", "x"), "1 to 200 fields"));
    CHECK(complains(many(0, "", "", ""), "1 to 200 fields"));
}

static void broken_files_are_told(void)
{
    CHECK(complains(STR("{"), "line 1"));
    CHECK(complains(STR("{\"type\":7}"), "type"));
    CHECK(complains(STR("{}"), "1 to 200 fields"));
    CHECK(complains(STR("{\"type\":\"object\"," FIRM "," TITLE ",\"properties\":{" NAME "}}"),
                    "the register has no title"));
    CHECK(complains(STR("{\"title\":\"T\"," TITLE ",\"properties\":{" NAME "}}"),
                    "additionalProperties"));
    CHECK(complains(
        STR("{\"title\":\"T\",\"additionalProperties\":true," TITLE ",\"properties\":{" NAME "}}"),
        "additionalProperties"));
    CHECK(complains(STR("{\"title\":\"T\"," FIRM ",\"properties\":{" NAME "}}"),
                    "x-uprava.title is missing"));
    CHECK(complains(STR("{\"title\":\"T\"," FIRM
                        ",\"x-uprava\":{\"title\":\"{{#name}}\"},\"properties\":{" NAME "}}"),
                    "x-uprava.title"));
}

static void annotations_that_name_no_field_are_told(void)
{
    CHECK(complains(THING(",\"key\":[\"nam\"]", ""), "x-uprava.key names the field nam"));
    CHECK(complains(THING(",\"search\":[\"x\"]", ""), "x-uprava.search names"));
    CHECK(complains(THING(",\"list\":[\"x\"]", ""), "x-uprava.list names"));
    CHECK(complains(THING(",\"sort\":\"name\"", ""), "x-uprava.sort"));
    CHECK(complains(THING(",\"sort\":\"x\"", ""), "x-uprava.sort"));
}

#define FIELD(text) THING("", ",\"f\":{" text "}")

static void broken_fields_are_told(void)
{
    CHECK(complains(FIELD("\"type\":\"integer\""), "field f: has no title"));
    CHECK(complains(FIELD("\"title\":\"F\""), "field f: says no type"));
    CHECK(
        complains(FIELD("\"title\":\"F\",\"type\":\"string\""), "field f: a text needs maxLength"));
    CHECK(complains(FIELD("\"title\":\"F\",\"type\":\"number\""), "field f: a number needs"));
    CHECK(complains(FIELD("\"title\":\"F\",\"type\":\"number\",\"multipleOf\":5"),
                    "field f: a number needs"));
    CHECK(complains(
        FIELD("\"title\":\"F\",\"type\":\"integer\",\"x-uprava\":{\"access\":\"everyone\"}"),
        "field f: access is public"));
    CHECK(complains(
        FIELD("\"title\":\"F\",\"type\":\"array\",\"items\":{\"type\":\"string\"},\"x-uprava\":{"
              "\"index\":true}"),
        "field f: only single values"));
    CHECK(complains(FIELD("\"title\":\"F\",\"type\":\"object\",\"x-uprava\":{\"measure\":true}"),
                    "field f: only single values"));
    CHECK(complains(FIELD("\"title\":\"F\",\"type\":\"object\",\"x-uprava\":{\"geometry\":true}},"
                          "\"g\":{\"title\":\"G\",\"type\":\"object\",\"x-uprava\":{\"geometry\":"
                          "true}"),
                    "field g: is a second geometry"));
    CHECK(complains(THING("", ",\"Имя\":{\"type\":\"integer\",\"title\":\"F\"}"),
                    "a field's name is made of"));
    CHECK(complains(FIELD("\"title\":\"F\",\"type\":\"array\",\"items\":{\"type\":\"string\"},"
                          "\"x-uprava\":{\"list\":\"town.kind\"}"),
                    "field f: codes and references are texts"));
    CHECK(complains(
        FIELD("\"title\":\"F\",\"type\":\"integer\",\"x-uprava\":{\"ref\":\"town.thing\"}"),
        "field f: codes and references are texts"));
    CHECK(complains(FIELD("\"title\":\"F\",\"type\":\"string\",\"x-uprava\":{\"ref\":"
                          "\"town.thing\",\"on_delete\":\"cascade\"}"),
                    "field f: on_delete is refuse or clear"));
}

static void file_names_become_ids(void)
{
    struct pack *pack = pack_of(STR("registers/a.b.json"), THING("", ""));

    findings = (struct pack_findings){.arena = check_arena()};
    CHECK(register_type_compile(check_arena(), pack,
                                pack_file_find(pack, STR("registers/a.b.json")),
                                &findings) == NULL);
    CHECK(findings.count == 1);
}

static size_t check_file(struct str schema)
{
    struct pack *pack = pack_of(STR("registers/thing.json"), schema);
    const struct pack *packs[] = {pack};
    struct pack_set set = {packs, 1};

    findings = (struct pack_findings){.arena = check_arena()};
    register_type_check_file(&set, pack, pack_file_find(pack, STR("registers/thing.json")),
                             &findings);
    return findings.count;
}

#define TEXT_WITH(annotation)                                                                      \
    FIELD("\"title\":\"F\",\"type\":\"string\",\"x-uprava\":{" annotation "}")

static void pack_check_looks_for_lists_and_registers(void)
{
    CHECK_INT((int64_t)check_file(TEXT_WITH("\"list\":\"town.kind\"")), 0);
    CHECK_INT((int64_t)check_file(TEXT_WITH("\"list\":\"town.colour\"")), 1);
    CHECK_INT((int64_t)check_file(TEXT_WITH("\"list\":\"kind\"")), 1);
    CHECK_INT((int64_t)check_file(TEXT_WITH("\"ref\":\"town.thing\"")), 0);
    CHECK_INT((int64_t)check_file(TEXT_WITH("\"ref\":\"town.nothing\"")), 1);
    CHECK_INT((int64_t)check_file(TEXT_WITH("\"ref\":\"nowhere.thing\"")), 1);
}

static void one_register_is_of_persons(void)
{
    struct register_type *type = compile(THING(",\"means\":\"person\"", ""));

    CHECK(type != NULL && type->meaning == REGISTER_TYPE_PERSONS);
    CHECK(compile(THING("", ""))->meaning == REGISTER_TYPE_ANYTHING);
    CHECK(complains(THING(",\"means\":\"tree\"", ""), "x-uprava.means is person"));
    CHECK(complains(THING(",\"means\":1", ""), "x-uprava.means is person"));
    CHECK_INT((int64_t)check_file(THING(",\"means\":\"person\"", "")), 0);

    struct pack_file files[] = {
        {STR("pack.json"), STR("{\"id\":\"town\",\"version\":\"1.0.0\"}")},
        {STR("registers/human.json"), THING(",\"means\":\"person\"", "")},
        {STR("registers/thing.json"), THING(",\"means\":\"person\"", "")},
    };
    struct pack *pack;
    struct err err;
    CHECK_OK(pack_make(check_arena(), files, ARRAY_LEN(files), &pack, &err), &err);
    const struct pack *packs[] = {pack};
    findings = (struct pack_findings){.arena = check_arena()};
    register_type_check_file(&(struct pack_set){packs, 1}, pack,
                             pack_file_find(pack, STR("registers/thing.json")), &findings);
    CHECK_INT((int64_t)findings.count, 1);
    CHECK(str_starts(findings.first->text, STR("x-uprava.means: town/registers/human.json")));
}

#define DAY_REGISTER(required, calendar, date, kind)                                               \
    STR("{\"title\":\"T\",\"type\":\"object\",\"additionalProperties\":false,"                     \
        "\"x-uprava\":{\"title\":\"{{date}}\",\"means\":\"calendar_day\"},\"required\":" required  \
        ",\"properties\":{\"calendar\":{\"type\":\"string\",\"title\":\"t\",\"maxLength\":"        \
        "40" calendar "},\"date\":{\"type\":\"string\",\"title\":\"t\"" date                       \
        "},\"kind\":{\"type\":\"string\",\"title\":\"t\",\"maxLength\":40" kind "}}}")
#define DAY_ALL   "[\"calendar\",\"date\",\"kind\"]"
#define DAY_INDEX ",\"x-uprava\":{\"index\":true}"
#define DAY_DATE  ",\"format\":\"date\"" DAY_INDEX
#define DAY_KIND  ",\"x-uprava\":{\"list\":\"town.kind\"}"

static void register_of_days_has_what_the_engine_asks_of_it(void)
{
    struct register_type *type = compile(DAY_REGISTER(DAY_ALL, DAY_INDEX, DAY_DATE, DAY_KIND));

    CHECK(type != NULL && type->meaning == REGISTER_TYPE_DAYS);
    CHECK(complains(DAY_REGISTER("[\"calendar\",\"date\"]", DAY_INDEX, DAY_DATE, DAY_KIND),
                    "days of calendars have the required fields"));
    CHECK(complains(DAY_REGISTER(DAY_ALL, DAY_INDEX, DAY_DATE, ""),
                    "days of calendars have the required fields"));
    CHECK(complains(DAY_REGISTER(DAY_ALL, "", DAY_DATE, DAY_KIND),
                    "days of calendars are looked for by calendar and date"));
    CHECK(complains(DAY_REGISTER(DAY_ALL, DAY_INDEX, ",\"format\":\"date\"", DAY_KIND),
                    "days of calendars are looked for by calendar and date"));
    CHECK(complains(DAY_REGISTER(DAY_ALL, DAY_INDEX, ",\"maxLength\":10" DAY_INDEX, DAY_KIND),
                    "days of calendars have the required fields"));
    CHECK(complains(THING(",\"means\":\"calendar_day\"", ""),
                    "days of calendars have the required fields"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(plain_register_is_read),
    CHECK_TEST(slots_are_given_in_the_order_of_the_fields),
    CHECK_TEST(first_text_slot_is_kept_for_the_key),
    CHECK_TEST(too_many_slots_are_refused),
    CHECK_TEST(broken_files_are_told),
    CHECK_TEST(annotations_that_name_no_field_are_told),
    CHECK_TEST(broken_fields_are_told),
    CHECK_TEST(file_names_become_ids),
    CHECK_TEST(pack_check_looks_for_lists_and_registers),
    CHECK_TEST(one_register_is_of_persons),
    CHECK_TEST(register_of_days_has_what_the_engine_asks_of_it),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
