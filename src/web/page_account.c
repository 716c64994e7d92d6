#include "web/page_account.h"

#include "sign/digest.h"
#include "sign/secret.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/wording.h"

enum {
    PASSWORDS_A_MINUTE = 5,
};

/* What a form that failed puts on the page again, and a token that was just made. */
struct told {
    int status;
    struct str old_error;
    struct str new_error;
    struct str token_error;
    struct str token;
};

static struct str current_digest(struct request *request)
{
    struct digest digest = digest_of(http_cookie(request->exchange, STR("session")));
    struct buf buf = {.arena = request->arena};

    digest_print(&buf, &digest);
    return buf_str(&buf);
}

static void add_facts(struct request *request, struct json *view, const struct account *account)
{
    struct json *facts = view_list(request, view, "facts");

    input_fact(request, facts, request_text(request, STR("Login")), account->login);
    /* An operator has rights at the node by being there, not by roles. */
    if (request->scope != ROUTE_OPERATOR)
        input_fact(request, facts, request_text(request, STR("Roles")),
                   wording_roles(request, account->roles, account->role_count));
    input_fact(request, facts, request_text(request, STR("Last sign-in")),
               account->last_at > 0 ? view_moment(request, account->last_at) : (struct str){0});
}

static void add_password(struct request *request, struct json *view, const struct told *told)
{
    struct json *fields = view_list(request, view, "fields");
    struct json *old = input_add(request, fields, "is_password", "old",
                                 request_text(request, STR("Present password")));
    struct json *new = input_add(request, fields, "is_password", "new",
                                 request_text(request, STR("New password")));

    view_text(request, old, "autocomplete", STR("current-password"));
    view_text(request, new, "autocomplete", STR("new-password"));
    input_hint(request, new,
               request_text(request, STR("Not shorter than 10 characters. Four random words are "
                                         "easy to remember.")));
    view_text(request, view, "action", page_href(request, "/account/password"));
    if (told->old_error.len > 0)
        input_error(request, view, old, told->old_error);
    if (told->new_error.len > 0)
        input_error(request, view, new, told->new_error);
}

static void add_session(struct request *request, struct json *sessions, struct json *tokens,
                        const struct session_view *session)
{
    bool is_current = str_equal(session->digest, current_digest(request));
    struct json *row = view_push(request, session->is_token ? tokens : sessions);

    view_text(request, row, "device", wording_browser(request, session->label));
    view_text(request, row, "when", view_moment(request, session->seen_at));
    view_text(request, row, "until", view_moment(request, session->expires_at));
    view_bool(request, row, "is_current", is_current);
    view_text(request, row, "end_href",
              page_href(request, "/account/sessions/%.*s/end", STR_ARG(session->digest)));
}

