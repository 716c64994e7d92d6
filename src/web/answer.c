#include "web/answer.h"

#include "core/file.h"
#include "core/log.h"
#include "net/gzip.h"
#include "net/url.h"
#include "registry/quota.h"
#include "web/flaw.h"
#include "web/look.h"
#include "web/page.h"
#include "web/route.h"

int answer_status(enum err_code code)
{
    static const int STATUSES[] = {
        [ERR_NONE] = 500,     [ERR_INPUT] = 422, [ERR_DENIED] = 403,      [ERR_ABSENT] = 404,
        [ERR_CONFLICT] = 409, [ERR_LIMIT] = 429, [ERR_UNAVAILABLE] = 503, [ERR_BROKEN] = 500,
    };

    return STATUSES[code];
}

void answer_reset(struct request *request)
{
    request->exchange->status = 0;
    request->exchange->head.len = 0;
    request->exchange->out.len = 0;
    file_close(&request->exchange->out_fd);
}

static bool answer(struct request *request, int status, struct str type)
{
    struct http_exchange *exchange = request->exchange;

    exchange->status = status;
    http_add(exchange, STR("Content-Type"), type);
    http_add(exchange, STR("X-Content-Type-Options"), STR("nosniff"));
    /* What depends on who asks is kept by nobody; an ETag still saves the bytes. */
    http_add(exchange, STR("Cache-Control"), STR("private, no-cache"));
    return true;
}

/* Pages and maps are compressed: they are what a phone waits for. */
static void pack(struct request *request)
{
    struct http_exchange *exchange = request->exchange;
    struct buf packed = {.arena = request->arena};

    if (exchange->out.len < GZIP_LEAST ||
        !gzip_is_accepted(http_header(exchange, STR("accept-encoding"))))
        return;
    gzip_add(&packed, buf_str(&exchange->out));
    exchange->out = packed;
    http_add(exchange, STR("Content-Encoding"), STR("gzip"));
    http_add(exchange, STR("Vary"), STR("Accept-Encoding"));
}

bool answer_json(struct request *request, int status)
{
    return answer(request, status, STR("application/json"));
}

bool answer_text(struct request *request, int status, struct str type)
{
    pack(request);
    return answer(request, status, type);
}

bool answer_file(struct request *request, int fd, int64_t size, struct str type)
{
    request->exchange->out_fd = fd;
    request->exchange->out_size = size;
    return answer(request, 200, type);
}

bool answer_empty(struct request *request, int status)
{
    request->exchange->status = status;
    http_add(request->exchange, STR("Cache-Control"), STR("private, no-cache"));
    return true;
}

bool answer_redirect(struct request *request, struct str path)
{
    request->exchange->status = 303;
    http_add(request->exchange, STR("Location"),
             str_printf(request->arena, "%.*s%.*s", STR_ARG(request->base), STR_ARG(path)));
    http_add(request->exchange, STR("Cache-Control"), STR("private, no-cache"));
    return true;
}

static void add_page_headers(struct request *request)
{
    struct http_exchange *exchange = request->exchange;

    http_add(exchange, STR("Content-Security-Policy"),
             STR("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: "
                 "https:; font-src 'self'; connect-src 'self'; form-action 'self'; "
                 "base-uri 'none'; frame-ancestors 'none'"));
    http_add(exchange, STR("Referrer-Policy"), STR("same-origin"));
    http_add(exchange, STR("Permissions-Policy"),
             STR("camera=(), microphone=(), geolocation=(self), interest-cohort=()"));
    if (exchange->is_tls)
        http_add(exchange, STR("Strict-Transport-Security"), STR("max-age=31536000"));
    if (request_query(request, STR("lang")).len > 0)
        answer_cookie(request, STR("lang"), request_query(request, STR("lang")), 31536000, false);
}

bool answer_page(struct request *request, int status, struct str name, struct json *view,
                 struct err *err)
{
    page_fill(request, view);
    if (!template_render(request->web->look->pages[request->language], name, view,
                         &request->exchange->out, err))
        return err_while(err, "page %.*s", STR_ARG(name));
    pack(request);
    answer(request, status, STR("text/html; charset=utf-8"));
    add_page_headers(request);
    return true;
}

static struct str title_of(int status)
{
    switch (status) {
    case 400:
    case 422:
        return STR("Something is filled in wrongly");
    case 401:
        return STR("Sign in first");
    case 403:
        return STR("You may not do this");
    case 404:
        return STR("There is no such page");
    case 405:
        return STR("This address cannot do that");
    case 409:
    case 412:
        return STR("Someone else changed this meanwhile");
    case 410:
        return STR("This record was deleted");
    case 413:
        return STR("That is too large");
    case 429:
        return STR("Too many requests");
    case 507:
        return STR("There is no room for more");
    case 503:
        return STR("The service is not available for a moment");
    default:
        return STR("Something went wrong on our side");
    }
}

