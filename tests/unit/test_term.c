#include "core/term.h"

#include "year.h"

enum {
    CARRIES = 1,
    COUNTS_START = 2,
    DECREES_RUN = 4,
};

/* Pauses: "2026-03-05..2026-03-12 2026-04-01.."; due: "2026-04-09", or "still 12". */
struct golden {
    const char *start;
    int64_t count;
    enum term_unit unit;
    int flags;
    const char *pauses;
    const char *due;
};

static struct term_pause *parse_pauses(struct str text, size_t *count)
{
    struct term_pause *pauses = ARENA_ARRAY(check_arena(), struct term_pause, 10);

    for (*count = 0; text.len > 0; ++*count) {
        struct str until = str_cut(&text, ' ');
        struct str from = str_slice(until, 0, 10);

        until = str_slice(until, 12, until.len);
        pauses[*count].from = year_day(str_to_z(check_arena(), from));
        pauses[*count].until = until.len > 0 ? year_day(str_to_z(check_arena(), until)) : TERM_OPEN;
        pauses[*count].reason = STR("asked");
    }
    return pauses;
}

static struct term make(const struct golden *golden)
{
    struct term term = {.start = year_day(golden->start),
                        .count = golden->count,
                        .unit = golden->unit,
                        .carries = (golden->flags & CARRIES) != 0,
                        .counts_start = (golden->flags & COUNTS_START) != 0,
                        .decrees_run = (golden->flags & DECREES_RUN) != 0};

    term.pauses = parse_pauses(str_from_z(golden->pauses), &term.pause_count);
    return term;
}

static struct term_result compute(const struct term *term, const struct calendar *calendar)
{
    struct term_result result = {0};
    struct err err;

    CHECK_OK(term_compute(term, calendar, check_arena(), &result, &err), &err);
    return result;
}

static void check_all(const struct calendar *calendar, const struct golden *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct term term = make(&cases[i]);
        struct term_result result = compute(&term, calendar);
        struct str due = result.is_still
                             ? str_printf(check_arena(), "still %lld", (long long)result.left)
                             : year_text(result.due);
        struct str what = str_printf(check_arena(), "%zu: %s %lld %d", i, cases[i].start,
                                     (long long)cases[i].count, (int)cases[i].unit);

        CHECK_STR(str_printf(check_arena(), "%.*s: %.*s", STR_ARG(what), STR_ARG(due)),
                  str_printf(check_arena(), "%.*s: %s", STR_ARG(what), cases[i].due));
    }
}

