#include "core/time.h"
#include "queue/worker.h"
#include "registry/proposal.h"

/*
 * The job of a proposal, in either municipality: what was made here goes to its publisher, what was
 * decided here goes back.  Both ends are on this server; a mirror stands for a publisher elsewhere.
 */
struct carrying {
    struct arena *arena;
    const struct catalog *catalog;
    int64_t now;
    int64_t from; /* whose proposal it is */
    struct proposal proposal;
    bool goes_on; /* to another server */
};

static bool read_proposal(struct worker_task *task, struct str uuid, struct carrying *carrying,
                          bool *is_there, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct registry registry = {&tx, task->arena, carrying->catalog, carrying->now, NULL};
    struct err absent = {0};

    if (!tx_read(&tx, task->tenant, err))
        return false;
    *is_there = proposal_get(&registry, uuid, &carrying->proposal, &absent);
    if (*is_there || absent.code == ERR_ABSENT)
        return true;
    *err = absent;
    return false;
}

static bool put_onward(const struct registry *registry, struct err *err)
{
    struct job job = {.kind = PROPOSAL_ONWARD, .payload = STR("{}"), .put_at = registry->now};
    int64_t id;

    return job_put(registry->tx, &job, registry->now, &id, err);
}

static bool run_receive(struct tx *tx, void *data, struct err *err)
{
    const struct carrying *carrying = data;
    struct registry registry = {tx, carrying->arena, carrying->catalog, carrying->now, NULL};

    return proposal_receive(&registry, carrying->from, &carrying->proposal, err) &&
           (!carrying->goes_on || put_onward(&registry, err));
}

static bool run_answer(struct tx *tx, void *data, struct err *err)
{
    const struct carrying *carrying = data;
    struct registry registry = {tx, carrying->arena, carrying->catalog, carrying->now, NULL};

    return proposal_answer(&registry, &carrying->proposal, err);
}

/* As far as the reader sees it: the record has to be one of theirs. */
static bool hand_over(struct worker_task *task, struct carrying *carrying, struct err *err)
{
    struct subscription_by by = {task->tenant, task->context, task->arena, carrying->now};
    CLEANUP(subscription_close) struct subscription subscription = {0};
    struct carrying theirs = *carrying;
    struct record record;

    if (!subscription_open(&by, carrying->proposal.register_id, &subscription, err))
        return false;
    if (subscription.publisher_id != carrying->proposal.peer)
        return err_set(err, ERR_DENIED, "the register is read from another publisher now");
    if (!subscription_get(&subscription, POLICY_PUBLIC | POLICY_INTERNAL, carrying->proposal.record,
                          catalog_day(carrying->catalog, carrying->now), &record, err))
        return false;
    theirs.catalog = subscription.registry.catalog;
    theirs.from = tenant_info(task->tenant)->id;
    theirs.proposal.peer_title = tenant_info(task->tenant)->title;
    theirs.goes_on = carrying->goes_on = tenant_info(subscription.publisher)->is_mirror;
    if (!tenant_write_wait(subscription.publisher, run_receive, &theirs, err))
        return false;
    if (theirs.goes_on)
        worker_wake(task->pool, tenant_info(subscription.publisher)->name);
    return true;
}

/* What cannot be delivered has been refused; what only cannot just now is tried again. */
static bool carry_up(struct worker_task *task, struct carrying *carrying, struct err *err)
{
    struct err why = {0};

    carrying->proposal.state = STR("open");
    if (!hand_over(task, carrying, &why)) {
        if (why.code == ERR_UNAVAILABLE || why.code == ERR_BROKEN) {
            *err = why;
            return false;
        }
        carrying->proposal.state = STR("refused");
        carrying->proposal.answer = str_copy(task->arena, str_from_z(why.text));
        carrying->proposal.decided_at = carrying->now;
    } else if (carrying->goes_on) {
        return true; /* it is on its way until the publisher's server has it */
    }
    return tenant_write_wait(task->tenant, run_answer, carrying, err);
}

static bool carry_down(struct worker_task *task, struct carrying *carrying, struct err *err)
{
    CLEANUP(store_release) struct tenant *child = NULL;
    struct store *store = tenant_store(task->tenant);
    struct carrying theirs = *carrying;
    struct store_tenant info;
    struct err absent = {0};

    if (!store_get_tenant_by_id(store, task->arena, carrying->proposal.peer, &info, &absent)) {
        if (absent.code == ERR_ABSENT)
            return true; /* it has left this server */
        *err = absent;
        return false;
    }
    theirs.proposal.peer = tenant_info(task->tenant)->id;
    theirs.proposal.peer_title = tenant_info(task->tenant)->title;
    return store_hold(store, info.name, &child, err) &&
           catalog_get(child, task->context, &theirs.catalog, err) &&
           tenant_write_wait(child, run_answer, &theirs, err);
}

static bool run_carry(struct worker_task *task, struct str *result, struct err *err)
{
    struct carrying carrying = {.arena = task->arena, .now = time_now()};
    struct json *payload;
    bool is_there;

    if (!json_parse(task->arena, task->job.payload, NULL, &payload, err) ||
        !catalog_get(task->tenant, task->context, &carrying.catalog, err) ||
        !read_proposal(task, json_find_text(payload, STR("uuid")), &carrying, &is_there, err))
        return false;
    *result = STR("{}");
    if (!is_there)
        return true;
    if (carrying.proposal.is_own)
        return !str_equal(carrying.proposal.state, STR("waiting")) ||
               carry_up(task, &carrying, err);
    return (tenant_info(task->tenant)->is_mirror && carrying.proposal.there == 0) ||
           carry_down(task, &carrying, err);
}

const struct worker_kind proposal_kind = {STR_INIT("registry.proposal"), run_carry, NULL};
