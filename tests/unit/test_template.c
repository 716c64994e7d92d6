#include "check.h"

#include <stdio.h>

#include "lang/messages.h"
#include "lang/template.h"

/* template, view, what comes out; {{>p}} is "[{{name}}]" and {{>lines}} has two lines */
static const char *const CASES[][3] = {
    /* values */
    {"Hello", "{}", "Hello"},
    {"", "{}", ""},
    {"Hello, {{name}}!", "{\"name\": \"Анна\"}", "Hello, Анна!"},
    {"{{ name }}|{{name }}", "{\"name\": \"a\"}", "a|a"},
    {"[{{none}}]", "{}", "[]"},
    {"[{{a.b.none}}]", "{\"a\": {\"b\": 1}}", "[]"},
    {"[{{a}}]", "{\"a\": null}", "[]"},
    {"[{{a}}{{b}}{{c}}]", "{\"a\": true, \"b\": [1], \"c\": {\"d\": 1}}", "[]"},
    {"{{a}} {{b}} {{c}}", "{\"a\": 1.50, \"b\": -0, \"c\": 1e3}", "1.50 -0 1e3"},
    {"{{t}}", "{\"t\": \"<a href=\\\"x\\\">'&'</a>\"}",
     "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;"},
    {"& < > \" ' } {", "{}", "& < > \" ' } {"},
    {"{{a.b.c}}", "{\"a\": {\"b\": {\"c\": \"deep\"}}}", "deep"},
    {"{{x-uprava.key}}", "{\"x-uprava\": {\"key\": \"k\"}}", "k"},
    {"{{улица}}", "{\"улица\": \"Садовая\"}", "Садовая"},
    {"{{.}}", "\"top\"", "top"},
    {"  {{a}}\n", "{\"a\": 1}", "  1\n"},
    /* sections */
    {"{{#a}}yes{{/a}}", "{\"a\": true}", "yes"},
    {"[{{#a}}yes{{/a}}]", "{\"a\": false}", "[]"},
    {"[{{#a}}yes{{/a}}]", "{}", "[]"},
    {"[{{#a}}yes{{/a}}]", "{\"a\": null}", "[]"},
    {"[{{#a}}yes{{/a}}]", "{\"a\": \"\"}", "[]"},
    {"[{{#a}}yes{{/a}}]", "{\"a\": []}", "[]"},
    {"[{{#a}}yes{{/a}}]", "{\"a\": 0}", "[yes]"},
    {"[{{#a}}yes{{/a}}]", "{\"a\": {}}", "[yes]"},
    {"{{#a}}{{b}}{{/a}}", "{\"a\": {\"b\": \"in\"}, \"b\": \"out\"}", "in"},
    {"{{#a}}{{b}}{{/a}}", "{\"a\": {\"c\": 1}, \"b\": \"out\"}", "out"},
    {"{{#a}}{{.}},{{/a}}", "{\"a\": [1, \"<\", 2.50]}", "1,&lt;,2.50,"},
    {"{{#a}}{{n}};{{/a}}", "{\"a\": [{\"n\": 1}, {\"n\": 2}, {}], \"n\": 9}", "1;2;9;"},
    {"{{#a}}{{#.}}{{.}}{{/.}};{{/a}}", "{\"a\": [[1, 2], [3]]}", "12;3;"},
    {"{{#a}}{{.}}{{/a}}", "{\"a\": \"text\"}", "text"},
    {"{{#a.b}}{{c}}{{/a.b}}", "{\"a\": {\"b\": [{\"c\": 1}, {\"c\": 2}]}}", "12"},
    /* A dotted name is sought by its first part; a miss behind it does not go outward. */
    {"{{#a}}[{{b.c}}]{{/a}}", "{\"a\": {\"b\": {}}, \"b\": {\"c\": \"out\"}}", "[]"},
    {"{{#a}}[{{a.c}}]{{/a}}", "{\"a\": {\"c\": 5}}", "[5]"},
    {"{{#a}}{{#b}}{{one}}{{two}}{{/b}}{{/a}}", "{\"a\": {\"one\": 1, \"b\": {\"two\": 2}}}", "12"},
    {"{{#a}}1{{/a}}{{#a}}2{{/a}}", "{\"a\": true}", "12"},
    {"{{#a}}A{{#a}}B{{/a}}C{{/a}}", "{\"a\": true}", "ABC"},
    /* inverted sections */
    {"{{^a}}no{{/a}}", "{}", "no"},
    {"{{^a}}no{{/a}}", "{\"a\": false}", "no"},
    {"{{^a}}no{{/a}}", "{\"a\": []}", "no"},
    {"{{^a}}no{{/a}}", "{\"a\": \"\"}", "no"},
    {"[{{^a}}no{{/a}}]", "{\"a\": 0}", "[]"},
    {"[{{^a}}no{{/a}}]", "{\"a\": [0]}", "[]"},
    {"{{^a}}{{b}}{{/a}}", "{\"b\": \"still here\"}", "still here"},
    {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\": true}", "yes"},
    {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{}", "no"},
    {"{{#a}}{{#b}}b{{/b}}{{/a}}{{^a}}no{{/a}}", "{\"a\": {\"b\": false}}", ""},
    {"{{#a}}{{#a}}2{{/a}}{{^a}}1{{/a}}{{/a}}{{^a}}0{{/a}}", "{\"a\": {\"a\": 0}}", "2"},
    {"{{#a}}{{#a}}2{{/a}}{{^a}}1{{/a}}{{/a}}{{^a}}0{{/a}}", "{\"a\": {\"a\": false}}", "1"},
    {"{{#a}}{{#b}}1{{/b}}{{/a}}{{^b}}0{{/b}}", "{\"a\": {\"b\": true}}", "10"},
    {"{{#b}}1{{/b}} {{^b}}0{{/b}}", "{}", " 0"},
    /* partials */
    {"{{>p}}", "{\"name\": \"n\"}", "[n]"},
    {"{{#list}}{{> p }}{{/list}}", "{\"list\": [{\"name\": 1}, {\"name\": 2}]}", "[1][2]"},
    {"a\n  {{>lines}}\nb", "{}", "a\n1\n2\nb"},
    {"a {{>p}} b", "{\"name\": 1}", "a [1] b"},
    /* comments */
    {"a{{! not\n this }}b", "{}", "ab"},
    {"a\n{{! alone }}\nb", "{}", "a\nb"},
    {"a\n  {{!\n many\n lines\n}}  \nb", "{}", "a\nb"},
    {"{{!a}}{{!b}}\nc", "{}", "\nc"},
    /* lines with nothing but a tag */
    {"| This\n{{#a}}\n|\n{{/a}}\n| A Line", "{\"a\": true}", "| This\n|\n| A Line"},
    {"{{#a}}\n1\n{{/a}}", "{\"a\": true}", "1\n"},
    {"  {{#a}}\t\n1\n\t{{/a}}", "{\"a\": true}", "1\n"},
    {"{{#a}}\r\n1\r\n{{/a}}\r\n2", "{\"a\": true}", "1\r\n2"},
    {"x {{#a}}\n1\n {{/a}} y\n", "{\"a\": true}", "x \n1\n  y\n"},
    {" {{#a}}1{{/a}}\n", "{\"a\": true}", " 1\n"},
    {"{{#a}}\n{{/a}}\n", "{\"a\": true}", ""},
    {"{{^a}}\n1\n{{/a}}\n", "{}", "1\n"},
    {"{{a}}\n{{b}}\n", "{}", "\n\n"},
    /* translation (messages below); a text is escaped like a value */
    {"{{_ Sign in}}", "{}", "Войти &amp; ждать"},
    {"{{_ Not\n   translated }}", "{}", "Not translated"},
    {"{{_n n|%d record|%d records}}", "{\"n\": 1}", "1 запись"},
    {"{{_n n|%d record|%d records}}", "{\"n\": 12003}", "12\u202f003 записи"},
    {"{{_n n|%d record|%d records}}", "{\"n\": 11}", "11 записей"},
    {"{{_n n|%d record|%d records}}", "{\"n\": 1.5}", "1.5 записи"},
    {"[{{_n n|%d record|%d records}}]", "{}", "[]"},
    {"{{_n a.n|one <b>|%d <b>s}}", "{\"a\": {\"n\": 7}}", "7 &lt;b&gt;s"},
    {"{{_name}}", "{\"_name\": 1}", "1"},
};

static const char RU[] = "msgid \"Sign in\"\nmsgstr \"Войти & ждать\"\n"
                         "msgid \"%d record\"\nmsgid_plural \"%d records\"\n"
                         "msgstr[0] \"%d запись\"\nmsgstr[1] \"%d записи\"\n"
                         "msgstr[2] \"%d записей\"\n";

static const struct messages *russian(void)
{
    struct messages *messages = messages_new(check_arena(), STR("ru"));
    struct err err;

    CHECK_OK(messages_add_po(messages, str_from_z(RU), &err), &err);
    return messages;
}

static struct json *parse(const char *text)
{
    struct json *json = NULL;
    struct err err;

    CHECK_OK(json_parse(check_arena(), str_from_z(text), NULL, &json, &err), &err);
    return json;
}

static struct template_set *set_of(const char *source, enum template_escape escape)
{
    struct template_set *set = template_set_new(check_arena(), escape, russian());
    struct err err;

    CHECK_OK(template_add(set, STR("main"), str_from_z(source), &err), &err);
    CHECK_OK(template_add(set, STR("p"), STR("[{{name}}]"), &err), &err);
    CHECK_OK(template_add(set, STR("lines"), STR("1\n2\n"), &err), &err);
    CHECK_OK(template_check(set, &err), &err);
    return set;
}

static struct str render(const char *source, const char *view, enum template_escape escape)
{
    struct buf out = {.arena = check_arena()};
    struct err err;

    CHECK_OK(template_render(set_of(source, escape), STR("main"), parse(view), &out, &err), &err);
    return buf_str(&out);
}

static void templates_follow_mustache(void)
{
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        struct str got = render(CASES[i][0], CASES[i][1], TEMPLATE_HTML);

        if (!str_equal(got, str_from_z(CASES[i][2])))
            printf("# case %zu: %s\n", i, CASES[i][0]);
        CHECK_STR(got, str_from_z(CASES[i][2]));
    }
}

