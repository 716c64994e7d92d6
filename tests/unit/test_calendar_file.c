#include "registry/calendar_file.h"

#include "year.h"

static const struct pack *make(const char *id, const char *path, const char *csv)
{
    struct pack_file *files = ARENA_ARRAY(check_arena(), struct pack_file, 2);
    struct pack *pack;
    struct err err;

    files[0] = (struct pack_file){
        STR("pack.json"), str_printf(check_arena(), "{\"id\":\"%s\",\"version\":\"1.0.0\"}", id)};
    files[1] = (struct pack_file){str_from_z(path), str_from_z(csv)};
    CHECK_OK(pack_make(check_arena(), files, 2, &pack, &err), &err);
    return pack;
}

static bool read_packs(const struct pack *one, const struct pack *other, struct map *calendars,
                       struct err *err)
{
    const struct pack **packs = ARENA_ARRAY(check_arena(), const struct pack *, 2);
    struct pack_set set = {packs, other != NULL ? 2 : 1};

    packs[0] = one;
    packs[1] = other;
    *calendars = (struct map){.arena = check_arena()};
    return calendar_file_read(&set, check_arena(), calendars, err);
}

static void a_calendar_comes_with_the_languages_it_has(void)
{
    const struct pack *pack =
        make("p", "calendars/ru.csv",
             "date,kind,source,title,title.ky,title.en\n"
             "2026-01-01,holiday,law,Новый год,Жаңы жыл,\n2026-01-09,moved,,\"Перенос, с 3\",,\n");
    const struct calendar_file *file;
    struct map calendars;
    struct err err;

    CHECK_OK(read_packs(pack, NULL, &calendars, &err), &err);
    file = map_find(&calendars, STR("ru"));
    CHECK(file != NULL);
    CHECK_INT((int64_t)file->count, 2);
    CHECK_STR(file->days[MODEL_KY][0].title, STR("Жаңы жыл"));
    CHECK_STR(file->days[MODEL_EN][0].title, STR("Новый год"));
    CHECK_STR(file->days[MODEL_RU][1].title, STR("Перенос, с 3"));
    CHECK_INT(file->days[MODEL_RU][1].on, year_day("2026-01-09"));
    CHECK_INT(file->days[MODEL_RU][1].kind, CALENDAR_MOVED);
}

static void a_part_of_a_country_is_nearer(void)
{
    const struct pack *pack =
        make("p", "calendars/ru-bu.csv", "date,kind,title\n2026-02-18,holiday,Сагаалган\n");
    const struct calendar_file *file;
    struct map calendars;
    struct err err;

    CHECK_OK(read_packs(pack, make("q", "calendars/ru.csv", "date,kind,title\n"), &calendars, &err),
             &err);
    file = map_find(&calendars, STR("ru-bu"));
    CHECK_INT(file->days[MODEL_RU][0].rank, CALENDAR_FILE_RANKS);
    file = map_find(&calendars, STR("ru"));
    CHECK(file != NULL && file->count == 0);
    CHECK(calendar_file_is_upon(STR("ru-bu"), STR("ru")));
    CHECK(calendar_file_is_upon(STR("ru-bu"), STR("ru-bu")));
    CHECK(!calendar_file_is_upon(STR("ru-bu"), STR("ru-b")));
    CHECK(!calendar_file_is_upon(STR("ru"), STR("ru-bu")));
    CHECK(!calendar_file_is_upon(STR("rux"), STR("ru")));
}

