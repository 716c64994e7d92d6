#include "net/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/json.h"
#include "core/num.h"
#include "core/vec.h"
#include "net/libcurl.h"

enum {
    CONNECT_MS = 10 * 1000,
    STALL_S = 60,
    REDIRECTS_MAX = 5,
    FIELD_MAX = 16 * 1024,
};

/* One request on the wire and what comes of it. */
struct errand {
    struct client *client;
    struct arena *arena;
    const struct client_request *request;
    struct client_answer *answer;
    struct str url;
    bool is_elsewhere; /* redirected to another host: neither fields nor key */
    VEC(struct client_field) fields;
    struct buf body;
    int64_t given;
    bool is_begun; /* the body */
    bool is_failed;
    struct err fault; /* what a callback said */
    char told[CURL_ERROR_SIZE];
};

/*
 * Distributions keep those who may vouch for others in different places, and a libcurl that was
 * brought along knows only the place of the one that it was built for.
 */
static struct str find_authorities(void)
{
    static const char *const PLACES[] = {
        "/etc/ssl/certs/ca-certificates.crt", /* Debian, Astra, ALT */
        "/etc/pki/tls/certs/ca-bundle.crt",   /* RED OS, ROSA, Fedora */
        "/etc/ssl/ca-bundle.pem",             /* SUSE */
        "/etc/ssl/cert.pem",                  /* Alpine */
    };
    const char *named = getenv("SSL_CERT_FILE");

    if (named != NULL && *named != '\0')
        return str_from_z(named);
    for (size_t i = 0; i < ARRAY_LEN(PLACES); i++)
        if (file_exists(str_from_z(PLACES[i])))
            return str_from_z(PLACES[i]);
    return (struct str){0};
}

struct str client_authorities(struct arena *arena, struct str ca_file)
{
    return str_copy(arena, ca_file.len > 0 ? ca_file : find_authorities());
}

bool client_open(struct client *client, struct arena *arena, struct str ca_file, struct err *err)
{
    *client = (struct client){0};
    if (!libcurl_load(err))
        return false;
    if (ca_file.len > 0 && !file_exists(ca_file))
        return err_set(err, ERR_ABSENT, "%.*s: there is no such file of certificates",
                       STR_ARG(ca_file));
    client->ca_file = client_authorities(arena, ca_file);
    client->easy = libcurl.easy_init();
    return client->easy != NULL ||
           err_set(err, ERR_UNAVAILABLE, "there is no memory left for asking other servers");
}

void client_close(struct client *client)
{
    if (client->easy != NULL)
        libcurl.easy_cleanup(client->easy);
    client->easy = NULL;
}

static bool give_up(struct errand *errand, bool ok)
{
    errand->is_failed |= !ok;
    return ok;
}

static bool is_good(const struct errand *errand)
{
    return errand->answer->status >= 200 && errand->answer->status < 300;
}

/* A status line begins a new answer: one before it (100, a proxy's) was not the one. */
static void start_answer(struct errand *errand, struct str line)
{
    int64_t status = 0;

    str_cut(&line, ' ');
    (void)!num_parse_int(str_slice(line, 0, 3), &status);
    errand->answer->status = (int)status;
    errand->fields.count = 0;
}