static void plain_text_is_not_escaped(void)
{
    CHECK_STR(render("{{a}} {{_ Sign in}}", "{\"a\": \"<&>\"}", TEMPLATE_TEXT),
              STR("<&> Войти & ждать"));
}

static void without_messages_texts_stay_english(void)
{
    struct template_set *set = template_set_new(check_arena(), TEMPLATE_HTML, NULL);
    struct buf out = {.arena = check_arena()};
    struct err err;

    CHECK_OK(template_add(set, STR("a"),
                          STR("{{_ Sign in}}: {{_n n|%d record|%d records}}, "
                              "{{_n one|%d record|%d records}}"),
                          &err),
             &err);
    CHECK_OK(template_render(set, STR("a"), parse("{\"n\": 1234, \"one\": 1}"), &out, &err), &err);
    CHECK_STR(buf_str(&out), STR("Sign in: 1,234 records, 1 record"));
}

static void absent_template_is_named(void)
{
    struct template_set *set = set_of("a", TEMPLATE_HTML);
    struct buf out = {.arena = check_arena()};
    struct err err = {0};

    CHECK(!template_render(set, STR("none"), parse("{}"), &out, &err));
    CHECK_INT(err.code, ERR_ABSENT);
}

static void absent_partial_is_refused_with_its_place(void)
{
    struct template_set *set = template_set_new(check_arena(), TEMPLATE_HTML, NULL);
    struct err err = {0};

    CHECK_OK(template_add(set, STR("page"), STR("a\n\n{{>card}}"), &err), &err);
    CHECK(!template_check(set, &err));
    CHECK_STR(str_from_z(err.text), STR("template page: line 3: there is no template card"));
}

