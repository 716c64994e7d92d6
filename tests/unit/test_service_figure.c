/* What the writes of cases count, beside a plain count of all cases. */
#include "bureau.h"

enum {
    CASES = 150,
    MARCH = 20513,
    APRIL = 20544,
    MAY = 20574,
};

struct random {
    uint64_t state;
};

static int64_t pick(struct random *random, int64_t below)
{
    random->state = random->state * 6364136223846793005U + 1442695040888963407U;
    return (int64_t)(random->state >> 33) % below;
}

static void open_some(struct bureau *bureau, struct random *random, struct service_case *one)
{
    static const enum service_way WAYS[] = {SERVICE_PAGE, SERVICE_PAGE, SERVICE_DESK, SERVICE_PHONE,
                                            SERVICE_PAPER};

    *one = (struct service_case){.id = ++bureau->last,
                                 .no = 3,
                                 .service = pick(random, 2) == 0 ? STR("p.order") : STR("q.other"),
                                 .flow = 9,
                                 .way = WAYS[pick(random, 5)],
                                 .opened_on = MARCH + pick(random, 60),
                                 .due_on = SERVICE_CASE_NO_TERM,
                                 .step = STR("check")};
    one->step_on = one->opened_on;
    if (pick(random, 4) > 0) {
        one->term = (struct term){.start = one->opened_on, .count = 10, .carries = true};
        one->due_on = one->opened_on + 10;
    }
    bureau_write(bureau, bureau_run_open, one);
}

static void end_some(struct bureau *bureau, struct random *random, struct service_case *one)
{
    static const char *const GROUNDS[] = {"none", "late_paper", "wrong_place"};

    one->state = (enum service_case_state)(SERVICE_CASE_GRANTED + pick(random, 4));
    if (one->state == SERVICE_CASE_REFUSED)
        one->ground = str_from_z(GROUNDS[pick(random, 3)]);
    one->closed_on = one->opened_on + pick(random, 25);
    one->closed_at = one->closed_on * TIME_DAY_MS;
    bureau_write(bureau, bureau_run_change, one);
}

static void move_some(struct bureau *bureau, struct random *random, struct service_case *one)
{
    if (one->state != SERVICE_CASE_OPEN) {
        one->rating = one->rating > 0 ? one->rating : 1 + (int)pick(random, 5);
        bureau_write(bureau, bureau_run_rate, one);
    } else if (pick(random, 3) == 0)
        end_some(bureau, random, one);
    else {
        one->step = pick(random, 2) == 0 ? STR("check") : STR("!decide");
        one->step_on += pick(random, 3);
        one->has_visit |= pick(random, 4) == 0;
        if (one->term.count > 0)
            one->due_on =
                pick(random, 3) == 0 ? SERVICE_CASE_NO_TERM : one->opened_on + 5 + pick(random, 9);
        bureau_write(bureau, bureau_run_change, one);
    }
}

/* Of all cases of a service, by nothing but their rows. */
static int64_t plain(struct bureau *bureau, const char *what, struct str service, const char *where)
{
    struct str sql = str_printf(check_arena(),
                                "SELECT CAST(COALESCE(%s, 0) AS bigint) FROM service_case"
                                " WHERE tenant = $1 AND service = '%.*s' AND %s",
                                what, STR_ARG(service), where);

    return town_count(&bureau->hamlet.town, str_to_z(check_arena(), sql));
}

#define COUNT(where) plain(bureau, "count(*)", sum->service, where)
#define DECIDED      "state IN ('granted', 'refused', 'closed')"

static void compare_median(struct bureau *bureau, const struct service_figure_sum *sum)
{
    int64_t decided = COUNT(DECIDED);
    int64_t median = service_figure_sum_median(sum);
    int64_t less =
        plain(bureau, "count(*)", sum->service,
              str_to_z(check_arena(),
                       str_printf(check_arena(), DECIDED " AND closed_on - opened_on < %lld",
                                  (long long)median)));
    int64_t more =
        plain(bureau, "count(*)", sum->service,
              str_to_z(check_arena(),
                       str_printf(check_arena(), DECIDED " AND closed_on - opened_on > %lld",
                                  (long long)median)));

    CHECK_INT(service_figure_sum_decided(sum), decided);
    CHECK(decided == 0 ? median == -1 : 2 * less < decided && 2 * more <= decided);
}

