#include "web/refusal.h"

#include "check.h"

static void what_stands_in_a_sentence_is_found_again(void)
{
    struct str parts[REFUSAL_PARTS] = {0};

    CHECK(refusal_match(STR("it is older than what is here: edition %s, here is edition %s"),
                        STR("it is older than what is here: edition 4, here is edition 12"),
                        parts));
    CHECK_STR(parts[0], STR("4"));
    CHECK_STR(parts[1], STR("12"));
    CHECK(refusal_match(STR("%s is in this node itself"), STR("Город: один is in this node itself"),
                        parts));
    CHECK_STR(parts[0], STR("Город: один"));
    CHECK(refusal_match(STR("it was made for another reader: %s"),
                        STR("it was made for another reader: "), parts));
    CHECK_STR(parts[0], STR(""));
}

static void another_sentence_is_left_alone(void)
{
    struct str parts[REFUSAL_PARTS] = {0};

    CHECK(!refusal_match(STR("edition %s is here"), STR("edition 4 is there"), parts));
    CHECK(!refusal_match(STR("edition %s"), STR("an edition 4"), parts));
    CHECK(!refusal_match(STR("edition %s is here"), STR("edition 4 is here now"), parts));
    CHECK(!refusal_match(STR("%s%s%s%s%s"), STR("five"), parts));
    CHECK(!refusal_match(STR("edition %s is here"), STR("edition"), parts));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_stands_in_a_sentence_is_found_again),
    CHECK_TEST(another_sentence_is_left_alone),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
