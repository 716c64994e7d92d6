#include "link/fetch.h"

#include "core/file.h"
#include "core/id.h"
#include "core/time.h"
#include "link/edition_file.h"
#include "link/exchange.h"
#include "net/client.h"
#include "store/rows.h"

#include <fcntl.h>
#include <unistd.h>

enum {
    EVERY_MS = 5 * 60 * 1000,
    LATER_MAX_MS = 60 * 60 * 1000,
    ANSWER_MAX = EDITION_PIECE_BYTES + 4 * 1024 * 1024,
    TRIES_MAX = 3, /* of one answer, before the job waits */
};

struct work {
    const struct fetch *fetch;
    struct arena *arena;
    struct client client;
    struct peer peer;
    struct fetch_counts *counts;
    /* Of the register at hand. */
    struct str register_id;
    struct str path;
    struct mirror_arrival here;
    struct edition_head head;
    bool has_head;
    int64_t last; /* id up to which the file has pieces */
    int64_t size; /* of the file up to there */
    int64_t lines;
};

static bool take_bytes(void *data, struct str bytes, struct err *err)
{
    struct buf *body = data;

    (void)err;
    buf_add(body, bytes);
    return true;
}

/* body: what came, also when it is not all. */
static bool ask(struct work *work, struct arena *arena, struct str path, struct str *body,
                struct err *err)
{
    struct buf taken = {.arena = arena};
    struct client_field fields[] = {
        {STR("Authorization"), str_printf(arena, "Bearer %.*s", STR_ARG(work->peer.token))},
        {STR("Accept"), STR("application/json, application/x-ndjson")},
    };
    struct client_request request = {
        .url = str_printf(arena, "%.*s/api/v1/%.*s", STR_ARG(work->peer.address), STR_ARG(path)),
        .fields = fields,
        .field_count = ARRAY_LEN(fields),
        .take = take_bytes,
        .data = &taken,
        .size_max = ANSWER_MAX,
        .is_packed = true,
    };
    struct client_answer answer = {0};
    bool ok = client_send(&work->client, arena, &request, &answer, err);

    *body = buf_str(&taken);
    work->counts->bytes += (int64_t)taken.len;
    return ok && client_expect(&answer, arena, err);
}

struct text {
    struct str rest;
};

static bool pull_text(void *data, char *room, size_t size, size_t *got, struct err *err)
{
    struct text *text = data;

    (void)err;
    *got = MIN(size, text->rest.len);
    if (*got > 0)
        memcpy(room, text->rest.ptr, *got);
    text->rest = str_slice(text->rest, *got, text->rest.len);
    return true;
}