static void compare_sum(struct bureau *bureau, const struct service_figure_sum *sum)
{
    static const char *const GROUNDS[] = {"late_paper", "none", "wrong_place"};
    size_t seen = 0;

    CHECK_INT(sum->opened, COUNT("1 = 1"));
    CHECK_INT(sum->granted, COUNT("state = 'granted'"));
    CHECK_INT(sum->refused, COUNT("state = 'refused'"));
    CHECK_INT(sum->withdrawn, COUNT("state = 'withdrawn'"));
    CHECK_INT(sum->closed, COUNT("state = 'closed'"));
    CHECK_INT(sum->late, COUNT(DECIDED " AND term <> '' AND due_on < closed_on"));
    CHECK_INT(sum->kept, COUNT(DECIDED " AND term <> '' AND due_on >= closed_on"));
    CHECK_INT(sum->spared, COUNT(DECIDED " AND way = 'page' AND has_visit = 0"));
    CHECK_INT(sum->ratings, COUNT("rating > 0"));
    CHECK_INT(sum->rating_sum, plain(bureau, "sum(rating)", sum->service, "rating > 0"));
    for (size_t i = 0; i < ARRAY_LEN(GROUNDS); i++) {
        struct str where =
            str_printf(check_arena(), "state = 'refused' AND ground = '%s'", GROUNDS[i]);
        int64_t refused = COUNT(str_to_z(check_arena(), where));

        if (refused == 0)
            continue;
        CHECK_STR(sum->grounds[seen].id, str_from_z(GROUNDS[i]));
        CHECK_INT(sum->grounds[seen++].count, refused);
    }
    CHECK_INT((int64_t)sum->ground_count, (int64_t)seen);
    compare_median(bureau, sum);
}

static void compare_open(struct bureau *bureau)
{
    struct service_figure_opens opens = bureau_opens(bureau);
    int64_t all = 0;

    for (size_t i = 0; i < opens.count; i++) {
        const struct service_figure_open *one = &opens.items[i];
        struct str where =
            str_printf(check_arena(),
                       "state = 'open' AND step = '%.*s' AND step_on = %lld"
                       " AND due_on = %lld",
                       STR_ARG(one->step), (long long)one->since, (long long)one->due_on);

        CHECK_INT(one->count,
                  plain(bureau, "count(*)", one->service, str_to_z(check_arena(), where)));
        CHECK(one->count > 0);
        all += one->count;
    }
    CHECK_INT(all, town_count(&bureau->hamlet.town, "SELECT count(*) FROM service_case"
                                                    " WHERE tenant = $1 AND state = 'open'"));
}

static void figures_are_what_a_plain_count_finds(void)
{
    struct bureau bureau;
    struct random random = {20260302};
    struct service_case cases[CASES];
    struct service_figure_list list;

    bureau_open(&bureau);
    for (int i = 0; i < CASES; i++)
        open_some(&bureau, &random, &cases[i]);
    for (int turn = 0; turn < 3; turn++) {
        for (int i = 0; i < CASES; i++)
            move_some(&bureau, &random, &cases[pick(&random, CASES)]);
        list = bureau_months(&bureau, MARCH, MAY + 31);
        CHECK_INT((int64_t)list.count, 2);
        CHECK_INT(list.first, MARCH);
        for (size_t i = 0; i < list.count; i++)
            compare_sum(&bureau, &list.items[i]);
        compare_open(&bureau);
        CHECK_INT(bureau_check(&bureau).bad, 0);
        CHECK_INT(bureau_check(&bureau).cases, CASES);
    }
    bureau_close(&bureau);
}

static struct str names(const struct service_case *one)
{
    struct service_figure figures[SERVICE_FIGURES_MAX];
    size_t count = service_figure_of(check_arena(), one, figures);
    struct buf out = {.arena = check_arena()};

    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%.*s %lld %.*s|", STR_ARG(service_figure_kind_text(figures[i].kind)),
                   (long long)figures[i].at, STR_ARG(figures[i].name));
    return buf_str(&out);
}

