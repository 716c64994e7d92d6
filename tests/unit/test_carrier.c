#include "notice/carrier.h"

#include "check.h"

static struct str fill(const char *template, const char *type)
{
    struct buf buf = {.arena = check_arena()};
    struct outbox_row row = {
        .id = 1, .address = STR("+79131234567"), .body = STR("\"Дом\" & {{phone}}\n\\")};

    carrier_fill(&buf, str_from_z(template), str_from_z(type), &row);
    return buf_str(&buf);
}

static void values_of_json_stay_within_their_quotes(void)
{
    CHECK_STR(fill("{\"to\":\"{{phone}}\",\"text\":\"{{ text }}\"}", "application/json"),
              STR("{\"to\":\"+79131234567\",\"text\":\"\\\"Дом\\\" & {{phone}}\\n\\\\\"}"));
}

static void values_of_a_form_do_not_part_it(void)
{
    CHECK_STR(
        fill("to={{phone}}&text={{text}}", "application/x-www-form-urlencoded"),
        STR("to=%2B79131234567&text=%22%D0%94%D0%BE%D0%BC%22%20%26%20%7B%7Bphone%7D%7D%0A%5C"));
}

static void what_is_no_field_is_nothing_or_stays(void)
{
    CHECK_STR(fill("a{{other}}b{{id}}", "application/json"), STR("ab0000000000001"));
    CHECK_STR(fill("a{{phone", "application/json"), STR("a{{phone"));
}

static void way_that_leads_nowhere_is_known(void)
{
    struct delivery_mail mail = {0};
    struct carrier carrier = {.mail = &mail};

    CHECK(carrier_has(&carrier, CONTACT_EMAIL));
    CHECK(!carrier_has(&carrier, CONTACT_SMS));
    carrier_close(&carrier);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(values_of_json_stay_within_their_quotes),
    CHECK_TEST(values_of_a_form_do_not_part_it),
    CHECK_TEST(what_is_no_field_is_nothing_or_stays),
    CHECK_TEST(way_that_leads_nowhere_is_known),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
