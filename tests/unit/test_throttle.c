#include "auth/throttle.h"

#include "check.h"

#include <pthread.h>

static bool take(struct throttle *throttle, const char *key, int cost, int64_t now, int64_t *wait)
{
    return throttle_take(throttle, str_from_z(key), cost,
                         (struct throttle_rule){.burst = 5, .per_minute = 60}, now, wait);
}

static void a_bucket_empties_and_refills(void)
{
    struct throttle *throttle = throttle_new(check_arena(), 64);
    int64_t wait = 0;

    for (int i = 0; i < 5; i++)
        CHECK(take(throttle, "a", 1, 1000, &wait));
    CHECK_INT(wait, 0);
    CHECK(!take(throttle, "a", 1, 1000, &wait));
    CHECK_INT(wait, 1000);
    CHECK(!take(throttle, "a", 1, 1999, &wait));
    CHECK_INT(wait, 1);
    CHECK(take(throttle, "a", 1, 2000, &wait));
    CHECK(!take(throttle, "a", 1, 2000, &wait));
}

static void what_refills_by_the_hour_takes_its_time(void)
{
    struct throttle *throttle = throttle_new(check_arena(), 64);
    struct throttle_rule rule = {.burst = 5, .per_hour = 5};
    int64_t wait;

    CHECK(throttle_take(throttle, STR("a"), 5, rule, 0, &wait));
    CHECK(!throttle_take(throttle, STR("a"), 1, rule, 60000, &wait));
    CHECK_INT(wait, 11 * 60000);
    CHECK(throttle_take(throttle, STR("a"), 1, rule, 12 * INT64_C(60000), &wait));
    CHECK(!throttle_take(throttle, STR("a"), 1, rule, 12 * INT64_C(60000), &wait));
}

static void it_never_holds_more_than_the_burst(void)
{
    struct throttle *throttle = throttle_new(check_arena(), 64);
    int64_t wait;

    CHECK(take(throttle, "a", 5, 0, &wait));
    CHECK(take(throttle, "a", 5, INT64_C(1000) * 3600 * 24 * 400, &wait));
    CHECK(!take(throttle, "a", 1, INT64_C(1000) * 3600 * 24 * 400, &wait));
}

static void keys_do_not_share(void)
{
    struct throttle *throttle = throttle_new(check_arena(), 64);
    int64_t wait;

    CHECK(take(throttle, "a", 5, 0, &wait));
    CHECK(!take(throttle, "a", 1, 0, &wait));
    CHECK(take(throttle, "b", 5, 0, &wait));
}

static void a_clock_that_jumps_back_gives_nothing(void)
{
    struct throttle *throttle = throttle_new(check_arena(), 64);
    int64_t wait;

    CHECK(take(throttle, "a", 5, 100000, &wait));
    CHECK(!take(throttle, "a", 1, 0, &wait));
    CHECK(!take(throttle, "a", 1, 100000, &wait));
}

static void the_one_asked_longest_ago_is_forgotten(void)
{
    struct throttle *throttle = throttle_new(check_arena(), 8); /* one set */
    char key[2] = "a";
    int64_t wait;

    for (key[0] = 'a'; key[0] <= 'h'; key[0]++)
        CHECK(take(throttle, key, 5, key[0], &wait));
    CHECK(!take(throttle, "a", 5, 'i', &wait)); /* a was asked again: b is the oldest */
    CHECK(take(throttle, "new", 5, 'j', &wait));
    CHECK(!take(throttle, "a", 5, 'k', &wait));
    CHECK(take(throttle, "b", 5, 'l', &wait));
}

static void *hammer(void *data)
{
    intptr_t got = 0;
    int64_t wait;

    for (int i = 0; i < 10000; i++)
        got += throttle_take(data, STR("key"), 1,
                             (struct throttle_rule){.burst = 7000, .per_minute = 1}, 0, &wait);
    return (void *)got;
}

static void threads_share_one_bucket(void)
{
    struct throttle *throttle = throttle_new(check_arena(), 64);
    pthread_t threads[2];
    intptr_t total = 0;

    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        CHECK(pthread_create(&threads[i], NULL, hammer, throttle) == 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        void *got;

        pthread_join(threads[i], &got);
        total += (intptr_t)got;
    }
    CHECK_INT(total, 7000);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(a_bucket_empties_and_refills),
        CHECK_TEST(what_refills_by_the_hour_takes_its_time),
        CHECK_TEST(it_never_holds_more_than_the_burst),
        CHECK_TEST(keys_do_not_share),
        CHECK_TEST(a_clock_that_jumps_back_gives_nothing),
        CHECK_TEST(the_one_asked_longest_ago_is_forgotten),
        CHECK_TEST(threads_share_one_bucket),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