static void case_counts_for_what_its_row_says(void)
{
    struct service_case one = {.service = STR("p.order"),
                               .way = SERVICE_PAGE,
                               .opened_on = APRIL - 1,
                               .due_on = APRIL + 5,
                               .term = {.count = 5},
                               .step = STR("check"),
                               .step_on = APRIL};

    CHECK_STR(names(&one), STR("in 20513 page|open 20549 check 20544|"));
    one.state = SERVICE_CASE_REFUSED;
    one.ground = STR("none");
    one.closed_on = APRIL + 5; /* its last day is in time */
    CHECK_STR(names(&one), STR("in 20513 page|out 20544 refused/none/kv|days 20544 6|"));
    one.closed_on++;
    one.has_visit = true;
    one.rating = 2;
    CHECK_STR(names(&one),
              STR("in 20513 page|out 20544 refused/none/l|days 20544 7|rated 20544 2|"));
    one.way = SERVICE_DESK;
    one.has_visit = false;
    one.term.count = 0;
    one.closed_on += 1000;
    CHECK_STR(names(&one),
              STR("in 20513 desk|out 21550 refused/none/|days 21550 400|rated 21550 2|"));
    one.state = SERVICE_CASE_WITHDRAWN;
    one.ground = STR("");
    one.way = SERVICE_PAGE;
    one.rating = 0;
    CHECK_STR(names(&one), STR("in 20513 page|out 21550 withdrawn//|"));
    CHECK_INT(service_figure_month(MAY - 1), APRIL);
    CHECK_INT(service_figure_month(MAY), MAY);
}

static void what_stands_still_is_not_late(void)
{
    struct service_case one = {
        .term = {.count = 5}, .due_on = SERVICE_CASE_NO_TERM, .closed_on = MAY};

    CHECK(!service_figure_is_late(&one));
    one.due_on = MAY - 1;
    CHECK(service_figure_is_late(&one));
}

/* Rows of what is open are as many as what is open. */
static void nothing_is_left_of_what_has_ended(void)
{
    struct bureau bureau;

    bureau_open(&bureau);
    for (int i = 0; i < 5; i++) {
        struct service_case one = bureau_apply(&bureau, "p.order", MARCH + i);

        bureau_end(&bureau, &one, SERVICE_CASE_GRANTED, MARCH + 9);
    }
    CHECK_INT(town_count(&bureau.hamlet.town,
                         "SELECT count(*) FROM service_figure WHERE tenant = $1 AND kind = 'open'"),
              0);
    CHECK_INT((int64_t)bureau_opens(&bureau).count, 0);
    bureau_close(&bureau);
}

static bool run_fail(struct tx *tx, void *data, struct err *err)
{
    return service_case_open(tx, check_arena(), 2026, data, err) && err_set(err, ERR_INPUT, "no");
}

static void write_that_fails_counts_nothing(void)
{
    struct bureau bureau;
    struct service_case one;
    struct err err;

    bureau_open(&bureau);
    one = bureau_apply(&bureau, "p.order", MARCH);
    one.id = 77;
    CHECK(!tenant_write_wait(bureau.tenant, run_fail, &one, &err));
    CHECK_INT(bureau_months(&bureau, MARCH, MARCH).items[0].opened, 1);
    CHECK_INT(bureau_check(&bureau).bad, 0);
    bureau_close(&bureau);
}

static void other_municipality_counts_its_own(void)
{
    struct bureau bureau;
    struct tenant *own;
    struct err err;

    bureau_open(&bureau);
    own = bureau.tenant;
    bureau_apply(&bureau, "p.order", MARCH);
    CHECK_OK(store_create_tenant(bureau.hamlet.town.store, STR("other"), STR("Другой"), 0,
                                 time_now(), &err),
             &err);
    CHECK_OK(store_hold(bureau.hamlet.town.store, STR("other"), &bureau.tenant, &err), &err);
    CHECK_INT((int64_t)bureau_months(&bureau, MARCH, MAY).count, 0);
    CHECK_INT((int64_t)bureau_opens(&bureau).count, 0);
    bureau_apply(&bureau, "p.order", MARCH);
    bureau_apply(&bureau, "p.order", MARCH);
    CHECK_INT(bureau_months(&bureau, MARCH, MAY).items[0].opened, 2);
    CHECK_INT(bureau_check(&bureau).bad, 0);
    store_release(&bureau.tenant);
    bureau.tenant = own;
    CHECK_INT(bureau_months(&bureau, MARCH, MAY).items[0].opened, 1);
    CHECK_INT(bureau_check(&bureau).cases, 1);
    bureau_close(&bureau);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(figures_are_what_a_plain_count_finds), CHECK_TEST(case_counts_for_what_its_row_says),
    CHECK_TEST(what_stands_still_is_not_late),        CHECK_TEST(nothing_is_left_of_what_has_ended),
    CHECK_TEST(write_that_fails_counts_nothing),      CHECK_TEST(other_municipality_counts_its_own),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
