#include "link/mail.h"

#include "core/id.h"
#include "core/json_put.h"
#include "core/time.h"
#include "link/report_send.h"

#define LETTER "proposal"

enum {
    NEWS_MAX = 200,
    SUMMARY_MAX = 5000,
    REPORTS_MAX = 100,
    TITLE_MAX = 400,
};

#define SUMMARY_MS (INT64_C(400) * 24 * 60 * 60 * 1000)

void mail_add(struct buf *out, const struct secret_key *key, const struct peer *above,
              const struct edition_party *from, const struct proposal *proposal)
{
    struct buf body = {.arena = out->arena};
    struct letter letter = {0};

    buf_add(&body, STR("{\"uprava_proposal\":1"));
    json_put_id(&body, "publisher", above->id);
    json_put_id(&body, "reader", above->reader);
    json_put_id(&body, "from", from->id);
    json_put_text(&body, "from_title", from->title);
    json_put_text(&body, "uuid", proposal->uuid);
    json_put_text(&body, "register", proposal->register_id);
    json_put_id(&body, "record", proposal->record);
    json_put_text(&body, "title", proposal->title);
    buf_printf(&body, ",\"was\":%.*s,\"patch\":%.*s", STR_ARG(proposal->was),
               STR_ARG(proposal->patch));
    json_put_text(&body, "reason", proposal->reason);
    json_put_text(&body, "author", proposal->author);
    json_put_moment(&body, "put_at", proposal->put_at);
    buf_char(&body, '}');
    letter.body = buf_str(&body);
    letter_sign(&letter, body.arena, LETTER, key);
    letter_print(out, &letter);
}

static struct str print_canonical(struct arena *arena, const struct json *value)
{
    struct buf buf = {.arena = arena};

    json_canonical(&buf, value);
    return buf_str(&buf);
}

struct item {
    bool is_report;
    struct report report;
    struct proposal proposal;
};

static bool read_proposal(const struct mail_desk *desk, const struct json *json,
                          struct proposal *one, struct err *err)
{
    const struct json *was = json_find(json, STR("was")), *patch = json_find(json, STR("patch"));
    struct str from = json_find_text(json, STR("from_title"));
    int64_t publisher, reader, child;

    *one = (struct proposal){
        .uuid = json_find_text(json, STR("uuid")),
        .register_id = json_find_text(json, STR("register")),
        .title = json_find_text(json, STR("title")),
        .reason = json_find_text(json, STR("reason")),
        .author = json_find_text(json, STR("author")),
    };
    if (json_find_int(json, STR("uprava_proposal"), 0) != 1 || was == NULL || patch == NULL ||
        from.len == 0 || from.len > TITLE_MAX || one->title.len > 4 * PROPOSAL_REASON_MAX ||
        !id_parse(json_find_text(json, STR("publisher")), &publisher) ||
        !id_parse(json_find_text(json, STR("reader")), &reader) ||
        !id_parse(json_find_text(json, STR("from")), &child) ||
        !id_parse(json_find_text(json, STR("record")), &one->record) ||
        !time_parse_moment(json_find_text(json, STR("put_at")), &one->put_at))
        return err_set(err, ERR_INPUT, "this is no proposal");
    if (publisher != tenant_info(desk->above)->id || reader != desk->peer->id)
        return err_set(err, ERR_INPUT, "it was made for another publisher or by another reader");
    one->was = print_canonical(desk->arena, was);
    one->patch = print_canonical(desk->arena, patch);
    one->peer_title = str_printf(desk->arena, "%.*s (%.*s)", STR_ARG(from),
                                 STR_ARG(str_slice(desk->peer->title, 0, TITLE_MAX)));
    return true;
}

static bool read_item(const struct mail_desk *desk, struct str *rest, struct letter *letter,
                      struct item *item, struct err *err)
{
    struct json *json;

