#include "web/page_admin.h"

#include "core/id.h"
#include "core/utf8.h"
#include "web/answer.h"
#include "web/table.h"
#include "web/wording.h"

enum {
    USERS_PAGE = 50,
    USERS_BATCH = 500,
};

bool page_users_first(struct request *request, struct err *err)
{
    unsigned admin = request->actor.rights.admin;

    if (admin & POLICY_USERS)
        return answer_redirect(request, STR("/admin/users"));
    if (admin & POLICY_PACKS)
        return answer_redirect(request, STR("/admin/packs"));
    if (admin & POLICY_SETTINGS)
        return answer_redirect(request, STR("/admin/settings"));
    return err_set(err, ERR_DENIED, "your role does not allow this");
}

struct users {
    struct request *request;
    struct json *view;
    struct str words; /* folded */
    struct str role;
    int64_t after;
    int64_t shown;
    bool has_more;
};

static struct str fold(struct request *request, struct str text)
{
    struct buf buf = {.arena = request->arena};

    utf8_fold(&buf, text);
    return buf_str(&buf);
}

static bool is_asked(const struct users *users, const struct account *account)
{
    struct str name = fold(users->request, account->name);
    struct str login = fold(users->request, account->login);
    bool has_role = users->role.len == 0;

    for (size_t i = 0; i < account->role_count; i++)
        has_role |= str_equal(account->roles[i], users->role);
    return has_role && (users->words.len == 0 || str_find(name, users->words) < name.len ||
                        str_find(login, users->words) < login.len);
}

static void add_user(struct users *users, const struct account *account)
{
    struct request *request = users->request;
    bool is_blocked = str_equal(account->state, STR("blocked"));
    struct json *row = table_row(
        request, users->view, account->name,
        page_href(request, "/admin/users/%.*s", STR_ARG(id_text(request->arena, account->id))));

    table_cell(request, users->view, row, account->login);
    table_cell(request, users->view, row,
               wording_roles(request, account->roles, account->role_count));
    table_cell(request, users->view, row,
               account->last_at > 0 ? view_moment(request, account->last_at) : (struct str){0});
    table_tag(request, users->view, row, is_blocked ? "bad" : "ok",
              request_text(request, is_blocked ? STR("blocked") : STR("active")));
    users->shown++;
    users->after = account->id;
}

static bool add_users(struct users *users, struct err *err)
{
    int64_t after = users->after;
    struct account_page page;
    struct tx *tx;

    if (!request_read(users->request, &tx, err))
        return false;
    do {
        if (!account_list(tx, users->request->arena, after, USERS_BATCH, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++) {
            after = page.items[i].id;
            if (!is_asked(users, &page.items[i]))
                continue;
            if (users->shown == USERS_PAGE) {
                users->has_more = true;
                return true;
            }
            add_user(users, &page.items[i]);
        }
    } while (page.count == USERS_BATCH);
    return true;
}

static struct str next_href(const struct users *users)
{
    struct request *request = users->request;
    struct buf href = {.arena = request->arena};

    if (!users->has_more)
        return (struct str){0};
    buf_add(&href, page_href(request, "/admin/users?after=%.*s",
                             STR_ARG(id_text(request->arena, users->after))));
    buf_add(&href, STR("&q="));
    url_encode(&href, request_query(request, STR("q")));
    buf_add(&href, STR("&role="));
    url_encode(&href, users->role);
    return buf_str(&href);
}

bool page_users(struct request *request, struct err *err)
{
    struct users users = {.request = request, .view = view_new(request)};
    struct str after = request_query(request, STR("after"));
    struct json *search = view_object(request, users.view, "search");

    if (!request_admin(request, POLICY_USERS, err))
        return false;
    if (after.len > 0 && !id_parse(after, &users.after))
        return err_set(err, ERR_ABSENT, "there is no such account");
    users.words = fold(request, str_trim(request_query(request, STR("q"))));
    users.role = request_query(request, STR("role"));
    page_title(request, users.view, request_text(request, STR("Users")));
    view_text(request, users.view, "new_href", page_href(request, "/admin/users/new"));
    view_text(request, search, "href", page_href(request, "/admin/users"));
    view_text(request, search, "q", request_query(request, STR("q")));
    view_text(request, search, "placeholder", (struct str){0});
    table_begin(request, users.view, request_text(request, STR("Users")));
    table_column(request, users.view, "Name", false);
    table_column(request, users.view, "Login", false);
    table_column(request, users.view, "Roles", false);
    table_column(request, users.view, "Last seen", false);
    table_column(request, users.view, "Access", false);
    if (!add_users(&users, err))
        return false;
    table_pages(
        request, users.view,
        &(struct table_pages){
            .shown = users.shown,
            .total_text = view_count(request, users.shown, users.has_more),
            .first_href = after.len > 0 ? page_href(request, "/admin/users") : (struct str){0},
            .next_href = next_href(&users),
            .page_size = USERS_PAGE,
        });
    return answer_page(request, 200, STR("page/users"), users.view, err);
}