static void write_problem(struct request *request, int status, struct str title, struct str detail,
                          const struct flaws *flaws)
{
    struct buf *out = &request->exchange->out;

    buf_printf(out, "{\"type\":\"about:blank\",\"status\":%d,\"title\":", status);
    json_write_text(out, request_text(request, title));
    buf_add(out, STR(",\"detail\":"));
    json_write_text(out, detail);
    if (flaws != NULL && flaws->count > 0) {
        buf_add(out, STR(",\"errors\":["));
        for (const struct flaw *flaw = flaws->first; flaw != NULL; flaw = flaw->next) {
            buf_add(out, flaw == flaws->first ? STR("{\"pointer\":") : STR(",{\"pointer\":"));
            json_write_text(out, flaw->path);
            buf_add(out, STR(",\"code\":"));
            json_write_text(out, str_from_z(flaw->id));
            buf_add(out, STR(",\"detail\":"));
            json_write_text(out, flaw_text(request, flaw));
            buf_char(out, '}');
        }
        buf_char(out, ']');
    }
    buf_char(out, '}');
    answer(request, status, STR("application/problem+json"));
}

static bool wants_page(const struct request *request)
{
    struct str accept = http_header(request->exchange, STR("accept"));

    if (request->route != NULL)
        return request->route->kind == ROUTE_PAGE;
    return str_find(accept, STR("text/html")) < accept.len;
}

static bool write_error_page(struct request *request, int status, struct str detail)
{
    struct json *view = json_new(request->arena, JSON_OBJECT);
    struct err err;

    page_fill_error(request, view, status, request_text(request, title_of(status)), detail);
    return answer_page(request, status, STR("page/error"), view, &err);
}

void answer_problem(struct request *request, int status, struct str detail,
                    const struct flaws *flaws)
{
    if (!wants_page(request) || !write_error_page(request, status, detail)) {
        request->exchange->out.len = 0;
        write_problem(request, status, title_of(status), detail, flaws);
    }
}

void answer_closed(struct request *request, int status, struct str title, struct str text)
{
    struct json *view = json_new(request->arena, JSON_OBJECT);
    struct err err;

    page_fill_closed(request, view, request_text(request, title), request_text(request, text));
    if (!wants_page(request) || !answer_page(request, status, STR("page/error"), view, &err)) {
        request->exchange->out.len = 0;
        write_problem(request, status, title, request_text(request, text), NULL);
    }
}

void answer_error(struct request *request, const struct err *err, const struct flaws *flaws)
{
    struct str detail = str_copy(request->arena, str_from_z(err->text));

    if (err->code == ERR_BROKEN || err->code == ERR_UNAVAILABLE)
        LOG(LOG_ERROR, "request.failed", {"path", request->exchange->path},
            {"code", str_from_z(err_name(err->code))}, {"reason", detail});
    if (err->code == ERR_BROKEN)
        detail = request_text(request, STR("The reason is in the server's log. Nothing you "
                                           "entered before was lost."));
    /* Where it is and why is for the operator. */
    if (err->code == ERR_UNAVAILABLE && str_starts(detail, STR("the database")))
        detail = STR("The database does not answer just now. Please try again in a moment.");
    if (err->code == ERR_UNAVAILABLE)
        http_add(request->exchange, STR("Retry-After"), STR("5"));
    if (err->code == ERR_LIMIT && str_equal(detail, STR(JOB_FULL)))
        http_add(request->exchange, STR("Retry-After"), STR("60"));
    answer_problem(request, quota_is_full(err) ? 507 : answer_status(err->code),
                   request_text(request, detail), flaws);
}

struct str answer_flaw_text(struct request *request, const struct flaw *flaw)
{
    return flaw_text(request, flaw);
}

void answer_sign_in(struct request *request)
{
    struct buf path = {.arena = request->arena};

    if (request->route->kind == ROUTE_API) {
        http_add(request->exchange, STR("WWW-Authenticate"), STR("Bearer"));
        answer_problem(request, 401, request_text(request, STR("Sign in first")), NULL);
        return;
    }
    buf_add(&path, STR("/sign-in?back="));
    url_encode(&path, request->path);
    answer_redirect(request, buf_str(&path));
}

void answer_cookie(struct request *request, struct str name, struct str value, int64_t max_age,
                   bool is_secret)
{
    struct buf line = {.arena = request->arena};

    buf_add(&line, name);
    buf_char(&line, '=');
    url_encode(&line, value);
    buf_printf(&line, "; Path=%.*s/; SameSite=Lax", STR_ARG(request->base));
    if (max_age >= 0)
        buf_printf(&line, "; Max-Age=%lld", (long long)max_age);
    if (is_secret)
        buf_add(&line, STR("; HttpOnly"));
    if (request->exchange->is_tls)
        buf_add(&line, STR("; Secure"));
    http_add(request->exchange, STR("Set-Cookie"), buf_str(&line));
}

void answer_notice(struct request *request, struct str kind, struct str text)
{
    answer_cookie(request, STR("notice"),
                  str_printf(request->arena, "%.*s:%.*s", STR_ARG(kind), STR_ARG(text)), 60, true);
}
