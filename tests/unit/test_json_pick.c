#include "check.h"

#include "core/json_pick.h"

static struct err err;

static struct json *pick(const char *text, const char *name)
{
    struct str wanted = str_from_z(name);
    struct json *value;

    CHECK_OK(json_pick(check_arena(), str_from_z(text), &wanted, 1, &value, &err), &err);
    return value;
}

static void members_are_found_wherever_they_stand(void)
{
    static const char TEXT[] = "{\"a\":1,\"deep\":{\"b\":[2,{\"a\":3}]},\"b\":\"two\",\"z\":null}";

    CHECK_STR(pick(TEXT, "a")->text, STR("1"));
    CHECK_STR(pick(TEXT, "b")->text, STR("two"));
    CHECK_INT(pick(TEXT, "z")->kind, JSON_NULL);
    CHECK_STR(json_at(pick(TEXT, "deep"), STR("b.1.a"))->text, STR("3"));
    CHECK(pick(TEXT, "c") == NULL);
    CHECK(pick("{}", "a") == NULL);
}

/* A quote, a bracket or a comma within a text ends nothing. */
static void texts_hold_anything(void)
{
    static const char TEXT[] =
        "{\"a\":\"x\\\"},{\\\\\",\"b\":\"улица \\\"Мира\\\", д. 5\",\"c\":[\"]\"]}";

    CHECK_STR(pick(TEXT, "b")->text, STR("улица \"Мира\", д. 5"));
    CHECK_STR(pick(TEXT, "c")->first->text, STR("]"));
}

static void several_at_once(void)
{
    const struct str names[] = {STR("z"), STR("none"), STR("a")};
    struct json *values[3];

    CHECK_OK(json_pick(check_arena(), STR("{\"a\":1,\"m\":2,\"z\":3}"), names, 3, values, &err),
             &err);
    CHECK_STR(values[0]->text, STR("3"));
    CHECK(values[1] == NULL);
    CHECK_STR(values[2]->text, STR("1"));
}

/* Whatever is cut off is refused, and nothing is read beyond the end. */
static void broken_text_is_refused(void)
{
    struct str whole = STR("{\"a\":{\"b\":[1,\"\\\"\"]},\"c\":true}");
    struct str wanted = STR("d");
    struct json *value;

    for (size_t len = 0; len < whole.len; len++) {
        struct str cut = str_copy(check_arena(), str_slice(whole, 0, len));

        CHECK(!json_pick(check_arena(), cut, &wanted, 1, &value, &err));
    }
    CHECK(!json_pick(check_arena(), STR("[1]"), &wanted, 1, &value, &err));
    CHECK(!json_pick(check_arena(), STR("{\"c\":1]"), &wanted, 1, &value, &err));
    CHECK(!json_pick(check_arena(), STR("{\"d\":tru}"), &wanted, 1, &value, &err));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(members_are_found_wherever_they_stand),
        CHECK_TEST(texts_hold_anything),
        CHECK_TEST(several_at_once),
        CHECK_TEST(broken_text_is_refused),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
