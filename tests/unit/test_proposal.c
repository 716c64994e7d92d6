#include "registry/proposal.h"

#include "farm.h"
#include "registry/borrowed.h"
#include "registry/history.h"

#define CHECK_TEXT(got, want) CHECK_STR((got), str_from_z(want))
#define CLASSES               (POLICY_PUBLIC | POLICY_INTERNAL)

struct doing {
    struct farm *farm;
    struct proposal proposal;
    struct proposal_decision decision;
    int64_t child;
};

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    struct doing *doing = data;

    return proposal_put(farm_registry(doing->farm, tx), &doing->proposal, err);
}

static bool run_receive(struct tx *tx, void *data, struct err *err)
{
    struct doing *doing = data;

    return proposal_receive(hamlet_registry(&doing->farm->h, tx), doing->child, &doing->proposal,
                            err);
}

static bool run_decide(struct tx *tx, void *data, struct err *err)
{
    struct doing *doing = data;

    return proposal_decide(hamlet_registry(&doing->farm->h, tx), &doing->decision, err);
}

static enum err_code run(struct farm *farm, struct tenant *tenant, store_run *what,
                         struct doing *doing)
{
    farm->err = (struct err){0};
    return tenant_write_wait(tenant, what, doing, &farm->err) ? ERR_NONE : farm->err.code;
}

static void work(struct farm *farm)
{
    const struct worker_kind kinds[] = {publication_kind, borrowed_kind, proposal_kind};

    farm_work(farm, kinds, ARRAY_LEN(kinds));
}

static int64_t open_with_street(struct farm *farm)
{
    farm_open(farm);
    int64_t b = street(farm, "Б");
    CHECK_INT(put(farm, "street", "", ""), ERR_NONE);
    publish(farm, "street");
    CHECK_INT(take(farm, "hamlet.street"), ERR_NONE);
    return b;
}

/* A proposal as the child's form makes it; false when nothing differs. */
static bool draw_up(struct farm *farm, int64_t id, const char *value, struct proposal *proposal)
{
    CLEANUP(subscription_close) struct subscription subscription = {0};
    struct subscription_by reader = by(farm);
    struct record record;

    farm->err = (struct err){0};
    CHECK_OK(subscription_open(&reader, STR("hamlet.street"), &subscription, &farm->err),
             &farm->err);
    CHECK_OK(subscription_get(&subscription, CLASSES, id, HAMLET_DAY, &record, &farm->err),
             &farm->err);
    if (!proposal_prepare(&subscription, &record, hamlet_json(str_from_z(value)), proposal,
                          &farm->err))
        return false;
    proposal->reason = STR("на табличке иначе");
    proposal->author = STR("Иванова");
    proposal->actor = HAMLET_ACTOR;
    return true;
}

static struct proposal read_proposal(struct farm *farm, bool is_own, struct str uuid)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct proposal proposal = {0};

    CHECK_OK(tx_read(&tx, is_own ? farm->child : farm->h.town.tenant, &farm->err), &farm->err);
    CHECK_OK(proposal_get(is_own ? farm_registry(farm, &tx) : hamlet_registry(&farm->h, &tx), uuid,
                          &proposal, &farm->err),
             &farm->err);
    return proposal;
}

static enum err_code decide(struct farm *farm, const struct proposal *proposal, bool is_accepted,
                            const char *answer)
{
    struct doing doing = {
        .farm = farm,
        .decision = {.uuid = proposal->uuid, .answer = str_from_z(answer), .actor = HAMLET_ACTOR}};
    struct flaws flaws = {0};
    struct json *input = json_new(check_arena(), JSON_OBJECT);
    struct change change = {
        .draft = {.act = RECORD_CHANGE,
                  .type = hamlet_type(&farm->h, "street"),
                  .valid_from = RECORD_ALWAYS,
                  .valid_to = RECORD_FOREVER},
        .catalog = farm->h.catalog,
        .arena = check_arena(),
        .classes = HAMLET_ALL,
        .actor = HAMLET_ACTOR,
        .now = HAMLET_NOW,
        .id = proposal->record,
        .is_patch = true,
        .input = input,
    };

    if (is_accepted) {
        CLEANUP(tx_done) struct tx tx = {0};

        json_set(input, STR("data"), hamlet_json(proposal->patch));
        CHECK_OK(tx_read(&tx, farm->h.town.tenant, &farm->err), &farm->err);
        CHECK_OK(change_prepare(&tx, &change, &flaws, &farm->err), &farm->err);
        doing.decision.change = &change;
    }
    return run(farm, farm->h.town.tenant, run_decide, &doing);
}

