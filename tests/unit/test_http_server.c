#include "check.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/buf.h"
#include "net/http.h"

enum {
    MEBI = 1024 * 1024,
    BODY_MAX = 4 * MEBI,
};

/* What the handler below is told, and what it saw. */
struct fixture {
    struct http_server *server;
    struct http_options options;
    sem_t started, go_on;
    int grace_ms;
    atomic_int ticks, gone, written_all, running, loops;
};

static struct fixture *f;

static void answer(struct http_exchange *exchange, struct str body)
{
    http_add(exchange, STR("Content-Type"), STR("text/plain"));
    buf_add(&exchange->out, body);
    http_finish(exchange);
}

static void echo(struct http_exchange *exchange)
{
    if (exchange->body_fd >= 0) {
        char *room = buf_room(&exchange->out, exchange->body_size);
        ssize_t got = read(exchange->body_fd, room, exchange->body_size);

        exchange->out.len += got > 0 ? (size_t)got : 0;
    }
    http_add(exchange, STR("In-File"), exchange->body_fd >= 0 ? STR("yes") : STR("no"));
    answer(exchange, exchange->body);
}

static void show(struct http_exchange *exchange)
{
    buf_printf(&exchange->out, "%.*s|%.*s|%.*s|%.*s|%.*s|%d|%.*s", STR_ARG(exchange->target),
               STR_ARG(exchange->path), STR_ARG(exchange->query), STR_ARG(exchange->host),
               STR_ARG(exchange->peer), exchange->is_tls, STR_ARG(http_cookie(exchange, STR("b"))));
    answer(exchange, http_header(exchange, STR("x-more")));
}

static void run_slowly(struct http_exchange *exchange)
{
    sem_post(&f->started);
    sem_wait(&f->go_on);
    answer(exchange, STR("late"));
}

static void run_stream(struct http_exchange *exchange)
{
    static char piece[100 * 1000];
    bool ok = true;

    f->running++;
    http_add(exchange, STR("Content-Type"), STR("text/plain"));
    http_stream(exchange);
    for (int i = 0; ok && i < 80; i++)
        ok = http_stream_write(exchange, (struct str){piece, sizeof piece});
    f->written_all = ok;
    if (exchange->query.len > 0)
        http_stream_break(exchange);
    http_finish(exchange);
    f->running--;
}

enum {
    FILE_SIZE = 3 * MEBI + 7,
};

/* A file that says it is as long as the query wants. */
static void send_file(struct http_exchange *exchange)
{
    static const char LINE[] = "0123456789abcdef";
    FILE *file = tmpfile();

    CHECK(file != NULL);
    for (int i = 0; i < FILE_SIZE; i++)
        putc(LINE[i % 16], file);
    fflush(file);
    exchange->out_fd = dup(fileno(file));
    fclose(file);
    exchange->out_size = FILE_SIZE + (exchange->query.len > 0 ? 1000 : 0);
    http_finish(exchange);
}

static bool on_tick(struct http_exchange *exchange, bool is_gone, void *data)
{
    CHECK(data == f);
    if (is_gone) {
        f->gone++;
        return false;
    }
    buf_printf(&exchange->out, "data: %d\n\n", ++f->ticks);
    return exchange->query.len > 0 || f->ticks < 3;
}

static void tick(struct http_exchange *exchange)
{
    http_add(exchange, STR("Content-Type"), STR("text/event-stream"));
    http_stream(exchange);
    http_every(exchange, 10, on_tick, f);
}

static void handle(struct http_exchange *exchange, void *data)
{
    CHECK(data == f);
    if (str_equal(exchange->path, STR("/echo")))
        echo(exchange);
    else if (str_equal(exchange->path, STR("/slow")))
        http_offload(exchange, run_slowly);
    else if (str_equal(exchange->path, STR("/stream")))
        http_offload(exchange, run_stream);
    else if (str_equal(exchange->path, STR("/file")))
        send_file(exchange);
    else if (str_equal(exchange->path, STR("/tick")))
        tick(exchange);
    else if (str_equal(exchange->path, STR("/big")))
        memset(buf_room(&exchange->out, 8 * MEBI), 'x', 8 * MEBI), exchange->out.len = 8 * MEBI,
                                                                   http_finish(exchange);
    else if (str_equal(exchange->path, STR("/none")))
        exchange->status = 204, http_finish(exchange);
    else if (str_starts(exchange->path, STR("/show")))
        show(exchange);
    else
        answer(exchange, STR("hello"));
}

