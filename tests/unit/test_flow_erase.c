/* Of an erased record nothing stays in flows about it but that they ran. */
#include "workflow/flow_erase.h"

#include "hamlet.h"
#include "workflow/conduct.h"
#include "workflow/flow_post.h"
#include "workflow/flow_task.h"

/* clang-format off */
/* A sub-process that is done keeps its values for a compensation, until the flow has ended. */
static const char TALK[] =
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"
    "<process id=\"talk\" isExecutable=\"true\">"
    "<startEvent id=\"start\"/>"
    "<sequenceFlow id=\"a\" sourceRef=\"start\" targetRef=\"inner\"/>"
    "<subProcess id=\"inner\">"
    "<startEvent id=\"inner_start\"/>"
    "<sequenceFlow id=\"b\" sourceRef=\"inner_start\" targetRef=\"note\"/>"
    "<userTask id=\"note\" uprava:role=\"clerk\"/>"
    "<sequenceFlow id=\"c\" sourceRef=\"note\" targetRef=\"inner_end\"/>"
    "<endEvent id=\"inner_end\"/>"
    "<subProcess id=\"undo\" triggeredByEvent=\"true\">"
    "<startEvent id=\"undo_start\"><compensateEventDefinition/></startEvent>"
    "<sequenceFlow id=\"u\" sourceRef=\"undo_start\" targetRef=\"undo_end\"/>"
    "<endEvent id=\"undo_end\"/>"
    "</subProcess>"
    "</subProcess>"
    "<sequenceFlow id=\"d\" sourceRef=\"inner\" targetRef=\"look\"/>"
    "<userTask id=\"look\" uprava:role=\"clerk\"/>"
    "<sequenceFlow id=\"e\" sourceRef=\"look\" targetRef=\"end\"/>"
    "<endEvent id=\"end\"/>"
    "</process></definitions>";
/* clang-format on */

struct desk {
    struct hamlet hamlet;
    struct arena *arena;
    struct process_library *processes;
    int64_t no, record, other; /* two houses */
    struct err err;
};

static void open_desk(struct desk *desk)
{
    *desk = (struct desk){.arena = arena_open(0)};
    hamlet_open(&desk->hamlet);
    hamlet_write_pack(&desk->hamlet, "1.1.0", NULL);
    hamlet_write(&desk->hamlet, STR("packs/hamlet-1.1.0/processes/talk.bpmn"), str_from_z(TALK));
    hamlet_install(&desk->hamlet);
    desk->processes = process_library_new(desk->arena, desk->hamlet.library);
    desk->no = hamlet_no(&desk->hamlet, "house");
    desk->record = hamlet_make(&desk->hamlet, "house", STR("{\"code\":\"1\"}"));
    desk->other = hamlet_make(&desk->hamlet, "house", STR("{\"code\":\"2\"}"));
}

static void close_desk(struct desk *desk)
{
    process_library_close(&desk->processes);
    hamlet_close(&desk->hamlet);
    arena_close(&desk->arena);
}

static struct conduct conduct_of(struct desk *desk, int64_t flow)
{
    return (struct conduct){.processes = desk->processes,
                            .catalog = desk->hamlet.catalog,
                            .arena = check_arena(),
                            .now = HAMLET_NOW,
                            .actor = HAMLET_ACTOR,
                            .flow = flow,
                            .step = {.node = -1}};
}

static int64_t begin(struct desk *desk, int64_t record)
{
    struct conduct conduct = conduct_of(desk, 0);

    conduct.begins = true;
    conduct.head.no = desk->no;
    conduct.head.record = record;
    conduct.step.data = hamlet_json(STR("{\"said\":\"Anna lives here\"}"));
    CHECK_OK(process_find(desk->processes, desk->hamlet.catalog->model, STR("hamlet.talk"),
                          &conduct.process, &desk->err),
             &desk->err);
    CHECK_OK(conduct_step(desk->hamlet.town.tenant, &conduct, &desk->err), &desk->err);
    return conduct.flow;
}

