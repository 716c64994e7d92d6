#include "check.h"

#include <string.h>

#include "net/http_parse.h"

static struct http_header headers[HTTP_HEADERS_MAX];

/* As the server does it: 0 when it is read, else the status of the refusal, -1: not all here. */
static int status_of(struct http_parse *parse, struct str bytes)
{
    /* A copy of exact size, so that the sanitizer sees a read beyond it. */
    struct str copy = str_copy(check_arena(), bytes);
    size_t seen = 0;

    *parse = (struct http_parse){.headers = headers};
    switch (http_parse_end(parse, copy, &seen)) {
    case HTTP_PARSE_MORE:
        return -1;
    case HTTP_PARSE_BAD:
        return parse->status;
    case HTTP_PARSE_DONE:
        break;
    }
    return http_parse_head(parse, str_slice(copy, 0, seen)) ? 0 : parse->status;
}

struct row {
    struct str bytes;
    int status;
};

#define ROW(text, status)                                                                          \
    {                                                                                              \
        {text, sizeof(text) - 1}, status                                                           \
    }
#define TOP  "POST / HTTP/1.1\r\n"
#define HOST "Host: a\r\n"

static void check_rows(const struct row *rows, size_t count)
{
    struct http_parse parse;

    for (size_t i = 0; i < count; i++) {
        int got = status_of(&parse, rows[i].bytes);

        if (got != rows[i].status)
            CHECK_STR(rows[i].bytes, STR("(see the status below)"));
        CHECK_INT(got, rows[i].status);
    }
}

