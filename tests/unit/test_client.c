#include "check.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/client.h"
#include "net/http.h"

enum {
    MEBI = 1024 * 1024,
    FILE_SIZE = 3 * MEBI + 5,
};

/* Our own server, in plain or with a certificate of its own making; and one that misbehaves. */
struct fixture {
    struct http_server *server;
    struct str certificate;
    struct client client;
    int raw;
    struct str raw_says;
    pthread_t raw_thread;
    int64_t stop_after;
    struct buf got;
    int calls;
};

static struct fixture *f;

static char byte_at(int64_t at)
{
    return (char)('a' + at % 23);
}

static void send_part(struct http_exchange *exchange)
{
    struct str range = http_header(exchange, STR("range"));
    int64_t from = 0;

    if (str_starts(range, STR("bytes="))) {
        from = atoll(str_to_z(exchange->arena, str_slice(range, 6, range.len)));
        exchange->status = 206;
        http_add(exchange, STR("Content-Range"),
                 str_printf(exchange->arena, "bytes %lld-%d/%d", (long long)from, FILE_SIZE - 1,
                            FILE_SIZE));
    }
    char *room = buf_room(&exchange->out, FILE_SIZE);
    for (int64_t i = from; i < FILE_SIZE; i++)
        room[i - from] = byte_at(i);
    exchange->out.len = (size_t)(FILE_SIZE - from);
    http_add(exchange, STR("ETag"), STR("\"one\""));
    http_finish(exchange);
}

static void redirect(struct http_exchange *exchange)
{
    struct str to = str_slice(exchange->query, 0, exchange->query.len);

    exchange->status = 302;
    http_add(exchange, STR("Location"), to);
    http_finish(exchange);
}

static void echo(struct http_exchange *exchange)
{
    struct buf *out = &exchange->out;

    buf_printf(out, "%d|%.*s|%.*s|%.*s|%zu|", (int)exchange->method, STR_ARG(exchange->target),
               STR_ARG(http_header(exchange, STR("x-more"))),
               STR_ARG(http_header(exchange, STR("authorization"))), exchange->body_size);
    if (exchange->body_fd < 0)
        buf_add(out, exchange->body);
    http_add(exchange, STR("X-Seen"), STR("yes"));
    http_finish(exchange);
}

static void handle(struct http_exchange *exchange, void *data)
{
    (void)data;
    if (str_equal(exchange->path, STR("/file"))) {
        send_part(exchange);
    } else if (str_equal(exchange->path, STR("/go"))) {
        redirect(exchange);
    } else if (str_equal(exchange->path, STR("/refused"))) {
        exchange->status = 403;
        buf_add(&exchange->out, STR("{\"title\":\"No\",\"detail\":\"You may not\"}"));
        http_finish(exchange);
    } else {
        echo(exchange);
    }
}

static struct str path_of(const char *name)
{
    return str_printf(check_arena(), "%.*s/%s", STR_ARG(check_folder()), name);
}

static struct str make_certificate(struct str key_path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    struct str path = path_of("certificate.pem");

    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1,
                               0);
    X509_set_issuer_name(certificate, name);
    CHECK(X509_sign(certificate, key, EVP_sha256()) > 0);
    FILE *file = fopen(path.ptr, "w");
    CHECK(PEM_write_X509(file, certificate) == 1);
    fclose(file);
    file = fopen(key_path.ptr, "w");
    CHECK(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1);
    fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return path;
}

static void open_client(struct str ca_file)
{
    struct err err;

    client_close(&f->client);
    CHECK_OK(client_open(&f->client, check_arena(), ca_file, &err), &err);
}

static void start(bool is_tls)
{
    struct http_options options = {
        .address = STR("127.0.0.1"), .loops = 1, .body_max = 8 * MEBI, .handle = handle};
    struct err err;

    f = ARENA_NEW(check_arena(), struct fixture);
    f->got.arena = check_arena();
    if (is_tls) {
        options.key = path_of("key.pem");
        options.certificate = f->certificate = make_certificate(options.key);
    }
    CHECK_OK(http_start(check_arena(), &options, &f->server, &err), &err);
    open_client((struct str){0});
}

static void stop(void)
{
    client_close(&f->client);
    http_stop(f->server, 1000);
}

static struct str url_of(const char *path)
{
    return str_printf(check_arena(), "http%s://localhost:%d%s", f->certificate.len > 0 ? "s" : "",
                      http_port(f->server), path);
}

