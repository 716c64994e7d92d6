#include "core/json_put.h"

#include "check.h"

static void members_are_parted_by_commas(void)
{
    struct buf out = {.arena = check_arena()};

    buf_char(&out, '{');
    json_put_text(&out, "name", STR("a \"b\""));
    json_put_int(&out, "count", -3);
    json_put_name(&out, "inner");
    buf_char(&out, '{');
    json_put_bool(&out, "is_first", true);
    json_put_bool(&out, "is_last", false);
    buf_add(&out, STR("}}"));
    CHECK_STR(buf_str(&out), STR("{\"name\":\"a \\\"b\\\"\",\"count\":-3,\"inner\":{"
                                 "\"is_first\":true,\"is_last\":false}}"));
}

/* An empty buffer stands for what is put behind a comma later. */
static void ids_and_moments_are_as_elsewhere(void)
{
    struct buf out = {.arena = check_arena()};

    json_put_id(&out, "id", 1);
    json_put_moment(&out, "at", 1000);
    json_put_moment(&out, "ended_at", 0);
    CHECK_STR(buf_str(&out), STR("\"id\":\"0000000000001\",\"at\":\"1970-01-01T00:00:01.000Z\","
                                 "\"ended_at\":null"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(members_are_parted_by_commas),
    CHECK_TEST(ids_and_moments_are_as_elsewhere),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
