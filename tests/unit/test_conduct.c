/* Flows of a municipality: what follows from a step is written with it, once. */
#include "workflow/conduct.h"

#include "hamlet.h"
#include "queue/worker.h"
#include "workflow/conduct_job.h"
#include "workflow/conduct_migrate.h"
#include "workflow/flow_task.h"

#define BPMN                                                                                       \
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""                           \
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"
#define PROCESS(id) "<process id=\"" id "\" isExecutable=\"true\" name=\"" id "\">"
#define START       "<startEvent id=\"start\"/>"
#define FLOW(id, from, to)                                                                         \
    "<sequenceFlow id=\"" id "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
#define END                "<endEvent id=\"end\"/>"
#define DONE               "</process></definitions>"
#define INPUT(name, value) "<uprava:input name=\"" name "\" value=\"" value "\"/>"

/* A line for each element. */
/* clang-format off */
/* Somebody tells of a house; a decision says which street, a record of it is made and changed. */
static const char HOUSE[] =
    BPMN
    PROCESS("house")
    START
    FLOW("a", "start", "tell")
    "<userTask id=\"tell\" uprava:role=\"clerk\" uprava:term=\"P1D\"/>"
    FLOW("b", "tell", "rule")
    "<businessRuleTask id=\"rule\" uprava:decision=\"Kind\"/>"
    FLOW("c", "rule", "make")
    "<serviceTask id=\"make\" uprava:operation=\"record.create\""
    " uprava:register=\"hamlet.street\" uprava:result=\"street\">"
    "<extensionElements>"
    INPUT("name", "name")
    INPUT("kind", "Kind")
    "</extensionElements>"
    "</serviceTask>"
    FLOW("d", "make", "change")
    "<serviceTask id=\"change\" uprava:operation=\"record.change\""
    " uprava:register=\"hamlet.street\" uprava:result=\"changed\">"
    "<extensionElements>"
    INPUT("id", "street.id")
    INPUT("name", "name + &quot; 2&quot;")
    "</extensionElements>"
    "</serviceTask>"
    FLOW("e", "change", "read")
    "<serviceTask id=\"read\" uprava:operation=\"record.read\""
    " uprava:register=\"hamlet.street\" uprava:result=\"found\">"
    "<extensionElements>"
    INPUT("id", "street.id")
    "</extensionElements>"
    "</serviceTask>"
    FLOW("f", "read", "end")
    END
    DONE;

static const char KIND[] =
    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20211108/MODEL/\" id=\"k\" name=\"k\""
    " namespace=\"k\">"
    "<inputData id=\"size\" name=\"size\"/>"
    "<decision id=\"kind\" name=\"Kind\">"
    "<informationRequirement>"
    "<requiredInput href=\"#size\"/>"
    "</informationRequirement>"
    "<literalExpression>"
    "<text>if size &gt; 10 then \"street\" else \"lane\""
    "</text>"
    "</literalExpression>"
    "</decision>"
    "</definitions>";

/* Waits for a message with a key, a signal, or three days. */
static const char WAITING[] =
    BPMN
    "<message id=\"paid\" name=\"paid\"/>"
    "<signal id=\"storm\" name=\"storm\"/>"
    PROCESS("waiting")
    START
    FLOW("a", "start", "choice")
    "<eventBasedGateway id=\"choice\"/>"
    FLOW("b", "choice", "on_paid")
    FLOW("c", "choice", "on_storm")
    FLOW("d", "choice", "on_time")
    "<intermediateCatchEvent id=\"on_paid\">"
    "<messageEventDefinition messageRef=\"paid\" uprava:correlation=\"number\"/>"
    "</intermediateCatchEvent>"
    "<intermediateCatchEvent id=\"on_storm\">"
    "<signalEventDefinition signalRef=\"storm\"/>"
    "</intermediateCatchEvent>"
    "<intermediateCatchEvent id=\"on_time\">"
    "<timerEventDefinition>"
    "<timeDuration>P3D"
    "</timeDuration>"
    "</timerEventDefinition>"
    "</intermediateCatchEvent>"
    FLOW("e", "on_paid", "end")
    FLOW("f", "on_storm", "end")
    FLOW("g", "on_time", "late")
    END
    "<endEvent id=\"late\"/>"
    DONE;

