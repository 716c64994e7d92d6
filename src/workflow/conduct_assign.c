/*
 * Tasks of a case that become somebody's as soon as they come, as the card of the service says, so
 * that nobody chooses their applicant (decision 0043).
 */
#include "sign/secret.h"
#include "store/rows.h"
#include "workflow/conduct_part.h"
#include "workflow/flow_doer.h"

enum {
    WORKED_MAX = 20, /* the last ones who worked on it */
};

struct assigning {
    struct tx *read;
    struct conduct *conduct;
    const struct service_work *work;
    struct flow_doer_roles roles;
    struct rows worked; /* who made its steps, the last one first */
};

/* Of count, one by lot. */
static size_t draw(size_t count)
{
    uint64_t drawn;

    secret_random(&drawn, sizeof drawn);
    return (size_t)(drawn % count);
}

static struct colleague_page without_absent(struct assigning *it, const struct colleague_page *page)
{
    int64_t today = catalog_day(it->conduct->catalog, it->conduct->now);
    struct colleague_page here = {ARENA_ARRAY(it->conduct->arena, struct colleague, page->count),
                                  0};

    for (size_t i = 0; i < page->count; i++)
        if (!colleague_is_away(&page->items[i], today))
            here.items[here.count++] = page->items[i];
    return here.count > 0 ? here : *page;
}

static bool has(const struct colleague_page *page, int64_t account)
{
    for (size_t i = 0; i < page->count; i++)
        if (page->items[i].account == account)
            return true;
    return false;
}

/* Whoever knows the case goes on with it: who makes this step, or made one before. */
static int64_t find_worked(const struct assigning *it, const struct colleague_page *page)
{
    const struct conduct *conduct = it->conduct;

    if (conduct->step.wait != 0 && conduct->actor > 0 && has(page, conduct->actor))
        return conduct->actor;
    for (size_t row = 0; row < it->worked.count; row++)
        if (has(page, rows_int(&it->worked, row, 0)))
            return rows_int(&it->worked, row, 0);
    return 0;
}

static bool keep_idle(struct assigning *it, struct colleague_page *page, struct err *err)
{
    struct colleague_page idle = {ARENA_ARRAY(it->conduct->arena, struct colleague, page->count),
                                  0};
    int64_t *load = ARENA_ARRAY(it->conduct->arena, int64_t, page->count);
    int64_t least = INT64_MAX;

    if (!flow_doer_load(it->read, &it->roles, page, load, err))
        return false;
    for (size_t i = 0; i < page->count; i++)
        least = MIN(least, load[i]);
    for (size_t i = 0; i < page->count; i++)
        if (load[i] == least)
            idle.items[idle.count++] = page->items[i];
    *page = idle;
    return true;
}

static bool choose(struct assigning *it, struct str role, int64_t *account, struct err *err)
{
    struct colleague_page page;

    *account = 0;
    if (!flow_doer_list(it->read, it->conduct->arena, it->conduct->catalog->model->policy, role,
                        &page, err))
        return false;
    if (page.count == 0) /* then whoever gets the role takes it */
        return true;
    page = without_absent(it, &page);
    *account = find_worked(it, &page);
    if (*account != 0)
        return true;
    if (it->work->share == SERVICE_WORK_LOAD && !keep_idle(it, &page, err))
        return false;
    *account = page.items[draw(page.count)].account;
    return true;
}

static bool load_worked(struct assigning *it, struct err *err)
{
    return flow_doer_find_roles(it->conduct->processes, it->conduct->catalog->model,
                                it->conduct->arena, NULL, &it->roles, err) &&
           store_query(it->read, it->conduct->arena, &it->worked,
                       "SELECT actor FROM flow_step WHERE tenant = $1 AND flow = $2 AND wait <> 0"
                       " AND actor > 0 ORDER BY step DESC LIMIT $3",
                       ARGS(INT(it->read->tenant), INT(it->conduct->head.id), INT(WORKED_MAX)),
                       err);
}

static bool is_new(const struct flow_wait *wait)
{
    return wait != NULL && wait->kind == FLOW_WAIT_TASK && !wait->part.is_stored &&
           wait->key.len == 0 && !str_equal(wait->name, STR("applicant"));
}

bool conduct_assign(struct tx *read, struct conduct *conduct, struct err *err)
{
    struct assigning it = {.read = read, .conduct = conduct};
    const struct service *service;
    struct err none;

    if (conduct->work->about == NULL ||
        !process_service(conduct->processes, conduct->catalog->model,
                         conduct->work->about->one.service, &service, &none))
        return true;
    it.work = &service->work;
    for (size_t i = 0; i < conduct->after->waits.count; i++) {
        struct flow_wait *wait = flow_wait_at(conduct->after, i);
        int64_t account;

        if (!is_new(wait) ||
            !service_work_assigns(it.work, conduct->after->model->nodes[wait->node].id))
            continue;
        if (it.roles.names == NULL && !load_worked(&it, err))
            return false;
        if (!choose(&it, wait->name, &account, err))
            return err_while(err, "assigning a task");
        if (account != 0)
            wait->key = str_printf(conduct->arena, "%lld", (long long)account);
    }
    return true;
}
