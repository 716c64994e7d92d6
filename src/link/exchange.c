#include "link/exchange.h"

#include "core/file.h"
#include "core/time.h"
#include "link/report_send.h"
#include "net/client.h"

enum {
    BATCH = 50,             /* proposals read at a time */
    MAIL_SOFT = 512 * 1024, /* behind which no more is added */
    NEWS_ROUNDS_MAX = 100,  /* in one go; the rest with the next */
    DEPTH_MAX = 8,
};

struct work {
    const struct exchange *exchange;
    struct arena *arena; /* of one round */
    struct client client;
    struct peer peer;
    struct exchange_counts *counts;
    const struct reply *reply;
};

static bool read_peer(const struct exchange *exchange, struct arena *arena, struct peer *peer,
                      struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, exchange->mirror, err) && peer_above(&tx, arena, peer, err);
}

static bool read_unsent(struct tenant *tenant, struct arena *arena,
                        const struct proposal_unsent *ask, struct proposal_page *page,
                        struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct registry registry = {&tx, arena, NULL, 0, NULL};

    return tx_read(&tx, tenant, err) && proposal_unsent(&registry, ask, page, err);
}

static bool run_hear(struct tx *tx, void *data, struct err *err)
{
    const struct work *work = data;
    struct registry registry = {tx, work->arena, NULL, work->exchange->now, NULL};

    for (size_t i = 0; i < work->reply->proposal_count; i++)
        if (!proposal_hear(&registry, &work->reply->proposals[i], err))
            return false;
    return true;
}

/* The key that was compared by phone, or stands in the mirror since. */
static bool check_reply(const struct peer *peer, const struct reply *reply,
                        const unsigned char *key, struct err *err)
{
    if (!peer->has_key || memcmp(peer->key, key, sizeof peer->key) != 0)
        return err_set(err, ERR_DENIED, "it is signed with another key than the publisher's");
    return (reply->publisher == peer->id && reply->reader == peer->reader) ||
           err_set(err, ERR_INPUT, "it was made by another publisher or for another reader");
}

static bool hear(struct work *work, struct str text, struct err *err)
{
    const struct exchange *exchange = work->exchange;
    unsigned char key[SECRET_PUBLIC_SIZE];
    struct reply reply;

    while (str_trim(text).len > 0) {
        if (!reply_parse(work->arena, &text, &reply, key, err) ||
            !check_reply(&work->peer, &reply, key, err))
            return false;
        work->reply = &reply;
        if (reply.proposal_count > 0 && !tenant_write_wait(exchange->mirror, run_hear, work, err))
            return false;
        work->counts->answers += (int64_t)reply.proposal_count;
    }
    if (exchange->pool != NULL)
        worker_wake(exchange->pool, tenant_info(exchange->mirror)->name);
    return true;
}

static bool ask(struct work *work, struct str query, struct str mail, struct str *body,
                struct err *err)
{
    struct client_field fields[] = {
        {STR("Authorization"), str_printf(work->arena, "Bearer %.*s", STR_ARG(work->peer.token))},
        {STR("Content-Type"), STR("application/x-ndjson")},
    };
    struct client_request request = {
        .method = mail.len > 0 ? STR("POST") : STR("GET"),
        .url = str_printf(work->arena, "%.*s/api/v1/mail%.*s", STR_ARG(work->peer.address),
                          STR_ARG(query)),
        .fields = fields,
        .field_count = mail.len > 0 ? 2 : 1,
        .body = mail,
        .total_ms = 10 * 60 * 1000,
        .size_max = 2 * LETTER_MAIL_MAX,
    };
    struct client_answer answer;

    if (!client_send(&work->client, work->arena, &request, &answer, err) ||
        !client_expect(&answer, work->arena, err))
        return false;
    *body = answer.body;
    return true;
}

/* In rounds, as long as there is something that the publisher's server has no receipt for. */
static bool send_all(struct work *work, struct err *err)
{
    for (;;) {
        CLEANUP(arena_close) struct arena *arena = arena_open(0);
        struct buf mail = {.arena = arena};
        struct proposal_unsent unsent = {.limit = BATCH};
        struct proposal_page page;
        struct str body;
        int64_t before = work->counts->answers;
        size_t i;

        work->arena = arena;
        if (!read_unsent(work->exchange->mirror, arena, &unsent, &page, err))
            return false;
        for (i = 0; i < page.count && mail.len < MAIL_SOFT; i++) {
            struct edition_party from = {.id = page.items[i].peer,
                                         .title = page.items[i].peer_title};

            mail_add(&mail, work->exchange->key, &work->peer, &from, &page.items[i]);
        }
        if (i == 0)
            return true;
        if (!ask(work, (struct str){0}, buf_str(&mail), &body, err) || !hear(work, body, err))
            return false;
        if (work->counts->answers < before + (int64_t)i)
            return err_set(err, ERR_UNAVAILABLE,
                           "the server above does not say what it has received");
        work->counts->sent += (int64_t)i;
    }
}

static bool read_pending(const struct work *work, struct proposal_pending *pending, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct registry registry = {&tx, work->arena, NULL, 0, NULL};

    return tx_read(&tx, work->exchange->mirror, err) && proposal_pending(&registry, pending, err);
}

/* What was decided since; each round begins behind what is known now. */
static bool ask_all(struct work *work, struct err *err)
{
    for (int round = 0; round < NEWS_ROUNDS_MAX; round++) {
        CLEANUP(arena_close) struct arena *arena = arena_open(0);
        struct buf query = {.arena = arena};
        struct proposal_pending pending;
        int64_t before = work->counts->answers;
        struct str body;

        work->arena = arena;
        if (!read_pending(work, &pending, err))
            return false;
        if (pending.from == 0)
            return true;
        buf_add(&query, STR("?from="));
        time_print_moment(&query, pending.from);
        buf_printf(&query, "&after=%lld", (long long)pending.after);
        if (!ask(work, buf_str(&query), (struct str){0}, &body, err) || !hear(work, body, err))
            return false;
        if (work->counts->answers == before)
            return true;
    }
    return true;
}

