#include "web/page_admin.h"

#include "web/answer.h"
#include "web/view.h"

enum {
    ROLES_BATCH = 500,
};

/* How many accounts have each role, by the role's index. */
static bool count_users(struct request *request, int64_t counts[POLICY_ROLES_MAX + 1],
                        struct err *err)
{
    const struct policy *policy = request->catalog->model->policy;
    struct account_page page;
    int64_t after = 0;
    struct tx *tx;

    if (!request_read(request, &tx, err))
        return false;
    do {
        if (!account_list(tx, request->arena, after, ROLES_BATCH, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++) {
            after = page.items[i].id;
            for (size_t n = 0; n < page.items[i].role_count; n++) {
                const struct policy_role *role = policy_role_find(policy, page.items[i].roles[n]);

                if (role != NULL)
                    counts[role->index]++;
            }
        }
    } while (page.count == ROLES_BATCH);
    return true;
}

static struct str classes_text(struct request *request, const struct register_type *type,
                               unsigned classes)
{
    if ((type->classes & ~classes) == 0)
        return request_text(request, (type->classes & (POLICY_PERSONAL | POLICY_SECRET)) != 0
                                         ? STR("all, personal ones too")
                                         : STR("all"));
    if ((classes & POLICY_PERSONAL) != 0)
        return request_text(request, STR("all but secret ones"));
    if ((classes & POLICY_INTERNAL) != 0)
        return request_text(request, STR("public and internal ones"));
    return request_text(request, STR("only public ones"));
}

/* The filters of the first of the actions that is not for all records: "a = 1 or b = 2". */
static struct str where_text(struct request *request, const struct policy_rights *of, int index)
{
    static const enum policy_action ACTIONS[] = {POLICY_READ, POLICY_CREATE, POLICY_CHANGE,
                                                 POLICY_DELETE};
    struct str wheres[POLICY_WHERES_MAX];
    struct buf text = {.arena = request->arena};

    for (size_t i = 0; i < ARRAY_LEN(ACTIONS) && text.len == 0; i++) {
        size_t count = policy_is_limited(of, index, ACTIONS[i])
                           ? policy_wheres(of, index, ACTIONS[i], wheres)
                           : 0;

        for (size_t w = 0; w < count; w++)
            buf_printf(&text, "%s%.*s", w > 0 ? " or " : "", STR_ARG(wheres[w]));
    }
    return buf_str(&text);
}

static void add_right(struct request *request, struct json *rights, const struct policy_rights *of,
                      const struct register_type *type)
{
    static const struct {
        const char *name;
        enum policy_action action;
    } ACTIONS[] = {
        {"can_read", POLICY_READ},
        {"can_create", POLICY_CREATE},
        {"can_update", POLICY_CHANGE},
        {"can_delete", POLICY_DELETE},
    };
    struct json *right;
    unsigned classes;

    if (!policy_may_some(of, type->index, POLICY_READ, &classes))
        return;
    right = view_push(request, rights);
    view_text(request, right, "register", request_pack_text(request, type->title));
    view_text(request, right, "classes_text", classes_text(request, type, classes));
    for (size_t i = 0; i < ARRAY_LEN(ACTIONS); i++)
        view_bool(request, right, ACTIONS[i].name,
                  policy_may_some(of, type->index, ACTIONS[i].action, NULL));
    view_maybe(request, right, "where_text", where_text(request, of, type->index));
}

static void add_role(struct request *request, struct json *roles, const struct policy_role *role,
                     int64_t users)
{
    const struct model *model = request->catalog->model;
    struct policy_rights of = policy_rights_of(model->policy, &role->id, 1);
    struct json *row = view_push(request, roles);
    bool is_guest = str_equal(role->id, STR("guest"));
    struct json *rights;

    view_text(request, row, "id", role->id);
    view_text(request, row, "title",
              is_guest ? request_text(request, STR("Any visitor"))
                       : request_pack_text(request, role->title));
    view_text(request, row, "text",
              is_guest ? request_text(request, STR("Without signing in."))
                       : request_pack_text(request, role->description));
    view_int(request, row, "users", users);
    view_maybe(request, row, "users_href",
               users > 0 ? page_href(request, "/admin/users?role=%.*s", STR_ARG(role->id))
                         : (struct str){0});
    rights = view_list(request, row, "rights");
    for (size_t i = 0; i < model->type_count; i++)
        add_right(request, rights, &of, model->types[i]);
    view_bool(request, row, "has_rights", rights->count > 0);
}

bool page_roles(struct request *request, struct err *err)
{
    int64_t counts[POLICY_ROLES_MAX + 1] = {0};
    struct json *view = view_new(request);
    struct json *list = view_list(request, view, "roles");
    const struct policy_role *roles;
    size_t count;

    if (!request_admin(request, POLICY_USERS, err) || !count_users(request, counts, err))
        return false;
    page_title(request, view, request_text(request, STR("Roles")));
    roles = policy_roles(request->catalog->model->policy, &count);
    for (size_t i = 0; i < count; i++)
        add_role(request, list, &roles[i], counts[roles[i].index]);
    return answer_page(request, 200, STR("page/roles"), view, err);
}
