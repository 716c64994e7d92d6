/*
 * From bytes to a handler: which tenant, who asks, may they come so often, which route.
 *
 * Invariants:
 * 1. Nothing here waits on a loop: what is not in memory sends the request to the pool,
 *    where it enters again from the beginning.
 * 2. A request holds its tenant from enter to request_finish, but not while it waits for
 *    the pool, which may refuse it: the server answers that by itself.
 * 3. Who answers later may be done before the handler returns: the request ends with the
 *    last of both (request->holds).
 * 4. Personal data leave after the journal names who reads them (seen.h).
 * 5. A change asked for with a cookie carries the session's token, or it is refused.
 * 6. What memory knows of sessions and rights counts only while other servers on the same
 *    database are heard (news.h).
 */
#include "core/log.h"
#include "core/time.h"
#include "registry/attachment.h"
#include "store/news.h"
#include "web/answer.h"
#include "web/asset.h"
#include "web/csrf.h"
#include "web/page_work.h"
#include "web/route.h"
#include "web/seen.h"
#include "web/share.h"

#include <time.h>

enum {
    RETRY_MS = 200,
    TRIES_MAX = 3, /* of a request whose database went away */
};

enum step {
    STEP_GO,
    STEP_POOL,
    STEP_FAIL,
};

static bool is_unsafe(enum http_method method)
{
    return method == HTTP_POST || method == HTTP_PUT || method == HTTP_PATCH ||
           method == HTTP_DELETE;
}

/* The wish we can grant that weighs most (RFC 9110, 12.5.4); the first of equals. */
static enum model_language accept_language(struct str list)
{
    enum model_language best = MODEL_RU;
    int best_weight = 0;

    while (list.len > 0) {
        struct str item = str_cut(&list, ',');
        struct str tag = str_trim(str_cut(&item, ';'));
        struct str code = str_slice(tag, 0, 2);
        int weight = request_weight(item);

        if ((tag.len > 2 && tag.ptr[2] != '-') || weight <= best_weight ||
            (model_language(code) == MODEL_RU && !str_equal(code, STR("ru"))))
            continue;
        best = model_language(code);
        best_weight = weight;
    }
    return best;
}

static enum model_language read_language(const struct request *request)
{
    struct str wish = request_query(request, STR("lang"));

    if (wish.len == 0)
        wish = http_cookie(request->exchange, STR("lang"));
    return wish.len > 0 ? model_language(wish)
                        : accept_language(http_header(request->exchange, STR("accept-language")));
}

/*
 * "/demo/registers/" is the tenant demo and the path /registers/; on a municipality's own
 * domain there is no such prefix, and no page of the node.
 */
static struct str split_tenant(struct request *request)
{
    struct str path = request->exchange->path;
    struct str name = store_find_host(request->web->store, request->exchange->host);
    struct str rest = str_slice(path, 1, path.len);

    request->path = path;
    request->base = (struct str){0};
    if (name.len > 0)
        return name;
    name = str_cut(&rest, '/');
    request->path = str_slice(path, name.len + 1, path.len);
    request->base = str_slice(path, 0, name.len + 1);
    return name;
}

/* An address has digits and dots, or colons: nobody can have one looked up as another's name. */
static bool is_address(struct str host)
{
    size_t digits = 0;

    while (digits < host.len &&
           ((host.ptr[digits] >= '0' && host.ptr[digits] <= '9') || host.ptr[digits] == '.'))
        digits++;
    return digits == host.len || str_find_char(host, ':') < host.len;
}

static bool is_own_host(const struct request *request)
{
    struct str host = request->exchange->host;
    struct str rest = request->web->hosts;

    if (rest.len == 0 || is_address(host) || str_equal(host, STR("localhost")) ||
        store_find_host(request->web->store, host).len > 0)
        return true;
    while (rest.len > 0)
        if (str_equal(str_trim(str_cut(&rest, ',')), host))
            return true;
    return false;
}

/* Of all that come to one municipality: it must not keep the others waiting. */
static bool take_share(struct request *request, struct err *err)
{
    int64_t wait_ms;

    if (request->is_counted)
        return true;
    request->is_counted = true;
    if (share_take(request->web->shares, request->tenant, request->now, &wait_ms))
        return true;
    http_add(request->exchange, STR("Retry-After"),
             str_printf(request->arena, "%lld", (long long)wait_ms / 1000 + 1));
    return err_set(err, ERR_LIMIT,
                   "This municipality gets more requests just now than it may get. Try again in a "
                   "moment.");
}

