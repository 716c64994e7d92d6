#include "hamlet.h"

#include "core/log.h"
#include "queue/worker.h"
#include "registry/gauge.h"
#include "registry/sweep.h"

#include <time.h>

/* Three municipalities with hamlet 1.0.0; there is hamlet 1.1.0 by now. */
struct region {
    struct hamlet h;
    struct tenancy by;
    struct err err;
};

static void found(struct region *r, const char *name)
{
    static const struct str PACK[] = {STR_INIT("hamlet")};
    struct tenancy_wish wish = {.name = str_from_z(name), .title = STR("Село"), .packs = {PACK, 1}};

    CHECK_OK(tenancy_found(&r->by, &wish, &r->err), &r->err);
}

static void open_region(struct region *r)
{
    *r = (struct region){0};
    log_set_level(LOG_ERROR);
    hamlet_open(&r->h);
    r->by = (struct tenancy){r->h.town.store, r->h.library, 7, HAMLET_NOW};
    found(r, "alpha");
    found(r, "beta");
    hamlet_write_pack(&r->h, "1.1.0", NULL);
}

static struct sweep get(struct region *r, int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct sweep sweep = {0};

    CHECK_OK(tx_read_node(&tx, r->h.town.store, &r->err) &&
                 sweep_get(&tx, check_arena(), id, &sweep, &r->err),
             &r->err);
    return sweep;
}

static struct str report(struct region *r, int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf out = {.arena = check_arena()};

    CHECK_OK(tx_read_node(&tx, r->h.town.store, &r->err) && sweep_report(&tx, &out, id, &r->err),
             &r->err);
    return buf_str(&out);
}

static bool has(struct str text, const char *part)
{
    return str_find(text, str_from_z(part)) < text.len;
}

static int run_all(struct region *r, int64_t id)
{
    bool is_over = false;
    int steps = 0;

    while (!is_over && steps < 100) {
        CHECK_OK(sweep_step(&r->by, id, 0, NULL, &is_over, &r->err), &r->err);
        steps += !is_over;
    }
    return steps;
}

static int64_t start(struct region *r, struct str packs)
{
    struct sweep_wish wish = {SWEEP_PACKS, packs};
    int64_t id;

    CHECK_OK(sweep_start(&r->by, &wish, &id, &r->err), &r->err);
    return id;
}

static void packs_of_all_are_brought_to_their_newest_version(void)
{
    struct region r;

    open_region(&r);
    int64_t id = start(&r, STR(""));
    struct sweep sweep = get(&r, id);
    CHECK_STR(sweep.status, STR("running"));
    CHECK_INT(sweep.waiting, 3);
    CHECK(sweep.job != 0);
    CHECK_INT(run_all(&r, id), 3);
    sweep = get(&r, id);
    CHECK_STR(sweep.status, STR("done"));
    CHECK_INT(sweep.done, 3);
    CHECK_INT(sweep.ended_at, HAMLET_NOW);
    CHECK(str_starts(report(&r, id), STR("tenant,from,to,result,seconds,reason\r\n"
                                         "alpha,hamlet 1.0.0,hamlet 1.1.0,done,")));
    CHECK_INT(town_count(&r.h.town, "SELECT count(*) FROM pack WHERE tenant = $1"
                                    " AND version = '1.1.0'"),
              1);
    CHECK_INT(town_count(&r.h.town, "SELECT count(*) FROM journal WHERE tenant = $1"
                                    " AND action = 'pack.install' AND actor = -2"),
              1);
    /* Once is enough. */
    CHECK_INT(start(&r, STR("")), 0);
    hamlet_close(&r.h);
}

static void one_that_fails_is_told_and_tried_again_and_stops_nobody(void)
{
    CLEANUP(store_release) struct tenant *beta = NULL;
    struct region r;

    open_region(&r);
    int64_t id = start(&r, STR("hamlet"));
    CHECK_OK(store_hold(r.h.town.store, STR("beta"), &beta, &r.err), &r.err);
    CHECK_OK(tenant_freeze(beta, &r.err), &r.err);
    CHECK_INT(run_all(&r, id), 3);
    struct sweep sweep = get(&r, id);
    CHECK_STR(sweep.status, STR("done"));
    CHECK_INT(sweep.done, 2);
    CHECK_INT(sweep.failed, 1);
    CHECK(has(report(&r, id), "\r\nbeta,hamlet 1.0.0,,failed,"));
    CHECK(has(report(&r, id), "the municipality is being moved"));
    tenant_thaw(beta);
    CHECK_OK(sweep_do(&r.by, id, SWEEP_RETRY, &r.err), &r.err);
    CHECK_STR(get(&r, id).status, STR("running"));
    CHECK_INT(run_all(&r, id), 1);
    CHECK_INT(get(&r, id).done, 3);
    CHECK(!has(report(&r, id), "being moved"));
    CHECK(!sweep_do(&r.by, id, SWEEP_RETRY, &r.err));
    CHECK_INT(r.err.code, ERR_CONFLICT);
    store_release(&beta);
    hamlet_close(&r.h);
}