/* Pays another one's bill, calls a process, and throws a storm. */
static const char PAYING[] =
    BPMN
    "<message id=\"paid\" name=\"paid\"/>"
    "<signal id=\"storm\" name=\"storm\"/>"
    PROCESS("paying")
    START
    FLOW("a", "start", "send")
    "<intermediateThrowEvent id=\"send\">"
    "<extensionElements>"
    INPUT("sum", "5")
    "</extensionElements>"
    "<messageEventDefinition messageRef=\"paid\" uprava:correlation=\"number\"/>"
    "</intermediateThrowEvent>"
    FLOW("b", "send", "call")
    "<callActivity id=\"call\" calledElement=\"child\" uprava:result=\"answer\"/>"
    FLOW("c", "call", "throw")
    "<intermediateThrowEvent id=\"throw\">"
    "<signalEventDefinition signalRef=\"storm\"/>"
    "</intermediateThrowEvent>"
    FLOW("d", "throw", "end")
    END
    DONE;

static const char CHILD[] =
    BPMN
    PROCESS("child")
    START
    FLOW("a", "start", "think")
    "<scriptTask id=\"think\" uprava:result=\"twice\">"
    "<script>2 * 21"
    "</script>"
    "</scriptTask>"
    FLOW("b", "think", "end")
    END
    DONE;

/* Changes the record whose number is given. */
static const char CHANGING[] =
    BPMN
    PROCESS("changing")
    START
    FLOW("a", "start", "change")
    "<serviceTask id=\"change\" uprava:operation=\"record.change\""
    " uprava:register=\"hamlet.street\">"
    "<extensionElements>"
    INPUT("id", "number")
    "</extensionElements>"
    "</serviceTask>"
    FLOW("b", "change", "end")
    END
    DONE;

/* A task for each of a list; beside them a join that one of two has come to. */
#define EACH_LOOP                                                                                  \
    "<multiInstanceLoopCharacteristics>"                                                           \
    "<loopCardinality>2</loopCardinality>"                                                         \
    "</multiInstanceLoopCharacteristics>"
#define MEETING(loop, one_way)                                                                     \
    BPMN PROCESS("meeting")                                                                        \
    START                                                                                          \
    FLOW("a", "start", "split")                                                                    \
    "<parallelGateway id=\"split\"/>"                                                              \
    FLOW(one_way, "split", "join")                                                                 \
    FLOW("c", "split", "each")                                                                     \
    "<userTask id=\"each\" uprava:role=\"clerk\">" loop "</userTask>"                              \
    FLOW("d", "each", "join")                                                                      \
    "<parallelGateway id=\"join\"/>"                                                               \
    FLOW("e", "join", "end")                                                                       \
    END DONE

/* Makes as many houses at once as there are codes. */
static const char HOUSES[] =
    BPMN
    PROCESS("houses")
    START
    FLOW("a", "start", "make")
    "<serviceTask id=\"make\" uprava:operation=\"record.create\""
    " uprava:register=\"hamlet.house\">"
    "<extensionElements>"
    INPUT("code", "code")
    "</extensionElements>"
    "<multiInstanceLoopCharacteristics uprava:collection=\"codes\" uprava:item=\"code\"/>"
    "</serviceTask>"
    FLOW("b", "make", "end")
    END
    DONE;

/* Reminds every ten minutes. */
static const char REMINDING[] =
    BPMN
    PROCESS("reminding")
    START
    FLOW("a", "start", "tell")
    "<userTask id=\"tell\" uprava:role=\"clerk\"/>"
    "<boundaryEvent id=\"often\" attachedToRef=\"tell\" cancelActivity=\"false\">"
    "<timerEventDefinition>"
    "<timeCycle>R/PT10M"
    "</timeCycle>"
    "</timerEventDefinition>"
    "</boundaryEvent>"
    FLOW("b", "often", "reminded")
    "<endEvent id=\"reminded\"/>"
    FLOW("c", "tell", "end")
    END
    DONE;
/* clang-format on */

struct desk {
    struct hamlet hamlet;
    struct arena *arena;
    struct process_library *processes;
    int64_t now;
    struct err err;
};

static void add(struct desk *desk, const char *path, const char *text)
{
    hamlet_write(&desk->hamlet, str_printf(check_arena(), "packs/hamlet-1.1.0/%s", path),
                 str_from_z(text));
}

