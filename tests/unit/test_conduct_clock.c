/* Terms and timers of flows in the working days of their municipality. */
#include "workflow/conduct.h"

#include "hamlet.h"
#include "workflow/conduct_job.h"
#include "workflow/flow_task.h"

/* clang-format off */
static const char WORK[] =
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"
    "<process id=\"work\" isExecutable=\"true\">"
    "<startEvent id=\"start\"/>"
    "<sequenceFlow id=\"a\" sourceRef=\"start\" targetRef=\"tell\"/>"
    "<userTask id=\"tell\" uprava:role=\"clerk\" uprava:term=\"P2D\" uprava:days=\"working\"/>"
    "<boundaryEvent id=\"late\" attachedToRef=\"tell\">"
    "<timerEventDefinition uprava:days=\"working\">"
    "<timeDuration>duration(\"P\" + string(days) + text)</timeDuration>"
    "</timerEventDefinition></boundaryEvent>"
    "<sequenceFlow id=\"b\" sourceRef=\"tell\" targetRef=\"end\"/>"
    "<sequenceFlow id=\"c\" sourceRef=\"late\" targetRef=\"over\"/>"
    "<endEvent id=\"end\"/><endEvent id=\"over\"/></process></definitions>";
/* clang-format on */

struct desk {
    struct hamlet hamlet;
    struct arena *arena;
    struct process_library *processes;
    struct err err;
};

static void add(struct desk *desk, const char *path, const char *text)
{
    hamlet_write(&desk->hamlet, str_printf(check_arena(), "packs/hamlet-1.1.0/%s", path),
                 str_from_z(text));
}

/* It is Monday, 2026-03-02 12:00 in Moscow; Tuesday is a holiday, Saturday is worked. */
static void open_desk(struct desk *desk)
{
    *desk = (struct desk){.arena = arena_open(0)};
    hamlet_open(&desk->hamlet);
    hamlet_write_pack(&desk->hamlet, "1.1.0", NULL);
    add(desk, "processes/work.bpmn", WORK);
    add(desk, "calendars/ru.csv", "date,kind,title\n2026-03-03,holiday,T\n2026-03-07,working,S\n");
    hamlet_install(&desk->hamlet);
    desk->processes = process_library_new(desk->arena, desk->hamlet.library);
}

static void close_desk(struct desk *desk)
{
    process_library_close(&desk->processes);
    hamlet_close(&desk->hamlet);
    arena_close(&desk->arena);
}

static int64_t begin(struct desk *desk, const char *values)
{
    struct conduct conduct = {.processes = desk->processes,
                              .catalog = desk->hamlet.catalog,
                              .arena = check_arena(),
                              .now = HAMLET_NOW,
                              .actor = HAMLET_ACTOR,
                              .begins = true,
                              .step = {.node = -1, .data = hamlet_json(str_from_z(values))}};

    CHECK_OK(process_find(desk->processes, desk->hamlet.catalog->model, STR("hamlet.work"),
                          &conduct.process, &desk->err),
             &desk->err);
    CHECK_OK(conduct_step(desk->hamlet.town.tenant, &conduct, &desk->err), &desk->err);
    return conduct.flow;
}

static struct str moment_of(struct desk *desk, const char *sql)
{
    struct buf out = {.arena = check_arena()};

    time_print_moment(&out, town_count(&desk->hamlet.town, sql));
    return buf_str(&out);
}

#define TERM  "SELECT max(term) FROM flow_wait WHERE tenant = $1 AND kind = 'task'"
#define TIMER "SELECT max(due_at) FROM flow_wait WHERE tenant = $1 AND kind = 'timer'"

static void waits_end_with_the_last_working_day(void)
{
    struct desk desk;

    open_desk(&desk);
    begin(&desk, "{\"days\": 4, \"text\": \"D\"}");
    CHECK_STR(moment_of(&desk, TERM), STR("2026-03-05T20:59:59.999Z"));
    CHECK_STR(moment_of(&desk, TIMER), STR("2026-03-07T20:59:59.999Z")); /* the worked Saturday */
    close_desk(&desk);
}

static void the_timer_goes_off_when_the_last_day_is_over(void)
{
    struct desk desk;
    struct conduct_place place;
    int64_t next_at, due;

    open_desk(&desk);
    begin(&desk, "{\"days\": 4, \"text\": \"D\"}");
    due = town_count(&desk.hamlet.town, TIMER);
    place = (struct conduct_place){desk.hamlet.town.tenant, desk.processes, due - 1};
    CHECK_OK(conduct_job_go(&place, &next_at, &desk.err), &desk.err);
    CHECK_INT(next_at, due);
    CHECK_INT(town_count(&desk.hamlet.town, "SELECT count(*) FROM flow_wait WHERE tenant = $1"), 2);
    place.now = due;
    CHECK_OK(conduct_job_go(&place, &next_at, &desk.err), &desk.err);
    CHECK_INT(town_count(&desk.hamlet.town, "SELECT count(*) FROM flow_wait WHERE tenant = $1"), 0);
    close_desk(&desk);
}

/* An expression may give what cannot be counted so: somebody has to look, nothing goes off. */
static void what_is_no_number_of_days_makes_it_stuck(void)
{
    struct desk desk;

    open_desk(&desk);
    begin(&desk, "{\"days\": 4, \"text\": \"DT5H\"}");
    CHECK_INT(town_count(&desk.hamlet.town,
                         "SELECT count(*) FROM flow WHERE tenant = $1 AND state = 'stuck'"),
              1);
    close_desk(&desk);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(waits_end_with_the_last_working_day),
    CHECK_TEST(the_timer_goes_off_when_the_last_day_is_over),
    CHECK_TEST(what_is_no_number_of_days_makes_it_stuck),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
