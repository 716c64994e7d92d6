#include "stand.h"

#include "queue/job.h"
#include "store/rows.h"

enum {
    HOUR = 3600 * 1000,
};

static struct err err;
static struct store *store;
static struct tenant *tenant;
static struct tx *tx; /* inside in_write */

static void start(void)
{
    struct store_options options = {
        .folder = check_folder(), .database = stand_database(), .writers = 1};

    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_create_tenant(store, STR("town"), STR(""), 0, 0, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
}

static void finish(void)
{
    store_release(&tenant);
    store_close(&store);
}

static bool run_test(struct tx *write, void *data, struct err *why)
{
    bool (*const *test)(void) = data;

    tx = write;
    return (*test)() || err_set(why, ERR_INPUT, "no");
}

/* A check that fails on a writer's thread could not end the test: it returns false there. */
static bool in_write(bool (*test)(void))
{
    struct err why = {0};

    return tenant_write_wait(tenant, run_test, &test, &why);
}

static int64_t put(int64_t now)
{
    struct job job = {.kind = STR("test.count"), .payload = STR("{\"a\":1}"), .put_at = now};
    int64_t id = 0;

    return job_put(tx, &job, now, &id, &err) ? id : 0;
}

static struct job claim(int64_t now)
{
    struct job job = {0};

    if (!job_claim(tx, check_arena(), now, &job, &err))
        job.id = -1;
    return job;
}

static struct job_view view(int64_t id)
{
    struct job_view seen = {0};

    if (!job_get(tx, check_arena(), id, &seen, &err))
        seen.status = STR("absent");
    return seen;
}

static bool status_is(int64_t id, const char *status)
{
    return str_equal(view(id).status, str_from_z(status));
}

static bool put_and_fail(void)
{
    return put(1) != 0 && false;
}

static bool nothing_waits(void)
{
    int64_t due_at = 0;

    return job_next_due(tx, &due_at, &err) && due_at == INT64_MAX && claim(100).id == 0;
}

static void rolled_back_request_leaves_no_job(void)
{
    start();
    CHECK(!in_write(put_and_fail));
    CHECK(in_write(nothing_waits));
    finish();
}

static bool one_life(void)
{
    int64_t id = put(1000), due_at;
    struct job job = claim(1000);
    struct job_view progress = {.step = STR("reading"), .done = 3, .total = 9};
    bool is_stopping = true;

    if (claim(1000).id != 0 || job.id != id || job.tries != 1 ||
        !str_equal(job.payload, STR("{\"a\":1}")) || !status_is(id, "running"))
        return false;
    job.state = STR("[3]");
    if (!job_progress(tx, &job, &progress, 2000, &is_stopping, &err) || is_stopping ||
        view(id).done != 3 || !str_equal(view(id).step, STR("reading")))
        return false;
    /* The lease was renewed: it does not end when it would have. */
    if (claim(1000 + JOB_LEASE_MS).id != 0 || claim(2000 + JOB_LEASE_MS).id != id)
        return false;
    /* The first worker comes back late and changes nothing. */
    if (job_progress(tx, &job, &progress, 3000, &is_stopping, &err) || err.code != ERR_CONFLICT ||
        !job_done(tx, &job, STR("{}"), 3000, &err) || !status_is(id, "running"))
        return false;
    job.tries = 2;
    return job_done(tx, &job, STR("{\"ok\":1}"), 3000, &err) && status_is(id, "done") &&
           str_equal(view(id).result, STR("{\"ok\":1}")) && job_next_due(tx, &due_at, &err) &&
           due_at == INT64_MAX;
}

static void job_is_claimed_renewed_lost_and_done(void)
{
    start();
    CHECK(in_write(one_life));
    finish();
}

static bool fail_hourly(void)
{
    struct err reason = {ERR_UNAVAILABLE, "no answer"};
    int64_t id = put(0);
    int claims = 0;

    for (int64_t hour = 0; hour < 100; hour++) {
        struct job job = claim(hour * HOUR);

        claims += job.id != 0;
        if (job.id != 0 && !job_failed(tx, &job, &reason, hour * HOUR, &err))
            return false;
    }
    return claims > 60 && claims < 75 && status_is(id, "failed") &&
           str_equal(view(id).reason, STR("no answer"));
}

static void unanswered_job_is_given_up_after_three_days(void)
{
    start();
    CHECK(in_write(fail_hourly));
    finish();
}

/* As any moment of ours is to a clock that counts from 1970. */
static bool fail_without_a_beginning(void)
{
    struct err reason = {ERR_UNAVAILABLE, "no answer"};
    struct job job = {.kind = STR("test.count")};
    int64_t now = INT64_C(24000) * HOUR;
    int64_t id = 0;

    if (!job_put(tx, &job, now, &id, &err))
        return false;
    job = claim(now);
    return job.id == id && job_failed(tx, &job, &reason, now, &err) && status_is(id, "waiting");
}

static void job_put_without_a_moment_is_tried_again(void)
{
    start();
    CHECK(in_write(fail_without_a_beginning));
    finish();
}

static bool fail_long_after_it_was_put(void)
{
    struct err reason = {ERR_UNAVAILABLE, "no answer"};
    struct job job = {.kind = STR("test.count"), .put_at = HOUR};
    int64_t due_at = 30 * 24 * (int64_t)HOUR;
    int64_t id = 0;

    if (!job_put(tx, &job, due_at, &id, &err))
        return false;
    job = claim(due_at);
    return job.id == id && job_failed(tx, &job, &reason, due_at, &err) && status_is(id, "waiting");
}

static void age_of_a_job_counts_from_its_first_try(void)
{
    start();
    CHECK(in_write(fail_long_after_it_was_put));
    finish();
}

static bool fail_at_once(void)
{
    struct err reason = {ERR_INPUT, "the file is no CSV"};
    int64_t id = put(0);
    struct job job = claim(0);

    return job_failed(tx, &job, &reason, 5, &err) && status_is(id, "failed") &&
           view(id).ended_at == 5 && claim(HOUR).id == 0;
}

static void job_that_cannot_heal_is_not_tried_again(void)
{
    start();
    CHECK(in_write(fail_at_once));
    finish();
}

static bool stop_both(void)
{
    int64_t waiting = put(2), running = put(1);
    struct job job = claim(1);
    struct job_view progress = {.step = STR("x")};
    bool is_stopping = false;

    return job.id == running && job_stop(tx, waiting, 3, &err) && status_is(waiting, "stopped") &&
           job_stop(tx, running, 3, &err) && status_is(running, "running") &&
           job_progress(tx, &job, &progress, 4, &is_stopping, &err) && is_stopping &&
           job_done(tx, &job, STR(""), 5, &err) && status_is(running, "stopped") &&
           !job_stop(tx, 12345, 3, &err) && err.code == ERR_ABSENT;
}

static void stopping_ends_a_waiting_job_and_asks_a_running_one(void)
{
    start();
    CHECK(in_write(stop_both));
    finish();
}

static bool recover(void)
{
    int64_t id = put(1);
    struct job job = claim(1);
    struct job_view *views;
    size_t count;

    job.state = STR("[7]");
    bool is_stopping;
    struct job_view progress = {.step = STR("x")};
    if (!job_progress(tx, &job, &progress, 4, &is_stopping, &err) || !job_recover(tx, 10, &err))
        return false;
    job = claim(10);
    return job.id == id && job.tries == 2 && str_equal(job.state, STR("[7]")) &&
           job_put_back(tx, &job, 11, &err) && claim(11).id == id &&
           job_list(tx, check_arena(), 5, &views, &count, &err) && count == 1;
}

static void job_goes_on_from_its_bookmark_after_a_crash(void)
{
    start();
    CHECK(in_write(recover));
    finish();
}

static bool done_long_ago(void)
{
    int64_t old = put(1);
    struct job job = claim(1);

    if (!job_done(tx, &job, STR(""), 1, &err))
        return false;
    put(9 * 24 * HOUR);
    job = claim(9 * 24 * (int64_t)HOUR);
    return job_done(tx, &job, STR(""), job.put_at, &err) && status_is(old, "absent") &&
           status_is(job.id, "done");
}

static void jobs_are_forgotten_a_week_after_their_end(void)
{
    start();
    CHECK(in_write(done_long_ago));
    finish();
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(rolled_back_request_leaves_no_job),
        CHECK_TEST(job_is_claimed_renewed_lost_and_done),
        CHECK_TEST(unanswered_job_is_given_up_after_three_days),
        CHECK_TEST(job_put_without_a_moment_is_tried_again),
        CHECK_TEST(age_of_a_job_counts_from_its_first_try),
        CHECK_TEST(job_that_cannot_heal_is_not_tried_again),
        CHECK_TEST(stopping_ends_a_waiting_job_and_asks_a_running_one),
        CHECK_TEST(job_goes_on_from_its_bookmark_after_a_crash),
        CHECK_TEST(jobs_are_forgotten_a_week_after_their_end),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
