#include "check.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/buf.h"
#include "net/http.h"

enum {
    MEBI = 1024 * 1024,
};

/* A server with a certificate of its own making, and a client that believes it. */
struct fixture {
    struct http_server *server;
    struct http_options options;
    struct str certificate, key;
    SSL_CTX *client;
};

static struct fixture *f;

static struct str path_of(const char *name)
{
    return str_printf(check_arena(), "%.*s/%s", STR_ARG(check_folder()), name);
}

static void make_certificate(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);

    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1,
                               0);
    X509_set_issuer_name(certificate, name);
    CHECK(X509_sign(certificate, key, EVP_sha256()) > 0);
    f->certificate = path_of("certificate.pem");
    f->key = path_of("key.pem");

    FILE *file = fopen(f->certificate.ptr, "w");
    CHECK(PEM_write_X509(file, certificate) == 1);
    fclose(file);
    file = fopen(f->key.ptr, "w");
    CHECK(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1);
    fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void run_stream(struct http_exchange *exchange)
{
    static char piece[100 * 1000];
    bool ok = true;

    http_stream(exchange);
    for (int i = 0; ok && i < 20; i++)
        ok = http_stream_write(exchange, (struct str){piece, sizeof piece});
    http_finish(exchange);
}

static void handle(struct http_exchange *exchange, void *data)
{
    (void)data;
    if (str_equal(exchange->path, STR("/stream"))) {
        http_offload(exchange, run_stream);
        return;
    }
    if (str_equal(exchange->path, STR("/big"))) {
        memset(buf_room(&exchange->out, 8 * MEBI), 'x', 8 * MEBI);
        exchange->out.len = 8 * MEBI;
    } else {
        buf_printf(&exchange->out, "tls=%d size=%zu", exchange->is_tls, exchange->body_size);
    }
    http_finish(exchange);
}

static void start(struct http_deadlines deadlines)
{
    struct err err;

    f = ARENA_NEW(check_arena(), struct fixture);
    make_certificate();
    f->options = (struct http_options){.address = STR("127.0.0.1"),
                                       .loops = 2,
                                       .body_max = 4 * MEBI,
                                       .handle = handle,
                                       .deadlines = deadlines,
                                       .certificate = f->certificate,
                                       .key = f->key};
    CHECK_OK(http_start(check_arena(), &f->options, &f->server, &err), &err);
    f->client = SSL_CTX_new(TLS_client_method());
    CHECK(SSL_CTX_load_verify_file(f->client, f->certificate.ptr) == 1);
    SSL_CTX_set_verify(f->client, SSL_VERIFY_PEER, NULL);
}

static void stop(void)
{
    http_stop(f->server, 1000);
    SSL_CTX_free(f->client);
}

static int dial(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)http_port(f->server))};
    struct timeval wait = {.tv_sec = 10};

    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    CHECK(connect(fd, (struct sockaddr *)&name, sizeof name) == 0);
    return fd;
}

static SSL *dial_tls(void)
{
    SSL *ssl = SSL_new(f->client);

    SSL_set_fd(ssl, dial());
    CHECK(SSL_connect(ssl) == 1);
    return ssl;
}

/* Until the server says that it has ended, which it must say. */
static struct str ask_on(SSL *ssl, struct str request)
{
    struct buf buf = {.arena = check_arena()};
    int count;

    CHECK(SSL_write(ssl, request.ptr, (int)request.len) == (int)request.len);
    while ((count = SSL_read(ssl, buf_room(&buf, 65536), 65536)) > 0)
        buf.len += (size_t)count;
    CHECK_INT(SSL_get_error(ssl, count), SSL_ERROR_ZERO_RETURN);
    close(SSL_get_fd(ssl));
    SSL_free(ssl);
    return buf_str(&buf);
}

static struct str ask(struct str request)
{
    return ask_on(dial_tls(), request);
}

#define CLOSE "Host: a\r\nConnection: close\r\n\r\n"

