#include "registry/source.h"

#include "registry/import_file.h"
#include "year.h"

#include <stdlib.h>

static struct str READS = STR_INIT(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<calendar year=\"2020\" country=\"kg\">"
    "<holidays><holiday id=\"1\" title=\"Новый год\"/>"
    "<holiday id=\"2\" title=\"Нерабочие дни (Указ Президента)\"/></holidays><days>"
    "<day d=\"01.01\" t=\"1\" h=\"1\"/><day d=\"01.06\" t=\"1\" f=\"01.04\"/>"
    "<day d=\"03.30\" t=\"1\" h=\"2\"/><day d=\"05.02\" t=\"1\"/><day d=\"05.04\" t=\"1\"/>"
    "<day d=\"06.11\" t=\"2\"/><day d=\"11.07\" t=\"3\"/><day d=\"02.30\" t=\"1\"/>"
    "<day d=\"12.31\" t=\"4\"/></days></calendar>");

static bool open_source(struct str text, struct source *source, struct err *err)
{
    struct import import = {0};

    return import_file_recognise(text, &import, err) && import.format == IMPORT_CALENDAR &&
           source_open_text(check_arena(), &import, text, source, err);
}

static struct str print_rows(struct source *source)
{
    struct buf out = {.arena = check_arena()};
    struct source_row row;
    struct err err;

    for (;;) {
        CHECK_OK(source->next(source, check_arena(), &row, &err), &err);
        if (row.cells == NULL && row.fault.len == 0)
            return buf_str(&out);
        buf_printf(&out, "%lld ", (long long)row.line);
        if (row.cells == NULL)
            buf_add(&out, STR("!"));
        for (size_t i = 0; row.cells != NULL && i < source->column_count; i++)
            buf_printf(&out, "%.*s|", STR_ARG(row.cells[i].text));
        buf_char(&out, '\n');
    }
}

static void each_day_is_a_row(void)
{
    CLEANUP(source_close) struct source source = {0};
    struct err err;

    CHECK_OK(open_source(READS, &source, &err), &err);
    CHECK_INT((int64_t)source.column_count, 4);
    CHECK_STR(source.columns[0], STR("calendar"));
    CHECK_STR(print_rows(&source), STR("1 kg|2020-01-01|holiday|Новый год|\n"
                                       "2 kg|2020-01-06|moved||\n"
                                       "3 kg|2020-03-30|decree|Нерабочие дни (Указ Президента)|\n"
                                       "4 kg|2020-05-02|off||\n"
                                       "5 kg|2020-05-04|moved||\n"
                                       "6 kg|2020-06-11|short||\n"
                                       "7 kg|2020-11-07|working||\n"
                                       "8 !\n"
                                       "9 !\n"));
}

static void what_is_no_calendar_is_refused(void)
{
    static const char *const WRONG[] = {
        "<other/>",
        "<calendar year=\"2020\">",
        "<calendar ><days/></calendar>",
        "<calendar year=\"next\"/>",
        "<calendar year=\"20200\"/>",
        "<!DOCTYPE calendar [<!ENTITY a \"b\">]><calendar year=\"2020\"/>",
    };

    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
        CLEANUP(source_close) struct source source = {0};
        struct err err = {0};

        CHECK(!open_source(str_from_z(WRONG[i]), &source, &err));
        CHECK_INT(err.code, ERR_INPUT);
    }
}

static void a_calendar_without_end_is_refused(void)
{
    struct buf text = {.arena = check_arena()};
    CLEANUP(source_close) struct source source = {0};
    struct err err;

    buf_add(&text, STR("<calendar year=\"2020\"><days>"));
    for (int i = 0; i < 400; i++)
        buf_add(&text, STR("<day d=\"01.01\" t=\"1\"/>"));
    buf_add(&text, STR("</days></calendar>"));
    CHECK(!open_source(buf_str(&text), &source, &err));
    CHECK_INT(err.code, ERR_LIMIT);
    text.len = 0;
    buf_add(&text, STR("<calendar year=\"2020\">"));
    for (int i = 0; i < 300 * 1024; i++)
        buf_char(&text, ' ');
    buf_add(&text, STR("</calendar>"));
    CHECK(!open_source(buf_str(&text), &source, &err));
    CHECK_INT(err.code, ERR_LIMIT);
}

