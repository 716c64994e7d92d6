/* Flows that begin by the clock. */
#include "workflow/conduct_start.h"

#include "hamlet.h"

#define BPMN                                                                                       \
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""                           \
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"
#define TIMED(kind, text)                                                                          \
    "<startEvent id=\"start\" name=\"a &gt; b\"><timerEventDefinition><" kind ">" text "</" kind   \
    "></timerEventDefinition></startEvent>"
#define PROCESS(id, start)                                                                         \
    BPMN "<process id=\"" id "\" isExecutable=\"true\">" start                                     \
         "<sequenceFlow id=\"a\" sourceRef=\"start\" targetRef=\"tell\"/>"                         \
         "<userTask id=\"tell\" uprava:role=\"clerk\"/>"                                           \
         "<sequenceFlow id=\"b\" sourceRef=\"tell\" targetRef=\"end\"/>"                           \
         "<endEvent id=\"end\"/></process></definitions>"
/* One that cannot even begin. */
#define ENDLESS                                                                                    \
    BPMN "<process id=\"endless\" isExecutable=\"true\">" TIMED(                                   \
        "timeCycle", "R/PT24H") "<sequenceFlow id=\"a\" sourceRef=\"start\" targetRef=\"round\"/>" \
                                "<scriptTask id=\"round\"><script>1</script></scriptTask>"         \
                                "<sequenceFlow id=\"b\" sourceRef=\"round\" targetRef=\"round\"/>" \
                                "</process></definitions>"

#define HOUR       ((int64_t)60 * TIME_MINUTE_MS)
#define BEGUN(id)  "SELECT COUNT(*) FROM flow WHERE tenant = $1 AND process = '" id "'"
#define NEXT_AT    "SELECT due_at FROM flow_wait WHERE tenant = $1 AND kind = 'start'"
#define ROWS       "SELECT COUNT(*) FROM flow_wait WHERE tenant = $1 AND kind = 'start'"
#define FLOWS_JOBS "SELECT COUNT(*) FROM job WHERE tenant = $1 AND kind = 'workflow.flows'"

struct desk {
    struct hamlet hamlet;
    struct arena *arena;
    struct process_library *processes;
    int64_t now;
    struct err err;
};

static void write_process(struct desk *desk, const char *version, const char *text)
{
    hamlet_write_pack(&desk->hamlet, version, NULL);
    hamlet_write(&desk->hamlet,
                 str_printf(check_arena(), "packs/hamlet-%s/processes/one.bpmn", version),
                 str_from_z(text));
}

/* Installed at HAMLET_NOW: 2026-03-02 09:00 in Greenwich, noon by the municipality's clock. */
static void open_desk(struct desk *desk, const char *text)
{
    *desk = (struct desk){.now = HAMLET_NOW, .arena = arena_open(0)};
    hamlet_open(&desk->hamlet);
    write_process(desk, "1.1.0", text);
    hamlet_install(&desk->hamlet);
    desk->processes = process_library_new(desk->arena, desk->hamlet.library);
}

static void close_desk(struct desk *desk)
{
    process_library_close(&desk->processes);
    hamlet_close(&desk->hamlet);
    arena_close(&desk->arena);
}

static void upgrade(struct desk *desk, const char *version, const char *text)
{
    static const struct str PACK[] = {STR_INIT("hamlet")};

    write_process(desk, version, text);
    CHECK_OK(catalog_install(desk->hamlet.town.tenant, desk->hamlet.library,
                             (struct pack_ids){PACK, 1}, 0, desk->now, &desk->err),
             &desk->err);
}

/* It is that much later, and the job has its turn; returns when it wants the next one. */
static int64_t later(struct desk *desk, int64_t ms)
{
    struct conduct_place place = {desk->hamlet.town.tenant, desk->processes, 0};
    int64_t next_at;

    place.now = desk->now += ms;
    CHECK_OK(conduct_job_go(&place, &next_at, &desk->err), &desk->err);
    return next_at;
}

static int64_t count(struct desk *desk, const char *sql)
{
    return town_count(&desk->hamlet.town, sql);
}

static bool run_sql(struct tx *tx, void *data, struct err *err)
{
    return store_exec(tx, data, (struct store_args){0}, err);
}

static void alter(struct desk *desk, const char *sqlite, const char *postgres)
{
    char sql[200];

    snprintf(sql, sizeof sql, "%s", stand_is_postgres() ? postgres : sqlite);
    CHECK_OK(tenant_write_wait(desk->hamlet.town.tenant, run_sql, sql, &desk->err), &desk->err);
}

