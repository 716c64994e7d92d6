#include "auth/session_table.h"

#include "check.h"

static struct digest digest_no(int number)
{
    return digest_of((struct str){(const char *)&number, sizeof number});
}

static void put(struct session_table *table, int number, int64_t seen_at, int64_t expires_at)
{
    struct str roles[] = {STR("clerk")};
    struct session_entry entry = {.digest = digest_no(number),
                                  .account = number % 7,
                                  .login = STR("anna"),
                                  .name = STR("Анна"),
                                  .roles = roles,
                                  .role_count = 1,
                                  .is_token = number % 2 == 1,
                                  .seen_at = seen_at,
                                  .expires_at = expires_at};

    session_table_put(table, &entry, 0);
}

static bool is_there(const struct session_table *table, int number)
{
    struct digest digest = digest_no(number);
    const struct session_entry *entry = session_table_find(table, &digest);

    CHECK(entry == NULL ||
          (entry->account == number % 7 && str_equal(entry->roles[0], STR("clerk"))));
    return entry != NULL;
}

static void thousands_are_found_and_dropped(void)
{
    struct session_table *table = session_table_new();

    for (int i = 0; i < 5000; i++)
        put(table, i, i, 100);
    for (int i = 0; i < 5000; i += 2) {
        struct digest digest = digest_no(i);

        session_table_drop(table, &digest);
    }
    for (int i = 0; i < 5000; i++)
        CHECK(is_there(table, i) == (i % 2 == 1));
    CHECK(!is_there(table, 5000));
    session_table_free(table);
}

static void an_account_is_dropped_with_or_without_its_tokens(void)
{
    struct session_table *table = session_table_new();

    for (int i = 0; i < 70; i++)
        put(table, i, 1, 100);
    session_table_drop_account(table, 3, false);
    for (int i = 0; i < 70; i++)
        CHECK(is_there(table, i) == (i % 7 != 3 || i % 2 == 1));
    session_table_drop_account(table, 3, true);
    for (int i = 0; i < 70; i++)
        CHECK(is_there(table, i) == (i % 7 != 3));
    session_table_free(table);
}

static void a_dropped_session_may_come_back(void)
{
    struct session_table *table = session_table_new();
    struct digest digest = digest_no(1);

    put(table, 1, 1, 100);
    session_table_drop(table, &digest);
    put(table, 1, 1, 100);
    CHECK(is_there(table, 1));
    CHECK_INT((int64_t)table->count, 1);
    session_table_free(table);
}

static void memory_is_bounded_and_the_longest_unseen_go(void)
{
    struct session_table *table = session_table_new();

    for (int i = 0; i <= SESSION_MEMORY_MAX; i++)
        put(table, i, i, 100);
    CHECK_INT((int64_t)table->count, SESSION_MEMORY_MAX / 2 + 1);
    CHECK(is_there(table, SESSION_MEMORY_MAX));
    CHECK(is_there(table, SESSION_MEMORY_MAX / 2));
    CHECK(!is_there(table, SESSION_MEMORY_MAX / 2 - 1));
    session_table_free(table);
}

static void what_was_replaced_gives_its_memory_back(void)
{
    struct session_table *table = session_table_new();

    for (int i = 0; i < 100000; i++) {
        struct digest digest = digest_no(i);

        put(table, i, 1, 100);
        session_table_drop(table, &digest);
    }
    CHECK(arena_size(table->arena) < 1024 * 1024);
    session_table_free(table);
}

static void absent_ones_are_remembered_for_a_minute(void)
{
    struct session_table *table = session_table_new();
    struct digest digest = digest_no(1);

    CHECK(!session_table_is_absent(table, &digest, 5000));
    session_table_put_absent(table, &digest, 5000);
    CHECK(session_table_is_absent(table, &digest, 5000));
    CHECK(session_table_is_absent(table, &digest, 64999));
    CHECK(!session_table_is_absent(table, &digest, 65000));
    session_table_free(table);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(thousands_are_found_and_dropped),
        CHECK_TEST(an_account_is_dropped_with_or_without_its_tokens),
        CHECK_TEST(a_dropped_session_may_come_back),
        CHECK_TEST(memory_is_bounded_and_the_longest_unseen_go),
        CHECK_TEST(what_was_replaced_gives_its_memory_back),
        CHECK_TEST(absent_ones_are_remembered_for_a_minute),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
