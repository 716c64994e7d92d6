#include "web/page_sign_in.h"

#include "auth/journal.h"
#include "web/answer.h"
#include "web/route.h"
#include "web/view.h"

enum {
    ATTEMPTS_A_MINUTE = 20, /* of one address, over all logins */
};

/* Only an address of this municipality: a sign-in page must not send people elsewhere. */
static struct str safe_back(struct str back)
{
    bool is_own = str_starts(back, STR("/")) && !str_starts(back, STR("//")) &&
                  str_find_char(back, '\\') == back.len;

    return is_own ? back : STR("/");
}

static bool show(struct request *request, int status, struct str message, bool is_locked,
                 struct err *err)
{
    struct json *view = view_new(request);
    struct str back = request->has_form ? request_field(request, STR("back"))
                                        : request_query(request, STR("back"));

    page_title(request, view,
               request_text(request, request->scope == ROUTE_OPERATOR ? STR("Operators sign in")
                                                                      : STR("Sign in")));
    if (message.len > 0)
        view_text(request, view_object(request, view, "message"), "text", message);
    else
        view_none(request, view, "message");
    view_text(request, view, "action", page_href(request, "/sign-in"));
    view_text(request, view, "back", safe_back(back));
    view_text(request, view, "login", request_field(request, STR("login")));
    view_bool(request, view, "is_locked", is_locked);
    view_bool(request, view, "is_operator", request->scope == ROUTE_OPERATOR);
    view_maybe(request, view, "sign_up_href",
               page_sign_up_is_open(request) ? page_href(request, "/sign-up") : (struct str){0});
    view_none(request, view, "demo");
    return answer_page(request, status, STR("page/sign-in"), view, err);
}

bool page_sign_in(struct request *request, struct err *err)
{
    if (request_is_signed_in(request))
        return answer_redirect(request, safe_back(request_query(request, STR("back"))));
    return show(request, 200, (struct str){0}, false, err);
}

struct start {
    struct arena *arena;
    struct session_wish wish;
    struct str secret;
};

static bool write_session(struct tx *tx, void *data, struct err *err)
{
    struct start *start = data;

    return session_start(tx, start->arena, &start->wish, &start->secret, err);
}

static bool start_session(struct request *request, const struct account *account, struct err *err)
{
    struct start start = {
        request->arena,
        {account, str_slice(http_header(request->exchange, STR("user-agent")), 0, 200), false,
         request->now},
        {0},
    };

    if (!request_write_wait(request, write_session, &start, err))
        return false;
    answer_cookie(request, STR("session"), start.secret, SESSION_HOURS * 3600, true);
    return answer_redirect(request, safe_back(request_field(request, STR("back"))));
}

bool page_sign_in_post(struct request *request, struct err *err)
{
    struct account account;
    int64_t wait_ms;

    if (!request_form(request, err))
        return false;
    if (!throttle_take(
            request->web->throttle,
            str_printf(request->arena, "sign-in %.*s", STR_ARG(request->exchange->peer)), 1,
            (struct throttle_rule){.burst = ATTEMPTS_A_MINUTE, .per_minute = ATTEMPTS_A_MINUTE},
            request->now, &wait_ms))
        return show(request, 429,
                    request_text(request, STR("There were too many attempts. Wait a minute and "
                                              "try again.")),
                    true, err);

    struct account_attempt attempt = {request_field(request, STR("login")),
                                      request_field(request, STR("password")), request->now};
    if (account_sign_in(request->tenant, request->arena, &attempt, &account, err))
        return start_session(request, &account, err);
    if (err->code != ERR_DENIED && err->code != ERR_LIMIT && err->code != ERR_INPUT)
        return false;
    bool is_locked = err->code == ERR_LIMIT;
    struct str message = is_locked
                             ? request_text(request, STR("There were too many wrong attempts. Wait "
                                                         "a little and try again."))
                             : request_text(request, STR("The login or the password is wrong. "
                                                         "Check both and try again."));
    return show(request, is_locked ? 429 : 422, message, is_locked, err);
}

struct end {
    struct str secret;
    int64_t actor;
    int64_t now;
};

static bool write_end(struct tx *tx, void *data, struct err *err)
{
    const struct end *end = data;

    return session_end(tx, end->secret, end->actor, end->now, err);
}

bool page_sign_out_post(struct request *request, struct err *err)
{
    struct end end = {http_cookie(request->exchange, STR("session")), request->actor.account,
                      request->now};

    if (request_is_signed_in(request) && !request_write_wait(request, write_end, &end, err))
        return false;
    answer_cookie(request, STR("session"), (struct str){0}, 0, true);
    return answer_redirect(request, STR("/"));
}
