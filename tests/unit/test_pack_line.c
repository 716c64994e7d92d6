#include "pack/pack.h"

#include "check.h"

static const struct str TEXT = {
    "{\n"                                /* 1 */
    "  \"id\": \"a \\\"b\\\" {[,\",\n"   /* 2 */
    "  \"list\": [\n"                    /* 3 */
    "    1, {\"x\": [],\n"               /* 4 */
    "        \"y\": {\"a/b~c\": true,\n" /* 5 */
    "              \"кл\\u044eч\":\n"    /* 6 */
    "              null}},\n"            /* 7 */
    "    \"last\"\n"                     /* 8 */
    "  ]\n"                              /* 9 */
    "}\n",
    0,
};

static void check_line(const char *pointer, int line)
{
    CHECK_INT(pack_line(str_from_z(TEXT.ptr), str_from_z(pointer)), line);
}

static void pointers_lead_to_lines(void)
{
    check_line("", 1);
    check_line("/id", 2);
    check_line("/list", 3);
    check_line("/list/0", 4);
    check_line("/list/1/x", 4);
    check_line("/list/1/y", 5);
    check_line("/list/1/y/a~1b~0c", 5);
    check_line("/list/1/y/ключ", 7);
    check_line("/list/2", 8);
}

static void absent_values_are_found_at_their_parent(void)
{
    check_line("/nothing", 1);
    check_line("/list/3", 3);
    check_line("/list/x", 3);
    check_line("/list/1/y/nothing/below", 5);
    check_line("/id/0", 2);
}

static void broken_text_stays_within_bounds(void)
{
    struct str whole = str_from_z(TEXT.ptr);

    for (size_t i = 0; i <= whole.len; i++) {
        struct str part = str_copy(check_arena(), str_slice(whole, 0, i));

        CHECK(pack_line(part, STR("/list/1/y/ключ")) >= 1);
    }
    CHECK_INT(pack_line(STR("[[[[\"\\"), STR("/0/0/0/0/0")), 1);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(pointers_lead_to_lines),
        CHECK_TEST(absent_values_are_found_at_their_parent),
        CHECK_TEST(broken_text_stays_within_bounds),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