/* A year as the file has it. */
static struct calendar load(int year)
{
    CLEANUP(source_close) struct source source = {0};
    struct calendar calendar = {0};
    struct calendar_day *days = ARENA_ARRAY(check_arena(), struct calendar_day, 366);
    size_t count = 0;
    struct source_row row;
    struct str text;
    struct err err;
    struct str path = str_printf(check_arena(), "%s/data/calendar/xmlcalendar/ru/%d/calendar.xml",
                                 getenv("UPRAVA_REAL_DATA"), year);

    CHECK_OK(file_read(check_arena(), path, 1 << 20, &text, &err), &err);
    CHECK_OK(open_source(text, &source, &err), &err);
    for (;;) {
        CHECK_OK(source.next(&source, check_arena(), &row, &err), &err);
        CHECK(row.fault.len == 0);
        if (row.cells == NULL)
            break;
        days[count].on = year_day(str_to_z(check_arena(), row.cells[1].text));
        CHECK(calendar_kind_parse(row.cells[2].text, &days[count].kind));
        days[count++].title = row.cells[3].text;
    }
    calendar_lay(&calendar, days, count);
    return calendar;
}

static bool has_real_data(void)
{
    const char *real = getenv("UPRAVA_REAL_DATA");

    return real != NULL && real[0] != '\0' &&
           file_exists(str_printf(check_arena(), "%s/data/calendar/xmlcalendar/ru", real));
}

static int64_t day_of(int year, int month, int day)
{
    return time_day_from_date((struct time_date){year, month, day});
}

/* Working days of each year as the ministry of labour counts them. */
static void published_years_have_their_working_days(void)
{
    static const int DAYS[] = {247, 247, 247, 247, 247, 247, 247,
                               248, 247, 247, 247, 248, 247, 247};
    static const int WITH_DECREES[] = {[2020 - 2013] = 219, [2021 - 2013] = 240};

    if (!has_real_data())
        CHECK_SKIP("UPRAVA_REAL_DATA has no calendars");
    for (int year = 2013; year <= 2026; year++) {
        struct calendar calendar = load(year);
        int64_t before = day_of(year, 1, 1) - 1, last = day_of(year, 12, 31);
        bool has_decrees = year == 2020 || year == 2021;

        CHECK_INT(calendar_count(&calendar, before, last),
                  has_decrees ? WITH_DECREES[year - 2013] : DAYS[year - 2013]);
        calendar.decrees_work = true; /* they did not change the norm of the year */
        CHECK_INT(calendar_count(&calendar, before, last), DAYS[year - 2013]);
    }
}

/* Every day on which the shipped calendar of Russia says another thing is told. */
static void shipped_years_are_the_published_ones(void)
{
    struct buf out = {.arena = check_arena()};
    struct calendar shipped = year_calendar("ru");

    if (!has_real_data())
        CHECK_SKIP("UPRAVA_REAL_DATA has no calendars");
    for (int year = 2025; year <= 2026; year++) {
        struct calendar published = load(year);

        for (int64_t day = day_of(year, 1, 1); day <= day_of(year, 12, 31); day++) {
            enum calendar_kind a = calendar_kind_on(&shipped, day);
            enum calendar_kind b = calendar_kind_on(&published, day);

            if (a == b)
                continue;
            time_print_day(&out, day);
            buf_printf(&out, " %.*s, published %.*s\n", STR_ARG(calendar_kind_word(a)),
                       STR_ARG(calendar_kind_word(b)));
        }
    }
    CHECK_STR(buf_str(&out), STR(""));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(each_day_is_a_row),
    CHECK_TEST(what_is_no_calendar_is_refused),
    CHECK_TEST(a_calendar_without_end_is_refused),
    CHECK_TEST(published_years_have_their_working_days),
    CHECK_TEST(shipped_years_are_the_published_ones),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
