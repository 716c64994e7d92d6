#include "link/report.h"

#include "auth/journal.h"
#include "core/base64.h"
#include "core/id.h"
#include "core/json_put.h"
#include "core/time.h"
#include "registry/subscription.h"
#include "store/rows.h"

#define KIND   "uprava.standing"
#define LETTER "report"

static struct str print_bytes(struct arena *arena, const void *bytes, size_t size)
{
    struct buf buf = {.arena = arena};

    base64_print_url(&buf, (struct str){bytes, size});
    return buf_str(&buf);
}

static bool add_registers(struct buf *out, const struct registry *registry, struct err *err)
{
    struct rows rows;
    bool is_first = true;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT name, total FROM register_no WHERE tenant = $1 ORDER BY name",
                     ARGS(INT(registry->tx->tenant)), err))
        return false;
    buf_add(out, STR(",\"registers\":["));
    for (size_t i = 0; i < rows.count; i++) {
        if (model_type(registry->catalog->model, rows_text(&rows, i, 0)) == NULL)
            continue;
        buf_add(out, is_first ? STR("{") : STR(",{"));
        json_put_text(out, "register", rows_text(&rows, i, 0));
        json_put_int(out, "records", rows_int(&rows, i, 1));
        buf_char(out, '}');
        is_first = false;
    }
    buf_char(out, ']');
    return true;
}

static bool add_packs(struct buf *out, const struct registry *registry, struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT id, version FROM pack WHERE tenant = $1 ORDER BY id",
                     ARGS(INT(registry->tx->tenant)), err))
        return false;
    buf_add(out, STR(",\"packs\":["));
    for (size_t i = 0; i < rows.count; i++) {
        buf_add(out, i == 0 ? STR("{") : STR(",{"));
        json_put_text(out, "pack", rows_text(&rows, i, 0));
        json_put_text(out, "version", rows_text(&rows, i, 1));
        buf_char(out, '}');
    }
    buf_char(out, ']');
    return true;
}

/* Which editions are read here: out of the tree as it is now. */
static bool add_subscriptions(struct buf *out, const struct report_by *by, struct err *err)
{
    struct subscription_by reader = {by->tenant, by->library, by->arena, by->now};
    struct subscription_offer *offers;
    bool is_first = true;
    size_t count;

    if (!subscription_offers(&reader, &offers, &count, err))
        return false;
    buf_add(out, STR(",\"subscriptions\":["));
    for (size_t i = 0; i < count; i++) {
        if (!offers[i].is_taken)
            continue;
        buf_add(out, is_first ? STR("{") : STR(",{"));
        json_put_text(out, "register", offers[i].register_id);
        json_put_text(out, "publisher", offers[i].publisher);
        json_put_int(out, "edition", offers[i].edition);
        buf_char(out, '}');
        is_first = false;
    }
    buf_char(out, ']');
    return true;
}

static bool find_hash(struct tx *tx, struct arena *arena, int64_t seq, struct str *hash,
                      struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows, "SELECT hash FROM journal WHERE tenant = $1 AND seq = $2",
                     ARGS(INT(tx->tenant), INT(seq)), err))
        return false;
    *hash = rows.count > 0 ? rows_text(&rows, 0, 0) : (struct str){0};
    return true;
}

static void print_head(struct buf *out, struct str name, int64_t seq, struct str hash)
{
    buf_add(out, name);
    buf_printf(out, "{\"seq\":%lld", (long long)seq);
    json_put_text(out, "chain", hash);
    buf_char(out, '}');
}

/* before: the head told last time, as it is now: the receiver compares. */
static bool add_journal(struct buf *out, struct tx *tx, struct arena *arena, struct err *err)
{
    struct report_anchor anchor;
    struct rows rows;
    struct str hash;

    if (!store_query(tx, arena, &rows, "SELECT seq, chain FROM tenant_head WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), err) ||
        !report_anchored(tx, arena, &anchor, err) || !find_hash(tx, arena, anchor.seq, &hash, err))
        return false;
    print_head(out, STR(",\"journal\":"), rows_int(&rows, 0, 0), rows_text(&rows, 0, 1));
    if (anchor.seq > 0)
        print_head(out, STR(",\"before\":"), anchor.seq, hash);
    return true;
}

static bool find_version(struct tx *tx, struct arena *arena, struct report *report, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT max(version) FROM report WHERE tenant = $1 AND child = $1"
                     " AND kind = $2 AND period = $3",
                     ARGS(INT(tx->tenant), TEXT(report->kind), TEXT(report->period)), err))
        return false;
    report->version = rows_int(&rows, 0, 0) + 1;
    return true;
}