static void cycle_begins_a_flow_each_time(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("daily", TIMED("timeCycle", "R/PT24H")));
    CHECK_INT(later(&desk, 0), HAMLET_NOW + 24 * HOUR);
    CHECK_INT(later(&desk, 24 * HOUR - 1), HAMLET_NOW + 24 * HOUR);
    CHECK_INT(count(&desk, BEGUN("daily")), 0);
    CHECK_INT(later(&desk, 1), HAMLET_NOW + 48 * HOUR);
    CHECK_INT(count(&desk, BEGUN("daily")), 1);
    CHECK_INT(later(&desk, 0), HAMLET_NOW + 48 * HOUR);
    CHECK_INT(count(&desk, BEGUN("daily")), 1);
    later(&desk, 24 * HOUR);
    CHECK_INT(count(&desk, BEGUN("daily")), 2);
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM flow_wait WHERE tenant = $1 AND kind = 'task'"),
              2);
    close_desk(&desk);
}

static void what_was_missed_begins_once(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("daily", TIMED("timeCycle", "R/PT24H")));
    later(&desk, 0);
    CHECK_INT(later(&desk, 100 * 24 * HOUR + HOUR), HAMLET_NOW + 101 * 24 * HOUR);
    CHECK_INT(count(&desk, BEGUN("daily")), 1);
    close_desk(&desk);
}

/* The job that an installation put did not come to its turn for ten days. */
static void what_was_missed_before_the_first_look_begins_once(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("daily", TIMED("timeCycle", "R/PT24H")));
    CHECK_INT(later(&desk, 10 * 24 * HOUR + HOUR), HAMLET_NOW + 11 * 24 * HOUR);
    CHECK_INT(count(&desk, BEGUN("daily")), 1);
    close_desk(&desk);
}

static void cycle_with_a_number_ends(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("five", TIMED("timeCycle", "R5/2026-03-01T09:00:00/P1D")));
    /* The 1st and the 2nd, 09:00 by the clock there, were before the installation. */
    CHECK_INT(later(&desk, 0), HAMLET_NOW + 21 * HOUR);
    for (int i = 0; i < 5; i++)
        later(&desk, 24 * HOUR);
    CHECK_INT(count(&desk, BEGUN("five")), 3);
    CHECK_INT(later(&desk, 1000 * 24 * HOUR), INT64_MAX);
    CHECK_INT(count(&desk, BEGUN("five")), 3);
    CHECK_INT(count(&desk, ROWS), 1);
    close_desk(&desk);
}

static void date_begins_one_flow(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("once", TIMED("timeDate", "2026-03-03")));
    CHECK_INT(later(&desk, 0), HAMLET_NOW + 12 * HOUR);
    CHECK_INT(later(&desk, 12 * HOUR), INT64_MAX);
    CHECK_INT(count(&desk, BEGUN("once")), 1);
    later(&desk, 24 * HOUR);
    CHECK_INT(count(&desk, BEGUN("once")), 1);
    close_desk(&desk);
}

static void date_before_the_installation_begins_nothing(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("once", TIMED("timeDate", "2026-03-01")));
    CHECK_INT(later(&desk, 0), INT64_MAX);
    CHECK_INT(count(&desk, BEGUN("once")), 0);
    close_desk(&desk);
}

static void duration_counts_from_the_installation(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("soon", TIMED("timeDuration", "PT90M")));
    CHECK_INT(later(&desk, HOUR), HAMLET_NOW + 90 * TIME_MINUTE_MS);
    CHECK_INT(later(&desk, HOUR), INT64_MAX);
    CHECK_INT(count(&desk, BEGUN("soon")), 1);
    close_desk(&desk);
}

static void timer_in_feel_is_computed_on_the_day_of_installation(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("soon", TIMED("timeDate", "today() + duration(\"P2D\")")));
    CHECK_INT(later(&desk, HOUR), HAMLET_NOW + 36 * HOUR);
    CHECK_INT(later(&desk, 35 * HOUR), INT64_MAX);
    CHECK_INT(count(&desk, BEGUN("soon")), 1);
    close_desk(&desk);
}

static void timer_that_cannot_be_computed_begins_nothing(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("never", TIMED("timeDuration", "\"P\" + unknown")));
    CHECK_INT(later(&desk, 0), INT64_MAX);
    CHECK_INT(later(&desk, HOUR), INT64_MAX);
    CHECK_INT(count(&desk, BEGUN("never")), 0);
    close_desk(&desk);
}