static void open_desk(struct desk *desk)
{
    *desk = (struct desk){.now = HAMLET_NOW, .arena = arena_open(0)};
    hamlet_open(&desk->hamlet);
    hamlet_write_pack(&desk->hamlet, "1.1.0", NULL);
    add(desk, "processes/house.bpmn", HOUSE);
    add(desk, "processes/waiting.bpmn", WAITING);
    add(desk, "processes/paying.bpmn", PAYING);
    add(desk, "processes/child.bpmn", CHILD);
    add(desk, "processes/changing.bpmn", CHANGING);
    add(desk, "processes/meeting.bpmn", MEETING(EACH_LOOP, "b"));
    add(desk, "processes/houses.bpmn", HOUSES);
    add(desk, "processes/reminding.bpmn", REMINDING);
    add(desk, "decisions/kind.dmn", KIND);
    hamlet_install(&desk->hamlet);
    desk->processes = process_library_new(desk->arena, desk->hamlet.library);
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
                            .now = desk->now,
                            .actor = HAMLET_ACTOR,
                            .flow = flow,
                            .step = {.node = -1}};
}

static int64_t begin(struct desk *desk, const char *name, const char *data)
{
    struct conduct conduct = conduct_of(desk, 0);

    conduct.begins = true;
    conduct.step.data = hamlet_json(str_from_z(data));
    CHECK_OK(process_find(desk->processes, desk->hamlet.catalog->model, str_from_z(name),
                          &conduct.process, &desk->err),
             &desk->err);
    CHECK_OK(conduct_step(desk->hamlet.town.tenant, &conduct, &desk->err), &desk->err);
    return conduct.flow;
}

static bool step(struct desk *desk, int64_t flow, struct flow_step what)
{
    struct conduct conduct = conduct_of(desk, flow);

    conduct.step = what;
    return conduct_step(desk->hamlet.town.tenant, &conduct, &desk->err);
}

static void go(struct desk *desk)
{
    struct conduct_place place = {desk->hamlet.town.tenant, desk->processes, desk->now};
    int64_t next_at;

    CHECK_OK(conduct_job_go(&place, &next_at, &desk->err), &desk->err);
}

static struct flow *load(struct desk *desk, int64_t id, struct flow_store *kept)
{
    CLEANUP(tx_done) struct tx tx = {0};
    const struct process *process;
    struct flow *flow;

    CHECK_OK(tx_read(&tx, desk->hamlet.town.tenant, &desk->err), &desk->err);
    CHECK_OK(flow_store_get(&tx, check_arena(), id, kept, &desk->err), &desk->err);
    CHECK_OK(
        process_get(desk->processes,
                    &(struct process_key){kept->pack, kept->version, kept->file, kept->process},
                    &process, &desk->err),
        &desk->err);
    flow = flow_new(check_arena(), process->model);
    CHECK_OK(flow_store_load(&tx, kept, flow, &desk->err), &desk->err);
    return flow;
}

/* "running step 2 {…}" */
static struct str state(struct desk *desk, int64_t id)
{
    struct flow_store kept;
    struct flow *flow = load(desk, id, &kept);
    struct buf out = {.arena = check_arena()};

    buf_printf(&out, "%s%d %lld ", kept.is_stuck ? "stuck " : "", (int)kept.state,
               (long long)kept.step);
    json_canonical(&out, flow_scope_at(flow, 0)->values);
    return buf_str(&out);
}

static int wait_of(struct desk *desk, int64_t id)
{
    struct flow_store kept;

    return flow_wait_at(load(desk, id, &kept), 0)->part.id;
}

static int64_t count(struct desk *desk, const char *sql)
{
    return town_count(&desk->hamlet.town, sql);
}

static int timer_of(struct desk *desk, int64_t id)
{
    struct flow_store kept;
    struct flow *flow = load(desk, id, &kept);

    for (size_t i = 0; i < flow->waits.count; i++)
        if (flow_wait_at(flow, i)->kind == FLOW_WAIT_TIMER)
            return flow_wait_at(flow, i)->part.id;
    return 0;
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

static bool run_put_post(struct tx *tx, void *data, struct err *err)
{
    return flow_post_put(tx, data, err);
}

static struct flow_post put_post(struct desk *desk, struct flow_post post)
{
    post.put_at = desk->now;
    CHECK_OK(tenant_write_wait(desk->hamlet.town.tenant, run_put_post, &post, &desk->err),
             &desk->err);
    return post;
}

static bool deliver(struct desk *desk, const struct flow_post *post)
{
    struct conduct_place place = {desk->hamlet.town.tenant, desk->processes, desk->now};
    struct conduct_delivery delivery;

    return conduct_job_deliver(&place, post, &delivery, &desk->err);
}

static void task_decision_and_records_are_one_step_and_its_rest(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t flow = begin(&desk, "hamlet.house", "{\"name\":\"Мира\",\"size\":12}");
    struct flow_step done = {.kind = FLOW_STEP_DONE, .wait = wait_of(&desk, flow)};
    CHECK_OK(step(&desk, flow, done), &desk.err);
    /* The change needs the record that was made: it comes in the next write. */
    CHECK_STR(hamlet_find(&desk.hamlet, "street", ""), STR("улица Мира"));
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM flow_step WHERE tenant = $1"), 2);
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM flow_post WHERE tenant = $1"), 1);
    go(&desk);
    CHECK_STR(hamlet_find(&desk.hamlet, "street", ""), STR("улица Мира 2"));
    go(&desk);
    go(&desk);
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM flow_post WHERE tenant = $1"), 0);
    CHECK(str_starts(state(&desk, flow), STR("1 4 {\"Kind\":\"street\",\"changed\":{\"id\":")));
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM journal WHERE tenant = $1 AND action ="
                           " 'flow.answer'"),
              1);
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM journal WHERE tenant = $1 AND action IN"
                           " ('create', 'change', 'read') AND cause = (SELECT max(id) FROM flow"
                           " WHERE tenant = $1)"),
              3);
    close_desk(&desk);
}

