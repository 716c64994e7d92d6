/*
 * At the desk: a clerk who has seen an identity document says that a resident's account
 * belongs to a person's card, or that it does not any more.
 */
#include "core/id.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_card.h"
#include "web/people.h"

struct desk {
    struct page_card_found found;
    struct str login;
    struct str login_error;
    struct str seen_error;
    struct account account; /* of the login, when it may be tied */
};

/* Only of persons, and only by those whose role says so. */
static bool find(struct request *request, struct desk *desk, struct err *err)
{
    const struct register_type *person = request->catalog->model->person;

    if (person == NULL || !str_equal(request->parts[0], person->id))
        return err_set(err, ERR_ABSENT, "there is no such page");
    return request_admin(request, POLICY_IDENTIFY, err) &&
           page_card_find(request, POLICY_READ, &desk->found, err);
}

static bool add_accounts(struct request *request, struct json *view, struct desk *desk,
                         struct err *err)
{
    struct json *list = view_list(request, view, "accounts");
    struct str href = display_record_href(request, desk->found.type, desk->found.id);
    struct account_page page;

    if (!account_list_tied(desk->found.tx, request->arena, desk->found.id, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++) {
        struct json *row = view_push(request, list);

        view_text(request, row, "login", page.items[i].login);
        view_text(request, row, "who", page.items[i].name);
        view_text(request, row, "level", people_level(request, page.items[i].level));
        view_text(request, row, "untie_href",
                  str_printf(request->arena, "%.*s/account/%.*s/untie", STR_ARG(href),
                             STR_ARG(id_text(request->arena, page.items[i].id))));
    }
    view_bool(request, view, "has_accounts", page.count > 0);
    return true;
}

static void add_fields(struct request *request, struct json *view, const struct desk *desk)
{
    struct json *fields = view_list(request, view, "fields");
    struct json *login = input_add(request, fields, "is_text", "login",
                                   request_text(request, STR("Login of the resident's account")));
    struct json *seen = input_add(request, fields, "is_checks", "seen",
                                  request_text(request, STR("Identity document")));

    input_value(request, login, desk->login);
    view_text(request, login, "width", STR("w-short"));
    input_hint(request, login,
               request_text(request, STR("The resident sees it on the page My page.")));
    input_option(request, seen, STR("1"),
                 request_text(request, STR("I have seen the document and compared it with this "
                                           "card")),
                 false);
    view_none(request, json_find(seen, STR("options"))->last, "note");
    if (desk->login_error.len > 0)
        input_error(request, view, login, desk->login_error);
    if (desk->seen_error.len > 0)
        input_error(request, view, seen, desk->seen_error);
}

static bool show(struct request *request, struct desk *desk, int status, struct err *err)
{
    struct json *view = view_new(request);

    page_card_head(request, view, &desk->found,
                   request_text(request, STR("The resident's account")), true);
    view_text(
        request, view, "subject",
        display_record_title(request, desk->found.type, desk->found.classes, &desk->found.record));
    view_text(request, view, "action",
              str_printf(request->arena, "%.*s/account",
                         STR_ARG(display_record_href(request, desk->found.type, desk->found.id))));
    input_errors_begin(request, view);
    add_fields(request, view, desk);
    return add_accounts(request, view, desk, err) &&
           answer_page(request, status, STR("page/desk"), view, err);
}

bool page_desk(struct request *request, struct err *err)
{
    struct desk desk = {0};

    return find(request, &desk, err) && show(request, &desk, 200, err);
}

/* "482 917 305", as people say it. */
static struct str read_login(struct request *request)
{
    struct str typed = str_trim(request_field(request, STR("login")));
    struct buf login = {.arena = request->arena};

    for (size_t i = 0; i < typed.len; i++)
        if (typed.ptr[i] != ' ')
            buf_char(&login, typed.ptr[i]);
    return buf_str(&login);
}

static bool is_resident(const struct account *account)
{
    for (size_t i = 0; i < account->role_count; i++)
        if (!str_equal(account->roles[i], STR("resident")))
            return false;
    return account->role_count > 0;
}

/* Staff are not identified here: a clerk could lend somebody's card to a colleague. */
static bool read_form(struct request *request, struct desk *desk, struct err *err)
{
    struct str hash;

    desk->login = read_login(request);
    if (!account_find(desk->found.tx, request->arena, desk->login, &desk->account, &hash, err))
        return false;
    if (desk->account.id == 0 || !str_equal(desk->account.state, STR("active")))
        desk->login_error = request_text(request, STR("There is no such account."));
    else if (!is_resident(&desk->account))
        desk->login_error = request_text(request, STR("This is no resident's account."));
    else if (desk->account.person != 0 && desk->account.person != desk->found.id)
        desk->login_error = request_text(request, STR("This account belongs to another card."));
    if (!str_equal(request_field(request, STR("seen")), STR("1")))
        desk->seen_error = request_text(request, STR("Compare the document with the card first."));
    return true;
}

struct tying {
    struct account_tie tie;
    struct account_by by;
};

static bool write_tie(struct tx *tx, void *data, struct err *err)
{
    const struct tying *tying = data;

    return account_tie(tx, &tying->tie, tying->by, err);
}

static bool back(struct request *request, const struct desk *desk, struct str notice)
{
    answer_notice(request, STR("ok"), request_text(request, notice));
    return answer_redirect(request,
                           str_printf(request->arena, "/registers/%.*s/%.*s/account",
                                      STR_ARG(desk->found.type->id), STR_ARG(request->parts[1])));
}

bool page_desk_tie(struct request *request, struct err *err)
{
    struct desk desk = {0};
    struct tying tying;

    if (!find(request, &desk, err) || !request_form(request, err) ||
        !read_form(request, &desk, err))
        return false;
    if (desk.login_error.len + desk.seen_error.len > 0)
        return show(request, &desk, 422, err);
    tying = (struct tying){
        {desk.account.id, desk.found.id, catalog_no(request->catalog, desk.found.type), false},
        {request->actor.account, request->now}};
    return request_write_wait(request, write_tie, &tying, err) &&
           back(request, &desk, STR("The account belongs to this person."));
}

bool page_desk_untie(struct request *request, struct err *err)
{
    struct desk desk = {0};
    struct tying tying;
    int64_t account;

    if (!find(request, &desk, err))
        return false;
    if (!id_parse(request->parts[2], &account))
        return err_set(err, ERR_ABSENT, "there is no such account");
    tying = (struct tying){
        {account, desk.found.id, catalog_no(request->catalog, desk.found.type), true},
        {request->actor.account, request->now}};
    return request_write_wait(request, write_tie, &tying, err) &&
           back(request, &desk, STR("The account is taken off this card."));
}