static struct client_answer ask(const struct client_request *request)
{
    struct client_answer answer = {0};
    struct err err;

    CHECK_OK(client_send(&f->client, check_arena(), request, &answer, &err), &err);
    return answer;
}

static struct err refused(const struct client_request *request, enum err_code code)
{
    struct client_answer answer;
    struct err err = {0};

    CHECK(!client_send(&f->client, check_arena(), request, &answer, &err));
    if (err.code != code)
        CHECK_STR(str_from_z(err.text), STR("another error"));
    return err;
}

static bool has(const struct err *err, const char *part)
{
    return strstr(err->text, part) != NULL;
}

static bool take(void *data, struct str bytes, struct err *err)
{
    (void)data;
    buf_add(&f->got, bytes);
    if (f->stop_after > 0 && (int64_t)f->got.len > f->stop_after)
        return err_set(err, ERR_LIMIT, "enough of it");
    return true;
}

static bool give(void *data, int64_t at, char *room, size_t size, size_t *got, struct err *err)
{
    (void)data, (void)err;
    *got = (size_t)MIN((int64_t)size, FILE_SIZE - at);
    for (size_t i = 0; i < *got; i++)
        room[i] = byte_at(at + (int64_t)i);
    return true;
}

static void methods_fields_and_bodies_arrive(void)
{
    const struct client_field more[] = {{STR("X-More"), STR("you")}};

    start(false);
    struct client_answer got = ask(&(struct client_request){.url = url_of("/a?b=c")});
    CHECK_INT(got.status, 200);
    CHECK_STR(got.body, STR("0|/a?b=c|||0|"));
    CHECK_STR(client_field_of(&got, STR("x-seen")), STR("yes"));
    CHECK_STR(client_field_of(&got, STR("x-unseen")), STR(""));
    got = ask(&(struct client_request){.method = STR("POST"),
                                       .url = url_of("/a"),
                                       .fields = more,
                                       .field_count = 1,
                                       .body = STR("hello")});
    CHECK_STR(got.body, STR("2|/a|you||5|hello"));
    got = ask(&(struct client_request){.method = STR("PUT"), .url = url_of("/a")});
    CHECK_STR(got.body, STR("3|/a|||0|"));
    got = ask(&(struct client_request){.method = STR("DELETE"), .url = url_of("/a")});
    CHECK_STR(got.body, STR("5|/a|||0|"));
    got = ask(&(struct client_request){.method = STR("HEAD"), .url = url_of("/a")});
    CHECK_INT(got.status, 200);
    CHECK_INT((int64_t)got.body.len, 0);
    stop();
}

static void long_bodies_are_streamed_both_ways(void)
{
    start(false);
    struct client_answer got = ask(&(struct client_request){
        .method = STR("PUT"), .url = url_of("/a"), .give = give, .give_size = FILE_SIZE});
    CHECK_STR(got.body, STR("3|/a|||3145733|"));
    got = ask(&(struct client_request){
        .method = STR("PUT"), .url = url_of("/a"), .give = give, .give_size = -1});
    CHECK_STR(got.body, STR("3|/a|||3145733|"));
    got =
        ask(&(struct client_request){.url = url_of("/file"), .take = take, .size_max = FILE_SIZE});
    CHECK_INT(got.size, FILE_SIZE);
    CHECK_INT((int64_t)f->got.len, FILE_SIZE);
    CHECK(f->got.ptr[FILE_SIZE - 1] == byte_at(FILE_SIZE - 1));
    stop();
}

static void more_than_asked_for_is_not_taken(void)
{
    start(false);
    struct err err = refused(&(struct client_request){.url = url_of("/file")}, ERR_LIMIT);
    CHECK(has(&err, "larger than 1048576 bytes"));
    refused(&(struct client_request){.url = url_of("/file"), .take = take, .size_max = 2 * MEBI},
            ERR_LIMIT);
    CHECK(f->got.len <= 2 * MEBI);
    f->stop_after = MEBI;
    err = refused(
        &(struct client_request){.url = url_of("/file"), .take = take, .size_max = FILE_SIZE},
        ERR_LIMIT);
    CHECK(has(&err, "enough of it"));
    stop();
}