static void terms_in_russia_end_as_the_law_says(void)
{
    static const struct golden CASES[] = {
        /* Calendar days: the day after the event is the first (art. 191). */
        {"2026-03-03", 30, TERM_DAYS, 0, "", "2026-04-02"},
        {"2026-03-03", 1, TERM_DAYS, 0, "", "2026-03-04"},
        {"2026-03-03", 30, TERM_DAYS, COUNTS_START, "", "2026-04-01"},
        {"2026-03-03", 30, TERM_DAYS, 0, "2026-03-05..2026-03-12", "2026-04-09"},
        /* The end on a day off goes to the next working day (art. 193). */
        {"2026-03-05", 2, TERM_DAYS, 0, "", "2026-03-07"},
        {"2026-03-05", 2, TERM_DAYS, CARRIES, "", "2026-03-10"}, /* over 8 March and the 9th */
        {"2026-03-04", 2, TERM_DAYS, CARRIES, "", "2026-03-06"},
        {"2025-12-20", 15, TERM_DAYS, CARRIES, "", "2026-01-12"}, /* over the long holidays */
        {"2025-10-25", 7, TERM_DAYS, CARRIES, "", "2025-11-01"},  /* a worked Saturday */
        {"2026-04-10", 30, TERM_DAYS, CARRIES, "", "2026-05-12"}, /* 10 May, 11 May is moved */
        /* Working days. */
        {"2026-03-02", 10, TERM_WORKING_DAYS, 0, "", "2026-03-17"},
        {"2025-12-29", 3, TERM_WORKING_DAYS, 0, "", "2026-01-13"},
        {"2026-03-07", 1, TERM_WORKING_DAYS, 0, "", "2026-03-10"}, /* begins on a day off */
        {"2026-03-06", 1, TERM_WORKING_DAYS, COUNTS_START, "", "2026-03-06"},
        {"2026-03-07", 1, TERM_WORKING_DAYS, COUNTS_START, "", "2026-03-10"},
        {"2025-10-31", 1, TERM_WORKING_DAYS, CARRIES, "", "2025-11-01"},
        {"2026-12-30", 5, TERM_WORKING_DAYS, 0, "", "2027-01-15"}, /* 2027 by the law alone */
        /* Months: the same date, or the last day (art. 192). */
        {"2026-01-31", 1, TERM_MONTHS, 0, "", "2026-02-28"},
        {"2028-01-31", 1, TERM_MONTHS, 0, "", "2028-02-29"},
        {"2024-02-29", 12, TERM_MONTHS, 0, "", "2025-02-28"},
        {"2026-01-30", 1, TERM_MONTHS, CARRIES, "", "2026-03-02"}, /* 28 February, a Saturday */
        {"2026-08-31", 6, TERM_MONTHS, 0, "", "2027-02-28"},
        {"2026-03-03", 1, TERM_MONTHS, 0, "", "2026-04-03"},
        {"2026-12-31", 2, TERM_MONTHS, CARRIES, "", "2027-03-01"}, /* 28 February, a Sunday */
        {"2026-03-03", 1, TERM_MONTHS, 0, "2026-03-10..2026-03-20", "2026-04-13"},
        {"2026-03-03", 0, TERM_MONTHS, 0, "", "2026-03-03"},
        /* Leap days count. */
        {"2028-02-20", 10, TERM_DAYS, 0, "", "2028-03-01"},
        {"2027-02-20", 10, TERM_DAYS, 0, "", "2027-03-02"},
        /* Of none. */
        {"2026-03-03", 0, TERM_DAYS, 0, "", "2026-03-03"},
        {"2026-03-07", 0, TERM_DAYS, CARRIES, "", "2026-03-10"},
        {"2026-03-03", 0, TERM_WORKING_DAYS, CARRIES | COUNTS_START, "", "2026-03-03"},
        /* Pauses. */
        {"2026-04-27", 5, TERM_WORKING_DAYS, 0, "2026-04-30..2026-05-06", "2026-05-08"},
        {"2026-04-27", 5, TERM_WORKING_DAYS, 0, "2026-04-30..", "still 3"},
        {"2026-03-03", 30, TERM_DAYS, 0, "2026-03-05..2026-03-05", "2026-04-02"}, /* of none */
        {"2026-03-03", 30, TERM_DAYS, 0, "2026-02-01..2026-03-04", "2026-04-02"}, /* before it */
        {"2026-03-03", 30, TERM_DAYS, 0, "2026-02-01..2026-03-05", "2026-04-03"},
        {"2026-03-03", 30, TERM_DAYS, 0, "2026-04-03..2026-05-05", "2026-04-02"}, /* after it */
        {"2026-03-03", 30, TERM_DAYS, 0, "2026-04-03..", "2026-04-02"},
        {"2026-03-03", 30, TERM_DAYS, 0, "2026-04-02..", "still 1"},
        {"2026-03-03", 30, TERM_DAYS, 0, "2026-03-03..", "still 30"},
        {"2026-03-03", 30, TERM_DAYS, 0, "2026-03-10..2026-03-20 2026-03-05..2026-03-12",
         "2026-04-17"}, /* overlapping, out of order */
        {"2026-03-03", 30, TERM_DAYS, 0, "2026-03-05..2026-03-12 2026-04-05..2026-04-07",
         "2026-04-11"}, /* the second within what the first added */
        {"2026-03-03", 30, TERM_DAYS, 0, "2026-03-05..2026-03-12 2026-03-20..", "still 21"},
        /* Carried into a pause it goes on behind it. */
        {"2026-03-05", 2, TERM_DAYS, CARRIES, "2026-03-09..2026-03-16", "2026-03-16"},
        {"2026-03-05", 2, TERM_DAYS, CARRIES, "2026-03-10..", "still 0"},
    };
    struct calendar russia = year_calendar("ru");

    check_all(&russia, CASES, ARRAY_LEN(CASES));
}

