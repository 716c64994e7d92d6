#include "check.h"

#include "queue/agenda.h"

static struct str name_of(int i)
{
    return str_printf(check_arena(), "t%d", i);
}

static void those_due_first_come_first_however_they_were_put(void)
{
    struct agenda *agenda = agenda_new();
    int64_t last = -1;
    int count = 0;

    for (int i = 0; i < 500; i++)
        agenda_set(agenda, agenda_get(agenda, name_of(i)), (i * 7919) % 1009, false);
    for (struct agenda_place *place; (place = agenda_first(agenda)) != NULL; count++) {
        CHECK(place->due_at >= last);
        last = place->due_at;
        agenda_set(agenda, place, INT64_MAX, false);
    }
    CHECK_INT(count, 500);
    agenda_close(&agenda);
}

static void a_busy_place_waits_and_a_moved_one_finds_its_turn(void)
{
    struct agenda *agenda = agenda_new();
    struct agenda_place *one = agenda_get(agenda, STR("one"));
    struct agenda_place *two = agenda_get(agenda, STR("two"));

    agenda_set(agenda, one, 1, true);
    agenda_set(agenda, two, 2, false);
    CHECK(agenda_first(agenda) == two);
    agenda_set(agenda, one, 1, false);
    CHECK(agenda_first(agenda) == one);
    agenda_set(agenda, one, 3, false);
    CHECK(agenda_first(agenda) == two);
    CHECK(agenda_get(agenda, STR("one")) == one);
    agenda_close(&agenda);
}

static void among_many_the_first_that_nobody_looks_at_is_found(void)
{
    struct agenda *agenda = agenda_new();

    CHECK(agenda_first_new(agenda) == NULL);
    for (int i = 0; i < 300; i++)
        agenda_set(agenda, agenda_get(agenda, name_of(i)), (i * 7919) % 1009, i % 50 == 3);
    for (int visited = 0; visited < 5; visited++) {
        struct agenda_place *first = agenda_first(agenda);
        struct agenda_place *best = NULL;

        first->visitors++; /* and it is due again, as one that has another job */
        for (int i = 0; i < 300; i++) {
            struct agenda_place *place = agenda_get(agenda, name_of(i));

            if (place->visitors == 0 && !place->is_busy &&
                (best == NULL || place->due_at < best->due_at))
                best = place;
        }
        CHECK(agenda_first_new(agenda) != first);
        CHECK_INT(agenda_first_new(agenda)->due_at, best->due_at);
        agenda_set(agenda, best, 0, false);
    }
    agenda_close(&agenda);
}

static void places_that_rest_are_forgotten_and_their_memory_is_used_again(void)
{
    struct agenda *agenda = agenda_new();
    struct agenda_place *kept = agenda_get(agenda, STR("kept"));

    kept->visitors = 1;
    for (int i = 0; i < 20000; i++) {
        struct agenda_place *place = agenda_get(agenda, name_of(i % 977));

        place->is_recovered = false;
        agenda_set(agenda, place, i, false);
        agenda_tidy(agenda, place); /* it is due: it stays */
        CHECK_INT((int64_t)agenda_count(agenda), 2);
        agenda_set(agenda, place, INT64_MAX, false);
        agenda_tidy(agenda, place);
    }
    agenda_tidy(agenda, kept);
    CHECK_INT((int64_t)agenda_count(agenda), 1);
    kept->visitors = 0;
    agenda_tidy(agenda, kept);
    CHECK_INT((int64_t)agenda_count(agenda), 0);
    CHECK(agenda_first(agenda) == NULL);
    CHECK(agenda_get(agenda, name_of(1))->is_recovered);
    agenda_close(&agenda);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(those_due_first_come_first_however_they_were_put),
        CHECK_TEST(a_busy_place_waits_and_a_moved_one_finds_its_turn),
        CHECK_TEST(among_many_the_first_that_nobody_looks_at_is_found),
        CHECK_TEST(places_that_rest_are_forgotten_and_their_memory_is_used_again),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