static bool write(struct tx *tx, struct arena *arena, const struct report *report, struct err *err)
{
    return store_exec(
        tx,
        "INSERT INTO report (tenant, child, kind, period, version, made_at, body, digest, key,"
        " signature, number, received_at, tried_at, reason)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        ARGS(INT(tx->tenant), INT(report->child.id), TEXT(report->kind), TEXT(report->period),
             INT(report->version), INT(report->made_at), TEXT(report->body), TEXT(report->digest),
             TEXT(print_bytes(arena, report->key, sizeof report->key)),
             TEXT(print_bytes(arena, report->signature, sizeof report->signature)),
             INT(report->number), INT(report->received_at), INT(report->tried_at),
             TEXT(report->reason)),
        err);
}

static void take_letter(struct report *report, const struct letter *letter)
{
    report->body = letter->body;
    report->digest = letter->digest;
    memcpy(report->key, letter->key, sizeof report->key);
    memcpy(report->signature, letter->signature, sizeof report->signature);
}

struct making {
    const struct report_by *by;
    const struct catalog *catalog;
    struct str subscriptions;
    struct report *report;
};

static bool run_make(struct tx *tx, void *data, struct err *err)
{
    struct making *making = data;
    const struct report_by *by = making->by;
    struct registry registry = {tx, by->arena, making->catalog, by->now, NULL};
    struct report *report = making->report;
    struct buf body = {.arena = by->arena};

    if (!find_version(tx, by->arena, report, err))
        return false;
    buf_add(&body, STR("{\"uprava_report\":1"));
    json_put_text(&body, "kind", report->kind);
    json_put_text(&body, "period", report->period);
    json_put_int(&body, "version", report->version);
    buf_add(&body, STR(",\"child\":{"));
    json_put_id(&body, "id", report->child.id);
    json_put_text(&body, "name", report->child.name);
    json_put_text(&body, "title", report->child.title);
    buf_char(&body, '}');
    json_put_moment(&body, "made_at", report->made_at);
    json_put_text(&body, "program", STR(UPRAVA_VERSION));
    if (!add_registers(&body, &registry, err) || !add_packs(&body, &registry, err))
        return false;
    buf_add(&body, making->subscriptions);
    if (!add_journal(&body, tx, by->arena, err))
        return false;
    buf_char(&body, '}');
    struct letter letter = {.body = buf_str(&body)};
    letter_sign(&letter, by->arena, LETTER, by->key);
    take_letter(report, &letter);
    return write(tx, by->arena, report, err);
}

bool report_make(const struct report_by *by, struct report *report, struct err *err)
{
    const struct store_tenant *info = tenant_info(by->tenant);
    struct making making = {.by = by, .report = report};
    struct buf subscriptions = {.arena = by->arena};
    struct buf period = {.arena = by->arena};

    if (!catalog_get(by->tenant, by->library, &making.catalog, err) ||
        !add_subscriptions(&subscriptions, by, err))
        return false;
    making.subscriptions = buf_str(&subscriptions);
    time_print_day(&period, catalog_day(making.catalog, by->now));
    *report = (struct report){.child = {info->id, info->name, info->title},
                              .kind = STR(KIND),
                              .period = buf_str(&period),
                              .made_at = by->now};
    return tenant_write_wait(by->tenant, run_make, &making, err);
}

void report_print(struct buf *out, const struct report *report)
{
    struct letter letter = {.body = report->body};

    memcpy(letter.key, report->key, sizeof letter.key);
    memcpy(letter.signature, report->signature, sizeof letter.signature);
    letter_print(out, &letter);
}

static bool is_word(struct str text, size_t most)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && strchr(".-_", c) == NULL)
            return false;
    }
    return text.len > 0 && text.len <= most;
}

static bool read_body(struct report *report, const struct json *json)
{
    const struct json *child = json_find(json, STR("child"));

    report->kind = json_find_text(json, STR("kind"));
    report->period = json_find_text(json, STR("period"));
    report->version = json_find_int(json, STR("version"), 0);
    report->child.name = json_find_text(child, STR("name"));
    report->child.title = json_find_text(child, STR("title"));
    return json_find_int(json, STR("uprava_report"), 0) == 1 && is_word(report->kind, 80) &&
           is_word(report->period, 40) && report->version > 0 &&
           id_parse(json_find_text(child, STR("id")), &report->child.id) &&
           time_parse_moment(json_find_text(json, STR("made_at")), &report->made_at);
}