static void terms_in_kyrgyzstan_are_carried_alike(void)
{
    static const struct golden CASES[] = {
        {"2026-03-18", 3, TERM_DAYS, CARRIES, "", "2026-03-24"},   /* Orozo Ait, Nooruz */
        {"2026-11-05", 2, TERM_DAYS, CARRIES, "", "2026-11-11"},   /* 7 and 8 November, moved */
        {"2026-05-25", 3, TERM_WORKING_DAYS, 0, "", "2026-05-29"}, /* Kurman Ait */
    };
    struct calendar kyrgyzstan = year_calendar("kg");

    check_all(&kyrgyzstan, CASES, ARRAY_LEN(CASES));
}

static void days_off_by_decree_may_run(void)
{
    struct calendar_day days[] = {
        {year_day("2026-03-04"), CALENDAR_DECREE, 0, STR_INIT("by decree")},
        {year_day("2026-03-05"), CALENDAR_DECREE, 0, STR_INIT("by decree")},
    };
    static const struct golden CASES[] = {
        {"2026-03-02", 3, TERM_WORKING_DAYS, 0, "", "2026-03-09"},
        {"2026-03-02", 3, TERM_WORKING_DAYS, DECREES_RUN, "", "2026-03-05"},
        {"2026-03-02", 2, TERM_DAYS, CARRIES, "", "2026-03-06"},
        {"2026-03-02", 2, TERM_DAYS, CARRIES | DECREES_RUN, "", "2026-03-04"},
    };
    struct calendar calendar = {0};

    calendar_lay(&calendar, days, ARRAY_LEN(days));
    check_all(&calendar, CASES, ARRAY_LEN(CASES));
}

static int64_t at(const char *day, int hour, int minute)
{
    return year_day(day) * CALENDAR_DAY_MINUTES + hour * 60 + minute;
}

static void hours_stop_for_nights_and_pauses(void)
{
    struct calendar russia = year_calendar("ru");
    struct term_pause pauses[] = {{at("2026-03-02", 15, 0), at("2026-03-03", 11, 0), {0}},
                                  {at("2026-03-03", 17, 0), TERM_OPEN, {0}}};
    struct term term = {.start = at("2026-03-02", 14, 0), .count = 4, .unit = TERM_WORKING_HOURS};
    struct term_result result = compute(&term, &russia);

    CHECK_INT(result.due, at("2026-03-02", 18, 0));
    term.pauses = pauses;
    term.pause_count = 1;
    result = compute(&term, &russia);
    CHECK_INT(result.due, at("2026-03-03", 15, 0)); /* an hour, then from 11 over dinner */
    term.pause_count = 2;
    result = compute(&term, &russia);
    CHECK(!result.is_still); /* over before the second begins */
    term.count = 8;
    result = compute(&term, &russia);
    CHECK(result.is_still);
    CHECK_INT(result.left, 120);
    CHECK_INT(term_rest_at(&term, &russia, &result, 0).count, 120);
}

static struct str print_steps(const struct term_result *result)
{
    static const char *const KINDS[] = {"start", "short", "off", "pause", "still", "carry", "due"};
    struct buf out = {.arena = check_arena()};

    for (size_t i = 0; i < result->step_count; i++) {
        const struct term_step *step = &result->steps[i];

        buf_printf(&out, "%s ", KINDS[step->kind]);
        time_print_day(&out, step->from);
        if (step->to != 0 && step->to != TERM_OPEN) {
            buf_add(&out, STR(".."));
            time_print_day(&out, step->to);
        }
        buf_printf(&out, " %lld %.*s\n", (long long)step->count, STR_ARG(step->text));
    }
    return buf_str(&out);
}

static struct str explain(const struct golden *golden)
{
    struct calendar russia = year_calendar("ru");
    struct term term = make(golden);
    struct term_result result = compute(&term, &russia);

    return print_steps(&result);
}