static void second_answer_is_refused_and_changes_nothing(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t flow = begin(&desk, "hamlet.house", "{\"name\":\"Мира\",\"size\":1}");
    struct flow_step done = {.kind = FLOW_STEP_DONE, .wait = wait_of(&desk, flow)};
    CHECK_OK(step(&desk, flow, done), &desk.err);
    CHECK(!step(&desk, flow, done));
    CHECK_INT(desk.err.code, ERR_CONFLICT);
    CHECK_STR(hamlet_find(&desk.hamlet, "street", ""), STR("переулок Мира"));
    close_desk(&desk);
}

static void record_that_is_refused_makes_the_flow_stuck_until_it_is_mended(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t flow = begin(&desk, "hamlet.house", "{\"size\":1}");
    struct flow_step done = {.kind = FLOW_STEP_DONE, .wait = wait_of(&desk, flow)};
    CHECK_OK(step(&desk, flow, done), &desk.err);
    CHECK(str_starts(state(&desk, flow), STR("stuck 0 2")));
    CHECK_STR(hamlet_find(&desk.hamlet, "street", ""), STR(""));
    struct flow_step mend = {.kind = FLOW_STEP_VALUES,
                             .data = hamlet_json(STR("{\"name\":\"Садовая\"}"))};
    CHECK_OK(step(&desk, flow, mend), &desk.err);
    CHECK_OK(step(&desk, flow, (struct flow_step){.kind = FLOW_STEP_RETRY}), &desk.err);
    go(&desk);
    CHECK_STR(hamlet_find(&desk.hamlet, "street", ""), STR("переулок Садовая 2"));
    close_desk(&desk);
}

/* What is wrong quotes the head of a long text, which has to end with a whole letter. */
static void flow_that_is_stuck_with_a_long_text_can_be_read_and_mended(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t flow =
        begin(&desk, "hamlet.changing", "{\"number\":\"№ дома по улице Мира, угол Садовой\"}");
    CHECK(str_starts(state(&desk, flow), STR("stuck 0 1 ")));
    CHECK_OK(step(&desk, flow, (struct flow_step){.kind = FLOW_STEP_CANCEL}), &desk.err);
    CHECK(str_starts(state(&desk, flow), STR("3 2 ")));
    close_desk(&desk);
}

/* More than somebody else may be first. */
static void each_record_that_is_refused_is_one_that_is_stuck(void)
{
    struct buf codes = {.arena = check_arena()};
    struct desk desk;

    open_desk(&desk);
    buf_add(&codes, STR("{\"codes\":["));
    for (int i = 0; i < 12; i++) {
        hamlet_make(&desk.hamlet, "house", str_printf(check_arena(), "{\"code\":\"%d\"}", i));
        buf_printf(&codes, "\"%d\",", i);
    }
    buf_add(&codes, STR("\"free\"]}"));
    int64_t flow = begin(&desk, "hamlet.houses", buf_z(&codes));
    CHECK(str_starts(state(&desk, flow), STR("stuck 0 1")));
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM flow_part WHERE tenant = $1 AND body LIKE"
                           " '%the same key%'"),
              12);
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM journal WHERE tenant = $1 AND action = 'create'"
                           " AND cause = (SELECT max(id) FROM flow WHERE tenant = $1)"),
              1);
    close_desk(&desk);
}