/* The table of hostile requests that other servers were measured with. */
static void hostile_requests_are_refused(void)
{
    static const struct row ROWS[] = {
        ROW("GET / HTTP/1.1\r\n" HOST "\r\n", 0),
        ROW("GET / HTTP/1.1\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\n" HOST "Host: b\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\n" HOST HOST "\r\n", 400),
        ROW("GET / HTTP/1.1\nHost: a\n\n", 400),
        ROW("GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\n" HOST "X : 1\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\n" HOST "X: 1\r\n more\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\n" HOST "X: 1\r\n\tmore\r\n\r\n", 400),
        ROW(TOP HOST "Content-Length: 2\r\nContent-Length: 3\r\n\r\n", 400),
        ROW(TOP HOST "Content-Length: 2\r\nContent-Length: 2\r\n\r\n", 400),
        ROW(TOP HOST "Content-Length: 2, 2\r\n\r\n", 400),
        ROW(TOP HOST "Content-Length: +2\r\n\r\n", 400),
        ROW(TOP HOST "Content-Length: -2\r\n\r\n", 400),
        ROW(TOP HOST "Content-Length: 0x2\r\n\r\n", 400),
        ROW(TOP HOST "Content-Length: 2 2\r\n\r\n", 400),
        ROW(TOP HOST "Content-Length:\r\n\r\n", 400),
        ROW(TOP HOST "Content-Length: 99999999999999999999\r\n\r\n", 400),
        ROW(TOP HOST "Content-Length : 2\r\n\r\n", 400),
        ROW(TOP HOST "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ROW(TOP HOST "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n", 400),
        ROW(TOP HOST "Transfer-Encoding: xchunked\r\n\r\n", 501),
        ROW(TOP HOST "Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ROW(TOP HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ROW(TOP HOST "Transfer-Encoding: \vchunked\r\n\r\n", 400),
        ROW("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\n" HOST "X: a\x7f\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\n" HOST "X: \xff\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\n" HOST "X: 1\n\rX\r\n\r\n", 400),
        ROW("GET / HTTP/9.9\r\n" HOST "\r\n", 505),
        ROW("GET / HTTP/2.0\r\n" HOST "\r\n", 505),
        ROW("GET / HTTP/1.2\r\n" HOST "\r\n", 505),
        ROW("GET / http/1.1\r\n" HOST "\r\n", 400),
        ROW("GET / HTTP/1.11\r\n" HOST "\r\n", 400),
        ROW("GET /\r\n\r\n", 400),
        ROW(TOP HOST "Transfer-Encoding: Chunked\r\n\r\n", 0),
        ROW(TOP HOST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", 0),
        ROW(TOP HOST "Expect: a-miracle\r\n\r\n", 417),
    };

    check_rows(ROWS, ARRAY_LEN(ROWS));
}

static void request_line_must_be_plain(void)
{
    static const struct row ROWS[] = {
        ROW("\r\nGET / HTTP/1.1\r\n" HOST "\r\n", 400),
        ROW("\x16\x03\x01", 400),
        ROW(" GET / HTTP/1.1\r\n" HOST "\r\n", 400),
        ROW("GET  / HTTP/1.1\r\n" HOST "\r\n", 400),
        ROW("GET /  HTTP/1.1\r\n" HOST "\r\n", 400),
        ROW("GET / HTTP/1.1 \r\n" HOST "\r\n", 400),
        ROW("GET\t/\tHTTP/1.1\r\n" HOST "\r\n", 400),
        ROW("GET /a b HTTP/1.1\r\n" HOST "\r\n", 400),
        ROW("GET /#a HTTP/1.1\r\n" HOST "\r\n", 400),
        ROW("GET /\xd0\xb0 HTTP/1.1\r\n" HOST "\r\n", 400),
        ROW("GET a HTTP/1.1\r\n" HOST "\r\n", 400),
        ROW("GET * HTTP/1.1\r\n" HOST "\r\n", 400),
        ROW("GET / HTTP/1.1\r\n: a\r\n" HOST "\r\n", 400),
        ROW("BREW / HTTP/1.1\r\n" HOST "\r\n", 501),
        ROW("get / HTTP/1.1\r\n" HOST "\r\n", 501),
        ROW("CONNECT a:443 HTTP/1.1\r\n" HOST "\r\n", 501),
        ROW("GET http://a/b HTTP/1.1\r\n" HOST "\r\n", 0),
        ROW("GET http://b/b HTTP/1.1\r\n" HOST "\r\n", 400),
        ROW("GET http://a HTTP/1.1\r\n" HOST "\r\n", 400),
        ROW("GET / HTTP/1.0\r\n\r\n", 0),
        ROW("GET / HTTP/1.1\r\n" HOST "\r", -1),
        ROW("GET /", -1),
        ROW("", -1),
    };

    check_rows(ROWS, ARRAY_LEN(ROWS));
}

static void host_must_be_a_host(void)
{
    static const struct row ROWS[] = {
        ROW("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\nHost: [\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\nHost: []\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 400),
        ROW("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 0),
        ROW("GET / HTTP/1.1\r\nHost: town.example:8080\r\n\r\n", 0),
    };
    struct http_parse parse;

    check_rows(ROWS, ARRAY_LEN(ROWS));
    CHECK_INT(status_of(&parse, ROWS[12].bytes), 0);
    CHECK_STR(parse.host, STR("[::1]"));
    CHECK_INT(status_of(&parse, ROWS[13].bytes), 0);
    CHECK_STR(parse.host, STR("town.example"));
}

static void parts_of_a_request_are_found(void)
{
    struct http_parse parse;

    CHECK_INT(status_of(&parse, STR("PATCH /a/%D0%B0?b=c?d HTTP/1.1\r\nhOST: A:1\r\n"
                                    "Content-Length: 12\r\nEmpty:\r\nX-Y: \t a  b \t\r\n"
                                    "Connection: x, Close\r\n\r\nrest")),
              0);
    CHECK(parse.method == HTTP_PATCH);
    CHECK_STR(parse.target, STR("/a/%D0%B0?b=c?d"));
    CHECK_STR(parse.path, STR("/a/%D0%B0"));
    CHECK_STR(parse.query, STR("b=c?d"));
    CHECK_STR(parse.host, STR("A"));
    CHECK_INT(parse.length, 12);
    CHECK(!parse.keeps_alive);
    CHECK_INT((int64_t)parse.header_count, 5);
    CHECK_STR(parse.headers[2].value, STR(""));
    CHECK_STR(parse.headers[3].name, STR("X-Y"));
    CHECK_STR(parse.headers[3].value, STR("a  b"));
}

static void connection_is_kept_by_version_and_field(void)
{
    struct http_parse parse;

    CHECK_INT(status_of(&parse, STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n")), 0);
    CHECK(parse.keeps_alive);
    CHECK_INT(status_of(&parse, STR("GET / HTTP/1.0\r\n\r\n")), 0);
    CHECK(!parse.keeps_alive);
    CHECK_INT(status_of(&parse, STR("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")), 0);
    CHECK(parse.keeps_alive);
}

static struct str long_head(size_t fields, size_t size)
{
    struct buf buf = {.arena = check_arena()};

    buf_add(&buf, STR("GET / HTTP/1.1\r\nHost: a\r\n"));
    for (size_t i = 1; i < fields; i++)
        buf_add(&buf, STR("X: 1\r\n"));
    if (size > 0) {
        buf_add(&buf, STR("Y: "));
        while (buf.len < size)
            buf_char(&buf, 'y');
        buf_add(&buf, STR("\r\n"));
    }
    buf_add(&buf, STR("\r\n"));
    return buf_str(&buf);
}

static void limits_are_kept(void)
{
    struct http_parse parse;
    struct buf line = {.arena = check_arena()};

    CHECK_INT(status_of(&parse, long_head(64, 0)), 0);
    CHECK_INT(status_of(&parse, long_head(65, 0)), 431);
    CHECK_INT(status_of(&parse, long_head(1, HTTP_HEAD_MAX - 4)), 0);
    CHECK_INT(status_of(&parse, long_head(1, HTTP_HEAD_MAX - 3)), 431);
    CHECK_INT(status_of(&parse, long_head(1, 20 * 1024)), 431);
    buf_add(&line, STR("GET /"));
    while (line.len < HTTP_HEAD_MAX)
        buf_char(&line, 'a');
    CHECK_INT(status_of(&parse, buf_str(&line)), 414);
}

static void end_is_found_wherever_the_bytes_are_cut(void)
{
    struct str head = STR("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET");
    struct http_parse parse = {0};
    size_t seen = 0;

    for (size_t len = 0; len < head.len - 3; len++)
        CHECK(http_parse_end(&parse, str_slice(head, 0, len), &seen) == HTTP_PARSE_MORE);
    CHECK(http_parse_end(&parse, head, &seen) == HTTP_PARSE_DONE);
    CHECK_INT((int64_t)seen, (int64_t)head.len - 3);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(hostile_requests_are_refused),
    CHECK_TEST(request_line_must_be_plain),
    CHECK_TEST(host_must_be_a_host),
    CHECK_TEST(parts_of_a_request_are_found),
    CHECK_TEST(connection_is_kept_by_version_and_field),
    CHECK_TEST(limits_are_kept),
    CHECK_TEST(end_is_found_wherever_the_bytes_are_cut),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