static void every_term_explains_itself(void)
{
    CHECK_STR(
        explain(&(struct golden){"2026-03-03", 30, TERM_DAYS, 0, "2026-03-05..2026-03-12", NULL}),
        STR("start 2026-03-03 30 \n"
            "pause 2026-03-05..2026-03-12 7 asked\n"
            "due 2026-04-09 0 \n"));
    CHECK_STR(explain(&(struct golden){"2026-04-29", 4, TERM_WORKING_DAYS, 0, "", NULL}),
              STR("start 2026-04-29 4 \n"
                  "off 2026-05-01..2026-05-01 1 Праздник Весны и Труда\n"
                  "due 2026-05-06 0 \n"));
    CHECK_STR(explain(&(struct golden){"2025-12-29", 3, TERM_WORKING_DAYS, 0, "", NULL}),
              STR("start 2025-12-29 3 \n"
                  "off 2025-12-31..2026-01-09 10 Выходной, перенесённый с 5 января\n"
                  "due 2026-01-13 0 \n"));
    CHECK_STR(explain(&(struct golden){"2026-01-31", 1, TERM_MONTHS, CARRIES, "", NULL}),
              STR("start 2026-01-31 1 \n"
                  "short 2026-02-28 0 \n"
                  "carry 2026-02-28..2026-03-02 2 \n"
                  "due 2026-03-02 0 \n"));
    CHECK_STR(explain(&(struct golden){"2026-06-02", 10, TERM_DAYS, CARRIES, "", NULL}),
              STR("start 2026-06-02 10 \n"
                  "carry 2026-06-12..2026-06-15 3 День России\n"
                  "due 2026-06-15 0 \n"));
    CHECK_STR(explain(&(struct golden){"2026-03-03", 30, TERM_DAYS, 0,
                                       "2026-03-05..2026-03-12 2026-03-20..", NULL}),
              STR("start 2026-03-03 30 \n"
                  "pause 2026-03-05..2026-03-12 7 asked\n"
                  "still 2026-03-20 21 asked\n"));
}

static void check_rest(const struct golden *golden, const char *today, enum term_state state,
                       int64_t count)
{
    struct calendar russia = year_calendar("ru");
    struct term term = make(golden);
    struct term_result result = compute(&term, &russia);
    struct term_rest rest = term_rest_at(&term, &russia, &result, year_day(today));

    CHECK_INT(rest.state, state);
    CHECK_INT(rest.count, count);
}

static void what_is_left_is_counted_as_the_term_is(void)
{
    static const struct golden WORKING = {"2026-03-02", 10, TERM_WORKING_DAYS, 0, "", NULL};
    static const struct golden PAUSED = {"2026-03-03", 30, TERM_DAYS, 0, "2026-03-05..2026-03-12",
                                         NULL};
    static const struct golden STILL = {"2026-03-03", 30, TERM_DAYS, 0, "2026-03-05..", NULL};
    static const struct golden MONTH = {"2026-03-03", 1, TERM_MONTHS, 0, "", NULL};

    check_rest(&WORKING, "2026-03-02", TERM_RUNS, 10);
    check_rest(&WORKING, "2026-03-01", TERM_RUNS, 10);
    check_rest(&WORKING, "2026-03-06", TERM_RUNS, 6);
    check_rest(&WORKING, "2026-03-08", TERM_RUNS, 6);
    check_rest(&WORKING, "2026-03-16", TERM_RUNS, 1);
    check_rest(&WORKING, "2026-03-17", TERM_LAST_DAY, 0);
    check_rest(&WORKING, "2026-03-19", TERM_OVERDUE, 2);
    check_rest(&PAUSED, "2026-03-04", TERM_RUNS, 29);
    check_rest(&PAUSED, "2026-03-08", TERM_RUNS, 29);
    check_rest(&PAUSED, "2026-03-12", TERM_RUNS, 28);
    check_rest(&PAUSED, "2026-04-09", TERM_LAST_DAY, 0);
    check_rest(&STILL, "2026-09-01", TERM_STILL, 29);
    check_rest(&MONTH, "2026-04-01", TERM_RUNS, 2);
}

static void hours_left_are_rounded_up(void)
{
    const struct calendar plain = {0};
    struct term term = {.start = at("2026-03-02", 9, 0), .count = 8, .unit = TERM_WORKING_HOURS};
    struct term_result result = compute(&term, &plain);
    struct term_rest rest = term_rest_at(&term, &plain, &result, at("2026-03-02", 14, 30));

    CHECK(rest.state == TERM_RUNS && rest.unit == TERM_WORKING_HOURS && rest.count == 4);
    rest = term_rest_at(&term, &plain, &result, at("2026-03-02", 17, 1));
    CHECK(rest.state == TERM_LAST_DAY && rest.count == 1);
    rest = term_rest_at(&term, &plain, &result, at("2026-03-02", 18, 1));
    CHECK(rest.state == TERM_OVERDUE && rest.unit == TERM_DAYS && rest.count == 1);
    rest = term_rest_at(&term, &plain, &result, at("2026-03-05", 19, 0));
    CHECK(rest.state == TERM_OVERDUE && rest.count == 3);
}

