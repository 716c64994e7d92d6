#include "notice/outbox.h"

#include "core/id.h"
#include "queue/job.h"
#include "store/rows.h"

#define KIND STR("notice.send")

static const char UNSURE[] =
    "the server stopped while it was being sent: whether it arrived is not known";

bool outbox_need(struct tx *tx, int64_t due_at, int64_t now, bool *has_moved, struct err *err)
{
    struct job job = {.kind = KIND, .payload = STR("{}"), .put_at = now};

    return job_need(tx, &job, due_at, has_moved, err);
}

int64_t outbox_pause(int64_t tries)
{
    int64_t pause = OUTBOX_PAUSE_MS;

    for (int64_t i = 1; i < tries && pause < OUTBOX_PAUSE_MAX_MS; i++)
        pause *= 2;
    return MIN(pause, OUTBOX_PAUSE_MAX_MS);
}

/* The end of one that was taken, or is being taken, with so many tries. */
struct ending {
    int64_t id, tries;
    struct str state;
    int64_t due_at, sent_at;
    struct str reason;
};

static bool put_end(struct tx *tx, const struct ending *ending, int64_t *changed, struct err *err)
{
    /* A code is of no use to anybody once it has gone, or was not sent in time. */
    return store_change(tx,
                        "UPDATE notice SET state = $4, due_at = $5, sent_at = $6, reason = $7,"
                        " body = CASE WHEN until_at > 0 AND $4 <> 'waiting' THEN '' ELSE body END"
                        " WHERE tenant = $1 AND id = $2 AND tries = $3 AND state = 'sending'",
                        ARGS(INT(tx->tenant), INT(ending->id), INT(ending->tries),
                             TEXT(ending->state), INT(ending->due_at), INT(ending->sent_at),
                             TEXT(ending->reason)),
                        changed, err) ||
           err_while(err, "noting what became of a notice");
}

/* It is not sent now, or never; has_ended when nobody will get it. */
static bool put_off(struct tx *tx, struct outbox_claim *claim, const char *state, int64_t due_at,
                    const char *reason, struct err *err)
{
    struct ending ending = {claim->taken.id,   claim->taken.tries, str_from_z(state), due_at, 0,
                            str_from_z(reason)};
    int64_t changed;

    claim->verdict = OUTBOX_OTHER;
    return put_end(tx, &ending, &changed, err);
}

static bool take(struct tx *tx, struct outbox_claim *claim, bool *was_there, struct err *err)
{
    const struct outbox_row *row = claim->row;
    struct rows rows;

    if (!store_query(tx, claim->arena, &rows,
                     "UPDATE notice SET state = 'sending', tries = tries + 1, due_at = $6"
                     " WHERE tenant = $1 AND id = $2 AND state = $3 AND tries = $4 AND due_at = $5"
                     " RETURNING body",
                     ARGS(INT(tx->tenant), INT(row->id), TEXT(row->state), INT(row->tries),
                          INT(row->due_at), INT(claim->now + OUTBOX_LEASE_MS)),
                     err))
        return err_while(err, "taking a notice");
    *was_there = rows.count > 0;
    claim->taken = *row;
    claim->taken.tries++;
    if (*was_there)
        claim->taken.body = rows_text(&rows, 0, 0);
    return true;
}

static bool take_int(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    *(int64_t *)data = rows_int(row, 0, 0);
    return true;
}

/* Rows of one account and channel are few: a person gets some a day, and they go after a year. */
static bool is_over_limit(struct tx *tx, const struct outbox_claim *claim, bool *is_over,
                          struct err *err)
{
    const struct outbox_row *row = &claim->taken;
    int64_t count = 0;

    *is_over = false;
    if (row->until_at > 0)
        return true; /* somebody waits for it */
    if (!store_each(tx,
                    "SELECT count(*) FROM notice WHERE tenant = $1 AND account = $2"
                    " AND channel = $3 AND until_at = 0 AND id <> $5"
                    " AND (state = 'sending' OR (state = 'sent' AND sent_at >= $4))",
                    ARGS(INT(tx->tenant), INT(row->account), TEXT(contact_ways[row->way]),
                         INT(claim->day->began_at), INT(row->id)),
                    take_int, &count, err))
        return err_while(err, "counting what a person got today");
    *is_over = count >= claim->day->most[row->way];
    return true;
}

static bool find_address(struct tx *tx, struct outbox_claim *claim, struct err *err)
{
    struct outbox_row *row = &claim->taken;
    struct contact contact;

    if (row->address.len > 0)
        return true;
    if (!contact_get(tx, claim->arena, row->account, claim->now, &contact, err))
        return false;
    if (contact.ways[row->way].confirmed_at != 0)
        row->address = contact.ways[row->way].address;
    return true;
}