static void template_may_not_include_itself(void)
{
    struct template_set *set = template_set_new(check_arena(), TEMPLATE_HTML, NULL);
    struct buf out = {.arena = check_arena()};
    struct err err = {0};

    CHECK_OK(template_add(set, STR("a"), STR("x{{>b}}"), &err), &err);
    CHECK_OK(template_add(set, STR("b"), STR("{{>c}}"), &err), &err);
    CHECK_OK(template_add(set, STR("c"), STR("{{#d}}{{>a}}{{/d}}"), &err), &err);
    CHECK(!template_check(set, &err));
    CHECK_INT(err.code, ERR_INPUT);
    buf_add(&out, STR("kept"));
    CHECK(!template_render(set, STR("a"), parse("{\"d\": 1}"), &out, &err));
    CHECK_INT(err.code, ERR_LIMIT);
    CHECK_STR(buf_str(&out), STR("kept"));
}

static void one_partial_may_stand_in_two_places(void)
{
    struct template_set *set = template_set_new(check_arena(), TEMPLATE_HTML, NULL);
    struct err err = {0};

    CHECK_OK(template_add(set, STR("a"), STR("{{>b}}{{>c}}{{>c}}"), &err), &err);
    CHECK_OK(template_add(set, STR("b"), STR("{{>c}}"), &err), &err);
    CHECK_OK(template_add(set, STR("c"), STR("c"), &err), &err);
    CHECK_OK(template_check(set, &err), &err);
}