    if (!letter_next(desk->arena, rest, letter, &json, err) ||
        !peer_check_key(desk->peer, desk->arena, letter->key, desk->fingerprint, desk->is_line,
                        err))
        return false;
    item->is_report = json_find(json, STR("uprava_report")) != NULL;
    return item->is_report ? report_read(desk->arena, letter, json, &item->report, err)
                           : letter_check(desk->arena, letter, LETTER, err) &&
                                 read_proposal(desk, json, &item->proposal, err);
}

static bool read_all(const struct mail_desk *desk, struct str text, struct item *items,
                     size_t *count, struct letter *letter, struct err *err)
{
    struct letter first = {0};

    for (*count = 0; str_trim(text).len > 0; (*count)++) {
        if (*count == MAIL_LETTERS_MAX)
            return err_set(err, ERR_LIMIT, "at most %d letters go together", MAIL_LETTERS_MAX);
        if (!read_item(desk, &text, letter, &items[*count], err))
            return false;
        if (*count == 0)
            first = *letter;
        if (memcmp(first.key, letter->key, sizeof first.key) != 0)
            return err_set(err, ERR_DENIED, "it is signed with another key than before");
    }
    return *count > 0 || err_set(err, ERR_INPUT, "it holds nothing that a server has signed");
}

struct taking {
    const struct mail_desk *desk;
    const struct catalog *catalog;
    const struct letter *letter;
    struct proposal *proposal;
};

/* Of the peer as it is now: a person may have entered its key meanwhile. */
static bool run_meet(struct tx *tx, void *data, struct err *err)
{
    const struct taking *taking = data;
    const struct mail_desk *desk = taking->desk;
    struct peer known;

    if (!peer_below(tx, desk->arena, desk->peer->name, &known, err) ||
        !peer_check_key(&known, desk->arena, taking->letter->key, desk->fingerprint, desk->is_line,
                        err))
        return false;
    known.has_key = true;
    memcpy(known.key, taking->letter->key, sizeof known.key);
    return peer_put(tx, desk->arena, &known, err);
}

static bool run_take(struct tx *tx, void *data, struct err *err)
{
    const struct taking *taking = data;
    const struct mail_desk *desk = taking->desk;
    struct registry registry = {tx, desk->arena, taking->catalog, desk->now, NULL};
    struct proposal *one = taking->proposal, here;

    if (!proposal_receive(&registry, desk->peer->id, one, err) ||
        !proposal_get(&registry, one->uuid, &here, err))
        return false;
    one->there = here.number;
    return true;
}

static bool is_known(const struct taking *taking, bool *is_there, struct err *err)
{
    const struct mail_desk *desk = taking->desk;
    CLEANUP(tx_done) struct tx tx = {0};
    struct registry registry = {&tx, desk->arena, taking->catalog, desk->now, NULL};
    struct proposal here;
    struct err absent = {0};

    if (!tx_read(&tx, desk->above, err))
        return false;
    *is_there = proposal_get(&registry, taking->proposal->uuid, &here, &absent);
    if (!*is_there && absent.code != ERR_ABSENT)
        *err = absent;
    return *is_there || absent.code == ERR_ABSENT;
}

/* Only of what its server is shown: the edition and the filter that hold for it. */
static bool is_shown(const struct taking *taking, struct err *err)
{
    const struct mail_desk *desk = taking->desk;
    CLEANUP(subscription_close) struct subscription shown = {0};
    struct subscription_by by = {desk->above, desk->library, desk->arena, desk->now};
    struct record record;

    return subscription_show(&by, desk->peer->id, taking->proposal->register_id, &shown, err) &&
           subscription_get(&shown, POLICY_PUBLIC | POLICY_INTERNAL, taking->proposal->record,
                            catalog_day(taking->catalog, desk->now), &record, err);
}