static void what_was_interrupted_goes_on_where_it_ended(void)
{
    start(false);
    f->stop_after = MEBI;
    refused(&(struct client_request){.url = url_of("/file"), .take = take, .size_max = FILE_SIZE},
            ERR_LIMIT);
    int64_t from = (int64_t)f->got.len;
    CHECK(from > MEBI && from < FILE_SIZE);
    f->stop_after = 0;
    struct client_answer got = ask(&(struct client_request){.url = url_of("/file"),
                                                            .take = take,
                                                            .size_max = FILE_SIZE,
                                                            .from = from,
                                                            .etag = STR("\"one\"")});
    CHECK_INT(got.status, 206);
    CHECK_INT((int64_t)f->got.len, FILE_SIZE);
    for (int64_t i = 0; i < FILE_SIZE; i += 997)
        CHECK(f->got.ptr[i] == byte_at(i));
    /* A server that sends the whole again must not be put behind what is there. */
    struct err err = refused(
        &(struct client_request){.url = url_of("/whole"), .take = take, .from = 10}, ERR_CONFLICT);
    CHECK(has(&err, "does not go on"));
    CHECK_INT((int64_t)f->got.len, FILE_SIZE);
    stop();
}

static void errors_speak_for_themselves(void)
{
    struct err err = {0};

    start(false);
    struct client_answer got =
        ask(&(struct client_request){.url = url_of("/refused"), .take = take});
    CHECK_INT(got.status, 403);
    CHECK_INT((int64_t)f->got.len, 0);
    CHECK(!client_expect(&got, check_arena(), &err));
    CHECK_INT(err.code, ERR_DENIED);
    CHECK_STR(str_from_z(err.text), STR("the server answers 403: You may not"));
    got.status = 503;
    got.body = STR("<html>");
    CHECK(!client_expect(&got, check_arena(), &err));
    CHECK_STR(str_from_z(err.text), STR("the server answers 503"));
    CHECK_INT(err.code, ERR_UNAVAILABLE);
    got.status = 204;
    CHECK(client_expect(&got, check_arena(), &err));
    stop();
}

static void only_http_is_spoken_and_no_password_is_in_an_address(void)
{
    start(false);
    const char *const wrong[] = {"file:///etc/passwd",  "ftp://localhost/", "localhost", "",
                                 "gopher://localhost/", "http://"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        refused(&(struct client_request){.url = str_from_z(wrong[i])}, ERR_INPUT);
    struct err err =
        refused(&(struct client_request){.url = STR("http://me:secret@localhost/")}, ERR_INPUT);
    CHECK(!has(&err, "secret"));
    stop();
}

static void redirections_are_followed_as_far_as_allowed(void)
{
    const struct client_field more[] = {{STR("X-More"), STR("you")}};
    const struct client_key key = {STR("id"), STR("secret"), STR("here")};
    struct client_request request = {.fields = more, .field_count = 1, .key = &key};

    start(false);
    request.url = url_of("/go?/there");
    CHECK_INT(ask(&request).status, 302);
    request.redirect = CLIENT_SAME_HOST;
    struct client_answer got = ask(&request);
    CHECK(str_starts(got.body, STR("0|/there|you|AWS4-HMAC-SHA256 Credential=id/")));
    CHECK(str_find(got.body, STR("secret")) == got.body.len);
    request.url = str_printf(check_arena(), "%s?http://127.0.0.1:%d/there", url_of("/go").ptr,
                             http_port(f->server));
    struct err err = refused(&request, ERR_DENIED);
    CHECK(has(&err, "leads to another server"));
    request.redirect = CLIENT_ANY_HOST;
    CHECK_STR(ask(&request).body, STR("0|/there|||0|"));
    request.url = url_of("/go?file:///etc/passwd");
    refused(&request, ERR_INPUT);
    request.url = str_printf(check_arena(), "%s?/go?/go", url_of("/go").ptr);
    request.method = STR("POST");
    CHECK_INT(ask(&request).status, 302);
    stop();
}

static void certificates_are_checked(void)
{
    start(true);
    struct client_request request = {.url = url_of("/a")};
    struct err err = refused(&request, ERR_DENIED);
    CHECK(has(&err, "certificate is not to be trusted"));
    open_client(f->certificate);
    CHECK_STR(ask(&request).body, STR("0|/a|||0|"));
    /* Of another name it is no certificate. */
    request.url = str_printf(check_arena(), "https://127.0.0.1:%d/a", http_port(f->server));
    refused(&request, ERR_DENIED);
    stop();
}

static void missing_authorities_are_named(void)
{
    struct client client;
    struct err err = {0};

    CHECK(!client_open(&client, check_arena(), STR("/nowhere/ca.pem"), &err));
    CHECK(has(&err, "/nowhere/ca.pem"));
}

/* Says what it was told to whoever connects, then closes, or with nothing to say just waits. */
static void *misbehave(void *data)
{
    char room[4096];
    int fd;

    (void)data;
    while ((fd = accept(f->raw, NULL, NULL)) >= 0) {
        ssize_t got = recv(fd, room, sizeof room, 0);

        if (got > 0 && f->raw_says.len > 0)
            (void)!send(fd, f->raw_says.ptr, f->raw_says.len, MSG_NOSIGNAL);
        else
            (void)!recv(fd, room, sizeof room, 0);
        close(fd);
    }
    return NULL;
}

static struct str start_raw(struct str says)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t len = sizeof name;

    start(false);
    f->raw_says = says;
    f->raw = socket(AF_INET, SOCK_STREAM, 0);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(f->raw, (struct sockaddr *)&name, sizeof name) == 0 && listen(f->raw, 8) == 0);
    CHECK(getsockname(f->raw, (struct sockaddr *)&name, &len) == 0);
    CHECK(pthread_create(&f->raw_thread, NULL, misbehave, NULL) == 0);
    return str_printf(check_arena(), "http://127.0.0.1:%d/", ntohs(name.sin_port));
}