static bool add_bytes(struct work *work, struct str bytes, struct err *err)
{
    CLEANUP(file_close)
    int fd = open(str_to_z(work->arena, work->path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0 || ftruncate(fd, work->size) != 0 ||
        pwrite(fd, bytes.ptr, bytes.len, work->size) != (ssize_t)bytes.len)
        return err_set(err, ERR_UNAVAILABLE, "what arrives cannot be kept: is the disk full?");
    work->size += (int64_t)bytes.len;
    return true;
}

static void begin_anew(struct work *work)
{
    unlink(str_to_z(work->arena, work->path));
    work->has_head = false;
    work->last = work->size = work->lines = 0;
}

static bool keep_head(struct work *work, const struct edition_head *head, struct str line,
                      struct err *err)
{
    struct edition_apply apply = {.mirror = work->fetch->mirror, .library = work->fetch->library};
    bool is_here;

    begin_anew(work);
    if (!edition_apply_check(&apply, work->arena, head, &is_here, err) ||
        !add_bytes(work, line, err))
        return false;
    work->has_head = true;
    return edition_parse_head(work->arena, str_copy(work->arena, str_trim(line)), &work->head, err);
}

/* Pieces that came whole are kept, whatever became of the rest. */
static bool keep_pieces(struct work *work, struct str body, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(edition_reader_close) struct edition_reader head = {0};
    CLEANUP(edition_reader_close) struct edition_reader reader = {0};
    struct text text = {body};
    struct edition_piece piece;
    struct err cut = {0};

    if (!edition_reader_open(&head, pull_text, &text, err))
        return false;
    if ((!work->has_head || !digest_equal(&work->head.digest, &head.head.digest)) &&
        !keep_head(work, &head.head, str_slice(body, 0, (size_t)head.bytes), err))
        return false;
    body = str_slice(body, (size_t)head.bytes, body.len);
    text.rest = body;
    edition_reader_go_on(&reader, pull_text, &text, &work->head, work->last);
    while (reader.last != INT64_MAX && edition_reader_next(&reader, arena, &piece, &cut)) {
        work->last = reader.last;
        work->lines += (int64_t)piece.count;
    }
    if (!add_bytes(work, str_slice(body, 0, (size_t)reader.bytes), err))
        return false;
    /* An answer that ends behind a piece is as it should be: there is more to ask for. */
    if (cut.code == ERR_INPUT && (size_t)reader.bytes == body.len && reader.bytes > 0)
        return true;
    if (cut.code != ERR_NONE)
        *err = cut;
    return cut.code == ERR_NONE;
}

/* What an earlier try has left. */
static bool look_back(struct work *work, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    CLEANUP(edition_file_close) struct edition_file file = {0};
    CLEANUP(edition_reader_close) struct edition_reader reader = {0};
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct edition_piece piece;
    struct err bad = {0};
    edition_pull *pull;
    void *data;

    work->has_head = false;
    work->last = work->size = work->lines = 0;
    if (!file_exists(work->path))
        return true;
    if (!file_open(work->path, &fd, err))
        return false;
    file.fd = fd;
    if (!edition_file_rewind(&file, &pull, &data, &bad) ||
        !edition_reader_open(&reader, pull, data, &bad)) {
        begin_anew(work);
        return true;
    }
    while (reader.last != INT64_MAX && edition_reader_next(&reader, arena, &piece, &bad)) {
        work->lines += (int64_t)piece.count;
        arena_reset(arena);
    }
    work->has_head = true;
    work->last = reader.last;
    work->size = reader.bytes;
    struct buf line = {.arena = work->arena};
    edition_print_head(&line, &reader.head);
    return edition_parse_head(work->arena, str_trim(buf_str(&line)), &work->head, err);
}

static struct str print_ask(const struct work *work, struct arena *arena)
{
    struct buf path = {.arena = arena};

    buf_printf(&path, "editions/%.*s?since=%lld&chain=%.*s", STR_ARG(work->register_id),
               (long long)work->here.mark.no, STR_ARG(work->here.mark.chain));
    if (work->has_head) {
        buf_printf(&path, "&edition=%lld&after=", (long long)work->head.mark.no);
        id_print(&path, work->last);
    }
    return buf_str(&path);
}

static bool goes_on(const struct work *work, struct err *err)
{
    const struct fetch *fetch = work->fetch;

    return fetch->go_on == NULL ||
           fetch->go_on(fetch->data, work->register_id, work->lines, work->head.total) ||
           err_set(err, ERR_UNAVAILABLE, "it was stopped, and will be gone on with");
}

static bool pull_all(struct work *work, struct err *err)
{
    int failed = 0;

    while (work->last != INT64_MAX) {
        CLEANUP(arena_close) struct arena *arena = arena_open(0);
        int64_t before = work->last;
        struct str body = {0};
        struct err cut = {0};
        bool is_whole = ask(work, arena, print_ask(work, arena), &body, &cut);

        /* The edition that was being fetched can be gone for good: from the beginning, once. */
        if (!is_whole && cut.code != ERR_UNAVAILABLE) {
            bool was_some = work->has_head;

            begin_anew(work);
            if (was_some && failed++ < TRIES_MAX)
                continue;
            *err = cut;
            return false;
        }
        struct err kept = {0};
        if (body.len > 0 && !keep_pieces(work, body, &kept) && is_whole) {
            *err = kept;
            return false;
        }
        failed = work->last > before ? 0 : failed + 1;
        if (!is_whole && failed >= TRIES_MAX) {
            *err = cut;
            return false;
        }
        if (is_whole && failed >= TRIES_MAX)
            return err_set(err, ERR_UNAVAILABLE, "the publisher's server sends nothing more");
        if (!goes_on(work, err))
            return false;
    }
    return true;
}

struct putting {
    struct edition_file file;
    struct work *work;
};

static bool rewind_file(void *data, edition_pull **pull, void **pull_data, struct err *err)
{
    struct putting *putting = data;

    return edition_file_rewind(&putting->file, pull, pull_data, err);
}

static bool tell(void *data, int64_t done, int64_t total)
{
    const struct putting *putting = data;
    const struct fetch *fetch = putting->work->fetch;

    return fetch->go_on == NULL ||
           fetch->go_on(fetch->data, putting->work->register_id, done, total);
}

static void end_putting(struct putting *putting)
{
    edition_file_close(&putting->file);
}

static bool put(struct work *work, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    CLEANUP(end_putting) struct putting putting = {.work = work};
    struct edition_apply apply = {.mirror = work->fetch->mirror,
                                  .library = work->fetch->library,
                                  .now = work->fetch->now,
                                  .rewind = rewind_file,
                                  .progress = tell,
                                  .data = &putting};
    struct edition_result result;

    if (!file_open(work->path, &fd, err))
        return false;
    putting.file.fd = fd;
    if (!edition_apply(&apply, work->arena, &result, err)) {
        if (err->code != ERR_UNAVAILABLE)
            begin_anew(work); /* another try brings another one */
        return false;
    }
    work->counts->editions += !result.is_here;
    unlink(str_to_z(work->arena, work->path));
    return true;
}

/* A register id has no letters that a name of a file would mind. */
static bool fetch_one(struct work *work, const struct json *offer, struct err *err)
{
    const struct fetch *fetch = work->fetch;
    CLEANUP(tx_done) struct tx tx = {0};
    const struct register_type *type;
    const struct catalog *catalog;

    if (!catalog_get(fetch->mirror, fetch->library, &catalog, err))
        return false;
    type = model_type(catalog->model, json_find_text(offer, STR("register")));
    if (type == NULL)
        return true; /* no pack for it here */
    if (!tx_read(&tx, fetch->mirror, err) ||
        !mirror_arrival(&tx, work->arena, catalog_no(catalog, type), &work->here, err))
        return false;
    tx_done(&tx);
    if (json_find_int(offer, STR("edition"), 0) == work->here.mark.no &&
        str_equal(json_find_text(offer, STR("chain")), work->here.mark.chain) &&
        work->here.applying.len == 0)
        return true;
    work->register_id = type->id;
    work->path = str_printf(work->arena, "%.*s/fetched-%.*s", STR_ARG(tenant_folder(fetch->mirror)),
                            STR_ARG(type->id));
    return (look_back(work, err) && pull_all(work, err) && put(work, err)) ||
           err_while(err, "%.*s", STR_ARG(type->id));
}

/* One register that cannot be had does not keep the others away. */
static bool fetch_each(struct work *work, struct err *err)
{
    struct str body;
    struct json *json;
    bool ok = true;

    if (!ask(work, work->arena, STR("editions"), &body, err) ||
        !json_parse(work->arena, body, NULL, &json, err))
        return false;
    const struct json *list = json_find(json, STR("editions"));
    for (const struct json *one = list != NULL ? list->first : NULL; one != NULL; one = one->next) {
        struct err failed = {0};

        if (fetch_one(work, one, &failed))
            continue;
        *err = failed;
        ok = false;
        if (failed.code == ERR_UNAVAILABLE)
            break;
    }
    return ok;
}

struct noting {
    int64_t now;
    struct str reason;
};

static bool run_note(struct tx *tx, void *data, struct err *err)
{
    const struct noting *noting = data;

    return peer_note(tx, noting->now, noting->reason, err);
}

static bool open_work(struct work *work, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    if (!tx_read(&tx, work->fetch->mirror, err) || !peer_above(&tx, work->arena, &work->peer, err))
        return false;
    if (work->peer.address.len == 0)
        return err_set(err, ERR_ABSENT,
                       "it is not known where to fetch from: uprava mirror follow");
    return client_open(&work->client, work->arena, work->fetch->ca_file, err);
}

bool fetch_note(struct tenant *mirror, int64_t now, struct str reason, struct err *err)
{
    struct noting noting = {now, reason};

    return tenant_write_wait(mirror, run_note, &noting, err);
}

static bool send_mail(const struct fetch *fetch, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct exchange exchange = {fetch->mirror,  fetch->library, fetch->key,
                                fetch->ca_file, fetch->now,     fetch->pool};
    struct exchange_counts counts;

    return exchange_run(&exchange, arena, &counts, err);
}

bool fetch_all(const struct fetch *fetch, struct arena *arena, struct fetch_counts *counts,
               struct err *err)
{
    CLEANUP(file_close) int lock = -1;
    struct work work = {.fetch = fetch, .arena = arena, .counts = counts};
    struct err failed = {0};

    *counts = (struct fetch_counts){0};
    if (!mirror_lock(fetch->mirror, "fetch", &lock, err) || !open_work(&work, err))
        return false;
    bool ok = send_mail(fetch, &failed);
    ok = fetch_each(&work, &failed) && ok;
    client_close(&work.client);
    struct str reason = ok ? (struct str){0} : str_from_z(failed.text);
    if (!fetch_note(fetch->mirror, fetch->now, reason, err))
        return false;
    if (!ok)
        *err = failed;
    return ok;
}

bool fetch_start(struct tx *tx, int64_t now, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct job job = {.kind = fetch_kind.name, .payload = STR("{}"), .put_at = now};
    struct rows rows;
    int64_t id;

    if (!store_query(tx, scratch, &rows,
                     "SELECT id FROM job WHERE tenant = $1 AND kind = $2 AND status = 'waiting'",
                     ARGS(INT(tx->tenant), TEXT(job.kind)), err))
        return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!job_stop(tx, rows_int(&rows, i, 0), now, err))
            return false;
    return job_put(tx, &job, now, &id, err);
}