static size_t limit(const struct http_exchange *exchange, void *data)
{
    (void)data;
    return str_equal(exchange->path, STR("/echo")) ? BODY_MAX : 10;
}

static void count_loop(struct http_loop *loop, bool starts, void *data)
{
    (void)loop, (void)data;
    f->loops += starts ? 1 : -1;
}

static struct fixture *prepare(void)
{
    f = ARENA_NEW(check_arena(), struct fixture);
    sem_init(&f->started, 0, 0);
    sem_init(&f->go_on, 0, 0);
    f->grace_ms = 5000;
    f->options = (struct http_options){.address = STR("127.0.0.1"),
                                       .loops = 2,
                                       .body_limit = limit,
                                       .handle = handle,
                                       .on_loop = count_loop,
                                       .data = f};
    return f;
}

static void start(void)
{
    struct err err;

    CHECK_OK(http_start(check_arena(), &f->options, &f->server, &err), &err);
    CHECK(http_port(f->server) > 0);
}

static void start_plain(void)
{
    prepare();
    start();
}

static int connect_to(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval wait = {.tv_sec = 10};

    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    CHECK(connect(fd, (struct sockaddr *)&name, sizeof name) == 0);
    return fd;
}

static int dial(void)
{
    return connect_to(http_port(f->server));
}

static void say(int fd, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t count = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

        if (count <= 0)
            return; /* what came of it is seen in the answer */
        bytes = str_slice(bytes, (size_t)count, bytes.len);
    }
}

/* Until the server closes. */
static struct str hear_all(int fd)
{
    struct buf buf = {.arena = check_arena()};
    ssize_t count;

    while ((count = recv(fd, buf_room(&buf, 65536), 65536, 0)) > 0)
        buf.len += (size_t)count;
    CHECK(count == 0);
    close(fd);
    return buf_str(&buf);
}

/* Until the text was seen. */
static struct str hear_until(int fd, struct str text)
{
    struct buf buf = {.arena = check_arena()};

    while (str_find(buf_str(&buf), text) == buf.len) {
        ssize_t count = recv(fd, buf_room(&buf, 1), 1, 0);

        CHECK(count == 1);
        buf.len++;
    }
    return buf_str(&buf);
}

static bool has(struct str text, struct str part)
{
    return str_find(text, part) < text.len;
}

/* One request on a new connection that then closes. */
static struct str ask(struct str request)
{
    int fd = dial();

    say(fd, request);
    return hear_all(fd);
}

static void check_answer(struct str got, struct str status, struct str end)
{
    if (!str_starts(got, status) || !str_ends(got, end))
        CHECK_STR(got, end);
}