static void message_finds_the_flow_with_its_key(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t other = begin(&desk, "hamlet.waiting", "{\"number\":\"1\"}");
    int64_t meant = begin(&desk, "hamlet.waiting", "{\"number\":\"2\"}");
    int64_t payer = begin(&desk, "hamlet.paying", "{\"number\":\"2\"}");
    CHECK_STR(state(&desk, meant), STR("0 1 {\"number\":\"2\"}"));
    go(&desk);
    CHECK_STR(state(&desk, meant), STR("1 2 {\"number\":\"2\",\"sum\":5}"));
    /* Its child answered, so the payer threw the storm, which ends the other one. */
    CHECK_STR(state(&desk, payer),
              STR("1 2 {\"answer\":{\"number\":\"2\",\"twice\":42},\"number\":\"2\"}"));
    CHECK_STR(state(&desk, other), STR("1 2 {\"number\":\"1\"}"));
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM flow WHERE tenant = $1"), 4);
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM flow_wait WHERE tenant = $1"), 0);
    close_desk(&desk);
}

static void message_nobody_waits_for_is_kept_and_found_by_who_comes_later(void)
{
    struct desk desk;

    open_desk(&desk);
    begin(&desk, "hamlet.paying", "{\"number\":\"9\"}");
    go(&desk);
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM flow_post WHERE tenant = $1 AND state = 'kept'"),
              1);
    int64_t late = begin(&desk, "hamlet.waiting", "{\"number\":\"9\"}");
    go(&desk);
    CHECK_STR(state(&desk, late), STR("1 2 {\"number\":\"9\",\"sum\":5}"));
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM flow_post WHERE tenant = $1"), 0);
    close_desk(&desk);
}

struct unheard {
    int64_t post;
    bool is_kept;
};

static bool run_keep_unheard(struct tx *tx, void *data, struct err *err)
{
    struct unheard *unheard = data;

    return flow_post_keep_unheard(tx, unheard->post, STR("no"), &unheard->is_kept, err);
}

static void message_is_not_kept_when_a_flow_began_to_wait_meanwhile(void)
{
    struct desk desk;

    open_desk(&desk);
    struct flow_post post =
        put_post(&desk, (struct flow_post){.name = STR("paid"), .tag = STR("2")});
    int64_t flow = begin(&desk, "hamlet.waiting", "{\"number\":\"2\"}");
    struct unheard unheard = {post.id, true};
    CHECK_OK(tenant_write_wait(desk.hamlet.town.tenant, run_keep_unheard, &unheard, &desk.err),
             &desk.err);
    CHECK(!unheard.is_kept);
    go(&desk);
    CHECK_STR(state(&desk, flow), STR("1 2 {\"number\":\"2\"}"));
    close_desk(&desk);
}

static bool run_keep(struct tx *tx, void *data, struct err *err)
{
    const struct flow_post *post = data;

    return flow_post_keep(tx, post->id, STR("no"), err);
}

static void keep(struct desk *desk, struct flow_post *post)
{
    CHECK_OK(tenant_write_wait(desk->hamlet.town.tenant, run_keep, post, &desk->err), &desk->err);
    post->is_kept = true;
}

static void what_was_kept_goes_to_its_flow_and_a_message_to_whoever_waits(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t over = begin(&desk, "hamlet.child", "{}");
    int64_t waiting = begin(&desk, "hamlet.waiting", "{\"number\":\"2\"}");
    struct flow_post message =
        put_post(&desk, (struct flow_post){.name = STR("paid"), .tag = STR("2"), .flow = over});
    keep(&desk, &message);
    CHECK(deliver(&desk, &message));
    CHECK_STR(state(&desk, waiting), STR("1 2 {\"number\":\"2\"}"));

    int64_t caller = begin(&desk, "hamlet.paying", "{\"number\":\"7\"}");
    struct flow_post done = put_post(
        &desk,
        (struct flow_post){.kind = FLOW_POST_DONE, .flow = caller, .wait = wait_of(&desk, caller)});
    keep(&desk, &done);
    CHECK(deliver(&desk, &done));
    CHECK(str_starts(state(&desk, caller), STR("1 2 ")));
    close_desk(&desk);
}