struct again {
    int64_t failed; /* tries in a row */
    int64_t now;
};

static bool run_again(struct tx *tx, void *data, struct err *err)
{
    const struct again *again = data;
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    int64_t wait = EVERY_MS;
    struct job job = {.kind = fetch_kind.name,
                      .payload = str_printf(scratch, "{\"failed\":%lld}", (long long)again->failed),
                      .put_at = again->now};
    struct rows rows;
    int64_t id;

    for (int64_t i = 0; i < again->failed && wait < LATER_MAX_MS; i++)
        wait *= 2;
    return store_query(tx, scratch, &rows,
                       "SELECT 1 FROM job WHERE tenant = $1 AND kind = $2 AND status = 'waiting'",
                       ARGS(INT(tx->tenant), TEXT(job.kind)), err) &&
           (rows.count > 0 || job_put(tx, &job, again->now + MIN(wait, LATER_MAX_MS), &id, err));
}

static bool report(void *data, struct str register_id, int64_t done, int64_t total)
{
    struct worker_task *task = data;
    bool is_stopping = false;
    struct err err;

    (void)register_id;
    return worker_report(task, STR("Fetching editions from the publisher"), done, total,
                         (struct str){0}, &is_stopping, &err) &&
           !is_stopping;
}

/* It never fails as a job does: the next one is put whatever became of it, and the peer's row
 * tells why. */
static bool run_fetch(struct worker_task *task, struct str *result, struct err *err)
{
    const struct fetch_context *context = task->context;
    struct fetch fetch = {.mirror = task->tenant,
                          .library = context->library,
                          .ca_file = context->ca_file,
                          .key = context->key,
                          .pool = task->pool,
                          .go_on = report,
                          .data = task};
    struct again again = {0};
    struct fetch_counts counts;
    struct json *payload;
    struct err failed = {0};

    fetch.now = again.now = time_now();
    if (!json_parse(task->arena, task->job.payload, NULL, &payload, err))
        return false;
    if (!fetch_all(&fetch, task->arena, &counts, &failed))
        again.failed = json_find_int(payload, STR("failed"), 0) + 1;
    if (!tenant_write_wait(task->tenant, run_again, &again, err))
        return false;
    *result = str_printf(task->arena, "{\"editions\":%lld,\"bytes\":%lld}",
                         (long long)counts.editions, (long long)counts.bytes);
    return true;
}

const struct worker_kind fetch_kind = {STR_INIT("link.fetch"), run_fetch, NULL};
