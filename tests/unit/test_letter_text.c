#include "check.h"
#include "document/letter_text.h"

#define DOC(body)                                                                                  \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><o:doc xmlns:o=\"urn:o\" xmlns:text=\"urn:text\" "  \
    "xmlns:table=\"urn:table\">" body "</o:doc>"

static struct str fill(const char *xml, const char *values)
{
    struct buf out = {.arena = check_arena()};
    struct letter_text text;
    struct json *json;
    struct err err = {0};

    CHECK_OK(letter_text_read(check_arena(), str_from_z(xml), &text, &err), &err);
    CHECK_OK(json_parse(check_arena(), str_from_z(values), NULL, &json, &err), &err);
    CHECK_OK(letter_text_fill(&text, json, &out, &err), &err);
    return buf_str(&out);
}

static struct str fault(const char *xml)
{
    struct letter_text text;
    struct err *err = ARENA_NEW(check_arena(), struct err);

    CHECK(!letter_text_read(check_arena(), str_from_z(xml), &text, err));
    return str_from_z(err->text);
}

static void check_fault(const char *xml, const char *says)
{
    struct str text = fault(xml);

    if (str_find(text, str_from_z(says)) == text.len)
        CHECK_STR(text, str_from_z(says));
}

static void fields_give_way_to_values(void)
{
    CHECK_STR(
        fill(DOC("<text:p>Дом {{house.address}}, {{  year   }} год, {{none}}{{is}}.</text:p>"),
             "{\"house\":{\"address\":\"ул. Мира, 1\"},\"year\":1961,\"is\":true}"),
        STR(DOC("<text:p>Дом ул. Мира, 1, 1961 год, true.</text:p>")));
}

static void broken_field_is_found_over_spans(void)
{
    CHECK_STR(fill(DOC("<text:p>A<text:span text:style-name=\"T1\">{</text:span>{na<text:span>m"
                       "</text:span>e}<text:span>}B</text:span></text:p>"),
                   "{\"name\":\"X\"}"),
              STR(DOC("<text:p>A<text:span text:style-name=\"T1\">X</text:span><text:span>"
                      "</text:span><text:span>B</text:span></text:p>")));
}

static void value_is_text_and_never_markup(void)
{
    CHECK_STR(fill(DOC("<text:p>{{a}}</text:p>"),
                   "{\"a\":\"<b> & \\\"c\\\"\\nd\\te  f\\u0001\\uffff{{b}}\",\"b\":\"no\"}"),
              STR(DOC("<text:p>&lt;b&gt; &amp; \"c\"<text:line-break/>d<text:tab/>e <text:s/>"
                      "f{{b}}</text:p>")));
}

static void only_text_of_paragraphs_has_fields(void)
{
    const char *xml = DOC("<!-- {{a --><text:p o:x=\"{{a}} > \"><![CDATA[{{a}}]]></text:p><o:x>{{a"
                          "</o:x>");

    CHECK_STR(fill(xml, "{\"a\":\"no\"}"), str_from_z(xml));
}

static void row_is_repeated_for_each_item(void)
{
    const char *xml = DOC(
        "<table:table><table:table-row><o:c><text:p>Что</text:p></o:c></table:table-row>"
        "<table:table-row><o:c><text:p>{{#defects}}{{what}}</text:p></o:c><o:c><text:p>{{share}}"
        " {{by}}{{<text:span>/de</text:span>fects}}</text:p></o:c></table:table-row>"
        "</table:table>");

    CHECK_STR(
        fill(xml, "{\"by\":\"А\",\"defects\":[{\"what\":\"крыша\",\"share\":\"5\"},{\"what\":\"a\"}"
                  "]}"),
        STR(DOC("<table:table><table:table-row><o:c><text:p>Что</text:p></o:c></table:table-row>"
                "<table:table-row><o:c><text:p>крыша</text:p></o:c><o:c><text:p>5 А<text:span>"
                "</text:span></text:p></o:c></table:table-row>"
                "<table:table-row><o:c><text:p>a</text:p></o:c><o:c><text:p> А<text:span>"
                "</text:span></text:p></o:c></table:table-row></table:table>")));
    CHECK_STR(fill(xml, "{}"),
              STR(DOC("<table:table><table:table-row><o:c><text:p>Что</text:p></o:c>"
                      "</table:table-row></table:table>")));
}

static void paragraphs_between_marks_are_repeated(void)
{
    const char *xml = DOC("<text:p>a</text:p><text:p> {{#list}} </text:p><text:p>{{.}}</text:p>"
                          "<text:p>{{/list}}</text:p><text:p>b</text:p>");

    CHECK_STR(fill(xml, "{\"list\":[\"1\",\"2\"]}"),
              STR(DOC("<text:p>a</text:p><text:p>1</text:p><text:p>2</text:p><text:p>b</text:p>")));
    CHECK_STR(fill(xml, "{\"list\":[]}"), STR(DOC("<text:p>a</text:p><text:p>b</text:p>")));
    CHECK_STR(fill(xml, "{\"list\":\"x\"}"),
              STR(DOC("<text:p>a</text:p><text:p>x</text:p><text:p>b</text:p>")));
}