static void a_correction_goes_up_is_accepted_and_the_answer_comes_down(void)
{
    struct farm farm;
    int64_t b = open_with_street(&farm);
    struct doing doing = {.farm = &farm};

    CHECK(!draw_up(&farm, b, "{\"kind\":\"street\",\"name\":\"Б\"}", &doing.proposal));
    CHECK_INT(farm.err.code, ERR_INPUT);
    CHECK(draw_up(&farm, b, "{\"kind\":\"street\",\"name\":\"Бб\"}", &doing.proposal));
    CHECK_TEXT(doing.proposal.patch, "{\"name\":\"Бб\"}");
    CHECK_TEXT(doing.proposal.was, "{\"name\":\"Б\"}");
    CHECK_INT(run(&farm, farm.child, run_put, &doing), ERR_NONE);
    CHECK_TEXT(read_proposal(&farm, true, doing.proposal.uuid).state, "waiting");
    work(&farm);
    CHECK_TEXT(read_proposal(&farm, true, doing.proposal.uuid).state, "open");

    struct proposal received = read_proposal(&farm, false, doing.proposal.uuid);
    CHECK_TEXT(received.state, "open");
    CHECK_INT(received.peer, tenant_info(farm.child)->id);
    CHECK_TEXT(received.peer_title, "Хутор");
    CHECK_INT(received.actor, 0); /* their accounts are none of ours */
    CHECK_INT(decide(&farm, &received, true, ""), ERR_NONE);
    CHECK_TEXT(hamlet_get(&farm.h, "street", b)->body, "{\"kind\":\"street\",\"name\":\"Бб\"}");
    CHECK_INT(decide(&farm, &received, false, "поздно"), ERR_CONFLICT);
    work(&farm);
    CHECK_TEXT(read_proposal(&farm, true, doing.proposal.uuid).state, "accepted");
    farm_close(&farm);
}

static void a_declined_one_comes_back_with_a_word(void)
{
    struct farm farm;
    int64_t b = open_with_street(&farm);
    struct doing doing = {.farm = &farm};

    CHECK(draw_up(&farm, b, "{\"name\":\"Бб\"}", &doing.proposal));
    CHECK_INT(run(&farm, farm.child, run_put, &doing), ERR_NONE);
    work(&farm);
    struct proposal received = read_proposal(&farm, false, doing.proposal.uuid);
    CHECK_INT(decide(&farm, &received, false, ""), ERR_INPUT);
    CHECK_INT(decide(&farm, &received, false, "так записано в постановлении"), ERR_NONE);
    work(&farm);
    struct proposal own = read_proposal(&farm, true, doing.proposal.uuid);
    CHECK_TEXT(own.state, "declined");
    CHECK_TEXT(own.answer, "так записано в постановлении");
    CHECK_TEXT(hamlet_get(&farm.h, "street", b)->body, "{\"kind\":\"street\",\"name\":\"Б\"}");
    farm_close(&farm);
}

static size_t news(struct farm *farm, bool with_open)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct proposal_pending since = {.with_open = with_open};
    struct proposal_page page;

    CHECK_OK(tx_read(&tx, farm->h.town.tenant, &farm->err), &farm->err);
    CHECK_OK(proposal_news(hamlet_registry(&farm->h, &tx), tenant_info(farm->child)->id, &since, 10,
                           &page, &farm->err),
             &farm->err);
    return page.count;
}

static void what_is_undecided_is_no_news(void)
{
    struct farm farm;
    int64_t b = open_with_street(&farm);
    struct doing doing = {.farm = &farm};

    CHECK(draw_up(&farm, b, "{\"name\":\"Бб\"}", &doing.proposal));
    CHECK_INT(run(&farm, farm.child, run_put, &doing), ERR_NONE);
    work(&farm);
    CHECK_INT((int64_t)news(&farm, false), 0); /* else who asks for the rest asks on and on */
    CHECK_INT((int64_t)news(&farm, true), 1);
    struct proposal received = read_proposal(&farm, false, doing.proposal.uuid);
    CHECK_INT(decide(&farm, &received, false, "иначе"), ERR_NONE);
    CHECK_INT((int64_t)news(&farm, false), 1);
    farm_close(&farm);
}