static enum step hold_tenant(struct request *request, struct str name, struct err *err)
{
    if (request->tenant == NULL)
        request->tenant = store_hold_open(request->web->store, name);
    if (request->tenant == NULL && request->is_on_loop)
        return STEP_POOL;
    if (request->tenant == NULL && !store_hold(request->web->store, name, &request->tenant, err)) {
        request->base = (struct str){0};
        return STEP_FAIL;
    }
    if (tenant_info(request->tenant)->is_mirror) {
        store_release(&request->tenant);
        request->base = (struct str){0};
        err_set(err, ERR_ABSENT, "there is no tenant \"%.*s\"", STR_ARG(name));
        return STEP_FAIL;
    }
    request->place = name;
    if (!take_share(request, err))
        return STEP_FAIL;
    if (tenant_info(request->tenant)->is_suspended) {
        answer_closed(request, 503, STR("This municipality is closed for now"),
                      STR("The operator of this server has suspended its pages. Its data are kept. "
                          "If you need something now, ask the administration directly."));
        return STEP_FAIL;
    }
    request->catalog = catalog_ready(request->tenant);
    if (request->catalog == NULL && request->is_on_loop)
        return STEP_POOL;
    if (request->catalog == NULL &&
        !catalog_get(request->tenant, request->web->library, &request->catalog, err))
        return STEP_FAIL;
    return STEP_GO;
}

/* Of whom: the node's operators, or a municipality. */
static enum step hold(struct request *request, struct err *err)
{
    struct str name = split_tenant(request);
    const struct web *web = request->web;

    request->scope = 0;
    /* Invariant 6. */
    if (!news_is_current(web->store) && request->is_on_loop)
        return STEP_POOL;
    if (!news_is_current(web->store) &&
        !news_wait(web->store, request->arrived_us + web->store_wait_ms * INT64_C(1000), err))
        return STEP_FAIL;
    if (request->base.len > 0 && str_equal(name, STR("node"))) {
        request->scope = ROUTE_OPERATOR;
        if (request->tenant == NULL)
            request->tenant = store_hold_node(request->web->store);
        return STEP_GO;
    }
    return hold_tenant(request, name, err);
}

static struct str read_secret(const struct request *request)
{
    struct str header = http_header(request->exchange, STR("authorization"));

    if (str_starts(header, STR("Bearer ")))
        return str_slice(header, sizeof "Bearer " - 1, header.len);
    return http_cookie(request->exchange, STR("session"));
}

static enum step find_actor(struct request *request, struct err *err)
{
    const struct policy *policy =
        request->catalog != NULL ? request->catalog->model->policy : request->web->node_policy;
    struct str secret = read_secret(request);
    enum session_answer answer = SESSION_NONE;

    for (int attempt = 0; secret.len > 0 && attempt < 2; attempt++) {
        answer = session_find(request->tenant, policy, secret, request->now, request->arena,
                              &request->actor);
        if (answer != SESSION_ASK)
            break;
        if (request->is_on_loop)
            return STEP_POOL;
        if (!session_load(request->tenant, secret, request->now, err))
            return STEP_FAIL;
    }
    if (answer != SESSION_FOUND)
        request->actor = session_guest(policy);
    if (answer != SESSION_FOUND && http_header(request->exchange, STR("authorization")).len > 0) {
        answer_problem(request, 401, request_text(request, STR("The access token is not valid.")),
                       NULL);
        err->code = ERR_NONE;
        return STEP_FAIL;
    }
    return STEP_GO;
}

/* "demo.example:8080" and "[::1]:8080" without the port, as exchange->host is. */
static struct str without_port(struct str authority)
{
    size_t literal = str_starts(authority, STR("[")) ? str_find_char(authority, ']') : 0;

    return str_slice(authority, 0,
                     literal + str_find_char(str_slice(authority, literal, authority.len), ':'));
}

/* Browsers name the origin of a form; a stranger's is refused before anything is read. */
static bool is_own_origin(const struct request *request)
{
    struct str site = http_header(request->exchange, STR("sec-fetch-site"));
    struct str origin = http_header(request->exchange, STR("origin"));
    size_t scheme = str_find(origin, STR("://"));
    struct str host = str_slice(origin, scheme + 3, origin.len);

    if (site.len > 0 && !str_equal(site, STR("same-origin")) && !str_equal(site, STR("none")))
        return false;
    return origin.len == 0 || str_equal(without_port(host), request->exchange->host);
}