static bool add_sessions(struct request *request, struct tx *tx, struct json *view, struct err *err)
{
    struct json *sessions = view_list(request, view, "sessions");
    struct json *tokens = view_list(request, view, "tokens");
    struct session_view *views;
    size_t count;

    if (!session_list(tx, request->arena, request->actor.account, &views, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (views[i].expires_at > request->now)
            add_session(request, sessions, tokens, &views[i]);
    view_bool(request, view, "has_tokens", tokens->count > 0);
    return true;
}

static void add_token(struct request *request, struct json *view, const struct told *told)
{
    struct json *fields = view_list(request, view, "token_fields");
    struct json *what = input_add(request, fields, "is_text", "label",
                                  request_text(request, STR("What the program is")));

    view_text(request, what, "maxlength", STR("100"));
    if (told->token_error.len > 0)
        input_error(request, view, what, told->token_error);
    view_text(request, view, "token_action", page_href(request, "/account/tokens"));
    view_maybe(request, view, "new_token", told->token);
    view_bool(request, view, "may_token", page_is_staff(request));
}

static bool show(struct request *request, const struct told *told, struct err *err)
{
    struct json *view = view_new(request);
    struct account account;
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !account_get(tx, request->arena, request->actor.account, &account, err))
        return false;
    page_title(request, view, account.name);
    view_text(request, view_object(request, view, "person"), "name", account.name);
    input_errors_begin(request, view);
    add_facts(request, view, &account);
    view_maybe(request, view, "contacts_href",
               request->scope != ROUTE_OPERATOR ? page_href(request, "/account/contacts")
                                                : (struct str){0});
    view_text(request, view, "notices_href", page_href(request, "/my/notices"));
    add_password(request, view, told);
    add_token(request, view, told);
    return add_sessions(request, tx, view, err) &&
           answer_page(request, told->status, STR("page/account"), view, err);
}

bool page_account(struct request *request, struct err *err)
{
    return show(request, &(struct told){.status = 200}, err);
}

struct renewal {
    struct request *request;
    struct account account;
    struct str hash;
    struct str secret;
};

/* All sessions end with the old password; this one goes on as a new one. */
static bool write_password(struct tx *tx, void *data, struct err *err)
{
    struct renewal *renewal = data;
    const struct request *request = renewal->request;
    struct session_wish wish = {
        &renewal->account, str_slice(http_header(request->exchange, STR("user-agent")), 0, 200),
        false, request->now};

    return account_set_password(tx, renewal->account.id, renewal->hash,
                                (struct account_by){renewal->account.id, request->now}, err) &&
           session_start(tx, request->arena, &wish, &renewal->secret, err);
}

static bool read_hash(struct request *request, struct str *hash, struct err *err)
{
    struct account account;
    struct tx *tx;

    return request_read(request, &tx, err) &&
           account_find(tx, request->arena, request->actor.login, &account, hash, err);
}

bool page_account_password(struct request *request, struct err *err)
{
    struct str new;
    struct renewal renewal = {.request = request, .account = {.id = request->actor.account}};
    struct told told = {.status = 422};
    struct str hash = {0};
    int64_t wait_ms;

    if (!request_form(request, err))
        return false;
    new = request_field(request, STR("new"));
    if (!throttle_take(
            request->web->throttle,
            str_printf(request->arena, "password %lld", (long long)request->actor.account), 1,
            (struct throttle_rule){.burst = PASSWORDS_A_MINUTE, .per_minute = PASSWORDS_A_MINUTE},
            request->now, &wait_ms))
        return err_set(err, ERR_LIMIT, "Too many attempts. Wait a few minutes and try again.");
    if (!read_hash(request, &hash, err))
        return false;
    if (!secret_check_password(hash, request_field(request, STR("old"))))
        told.old_error = request_text(
            request, STR("This password does not fit. Type the one you signed in with."));
    else if (!account_check_password(new, request->actor.login, err))
        told.new_error = wording_err(request, err);
    if (told.old_error.len > 0 || told.new_error.len > 0)
        return show(request, &told, err);
    if (!account_hash_password(request->arena, new, &renewal.hash, err) ||
        !request_write_wait(request, write_password, &renewal, err))
        return false;
    answer_cookie(request, STR("session"), renewal.secret, SESSION_HOURS * 3600, true);
    answer_notice(request, STR("ok"), request_text(request, STR("Password changed.")));
    return answer_redirect(request, STR("/account"));
}

static bool write_end(struct tx *tx, void *data, struct err *err)
{
    const struct request *request = data;

    return session_end_by_digest(tx, request->actor.account, request->parts[0],
                                 request->actor.account, request->now, err);
}

bool page_account_end(struct request *request, struct err *err)
{
    if (!request_write_wait(request, write_end, request, err))
        return false;
    answer_notice(request, STR("ok"), request_text(request, STR("It may no longer come in.")));
    return answer_redirect(request, STR("/account"));
}

static bool write_token(struct tx *tx, void *data, struct err *err)
{
    struct renewal *renewal = data;
    const struct request *request = renewal->request;
    struct session_wish wish = {&renewal->account, str_trim(request_field(request, STR("label"))),
                                true, request->now};

    return session_start(tx, request->arena, &wish, &renewal->secret, err);
}

/* The answer is the page itself: the token is shown this once and stands in no address. */
bool page_account_token(struct request *request, struct err *err)
{
    struct renewal renewal = {.request = request, .account = {.id = request->actor.account}};
    struct told told = {.status = 200};

    if (!page_is_staff(request))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    if (!request_form(request, err))
        return false;
    if (str_trim(request_field(request, STR("label"))).len == 0) {
        told.status = 422;
        told.token_error = request_text(request, STR("Fill this in."));
        return show(request, &told, err);
    }
    if (!request_write_wait(request, write_token, &renewal, err))
        return false;
    told.token = renewal.secret;
    return show(request, &told, err);
}