bool report_read(struct arena *arena, const struct letter *letter, const struct json *body,
                 struct report *report, struct err *err)
{
    *report = (struct report){0};
    take_letter(report, letter);
    if (!read_body(report, body))
        return err_set(err, ERR_INPUT, "this is no report");
    return letter_check(arena, letter, LETTER, err);
}

bool report_parse(struct arena *arena, struct str text, struct report *report, struct err *err)
{
    struct letter letter;
    struct json *body;

    *report = (struct report){0};
    if (text.len > REPORT_TEXT_MAX || !letter_next(arena, &text, &letter, &body, err))
        return err_set(err, ERR_INPUT, "this is no report");
    return report_read(arena, &letter, body, report, err);
}

static struct report report_of(struct arena *arena, const struct rows *rows, size_t row)
{
    struct report report = {
        .child = {.id = rows_int(rows, row, 0)},
        .kind = rows_text(rows, row, 1),
        .period = rows_text(rows, row, 2),
        .version = rows_int(rows, row, 3),
        .made_at = rows_int(rows, row, 4),
        .body = rows_text(rows, row, 5),
        .digest = rows_text(rows, row, 6),
        .number = rows_int(rows, row, 9),
        .received_at = rows_int(rows, row, 10),
        .tried_at = rows_int(rows, row, 11),
        .reason = rows_text(rows, row, 12),
    };
    struct json *json;
    struct err none;

    (void)letter_parse_bytes(arena, rows_text(rows, row, 7), report.key, sizeof report.key);
    (void)letter_parse_bytes(arena, rows_text(rows, row, 8), report.signature,
                             sizeof report.signature);
    if (json_parse(arena, report.body, &(struct json_limits){.bytes = REPORT_BODY_MAX}, &json,
                   &none)) {
        const struct json *child = json_find(json, STR("child"));

        report.child.name = json_find_text(child, STR("name"));
        report.child.title = json_find_text(child, STR("title"));
    }
    return report;
}

#define COLUMNS                                                                                    \
    "child, kind, period, version, made_at, body, digest, key, signature, number, received_at,"    \
    " tried_at, reason"

static struct report_page page_of(struct arena *arena, const struct rows *rows)
{
    struct report_page page = {ARENA_ARRAY(arena, struct report, rows->count + 1), rows->count};

    for (size_t i = 0; i < rows->count; i++)
        page.items[i] = report_of(arena, rows, i);
    return page;
}

bool report_list(struct tx *tx, struct arena *arena, bool is_sent, int limit,
                 struct report_page *page, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT " COLUMNS " FROM report WHERE tenant = $1"
                     " AND CASE WHEN child = $1 THEN 1 ELSE 0 END = $2"
                     " ORDER BY made_at DESC, version DESC, child LIMIT $3",
                     ARGS(INT(tx->tenant), INT(is_sent), INT(limit)), err))
        return false;
    *page = page_of(arena, &rows);
    return true;
}

bool report_signed(struct tx *tx, struct arena *arena, const unsigned char key[SECRET_PUBLIC_SIZE],
                   int limit, struct report_page *page, struct err *err)
{
    struct rows rows;

    if (!store_query(
            tx, arena, &rows,
            "SELECT " COLUMNS " FROM report WHERE tenant = $1 AND child <> $1"
            " AND key = $2 ORDER BY made_at DESC, version DESC, child LIMIT $3",
            ARGS(INT(tx->tenant), TEXT(print_bytes(arena, key, SECRET_PUBLIC_SIZE)), INT(limit)),
            err))
        return false;
    *page = page_of(arena, &rows);
    return true;
}

/* Whether the head that the sender told us before is still in its journal. */
static bool compare_heads(struct tx *tx, struct arena *arena, struct report *report,
                          struct err *err)
{
    struct json_limits limits = {.bytes = REPORT_BODY_MAX};
    struct json *now, *old;
    struct rows rows;

