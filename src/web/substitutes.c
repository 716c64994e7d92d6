#include "web/substitutes.h"

#include "auth/account.h"

bool substitutes_is_head(const struct request *request)
{
    return (request->actor.rights.admin & POLICY_USERS) != 0 ||
           policy_may_some_process(&request->actor.rights, POLICY_ASSIGN | POLICY_MANAGE);
}

static bool find_roles(struct request *request, const struct policy_rights *rights,
                       struct flow_doer_roles *roles, struct err *err)
{
    return flow_doer_find_roles(request->web->processes, request->catalog->model, request->arena,
                                rights, roles, err);
}

static bool has(const struct colleague_page *page, int64_t account)
{
    for (size_t i = 0; i < page->count; i++)
        if (page->items[i].account == account)
            return true;
    return false;
}

/* All who have one of the roles, each once, but that one. */
static bool gather(struct request *request, const struct flow_doer_roles *roles, int64_t but,
                   struct colleague_page *page, struct err *err)
{
    struct tx *tx;

    *page = (struct colleague_page){0};
    if (!request_read(request, &tx, err))
        return false;
    for (size_t r = 0; r < roles->id_count; r++) {
        struct colleague_page found, all;

        if (!colleague_list(tx, request->arena, roles->ids[r], &found, err))
            return false;
        all.items = ARENA_ARRAY(request->arena, struct colleague, page->count + found.count);
        all.count = page->count;
        for (size_t i = 0; i < page->count; i++)
            all.items[i] = page->items[i];
        for (size_t i = 0; i < found.count; i++)
            if (found.items[i].account != but && !has(page, found.items[i].account))
                all.items[all.count++] = found.items[i];
        *page = all;
    }
    return true;
}

bool substitutes_list(struct request *request, struct colleague_page *page, struct err *err)
{
    bool is_head = substitutes_is_head(request);
    struct flow_doer_roles roles;
    struct tx *tx;

    if (!find_roles(request, is_head ? NULL : &request->actor.rights, &roles, err))
        return false;
    if (is_head)
        return gather(request, &roles, 0, page, err);
    *page = (struct colleague_page){.items = ARENA_NEW(request->arena, struct colleague)};
    if (roles.id_count == 0)
        return true;
    page->count = 1;
    return request_read(request, &tx, err) &&
           colleague_get(tx, request->arena, request->actor.account, page->items, err);
}

bool substitutes_find(struct request *request, int64_t account, struct colleague *one,
                      struct err *err)
{
    struct colleague_page page;

    if (account != request->actor.account && !substitutes_is_head(request))
        return err_set(err, ERR_DENIED,
                       "Only the head or an administrator says who stands in for "
                       "somebody else.");
    if (!substitutes_list(request, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++)
        if (page.items[i].account == account) {
            *one = page.items[i];
            return true;
        }
    return err_set(err, ERR_ABSENT,
                   "This person does no tasks, so nobody has to stand in for them.");
}

bool substitutes_candidates(struct request *request, const struct colleague *one,
                            struct colleague_page *page, struct err *err)
{
    const struct policy *policy = request->catalog->model->policy;
    struct flow_doer_roles roles;
    struct policy_rights rights;
    struct account account;
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !account_get(tx, request->arena, one->account, &account, err))
        return false;
    rights = policy_rights_of(policy, account.roles, account.role_count);
    return find_roles(request, &rights, &roles, err) &&
           gather(request, &roles, one->account, page, err);
}

struct setting {
    const struct request *request;
    const struct colleague *one;
};

static bool run_set(struct tx *tx, void *data, struct err *err)
{
    const struct setting *it = data;
    struct account_by by = {it->request->actor.account, it->request->now};

    return colleague_set(tx, it->one, by, err);
}

bool substitutes_set(struct request *request, const struct colleague *one, struct err *err)
{
    struct setting it = {request, one};
    struct colleague_page page;

    if (one->substitute != 0) {
        if (!substitutes_candidates(request, one, &page, err))
            return false;
        if (one->substitute != one->account && !has(&page, one->substitute))
            return err_set(err, ERR_INPUT,
                           "That person has none of the roles whose tasks there are to do.");
        if (one->away_until < request_today(request))
            return err_set(err, ERR_INPUT, "The last day is over already.");
    }
    return request_write_wait(request, run_set, &it, err);
}
