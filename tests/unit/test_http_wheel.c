#include "check.h"

#include "net/http_wheel.h"

struct alarm {
    struct http_wheel_node node;
    int rung;
    struct http_wheel *wheel;
    int64_t again_at;    /* when it rings, it sets itself anew */
    struct alarm *other; /* ... or clears this one */
};

static void on_ring(struct http_wheel_node *node)
{
    struct alarm *alarm = (struct alarm *)node;

    alarm->rung++;
    if (alarm->again_at > 0)
        http_wheel_set(alarm->wheel, node, alarm->again_at);
    if (alarm->other != NULL)
        http_wheel_clear(alarm->wheel, &alarm->other->node);
}

static struct http_wheel *new_wheel(void)
{
    struct http_wheel *wheel = ARENA_NEW(check_arena(), struct http_wheel);

    http_wheel_init(wheel, 1000);
    return wheel;
}

static void set(struct http_wheel *wheel, struct alarm *alarm, int64_t due)
{
    alarm->wheel = wheel;
    alarm->node.ring = on_ring;
    http_wheel_set(wheel, &alarm->node, due);
}

static void deadline_rings_once_and_never_early(void)
{
    struct http_wheel *wheel = new_wheel();
    struct alarm alarm = {0};

    set(wheel, &alarm, 5050);
    for (int64_t now = 1000; now <= 5050; now += 10)
        http_wheel_turn(wheel, now);
    CHECK_INT(alarm.rung, 0);
    http_wheel_turn(wheel, 5050 + HTTP_WHEEL_TICK_MS);
    CHECK_INT(alarm.rung, 1);
    http_wheel_turn(wheel, 500000);
    CHECK_INT(alarm.rung, 1);
    CHECK_INT((int64_t)wheel->count, 0);
}

static void deadline_beyond_the_horizon_waits(void)
{
    struct http_wheel *wheel = new_wheel();
    struct alarm alarm = {0};

    set(wheel, &alarm, 301000);
    for (int64_t now = 1000; now < 301000; now += 1000)
        http_wheel_turn(wheel, now);
    CHECK_INT(alarm.rung, 0);
    http_wheel_turn(wheel, 301200);
    CHECK_INT(alarm.rung, 1);
}

static void moved_and_cleared_deadlines_keep_to_the_last_word(void)
{
    struct http_wheel *wheel = new_wheel();
    struct alarm later = {0};
    struct alarm sooner = {0};
    struct alarm never = {0};

    set(wheel, &later, 2000);
    set(wheel, &later, 9000);
    set(wheel, &sooner, 9000);
    set(wheel, &sooner, 2000);
    set(wheel, &never, 2000);
    http_wheel_clear(wheel, &never.node);
    http_wheel_turn(wheel, 3000);
    CHECK_INT(later.rung, 0);
    CHECK_INT(sooner.rung, 1);
    CHECK_INT(never.rung, 0);
    http_wheel_turn(wheel, 10000);
    CHECK_INT(later.rung, 1);
}

static void ringing_may_set_and_clear(void)
{
    struct http_wheel *wheel = new_wheel();
    struct alarm second = {0};
    struct alarm first = {.again_at = 4000, .other = &second};

    set(wheel, &first, 2000);
    set(wheel, &second, 2000);
    http_wheel_turn(wheel, 2200);
    CHECK_INT(first.rung, 1);
    CHECK_INT(second.rung, 0);
    first.again_at = 0;
    http_wheel_turn(wheel, 4200);
    CHECK_INT(first.rung, 2);
    CHECK_INT((int64_t)wheel->count, 0);
}

static void what_is_past_already_rings_at_the_next_tick(void)
{
    struct http_wheel *wheel = new_wheel();
    struct alarm alarm = {0};

    http_wheel_turn(wheel, 50000);
    set(wheel, &alarm, 10);
    http_wheel_turn(wheel, 50000 + HTTP_WHEEL_TICK_MS);
    CHECK_INT(alarm.rung, 1);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(deadline_rings_once_and_never_early),
    CHECK_TEST(deadline_beyond_the_horizon_waits),
    CHECK_TEST(moved_and_cleared_deadlines_keep_to_the_last_word),
    CHECK_TEST(ringing_may_set_and_clear),
    CHECK_TEST(what_is_past_already_rings_at_the_next_tick),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