/* Invariant 5. A multipart body is checked where it is read (request_multipart). */
static bool check_token(struct request *request, struct err *err)
{
    struct str type = http_header(request->exchange, STR("content-type"));
    struct str token = http_header(request->exchange, STR("x-csrf-token"));

    if (!is_unsafe(request->exchange->method) || request->actor.is_token ||
        (request->route->flags & ROUTE_NO_CSRF))
        return true;
    if (!is_own_origin(request))
        return err_set(err, ERR_DENIED, "this form was sent from another site");
    if (!request_is_signed_in(request) ||
        ((request->route->flags & (ROUTE_FILE | ROUTE_LETTER)) != 0 &&
         str_starts(type, STR("multipart/form-data"))))
        return true;
    if (token.len == 0 && str_starts(type, STR("application/x-www-form-urlencoded"))) {
        if (!request_form(request, err))
            return false;
        token = request_field(request, STR("csrf"));
    }
    return csrf_check(request, token) ||
           err_set(err, ERR_DENIED, "the form is too old: open the page again and repeat");
}

static bool throttle(struct request *request, struct err *err)
{
    const struct web *web = request->web;
    long long wait_s;
    int64_t wait_ms;
    struct throttle_rule rule = {.burst = web->requests_per_minute,
                                 .per_minute = web->requests_per_minute};

    if (web->requests_per_minute == 0 || !request->is_on_loop ||
        throttle_take(web->throttle, request->exchange->peer, 1, rule, request->now, &wait_ms))
        return true;
    wait_s = wait_ms / 1000 + 1;
    http_add(request->exchange, STR("Retry-After"), str_printf(request->arena, "%lld", wait_s));
    return err_set(err, ERR_LIMIT,
                   "Too many requests come from your address. Try again in a moment.");
}

/* People type /demo and /demo/registers without the slash that stands at the end. */
static bool lacks_slash(struct request *request)
{
    struct str slashed = str_printf(request->arena, "%.*s/", STR_ARG(request->path));
    bool is_other_method;

    if (request->exchange->method != HTTP_GET || str_ends(request->path, STR("/")) ||
        route_find(HTTP_GET, slashed, request->scope, request->parts, &is_other_method) == NULL)
        return false;
    request->exchange->status = 308;
    http_add(request->exchange, STR("Location"),
             str_printf(request->arena, "%.*s%.*s", STR_ARG(request->base), STR_ARG(slashed)));
    return true;
}

static bool match_route(struct request *request, unsigned scope, bool *is_other_method)
{
    enum http_method method =
        request->exchange->method == HTTP_HEAD ? HTTP_GET : request->exchange->method;

    request->route = route_find(method, request->path, scope, request->parts, is_other_method);
    return request->route != NULL;
}

static enum step find_route(struct request *request, struct err *err)
{
    bool is_other_method = false;

    if (match_route(request, request->scope, &is_other_method))
        return STEP_GO;
    if (is_other_method) {
        struct buf allowed = {.arena = request->arena};

        route_methods(&allowed, request->path, request->scope);
        http_add(request->exchange, STR("Allow"), buf_str(&allowed));
        answer_problem(request, 405,
                       request_text(request, STR("This address does not understand that method.")),
                       NULL);
        err->code = ERR_NONE;
    } else if (lacks_slash(request)) {
        err->code = ERR_NONE;
    } else {
        err_set(err, ERR_ABSENT, "there is no such page");
    }
    return STEP_FAIL;
}

static enum step enter(struct request *request, struct err *err)
{
    bool is_other_method;
    enum step step;

    if (!throttle(request, err))
        return STEP_FAIL;
    request->path = request->exchange->path;
    if (!is_own_host(request)) {
        answer_closed(request, 421, STR("This server does not answer for this name"),
                      STR("Check the address. If it should be right, tell those who run the "
                          "server: it must know the name."));
        return STEP_FAIL;
    }
    if (store_find_host(request->web->store, request->exchange->host).len == 0 &&
        match_route(request, ROUTE_NODE, &is_other_method))
        return STEP_GO;
    if ((step = hold(request, err)) != STEP_GO)
        return step;
    if ((step = find_actor(request, err)) != STEP_GO)
        return step;
    if ((step = find_route(request, err)) != STEP_GO)
        return step;
    if (request->is_on_loop && !(request->route->flags & ROUTE_LOOP))
        return STEP_POOL;
    if (!check_token(request, err))
        return STEP_FAIL;
    if ((request->route->flags & ROUTE_SIGNED) && !request_is_signed_in(request)) {
        answer_sign_in(request);
        err->code = ERR_NONE;
        return STEP_FAIL;
    }
    return STEP_GO;
}

/* The navigation of a page may have to read packs first. */
static bool may_run_on_loop(const struct request *request)
{
    return (request->route->flags & ROUTE_LOOP) != 0 &&
           (request->route->kind != ROUTE_PAGE || page_work_is_known(request));
}

