#include "net/http_parse.h"

#include <string.h>

#include "core/utf8.h"

enum {
    TOKEN = 1,  /* tchar, RFC 9110 5.6.2 */
    VALUE = 2,  /* in a field value: VCHAR, obs-text, SP, TAB */
    TARGET = 4, /* in a request target */
    HOST = 8,   /* in a host name or an address */
};

#define T (TOKEN | VALUE | TARGET)
#define N (TOKEN | VALUE | TARGET | HOST)
#define V VALUE
#define G (VALUE | TARGET)
#define H (VALUE | TARGET | HOST)

/* Row by row: 16 characters each. A '#' is never sent in a target. */
static const unsigned char KINDS[256] = {
    0, 0, 0, 0,         0, 0, 0, 0, 0, V, 0, 0, 0, 0, 0, 0, /* 00: TAB */
    0, 0, 0, 0,         0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 10 */
    V, T, G, V | TOKEN, T, T, T, T, G, G, T, T, G, N, N, G, /* 20: SP ! " # $ % & ' ( ) * + , - . /
                                                             */
    N, N, N, N,         N, N, N, N, N, N, H, G, G, G, G, G, /* 30: 0-9 : ; < = > ? */
    G, N, N, N,         N, N, N, N, N, N, N, N, N, N, N, N, /* 40: @ A-O */
    N, N, N, N,         N, N, N, N, N, N, N, H, G, H, T, N, /* 50: P-Z [ \ ] ^ _ */
    T, N, N, N,         N, N, N, N, N, N, N, N, N, N, N, N, /* 60: ` a-o */
    N, N, N, N,         N, N, N, N, N, N, N, G, T, G, N, 0, /* 70: p-z { | } ~ DEL */
    V, V, V, V,         V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V,         V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V,         V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V,         V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V,         V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
};

#undef T
#undef N
#undef V
#undef G
#undef H

struct method {
    struct str name;
    enum http_method method;
};

static const struct method METHODS[] = {
    {{"GET", 3}, HTTP_GET},         {{"HEAD", 4}, HTTP_HEAD},   {{"POST", 4}, HTTP_POST},
    {{"PUT", 3}, HTTP_PUT},         {{"PATCH", 5}, HTTP_PATCH}, {{"DELETE", 6}, HTTP_DELETE},
    {{"OPTIONS", 7}, HTTP_OPTIONS},
};

/* What was seen of the fields that may come only once. */
struct seen {
    bool host, length, coding;
};

static bool is_kind(char c, int kind)
{
    return (KINDS[(unsigned char)c] & kind) != 0;
}

static bool refuse(struct http_parse *parse, int status, const char *why)
{
    parse->status = status;
    parse->why = why;
    return false;
}

bool http_parse_is(struct str text, struct str lower)
{
    if (text.len != lower.len)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if ((c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c) != lower.ptr[i])
            return false;
    }
    return true;
}

enum http_parse_state http_parse_end(struct http_parse *parse, struct str bytes, size_t *seen)
{
    size_t limit = MIN(bytes.len, (size_t)HTTP_HEAD_MAX);
    bool bad = bytes.len > 0 && !is_kind(bytes.ptr[0], TOKEN);

    if (bad)
        refuse(parse, 400, "A request begins with a method, such as GET.");
    while (!bad && *seen < limit) {
        const char *lf = memchr(bytes.ptr + *seen, '\n', limit - *seen);

        if (lf == NULL) {
            *seen = limit;
            break;
        }
        size_t at = (size_t)(lf - bytes.ptr);
        *seen = at + 1;
        if (at == 0 || bytes.ptr[at - 1] != '\r')
            bad = !refuse(parse, 400, "Lines must end with CR LF.");
        else if (at >= 3 && bytes.ptr[at - 2] == '\n')
            return HTTP_PARSE_DONE;
    }
    if (!bad && bytes.len >= HTTP_HEAD_MAX)
        bad = memchr(bytes.ptr, '\n', limit) == NULL
                  ? !refuse(parse, 414, "The address is longer than this server takes.")
                  : !refuse(parse, 431, "The header fields are larger than 16 KiB.");
    return bad ? HTTP_PARSE_BAD : HTTP_PARSE_MORE;
}

static struct str take(const char **at, int kind)
{
    const char *start = *at;