static size_t on_field(char *bytes, size_t one, size_t len, void *data)
{
    struct errand *errand = data;
    struct str line = str_trim((struct str){bytes, len * one});
    struct str rest = line;

    if (str_starts(line, STR("HTTP/"))) {
        start_answer(errand, line);
    } else if (str_find_char(line, ':') < line.len && line.len <= FIELD_MAX &&
               errand->fields.count < CLIENT_FIELDS_MAX) {
        struct str name = str_copy(errand->arena, str_trim(str_cut(&rest, ':')));

        for (size_t i = 0; i < name.len; i++)
            if (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z')
                ((char *)name.ptr)[i] = (char)(name.ptr[i] | 0x20);
        VEC_PUSH(errand->arena, &errand->fields,
                 (struct client_field){name, str_copy(errand->arena, str_trim(rest))});
        errand->answer->fields = errand->fields.items;
        errand->answer->field_count = errand->fields.count;
    }
    return len * one;
}

/* What was asked for is the rest: the whole, or another part, would be put behind what is there. */
static bool check_part(struct errand *errand)
{
    struct str range = client_field_of(errand->answer, STR("content-range"));
    int64_t from = -1;

    if (errand->request->from == 0 || !is_good(errand))
        return true;
    if (str_starts(range, STR("bytes "))) {
        range = str_slice(range, sizeof "bytes " - 1, range.len);
        (void)!num_parse_int(str_cut(&range, '-'), &from);
    }
    return (errand->answer->status == 206 && from == errand->request->from) ||
           err_set(&errand->fault, ERR_CONFLICT,
                   "the server does not go on where it was interrupted: it has changed, or sends "
                   "only the whole");
}

static bool take_piece(struct errand *errand, struct str bytes)
{
    const struct client_request *request = errand->request;
    int64_t max = request->size_max > 0 ? request->size_max : CLIENT_BODY_MAX;

    if (!errand->is_begun && !check_part(errand))
        return false;
    errand->is_begun = true;
    if (!is_good(errand) && max > CLIENT_BODY_MAX)
        max = CLIENT_BODY_MAX;
    if (errand->answer->size + (int64_t)bytes.len > max)
        return err_set(&errand->fault, ERR_LIMIT, "the answer is larger than %lld bytes",
                       (long long)max);
    errand->answer->size += (int64_t)bytes.len;
    if (is_good(errand) && request->take != NULL)
        return request->take(request->data, bytes, &errand->fault);
    buf_add(&errand->body, bytes);
    return true;
}

static size_t on_body(char *bytes, size_t one, size_t len, void *data)
{
    struct errand *errand = data;

    return give_up(errand, take_piece(errand, (struct str){bytes, len * one})) ? len * one : 0;
}

static size_t on_give(char *room, size_t one, size_t count, void *data)
{
    struct errand *errand = data;
    const struct client_request *request = errand->request;
    size_t got = 0;

    if (!give_up(errand, request->give(request->data, errand->given, room, one * count, &got,
                                       &errand->fault)))
        return CURL_READFUNC_ABORT;
    errand->given += (int64_t)got;
    return got;
}

/* When a kept connection turns out to be dead the library begins again on a new one. */
static int on_seek(void *data, curl_off_t at, int origin)
{
    struct errand *errand = data;

    if (origin != SEEK_SET)
        return CURL_SEEKFUNC_CANTSEEK;
    errand->given = at;
    return CURL_SEEKFUNC_OK;
}

static int on_progress(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct errand *errand = data;
    const struct client_request *request = errand->request;

    (void)a, (void)b, (void)c, (void)d;
    if (request->go_on == NULL || request->go_on(request->data))
        return 0;
    err_set(&errand->fault, ERR_UNAVAILABLE, "it was stopped");
    errand->is_failed = true;
    return 1;
}

/* No other scheme, and no password that would lie in logs and lists of processes. */
static bool check_url(struct errand *errand, struct err *err)
{
    CURLU *url = libcurl.url();
    char *scheme = NULL;
    char *user = NULL;
    bool is_url =
        libcurl.url_set(url, CURLUPART_URL, str_to_z(errand->arena, errand->url), 0) == CURLUE_OK &&
        libcurl.url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    bool is_user = libcurl.url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK;

    libcurl.free(scheme);
    libcurl.free(user);
    libcurl.url_cleanup(url);
    if (!is_url)
        return err_set(err, ERR_INPUT, "%.*s is no address that begins with http:// or https://",
                       STR_ARG(errand->url));
    return !is_user || err_set(err, ERR_INPUT, "an address must not hold a password");
}

static void add_line(struct errand *errand, struct curl_slist **lines, const char *name,
                     struct str value)
{
    struct str line = str_printf(errand->arena, "%s: %.*s", name, STR_ARG(value));

    *lines = libcurl.slist_append(*lines, line.ptr);
}

static struct curl_slist *print_fields(struct errand *errand)
{
    const struct client_request *request = errand->request;
    struct curl_slist *lines = NULL;
    bool has_type = false;

    for (size_t i = 0; i < request->field_count && !errand->is_elsewhere; i++) {
        struct str name = request->fields[i].name;

        has_type |= name.len == 12 && strncasecmp(name.ptr, "content-type", 12) == 0;
        add_line(errand, &lines, str_to_z(errand->arena, name), request->fields[i].value);
    }
    if (!has_type && (request->body.len > 0 || request->give != NULL))
        add_line(errand, &lines, "Content-Type", STR("application/octet-stream"));
    if (request->from > 0 && request->etag.len > 0)
        add_line(errand, &lines, "If-Range", request->etag);
    return lines;
}

#define SET(name, value) (void)libcurl.easy_setopt(errand->client->easy, CURLOPT_##name, (value))

static void set_body(struct errand *errand, struct str method)
{
    const struct client_request *request = errand->request;

    if (str_equal(method, STR("HEAD"))) {
        SET(NOBODY, 1L);
    } else if (request->give != NULL) {
        SET(UPLOAD, 1L);
        SET(READFUNCTION, on_give);
        SET(READDATA, errand);
        SET(SEEKFUNCTION, on_seek);
        SET(SEEKDATA, errand);
        if (request->give_size >= 0)
            SET(INFILESIZE_LARGE, (curl_off_t)request->give_size);
    } else if (request->body.len > 0 || str_equal(method, STR("POST")) ||
               str_equal(method, STR("PUT"))) {
        SET(POST, 1L);
        SET(POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        SET(POSTFIELDS, request->body.len > 0 ? request->body.ptr : "");
    }
    if (!str_equal(method, STR("HEAD")))
        SET(CUSTOMREQUEST, str_to_z(errand->arena, method));
}

static void set_limits(struct errand *errand)
{
    const struct client_request *request = errand->request;

    SET(CONNECTTIMEOUT_MS, (long)(request->connect_ms > 0 ? request->connect_ms : CONNECT_MS));
    SET(TIMEOUT_MS, (long)request->total_ms);
    SET(LOW_SPEED_LIMIT, 1L);
    SET(LOW_SPEED_TIME, (long)(request->stall_s > 0 ? request->stall_s : STALL_S));
    SET(NOPROGRESS, 0L);
    SET(XFERINFOFUNCTION, on_progress);
    SET(XFERINFODATA, errand);
}

static void sign(struct errand *errand)
{
    const struct client_key *key = errand->request->key;

    if (key == NULL || errand->is_elsewhere)
        return;
    SET(AWS_SIGV4, str_printf(errand->arena, "aws:amz:%.*s:s3", STR_ARG(key->region)).ptr);
    SET(USERNAME, str_to_z(errand->arena, key->id));
    SET(PASSWORD, str_to_z(errand->arena, key->secret));
}

static void prepare(struct errand *errand, struct curl_slist *lines)
{
    const struct client_request *request = errand->request;

    libcurl.easy_reset(errand->client->easy); /* its connections stay */
    SET(URL, str_to_z(errand->arena, errand->url));
    SET(PROTOCOLS_STR, "http,https");
    SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(NOSIGNAL, 1L);
    SET(ERRORBUFFER, errand->told);
    SET(USERAGENT, "uprava/" UPRAVA_VERSION);
    if (errand->client->ca_file.len > 0)
        SET(CAINFO, str_to_z(errand->arena, errand->client->ca_file));
    SET(HTTPHEADER, lines);
    SET(HEADERFUNCTION, on_field);
    SET(HEADERDATA, errand);
    SET(WRITEFUNCTION, on_body);
    SET(WRITEDATA, errand);
    if (request->is_packed)
        SET(ACCEPT_ENCODING, "gzip");
    if (request->from > 0)
        SET(RANGE, str_printf(errand->arena, "%lld-", (long long)request->from).ptr);
    set_body(errand, request->method.len > 0 ? request->method : STR("GET"));
    set_limits(errand);
    sign(errand);
}

static bool fail(struct errand *errand, CURLcode code, struct err *err)
{
    const char *why = errand->told[0] != '\0' ? errand->told : libcurl.easy_strerror(code);
    struct str host = str_slice(errand->url, 0, str_find_char(errand->url, '?'));

    if (errand->is_failed) {
        *err = errand->fault;
        return false;
    }
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
        return err_set(err, ERR_DENIED, "%.*s: its certificate is not to be trusted: %s",
                       STR_ARG(host), why);
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return err_set(err, ERR_INPUT, "%.*s: %s", STR_ARG(host), why);
    return err_set(err, ERR_UNAVAILABLE, "%.*s does not answer: %s", STR_ARG(host), why);
}

static bool send_once(struct errand *errand, struct err *err)
{
    struct curl_slist *lines = print_fields(errand);

    *errand->answer = (struct client_answer){0};
    errand->body.len = 0;
    errand->given = 0;
    errand->is_begun = false;
    errand->fields.count = 0;
    prepare(errand, lines);
    CURLcode code = libcurl.easy_perform(errand->client->easy);
    long sent = 0;
    errand->client->has_sent =
        libcurl.easy_getinfo(errand->client->easy, CURLINFO_REQUEST_SIZE, &sent) == CURLE_OK &&
        sent > 0;
    libcurl.slist_free_all(lines);
    if (code != CURLE_OK)
        return fail(errand, code, err);
    if (!errand->is_begun && !check_part(errand)) {
        *err = errand->fault;
        return false;
    }
    errand->answer->body = buf_str(&errand->body);
    return true;
}

static bool is_part_equal(CURLU *a, CURLU *b, CURLUPart part)
{
    char *one = NULL;
    char *other = NULL;

    (void)libcurl.url_get(a, part, &one, CURLU_DEFAULT_PORT);
    (void)libcurl.url_get(b, part, &other, CURLU_DEFAULT_PORT);
    bool is_equal = one != NULL && other != NULL && strcasecmp(one, other) == 0;
    libcurl.free(one);
    libcurl.free(other);
    return is_equal;
}

/* Where the answer leads, and whether that is the same server. Empty: it is no address. */
static struct str resolve(struct errand *errand, struct str to, bool *is_same)
{
    CURLU *from = libcurl.url();
    CURLU *url = libcurl.url();
    char *whole = NULL;
    const char *at = str_to_z(errand->arena, errand->url);
    struct str found = {0};

    if (libcurl.url_set(from, CURLUPART_URL, at, 0) == CURLUE_OK &&
        libcurl.url_set(url, CURLUPART_URL, at, 0) == CURLUE_OK &&
        libcurl.url_set(url, CURLUPART_URL, str_to_z(errand->arena, to), 0) == CURLUE_OK &&
        libcurl.url_get(url, CURLUPART_URL, &whole, 0) == CURLUE_OK)
        found = str_copy(errand->arena, str_from_z(whole));
    *is_same = is_part_equal(from, url, CURLUPART_SCHEME) &&
               is_part_equal(from, url, CURLUPART_HOST) && is_part_equal(from, url, CURLUPART_PORT);
    libcurl.free(whole);
    libcurl.url_cleanup(from);
    libcurl.url_cleanup(url);
    return found;
}

/* *to empty: the answer is the one. */
static bool find_redirect(struct errand *errand, struct str *to, struct err *err)
{
    const struct client_request *request = errand->request;
    int status = errand->answer->status;
    bool is_plain = request->method.len == 0 || str_equal(request->method, STR("GET")) ||
                    str_equal(request->method, STR("HEAD"));

    bool is_same;

    *to = client_field_of(errand->answer, STR("location"));
    if (request->redirect == CLIENT_STAY || !is_plain || status < 301 || status > 308 ||
        status == 304)
        *to = STR("");
    if (to->len == 0)
        return true;
    *to = resolve(errand, *to, &is_same);
    if (to->len == 0)
        return err_set(err, ERR_UNAVAILABLE, "%.*s leads to no address", STR_ARG(errand->url));
    errand->is_elsewhere |= !is_same;
    return is_same || request->redirect == CLIENT_ANY_HOST ||
           err_set(err, ERR_DENIED, "%.*s leads to another server: %.*s", STR_ARG(errand->url),
                   STR_ARG(*to));
}

bool client_send(struct client *client, struct arena *arena, const struct client_request *request,
                 struct client_answer *answer, struct err *err)
{
    struct client_answer got = {0};
    struct errand errand = {.client = client,
                            .arena = arena,
                            .request = request,
                            .answer = &got,
                            .url = request->url,
                            .body = {.arena = arena}};
    struct str to;

    for (int i = 0; i <= REDIRECTS_MAX; i++) {
        if (!check_url(&errand, err) || !send_once(&errand, err) ||
            !find_redirect(&errand, &to, err))
            return false;
        if (to.len == 0) {
            *answer = got;
            return true;
        }
        errand.url = to;
    }
    return err_set(err, ERR_UNAVAILABLE, "%.*s leads in a circle", STR_ARG(request->url));
}

struct str client_field_of(const struct client_answer *answer, struct str name)
{
    for (size_t i = 0; i < answer->field_count; i++)
        if (str_equal(answer->fields[i].name, name))
            return answer->fields[i].value;
    return (struct str){0};
}

static enum err_code code_of(int status)
{
    switch (status) {
    case 401:
    case 403:
        return ERR_DENIED;
    case 404:
    case 410:
        return ERR_ABSENT;
    case 409:
    case 412:
        return ERR_CONFLICT;
    case 413:
        return ERR_LIMIT;
    case 408:
    case 429:
        return ERR_UNAVAILABLE;
    default:
        return status >= 500 ? ERR_UNAVAILABLE : ERR_INPUT;
    }
}

bool client_expect(const struct client_answer *answer, struct arena *arena, struct err *err)
{
    struct json *json = NULL;
    struct err ignored;

    if (answer->status >= 200 && answer->status < 300)
        return true;
    if (!str_starts(answer->body, STR("{")) ||
        !json_parse(arena, answer->body, NULL, &json, &ignored))
        json = NULL;
    struct str detail = json_find_text(json, STR("detail"));
    if (detail.len == 0)
        detail = json_find_text(json, STR("title"));
    return err_set(err, code_of(answer->status), "the server answers %d%s%.*s", answer->status,
                   detail.len > 0 ? ": " : "", STR_ARG(detail));
}