static void lists_lie_in_lists(void)
{
    CHECK_STR(fill(DOC("<text:p>{{#a}}</text:p><table:table-row><o:c><text:p>{{#b}}{{n}}</text:p>"
                       "</o:c><o:c><text:p>{{m}}{{/b}}</text:p></o:c></table:table-row><text:p>"
                       "{{/a}}</text:p>"),
                   "{\"a\":[{\"n\":1,\"b\":[{\"m\":2},{\"m\":3}]},{\"n\":4}]}"),
              STR(DOC("<table:table-row><o:c><text:p>1</text:p></o:c><o:c><text:p>2</text:p></o:c>"
                      "</table:table-row><table:table-row><o:c><text:p>1</text:p></o:c><o:c>"
                      "<text:p>3</text:p></o:c></table:table-row>")));
}

static void faults_say_what_to_change(void)
{
    check_fault(DOC("<text:p>Дом {{name</text:p><text:p>}}</text:p>"),
                "\"{{name\" is not closed: write }} in the same paragraph");
    check_fault(DOC("<text:p>{{a+b}}</text:p>"), "\"{{a+b}}\" is no field");
    check_fault(DOC("<text:p>{{}}</text:p>"), "is no field");
    check_fault(DOC("<text:p>{{a..b}}</text:p>"), "is no field");
    check_fault(DOC("<text:p>{{{a}}}</text:p>"), "is no field");
    check_fault(DOC("<text:p>{{#a}}</text:p>"), "{{#a}} has no end: write {{/a}}");
    check_fault(DOC("<text:p>{{/a}}</text:p>"), "{{/a}} ends a list that is not open");
    check_fault(DOC("<text:p>{{#a}}x{{/a}}</text:p>"), "stand in one paragraph");
    check_fault(DOC("<text:p>b {{#a}}</text:p><text:p>{{/a}}</text:p>"), "stands something else");
    check_fault(DOC("<table:table-row><o:c><text:p>{{n}}{{#a}}</text:p></o:c><o:c><text:p>{{/a}}"
                    "</text:p></o:c></table:table-row>"),
                "has to be the first field of its table row");
    check_fault("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "");
    check_fault(DOC("<text:p>&b;</text:p>"), "");
    check_fault("<?xml version=\"1.0\" encoding=\"windows-1251\"?><a/>", "it is not UTF-8");
}

static void what_grows_without_end_is_refused(void)
{
    struct buf xml = {.arena = check_arena()};
    struct buf values = {.arena = check_arena()};
    struct buf out = {.arena = check_arena()};
    struct letter_text text;
    struct json *json;
    struct err err = {0};

    buf_add(&xml, STR("<a><p>"));
    for (int i = 0; i < 100; i++)
        buf_add(&xml, STR("{{v}}"));
    buf_add(&xml, STR("</p></a>"));
    buf_add(&values, STR("{\"v\":\""));
    for (int i = 0; i < 500 * 1000; i++)
        buf_char(&values, 'x');
    buf_add(&values, STR("\"}"));
    CHECK_OK(letter_text_read(check_arena(), buf_str(&xml), &text, &err), &err);
    CHECK_OK(json_parse(check_arena(), buf_str(&values), NULL, &json, &err), &err);
    CHECK(!letter_text_fill(&text, json, &out, &err));
    CHECK(err.code == ERR_LIMIT);

    /* Every list within all the others is found again: 20 ^ 5. */
    xml.len = values.len = out.len = 0;
    buf_add(&xml, STR("<a>"));
    for (int i = 0; i < 5; i++)
        buf_add(&xml, STR("<p>{{#v}}</p>"));
    for (int i = 0; i < 5; i++)
        buf_add(&xml, STR("<p>{{/v}}</p>"));
    buf_add(&xml, STR("</a>"));
    buf_add(&values, STR("{\"v\":[1"));
    for (int i = 1; i < 20; i++)
        buf_add(&values, STR(",1"));
    buf_add(&values, STR("]}"));
    CHECK_OK(letter_text_read(check_arena(), buf_str(&xml), &text, &err), &err);
    CHECK_OK(json_parse(check_arena(), buf_str(&values), NULL, &json, &err), &err);
    CHECK(!letter_text_fill(&text, json, &out, &err));
    CHECK_STR(str_from_z(err.text), STR("the letter repeats more than 100000 times"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(fields_give_way_to_values),
    CHECK_TEST(broken_field_is_found_over_spans),
    CHECK_TEST(value_is_text_and_never_markup),
    CHECK_TEST(only_text_of_paragraphs_has_fields),
    CHECK_TEST(row_is_repeated_for_each_item),
    CHECK_TEST(paragraphs_between_marks_are_repeated),
    CHECK_TEST(lists_lie_in_lists),
    CHECK_TEST(faults_say_what_to_change),
    CHECK_TEST(what_grows_without_end_is_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