static void the_gate_takes_nothing_but_proposals_of_what_is_published(void)
{
    struct farm farm;
    int64_t b = open_with_street(&farm);
    struct doing doing = {.farm = &farm, .child = tenant_info(farm.child)->id};
    struct proposal good;

    CHECK(draw_up(&farm, b, "{\"name\":\"Бб\"}", &good));
    doing.proposal = good;
    doing.proposal.register_id = STR("hamlet.house");
    CHECK_INT(run(&farm, farm.h.town.tenant, run_receive, &doing), ERR_DENIED);
    doing.proposal = good;
    doing.proposal.patch = STR("{\"secret\":\"x\"}");
    CHECK_INT(run(&farm, farm.h.town.tenant, run_receive, &doing), ERR_DENIED);
    doing.proposal = good;
    doing.proposal.reason = STR("");
    CHECK_INT(run(&farm, farm.h.town.tenant, run_receive, &doing), ERR_INPUT);
    doing.proposal = good;
    doing.proposal.uuid = STR("1; DROP");
    CHECK_INT(run(&farm, farm.h.town.tenant, run_receive, &doing), ERR_INPUT);
    CHECK_INT(town_count(&farm.h.town, "SELECT count(*) FROM proposal WHERE tenant = $1"), 0);

    doing.proposal = good;
    doing.proposal.state = STR("accepted"); /* that is not for them to say */
    CHECK_INT(run(&farm, farm.h.town.tenant, run_receive, &doing), ERR_NONE);
    CHECK_TEXT(read_proposal(&farm, false, good.uuid).state, "open");
    CHECK_INT(run(&farm, farm.h.town.tenant, run_receive, &doing), ERR_NONE); /* twice is once */
    CHECK_INT(town_count(&farm.h.town, "SELECT count(*) FROM proposal WHERE tenant = $1"), 1);
    doing.child = 12345;
    CHECK_INT(run(&farm, farm.h.town.tenant, run_receive, &doing), ERR_DENIED);
    farm_close(&farm);
}

struct speaking {
    int64_t child;
    const char *sql;
};

static bool run_speaking(struct tx *tx, void *data, struct err *err)
{
    const struct speaking *speaking = data;

    return tx_speak_for(tx, speaking->child, err) &&
           store_exec(tx, speaking->sql, ARGS(INT(tx->tenant)), err) && tx_speak_for(tx, 0, err);
}

/* On PostgreSQL the database says no to all else, whatever the program would do. */
static void the_database_lets_others_write_proposals_only(void)
{
    static const char *const REFUSED[] = {
        "INSERT INTO setting (tenant, name, value) VALUES ($1, 'x', 'y')",
        "INSERT INTO proposal (tenant, uuid, is_own, peer, peer_title, register, record, title,"
        " base, was, patch, reason, author, actor, put_at, state, answer, decided_by)"
        " VALUES ($1, 'u', 0, 99, '', '', 0, '', 0, '', '', '', '', 0, 0, 'open', '', 0)",
    };
    static const char *const UNSEEN[] = {
        "UPDATE record SET title = 'x' WHERE tenant = $1",
        "DELETE FROM record WHERE tenant = $1",
        "DELETE FROM account WHERE tenant = $1",
    };
    struct farm farm;
    struct speaking speaking;

    if (!stand_is_postgres())
        return;
    open_with_street(&farm);
    speaking.child = tenant_info(farm.child)->id;
    for (size_t i = 0; i < ARRAY_LEN(REFUSED); i++) {
        speaking.sql = REFUSED[i];
        CHECK(!tenant_write_wait(farm.h.town.tenant, run_speaking, &speaking, &farm.err));
    }
    for (size_t i = 0; i < ARRAY_LEN(UNSEEN); i++) {
        speaking.sql = UNSEEN[i];
        CHECK_OK(tenant_write_wait(farm.h.town.tenant, run_speaking, &speaking, &farm.err),
                 &farm.err);
    }
    CHECK_INT(town_count(&farm.h.town, "SELECT count(*) FROM record WHERE tenant = $1"
                                       " AND title = 'улица Б'"),
              1);
    farm_close(&farm);
}