static void add_held(struct buf *body, const struct outbox_row *row, struct str subject,
                     struct str text)
{
    if (body->len > 0)
        buf_add(body, row->way == CONTACT_EMAIL ? STR("\n\n* * *\n\n") : STR("\n"));
    if (row->way == CONTACT_EMAIL) {
        buf_add(body, subject);
        buf_add(body, STR("\n\n"));
    }
    buf_add(body, text);
}

/* Others of the person that waited for the same day go with this one, where they fit. */
static bool gather(struct tx *tx, struct outbox_claim *claim, struct err *err)
{
    struct outbox_row *row = &claim->taken;
    struct buf body = {.arena = claim->arena};
    size_t most = row->way == CONTACT_SMS ? NOTICE_SMS_MAX : NOTICE_BODY_MAX;
    int64_t gathered = 0;
    struct rows rows;

    if (!store_query(tx, claim->arena, &rows,
                     "SELECT id, subject, body FROM notice WHERE tenant = $1 AND account = $2"
                     " AND channel = $3 AND state = 'held' ORDER BY id LIMIT $4",
                     ARGS(INT(tx->tenant), INT(row->account), TEXT(contact_ways[row->way]),
                          INT(OUTBOX_GATHER_MAX)),
                     err))
        return err_while(err, "gathering notices");
    add_held(&body, row, row->subject, row->body);
    for (size_t i = 0; i < rows.count; i++) {
        struct str text = rows_text(&rows, i, 2);

        if (body.len + text.len + NOTICE_SUBJECT_MAX * 4 > most)
            break;
        add_held(&body, row, rows_text(&rows, i, 1), text);
        gathered++;
        if (!store_exec(tx,
                        "UPDATE notice SET state = 'gathered', reason = $3"
                        " WHERE tenant = $1 AND id = $2 AND state = 'held'",
                        ARGS(INT(tx->tenant), INT(rows_int(&rows, i, 0)),
                             TEXT(id_text(claim->arena, row->id))),
                        err))
            return err_while(err, "gathering notices");
    }
    if (gathered == 0)
        return true;
    row->body = buf_str(&body);
    row->subject =
        str_printf(claim->arena, "%.*s (+%lld)", STR_ARG(row->subject), (long long)gathered);
    return store_exec(tx, "UPDATE notice SET subject = $3, body = $4 WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(row->id), TEXT(row->subject), TEXT(row->body)),
                      err) ||
           err_while(err, "gathering notices");
}

/* What keeps it from being sent now. */
static bool judge(struct tx *tx, struct outbox_claim *claim, struct err *err)
{
    const struct outbox_row *row = &claim->taken;
    bool was_sending = str_equal(claim->row->state, STR("sending"));
    bool is_over;

    claim->verdict = OUTBOX_SEND;
    if (row->until_at > 0 && claim->now >= row->until_at)
        return put_off(tx, claim, "given_up", claim->now, "it would have come too late", err);
    if (was_sending && !claim->may_repeat[row->way]) {
        claim->has_ended = true;
        return put_off(tx, claim, "given_up", claim->now, UNSURE, err);
    }
    if (!find_address(tx, claim, err))
        return false;
    if (row->address.len == 0)
        return put_off(tx, claim, "failed", claim->now,
                       "the person has no confirmed address any more", err);
    if (was_sending)
        return true; /* it was counted before */
    if (!is_over_limit(tx, claim, &is_over, err))
        return false;
    claim->is_held = is_over;
    if (is_over)
        return put_off(tx, claim, "held", claim->day->next_at,
                       "the person had as many today as they get", err);
    return !str_equal(claim->row->state, STR("held")) || gather(tx, claim, err);
}

bool outbox_claim(struct tx *tx, void *data, struct err *err)
{
    struct outbox_claim *claim = data;
    bool was_there;

    claim->verdict = OUTBOX_OTHER;
    claim->has_ended = claim->is_held = false;
    return take(tx, claim, &was_there, err) && (!was_there || judge(tx, claim, err));
}

bool outbox_end(struct tx *tx, void *data, struct err *err)
{
    struct outbox_end *end = data;
    const struct outbox_row *row = end->row;
    bool is_old = end->now - row->since_at >= OUTBOX_AGE_MAX_MS ||
                  (row->until_at > 0 && end->now >= row->until_at);
    struct ending ending = {row->id, row->tries, STR("sent"), end->now, end->now, end->reason};
    int64_t changed;

    end->has_ended = false;
    if (end->outcome != OUTBOX_SENT)
        ending.sent_at = 0;
    if (end->outcome == OUTBOX_REFUSED)
        ending.state = STR("failed");
    if (end->outcome == OUTBOX_LOST)
        ending.state = STR("given_up");
    if (end->outcome == OUTBOX_AGAIN) {
        ending.state = is_old ? STR("given_up") : STR("waiting");
        ending.due_at = is_old ? end->now : end->now + outbox_pause(row->tries);
    }
    if (!put_end(tx, &ending, &changed, err))
        return false;
    end->has_ended =
        changed > 0 && end->outcome != OUTBOX_SENT && !str_equal(ending.state, STR("waiting"));
    return true;
}
