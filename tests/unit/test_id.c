#include "check.h"

#include <pthread.h>
#include <stdlib.h>

#include "core/id.h"

enum {
    THREADS = 4,
    EACH = 20000,
};

static const int64_t NOW = 1772000000000;

static void ids_grow_within_a_moment_and_when_the_clock_falls_back(void)
{
    int64_t last = id_next(NOW);

    CHECK(last >> 21 == NOW);
    for (int i = 0; i < 100000; i++) {
        int64_t next = id_next(NOW - i % 5);

        CHECK(next > last);
        last = next;
    }
    int64_t later = id_next(NOW + 1000);
    CHECK(later > last && later >> 21 == NOW + 1000);
    CHECK(id_next(-5) > later);
}

static void *make_ids(void *data)
{
    int64_t *ids = data;

    for (int i = 0; i < EACH; i++)
        ids[i] = id_next(NOW + 5000 + i / 1000);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a;
    const int64_t *y = b;

    return (*x > *y) - (*x < *y);
}

static void threads_never_get_the_same_id(void)
{
    static int64_t ids[THREADS * EACH];
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, make_ids, &ids[i * EACH]) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++)
        for (int j = 1; j < EACH; j++)
            CHECK(ids[i * EACH + j] > ids[i * EACH + j - 1]);
    qsort(ids, ARRAY_LEN(ids), sizeof *ids, compare);
    for (size_t i = 1; i < ARRAY_LEN(ids); i++)
        CHECK(ids[i] != ids[i - 1]);
}

static void text_sorts_as_the_number_and_comes_back(void)
{
    static const int64_t IDS[] = {0, 1, 31, 32, 1023, INT64_C(1) << 40, NOW << 21, INT64_MAX};
    struct str last = {0};

    for (size_t i = 0; i < ARRAY_LEN(IDS); i++) {
        struct str text = id_text(check_arena(), IDS[i]);
        int64_t back;

        CHECK_INT((int64_t)text.len, ID_TEXT_LEN);
        CHECK(str_compare(text, last) > 0);
        CHECK(id_parse(text, &back));
        CHECK_INT(back, IDS[i]);
        last = text;
    }
    CHECK_STR(id_text(check_arena(), 0), STR("0000000000000"));
    CHECK_STR(id_text(check_arena(), INT64_MAX), STR("7zzzzzzzzzzzz"));
}

static void letters_people_confuse_are_read(void)
{
    int64_t a, b;

    CHECK(id_parse(STR("06d1q4x2m8k0s"), &a));
    CHECK(id_parse(STR("O6DLQ4X2M8KoS"), &b));
    CHECK_INT(a, b);
    CHECK(id_parse(STR("06diq4x2m8kOs"), &b));
    CHECK_INT(a, b);
}

static void what_is_no_id_is_refused(void)
{
    int64_t id = 42;

    CHECK(!id_parse(STR(""), &id));
    CHECK(!id_parse(STR("06d1q4x2m8k0"), &id));
    CHECK(!id_parse(STR("06d1q4x2m8k0s0"), &id));
    CHECK(!id_parse(STR("86d1q4x2m8k0s"), &id)); /* over 63 bits */
    CHECK(!id_parse(STR("06d1q4x2m8k0u"), &id));
    CHECK(!id_parse(STR("06d1q4x2m8k-s"), &id));
    CHECK(!id_parse(STR("06d1q4x2m8kжs"), &id));
    CHECK_INT(id, 42);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(ids_grow_within_a_moment_and_when_the_clock_falls_back),
        CHECK_TEST(threads_never_get_the_same_id),
        CHECK_TEST(text_sorts_as_the_number_and_comes_back),
        CHECK_TEST(letters_people_confuse_are_read),
        CHECK_TEST(what_is_no_id_is_refused),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
