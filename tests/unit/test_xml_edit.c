#include "xml/xml_edit.h"

#include "check.h"

#define TEXT                                                                                       \
    "<?xml version='1.0' encoding=\"UTF-8\"?>\n"                                                   \
    "<!-- <a id='no'/> -->\n"                                                                      \
    "<m:root xmlns:m='urn:m' xmlns:u=\"urn:u\" xmlns:o=\"urn:other\">\n"                           \
    "  <m:a id='one' name='A &lt; B' o:x=\"kept\"  u:term = 'P5D'/>\n"                             \
    "  <m:b id=\"two\"><m:text><![CDATA[1 < 2]]> and <!-- no --> more</m:text></m:b>\n"            \
    "  <m:c id=\"three\">\n    <m:d/>\n  </m:c>\n"                                                 \
    "</m:root>\n"

static struct xml_edit *open_text(struct str text)
{
    struct xml_edit *edit;
    struct err err;

    CHECK_OK(xml_edit_open(check_arena(), text, &edit, &err), &err);
    return edit;
}

static struct xml_edit *open_it(void)
{
    return open_text(STR(TEXT));
}

static const struct xml_edit_name TERM = {STR_INIT("urn:u"), "u", "term"};
static const struct xml_edit_name NAME = {{0}, NULL, "name"};

/* What it is with one piece replaced by another. */
static struct str replaced(const char *was, const char *is)
{
    struct str text = STR(TEXT);
    size_t at = str_find(text, str_from_z(was));

    CHECK(at < text.len);
    return str_printf(check_arena(), "%.*s%s%.*s", (int)at, text.ptr, is,
                      STR_ARG(str_slice(text, at + str_from_z(was).len, text.len)));
}

static void what_is_not_changed_stays_byte_for_byte(void)
{
    CHECK_STR(xml_edit_print(open_it()), STR(TEXT));
}

static void values_are_read_as_they_are_meant(void)
{
    struct xml_edit *edit = open_it();
    struct xml_edit_element *one = xml_edit_find(edit, STR("one"));

    CHECK_STR(xml_edit_value(edit, one, STR(""), "name"), STR("A < B"));
    CHECK_STR(xml_edit_value(edit, one, STR("urn:u"), "term"), STR("P5D"));
    CHECK(xml_edit_value(edit, one, STR(""), "term").ptr == NULL);
    CHECK(xml_edit_value(edit, one, STR("urn:x"), "x").ptr == NULL);
    CHECK_STR(xml_edit_content(edit, xml_edit_child(xml_edit_find(edit, STR("two")), "text")),
              STR("1 < 2 and  more"));
    CHECK(xml_edit_find(edit, STR("no")) == NULL);
    CHECK_STR(xml_edit_root(edit)->space, STR("urn:m"));
    edit = open_text(STR("<a x='&#65;&#x1F333;&amp;&#10;'/>"));
    CHECK_STR(xml_edit_value(edit, xml_edit_root(edit), STR(""), "x"), STR("A🌳&\n"));
}

static void attributes_are_set_and_taken_away(void)
{
    struct xml_edit *edit = open_it();

    xml_edit_set(edit, xml_edit_find(edit, STR("one")), TERM, STR("P\"7\"D"));
    CHECK_STR(xml_edit_print(edit), replaced("'P5D'", "\"P&quot;7&quot;D\""));
    edit = open_it();
    xml_edit_set(edit, xml_edit_find(edit, STR("one")), TERM, (struct str){0});
    CHECK_STR(xml_edit_print(edit), replaced("  u:term = 'P5D'", ""));
    edit = open_it();
    xml_edit_set(edit, xml_edit_find(edit, STR("two")), TERM, STR("P1D"));
    xml_edit_set(edit, xml_edit_find(edit, STR("two")), NAME, STR("a\nb"));
    CHECK_STR(xml_edit_print(edit),
              replaced("id=\"two\"", "id=\"two\" u:term=\"P1D\" name=\"a&#10;b\""));
    edit = open_it();
    xml_edit_set(edit, xml_edit_find(edit, STR("two")),
                 (struct xml_edit_name){STR("urn:new"), "n", "x"}, STR("1"));
    CHECK_STR(xml_edit_print(edit),
              replaced("id=\"two\"", "id=\"two\" xmlns:n=\"urn:new\" n:x=\"1\""));
    edit = open_text(STR("<a x=''/>"));
    xml_edit_set(edit, xml_edit_root(edit), (struct xml_edit_name){{0}, NULL, "x"}, STR("y"));
    CHECK_STR(xml_edit_print(edit), STR("<a x=\"y\"/>"));
}

static void texts_are_replaced(void)
{
    struct xml_edit *edit = open_it();

    xml_edit_put_text(edit, xml_edit_child(xml_edit_find(edit, STR("two")), "text"),
                      STR("a < b & c"));
    CHECK_STR(xml_edit_print(edit),
              replaced("<![CDATA[1 < 2]]> and <!-- no --> more", "a &lt; b &amp; c"));
    edit = open_it();
    xml_edit_put_text(edit, xml_edit_find(edit, STR("one")), STR("x"));
    CHECK_STR(xml_edit_print(edit), replaced("'P5D'/>", "'P5D'>x</m:a>"));
}

static void elements_are_put_in_and_taken_out(void)
{
    struct xml_edit *edit = open_it();
    struct xml_edit_element *three = xml_edit_find(edit, STR("three"));

    xml_edit_add(edit, three, true, "n", STR(" x=\"1\""), STR("<"));
    xml_edit_add(edit, three, false, "e", STR(""), STR(""));
    CHECK_STR(
        xml_edit_print(edit),
        replaced("\n    <m:d/>", "\n    <m:n x=\"1\">&lt;</m:n>\n    <m:d/>\n    <m:e></m:e>"));
    edit = open_it();
    xml_edit_add(edit, xml_edit_find(edit, STR("one")), true, "n", STR(""), STR("t"));
    CHECK_STR(xml_edit_print(edit), replaced("'P5D'/>", "'P5D'>\n    <m:n>t</m:n>\n  </m:a>"));
    edit = open_it();
    xml_edit_remove(edit, xml_edit_child(xml_edit_find(edit, STR("three")), "d"));
    CHECK_STR(xml_edit_print(edit), replaced("\n    <m:d/>", ""));
    edit = open_it();
    xml_edit_remove(edit, xml_edit_find(edit, STR("three")));
    CHECK(str_find(xml_edit_print(edit), STR("three")) == xml_edit_print(edit).len);
}

static void what_is_no_xml_is_refused(void)
{
    static const char *const WRONG[] = {
        "",           "<a>",
        "<a x=1/>",   "<!DOCTYPE a [<!ENTITY e 'x'>]><a/>",
        "<a/><b/>",   "<?xml version='1.0' encoding='windows-1251'?><a/>",
        "<a>\xff</a>"};
    struct xml_edit *edit;
    struct err err;

    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
        CHECK(!xml_edit_open(check_arena(), str_from_z(WRONG[i]), &edit, &err));
        CHECK_INT(err.code, ERR_INPUT);
    }
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_is_not_changed_stays_byte_for_byte),
    CHECK_TEST(values_are_read_as_they_are_meant),
    CHECK_TEST(attributes_are_set_and_taken_away),
    CHECK_TEST(texts_are_replaced),
    CHECK_TEST(elements_are_put_in_and_taken_out),
    CHECK_TEST(what_is_no_xml_is_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
