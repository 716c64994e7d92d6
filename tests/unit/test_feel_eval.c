/* The cases stand in tests/golden/feel, a file for a chapter of the standard: "expression => value"
 * as FEEL writes it, or "error" when it cannot be parsed. */
#include "check.h"

#include "core/file.h"
#include "lang/feel.h"

static struct str evaluate(struct str text)
{
    struct feel_scope *scope = feel_scope_new(check_arena(), NULL);
    struct feel_run *run = feel_run_new(check_arena(), INT64_C(1700000000000));
    struct buf buf = {.arena = check_arena()};
    struct feel_node *node;
    struct err err = {0};

    if (!feel_parse(scope, text, &node, &err))
        return STR("error");
    feel_value_print(&buf, feel_eval(run, node, NULL));
    return buf_str(&buf);
}

static void run_chapter(struct str path, size_t *cases)
{
    struct str rest, line;
    struct err err;

    CHECK_OK(file_read(check_arena(), path, 1024 * 1024, &rest, &err), &err);
    while (rest.len > 0) {
        size_t at = 0;
        line = str_cut(&rest, '\n');
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        for (size_t i = 0; i + 4 <= line.len; i++)
            if (str_equal(str_slice(line, i, 4), STR(" => ")))
                at = i;
        CHECK(at > 0);
        struct str want = str_slice(line, at + 4, line.len);
        struct str got = evaluate(str_slice(line, 0, at));
        /* The expression is part of both, so that a failure shows it. */
        CHECK_STR(str_printf(check_arena(), "%.*s => %.*s", (int)at, line.ptr, STR_ARG(got)),
                  str_printf(check_arena(), "%.*s => %.*s", (int)at, line.ptr, STR_ARG(want)));
        (*cases)++;
    }
}

static void every_chapter_is_as_the_standard_says(void)
{
    struct str folder = STR("tests/golden/feel"), *names;
    size_t count, cases = 0;
    struct err err;

    CHECK_OK(file_list(check_arena(), folder, &names, &count, &err), &err);
    for (size_t i = 0; i < count; i++)
        run_chapter(file_join(check_arena(), folder, names[i]), &cases);
    CHECK(cases > 300);
}

static const struct feel_run *bounded(const char *text)
{
    struct feel_scope *scope = feel_scope_new(check_arena(), NULL);
    struct feel_run *run = feel_run_new(check_arena(), 0);
    struct feel_node *node;
    struct err err = {0};

    CHECK_OK(feel_parse(scope, str_from_z(text), &node, &err), &err);
    CHECK(feel_eval(run, node, NULL)->kind == FEEL_NULL);
    return run;
}

static void endless_work_is_ended(void)
{
    CHECK(bounded("for i in 1..100000, j in 1..100000 return i")->is_over);
    CHECK(bounded("count(for i in 1..100000000 return i)")->is_over);
}

static void endless_recursion_is_ended(void)
{
    CHECK(bounded("{f: function(x) f(x + 1), r: f(1)}.r")->note_count > 0);
    CHECK(bounded("{f: function(x) f(x), r: f(1) = null}.r")->is_over);
}

static void text_that_doubles_is_ended(void)
{
    CHECK(bounded("(for i in 1..60 return if i = 1 then \"aaaaaaaaaaaaaaaa\" else"
                  " partial[-1] + partial[-1])[60]")
              ->is_over);
}

static void notes_say_where_and_why(void)
{
    const struct feel_run *run = bounded("1 +\n  \"a\"");
    struct buf buf = {.arena = check_arena()};

    CHECK_INT((int64_t)run->note_count, 1);
    feel_run_print_note(&buf, &run->notes[0]);
    CHECK_STR(buf_str(&buf), STR("line 1, column 3: number + string cannot be computed"));
}

static void nested_brackets_are_refused_beyond_a_depth(void)
{
    struct buf buf = {.arena = check_arena()};

    for (int i = 0; i < 5000; i++)
        buf_char(&buf, '(');
    CHECK_STR(evaluate(buf_str(&buf)), STR("error"));
    buf.len = 0;
    for (int i = 0; i < 5000; i++)
        buf_char(&buf, '-');
    buf_char(&buf, '1');
    CHECK_STR(evaluate(buf_str(&buf)), STR("error"));
}

static void long_sums_are_ended_without_a_crash(void)
{
    struct buf buf = {.arena = check_arena()};

    for (int i = 0; i < 20000; i++)
        buf_add(&buf, STR("1+"));
    buf_char(&buf, '1');
    CHECK_STR(evaluate(buf_str(&buf)), STR("null"));
}

static int test(const char *text, const struct feel_value *value)
{
    struct feel_scope *scope = feel_scope_new(check_arena(), NULL);
    struct feel_run *run = feel_run_new(check_arena(), 0);
    struct feel_node *node;
    struct err err = {0};

    CHECK_OK(feel_parse_tests(scope, str_from_z(text), &node, &err), &err);
    return feel_test(run, node, value, NULL);
}

static void unary_tests_hold_for_what_they_say(void)
{
    const struct feel_value *five = feel_value_int(check_arena(), 5);
    const struct feel_value *text = feel_value_text(check_arena(), STR("abc"));

    CHECK_INT(test("-", five), 1);
    CHECK_INT(test("< 6", five), 1);
    CHECK_INT(test("1, 2, [4..6]", five), 1);
    CHECK_INT(test("not(1, 5)", five), 0);
    CHECK_INT(test("not(< 3)", five), 1);
    CHECK_INT(test("? > 4 and ? < 6", five), 1);
    CHECK_INT(test("odd(?)", five), 1);
    CHECK_INT(test("\"abc\", \"d\"", text), 1);
    CHECK_INT(test("starts with(?, \"b\")", text), 0);
    CHECK_INT(test("> 1", text), -1);
    CHECK_INT(test("null", &feel_null), 1);
    CHECK_INT(test("true", &feel_false), 0);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(every_chapter_is_as_the_standard_says),
    CHECK_TEST(endless_work_is_ended),
    CHECK_TEST(endless_recursion_is_ended),
    CHECK_TEST(text_that_doubles_is_ended),
    CHECK_TEST(notes_say_where_and_why),
    CHECK_TEST(nested_brackets_are_refused_beyond_a_depth),
    CHECK_TEST(long_sums_are_ended_without_a_crash),
    CHECK_TEST(unary_tests_hold_for_what_they_say),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
