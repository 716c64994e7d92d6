#include "link/report_job.h"

#include "check.h"
#include "core/time.h"
#include "link/edition.h"

static int64_t moment(const char *text)
{
    int64_t at = 0;

    CHECK(time_parse_moment(str_from_z(text), &at));
    return at;
}

static void reports_go_at_night_by_the_clock_of_the_place(void)
{
    struct str daily = STR("daily"), weekly = STR("weekly");

    /* A Sunday; the municipality's minute is 2:05 at UTC+7. */
    CHECK_INT(report_job_due(daily, 5, 420, moment("2026-03-01T12:00:00+07:00")),
              moment("2026-03-02T02:05:00+07:00"));
    CHECK_INT(report_job_due(daily, 5, 420, moment("2026-03-01T01:00:00+07:00")),
              moment("2026-03-01T02:05:00+07:00"));
    CHECK_INT(report_job_due(daily, 5, 420, moment("2026-03-01T02:05:00+07:00")),
              moment("2026-03-02T02:05:00+07:00"));
    CHECK_INT(report_job_due(weekly, 5, 420, moment("2026-03-01T12:00:00+07:00")),
              moment("2026-03-02T02:05:00+07:00"));
    CHECK_INT(report_job_due(weekly, 5, 420, moment("2026-03-02T12:00:00+07:00")),
              moment("2026-03-09T02:05:00+07:00"));
    CHECK_INT(report_job_due(weekly, 239, 180, moment("2026-03-04T00:00:00+03:00")),
              moment("2026-03-09T05:59:00+03:00"));
}

static void key_is_typed_as_it_is_heard(void)
{
    struct arena *arena = check_arena();
    struct str key = STR("3f2a-91c0-77de-0b14-a5c2-6e0d-f1b8-4c93");

    CHECK_STR(edition_read_fingerprint(arena, key), key);
    CHECK_STR(edition_read_fingerprint(arena, STR(" 3F2A 91C0 77DE 0B14 A5C2 6E0D F1B8 4C93\n")),
              key);
    CHECK_STR(edition_read_fingerprint(arena, STR("3ф2а91с077де0в14а5ц26Е0Дф1б84С93")), key);
    CHECK_STR(edition_read_fingerprint(arena, STR("3f2a-91c0")), STR(""));
    CHECK_STR(edition_read_fingerprint(arena, STR("3f2a-91c0-77de-0b14-a5c2-6e0d-f1b8-4c933")),
              STR(""));
    CHECK_STR(edition_read_fingerprint(arena, (struct str){"\xd1\xff", 2}), STR(""));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(reports_go_at_night_by_the_clock_of_the_place),
    CHECK_TEST(key_is_typed_as_it_is_heard),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
