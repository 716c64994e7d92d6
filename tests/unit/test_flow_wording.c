#include "web/flow_wording.h"

#include "check.h"

static void expect(const char *fault, const char *wanted, const char *about)
{
    const char *words = "";
    struct str what = STR_INIT("none");

    CHECK(flow_wording_match(str_from_z(fault), &words, &what));
    CHECK_STR(str_from_z(words), str_from_z(wanted));
    CHECK_STR(what, str_from_z(about));
}

static void what_stands_in_a_fault_is_told_and_ids_of_the_model_are_not(void)
{
    expect("the timer Event_1x says \"two days\", which is not of its kind in ISO 8601",
           "its term is not given as it must be", "two days");
    expect("\"houses\" is not a list", "this must be a list", "houses");
    expect("\"a: b\" is not a whole number from 0", "this must be a whole number from 0", "a: b");
    expect("1001 instances are more than 1000", "it would be repeated too many times", "1001");
    expect("\"year + 1\": it takes too long, or too much memory",
           "the expression cannot be computed", "year + 1");
    expect("no condition behind it is true, and there is no default flow",
           "no condition behind it is true, and there is no default flow", "");
    expect("no pack has the decision \"hazard\"", "the pack has no decision", "hazard");
    expect("there is no such record in housing.house", "there is no such record in the register",
           "housing.house");
    expect("the record is refused: /data/year: maximum 2100", "the record is refused",
           "/data/year: maximum 2100");
}

static void a_record_nobody_named_is_told_apart_from_one_named_wrongly(void)
{
    expect("its input id is no number of a record: \"\"", "it is not said which record", "");
    expect("its input id is no number of a record: \"12\"", "its input id is no number of a record",
           "12");
}

static void another_fault_has_no_words(void)
{
    const char *words;
    struct str what;

    CHECK(!flow_wording_match(STR("the pack housing 1.0.0 has no process p in a.bpmn"), &words,
                              &what));
    CHECK(!flow_wording_match(STR("the record has changed meanwhile"), &words, &what));
    CHECK(!flow_wording_match(STR(""), &words, &what));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_stands_in_a_fault_is_told_and_ids_of_the_model_are_not),
    CHECK_TEST(a_record_nobody_named_is_told_apart_from_one_named_wrongly),
    CHECK_TEST(another_fault_has_no_words),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
