#include "registry/record_list.h"

#include "hamlet.h"

/* A filter of houses: "field op value|value", or the sentence that refuses it. */
static struct str parse(const struct hamlet *h, const char *name, const char *value)
{
    static const char *const OPS[] = {
        [QUERY_EQ] = "=",          [QUERY_NE] = "<>",        [QUERY_LT] = "<",
        [QUERY_LE] = "<=",         [QUERY_GT] = ">",         [QUERY_GE] = ">=",
        [QUERY_STARTS] = "starts", [QUERY_IS_NULL] = "null", [QUERY_NOT_NULL] = "any",
    };
    struct buf buf = {.arena = check_arena()};
    struct record_filter filter;
    struct err err;

    if (!record_filter_parse(check_arena(), hamlet_type(h, "house"), str_from_z(name),
                             str_from_z(value), &filter, &err)) {
        CHECK_INT(err.code, ERR_INPUT);
        return str_copy(check_arena(), str_from_z(err.text));
    }
    buf_printf(&buf, "%.*s %s", STR_ARG(filter.field->name), OPS[filter.op]);
    for (size_t i = 0; i < filter.count; i++)
        buf_printf(&buf, "%c%.*s", i > 0 ? '|' : ' ', STR_ARG(filter.values[i]));
    return buf_str(&buf);
}

static void every_word_is_an_op(void)
{
    struct hamlet h;

    hamlet_open(&h);
    CHECK_STR(parse(&h, "year", "1960"), STR("year = 1960"));
    CHECK_STR(parse(&h, "year[ne]", "1960"), STR("year <> 1960"));
    CHECK_STR(parse(&h, "year[lt]", "1960"), STR("year < 1960"));
    CHECK_STR(parse(&h, "year[lte]", "1960"), STR("year <= 1960"));
    CHECK_STR(parse(&h, "year[gt]", "1960"), STR("year > 1960"));
    CHECK_STR(parse(&h, "year[gte]", "1960"), STR("year >= 1960"));
    CHECK_STR(parse(&h, "number[starts]", "1,2"), STR("number starts 1,2"));
    CHECK_STR(parse(&h, "number[in]", "1,2"), STR("number = 1|2"));
    CHECK_STR(parse(&h, "number", "1,2"), STR("number = 1,2"));
    CHECK_STR(parse(&h, "number[null]", "true"), STR("number null"));
    CHECK_STR(parse(&h, "number[null]", "false"), STR("number any"));
    hamlet_close(&h);
}

static void refusal_says_what_can_be_asked(void)
{
    static const char *const BROKEN[] = {"year[", "year]", "year[gte", "year[gte]x", "year[near]"};
    struct hamlet h;
    struct str text;

    hamlet_open(&h);
    for (size_t i = 0; i < ARRAY_LEN(BROKEN); i++)
        CHECK(str_starts(parse(&h, BROKEN[i], "1"), str_from_z(BROKEN[i])));
    text = parse(&h, "note", "x");
    CHECK(str_starts(text, STR("note: one can filter by ")));
    CHECK(str_find(text, STR("area, ")) < text.len);
    CHECK(str_find(text, STR("phone")) == text.len);
    CHECK_STR(parse(&h, "year[starts]", "19"), STR("year: only texts can start with something"));
    CHECK_STR(parse(&h, "year[in]", ""), STR("year: the filter has no value"));
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(every_word_is_an_op),
    CHECK_TEST(refusal_says_what_can_be_asked),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