static void paused_it_rests_resumed_it_goes_on_stopped_it_is_over(void)
{
    bool is_over;
    struct region r;

    open_region(&r);
    int64_t id = start(&r, STR("hamlet"));
    struct sweep_wish wish = {SWEEP_PACKS, STR("")};
    int64_t other;
    CHECK(!sweep_start(&r.by, &wish, &other, &r.err));
    CHECK_INT(r.err.code, ERR_CONFLICT);
    CHECK_OK(sweep_step(&r.by, id, 0, NULL, &is_over, &r.err), &r.err);
    CHECK(!is_over);
    int64_t job = get(&r, id).job;
    CHECK_OK(sweep_do(&r.by, id, SWEEP_PAUSE, &r.err), &r.err);
    CHECK_INT(run_all(&r, id), 0);
    CHECK_STR(get(&r, id).status, STR("paused"));
    CHECK(!sweep_do(&r.by, id, SWEEP_PAUSE, &r.err));
    CHECK_OK(sweep_do(&r.by, id, SWEEP_RESUME, &r.err), &r.err);
    /* The job of before leaves it to the new one. */
    CHECK(get(&r, id).job != job);
    CHECK_OK(sweep_step(&r.by, id, job, NULL, &is_over, &r.err), &r.err);
    CHECK(is_over);
    CHECK_OK(sweep_step(&r.by, id, get(&r, id).job, NULL, &is_over, &r.err), &r.err);
    CHECK(!is_over);
    CHECK_OK(sweep_do(&r.by, id, SWEEP_STOP, &r.err), &r.err);
    CHECK_INT(run_all(&r, id), 0);
    struct sweep sweep = get(&r, id);
    CHECK_STR(sweep.status, STR("stopped"));
    CHECK_INT(sweep.done, 2);
    CHECK_INT(sweep.waiting, 1);
    CHECK(sweep.ended_at > 0);
    CHECK(!sweep_do(&r.by, id, SWEEP_RESUME, &r.err));
    CHECK(!sweep_do(&r.by, 5, SWEEP_STOP, &r.err));
    CHECK_INT(r.err.code, ERR_ABSENT);
    /* What is left is the next one's. */
    id = start(&r, STR("hamlet"));
    CHECK_INT(get(&r, id).waiting, 1);
    hamlet_close(&r.h);
}

static void wrong_packs_and_nothing_to_do_are_told(void)
{
    struct sweep_wish wish = {SWEEP_PACKS, STR("nowhere")};
    struct str *names;
    struct region r;
    size_t count;
    int64_t id;

    open_region(&r);
    CHECK(!sweep_start(&r.by, &wish, &id, &r.err));
    CHECK_INT(r.err.code, ERR_INPUT);
    wish.packs = STR("hamlet");
    CHECK_OK(sweep_plan(&r.by, check_arena(), &wish, &names, &count, &r.err), &r.err);
    CHECK_INT((int64_t)count, 3);
    wish = (struct sweep_wish){SWEEP_TABLES, STR("")};
    CHECK_OK(sweep_plan(&r.by, check_arena(), &wish, &names, &count, &r.err), &r.err);
    CHECK_INT((int64_t)count, 0);
    hamlet_close(&r.h);
}

static bool forget(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return store_exec(tx, "UPDATE gauge SET tables = tables - 1", (struct store_args){0}, err);
}

static void tables_of_files_are_looked_after_in_the_background(void)
{
    struct sweep_wish wish = {SWEEP_TABLES, STR("")};
    struct region r;
    int64_t id;

    open_region(&r);
    CHECK_OK(store_write_node(r.h.town.store, forget, NULL, &r.err), &r.err);
    CHECK_OK(sweep_start(&r.by, &wish, &id, &r.err), &r.err);
    if (store_is_shared(r.h.town.store)) {
        CHECK_INT(id, 0);
    } else {
        CHECK_INT(run_all(&r, id), 3);
        CHECK_INT(get(&r, id).done, 3);
        CHECK_OK(sweep_start(&r.by, &wish, &id, &r.err), &r.err);
        CHECK_INT(id, 0);
    }
    hamlet_close(&r.h);
}

static void workers_go_through_it_by_a_job_of_the_node(void)
{
    struct worker_kind kinds[] = {sweep_job_kind};
    struct region r;

    open_region(&r);
    kinds[0].context = r.h.library;
    int64_t id = start(&r, STR(""));
    struct worker_pool *pool = worker_start(check_arena(), r.h.town.store, kinds, 1, 0);
    worker_wake(pool, STR(JOB_NODE));
    for (int i = 0; i < 5000 && get(&r, id).ended_at == 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    CHECK_STR(get(&r, id).status, STR("done"));
    CHECK_INT(get(&r, id).done, 3);
    worker_stop(pool);
    hamlet_close(&r.h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(packs_of_all_are_brought_to_their_newest_version),
    CHECK_TEST(one_that_fails_is_told_and_tried_again_and_stops_nobody),
    CHECK_TEST(paused_it_rests_resumed_it_goes_on_stopped_it_is_over),
    CHECK_TEST(wrong_packs_and_nothing_to_do_are_told),
    CHECK_TEST(tables_of_files_are_looked_after_in_the_background),
    CHECK_TEST(workers_go_through_it_by_a_job_of_the_node),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
