#include "backup/bucket.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "backup/bucket_words.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/num.h"
#include "net/url.h"
#include "sign/digest.h"

enum {
    LIST_MAX = 16 * 1024 * 1024, /* a page of a list: a thousand names */
    STALL_S = 30,
    PAUSE_US = 200 * 1000, /* before the second try; five times that before the third */
};

bool bucket_is_address(struct str target)
{
    return str_starts(target, STR("s3://"));
}

/* Some stores are not on the root of their address; a "/" at the end says nothing. */
static struct str without_slash(struct str text)
{
    while (text.len > 0 && text.ptr[text.len - 1] == '/')
        text.len--;
    return text;
}

bool bucket_open(struct bucket *bucket, struct arena *arena, struct str target,
                 const struct bucket_access *access, struct err *err)
{
    struct str rest = without_slash(str_slice(target, sizeof "s3://" - 1, target.len));
    struct str name = str_cut(&rest, '/');
    struct str endpoint = without_slash(access->endpoint);

    *bucket = (struct bucket){0};
    if (!bucket_words_name(name) || !bucket_words_prefix(rest))
        return err_set(err, ERR_INPUT,
                       "%.*s is no address of a bucket: s3://BUCKET or s3://BUCKET/PREFIX",
                       STR_ARG(target));
    if (endpoint.len == 0 || access->id.len == 0 || access->secret.len == 0)
        return err_set(err, ERR_INPUT,
                       "%.*s: a store needs its endpoint, a key and a secret: name a file with "
                       "them (--s3 FILE), or set AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID and "
                       "AWS_SECRET_ACCESS_KEY",
                       STR_ARG(target));
    bucket->name = str_copy(arena, name);
    bucket->base = str_printf(arena, "%.*s/%.*s", STR_ARG(endpoint), STR_ARG(name));
    bucket->prefix = rest.len > 0 ? str_printf(arena, "%.*s/", STR_ARG(rest)) : STR("");
    bucket->key = (struct client_key){str_copy(arena, access->id), str_copy(arena, access->secret),
                                      str_copy(arena, access->region)};
    return client_open(&bucket->client, arena, access->ca_file, err);
}

void bucket_close(struct bucket *bucket)
{
    client_close(&bucket->client);
}

/* Escaped as the signature wants it: everything but the "/" between parts. */
static struct str url_of(const struct bucket *bucket, struct arena *arena, struct str name,
                         struct str query)
{
    struct buf url = {.arena = arena};
    struct str path = str_printf(arena, "%.*s%.*s", STR_ARG(bucket->prefix), STR_ARG(name));

    buf_add(&url, bucket->base);
    while (path.len > 0) {
        buf_char(&url, '/');
        url_encode(&url, str_cut(&path, '/'));
    }
    if (query.len > 0) {
        buf_char(&url, '?');
        buf_add(&url, query);
    }
    return buf_str(&url);
}

static bool goes_on(const struct bucket *bucket)
{
    return bucket->go_on == NULL || bucket->go_on(bucket->data);
}