/* What cannot be taken has been refused; what only cannot just now comes again. */
static bool take_proposal(struct taking *taking, struct err *err)
{
    struct proposal *one = taking->proposal;
    struct err why = {0};
    bool is_there;

    one->state = STR("open");
    if (!is_known(taking, &is_there, err))
        return false;
    if ((is_there || is_shown(taking, &why)) &&
        tenant_write_wait(taking->desk->above, run_take, taking, &why))
        return true;
    if (why.code == ERR_UNAVAILABLE || why.code == ERR_BROKEN) {
        *err = why;
        return false;
    }
    one->state = STR("refused");
    one->answer = str_copy(taking->desk->arena, str_from_z(why.text));
    one->decided_at = taking->desk->now;
    one->there = 1;
    return true;
}

static bool take_report(const struct taking *taking, struct report *report, struct str *refused,
                        bool *is_taken, struct err *err)
{
    const struct mail_desk *desk = taking->desk;
    struct err why = {0};

    *is_taken = report_send_accept(desk->above, desk->arena, desk->peer, report, desk->now, &why);
    if (*is_taken)
        return true;
    if (why.code == ERR_UNAVAILABLE || why.code == ERR_BROKEN) {
        *err = why;
        return false;
    }
    *refused = str_copy(desk->arena, str_from_z(why.text));
    return true;
}

static struct reply reply_of(const struct mail_desk *desk, size_t proposals, size_t reports)
{
    return (struct reply){
        .publisher = tenant_info(desk->above)->id,
        .reader = desk->peer->id,
        .made_at = desk->now,
        .proposals = ARENA_ARRAY(desk->arena, struct proposal, proposals + 1),
        .reports = ARENA_ARRAY(desk->arena, struct report, reports + 1),
    };
}

bool mail_take(const struct mail_desk *desk, struct str text, struct reply *reply,
               struct str *refused, struct err *err)
{
    struct item *items = ARENA_ARRAY(desk->arena, struct item, MAIL_LETTERS_MAX);
    struct letter letter;
    struct taking taking = {.desk = desk, .letter = &letter};
    size_t count;

    *refused = (struct str){0};
    if (!read_all(desk, text, items, &count, &letter, err) ||
        !catalog_get(desk->above, desk->library, &taking.catalog, err) ||
        (!desk->peer->has_key && !tenant_write_wait(desk->above, run_meet, &taking, err)))
        return false;
    *reply = reply_of(desk, count, count);
    for (size_t i = 0; i < count; i++) {
        bool is_taken;

        taking.proposal = &items[i].proposal;
        if (!items[i].is_report) {
            if (!take_proposal(&taking, err))
                return false;
            reply->proposals[reply->proposal_count++] = items[i].proposal;
            continue;
        }
        if (!take_report(&taking, &items[i].report, refused, &is_taken, err))
            return false;
        if (is_taken)
            reply->reports[reply->report_count++] = items[i].report;
    }
    return true;
}

static bool read_news(const struct mail_desk *desk, const struct proposal_pending *since, int limit,
                      struct reply *reply, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct registry registry = {&tx, desk->arena, NULL, desk->now, NULL};
    struct proposal_page page;

    *reply = reply_of(desk, 0, 0);
    if (!tx_read(&tx, desk->above, err) ||
        !proposal_news(&registry, desk->peer->id, since, limit, &page, err))
        return false;
    reply->proposals = page.items;
    reply->proposal_count = page.count;
    for (size_t i = 0; i < reply->proposal_count; i++)
        reply->proposals[i].there = reply->proposals[i].number;
    return true;
}

bool mail_news(const struct mail_desk *desk, const struct proposal_pending *since,
               struct reply *reply, struct err *err)
{
    return read_news(desk, since, NEWS_MAX, reply, err);
}

bool mail_summary(const struct mail_desk *desk, struct reply *reply, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct proposal_pending since = {.from = desk->now - SUMMARY_MS, .with_open = true};
    struct report_page page;

    if (!read_news(desk, &since, SUMMARY_MAX, reply, err))
        return false;
    if (!desk->peer->has_key)
        return true;
    if (!tx_read(&tx, desk->above, err) ||
        !report_signed(&tx, desk->arena, desk->peer->key, REPORTS_MAX, &page, err))
        return false;
    reply->reports = page.items;
    reply->report_count = page.count;
    return true;
}