static void name_is_taken_once(void)
{
    struct template_set *set = set_of("a", TEMPLATE_HTML);
    struct err err = {0};

    CHECK(!template_add(set, STR("main"), STR("b"), &err));
    CHECK_INT(err.code, ERR_CONFLICT);
}

/* 2^40 turns that print nothing, and 40,000² texts. */
static void page_without_end_is_stopped(void)
{
    struct buf source = {.arena = check_arena()};
    struct buf view = {.arena = check_arena()};
    struct buf out = {.arena = check_arena()};
    struct err err = {0};

    for (int i = 0; i < 40; i++)
        buf_add(&source, STR("{{#a}}"));
    for (int i = 0; i < 40; i++)
        buf_add(&source, STR("{{/a}}"));
    CHECK(!template_render(set_of(buf_z(&source), TEMPLATE_HTML), STR("main"),
                           parse("{\"a\": [1, 2]}"), &out, &err));
    CHECK_INT(err.code, ERR_LIMIT);

    buf_add(&view, STR("{\"a\": [1"));
    for (int i = 0; i < 20000; i++)
        buf_add(&view, STR(",1"));
    buf_add(&view, STR("]}"));
    CHECK(!template_render(set_of("{{#a}}{{#a}}0123456789{{/a}}{{/a}}", TEMPLATE_HTML), STR("main"),
                           parse(buf_z(&view)), &out, &err));
    CHECK_INT(err.code, ERR_LIMIT);
    CHECK_INT((int64_t)out.len, 0);
}

static void note(void *data, struct str id, struct str plural)
{
    struct buf *seen = data;

    buf_printf(seen, "%.*s|%.*s;", STR_ARG(id), STR_ARG(plural));
}

static void texts_to_translate_are_listed(void)
{
    struct template_set *set = set_of("{{_ A\n b}}{{#x}}{{_n n|c|d}}{{/x}}", TEMPLATE_HTML);
    struct buf seen = {.arena = check_arena()};

    template_each_message(set, note, &seen);
    CHECK_STR(buf_str(&seen), STR("A b|;c|d;"));
}

static void line_renders_as_plain_text(void)
{
    struct template *line = NULL;
    struct buf out = {.arena = check_arena()};
    struct err err;

    CHECK_OK(template_compile_line(check_arena(),
                                   STR("{{street}}, {{house}}{{#flat}}-{{flat}}"
                                       "{{/flat}}"),
                                   &line, &err),
             &err);
    template_render_line(line, parse("{\"street\": \"<Садовая>\", \"house\": \"5\"}"), &out);
    CHECK_STR(buf_str(&out), STR("<Садовая>, 5"));
}

static void line_has_no_partials_and_no_line_ends(void)
{
    struct template *line = NULL;
    struct err err = {0};

    CHECK(!template_compile_line(check_arena(), STR("{{>a}}"), &line, &err));
    CHECK(!template_compile_line(check_arena(), STR("a\nb"), &line, &err));
    CHECK(line == NULL);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(templates_follow_mustache),
        CHECK_TEST(plain_text_is_not_escaped),
        CHECK_TEST(without_messages_texts_stay_english),
        CHECK_TEST(absent_template_is_named),
        CHECK_TEST(absent_partial_is_refused_with_its_place),
        CHECK_TEST(template_may_not_include_itself),
        CHECK_TEST(one_partial_may_stand_in_two_places),
        CHECK_TEST(name_is_taken_once),
        CHECK_TEST(page_without_end_is_stopped),
        CHECK_TEST(texts_to_translate_are_listed),
        CHECK_TEST(line_renders_as_plain_text),
        CHECK_TEST(line_has_no_partials_and_no_line_ends),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
