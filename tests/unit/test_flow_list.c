/* Lists of flows: what is rare among many others is found, page by page. */
#include "workflow/flow_list.h"

#include "town.h"

enum {
    COMMON = 900,
};

struct making {
    int64_t id;
    const char *file, *state;
    int64_t record;
};

static bool run_make(struct tx *tx, void *data, struct err *err)
{
    const struct making *making = data;

    return store_exec(tx,
                      "INSERT INTO flow (tenant, id, pack, version, file, process, state, error,"
                      " step, last_no, begun_at, changed_at, register, record)"
                      " VALUES ($1, $2, 'town', '1.0.0', $3, 'one', $4, '', 1, 1, $2, $2, 1, $5)",
                      ARGS(INT(tx->tenant), INT(making->id), TEXT(str_from_z(making->file)),
                           TEXT(str_from_z(making->state)), INT(making->record)),
                      err);
}

static bool run_many(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    for (int i = 1; i <= COMMON; i++)
        if (!run_make(tx,
                      &(struct making){i * 10, "processes/common.bpmn",
                                       i % 300 == 0 ? "running" : "ended", i % 3},
                      err))
            return false;
    return true;
}

static void make(struct town *town, struct making making)
{
    struct err err;

    CHECK_OK(tenant_write_wait(town->tenant, run_make, &making, &err), &err);
}

/* Rare ones: the oldest, one in the middle, one of another state. */
static void open_lists(struct town *town)
{
    struct err err;

    town_open(town, NULL, 0);
    CHECK_OK(tenant_write_wait(town->tenant, run_many, NULL, &err), &err);
    make(town, (struct making){1, "processes/rare.bpmn", "ended", 0});
    make(town, (struct making){2, "processes/rare.bpmn", "cancelled", 0});
    make(town, (struct making){4001, "processes/rare.bpmn", "ended", 0});
    make(town, (struct making){4002, "processes/rare.bpmn", "stuck", 0});
    make(town, (struct making){4003, "processes/rare.bpmn", "ended", 0});
}

/* The numbers on a page, and what the next one is asked with: "4003 4001 > 4001". */
static struct str list(struct town *town, struct flow_list_ask ask)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf out = {.arena = check_arena()};
    struct flow_list_page page;
    struct err err;

    CHECK_OK(tx_read(&tx, town->tenant, &err), &err);
    CHECK_OK(flow_list(&tx, check_arena(), &ask, &page, &err), &err);
    for (size_t i = 0; i < page.count; i++)
        buf_printf(&out, "%lld ", (long long)page.items[i].id);
    if (page.next != 0)
        buf_printf(&out, "> %lld", (long long)page.next);
    return buf_str(&out);
}

static bool may_rare(void *data, const struct flow_store *flow)
{
    (void)data;
    return str_equal(flow->file, STR("processes/rare.bpmn"));
}

static void rare_process_is_found_among_many(void)
{
    struct flow_list_ask ask = {
        .pack = STR("town"), .file = STR("processes/rare.bpmn"), .limit = 2};
    struct town town;

    open_lists(&town);
    CHECK_STR(list(&town, ask), STR("4003 4002 > 4002"));
    ask.before = 4002;
    CHECK_STR(list(&town, ask), STR("4001 2 > 2"));
    ask.before = 2;
    CHECK_STR(list(&town, ask), STR("1 "));
    town_close(&town);
}

static void whoever_may_see_one_process_only_gets_full_pages(void)
{
    struct flow_list_ask ask = {.state = STR("ended"), .may = may_rare, .limit = 2};
    struct town town;

    open_lists(&town);
    CHECK_STR(list(&town, ask), STR("4003 4001 > 4001"));
    ask.before = 4001;
    CHECK_STR(list(&town, ask), STR("1 "));
    ask.state = STR("cancelled");
    ask.before = 0;
    CHECK_STR(list(&town, ask), STR("2 "));
    town_close(&town);
}

static void open_ones_are_those_that_run_or_are_stuck(void)
{
    struct flow_list_ask ask = {.is_open = true, .limit = 3};
    struct town town;

    open_lists(&town);
    CHECK_STR(list(&town, ask), STR("9000 6000 4002 > 4002"));
    ask.before = 4002;
    CHECK_STR(list(&town, ask), STR("3000 "));
    ask = (struct flow_list_ask){.is_open = true, .state = STR("stuck"), .limit = 3};
    CHECK_STR(list(&town, ask), STR("4002 "));
    town_close(&town);
}

/* What the newest hold is a page already; what they do not is found behind them. */
static void all_are_told_from_the_newest_to_the_oldest(void)
{
    struct flow_list_ask ask = {.limit = FLOW_LIST_PAGE_MAX};
    int64_t count = 0;
    struct town town;

    open_lists(&town);
    for (;;) {
        CLEANUP(tx_done) struct tx tx = {0};
        struct flow_list_page page;
        struct err err;

        CHECK_OK(tx_read(&tx, town.tenant, &err), &err);
        CHECK_OK(flow_list(&tx, check_arena(), &ask, &page, &err), &err);
        for (size_t i = 0; i < page.count; i++) {
            CHECK(ask.before == 0 || page.items[i].id < ask.before);
            ask.before = page.items[i].id;
            count++;
        }
        if (page.next == 0)
            break;
        CHECK_INT(page.next, ask.before);
    }
    CHECK_INT(count, COMMON + 5);
    town_close(&town);
}

static void those_about_a_record_are_found(void)
{
    struct flow_list_ask ask = {.record = 2, .state = STR("running"), .limit = 5};
    struct town town;

    open_lists(&town);
    CHECK_STR(list(&town, ask), STR(""));
    ask = (struct flow_list_ask){.record = 2, .limit = 2};
    CHECK_STR(list(&town, ask), STR("8990 8960 > 8960"));
    town_close(&town);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(rare_process_is_found_among_many),
    CHECK_TEST(whoever_may_see_one_process_only_gets_full_pages),
    CHECK_TEST(open_ones_are_those_that_run_or_are_stuck),
    CHECK_TEST(all_are_told_from_the_newest_to_the_oldest),
    CHECK_TEST(those_about_a_record_are_found),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