static void names_are_countries_and_parts_of_them(void)
{
    static const char *const RIGHT[] = {"ru",   "kg",          "ru-bu", "ru-bu-kyakhta",
                                        "kg-2", "aa-b-c-d-e-f"};
    static const char *const WRONG[] = {
        "",      "r",
        "rus",   "RU",
        "r1",    "ru-",
        "-ru",   "ru--b",
        "ru_b",  "ru-B",
        "ru b",  "aa-b-c-d-e-f-g",
        "ru-бу", "ru-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

    for (size_t i = 0; i < ARRAY_LEN(RIGHT); i++)
        CHECK(calendar_file_name_is_valid(str_from_z(RIGHT[i])));
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
        CHECK(!calendar_file_name_is_valid(str_from_z(WRONG[i])));
}

/* What the checker says of a file, a line for each finding. */
static struct str check_text(const char *path, const char *csv)
{
    const struct pack *pack = make("p", path, csv);
    struct pack_findings findings = {.arena = check_arena()};
    struct pack_set set = {&pack, 1};
    struct buf lines = {.arena = check_arena()};
    struct map calendars;
    struct err err;

    calendar_file_check(&set, pack, &pack->files[0], &findings);
    for (const struct pack_finding *one = findings.first; one != NULL; one = one->next)
        buf_printf(&lines, "%d: %.*s\n", one->line, STR_ARG(one->text));
    /* Whatever check refuses for itself is not compiled, too. */
    if (findings.count > 0 && str_find(buf_str(&lines), STR("builds")) == lines.len)
        CHECK(!read_packs(pack, NULL, &calendars, &err));
    return buf_str(&lines);
}

static void what_is_wrong_is_told_with_its_line(void)
{
    CHECK_STR(check_text("calendars/ru.csv", "date,kind,title\n2026-01-01,holiday,A\n"), STR(""));
    CHECK_STR(check_text("calendars/ru.csv", "day,kind,title\n2026-01-01,holiday,A\n"),
              STR("1: a calendar has the columns date, kind and title at least\n"));
    CHECK_STR(check_text("calendars/ru.csv", ""), STR("0: the file is empty\n"));
    CHECK_STR(check_text("calendars/ru.csv", "date,kind,title\n01.01.2026,holiday,A\n"
                                             "2026-02-30,holiday,B\n1899-12-31,holiday,C\n"),
              STR("2: \"01.01.2026\" is no day of the years 1900 to 2200, as 2026-03-09\n"
                  "3: \"2026-02-30\" is no day of the years 1900 to 2200, as 2026-03-09\n"
                  "4: \"1899-12-31\" is no day of the years 1900 to 2200, as 2026-03-09\n"));
    CHECK_STR(check_text("calendars/ru.csv", "date,kind,title\n2026-01-02,holiday,A\n"
                                             "2026-01-02,holiday,A\n2026-01-01,holiday,A\n"),
              STR("3: 2026-01-02 is there twice or out of order: days stand in their order\n"
                  "4: 2026-01-01 is there twice or out of order: days stand in their order\n"));
    CHECK_STR(check_text("calendars/ru.csv", "date,kind,title\n2026-01-02,free,\n"),
              STR("2: \"free\" is no kind of day: working, short, off, moved, holiday or decree\n"
                  "2: the day has no title\n"));
    CHECK_STR(check_text("calendars/russia.csv", "date,kind,title\n"),
              STR("0: a calendar is called by its country, as ru.csv, or by a part of it, as "
                  "ru-bu.csv\n"));
    CHECK_STR(check_text("calendars/ru-bu.csv", "date,kind,title\n"),
              STR("0: there is no calendars/ru.csv, on which it builds\n"));
}

static void two_packs_cannot_have_one_calendar(void)
{
    const struct pack *one = make("p", "calendars/ru.csv", "date,kind,title\n");
    const struct pack *other = make("q", "calendars/ru.csv", "date,kind,title\n");
    struct map calendars;
    struct err err;

    CHECK(!read_packs(one, other, &calendars, &err));
    CHECK_INT(err.code, ERR_INPUT);
    CHECK_STR(str_from_z(err.text),
              STR("calendars/ru.csv:0: another pack has the calendar ru, too"));
}

static void shipped_years_have_as_many_working_days_as_they_should(void)
{
    static const struct {
        const char *calendar, *before, *last;
        int64_t days, minutes;
    } YEARS[] = {
        /* Russia, five days of eight hours: the hours the ministry counts for the year. */
        {"ru", "2024-12-31", "2025-12-31", 247, (247 * 8 - 4) * 60},
        {"ru", "2025-12-31", "2026-12-31", 247, (247 * 8 - 4) * 60},
        {"ru", "2026-12-31", "2027-12-31", 249, (249 * 8 - 5) * 60},
        {"kg", "2024-12-31", "2025-12-31", 247, 0},
        {"kg", "2025-12-31", "2026-12-31", 247, 0},
        {"kg", "2026-12-31", "2027-12-31", 247, 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(YEARS); i++) {
        struct calendar calendar = year_calendar(YEARS[i].calendar);
        int64_t from = year_day(YEARS[i].before), to = year_day(YEARS[i].last);

        CHECK_INT(calendar_count(&calendar, from, to), YEARS[i].days);
        if (YEARS[i].minutes > 0)
            CHECK_INT(calendar_minutes(&calendar, (from + 1) * CALENDAR_DAY_MINUTES,
                                       (to + 1) * CALENDAR_DAY_MINUTES),
                      YEARS[i].minutes);
    }
}

static const struct check_test TESTS[] = {
    CHECK_TEST(a_calendar_comes_with_the_languages_it_has),
    CHECK_TEST(a_part_of_a_country_is_nearer),
    CHECK_TEST(names_are_countries_and_parts_of_them),
    CHECK_TEST(what_is_wrong_is_told_with_its_line),
    CHECK_TEST(two_packs_cannot_have_one_calendar),
    CHECK_TEST(shipped_years_have_as_many_working_days_as_they_should),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