    while (is_kind(**at, kind))
        ++*at;
    return (struct str){start, (size_t)(*at - start)};
}

static bool parse_version(struct http_parse *parse, const char **at)
{
    static const struct str NAME = {"HTTP/", 5};
    struct str text = take(at, VALUE);

    if ((*at)[0] != '\r' || (*at)[1] != '\n')
        return refuse(parse, 400, "The request line holds a character that may not be there.");
    *at += 2;
    if (text.len != 8 || !str_starts(text, NAME) || text.ptr[6] != '.' ||
        !(text.ptr[5] >= '0' && text.ptr[5] <= '9') || !(text.ptr[7] >= '0' && text.ptr[7] <= '9'))
        return refuse(parse, 400, "The request line must be: method, address, HTTP/1.1.");
    if (text.ptr[5] != '1' || text.ptr[7] > '1')
        return refuse(parse, 505, "This server speaks HTTP/1.1 and HTTP/1.0.");
    parse->minor = text.ptr[7] - '0';
    return true;
}

/* "host:port" to "host"; false when it is neither a name nor an address. */
static bool parse_host(struct str value, struct str *host)
{
    bool is_literal = value.len > 0 && value.ptr[0] == '[';
    size_t end = is_literal ? str_find_char(value, ']') + 1 : str_find_char(value, ':');

    if (end == 0 || end > value.len || (is_literal && end < 4))
        return false;
    for (size_t i = is_literal ? 1 : 0; i < (is_literal ? end - 1 : end); i++)
        if (!is_kind(value.ptr[i], HOST) || strchr("[]", value.ptr[i]) != NULL)
            return false;
    *host = str_slice(value, 0, end);

    struct str port = str_slice(value, end, value.len);
    if (port.len == 0)
        return true;
    if (port.ptr[0] != ':' || port.len > 6)
        return false;
    for (size_t i = 1; i < port.len; i++)
        if (port.ptr[i] < '0' || port.ptr[i] > '9')
            return false;
    return true;
}

/* http://host/path as sent to proxies: RFC 9112 3.2.2 wants it understood. */
static struct str take_authority(struct str *target)
{
    static const struct str SCHEMES[] = {{"http://", 7}, {"https://", 8}};

    for (size_t i = 0; i < ARRAY_LEN(SCHEMES); i++) {
        size_t len = SCHEMES[i].len;

        if (!http_parse_is(str_slice(*target, 0, len), SCHEMES[i]))
            continue;
        struct str rest = str_slice(*target, len, target->len);
        struct str authority = str_slice(rest, 0, str_find_char(rest, '/'));
        *target = str_slice(rest, authority.len, rest.len);
        return authority;
    }
    return (struct str){0};
}

static bool parse_request_line(struct http_parse *parse, const char **at, struct str *authority)
{
    struct str method = take(at, TOKEN);

    if (**at != ' ')
        return refuse(parse, 400, "The request line must be: method, address, HTTP/1.1.");
    ++*at;
    parse->method = HTTP_OTHER;
    for (size_t i = 0; i < ARRAY_LEN(METHODS); i++)
        if (str_equal(method, METHODS[i].name))
            parse->method = METHODS[i].method;

    parse->target = take(at, TARGET);
    if (**at != ' ')
        return refuse(parse, 400, "The address holds a character that must be percent-encoded.");
    ++*at;
    if (!parse_version(parse, at))
        return false;
    if (parse->method == HTTP_OTHER)
        return refuse(parse, 501, "This server does not know that method.");
    *authority = take_authority(&parse->target);
    if (parse->target.len == 0 || parse->target.ptr[0] != '/')
        return refuse(parse, 400, "The address must begin with a slash.");

    size_t question = str_find_char(parse->target, '?');
    parse->path = str_slice(parse->target, 0, question);
    parse->query = str_slice(parse->target, question + 1, parse->target.len);
    return true;
}

static bool parse_length(struct http_parse *parse, struct str value, struct seen *seen)
{
    if (seen->length)
        return refuse(parse, 400, "Content-Length is given twice.");
    seen->length = true;
    parse->length = 0;
    if (value.len == 0 || value.len > 18)
        return refuse(parse, 400, "Content-Length is not a number of bytes.");
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9')
            return refuse(parse, 400, "Content-Length is not a number of bytes.");
        parse->length = parse->length * 10 + (value.ptr[i] - '0');
    }
    return true;
}

