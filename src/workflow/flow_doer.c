#include "workflow/flow_doer.h"

#include "core/num.h"
#include "core/vec.h"
#include "store/rows.h"

/* Whoever ordered the service, and everybody, are no roles that accounts are listed by. */
static bool is_of_staff(struct str role)
{
    return !str_equal(role, STR("applicant")) && !str_equal(role, STR("guest"));
}

static bool is_called(const struct policy_role *role, struct str name)
{
    return name.len > 0 && (str_equal(role->id, name) || str_equal(role->title, name));
}

static bool has_account(const struct colleague_page *page, int64_t account)
{
    for (size_t i = 0; i < page->count; i++)
        if (page->items[i].account == account)
            return true;
    return false;
}

static void add_some(struct arena *arena, struct colleague_page *page,
                     const struct colleague_page *more)
{
    struct colleague_page all = {ARENA_ARRAY(arena, struct colleague, page->count + more->count),
                                 page->count};

    for (size_t i = 0; i < page->count; i++)
        all.items[i] = page->items[i];
    for (size_t i = 0; i < more->count; i++)
        if (!has_account(page, more->items[i].account))
            all.items[all.count++] = more->items[i];
    *page = all;
}

bool flow_doer_list(struct tx *tx, struct arena *arena, const struct policy *policy,
                    struct str role, struct colleague_page *page, struct err *err)
{
    size_t count;
    const struct policy_role *roles = policy_roles(policy, &count);

    *page = (struct colleague_page){0};
    for (size_t i = 0; i < count && is_of_staff(role); i++) {
        struct colleague_page found;

        if (!is_called(&roles[i], role))
            continue;
        if (!colleague_list(tx, arena, roles[i].id, &found, err))
            return false;
        add_some(arena, page, &found);
    }
    return true;
}

static bool has_text(const struct str *texts, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(texts[i], text))
            return true;
    return false;
}

bool flow_doer_find_roles(struct process_library *processes, const struct model *model,
                          struct arena *arena, const struct policy_rights *rights,
                          struct flow_doer_roles *found, struct err *err)
{
    VEC(struct str) names = {0};
    VEC(struct str) ids = {0};
    const struct process **all;
    size_t count, role_count;
    const struct policy_role *roles = policy_roles(model->policy, &role_count);

    if (!process_list(processes, model, arena, &all, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < all[i]->doer_count; d++)
            if (is_of_staff(all[i]->doers[d]) &&
                (rights == NULL || policy_has_role(rights, all[i]->doers[d])) &&
                !has_text(names.items, names.count, all[i]->doers[d]))
                VEC_PUSH(arena, &names, all[i]->doers[d]);
    for (size_t i = 0; i < role_count; i++)
        for (size_t n = 0; n < names.count; n++)
            if (is_called(&roles[i], names.items[n]) &&
                (rights == NULL || policy_has_role(rights, roles[i].id)) &&
                !has_text(ids.items, ids.count, roles[i].id))
                VEC_PUSH(arena, &ids, roles[i].id);
    *found = (struct flow_doer_roles){names.items, names.count, ids.items, ids.count};
    return true;
}

struct counting {
    const struct colleague_page *page;
    int64_t *load;
};

static bool count_row(void *data, const struct rows *row, struct err *err)
{
    const struct counting *counting = data;
    int64_t account;

    (void)err;
    if (!num_parse_int(rows_text(row, 0, 0), &account))
        return true;
    for (size_t i = 0; i < counting->page->count; i++)
        if (counting->page->items[i].account == account)
            counting->load[i] += rows_int(row, 0, 1);
    return true;
}

bool flow_doer_load(struct tx *tx, const struct flow_doer_roles *roles,
                    const struct colleague_page *page, int64_t *load, struct err *err)
{
    struct counting counting = {page, load};

    for (size_t i = 0; i < page->count; i++)
        load[i] = 0;
    for (size_t i = 0; i < roles->name_count; i++)
        if (!store_each(tx,
                        "SELECT tag, COUNT(*) FROM flow_wait WHERE tenant = $1 AND kind = 'task'"
                        " AND name = $2 AND tag > '' GROUP BY tag",
                        ARGS(INT(tx->tenant), TEXT(roles->names[i])), count_row, &counting, err))
            return err_while(err, "counting tasks");
    return true;
}