static void message_for_a_flow_that_others_step_stays_on_its_way(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t flow = begin(&desk, "hamlet.waiting", "{\"number\":\"2\"}");
    struct flow_post post =
        put_post(&desk, (struct flow_post){.name = STR("paid"), .tag = STR("2")});
    alter(&desk, "CREATE TRIGGER late BEFORE UPDATE ON flow BEGIN SELECT RAISE(IGNORE); END",
          "CREATE RULE late AS ON UPDATE TO flow WHERE new.step > 0 DO INSTEAD NOTHING");
    CHECK(!deliver(&desk, &post));
    CHECK_INT(desk.err.code, ERR_UNAVAILABLE);
    alter(&desk, "DROP TRIGGER late", "DROP RULE late ON flow");
    go(&desk);
    CHECK_STR(state(&desk, flow), STR("1 2 {\"number\":\"2\"}"));
    close_desk(&desk);
}

static void forbid_keeping(struct desk *desk)
{
    alter(desk,
          "CREATE TRIGGER keeping BEFORE UPDATE ON flow_post BEGIN SELECT RAISE(ABORT, 'no'); END",
          "ALTER TABLE flow_post ADD CHECK (state <> 'kept')");
}

static void message_that_could_not_even_be_kept_is_not_delivered(void)
{
    struct desk desk;

    open_desk(&desk);
    begin(&desk, "hamlet.waiting", "{\"number\":\"2\"}");
    struct flow_post post =
        put_post(&desk, (struct flow_post){.name = STR("paid"), .tag = STR("2"), .body = STR("{")});
    forbid_keeping(&desk);
    CHECK(!deliver(&desk, &post));
    close_desk(&desk);
}

static int64_t village_clock(void)
{
    return HAMLET_NOW;
}

/* It would never be put again, and no timer be fired any more. */
static void job_that_fails_is_due_again_later(void)
{
    struct desk desk;

    open_desk(&desk);
    begin(&desk, "hamlet.waiting", "{\"number\":\"2\"}");
    put_post(&desk, (struct flow_post){.name = STR("paid"), .tag = STR("2"), .body = STR("{")});
    forbid_keeping(&desk);
    struct conduct_job_context context = {desk.processes, village_clock};
    struct worker_kind kind = conduct_job_kind;
    kind.context = &context;
    struct worker_pool *pool = worker_start(check_arena(), desk.hamlet.town.store, &kind, 1, 1);
    for (int i = 0; i < 20000 && worker_count(pool).ended == 0; i++)
        usleep(1000);
    worker_stop(pool);
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM job WHERE tenant = $1 AND kind ="
                           " 'workflow.flows' AND status = 'waiting'"),
              1);
    CHECK(count(&desk, "SELECT max(due_at) FROM job WHERE tenant = $1 AND kind ="
                       " 'workflow.flows' AND status = 'waiting'") >
          time_now() + 30 * (int64_t)TIME_MINUTE_MS);
    close_desk(&desk);
}

/* Two workers may have seen that it is due. */
static void timer_that_comes_again_is_fired_once_each_time(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t flow = begin(&desk, "hamlet.reminding", "{}");
    struct flow_step due = {.kind = FLOW_STEP_TIMER, .wait = timer_of(&desk, flow)};
    desk.now += 10 * (int64_t)TIME_MINUTE_MS;
    CHECK_OK(step(&desk, flow, due), &desk.err);
    CHECK_STR(state(&desk, flow), STR("0 2 {}"));
    CHECK_OK(step(&desk, flow, due), &desk.err);
    CHECK_STR(state(&desk, flow), STR("0 2 {}"));
    desk.now += 10 * (int64_t)TIME_MINUTE_MS;
    CHECK_OK(step(&desk, flow, due), &desk.err);
    CHECK_STR(state(&desk, flow), STR("0 3 {}"));
    close_desk(&desk);
}

static void timers_are_fired_by_one_job_that_is_due_with_the_first(void)
{
    struct desk desk;

    open_desk(&desk);
    int64_t flow = begin(&desk, "hamlet.waiting", "{\"number\":\"1\"}");
    desk.now += TIME_DAY_MS;
    begin(&desk, "hamlet.waiting", "{\"number\":\"2\"}");
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM job WHERE tenant = $1 AND kind ="
                           " 'workflow.flows'"),
              1);
    CHECK_INT(count(&desk, "SELECT min(due_at) FROM job WHERE tenant = $1 AND kind ="
                           " 'workflow.flows'"),
              HAMLET_NOW + 3 * (int64_t)TIME_DAY_MS);
    go(&desk);
    CHECK_STR(state(&desk, flow), STR("0 1 {\"number\":\"1\"}"));
    desk.now = HAMLET_NOW + 3 * (int64_t)TIME_DAY_MS;
    go(&desk);
    CHECK_STR(state(&desk, flow), STR("1 2 {\"number\":\"1\"}"));
    CHECK_INT(count(&desk, "SELECT COUNT(*) FROM flow_wait WHERE tenant = $1 AND kind = 'timer'"),
              1);
    close_desk(&desk);
}