static enum step handle(struct request *request, struct err *err)
{
    if (request->is_on_loop && !may_run_on_loop(request))
        return STEP_POOL;

    bool ok = request->route->handle(request, err);
    bool must_wait =
        !ok && request->is_on_loop && (request->is_waiting || tx_was_interrupted(&request->tx));

    if (!request->is_later)
        tx_done(&request->tx);
    if (must_wait) {
        answer_reset(request);
        request->tx = (struct tx){0};
        request->seen = NULL;
        return STEP_POOL;
    }
    return ok ? STEP_GO : STEP_FAIL;
}

static void serve(struct request *request);

/* Invariant 2.  What belongs to the tenant may be gone when the pool comes to it. */
static void leave(struct request *request)
{
    request->catalog = NULL;
    request->actor = (struct actor){0};
    store_release(&request->tenant);
}

/*
 * A database that went away under a question is waited for, and the question asked again.  What
 * writes goes through the writers, who do the same by themselves.
 */
static bool may_repeat(const struct request *request, const struct err *err)
{
    const struct web *web = request->web;
    const struct route *route = request->route;
    bool is_safe = !is_unsafe(request->exchange->method) ||
                   (route != NULL && route->kind == ROUTE_API && (route->flags & ROUTE_FILE) == 0);

    return err->code == ERR_UNAVAILABLE && store_is_shared(web->store) && is_safe &&
           !request->is_later && !request->has_written && request->tries < TRIES_MAX &&
           time_monotonic_us() < request->arrived_us + web->store_wait_ms * INT64_C(1000);
}

static void serve_on_pool(struct http_exchange *exchange)
{
    struct request *request = exchange->data;

    request->is_on_loop = false;
    /* A database that goes does not end all its processes in the same moment. */
    if (request->tries > 0)
        nanosleep(&(struct timespec){.tv_nsec = RETRY_MS * 1000 * 1000}, NULL);
    serve(request);
}

static void serve(struct request *request)
{
    struct err err = {0};
    enum step step = enter(request, &err);

    if (step == STEP_GO)
        step = handle(request, &err);
    if (step == STEP_FAIL && may_repeat(request, &err)) {
        request->tries++;
        answer_reset(request);
        request->tx = (struct tx){0};
        request->seen = NULL;
        step = STEP_POOL;
    }
    if (step == STEP_POOL) {
        leave(request);
        http_offload(request->exchange, serve_on_pool);
        return;
    }
    if (step == STEP_FAIL && err.code != ERR_NONE)
        answer_error(request, &err, NULL);
    if (step == STEP_GO && !request->is_later && request->seen != NULL)
        seen_write(request);
    request_finish(request);
}

void web_handle(struct http_exchange *exchange, void *data)
{
    struct request *request = ARENA_NEW(exchange->arena, struct request);
    struct web *web = data;

    exchange->data = request;
    request->exchange = exchange;
    request->web = web;
    request->arena = exchange->arena;
    request->now = web->clock();
    request->arrived_us = time_monotonic_us();
    request->is_on_loop = true;
    atomic_init(&request->holds, 1);
    if (asset_answer(request)) {
        http_finish(exchange);
        return;
    }
    if (exchange->query.len > 0 &&
        !url_parse_form(exchange->arena, exchange->query, &request->query)) {
        answer_problem(request, 400, STR("The address has a broken query."), NULL);
        http_finish(exchange);
        return;
    }
    request->language = read_language(request);
    serve(request);
}

size_t web_body_limit(const struct http_exchange *exchange, void *data)
{
    struct str parts[REQUEST_PARTS_MAX];
    struct str path = exchange->path;
    const struct web *web = data;
    const struct route *route;
    bool is_other;

    if (store_find_host(web->store, exchange->host).len == 0)
        path = str_slice(path, 1 + str_find_char(str_slice(path, 1, path.len), '/'), path.len);
    route = route_find(exchange->method, path, 0, parts, &is_other);
    bool is_large = route != NULL && ((route->flags & ROUTE_FILE) != 0 ||
                                      ((route->flags & ROUTE_NDJSON) != 0 &&
                                       request_has_type(exchange, STR("application/x-ndjson"))));
    if (route != NULL && (route->flags & ROUTE_LETTER) != 0)
        return (size_t)ATTACHMENT_SIZE_MAX + 64 * 1024; /* with what a form puts around it */
    return is_large ? (size_t)ANSWER_FILE_MAX : (size_t)(1024 * 1024);
}
