#include "registry/import_undo.h"

#include "check.h"

/* Undoing itself is held by test_import.c. */
static void a_database_that_does_not_answer_says_nothing_of_a_record(void)
{
    CHECK(import_undo_is_refusal(ERR_INPUT));
    CHECK(import_undo_is_refusal(ERR_CONFLICT));
    CHECK(import_undo_is_refusal(ERR_ABSENT));
    CHECK(import_undo_is_refusal(ERR_DENIED));
    CHECK(!import_undo_is_refusal(ERR_UNAVAILABLE));
    CHECK(!import_undo_is_refusal(ERR_BROKEN));
    CHECK(!import_undo_is_refusal(ERR_LIMIT));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(a_database_that_does_not_answer_says_nothing_of_a_record),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
