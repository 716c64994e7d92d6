/* Forms of services: steps, fields, and FEEL that sees what it may see. */
#include "service/service_form.h"

#include "check.h"
#include "core/json.h"

#define STEP(elements) "{\"type\":\"Category\",\"label\":\"L\",\"elements\":[" elements "]}"
#define FORM(steps)    "{\"type\":\"Categorization\",\n\"elements\":[\n" steps "]}"
#define NAME           "{\"type\":\"Control\",\"scope\":\"#/properties/name\"}"

static const char SCHEMA[] =
    "{\"properties\":{\"name\":{\"type\":\"string\"},\"kind\":{\"type\":\"string\"}},"
    "\"required\":[\"name\"]}";

static const struct service_form *read_form(const char *text, struct pack_findings *findings)
{
    struct pack_file file = {STR("forms/order.json"), str_from_z(text)};
    struct json *schema;
    struct err err;

    *findings = (struct pack_findings){.arena = check_arena()};
    CHECK_OK(json_parse(check_arena(), str_from_z(SCHEMA), NULL, &schema, &err), &err);
    return service_form_read(check_arena(), &file, schema, findings);
}

static void refuses(const char *text, const char *finding)
{
    struct pack_findings findings;

    CHECK(read_form(text, &findings) == NULL);
    CHECK(findings.first != NULL);
    CHECK_STR(str_printf(check_arena(), "%.*s:%d: %.*s", STR_ARG(findings.first->file),
                         findings.first->line, STR_ARG(findings.first->text)),
              str_from_z(finding));
}

static void form_is_steps_of_fields(void)
{
    struct pack_findings findings;
    const struct service_form *form =
        read_form(FORM(STEP(NAME) "," STEP(
                      "{\"type\":\"Label\",\"text\":\"Что\"},{\"type\":\"Files\"},"
                      "{\"type\":\"Control\",\"scope\":\"#/properties/kind\",\"label\":\"K\","
                      "\"rule\":{\"effect\":\"HIDE\",\"condition\":\"name = \\\"a\\\"\"},"
                      "\"options\":{\"required\":true,\"prefill\":\"last.kind\"}}")),
                  &findings);

    CHECK_INT((int64_t)findings.count, 0);
    CHECK_INT((int64_t)form->step_count, 2);
    CHECK_STR(form->steps[0].fields[0].name, STR("name"));
    CHECK_STR(form->steps[1].help, STR("Что"));
    CHECK(form->steps[1].has_files);
    CHECK(form->steps[1].fields[0].is_required);
    CHECK(form->steps[1].fields[0].prefill != NULL);
    CHECK(form->steps[1].fields[0].shown != NULL);
}

static void form_has_steps_and_no_more_than_twenty(void)
{
    refuses("{\"type\":\"Categorization\"}",
            "forms/order.json:1: the form of a service is a Categorization with 1 to 20 elements:"
            " its steps");
    refuses(FORM(STEP("")), "forms/order.json:3: a step is a Category with a label and a list of"
                            " 1 to 40 elements");
    refuses(FORM("{\"type\":\"Group\",\"label\":\"L\",\"elements\":[" NAME "]}"),
            "forms/order.json:3: a step is a Category with a label and a list of 1 to 40 elements");
}

static void controls_are_fields_of_the_register_once_each(void)
{
    refuses(FORM(STEP("{\"type\":\"Control\",\"scope\":\"#/properties/other\"}")),
            "forms/order.json:3: the scope of a Control is #/properties/ and a field of the"
            " register");
    refuses(FORM(STEP(NAME) ",\n" STEP(NAME)),
            "forms/order.json:4: the field name is asked for twice");
    refuses(FORM(STEP("{\"type\":\"Button\"}")),
            "forms/order.json:3: a Category holds Control, Label and Files");
}

static void what_the_register_requires_is_asked(void)
{
    refuses(FORM(STEP("{\"type\":\"Control\",\"scope\":\"#/properties/kind\"}")),
            "forms/order.json:1: no step asks for the field name, which the register requires");
}

static void rules_are_feel_over_the_fields(void)
{
    refuses(FORM(STEP(NAME) ",\n{\"type\":\"Category\",\"label\":\"L\","
                            "\"rule\":{\"effect\":\"SHOW\",\"condition\":\"nobody = 1\"},"
                            "\"elements\":[{\"type\":\"Files\"}]}"),
            "forms/order.json:4: line 1, column 1: nothing is called \"nobody\" here");
    refuses(FORM(STEP(NAME) ",\n{\"type\":\"Category\",\"label\":\"L\","
                            "\"rule\":{\"effect\":\"ENABLE\",\"condition\":\"true\"},"
                            "\"elements\":[{\"type\":\"Files\"}]}"),
            "forms/order.json:4: a rule has the effect SHOW or HIDE and a condition in FEEL");
    /* A rule does not see the card of who asks: only what is entered. */
    refuses(FORM(STEP(NAME) ",\n{\"type\":\"Category\",\"label\":\"L\","
                            "\"rule\":{\"effect\":\"SHOW\",\"condition\":\"person != null\"},"
                            "\"elements\":[{\"type\":\"Files\"}]}"),
            "forms/order.json:4: line 1, column 1: nothing is called \"person\" here");
}

static void other_forms_are_not_of_services(void)
{
    struct json *json;
    struct err err;

    CHECK_OK(json_parse(check_arena(), STR("{\"type\":\"object\"}"), NULL, &json, &err), &err);
    CHECK(!service_form_is_one(json));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(form_is_steps_of_fields),
    CHECK_TEST(form_has_steps_and_no_more_than_twenty),
    CHECK_TEST(controls_are_fields_of_the_register_once_each),
    CHECK_TEST(what_the_register_requires_is_asked),
    CHECK_TEST(rules_are_feel_over_the_fields),
    CHECK_TEST(other_forms_are_not_of_services),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