bool exchange_run(const struct exchange *exchange, struct arena *arena,
                  struct exchange_counts *counts, struct err *err)
{
    CLEANUP(file_close) int lock = -1;
    struct work work = {.exchange = exchange, .arena = arena, .counts = counts};

    *counts = (struct exchange_counts){0};
    if (!mirror_lock(exchange->mirror, "exchange", &lock, err) ||
        !read_peer(exchange, arena, &work.peer, err))
        return false;
    if (work.peer.address.len == 0)
        return true;
    if (!client_open(&work.client, arena, exchange->ca_file, err))
        return false;
    bool ok = send_all(&work, err) && ask_all(&work, err);
    client_close(&work.client);
    return ok;
}

/* The newest, unless it is known to be there. */
static bool add_report(struct tenant *child, struct buf *out, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct report_page page;

    if (!tx_read(&tx, child, err) || !report_list(&tx, out->arena, true, 1, &page, err))
        return false;
    if (page.count > 0 && page.items[0].number == 0)
        report_print(out, &page.items[0]);
    return true;
}

bool exchange_write(const struct exchange *exchange, struct tenant *child, struct buf *out,
                    struct exchange_counts *counts, struct err *err)
{
    const struct store_tenant *info = tenant_info(child);
    struct edition_party from = {info->id, info->name, info->title};
    struct proposal_unsent unsent = {
        .is_own = true, .peer = tenant_info(exchange->mirror)->id, .limit = MAIL_LETTERS_MAX - 1};
    struct proposal_page page;
    struct peer peer;

    *counts = (struct exchange_counts){0};
    if (!read_peer(exchange, out->arena, &peer, err) || !add_report(child, out, err) ||
        !read_unsent(child, out->arena, &unsent, &page, err))
        return false;
    for (size_t i = 0; i < page.count && out->len < MAIL_SOFT; i++, counts->sent++)
        mail_add(out, exchange->key, &peer, &from, &page.items[i]);
    return true;
}

static bool is_below(const struct exchange *exchange, struct arena *arena,
                     const struct store_tenant *child, bool *is, struct err *err)
{
    struct store_tenant info = *child;

    *is = false;
    for (int depth = 0; depth < DEPTH_MAX && info.parent != 0 && !*is; depth++) {
        *is = info.parent == tenant_info(exchange->mirror)->id;
        if (!*is &&
            !store_get_tenant_by_id(tenant_store(exchange->mirror), arena, info.parent, &info, err))
            return false;
    }
    return true;
}

static bool run_confirm(struct tx *tx, void *data, struct err *err)
{
    return report_confirm(tx, data, err);
}

/* Each municipality keeps what it has sent; who has left this server has none here. */
static bool confirm(const struct work *work, struct report *report, struct err *err)
{
    CLEANUP(store_release) struct tenant *child = NULL;
    struct store *store = tenant_store(work->exchange->mirror);
    struct store_tenant info;
    struct err absent = {0};
    bool is;

    if (!store_get_tenant_by_id(store, work->arena, report->child.id, &info, &absent)) {
        if (absent.code != ERR_ABSENT)
            *err = absent;
        return absent.code == ERR_ABSENT;
    }
    return is_below(work->exchange, work->arena, &info, &is, err) &&
           (!is || (store_hold(store, info.name, &child, err) &&
                    tenant_write_wait(child, run_confirm, report, err)));
}

bool exchange_read(const struct exchange *exchange, struct arena *arena, struct str text,
                   struct exchange_counts *counts, struct err *err)
{
    struct work work = {.exchange = exchange, .arena = arena, .counts = counts};
    unsigned char key[SECRET_PUBLIC_SIZE];
    struct str rest = text;
    struct reply reply;

    *counts = (struct exchange_counts){0};
    if (!read_peer(exchange, arena, &work.peer, err))
        return false;
    while (str_trim(rest).len > 0)
        if (!reply_parse(arena, &rest, &reply, key, err) ||
            !check_reply(&work.peer, &reply, key, err))
            return false;
    if (!hear(&work, text, err))
        return false;
    for (rest = text; str_trim(rest).len > 0;) {
        if (!reply_parse(arena, &rest, &reply, key, err))
            return false;
        for (size_t i = 0; i < reply.report_count; i++, counts->answers++)
            if (!confirm(&work, &reply.reports[i], err))
                return false;
    }
    return true;
}

/* What could not go now goes with the next look for editions, however long that takes. */
static bool run_exchange(struct worker_task *task, struct str *result, struct err *err)
{
    const struct fetch_context *context = task->context;
    struct exchange exchange = {task->tenant,     context->library, context->key,
                                context->ca_file, time_now(),       task->pool};
    struct exchange_counts counts;
    struct err failed = {0};

    if (exchange_run(&exchange, task->arena, &counts, &failed)) {
        *result = str_printf(task->arena, "{\"sent\":%lld,\"answers\":%lld}",
                             (long long)counts.sent, (long long)counts.answers);
        return true;
    }
    if (failed.code == ERR_BROKEN) {
        *err = failed;
        return false;
    }
    *result = STR("{\"sent\":0}");
    return fetch_note(task->tenant, exchange.now, str_from_z(failed.text), err);
}

const struct worker_kind exchange_kind = {STR_INIT("link.exchange"), run_exchange, NULL};