static void answer(struct desk *desk, int64_t flow, const char *element)
{
    struct conduct conduct = conduct_of(desk, flow);
    CLEANUP(tx_done) struct tx tx = {0};

    CHECK_OK(tx_read(&tx, desk->hamlet.town.tenant, &desk->err), &desk->err);
    CHECK_OK(flow_task_at(&tx, flow, str_from_z(element), &conduct.step.wait, &desk->err),
             &desk->err);
    tx_done(&tx);
    conduct.step.kind = FLOW_STEP_DONE;
    conduct.step.data = hamlet_json(STR("{\"heard\":\"Anna is ill\"}"));
    CHECK_OK(conduct_step(desk->hamlet.town.tenant, &conduct, &desk->err), &desk->err);
}

static bool run_post(struct tx *tx, void *data, struct err *err)
{
    return flow_post_put(tx, data, err);
}

static void post(struct desk *desk, struct flow_post post)
{
    post.name = STR("news");
    post.body = STR("{\"of\":\"Anna\"}");
    CHECK_OK(tenant_write_wait(desk->hamlet.town.tenant, run_post, &post, &desk->err), &desk->err);
}

static bool run_erase(struct tx *tx, void *data, struct err *err)
{
    const struct desk *desk = data;

    return flow_erase(tx, check_arena(), desk->no, desk->record, err);
}

static int64_t count(struct desk *desk, const char *sql)
{
    return town_count(&desk->hamlet.town, sql);
}

#define KEPT                                                                                       \
    "SELECT (SELECT count(*) FROM flow_value WHERE tenant = $1 AND value LIKE '%Anna%')"           \
    " + (SELECT count(*) FROM flow_part WHERE tenant = $1 AND body LIKE '%Anna%')"                 \
    " + (SELECT count(*) FROM flow_wait WHERE tenant = $1 AND body LIKE '%Anna%')"                 \
    " + (SELECT count(*) FROM flow_step WHERE tenant = $1 AND trace LIKE '%Anna%')"                \
    " + (SELECT count(*) FROM flow_post WHERE tenant = $1 AND body LIKE '%Anna%')"

static void a_flow_that_goes_on_keeps_its_record(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t flow = begin(&desk, desk.record);
    int64_t kept = count(&desk, KEPT);
    CHECK(kept > 0);
    CHECK(!tenant_write_wait(desk.hamlet.town.tenant, run_erase, &desk, &desk.err));
    CHECK_INT(desk.err.code, ERR_CONFLICT);
    CHECK_INT(count(&desk, KEPT), kept);
    answer(&desk, flow, "note");
    CHECK(!tenant_write_wait(desk.hamlet.town.tenant, run_erase, &desk, &desk.err));
    close_desk(&desk);
}

static void of_ended_ones_stays_that_they_ran(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t flow = begin(&desk, desk.record);
    answer(&desk, flow, "note");
    answer(&desk, flow, "look");
    post(&desk, (struct flow_post){.flow = flow});
    post(&desk, (struct flow_post){.sender = flow});
    CHECK(count(&desk, KEPT) > 3);
    int64_t steps = count(&desk, "SELECT count(*) FROM flow_step WHERE tenant = $1");
    CHECK_OK(tenant_write_wait(desk.hamlet.town.tenant, run_erase, &desk, &desk.err), &desk.err);
    CHECK_INT(count(&desk, KEPT), 0);
    CHECK_INT(count(&desk, "SELECT count(*) FROM flow WHERE tenant = $1 AND state = 'ended'"), 1);
    CHECK_INT(count(&desk, "SELECT count(*) FROM flow_step WHERE tenant = $1 AND actor = 7"),
              steps);
    CHECK_INT(count(&desk, "SELECT count(*) FROM flow_post WHERE tenant = $1"), 2);
    close_desk(&desk);
}

static void flows_about_others_keep_what_they_have(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t other = begin(&desk, desk.other);
    answer(&desk, other, "note");
    post(&desk, (struct flow_post){.flow = other});
    post(&desk, (struct flow_post){.sender = other});
    int64_t kept = count(&desk, KEPT);
    CHECK_OK(tenant_write_wait(desk.hamlet.town.tenant, run_erase, &desk, &desk.err), &desk.err);
    CHECK_INT(count(&desk, KEPT), kept);
    answer(&desk, other, "look");
    close_desk(&desk);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(a_flow_that_goes_on_keeps_its_record),
        CHECK_TEST(of_ended_ones_stays_that_they_ran),
        CHECK_TEST(flows_about_others_keep_what_they_have),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
