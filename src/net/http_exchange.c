#include "net/http_exchange.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/time.h"
#include "net/http_server.h"
#include "net/url.h"

struct str http_header(const struct http_exchange *exchange, struct str name)
{
    for (size_t i = 0; i < exchange->header_count; i++)
        if (http_parse_is(exchange->headers[i].name, name))
            return exchange->headers[i].value;
    return (struct str){0};
}

struct str http_cookie(const struct http_exchange *exchange, struct str name)
{
    for (size_t i = 0; i < exchange->header_count; i++) {
        struct str rest = exchange->headers[i].value;

        if (!http_parse_is(exchange->headers[i].name, STR("cookie")))
            continue;
        while (rest.len > 0) {
            struct str value = str_trim(str_cut(&rest, ';'));
            struct str key = str_cut(&value, '=');

            if (str_equal(key, name))
                return value;
        }
    }
    return (struct str){0};
}

/* No empty part but the last, no "." and "..": one text for one thing. */
static bool has_plain_parts(struct str path)
{
    struct str rest = str_slice(path, 1, path.len);

    while (rest.len > 0) {
        struct str part = str_cut(&rest, '/');

        if (part.len == 0 || str_equal(part, STR(".")) || str_equal(part, STR("..")))
            return false;
    }
    return true;
}

/* An encoded slash would be a part's end here and not in a proxy, or the other way round. */
static bool has_encoded_slash(struct str path)
{
    for (size_t i = 0; i + 2 < path.len; i++)
        if (path.ptr[i] == '%' && path.ptr[i + 1] == '2' &&
            (path.ptr[i + 2] == 'f' || path.ptr[i + 2] == 'F'))
            return true;
    return false;
}

static bool set_path(struct http_exchange *exchange, struct str raw)
{
    exchange->path = raw;
    if (memchr(raw.ptr, '%', raw.len) != NULL) {
        struct buf decoded = {.arena = exchange->arena};

        if (has_encoded_slash(raw) || !url_decode(&decoded, raw, false))
            return false;
        exchange->path = buf_str(&decoded);
    }
    return has_plain_parts(exchange->path);
}

static struct str to_lower(struct arena *arena, struct str text)
{
    char *lower = NULL;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 'A' || text.ptr[i] > 'Z')
            continue;
        if (lower == NULL)
            lower = str_to_z(arena, text);
        lower[i] = (char)(text.ptr[i] + ('a' - 'A'));
    }
    return lower == NULL ? text : (struct str){lower, text.len};
}

static bool is_address(struct str text)
{
    char z[INET6_ADDRSTRLEN];
    unsigned char address[16];

    if (text.len == 0 || text.len >= sizeof z)
        return false;
    memcpy(z, text.ptr, text.len);
    z[text.len] = '\0';
    return inet_pton(AF_INET, z, address) == 1 || inet_pton(AF_INET6, z, address) == 1;
}

/*
 * The last address of the last field is the one our proxy wrote; what stands before came
 * from outside and may be anything.
 */
static void believe_proxy(struct http_exchange *exchange)
{
    for (size_t i = 0; i < exchange->header_count; i++) {
        struct http_header header = exchange->headers[i];

        if (http_parse_is(header.name, STR("x-forwarded-for"))) {
            struct str address = {0};

            while (header.value.len > 0)
                address = str_trim(str_cut(&header.value, ','));
            if (is_address(address))
                exchange->peer = address;
        } else if (http_parse_is(header.name, STR("x-forwarded-proto"))) {
            exchange->is_tls = http_parse_is(header.value, STR("https"));
        }
    }
}

bool http_exchange_init(struct http_request *request, int *status, const char **why)
{
    struct http_exchange *exchange = &request->exchange;
    const struct http_options *options = &request->conn->loop->server->options;
    const struct http_parse *parse = &request->parse;

    exchange->method = parse->method;
    exchange->target = parse->target;
    exchange->query = parse->query;
    exchange->headers = parse->headers;
    exchange->header_count = parse->header_count;
    exchange->now = time_now();
    exchange->host = to_lower(exchange->arena, parse->host);
    exchange->is_tls = tls_is_open(&request->conn->tls);
    if (options->trusted_proxy.len > 0 && str_equal(exchange->peer, options->trusted_proxy))
        believe_proxy(exchange);
    if (!set_path(exchange, parse->path)) {
        *status = 400;
        *why = "The path must be percent-encoded UTF-8 without empty parts, \".\", \"..\" or "
               "encoded slashes.";
        return false;
    }

    request->keeps_alive = parse->keeps_alive;
    if (parse->length <= 0 && !parse->is_chunked)
        return true;
    request->body_limit = options->body_limit != NULL ? options->body_limit(exchange, options->data)
                                                      : options->body_max;
    if (parse->length > 0 && (uint64_t)parse->length > request->body_limit) {
        *status = 413;
        *why = "The body is larger than this address takes.";
        return false;
    }
    return true;
}