static bool may_heal(int status)
{
    return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

/* Where an object goes that is fetched. */
struct getting {
    struct bucket *bucket;
    int fd; /* -1: nothing is fetched */
    int64_t at;
    int64_t max; /* 0: all */
};

static bool on_go_on(void *data)
{
    const struct getting *getting = data;

    return goes_on(getting->bucket);
}

/* Where it ended; a head is short enough to begin again.  The crate's sum sees what is mixed. */
static void set_start(struct client_request *request, struct getting *getting)
{
    if (getting->max > 0)
        getting->at = 0;
    else
        request->from = getting->at;
}

enum {
    FIELDS = 2,
};

/* Stores want the sum of what is sent, which is signed too: so nothing changes on the way. */
static void add_sum(struct client_request *request, struct arena *arena,
                    struct client_field fields[FIELDS])
{
    struct digest sum = digest_of(request->body);
    struct buf hex = {.arena = arena};

    digest_print_hex(&hex, &sum);
    for (size_t i = 0; i < request->field_count; i++)
        fields[i] = request->fields[i];
    fields[request->field_count] =
        (struct client_field){STR("x-amz-content-sha256"), buf_str(&hex)};
    request->fields = fields;
    request->field_count++;
}

static bool try_until(struct bucket *bucket, struct arena *arena, struct client_request *request,
                      struct getting *getting, struct client_answer *answer, struct err *err)
{
    struct client_field fields[FIELDS];
    useconds_t pause_us = PAUSE_US;

    add_sum(request, arena, fields);
    request->key = &bucket->key;
    request->stall_s = STALL_S;
    request->go_on = on_go_on;
    request->data = getting;
    for (int i = 1;; i++, pause_us *= 5) {
        struct err own = {0};

        set_start(request, getting);
        bool is_answered = client_send(&bucket->client, arena, request, answer, &own);
        bool again = is_answered ? may_heal(answer->status) : own.code == ERR_UNAVAILABLE;
        if (!again || i == BUCKET_TRIES || !goes_on(bucket)) {
            if (is_answered)
                return bucket_words_expect(answer, arena, bucket->name, err);
            *err = own;
            return false;
        }
        usleep(pause_us);
    }
}

/* One request, tried again where that may help. True only for an answer 2xx. */
static bool ask(struct bucket *bucket, struct arena *arena, struct client_request *request,
                struct client_answer *answer, struct err *err)
{
    struct getting nothing = {.bucket = bucket, .fd = -1};

    return try_until(bucket, arena, request, &nothing, answer, err);
}

/* What is listed: the prefix with the bucket's own; from a token on, or behind a name. */
struct listing {
    struct str whole, token, behind;
};

static bool list(struct bucket *bucket, struct arena *arena, const struct listing *listing,
                 struct bucket_words_page *page, struct err *err)
{
    struct buf url = {.arena = arena};
    struct client_answer answer;

    /* In the order of their names: so they are signed. */
    buf_add(&url, bucket->base);
    buf_char(&url, '?');
    if (listing->token.len > 0) {
        buf_add(&url, STR("continuation-token="));
        url_encode(&url, listing->token);
        buf_char(&url, '&');
    }
    buf_add(&url, STR("list-type=2&prefix="));
    url_encode(&url, listing->whole);
    if (listing->behind.len > 0) {
        buf_add(&url, STR("&start-after="));
        url_encode(&url, listing->behind);
    }
    struct client_request request = {.url = buf_str(&url), .size_max = LIST_MAX};
    return ask(bucket, arena, &request, &answer, err) &&
           bucket_words_parse(page, arena, answer.body, err);
}

/* Of a name in a page what stands behind the prefix; empty: it should not be there. */
static struct str behind_prefix(struct str name, struct str whole)
{
    return str_starts(name, whole) ? str_slice(name, whole.len, name.len) : STR("");
}

bool bucket_each(struct bucket *bucket, struct str prefix, bucket_told *each, void *data,
                 struct err *err)
{
    CLEANUP(arena_close) struct arena *outer = arena_open(0);
    struct str whole = str_printf(outer, "%.*s%.*s", STR_ARG(bucket->prefix), STR_ARG(prefix));
    struct buf token = {.arena = outer};

    do {
        CLEANUP(arena_close) struct arena *arena = arena_open(0);
        struct bucket_words_page page;
        struct listing listing = {.whole = whole, .token = buf_str(&token)};

        if (!list(bucket, arena, &listing, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++) {
            struct str name = behind_prefix(page.items[i].name, whole);

            if (name.len > 0 && !each(data, name, page.items[i].size, err))
                return false;
        }
        token.len = 0;
        buf_add(&token, page.next);
    } while (token.len > 0);
    return true;
}

/* The part of the name before a "/", when it is another than the last; else empty. */
static struct str next_folder(struct str name, struct str last)
{
    size_t end = str_find_char(name, '/');
    struct str folder = str_slice(name, 0, end);

    return end == name.len || str_equal(folder, last) ? STR("") : folder;
}

bool bucket_each_folder(struct bucket *bucket, struct str prefix, bucket_told *each, void *data,
                        struct err *err)
{
    CLEANUP(arena_close) struct arena *outer = arena_open(0);
    struct str whole = str_printf(outer, "%.*s%.*s", STR_ARG(bucket->prefix), STR_ARG(prefix));
    struct buf last = {.arena = outer};
    bool is_more = true;

    while (is_more) {
        CLEANUP(arena_close) struct arena *arena = arena_open(0);
        struct listing listing = {.whole = whole};
        struct bucket_words_page page;

        /* '0' is what comes after '/': the first name behind all of the last folder's. */
        if (last.len > 0)
            listing.behind =
                str_printf(arena, "%.*s%.*s0", STR_ARG(whole), STR_ARG(buf_str(&last)));
        if (!list(bucket, arena, &listing, &page, err))
            return false;
        is_more = page.next.len > 0 && page.count > 0;
        for (size_t i = 0; i < page.count; i++) {
            struct str name = behind_prefix(page.items[i].name, whole);
            struct str folder = next_folder(name, buf_str(&last));

            if (folder.len == 0)
                continue;
            if (!each(data, folder, 0, err))
                return false;
            last.len = 0;
            buf_add(&last, folder);
        }
    }
    return true;
}

static bool read_part(int fd, int64_t at, char *room, size_t size, struct err *err)
{
    size_t done = 0;
    size_t got = 1;

    while (done < size && got > 0) {
        if (!file_pull(fd, at + (int64_t)done, room + done, size - done, &got, err))
            return false;
        done += got;
    }
    return done == size || err_set(err, ERR_BROKEN, "a file has become shorter");
}

static bool put_whole(struct bucket *bucket, struct arena *arena, struct str name, int fd,
                      size_t size, struct err *err)
{
    char *room = arena_alloc(arena, size + 1);
    struct client_request request = {
        .method = STR("PUT"), .url = url_of(bucket, arena, name, STR("")), .body = {room, size}};
    struct client_answer answer;

    return read_part(fd, 0, room, size, err) && ask(bucket, arena, &request, &answer, err);
}

/* An object that is made in parts; they are nothing until they are put together. */
struct assembly {
    struct bucket *bucket;
    struct arena *arena;
    struct str name, id;
    struct buf list; /* of what is there */
};

static struct str part_url(const struct assembly *assembly, struct arena *arena, int number)
{
    struct buf query = {.arena = arena};

    if (number > 0)
        buf_printf(&query, "partNumber=%d&", number);
    buf_add(&query, STR("uploadId="));
    url_encode(&query, assembly->id);
    return url_of(assembly->bucket, arena, assembly->name, buf_str(&query));
}

static bool begin(struct assembly *assembly, struct err *err)
{
    struct client_request request = {
        .method = STR("POST"),
        .url = url_of(assembly->bucket, assembly->arena, assembly->name, STR("uploads="))};
    struct bucket_words_page page;
    struct client_answer answer;

    if (!ask(assembly->bucket, assembly->arena, &request, &answer, err) ||
        !bucket_words_parse(&page, assembly->arena, answer.body, err))
        return false;
    assembly->id = page.upload;
    return page.upload.len > 0 ||
           err_set(err, ERR_UNAVAILABLE, "the store does not take large objects");
}

static bool put_part(struct assembly *assembly, int number, struct str bytes, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct client_request request = {
        .method = STR("PUT"), .url = part_url(assembly, arena, number), .body = bytes};
    struct client_answer answer;

    if (!ask(assembly->bucket, arena, &request, &answer, err))
        return false;
    buf_printf(&assembly->list, "<Part><PartNumber>%d</PartNumber><ETag>", number);
    buf_add(&assembly->list, bucket_words_escape(arena, client_field_of(&answer, STR("etag"))));
    buf_add(&assembly->list, STR("</ETag></Part>"));
    return true;
}

/* The answer may say 200 and then tell of an error: only a result is one. */
static bool finish(struct assembly *assembly, struct err *err)
{
    struct client_request request = {.method = STR("POST"),
                                     .url = part_url(assembly, assembly->arena, 0)};
    struct bucket_words_page page;
    struct client_answer answer;

    buf_add(&assembly->list, STR("</CompleteMultipartUpload>"));
    request.body = buf_str(&assembly->list);
    if (!ask(assembly->bucket, assembly->arena, &request, &answer, err) ||
        !bucket_words_parse(&page, assembly->arena, answer.body, err))
        return false;
    return str_equal(page.kind, STR("CompleteMultipartUploadResult")) ||
           err_set(err, ERR_UNAVAILABLE, "the store could not put the parts together: %.*s",
                   STR_ARG(page.code));
}

/* Its parts cost money until they are told to go. */
static void drop(struct assembly *assembly)
{
    struct client_request request = {.method = STR("DELETE"),
                                     .url = part_url(assembly, assembly->arena, 0),
                                     .total_ms = 10 * 1000};
    struct client_answer answer;
    struct err ignored;

    request.key = &assembly->bucket->key;
    (void)!client_send(&assembly->bucket->client, assembly->arena, &request, &answer, &ignored);
}

static bool put_parts(struct assembly *assembly, int fd, int64_t size, struct err *err)
{
    int64_t part = BUCKET_PART;

    while (size / part >= BUCKET_PARTS_MAX)
        part *= 2;
    char *room = arena_alloc(assembly->arena, (size_t)MIN(part, size));
    buf_add(&assembly->list, STR("<CompleteMultipartUpload>"));
    for (int64_t at = 0, number = 1; at < size; at += part, number++) {
        size_t len = (size_t)MIN(part, size - at);

        if (!read_part(fd, at, room, len, err) ||
            !put_part(assembly, (int)number, (struct str){room, len}, err))
            return false;
    }
    return finish(assembly, err);
}

bool bucket_put(struct bucket *bucket, struct str name, int fd, int64_t size, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct assembly assembly = {bucket, arena, name, {0}, {.arena = arena}};

    if (size <= BUCKET_PART)
        return put_whole(bucket, arena, name, fd, (size_t)size, err);
    if (!begin(&assembly, err))
        return false;
    if (put_parts(&assembly, fd, size, err))
        return true;
    drop(&assembly);
    return false;
}

static bool take(void *data, struct str bytes, struct err *err)
{
    struct getting *getting = data;

    if (getting->max > 0) /* a store that knows no ranges sends the whole */
        bytes = str_slice(bytes, 0, (size_t)(getting->max - getting->at));
    while (bytes.len > 0) {
        ssize_t put = pwrite(getting->fd, bytes.ptr, bytes.len, (off_t)getting->at);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return err_set(err, ERR_BROKEN, "what was fetched cannot be kept: %s",
                           strerrordesc_np(errno));
        getting->at += put;
        bytes = str_slice(bytes, (size_t)put, bytes.len);
    }
    return true;
}

bool bucket_get(struct bucket *bucket, struct str name, int64_t max, int fd, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct getting getting = {bucket, fd, 0, max};
    struct client_field range = {STR("Range"),
                                 str_printf(arena, "bytes=0-%lld", (long long)max - 1)};
    struct client_request request = {.url = url_of(bucket, arena, name, STR("")),
                                     .take = take,
                                     .size_max = INT64_MAX,
                                     .fields = &range,
                                     .field_count = max > 0};
    struct client_answer answer;

    return try_until(bucket, arena, &request, &getting, &answer, err);
}

bool bucket_remove(struct bucket *bucket, struct str name, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct client_request request = {.method = STR("DELETE"),
                                     .url = url_of(bucket, arena, name, STR(""))};
    struct client_answer answer;

    return ask(bucket, arena, &request, &answer, err);
}