/* It would be a flow a second. */
static void cycle_of_less_than_a_minute_begins_nothing(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("fast", TIMED("timeCycle", "R/PT59.999S")));
    CHECK_INT(later(&desk, HOUR), INT64_MAX);
    CHECK_INT(count(&desk, BEGUN("fast")), 0);
    close_desk(&desk);
}

static void same_timer_goes_on_when_its_pack_is_upgraded(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("daily", TIMED("timeCycle", "R2/PT24H")));
    later(&desk, 0);
    later(&desk, 24 * HOUR);
    desk.now += HOUR;
    upgrade(&desk, "1.2.0", PROCESS("daily", TIMED("timeCycle", "R2/PT24H")));
    CHECK_INT(later(&desk, 0), HAMLET_NOW + 48 * HOUR);
    CHECK_INT(later(&desk, 24 * HOUR), INT64_MAX);
    CHECK_INT(count(&desk, BEGUN("daily")), 2);
    CHECK_INT(count(&desk, BEGUN("daily") " AND version = '1.2.0'"), 1);
    close_desk(&desk);
}

static void other_timer_counts_from_the_upgrade(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("daily", TIMED("timeCycle", "R/PT24H")));
    later(&desk, HOUR);
    upgrade(&desk, "1.2.0", PROCESS("daily", TIMED("timeCycle", "R/PT12H")));
    CHECK_INT(later(&desk, HOUR), HAMLET_NOW + 13 * HOUR);
    CHECK_INT(later(&desk, 11 * HOUR), HAMLET_NOW + 25 * HOUR);
    CHECK_INT(count(&desk, BEGUN("daily") " AND version = '1.2.0'"), 1);
    CHECK_INT(count(&desk, ROWS), 1);
    close_desk(&desk);
}

/* Nothing puts the job then: when it is due for the timer it finds that there is none. */
static void timer_that_is_not_drawn_any_more_begins_nothing(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("daily", TIMED("timeCycle", "R/PT24H")));
    later(&desk, 0);
    upgrade(&desk, "1.2.0", PROCESS("daily", "<startEvent id=\"start\"/>"));
    CHECK_INT(later(&desk, 24 * HOUR), INT64_MAX);
    CHECK_INT(count(&desk, BEGUN("daily")), 0);
    CHECK_INT(count(&desk, ROWS), 0);
    close_desk(&desk);
}

static bool run_forget_jobs(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return store_exec(tx, "DELETE FROM job WHERE tenant = $1", ARGS(INT(tx->tenant)), err);
}

static bool run_set_clock(struct tx *tx, void *data, struct err *err)
{
    const struct desk *desk = data;

    return catalog_set(tx, STR("utc_offset"), STR("420"), 0, desk->now, err);
}

static void moments_are_of_the_municipalitys_clock(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("morning", TIMED("timeCycle", "R/2026-03-02T09:00:00/P1D")));
    CHECK_INT(later(&desk, 0), HAMLET_NOW + 21 * HOUR); /* 06:00 in Greenwich */
    CHECK_OK(tenant_write_wait(desk.hamlet.town.tenant, run_forget_jobs, NULL, &desk.err),
             &desk.err);
    CHECK_OK(tenant_write_wait(desk.hamlet.town.tenant, run_set_clock, &desk, &desk.err),
             &desk.err);
    CHECK_INT(count(&desk, FLOWS_JOBS), 1);
    CHECK_OK(catalog_reload(desk.hamlet.town.tenant, desk.hamlet.library, &desk.err), &desk.err);
    CHECK_INT(later(&desk, 0), HAMLET_NOW + 17 * HOUR);
    CHECK_INT(later(&desk, 17 * HOUR), HAMLET_NOW + 41 * HOUR);
    CHECK_INT(count(&desk, BEGUN("morning")), 1);
    close_desk(&desk);
}

static void installing_puts_the_job_only_for_what_begins_by_the_clock(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("plain", "<startEvent id=\"start\"/>"
                                      "<boundaryEvent id=\"late\" attachedToRef=\"tell\">"
                                      "<timerEventDefinition><timeDuration>P1D</timeDuration>"
                                      "</timerEventDefinition></boundaryEvent>"
                                      "<sequenceFlow id=\"c\" sourceRef=\"late\""
                                      " targetRef=\"end\"/>"));
    CHECK_INT(count(&desk, FLOWS_JOBS), 0);
    desk.now += HOUR;
    upgrade(&desk, "1.2.0", PROCESS("plain", TIMED("timeDuration", "P1D")));
    CHECK_INT(count(&desk, FLOWS_JOBS), 1);
    CHECK_INT(count(&desk, "SELECT due_at FROM job WHERE tenant = $1 AND kind = 'workflow.flows'"),
              desk.now);
    close_desk(&desk);
}