static void flow_stays_on_the_version_it_began_with(void)
{
    static const char SHORT[] = BPMN PROCESS("waiting") START FLOW("a", "start", "end") END DONE;
    struct desk desk;

    open_desk(&desk);
    int64_t old = begin(&desk, "hamlet.waiting", "{\"number\":\"1\"}");
    hamlet_write_pack(&desk.hamlet, "1.2.0", NULL);
    hamlet_write(&desk.hamlet, STR("packs/hamlet-1.2.0/processes/waiting.bpmn"), str_from_z(SHORT));
    hamlet_install(&desk.hamlet);
    int64_t young = begin(&desk, "hamlet.waiting", "{}");
    CHECK_STR(state(&desk, young), STR("1 1 {}"));
    CHECK_STR(state(&desk, old), STR("0 1 {\"number\":\"1\"}"));
    desk.now += 3 * (int64_t)TIME_DAY_MS;
    go(&desk);
    CHECK_STR(state(&desk, old), STR("1 2 {\"number\":\"1\"}"));
    close_desk(&desk);
}

static bool migrate(struct desk *desk, int64_t flow, bool *was_moved)
{
    struct conduct conduct = conduct_of(desk, flow);

    return conduct_migrate(desk->hamlet.town.tenant, &conduct, was_moved, &desk->err);
}

/* The message goes, so a flow that waits for it cannot come along. */
static void flow_goes_to_a_version_that_has_all_it_is_at(void)
{
    static const char OTHER[] = BPMN PROCESS("house")
        START FLOW("a", "start", "tell") "<userTask id=\"tell\" uprava:role=\"clerk\"/>" FLOW(
            "b", "tell", "end") END DONE;
    static const char GONE[] = BPMN PROCESS("waiting") START FLOW("a", "start", "end") END DONE;
    struct desk desk;
    bool was_moved;

    open_desk(&desk);
    int64_t house = begin(&desk, "hamlet.house", "{}");
    int64_t waiting = begin(&desk, "hamlet.waiting", "{\"number\":\"1\"}");
    CHECK_OK(migrate(&desk, house, &was_moved), &desk.err);
    CHECK(!was_moved);
    hamlet_write_pack(&desk.hamlet, "1.2.0", NULL);
    hamlet_write(&desk.hamlet, STR("packs/hamlet-1.2.0/processes/house.bpmn"), str_from_z(OTHER));
    hamlet_write(&desk.hamlet, STR("packs/hamlet-1.2.0/processes/waiting.bpmn"), str_from_z(GONE));
    hamlet_install(&desk.hamlet);
    CHECK_OK(migrate(&desk, house, &was_moved), &desk.err);
    CHECK(was_moved);
    struct flow_step done = {.kind = FLOW_STEP_DONE, .wait = wait_of(&desk, house)};
    CHECK_OK(step(&desk, house, done), &desk.err);
    CHECK_STR(state(&desk, house), STR("1 3 {}"));
    CHECK(!migrate(&desk, waiting, &was_moved));
    CHECK_INT(desk.err.code, ERR_INPUT);
    CHECK(str_find(str_from_z(desk.err.text), STR("choice, on_paid, on_storm, on_time")) < 100);
    CHECK(!migrate(&desk, house, &was_moved));
    CHECK_INT(desk.err.code, ERR_CONFLICT);
    close_desk(&desk);
}

static void install_meeting(struct desk *desk, const char *version, const char *text)
{
    hamlet_write_pack(&desk->hamlet, version, NULL);
    hamlet_write(&desk->hamlet,
                 str_printf(check_arena(), "packs/hamlet-%s/processes/meeting.bpmn", version),
                 str_from_z(text));
    hamlet_install(&desk->hamlet);
}