static void what_changed_meanwhile_is_said(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct proposal_fields fields;
    struct proposal proposal;
    struct farm farm;
    int64_t b = open_with_street(&farm);

    CHECK(draw_up(&farm, b, "{\"kind\":\"lane\",\"name\":\"Бб\"}", &proposal));
    CHECK_INT(hamlet_change(&farm.h, "street", hamlet_get(&farm.h, "street", b),
                            STR("{\"kind\":\"street\",\"name\":\"Ж\"}")),
              ERR_NONE);
    struct record record = *hamlet_get(&farm.h, "street", b);
    CHECK_OK(tx_read(&tx, farm.h.town.tenant, &farm.err), &farm.err);
    CHECK_OK(proposal_compare(hamlet_registry(&farm.h, &tx), hamlet_type(&farm.h, "street"),
                              &proposal, &record, &fields, &farm.err),
             &farm.err);
    CHECK_INT((int64_t)fields.count, 2);
    for (size_t i = 0; i < fields.count; i++)
        CHECK_INT(fields.items[i].has_changed, str_equal(fields.items[i].field->name, STR("name")));
    tx_done(&tx);
    farm_close(&farm);
}

static void what_is_not_published_any_more_comes_back_refused(void)
{
    struct farm farm;
    int64_t b = open_with_street(&farm);
    struct doing doing = {.farm = &farm};

    CHECK(draw_up(&farm, b, "{\"name\":\"Бб\"}", &doing.proposal));
    CHECK_INT(run(&farm, farm.child, run_put, &doing), ERR_NONE);
    struct act act = {
        .h = &farm.h, .wish = {.type = hamlet_type(&farm.h, "street")}, .what = REMOVE};
    CHECK_OK(tenant_write_wait(farm.h.town.tenant, run_act, &act, &farm.err), &farm.err);
    work(&farm);
    CHECK_TEXT(read_proposal(&farm, true, doing.proposal.uuid).state, "refused");
    CHECK_INT(town_count(&farm.h.town, "SELECT count(*) FROM proposal WHERE tenant = $1"), 0);
    farm_close(&farm);
}

/* The publisher of the one that goes first. */
static int64_t unsent(struct farm *farm, int64_t peer)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct proposal_unsent ask = {.is_own = true, .peer = peer, .limit = 1};
    struct proposal_page page;

    CHECK_OK(tx_read(&tx, farm->child, &farm->err), &farm->err);
    CHECK_OK(proposal_unsent(farm_registry(farm, &tx), &ask, &page, &farm->err), &farm->err);
    return page.count > 0 ? page.items[0].peer : 0;
}

static void what_waits_for_another_publisher_takes_no_room(void)
{
    struct farm farm;
    int64_t b = open_with_street(&farm);
    struct doing doing = {.farm = &farm};
    int64_t above = tenant_info(farm.h.town.tenant)->id;

    CHECK(draw_up(&farm, b, "{\"name\":\"Бб\"}", &doing.proposal));
    doing.proposal.peer = 99;
    CHECK_INT(run(&farm, farm.child, run_put, &doing), ERR_NONE);
    CHECK_INT(unsent(&farm, above), 0);
    CHECK(draw_up(&farm, b, "{\"name\":\"Бв\"}", &doing.proposal));
    doing.proposal.put_at += 1000;
    CHECK_INT(run(&farm, farm.child, run_put, &doing), ERR_NONE);
    CHECK_INT(unsent(&farm, above), above);
    CHECK_INT(unsent(&farm, 0), 99);
    farm_close(&farm);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(a_correction_goes_up_is_accepted_and_the_answer_comes_down),
    CHECK_TEST(a_declined_one_comes_back_with_a_word),
    CHECK_TEST(what_is_undecided_is_no_news),
    CHECK_TEST(the_gate_takes_nothing_but_proposals_of_what_is_published),
    CHECK_TEST(the_database_lets_others_write_proposals_only),
    CHECK_TEST(what_changed_meanwhile_is_said),
    CHECK_TEST(what_is_not_published_any_more_comes_back_refused),
    CHECK_TEST(what_waits_for_another_publisher_takes_no_room),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
