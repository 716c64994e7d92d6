#include "check.h"

#include <stdio.h>

#include "lang/mustache.h"

static bool compile(struct str source, struct mustache *mustache, struct err *err)
{
    static const struct mustache_rules RULES = {.is_html = true};

    return mustache_compile(check_arena(), &RULES, source, mustache, err);
}

static void broken_template_is_refused_with_its_line(void)
{
    static const char *const WRONG[][2] = {
        {"a\n{{b", "line 2: }} is missing"},
        {"{{}}", "line 1: the tag is empty"},
        {"{{ }}", "line 1: the tag is empty"},
        {"\n\n{{#}}{{/}}", "line 3: the tag is empty"},
        {"{{{a}}}", "line 1: unescaped values do not exist here: write {{name}}"},
        {"{{&a}}", "line 1: unescaped values do not exist here: write {{name}}"},
        {"{{=<% %>=}}", "line 1: the braces cannot be changed"},
        {"{{<a}}{{/a}}", "line 1: templates have no inheritance: write a partial"},
        {"{{$a}}{{/a}}", "line 1: templates have no inheritance: write a partial"},
        {"{{a b}}", "line 1: {{a b}} is no name"},
        {"{{a/b}}", "line 1: {{a/b}} is no name"},
        {"{{a..b}}", "line 1: a name has two dots together or begins with one"},
        {"{{.a}}", "line 1: a name has two dots together or begins with one"},
        {"{{a.}}", "line 1: a name ends with a dot"},
        {"{{>}}", "line 1: the tag is empty"},
        {"{{/a}}", "line 1: {{/a}} closes nothing"},
        {"{{#a}}\n{{/b}}", "line 2: {{/b}} stands where {{/a}} is expected"},
        {"{{#a}}{{#b}}{{/a}}{{/b}}", "line 1: {{/a}} stands where {{/b}} is expected"},
        {"x\n{{#a}}\n\n", "line 2: {{#a}} is not closed"},
        {"{{_ }}", "line 1: there is no text to translate"},
        {"{{_n a|b}}", "line 1: a plural is {{_n name|one|many}}"},
        {"{{_n |b|c}}", "line 1: the tag is empty"},
        {"\xff", "this is no UTF-8"},
    };

    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
        struct mustache mustache;
        struct err err = {0};

        if (compile(str_from_z(WRONG[i][0]), &mustache, &err))
            printf("# taken: %s\n", WRONG[i][0]);
        CHECK_INT(err.code, ERR_INPUT);
        CHECK_STR(str_from_z(err.text), str_from_z(WRONG[i][1]));
    }
}

static void section_knows_where_it_ends(void)
{
    struct mustache mustache;
    struct err err;

    CHECK_OK(compile(STR("a{{#b}}c{{d.e}}{{/b}}f"), &mustache, &err), &err);
    CHECK_INT((int64_t)mustache.nodes.count, 5);
    CHECK_INT(mustache.nodes.items[1].kind, MUSTACHE_SECTION);
    CHECK_INT(mustache.nodes.items[1].end, 4);
    CHECK_INT(mustache.nodes.items[3].parts, 2);
    CHECK_STR(mustache.nodes.items[3].path[1], STR("e"));
}

static void sections_are_nested_to_a_bound(void)
{
    for (int depth = MUSTACHE_DEPTH_MAX; depth <= MUSTACHE_DEPTH_MAX + 1; depth++) {
        struct buf source = {.arena = check_arena()};
        struct mustache mustache;
        struct err err;

        for (int i = 0; i < depth; i++)
            buf_add(&source, STR("{{#a}}"));
        for (int i = 0; i < depth; i++)
            buf_add(&source, STR("{{/a}}"));
        CHECK(compile(buf_str(&source), &mustache, &err) == (depth == MUSTACHE_DEPTH_MAX));
    }
}

static void five_signs_are_escaped(void)
{
    struct buf out = {.arena = check_arena()};

    mustache_escape(&out, STR("a<b>\"c\" & 'ж'"));
    CHECK_STR(buf_str(&out), STR("a&lt;b&gt;&quot;c&quot; &amp; &#39;ж&#39;"));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(broken_template_is_refused_with_its_line),
        CHECK_TEST(section_knows_where_it_ends),
        CHECK_TEST(sections_are_nested_to_a_bound),
        CHECK_TEST(five_signs_are_escaped),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