static bool parse_coding(struct http_parse *parse, struct str value, struct seen *seen)
{
    if (seen->coding)
        return refuse(parse, 400, "Transfer-Encoding is given twice.");
    seen->coding = true;
    if (!http_parse_is(value, STR("chunked")))
        return refuse(parse, 501, "The only transfer coding this server takes is chunked.");
    parse->is_chunked = true;
    return true;
}

static void parse_connection(struct http_parse *parse, struct str value)
{
    while (value.len > 0) {
        struct str token = str_trim(str_cut(&value, ','));

        if (http_parse_is(token, STR("close")))
            parse->keeps_alive = false;
        else if (http_parse_is(token, STR("keep-alive")) && parse->minor == 0)
            parse->keeps_alive = true;
    }
}

/* The fields that decide how the message is read; the others are the handler's. */
static bool on_field(struct http_parse *parse, struct http_header field, struct seen *seen)
{
    switch (field.name.len) {
    case 4:
        if (!http_parse_is(field.name, STR("host")))
            return true;
        if (seen->host)
            return refuse(parse, 400, "Host is given twice.");
        seen->host = true;
        return parse_host(field.value, &parse->host) ||
               refuse(parse, 400, "Host is not the name of a host.");
    case 6:
        if (!http_parse_is(field.name, STR("expect")) || parse->minor == 0)
            return true;
        parse->expects_continue = http_parse_is(field.value, STR("100-continue"));
        return parse->expects_continue ||
               refuse(parse, 417, "The only expectation this server meets is 100-continue.");
    case 10:
        if (http_parse_is(field.name, STR("connection")))
            parse_connection(parse, field.value);
        return true;
    case 14:
        return !http_parse_is(field.name, STR("content-length")) ||
               parse_length(parse, field.value, seen);
    case 17:
        return !http_parse_is(field.name, STR("transfer-encoding")) ||
               parse_coding(parse, field.value, seen);
    default:
        return true;
    }
}

static bool parse_field(struct http_parse *parse, const char **at, struct seen *seen)
{
    struct http_header field = {.name = take(at, TOKEN)};
    unsigned char wide = 0;

    if (field.name.len == 0 || **at != ':')
        return refuse(parse, 400,
                      "A header field must be one line: its name, a colon at once, its value.");
    if (parse->header_count == HTTP_HEADERS_MAX)
        return refuse(parse, 431, "There are more than 64 header fields.");
    ++*at;
    while (**at == ' ' || **at == '\t')
        ++*at;

    const char *start = *at;
    for (; is_kind(**at, VALUE); ++*at)
        wide |= (unsigned char)**at;
    if ((*at)[0] != '\r' || (*at)[1] != '\n')
        return refuse(parse, 400, "A header field holds a control character.");
    const char *end = *at;
    while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *at += 2;
    field.value = (struct str){start, (size_t)(end - start)};
    if (wide >= 0x80 && !utf8_is_valid(field.value))
        return refuse(parse, 400, "A header field is not valid UTF-8.");
    parse->headers[parse->header_count++] = field;
    return on_field(parse, field, seen);
}

bool http_parse_head(struct http_parse *parse, struct str head)
{
    const char *at = head.ptr;
    const char *end = head.ptr + head.len;
    struct seen seen = {0};
    struct str authority, named;

    parse->length = -1;
    parse->header_count = 0;
    if (!parse_request_line(parse, &at, &authority))
        return false;
    parse->keeps_alive = parse->minor == 1;
    /* Every line ends in CR LF (http_parse_end), so nothing below reads beyond the last. */
    while (end - at > 2)
        if (!parse_field(parse, &at, &seen))
            return false;

    if (!seen.host && parse->minor == 1)
        return refuse(parse, 400, "The Host field is missing.");
    if (seen.coding && (seen.length || parse->minor == 0))
        return refuse(parse, 400, "Content-Length and Transfer-Encoding exclude each other.");
    if (authority.len > 0 && (!parse_host(authority, &named) || !str_equal(named, parse->host)))
        return refuse(parse, 400, "The address and the Host field name different hosts.");
    return true;
}
