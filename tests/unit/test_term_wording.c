#include "web/term_wording.h"

#include "year.h"

static struct term_wording speak(const char *language)
{
    struct messages *messages = messages_new(check_arena(), str_from_z(language));
    struct str po;
    struct err err;

    CHECK_OK(file_read(check_arena(), str_printf(check_arena(), "ui/i18n/%s.po", language), 4 << 20,
                       &po, &err),
             &err);
    CHECK_OK(messages_add_po(messages, po, &err), &err);
    return (struct term_wording){.arena = check_arena(), .messages = messages};
}

static struct term_result compute(const struct term *term)
{
    struct calendar *russia = ARENA_NEW(check_arena(), struct calendar);
    struct term_result result;
    struct err err;

    *russia = year_calendar("ru");
    CHECK_OK(term_compute(term, russia, check_arena(), &result, &err), &err);
    return result;
}

static void check_long(const struct term *term, const char *language, const char *want)
{
    struct term_wording wording = speak(language);
    struct term_result result = compute(term);

    CHECK_STR(term_wording_long(&wording, term, &result), str_from_z(want));
}

static void a_paused_term_tells_its_pause(void)
{
    struct term_pause pause = {year_day("2026-03-05"), year_day("2026-03-12"),
                               STR("запрос в Росреестр")};
    struct term term = {.start = year_day("2026-03-03"),
                        .count = 30,
                        .unit = TERM_DAYS,
                        .carries = true,
                        .pauses = &pause,
                        .pause_count = 1};

    check_long(
        &term, "ru",
        "30 дней с 3 марта 2026, приостановлен 5 марта 2026 (запрос в Росреестр), снова идёт "
        "с 12 марта 2026: 9 апреля 2026");
    check_long(&term, "en",
               "30 days from 3 March 2026, paused on 5 March 2026 (запрос в Росреестр), goes on "
               "from 12 March 2026: 9 April 2026");
    check_long(&term, "ky",
               "30 күн 2026-ж. 3-март күнүнөн баштап, 2026-ж. 5-март токтотулган (запрос в "
               "Росреестр), 2026-ж. 12-март күнүнөн кайра жүрөт: 2026-ж. 9-апрель");
    pause.until = TERM_OPEN;
    check_long(&term, "ru",
               "30 дней с 3 марта 2026, приостановлен 5 марта 2026 (запрос в Росреестр), осталось "
               "29 дней");
}

static void days_off_and_carrying_are_told(void)
{
    struct term days = {
        .start = year_day("2026-06-02"), .count = 10, .unit = TERM_DAYS, .carries = true};
    struct term working = {.start = year_day("2026-05-06"), .count = 3, .unit = TERM_WORKING_DAYS};
    struct term january = {.start = year_day("2025-12-29"), .count = 2, .unit = TERM_WORKING_DAYS};
    struct term month = {.start = year_day("2026-01-31"), .count = 1, .unit = TERM_MONTHS};

    check_long(&days, "ru",
               "10 дней с 2 июня 2026, 12 июня 2026 — выходной, поэтому следующий рабочий день "
               "(День России): 15 июня 2026");
    check_long(&working, "ru",
               "3 рабочих дня с 6 мая 2026, без 9–11 мая 2026 (День Победы): 12 мая 2026");
    check_long(&january, "en",
               "2 working days from 29 December 2025, without 31 December 2025 – 9 January 2026 "
               "(Выходной, перенесённый с 5 января): 12 January 2026");
    check_long(&month, "ru",
               "1 месяц с 31 января 2026, в этом месяце нет такого числа, поэтому последний день: "
               "28 февраля 2026");
}

static void hours_are_told_with_the_time(void)
{
    struct term term = {.start = year_day("2026-03-02") * CALENDAR_DAY_MINUTES + 17 * 60 + 5,
                        .count = 2,
                        .unit = TERM_WORKING_HOURS};

    check_long(&term, "ru", "2 рабочих часа с 2 марта 2026, 17:05: 3 марта 2026, 10:05");
}

static void what_the_term_runs_from_can_be_said(void)
{
    struct term_wording wording = speak("en");
    struct term term = {.start = year_day("2026-03-03"), .count = 1, .unit = TERM_DAYS};
    struct term_result result = compute(&term);

    wording.event = STR("from registration on %s");
    CHECK_STR(term_wording_long(&wording, &term, &result),
              STR("1 day from registration on 3 March 2026: 4 March 2026"));
    wording.event = STR("from registration"); /* nothing to fill in is no fault */
    CHECK_STR(term_wording_long(&wording, &term, &result),
              STR("1 day from registration: 4 March 2026"));
}

static void check_short(const char *language, struct term_rest rest, const char *want,
                        const char *colour)
{
    struct term_wording wording = speak(language);

    CHECK_STR(term_wording_short(&wording, rest), str_from_z(want));
    CHECK_STR(str_from_z(term_wording_colour(rest)), str_from_z(colour));
}

static void short_words_have_their_plurals(void)
{
    static const struct {
        struct term_rest rest;
        const char *ru, *colour;
    } CASES[] = {
        {{TERM_RUNS, TERM_WORKING_DAYS, 1}, "остался 1 рабочий день", "warn"},
        {{TERM_RUNS, TERM_WORKING_DAYS, 3}, "осталось 3 рабочих дня", ""},
        {{TERM_RUNS, TERM_WORKING_DAYS, 11}, "осталось 11 рабочих дней", ""},
        {{TERM_RUNS, TERM_DAYS, 21}, "остался 21 день", ""},
        {{TERM_RUNS, TERM_WORKING_HOURS, 4}, "осталось 4 рабочих часа", ""},
        {{TERM_LAST_DAY, TERM_DAYS, 0}, "сегодня последний день", "warn"},
        {{TERM_LAST_DAY, TERM_WORKING_HOURS, 1}, "осталось меньше часа", "warn"},
        {{TERM_OVERDUE, TERM_DAYS, 2}, "просрочено на 2 дня", "bad"},
        {{TERM_OVERDUE, TERM_DAYS, 5}, "просрочено на 5 дней", "bad"},
        {{TERM_STILL, TERM_WORKING_DAYS, 12}, "приостановлен, осталось 12 рабочих дней", ""},
        {{TERM_STILL, TERM_WORKING_HOURS, 61}, "приостановлен, осталось 2 рабочих часа", ""},
    };

    for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
        check_short("ru", CASES[i].rest, CASES[i].ru, CASES[i].colour);
    check_short("en", CASES[1].rest, "3 working days are left", "");
    check_short("en", CASES[0].rest, "1 working day is left", "warn");
    check_short("ky", CASES[7].rest, "2 күнгө кечикти", "bad");
}

static const struct check_test TESTS[] = {
    CHECK_TEST(a_paused_term_tells_its_pause),  CHECK_TEST(days_off_and_carrying_are_told),
    CHECK_TEST(hours_are_told_with_the_time),   CHECK_TEST(what_the_term_runs_from_can_be_said),
    CHECK_TEST(short_words_have_their_plurals),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