static void stop_raw(void)
{
    client_close(&f->client);
    shutdown(f->raw, SHUT_RDWR);
    pthread_join(f->raw_thread, NULL);
    close(f->raw);
    http_stop(f->server, 1000);
}

static void half_an_answer_is_none(void)
{
    struct client_request request = {
        .url = start_raw(STR("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")),
        .take = take};

    refused(&request, ERR_UNAVAILABLE);
    CHECK_STR(buf_str(&f->got), STR("only this"));
    f->raw_says = STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    refused(&request, ERR_UNAVAILABLE);
    f->raw_says = STR("HTTP/1.1 206 OK\r\nContent-Range: bytes 7-9/10\r\n"
                      "Content-Length: 3\r\n\r\nabc");
    request.from = 8;
    refused(&request, ERR_CONFLICT);
    request.from = 7;
    CHECK_INT(ask(&request).size, 3);
    stop_raw();
}

static bool go_on(void *data)
{
    (void)data;
    return ++f->calls < 2;
}

static void silence_is_not_waited_for_without_end(void)
{
    struct client_request request = {.url = start_raw(STR("")), .total_ms = 300};
    struct err err = refused(&request, ERR_UNAVAILABLE);

    CHECK(has(&err, "does not answer"));
    request.total_ms = 0;
    request.stall_s = 1;
    refused(&request, ERR_UNAVAILABLE);
    request.stall_s = 0;
    request.go_on = go_on;
    err = refused(&request, ERR_UNAVAILABLE);
    CHECK_STR(str_from_z(err.text), STR("it was stopped"));
    stop_raw();
}

static void a_server_that_is_not_there_is_said_so(void)
{
    start(false);
    refused(&(struct client_request){.url = STR("http://127.0.0.1:1/")}, ERR_UNAVAILABLE);
    stop();
}

/* It costs a server that asks nobody nothing. Must run first: it is never unloaded. */
static void the_library_is_loaded_when_it_is_needed(void)
{
    CHECK(dlopen("libcurl.so.4", RTLD_NOLOAD | RTLD_LAZY) == NULL);
    start(false);
    CHECK(dlopen("libcurl.so.4", RTLD_NOLOAD | RTLD_LAZY) != NULL);
    stop();
}

static const struct check_test TESTS[] = {
    CHECK_TEST(the_library_is_loaded_when_it_is_needed),
    CHECK_TEST(methods_fields_and_bodies_arrive),
    CHECK_TEST(long_bodies_are_streamed_both_ways),
    CHECK_TEST(more_than_asked_for_is_not_taken),
    CHECK_TEST(what_was_interrupted_goes_on_where_it_ended),
    CHECK_TEST(errors_speak_for_themselves),
    CHECK_TEST(only_http_is_spoken_and_no_password_is_in_an_address),
    CHECK_TEST(redirections_are_followed_as_far_as_allowed),
    CHECK_TEST(certificates_are_checked),
    CHECK_TEST(missing_authorities_are_named),
    CHECK_TEST(half_an_answer_is_none),
    CHECK_TEST(silence_is_not_waited_for_without_end),
    CHECK_TEST(a_server_that_is_not_there_is_said_so),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