static bool run_take(struct tx *tx, void *data, struct err *err)
{
    return conduct_start_take(tx, data, err);
}

/* Two servers saw that it was due. */
static void moment_begins_one_flow_whoever_saw_it(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("daily", TIMED("timeCycle", "R/PT24H")));
    later(&desk, 0);
    struct conduct_start_turn seen = {
        .no = count(&desk, "SELECT no FROM flow_wait WHERE tenant = $1 AND kind = 'start'"),
        .due_at = count(&desk, NEXT_AT),
        .next_at = INT64_MAX,
        .body = STR("{}")};
    later(&desk, 24 * HOUR);
    CHECK(!tenant_write_wait(desk.hamlet.town.tenant, run_take, &seen, &desk.err));
    CHECK_INT(desk.err.code, ERR_CONFLICT);
    struct conduct_place place = {desk.hamlet.town.tenant, desk.processes, desk.now};
    CHECK_OK(conduct_start_begin(&place, seen.no, &desk.err), &desk.err);
    CHECK_INT(count(&desk, BEGUN("daily")), 1);
    CHECK_INT(count(&desk, NEXT_AT), HAMLET_NOW + 48 * HOUR);
    close_desk(&desk);
}

/* As after a crash: what was not written is begun by the next look. */
static void moment_whose_write_failed_begins_its_flow_later(void)
{
    struct desk desk;

    open_desk(&desk, PROCESS("daily", TIMED("timeCycle", "R/PT24H")));
    later(&desk, 0);
    alter(&desk,
          "CREATE TRIGGER stop BEFORE UPDATE ON flow_wait WHEN new.body <> old.body BEGIN"
          " SELECT RAISE(ABORT, 'no'); END",
          "ALTER TABLE flow_wait ADD CONSTRAINT stop CHECK (body NOT LIKE '%\"next\":1%')");
    struct conduct_place place = {desk.hamlet.town.tenant, desk.processes, HAMLET_NOW + 24 * HOUR};
    int64_t no = count(&desk, "SELECT no FROM flow_wait WHERE tenant = $1 AND kind = 'start'");
    CHECK(!conduct_start_begin(&place, no, &desk.err));
    CHECK_INT(count(&desk, BEGUN("daily")), 0);
    alter(&desk, "DROP TRIGGER stop", "ALTER TABLE flow_wait DROP CONSTRAINT stop");
    later(&desk, 24 * HOUR);
    CHECK_INT(count(&desk, BEGUN("daily")), 1);
    close_desk(&desk);
}

static void what_cannot_begin_is_tried_again_in_an_hour(void)
{
    struct desk desk;

    open_desk(&desk, ENDLESS);
    later(&desk, 0);
    CHECK_INT(later(&desk, 24 * HOUR), HAMLET_NOW + 25 * HOUR);
    CHECK_INT(count(&desk, BEGUN("endless")), 0);
    upgrade(&desk, "1.2.0", PROCESS("endless", TIMED("timeCycle", "R/PT24H")));
    CHECK_INT(later(&desk, HOUR), HAMLET_NOW + 48 * HOUR);
    CHECK_INT(count(&desk, BEGUN("endless")), 1);
    close_desk(&desk);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(cycle_begins_a_flow_each_time),
    CHECK_TEST(what_was_missed_begins_once),
    CHECK_TEST(what_was_missed_before_the_first_look_begins_once),
    CHECK_TEST(cycle_with_a_number_ends),
    CHECK_TEST(date_begins_one_flow),
    CHECK_TEST(date_before_the_installation_begins_nothing),
    CHECK_TEST(duration_counts_from_the_installation),
    CHECK_TEST(timer_in_feel_is_computed_on_the_day_of_installation),
    CHECK_TEST(timer_that_cannot_be_computed_begins_nothing),
    CHECK_TEST(cycle_of_less_than_a_minute_begins_nothing),
    CHECK_TEST(same_timer_goes_on_when_its_pack_is_upgraded),
    CHECK_TEST(other_timer_counts_from_the_upgrade),
    CHECK_TEST(timer_that_is_not_drawn_any_more_begins_nothing),
    CHECK_TEST(moments_are_of_the_municipalitys_clock),
    CHECK_TEST(installing_puts_the_job_only_for_what_begins_by_the_clock),
    CHECK_TEST(moment_begins_one_flow_whoever_saw_it),
    CHECK_TEST(moment_whose_write_failed_begins_its_flow_later),
    CHECK_TEST(what_cannot_begin_is_tried_again_in_an_hour),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