static void request_is_answered_over_tls(void)
{
    start((struct http_deadlines){0});
    CHECK(str_ends(ask(STR("GET / HTTP/1.1\r\n" CLOSE)), STR("\r\n\r\ntls=1 size=0")));
    SSL_CTX_set_max_proto_version(f->client, TLS1_2_VERSION);
    CHECK(str_ends(ask(STR("GET / HTTP/1.1\r\n" CLOSE)), STR("\r\n\r\ntls=1 size=0")));
    CHECK(str_starts(ask(STR("GET / HTTP/1.1\r\n\r\n")), STR("HTTP/1.1 400 ")));
    stop();
}

static void requests_in_one_record_are_all_answered(void)
{
    struct buf all = {.arena = check_arena()};
    size_t count = 0;

    start((struct http_deadlines){0});
    for (int i = 0; i < 300; i++)
        buf_add(&all, STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    buf_add(&all, STR("GET / HTTP/1.1\r\n" CLOSE));
    struct str got = ask(buf_str(&all));
    while (got.len > 0) {
        got = str_slice(got, str_find(got, STR("tls=1 size=0")) + 1, got.len);
        count += got.len > 0;
    }
    CHECK_INT((int64_t)count, 301);
    stop();
}

static void big_bodies_pass_both_ways(void)
{
    struct buf post = {.arena = check_arena()};

    start((struct http_deadlines){0});
    struct str got = ask(STR("GET /big HTTP/1.1\r\n" CLOSE));
    CHECK_INT((int64_t)(got.len - str_find(got, STR("\r\n\r\n")) - 4), 8 * MEBI);
    got = ask(STR("GET /stream HTTP/1.0\r\n" CLOSE));
    CHECK_INT((int64_t)(got.len - str_find(got, STR("\r\n\r\n")) - 4), 2000 * 1000);

    buf_printf(&post, "POST / HTTP/1.1\r\nContent-Length: %d\r\n" CLOSE, 3 * MEBI);
    memset(buf_room(&post, 3 * MEBI), 'x', 3 * MEBI);
    post.len += 3 * MEBI;
    CHECK(str_ends(ask(buf_str(&post)), STR("\r\n\r\ntls=1 size=3145728")));
    stop();
}

static void handshake_has_a_deadline(void)
{
    char byte;

    start((struct http_deadlines){.head_ms = 100});
    int fd = dial();
    CHECK(recv(fd, &byte, 1, 0) == 0);
    close(fd);
    stop();
}

static void plain_client_is_turned_away(void)
{
    struct buf buf = {.arena = check_arena()};
    ssize_t count;

    start((struct http_deadlines){0});
    int fd = dial();
    CHECK(send(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27, 0) == 27);
    while ((count = recv(fd, buf_room(&buf, 1000), 1000, 0)) > 0)
        buf.len += (size_t)count;
    CHECK(!str_starts(buf_str(&buf), STR("HTTP")));
    close(fd);
    stop();
}

static void client_that_vanishes_leaves_no_trace(void)
{
    start((struct http_deadlines){0});
    for (int i = 0; i < 20; i++) {
        SSL *ssl = dial_tls();

        CHECK(SSL_write(ssl, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n", 34) == 34);
        close(SSL_get_fd(ssl));
        SSL_free(ssl);
    }
    CHECK(str_ends(ask(STR("GET / HTTP/1.1\r\n" CLOSE)), STR("\r\n\r\ntls=1 size=0")));
    stop();
}

static void wrong_files_are_an_error(void)
{
    struct http_server *server;
    struct err err = {0};

    start((struct http_deadlines){0});
    struct http_options options = f->options;
    options.key = path_of("absent.pem");
    CHECK(!http_start(check_arena(), &options, &server, &err));
    CHECK(err.code == ERR_INPUT && strstr(err.text, "absent.pem") != NULL);
    options.key = f->certificate;
    CHECK(!http_start(check_arena(), &options, &server, &err));
    stop();
}

static const struct check_test TESTS[] = {
    CHECK_TEST(request_is_answered_over_tls), CHECK_TEST(requests_in_one_record_are_all_answered),
    CHECK_TEST(big_bodies_pass_both_ways),    CHECK_TEST(handshake_has_a_deadline),
    CHECK_TEST(plain_client_is_turned_away),  CHECK_TEST(client_that_vanishes_leaves_no_trace),
    CHECK_TEST(wrong_files_are_an_error),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
