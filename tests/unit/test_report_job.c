#include "link/report_job.h"

#include "farm.h"
#include "link/edition.h"
#include "link/fetch.h"

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

struct pacing {
    const struct catalog *catalog;
    struct str pace;
    int64_t now, due_at;
};

static bool run_set(struct tx *tx, void *data, struct err *err)
{
    struct pacing *pacing = data;

    return report_job_set(tx, pacing->catalog, pacing->pace, 0, pacing->now, err) &&
           report_job_next(tx, check_arena(), &pacing->due_at, err);
}

static void set(struct farm *farm, struct pacing *pacing)
{
    CHECK_OK(catalog_get(farm->child, farm->h.library, &pacing->catalog, &farm->err), &farm->err);
    CHECK_OK(tenant_write_wait(farm->child, run_set, pacing, &farm->err), &farm->err);
    CHECK_OK(catalog_reload(farm->child, farm->h.library, &farm->err), &farm->err);
}

static struct report_page sent(struct farm *farm)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct report_page page;

    CHECK_OK(tx_read(&tx, farm->child, &farm->err), &farm->err);
    CHECK_OK(report_list(&tx, check_arena(), true, 10, &page, &farm->err), &farm->err);
    return page;
}

/* Until nothing is due by the machine's clock, which is far behind that night. */
static void work(struct farm *farm, const struct secret_key *key)
{
    static const char OVER[] = "SELECT count(*) FROM job WHERE tenant = $1 AND status = 'done'";
    struct fetch_context context = {.library = farm->h.library, .key = key};
    struct worker_kind kind = report_job_kind;

    kind.context = &context;
    struct worker_pool *pool = worker_start(check_arena(), farm->h.town.store, &kind, 1, 1);
    for (int i = 0; i < 20000 && farm_count(farm, OVER) == 0; i++)
        usleep(1000);
    worker_stop(pool);
}

static void report_goes_by_itself_and_the_next_one_waits(void)
{
    static const char WAITING[] =
        "SELECT count(*) FROM job WHERE tenant = $1 AND status = 'waiting'";
    struct pacing pacing = {.pace = STR("hourly"), .now = HAMLET_NOW};
    struct secret_key key;
    struct farm farm;

    farm_open(&farm);
    CHECK_OK(secret_init(&farm.err), &farm.err);
    CHECK_OK(
        secret_load_key(file_join(check_arena(), check_folder(), STR("node.key")), &key, &farm.err),
        &farm.err);
    CHECK_OK(catalog_get(farm.child, farm.h.library, &pacing.catalog, &farm.err), &farm.err);
    CHECK(!tenant_write_wait(farm.child, run_set, &pacing, &farm.err));
    CHECK_INT(farm.err.code, ERR_INPUT);
    pacing.pace = STR("daily");
    set(&farm, &pacing);
    CHECK(pacing.due_at > HAMLET_NOW && pacing.due_at <= HAMLET_NOW + TIME_DAY_MS);
    set(&farm, &pacing); /* again: one waits, not two */
    CHECK_INT(farm_count(&farm, WAITING), 1);
    CHECK(sent(&farm).count == 0);
    work(&farm, &key);

    struct report_page page = sent(&farm);
    CHECK(page.count == 1);
    CHECK(page.items[0].number > 0);
    CHECK_INT(farm_count(&farm, WAITING), 1);
    pacing.pace = STR("");
    set(&farm, &pacing);
    CHECK_INT(pacing.due_at, 0);
    CHECK_INT(farm_count(&farm, WAITING), 0);
    farm_close(&farm);
}

/* Ids are of the moment they are made at: one of tomorrow would take all others along. */
static void id_of_a_report_is_of_today(void)
{
    struct pacing pacing = {.pace = STR("weekly"), .now = moment("2099-06-05T12:00:00+00:00")};
    struct farm farm;
    int64_t before;

    farm_open(&farm);
    before = id_next(pacing.now);
    set(&farm, &pacing);
    CHECK(pacing.due_at > pacing.now);
    CHECK(id_next(pacing.now) < before + 1000);
    farm_close(&farm);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(reports_go_at_night_by_the_clock_of_the_place),
    CHECK_TEST(key_is_typed_as_it_is_heard),
    CHECK_TEST(report_goes_by_itself_and_the_next_one_waits),
    CHECK_TEST(id_of_a_report_is_of_today),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