static void flow_does_not_go_where_it_could_not_go_on(void)
{
    static const char BROKEN[] = BPMN PROCESS("meeting") START FLOW(
        "a", "start", "each") "<scriptTask id=\"each\"><script>1 +</script></scriptTask>" DONE;
    struct desk desk;
    bool was_moved;

    open_desk(&desk);
    int64_t flow = begin(&desk, "hamlet.meeting", "{}");
    install_meeting(&desk, "1.2.0", MEETING("", "b"));
    CHECK(!migrate(&desk, flow, &was_moved));
    CHECK_INT(desk.err.code, ERR_INPUT);
    CHECK(str_find(str_from_z(desk.err.text), STR("each (repeats in another way)")) < 100);
    install_meeting(&desk, "1.3.0", MEETING(EACH_LOOP, "other"));
    CHECK(!migrate(&desk, flow, &was_moved));
    CHECK_INT(desk.err.code, ERR_INPUT);
    CHECK_STR(str_from_z(desk.err.text), STR("version 1.3.0 has not all the flow is at: join"
                                             " (its sequence flows have other ids)"));
    install_meeting(&desk, "1.4.0", BROKEN);
    CHECK(!migrate(&desk, flow, &was_moved));
    CHECK_INT(desk.err.code, ERR_INPUT);
    CHECK(str_starts(str_from_z(desk.err.text), STR("version 1.4.0 cannot be executed: ")));
    install_meeting(&desk, "1.5.0", MEETING(EACH_LOOP, "b"));
    CHECK_OK(migrate(&desk, flow, &was_moved), &desk.err);
    CHECK(was_moved);
    for (int i = 0; i < 2; i++) {
        struct flow_step done = {.kind = FLOW_STEP_DONE, .wait = wait_of(&desk, flow)};

        CHECK_OK(step(&desk, flow, done), &desk.err);
    }
    CHECK(str_starts(state(&desk, flow), STR("1 4 ")));
    close_desk(&desk);
}

static size_t tasks_of(struct desk *desk, const struct str *roles, size_t count)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct policy_rights rights =
        policy_rights_of(desk->hamlet.catalog->model->policy, roles, count);
    struct flow_task_ask ask = {.rights = &rights, .account = HAMLET_ACTOR, .limit = 1};
    struct flow_task_page page;

    CHECK_OK(tx_read(&tx, desk->hamlet.town.tenant, &desk->err), &desk->err);
    CHECK_OK(flow_task_list(&tx, check_arena(), &ask, &page, &desk->err), &desk->err);
    CHECK(!page.has_more);
    return page.count;
}

static void task_of_two_roles_with_one_title_is_listed_once(void)
{
    static const struct str ROLES[] = {STR_INIT("first"), STR_INIT("second")};
    struct desk desk;

    open_desk(&desk);
    hamlet_write_pack(&desk.hamlet, "1.2.0", NULL);
    hamlet_write(&desk.hamlet, STR("packs/hamlet-1.2.0/roles.json"),
                 STR("[{\"id\":\"first\",\"title\":\"clerk\",\"grants\":[]},"
                     "{\"id\":\"second\",\"title\":\"clerk\",\"grants\":[]}]"));
    hamlet_write(&desk.hamlet, STR("packs/hamlet-1.2.0/processes/house.bpmn"), str_from_z(HOUSE));
    hamlet_install(&desk.hamlet);
    begin(&desk, "hamlet.house", "{}");
    CHECK_INT((int64_t)tasks_of(&desk, ROLES, 1), 1);
    CHECK_INT((int64_t)tasks_of(&desk, ROLES, 2), 1);
    close_desk(&desk);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(task_decision_and_records_are_one_step_and_its_rest),
    CHECK_TEST(second_answer_is_refused_and_changes_nothing),
    CHECK_TEST(record_that_is_refused_makes_the_flow_stuck_until_it_is_mended),
    CHECK_TEST(flow_that_is_stuck_with_a_long_text_can_be_read_and_mended),
    CHECK_TEST(each_record_that_is_refused_is_one_that_is_stuck),
    CHECK_TEST(message_finds_the_flow_with_its_key),
    CHECK_TEST(message_nobody_waits_for_is_kept_and_found_by_who_comes_later),
    CHECK_TEST(message_is_not_kept_when_a_flow_began_to_wait_meanwhile),
    CHECK_TEST(what_was_kept_goes_to_its_flow_and_a_message_to_whoever_waits),
    CHECK_TEST(message_for_a_flow_that_others_step_stays_on_its_way),
    CHECK_TEST(message_that_could_not_even_be_kept_is_not_delivered),
    CHECK_TEST(job_that_fails_is_due_again_later),
    CHECK_TEST(timer_that_comes_again_is_fired_once_each_time),
    CHECK_TEST(timers_are_fired_by_one_job_that_is_due_with_the_first),
    CHECK_TEST(flow_stays_on_the_version_it_began_with),
    CHECK_TEST(flow_goes_to_a_version_that_has_all_it_is_at),
    CHECK_TEST(flow_does_not_go_where_it_could_not_go_on),
    CHECK_TEST(task_of_two_roles_with_one_title_is_listed_once),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
