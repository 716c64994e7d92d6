/*
 * A resident makes an account.  The login is given, not chosen: so nobody can learn by trying
 * whose accounts there are, and two people never meet in one name.
 */
#include "core/utf8.h"
#include "sign/secret.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_sign_in.h"
#include "web/wording.h"

enum {
    ONE_BURST = 5, /* of one address, then one a minute: a family, or a class at school */
    TOWN_BURST = 300,
    TOWN_A_MINUTE = 30,
    LOGIN_DIGITS = 9,
    LOGIN_TRIES = 4,
    NAME_LETTERS = 200,
};

struct form {
    struct str name;
    struct str name_error;
    struct str password_error;
};

bool page_sign_up_is_open(const struct request *request)
{
    return request->catalog != NULL &&
           policy_role_find(request->catalog->model->policy, STR("resident")) != NULL;
}

static bool show(struct request *request, int status, const struct form *form, struct err *err)
{
    struct json *view = view_new(request);
    struct json *fields = view_list(request, view, "fields");
    struct json *name;
    struct json *password;

    page_title(request, view, request_text(request, STR("Make an account")));
    input_errors_begin(request, view);
    view_text(request, view, "action", page_href(request, "/sign-up"));
    name = input_add(request, fields, "is_text", "name",
                     request_text(request, STR("Your name and surname")));
    password = input_add(request, fields, "is_password", "password",
                         request_text(request, STR("A password for this account")));
    input_value(request, name, form->name);
    view_text(request, name, "maxlength", STR("200"));
    view_text(request, name, "autocomplete", STR("name"));
    view_text(request, password, "autocomplete", STR("new-password"));
    input_hint(request, password,
               request_text(request, STR("Not shorter than 10 characters. Four random words are "
                                         "easy to remember.")));
    if (form->name_error.len > 0)
        input_error(request, view, name, form->name_error);
    if (form->password_error.len > 0)
        input_error(request, view, password, form->password_error);
    return answer_page(request, status, STR("page/sign-up"), view, err);
}

bool page_sign_up(struct request *request, struct err *err)
{
    if (!page_sign_up_is_open(request))
        return err_set(err, ERR_ABSENT, "there is no such page");
    if (request_is_signed_in(request))
        return answer_redirect(request, STR("/my/"));
    return show(request, 200, &(struct form){0}, err);
}

struct making {
    struct request *request;
    struct account account;
    struct str hash;
    struct str secret;
};

/* The first digit is none of the zeros that people leave out. */
static struct str make_login(struct request *request)
{
    struct buf login = {.arena = request->arena};
    unsigned char bytes[LOGIN_DIGITS];

    secret_random((char *)bytes, sizeof bytes);
    for (size_t i = 0; i < LOGIN_DIGITS; i++)
        buf_char(&login, (char)('0' + (i == 0 ? 1 + bytes[i] % 9 : bytes[i] % 10)));
    return buf_str(&login);
}

static bool write_account(struct tx *tx, void *data, struct err *err)
{
    struct making *making = data;
    struct request *request = making->request;
    struct session_wish wish = {
        &making->account, str_slice(http_header(request->exchange, STR("user-agent")), 0, 200),
        false, request->now};
    bool is_made = false;

    for (int i = 0; i < LOGIN_TRIES && !is_made; i++) {
        making->account.login = make_login(request);
        *err = (struct err){0};
        is_made = account_create(tx, &making->account, making->hash,
                                 (struct account_by){-1, request->now}, &making->account.id, err);
        if (!is_made && err->code != ERR_CONFLICT)
            return false;
    }
    return is_made && session_start(tx, request->arena, &wish, &making->secret, err);
}

/* Of one address, and of the whole municipality: an account is a row that stays. */
static bool may_come(struct request *request)
{
    int64_t wait_ms;
    struct str one = str_printf(request->arena, "sign-up %.*s", STR_ARG(request->exchange->peer));
    struct str town =
        str_printf(request->arena, "sign-up of %.*s", STR_ARG(tenant_info(request->tenant)->name));

    return throttle_take(request->web->throttle, one, 1,
                         (struct throttle_rule){.burst = ONE_BURST, .per_minute = 1}, request->now,
                         &wait_ms) &&
           throttle_take(request->web->throttle, town, 1,
                         (struct throttle_rule){.burst = TOWN_BURST, .per_minute = TOWN_A_MINUTE},
                         request->now, &wait_ms);
}

static void check(struct request *request, struct form *form, struct str password)
{
    struct err err = {0};

    if (form->name.len == 0)
        form->name_error = request_text(request, STR("Fill this in."));
    else if (!utf8_is_valid(form->name) || utf8_length(form->name) > NAME_LETTERS)
        form->name_error = request_text(request, STR("This is too long."));
    if (!account_check_password(password, form->name, &err))
        form->password_error = wording_err(request, &err);
}

bool page_sign_up_post(struct request *request, struct err *err)
{
    struct str role = STR("resident");
    struct form form = {0};
    struct making making = {.request = request};

    if (!page_sign_up_is_open(request))
        return err_set(err, ERR_ABSENT, "there is no such page");
    if (!request_form(request, err))
        return false;
    form.name = str_trim(request_field(request, STR("name")));
    check(request, &form, request_field(request, STR("password")));
    if (form.name_error.len + form.password_error.len > 0)
        return show(request, 422, &form, err);
    if (!may_come(request))
        return err_set(err, ERR_LIMIT, "too many accounts were made; wait a few minutes");
    making.account = (struct account){.name = form.name,
                                      .state = STR("active"),
                                      .level = ACCOUNT_UNCONFIRMED,
                                      .roles = &role,
                                      .role_count = 1};
    if (!account_hash_password(request->arena, request_field(request, STR("password")),
                               &making.hash, err) ||
        !request_write_wait(request, write_account, &making, err))
        return false;
    answer_cookie(request, STR("session"), making.secret, SESSION_HOURS * 3600, true);
    answer_notice(request, STR("ok"), request_text(request, STR("Your account is there.")));
    return answer_redirect(request, STR("/my/"));
}