static void stop(void)
{
    http_stop(f->server, 2000);
    CHECK_INT(f->loops, 0);
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n"

static void simple_request_is_answered(void)
{
    start_plain();
    CHECK_INT(f->loops <= 2, true);
    struct str got = ask(STR(GET("/") "Connection: close\r\n\r\n"));
    check_answer(got, STR("HTTP/1.1 200 OK\r\nDate: "), STR("\r\n\r\nhello"));
    CHECK(has(got, STR("\r\nContent-Length: 5\r\n")));
    CHECK(has(got, STR("\r\nConnection: close\r\n")));
    check_answer(ask(STR("GET / HTTP/1.0\r\n\r\n")), STR("HTTP/1.1 200 OK"), STR("hello"));
    check_answer(ask(STR("HEAD / HTTP/1.0\r\n\r\n")), STR("HTTP/1.1 200 OK"), STR("\r\n\r\n"));
    got = ask(STR("GET /none HTTP/1.0\r\n\r\n"));
    check_answer(got, STR("HTTP/1.1 204 No Content\r\n"), STR("\r\n\r\n"));
    CHECK(!has(got, STR("Content-Length")));
    CHECK_INT(http_counters(f->server).requests, 4);
    stop();
}

static void request_is_shown_as_it_is(void)
{
    prepare()->options.trusted_proxy = STR("127.0.0.1");
    start();
    check_answer(ask(STR("GET /show/%D0%B0?q=%20 HTTP/1.1\r\nHost: TOWN.example:80\r\n"
                         "Cookie: a=1; b=2; bb=3\r\nX-More: -more\r\n"
                         "X-Forwarded-For: 9.9.9.9, 10.0.0.7\r\nX-Forwarded-Proto: https\r\n"
                         "Connection: close\r\n\r\n")),
                 STR("HTTP/1.1 200 OK"),
                 STR("\r\n\r\n/show/%D0%B0?q=%20|/show/а|q=%20|town.example|10.0.0.7|1|2-more"));
    stop();
    start_plain();
    check_answer(ask(STR(GET("/show") "X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: https\r\n"
                                      "Connection: close\r\n\r\n")),
                 STR("HTTP/1.1 200 OK"), STR("\r\n\r\n/show|/show||a|127.0.0.1|0|"));
    stop();
}

static void a_file_is_sent_whole_with_its_length(void)
{
    start_plain();
    struct str got = ask(STR(GET("/file") "\r\n" GET("/") "Connection: close\r\n\r\n"));
    size_t body = str_find(got, STR("\r\n\r\n")) + 4;

    CHECK(has(str_slice(got, 0, body), STR("\r\nContent-Length: 3145735\r\n")));
    CHECK(got.len > body + FILE_SIZE);
    for (size_t i = 0; i < FILE_SIZE; i++)
        CHECK(got.ptr[body + i] == "0123456789abcdef"[i % 16]);
    check_answer(str_slice(got, body + FILE_SIZE, got.len), STR("HTTP/1.1 200 OK"), STR("hello"));

    got = ask(STR("HEAD /file HTTP/1.0\r\n\r\n"));
    check_answer(got, STR("HTTP/1.1 200 OK"), STR("\r\n\r\n"));
    CHECK(has(got, STR("\r\nContent-Length: 3145735\r\n")));
    stop();
}

static void a_file_that_ends_too_early_ends_the_connection(void)
{
    start_plain();
    struct str got = ask(STR(GET("/file?longer") "\r\n" GET("/") "\r\n"));

    CHECK(has(got, STR("\r\nContent-Length: 3146735\r\n")));
    CHECK(!has(got, STR("hello")));
    stop();
}

static void wrong_requests_get_a_problem_and_are_closed(void)
{
    static const struct str WRONG[] = {
        {"GET / HTTP/1.1\r\n\r\n", 18},
        {"GET / HTTP/1.1\nHost: a\n\n", 24},
        {"GET /../a HTTP/1.1\r\nHost: a\r\n\r\n", 31},
        {"GET /a//b HTTP/1.1\r\nHost: a\r\n\r\n", 31},
        {"GET /a/./b HTTP/1.1\r\nHost: a\r\n\r\n", 32},
        {"GET /%2e%2e/a HTTP/1.1\r\nHost: a\r\n\r\n", 35},
        {"GET /a%2fb HTTP/1.1\r\nHost: a\r\n\r\n", 32},
        {"GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n", 32},
        {"GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", 30},
        {"GET /% HTTP/1.1\r\nHost: a\r\n\r\n", 28},
        {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nab\r\n", 69},
    };

    start_plain();
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
        struct str got = ask(WRONG[i]);

        check_answer(got, STR("HTTP/1.1 400 Bad Request\r\n"), STR(".\"}"));
        CHECK(has(got, STR("\r\nContent-Type: application/problem+json\r\n")));
        CHECK(has(got, STR("\r\nConnection: close\r\n")));
    }
    CHECK_INT(http_counters(f->server).refused, ARRAY_LEN(WRONG));
    stop();
}

static void pipelined_requests_are_answered_in_order(void)
{
    start_plain();
    struct buf all = {.arena = check_arena()};
    for (int i = 0; i < 500; i++)
        buf_printf(&all, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n<%03d>", i);
    buf_add(&all, STR(GET("/slow") "\r\n" GET("/") "Connection: close\r\n\r\n"));
    sem_post(&f->go_on);
    struct str got = ask(buf_str(&all));
    for (int i = 0; i < 500; i++) {
        struct str mark = str_printf(check_arena(), "\r\n\r\n<%03d>HTTP/1.1 200 OK", i);
        size_t at = str_find(got, mark);

        CHECK(at < got.len);
        got = str_slice(got, at, got.len);
    }
    CHECK(has(got, STR("\r\n\r\nlateHTTP/1.1 200 OK")));
    check_answer(got, STR(""), STR("hello"));
    stop();
}

static void request_may_come_a_byte_at_a_time(void)
{
    struct str request = STR("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                             "Connection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

    start_plain();
    int fd = dial();
    for (size_t i = 0; i < request.len; i++) {
        say(fd, str_slice(request, i, 1));
        usleep(100);
    }
    check_answer(hear_all(fd), STR("HTTP/1.1 200 OK"), STR("\r\n\r\nabcde"));
    stop();
}

static struct str post(size_t size, bool is_chunked)
{
    struct buf buf = {.arena = check_arena()};

    buf_add(&buf, STR("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"));
    if (!is_chunked)
        buf_printf(&buf, "Content-Length: %zu\r\n\r\n", size);
    else
        buf_add(&buf, STR("Transfer-Encoding: chunked\r\n\r\n"));
    for (size_t at = 0; at < size;) {
        size_t part = MIN(size - at, (size_t)30000);

        if (is_chunked)
            buf_printf(&buf, "%zx\r\n", part);
        for (size_t i = 0; i < part; i++, at++)
            buf_char(&buf, (char)('a' + at % 23));
        if (is_chunked)
            buf_add(&buf, STR("\r\n"));
    }
    if (is_chunked)
        buf_add(&buf, STR("0\r\n\r\n"));
    return buf_str(&buf);
}

static void check_echo(size_t size, bool is_chunked, struct str in_file)
{
    struct str got = ask(post(size, is_chunked));
    size_t at = str_find(got, STR("\r\n\r\n")) + 4;

    CHECK(has(got, in_file));
    CHECK_INT((int64_t)(got.len - at), (int64_t)size);
    for (size_t i = 0; i < size; i++)
        if (got.ptr[at + i] != 'a' + (char)(i % 23))
            CHECK_INT(got.ptr[at + i], 'a' + (int)(i % 23));
}

static void big_bodies_go_to_a_file(void)
{
    prepare()->options.folder = check_folder();
    start();
    check_echo(0, true, STR("In-File: no\r\n"));
    check_echo(100, false, STR("In-File: no\r\n"));
    check_echo(HTTP_BODY_MEMORY, false, STR("In-File: no\r\n"));
    check_echo(HTTP_BODY_MEMORY, true, STR("In-File: no\r\n"));
    check_echo(HTTP_BODY_MEMORY + 1, false, STR("In-File: yes\r\n"));
    check_echo(HTTP_BODY_MEMORY + 1, true, STR("In-File: yes\r\n"));
    check_echo(BODY_MAX, false, STR("In-File: yes\r\n"));
    check_echo(BODY_MAX, true, STR("In-File: yes\r\n"));
    stop();
}

static void body_over_the_limit_is_refused_before_it_is_read(void)
{
    start_plain();
    int fd = dial();
    say(fd, STR("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n"));
    check_answer(hear_until(fd, STR("}")), STR("HTTP/1.1 413 Content Too Large"), STR("\"}"));
    close(fd);
    /* A client that sends on regardless still gets to read the answer. */
    check_answer(ask(post(BODY_MAX + 1, false)), STR("HTTP/1.1 413 "), STR("\"}"));
    check_answer(ask(post(BODY_MAX + 1, true)), STR("HTTP/1.1 413 "), STR("\"}"));
    stop();
}

static void continue_is_said_when_it_is_expected(void)
{
    start_plain();
    int fd = dial();
    say(fd, STR("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                "Content-Length: 2\r\nConnection: close\r\n\r\n"));
    CHECK_STR(hear_until(fd, STR("\r\n\r\n")), STR("HTTP/1.1 100 Continue\r\n\r\n"));
    say(fd, STR("ab"));
    check_answer(hear_all(fd), STR("HTTP/1.1 200 OK"), STR("\r\n\r\nab"));
    check_answer(ask(STR("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                         "Content-Length: 99\r\n\r\n")),
                 STR("HTTP/1.1 413 "), STR("\"}"));
    stop();
}

static void slow_clients_are_cut(void)
{
    prepare()->options.deadlines = (struct http_deadlines){.head_ms = 100,
                                                           .body_ms = 100,
                                                           .answer_ms = 100,
                                                           .idle_ms = 100,
                                                           .bytes_per_s = 1024 * MEBI};
    start();
    CHECK_STR(ask(STR("")), STR(""));
    check_answer(ask(STR("GET / HT")), STR("HTTP/1.1 408 Request Timeout"), STR("\"}"));
    check_answer(ask(STR("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na")),
                 STR("HTTP/1.1 408 "), STR("\"}"));
    CHECK(str_ends(ask(STR(GET("/") "\r\n")), STR("hello")));

    /* One that asks for 8 MiB and does not read them in time. */
    int fd = dial();
    int size = 64 * 1024;
    struct buf got = {.arena = check_arena()};
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    say(fd, STR(GET("/big") "\r\n"));
    usleep(500 * 1000);
    for (ssize_t count; (count = recv(fd, buf_room(&got, MEBI), MEBI, 0)) > 0;)
        got.len += (size_t)count;
    CHECK(got.len > 0 && got.len < 8 * MEBI);
    close(fd);
    stop();
}

static void client_that_has_said_all_still_hears_the_answer(void)
{
    start_plain();
    for (int i = 0; i < 2; i++) {
        int fd = dial();

        say(fd, i == 0 ? STR(GET("/slow") "\r\n") : STR(GET("/stream") "\r\n"));
        shutdown(fd, SHUT_WR);
        usleep(20 * 1000);
        sem_post(&f->go_on);
        struct str got = hear_all(fd);
        CHECK(str_starts(got, STR("HTTP/1.1 200 OK")));
        CHECK(str_ends(got, i == 0 ? STR("late") : STR("\r\n0\r\n\r\n")));
    }
    stop();
}

static void big_answers_arrive_whole(void)
{
    start_plain();
    struct str got = ask(STR(GET("/big") "Connection: close\r\n\r\n"));
    CHECK_INT((int64_t)(got.len - str_find(got, STR("\r\n\r\n")) - 4), 8 * MEBI);
    stop();
}

/* The size of a chunked answer's body; -1: not well-formed. */
static int64_t chunked_size(struct str got)
{
    struct str rest = str_slice(got, str_find(got, STR("\r\n\r\n")) + 4, got.len);
    int64_t total = 0;

    while (rest.len > 0) {
        unsigned size = 0;

        if (sscanf(str_to_z(check_arena(), str_slice(rest, 0, 10)), "%x", &size) != 1)
            return -1;
        str_cut(&rest, '\n');
        if (size == 0)
            return str_equal(rest, STR("\r\n")) ? total : -1;
        total += size;
        rest = str_slice(rest, size + 2, rest.len);
    }
    return -1;
}

static void streams_are_sent_in_chunks(void)
{
    start_plain();
    struct str got = ask(STR(GET("/stream") "Connection: close\r\n\r\n"));
    CHECK(has(got, STR("\r\nTransfer-Encoding: chunked\r\n")));
    CHECK_INT(chunked_size(got), 8 * 1000 * 1000);
    CHECK(f->written_all);
    got = ask(STR("GET /stream HTTP/1.0\r\n\r\n"));
    CHECK_INT((int64_t)(got.len - str_find(got, STR("\r\n\r\n")) - 4), 8 * 1000 * 1000);
    check_answer(ask(STR("HEAD /stream HTTP/1.0\r\n\r\n")), STR("HTTP/1.1 200 OK"),
                 STR("\r\n\r\n"));
    stop();
}

/* What the writer could not end does not look whole, and the connection does not go on. */
static void a_broken_stream_has_no_end(void)
{
    start_plain();
    struct str got = ask(STR(GET("/stream?broken") "\r\n")); /* to the end of the connection */
    CHECK(got.len > 8 * 1000 * 1000);
    CHECK_INT(chunked_size(got), -1);
    stop();
}

static void writer_learns_that_the_client_has_gone(void)
{
    start_plain();
    int fd = dial();
    say(fd, STR(GET("/stream") "\r\n"));
    hear_until(fd, STR("\r\n\r\n"));
    CHECK(f->running == 1);
    close(fd);
    for (int i = 0; f->running > 0 && i < 500; i++)
        usleep(10 * 1000);
    CHECK(f->running == 0);
    CHECK(!f->written_all);
    stop();
}

/* Before the loop has heard of the stream, too. */
static void clients_that_vanish_at_once_keep_no_writer(void)
{
    start_plain();
    for (int i = 0; i < 50; i++) {
        int fd = dial();
        struct linger at_once = {.l_onoff = 1};

        say(fd, STR(GET("/stream") "\r\n"));
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(fd); /* with RST */
    }
    stop();
    CHECK_INT(f->running, 0);
}

static void events_tick_until_they_are_over(void)
{
    start_plain();
    struct str got = ask(STR(GET("/tick") "Connection: close\r\n\r\n"));
    CHECK(str_ends(got, STR("9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n9\r\ndata: 3\n\n\r\n"
                            "0\r\n\r\n")));
    CHECK_INT(f->gone, 0);
    stop();
}

static void ticking_ends_when_the_client_goes(void)
{
    start_plain();
    int fd = dial();
    say(fd, STR(GET("/tick?on") "\r\n"));
    hear_until(fd, STR("data: 2\n"));
    close(fd);
    for (int i = 0; f->gone == 0 && i < 500; i++)
        usleep(10 * 1000);
    CHECK_INT(f->gone, 1);

    fd = dial();
    say(fd, STR(GET("/tick?on") "\r\n"));
    hear_until(fd, STR("data: "));
    stop();
    CHECK_INT(f->gone, 2);
    close(fd);
}

/* With one loop: what was sent before has been read when the second answer is here. */
static void let_loop_catch_up(void)
{
    int fd = dial();

    for (int i = 0; i < 2; i++) {
        say(fd, STR(GET("/") "\r\n"));
        hear_until(fd, STR("hello"));
    }
    close(fd);
}

static void too_many_waiting_are_told_to_come_back(void)
{
    int fds[2];

    prepare()->options.offload_threads = 1;
    f->options.offload_queue = 1;
    f->options.loops = 1;
    start();
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        fds[i] = dial();
        say(fds[i], STR(GET("/slow") "Connection: close\r\n\r\n"));
        if (i == 0)
            sem_wait(&f->started); /* it runs; the second waits */
    }
    let_loop_catch_up();
    struct str got = ask(STR(GET("/slow") "Connection: close\r\n\r\n"));
    check_answer(got, STR("HTTP/1.1 503 Service Unavailable"), STR("\"}"));
    CHECK(has(got, STR("\r\nRetry-After: 2\r\n")));
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        sem_post(&f->go_on);
        check_answer(hear_all(fds[i]), STR("HTTP/1.1 200 OK"), STR("late"));
    }
    stop();
}

static void *stop_late(void *data)
{
    (void)data;
    http_stop(f->server, f->grace_ms);
    return NULL;
}

static void running_requests_end_before_the_server(void)
{
    pthread_t thread;
    char byte;

    start_plain();
    int idle = dial();
    int fd = dial();
    say(fd, STR(GET("/slow") "\r\n"));
    sem_wait(&f->started);
    pthread_create(&thread, NULL, stop_late, NULL);
    CHECK(recv(idle, &byte, 1, 0) == 0); /* idle ones are closed at once */
    close(idle);
    sem_post(&f->go_on);
    struct str got = hear_all(fd);
    check_answer(got, STR("HTTP/1.1 200 OK"), STR("late"));
    CHECK(has(got, STR("\r\nConnection: close\r\n")));
    pthread_join(thread, NULL);
    CHECK_INT(f->loops, 0);
}

static void stop_cuts_what_takes_too_long(void)
{
    pthread_t thread;
    char byte;

    start_plain();
    int fd = dial();
    say(fd, STR("GET / HT"));
    usleep(50 * 1000);
    http_stop(f->server, 100);
    CHECK(recv(fd, &byte, 1, 0) <= 0);
    close(fd);

    /* A client that has gone before its answer is ready harms nobody. */
    start_plain();
    fd = dial();
    say(fd, STR(GET("/slow") "\r\n"));
    sem_wait(&f->started);
    close(fd);
    pthread_create(&thread, NULL, stop_late, NULL);
    usleep(50 * 1000);
    sem_post(&f->go_on);
    pthread_join(thread, NULL);
}

static void what_waits_too_long_at_the_end_is_not_begun(void)
{
    pthread_t thread;
    int fds[2];

    prepare()->options.offload_threads = 1;
    f->options.loops = 1;
    start();
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        fds[i] = dial();
        say(fds[i], STR(GET("/slow") "\r\n"));
        if (i == 0)
            sem_wait(&f->started);
    }
    let_loop_catch_up();
    f->grace_ms = 0;
    pthread_create(&thread, NULL, stop_late, NULL);
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        char byte;

        CHECK(recv(fds[i], &byte, 1, 0) <= 0); /* cut: the grace is over */
        close(fds[i]);
    }
    sem_post(&f->go_on); /* for the first; the second would wait for ever */
    pthread_join(thread, NULL);
    CHECK(sem_trywait(&f->started) != 0);
}

static void connections_are_limited(void)
{
    int fds[4];
    char byte;

    prepare()->options.connections_per_peer = 3;
    start();
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        fds[i] = dial();
        if (i == 3)
            break;
        say(fds[i], STR(GET("/") "\r\n"));
        hear_until(fds[i], STR("hello"));
    }
    CHECK(recv(fds[3], &byte, 1, 0) <= 0);
    for (size_t i = 0; i < ARRAY_LEN(fds); i++)
        close(fds[i]);
    stop();
}

static void port_in_use_is_an_error(void)
{
    struct http_server *second;
    struct err err;

    start_plain();
    struct http_options options = f->options;
    options.port = http_port(f->server);
    CHECK(!http_start(check_arena(), &options, &second, &err));
    CHECK(err.code == ERR_UNAVAILABLE);
    options.address = STR("localhost");
    CHECK(!http_start(check_arena(), &options, &second, &err));
    CHECK(err.code == ERR_INPUT);
    stop();
}

static const struct check_test TESTS[] = {
    CHECK_TEST(simple_request_is_answered),
    CHECK_TEST(request_is_shown_as_it_is),
    CHECK_TEST(a_file_is_sent_whole_with_its_length),
    CHECK_TEST(a_file_that_ends_too_early_ends_the_connection),
    CHECK_TEST(wrong_requests_get_a_problem_and_are_closed),
    CHECK_TEST(pipelined_requests_are_answered_in_order),
    CHECK_TEST(request_may_come_a_byte_at_a_time),
    CHECK_TEST(big_bodies_go_to_a_file),
    CHECK_TEST(body_over_the_limit_is_refused_before_it_is_read),
    CHECK_TEST(continue_is_said_when_it_is_expected),
    CHECK_TEST(slow_clients_are_cut),
    CHECK_TEST(client_that_has_said_all_still_hears_the_answer),
    CHECK_TEST(big_answers_arrive_whole),
    CHECK_TEST(streams_are_sent_in_chunks),
    CHECK_TEST(a_broken_stream_has_no_end),
    CHECK_TEST(writer_learns_that_the_client_has_gone),
    CHECK_TEST(clients_that_vanish_at_once_keep_no_writer),
    CHECK_TEST(events_tick_until_they_are_over),
    CHECK_TEST(ticking_ends_when_the_client_goes),
    CHECK_TEST(too_many_waiting_are_told_to_come_back),
    CHECK_TEST(running_requests_end_before_the_server),
    CHECK_TEST(stop_cuts_what_takes_too_long),
    CHECK_TEST(what_waits_too_long_at_the_end_is_not_begun),
    CHECK_TEST(connections_are_limited),
    CHECK_TEST(port_in_use_is_an_error),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