    if (!json_parse(arena, report->body, &limits, &now, err) ||
        !store_query(tx, arena, &rows,
                     "SELECT body FROM report WHERE tenant = $1 AND child = $2 AND kind = $3"
                     " ORDER BY received_at DESC, number DESC LIMIT 1",
                     ARGS(INT(tx->tenant), INT(report->child.id), TEXT(report->kind)), err))
        return false;
    if (rows.count == 0)
        return true;
    if (!json_parse(arena, rows_text(&rows, 0, 0), &limits, &old, err))
        return false;
    const struct json *told = json_find(old, STR("journal"));
    const struct json *before = json_find(now, STR("before"));
    int64_t seq = json_find_int(told, STR("seq"), 0);
    if (json_find_int(json_find(now, STR("journal")), STR("seq"), 0) < seq)
        report->reason = STR("the journal is shorter than it was");
    else if (json_find_int(before, STR("seq"), 0) == seq &&
             !str_equal(json_find_text(before, STR("chain")), json_find_text(told, STR("chain"))))
        report->reason = STR("the journal was rewritten");
    return true;
}

bool report_receive(struct tx *tx, struct arena *arena, struct report *report, int64_t now,
                    struct err *err)
{
    struct journal_entry entry = {.at = now, .action = STR("report.receive")};
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT digest, number, received_at FROM report WHERE tenant = $1"
                     " AND child = $2 AND kind = $3 AND period = $4 AND version = $5",
                     ARGS(INT(tx->tenant), INT(report->child.id), TEXT(report->kind),
                          TEXT(report->period), INT(report->version)),
                     err))
        return false;
    if (rows.count > 0) {
        report->number = rows_int(&rows, 0, 1);
        report->received_at = rows_int(&rows, 0, 2);
        return str_equal(rows_text(&rows, 0, 0), report->digest) ||
               err_set(err, ERR_CONFLICT, "another report of that period and version is here");
    }
    report->reason = (struct str){0};
    if (!compare_heads(tx, arena, report, err))
        return false;
    entry.detail =
        str_printf(arena, "{\"kind\":\"%.*s\",\"period\":\"%.*s\",\"digest\":\"%.*s\"}",
                   STR_ARG(report->kind), STR_ARG(report->period), STR_ARG(report->digest));
    if (!journal_add(tx, &entry, err))
        return false;
    report->number = entry.seq;
    report->received_at = now;
    return write(tx, arena, report, err);
}

bool report_note(struct tx *tx, const struct report *report, struct err *err)
{
    return store_exec(tx,
                      "UPDATE report SET number = $5, received_at = $6, tried_at = $7, reason = $8"
                      " WHERE tenant = $1 AND child = $1 AND kind = $2 AND period = $3"
                      " AND version = $4",
                      ARGS(INT(tx->tenant), TEXT(report->kind), TEXT(report->period),
                           INT(report->version), INT(report->number), INT(report->received_at),
                           INT(report->tried_at), TEXT(report->reason)),
                      err);
}

bool report_confirm(struct tx *tx, const struct report *report, struct err *err)
{
    return store_exec(tx,
                      "UPDATE report SET number = $6, received_at = $7, reason = ''"
                      " WHERE tenant = $1 AND child = $1 AND kind = $2 AND period = $3"
                      " AND version = $4 AND digest = $5 AND number = 0",
                      ARGS(INT(tx->tenant), TEXT(report->kind), TEXT(report->period),
                           INT(report->version), TEXT(report->digest), INT(report->number),
                           INT(report->received_at)),
                      err);
}

bool report_anchored(struct tx *tx, struct arena *arena, struct report_anchor *anchor,
                     struct err *err)
{
    struct json *json;
    struct rows rows;
    struct str hash;

    *anchor = (struct report_anchor){0};
    if (!store_query(tx, arena, &rows,
                     "SELECT body, received_at, number FROM report WHERE tenant = $1 AND child = $1"
                     " AND kind = $2 AND number > 0 ORDER BY made_at DESC, version DESC LIMIT 1",
                     ARGS(INT(tx->tenant), TEXT(STR(KIND))), err))
        return false;
    if (rows.count == 0)
        return true;
    if (!json_parse(arena, rows_text(&rows, 0, 0), &(struct json_limits){.bytes = REPORT_BODY_MAX},
                    &json, err))
        return false;
    const struct json *told = json_find(json, STR("journal"));
    anchor->seq = json_find_int(told, STR("seq"), 0);
    anchor->at = rows_int(&rows, 0, 1);
    anchor->number = rows_int(&rows, 0, 2);
    if (!find_hash(tx, arena, anchor->seq, &hash, err))
        return false;
    anchor->is_broken = !str_equal(hash, json_find_text(told, STR("chain")));
    return true;
}