static void what_cannot_be_is_refused(void)
{
    const struct calendar plain = {0};
    static const struct term_pause BACKWARDS = {10, 9, {0}};
    struct term_pause many[TERM_PAUSES_MAX + 1] = {0};
    struct term_result result = {.due = 7};
    struct err err;
    const struct {
        struct term term;
        enum err_code code;
    } CASES[] = {
        {{.start = 0, .count = -1}, ERR_INPUT},
        {{.start = 0, .count = TERM_COUNT_MAX + 1}, ERR_INPUT},
        {{.start = CALENDAR_FIRST - 1, .count = 1}, ERR_INPUT},
        {{.start = INT64_MAX, .count = 1}, ERR_INPUT},
        {{.start = INT64_MAX, .count = 1, .unit = TERM_WORKING_HOURS}, ERR_INPUT},
        {{.start = CALENDAR_LAST, .count = 1}, ERR_LIMIT},
        {{.start = 0, .count = TERM_COUNT_MAX, .unit = TERM_MONTHS}, ERR_LIMIT},
        {{.start = CALENDAR_LAST * 1440LL - 1, .count = 100, .unit = TERM_WORKING_HOURS},
         ERR_LIMIT},
        {{.start = 0, .count = 1, .pauses = &BACKWARDS, .pause_count = 1}, ERR_INPUT},
        {{.start = 0, .count = 1, .pauses = many, .pause_count = ARRAY_LEN(many)}, ERR_INPUT},
    };

    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        err.code = ERR_NONE;
        CHECK(!term_compute(&CASES[i].term, &plain, check_arena(), &result, &err));
        CHECK_INT(err.code, CASES[i].code);
        CHECK_INT(result.due, 7);
    }
}

/* Random pauses over random terms: the day by day definition says the same. */
static void plain_counting_agrees(void)
{
    struct calendar russia = year_calendar("ru");
    uint64_t seed = 1;

    for (int round = 0; round < 3000; round++) {
        struct term_pause pauses[3];
        struct term term = {.pauses = pauses, .pause_count = 3};
        struct term_result result;
        int64_t day, left;

        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        term.start = year_day("2025-01-01") + (int64_t)(seed >> 33) % 700;
        term.count = (int64_t)(seed >> 20) % 60 + 1;
        term.unit = (seed >> 11) % 2 == 0 ? TERM_DAYS : TERM_WORKING_DAYS;
        for (int i = 0; i < 3; i++) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            pauses[i].from = term.start - 5 + (int64_t)(seed >> 33) % 90;
            pauses[i].until = pauses[i].from + (int64_t)(seed >> 20) % 20;
        }
        result = compute(&term, &russia);
        for (day = term.start, left = term.count; left > 0;) {
            bool runs = term.unit == TERM_DAYS || calendar_is_working(&russia, ++day);

            day += term.unit == TERM_DAYS;
            for (int i = 0; i < 3; i++)
                runs &= day < pauses[i].from || day >= pauses[i].until;
            left -= runs;
        }
        CHECK_INT(result.due, day);
        CHECK_INT(term_rest_at(&term, &russia, &result, term.start).count, term.count);
    }
}

static const struct check_test TESTS[] = {
    CHECK_TEST(terms_in_russia_end_as_the_law_says),
    CHECK_TEST(terms_in_kyrgyzstan_are_carried_alike),
    CHECK_TEST(days_off_by_decree_may_run),
    CHECK_TEST(hours_stop_for_nights_and_pauses),
    CHECK_TEST(every_term_explains_itself),
    CHECK_TEST(what_is_left_is_counted_as_the_term_is),
    CHECK_TEST(hours_left_are_rounded_up),
    CHECK_TEST(what_cannot_be_is_refused),
    CHECK_TEST(plain_counting_agrees),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
