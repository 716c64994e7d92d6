/* Looking into the outbox: the job for what is due, staff for what waits and what failed. */
#include "notice/outbox.h"

#include "core/time.h"
#include "store/rows.h"

enum {
    COUNT_MAX = 10000,
    SWEEP_MAX = 1000, /* in one write */
};

#define COLUMNS                                                                                    \
    "id, account, channel, template, language, address, subject, state, tries, put_at, since_at,"  \
    " until_at, due_at, sent_at, reason"

/* What goes out some time: each is a range of the index notice_due. */
static const struct str OPEN[] = {STR_INIT("held"), STR_INIT("sending"), STR_INIT("waiting")};

static void read_rows(struct arena *arena, const struct rows *rows, struct outbox_page *page)
{
    *page = (struct outbox_page){ARENA_ARRAY(arena, struct outbox_row, rows->count), rows->count};
    for (size_t i = 0; i < rows->count; i++)
        page->rows[i] = (struct outbox_row){
            .id = rows_int(rows, i, 0),
            .account = rows_int(rows, i, 1),
            .way = str_equal(rows_text(rows, i, 2), STR("sms")) ? CONTACT_SMS : CONTACT_EMAIL,
            .template = rows_text(rows, i, 3),
            .language = rows_text(rows, i, 4),
            .address = rows_text(rows, i, 5),
            .subject = rows_text(rows, i, 6),
            .state = rows_text(rows, i, 7),
            .tries = rows_int(rows, i, 8),
            .put_at = rows_int(rows, i, 9),
            .since_at = rows_int(rows, i, 10),
            .until_at = rows_int(rows, i, 11),
            .due_at = rows_int(rows, i, 12),
            .sent_at = rows_int(rows, i, 13),
            .reason = rows_text(rows, i, 14),
        };
}

bool outbox_list_due(struct tx *tx, struct arena *arena, const struct outbox_ask *ask,
                     struct outbox_page *page, struct err *err)
{
    struct str email = ask->ways[CONTACT_EMAIL] ? contact_ways[CONTACT_EMAIL] : STR("");
    struct str sms = ask->ways[CONTACT_SMS] ? contact_ways[CONTACT_SMS] : STR("");
    struct rows found;

    if (!store_query(tx, arena, &found,
                     "SELECT " COLUMNS " FROM notice WHERE tenant = $1"
                     " AND state IN ('held', 'sending', 'waiting') AND due_at <= $2"
                     " AND channel IN ($3, $4) ORDER BY due_at, id LIMIT $5",
                     ARGS(INT(tx->tenant), INT(ask->now), TEXT(email), TEXT(sms), INT(ask->limit)),
                     err))
        return err_while(err, "reading what is to be sent");
    read_rows(arena, &found, page);
    return true;
}

static bool take_first(void *data, const struct rows *row, struct err *err)
{
    int64_t *first = data;

    (void)err;
    *first = MIN(*first, rows_int(row, 0, 0));
    return true;
}

bool outbox_next(struct tx *tx, int64_t *due_at, struct err *err)
{
    *due_at = INT64_MAX;
    for (size_t i = 0; i < ARRAY_LEN(OPEN); i++)
        if (!store_each(tx,
                        "SELECT due_at FROM notice WHERE tenant = $1 AND state = $2"
                        " ORDER BY due_at LIMIT 1",
                        ARGS(INT(tx->tenant), TEXT(OPEN[i])), take_first, due_at, err))
            return err_while(err, "looking when the next notice is due");
    return true;
}

static bool take_int(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    *(int64_t *)data = rows_int(row, 0, 0);
    return true;
}

static bool count_state(struct tx *tx, const char *state, int64_t *count, struct err *err)
{
    *count = 0;
    return store_each(tx,
                      "SELECT count(*) FROM (SELECT 1 FROM notice WHERE tenant = $1"
                      " AND state = $2 LIMIT $3) AS n",
                      ARGS(INT(tx->tenant), TEXT(str_from_z(state)), INT(COUNT_MAX)), take_int,
                      count, err);
}

static bool take_sent(void *data, const struct rows *row, struct err *err)
{
    struct outbox_counts *counts = data;

    (void)err;
    for (int i = 0; i < CONTACT_WAYS; i++)
        if (str_equal(contact_ways[i], rows_text(row, 0, 0)))
            counts->sent[i] = rows_int(row, 0, 1);
    return true;
}

bool outbox_count(struct tx *tx, int64_t day_began_at, struct outbox_counts *counts,
                  struct err *err)
{
    *counts = (struct outbox_counts){0};
    return (count_state(tx, "waiting", &counts->waiting, err) &&
            count_state(tx, "held", &counts->held, err) &&
            count_state(tx, "failed", &counts->failed, err) &&
            count_state(tx, "given_up", &counts->given_up, err) &&
            store_each(tx,
                       "SELECT channel, count(*) FROM notice WHERE tenant = $1"
                       " AND state = 'sent' AND due_at >= $2 GROUP BY channel",
                       ARGS(INT(tx->tenant), INT(day_began_at)), take_sent, counts, err)) ||
           err_while(err, "counting notices");
}

bool outbox_list(struct tx *tx, struct arena *arena, struct str state, int64_t before,
                 struct outbox_page *page, struct err *err)
{
    struct rows found;

    if (!store_query(tx, arena, &found,
                     "SELECT " COLUMNS " FROM notice WHERE tenant = $1 AND state = $2"
                     " AND channel <> 'page' AND due_at < $3"
                     " ORDER BY due_at DESC, id DESC LIMIT $4",
                     ARGS(INT(tx->tenant), TEXT(state), INT(before), INT(OUTBOX_PAGE)), err))
        return err_while(err, "listing notices");
    read_rows(arena, &found, page);
    return true;
}

bool outbox_retry(struct tx *tx, int64_t id, int64_t now, bool *has_moved, struct err *err)
{
    int64_t changed;

    if (!store_change(tx,
                      "UPDATE notice SET state = 'waiting', since_at = $3, due_at = $3, tries = 0,"
                      " reason = '' WHERE tenant = $1 AND id = $2 AND channel <> 'page'"
                      " AND state IN ('waiting', 'held', 'failed', 'given_up') AND until_at = 0",
                      ARGS(INT(tx->tenant), INT(id), INT(now)), &changed, err))
        return err_while(err, "sending a notice again");
    if (changed == 0)
        return err_set(err, ERR_ABSENT, "there is nothing to send again");
    return outbox_need(tx, now, now, has_moved, err);
}

bool outbox_forget(struct tx *tx, int64_t id, struct err *err)
{
    return store_exec(tx,
                      "DELETE FROM notice WHERE tenant = $1 AND id = $2"
                      " AND state IN ('failed', 'given_up')",
                      ARGS(INT(tx->tenant), INT(id)), err) ||
           err_while(err, "forgetting a notice");
}

bool outbox_sweep(struct tx *tx, int64_t now, struct err *err)
{
    static const struct str ENDED[] = {STR_INIT("failed"), STR_INIT("gathered"),
                                       STR_INIT("given_up"), STR_INIT("sent")};

    for (size_t i = 0; i < ARRAY_LEN(ENDED); i++)
        if (!store_exec(tx,
                        "DELETE FROM notice WHERE tenant = $1 AND id IN (SELECT id FROM notice"
                        " WHERE tenant = $1 AND state = $2 AND due_at < $3 LIMIT $4)",
                        ARGS(INT(tx->tenant), TEXT(ENDED[i]),
                             INT(now - (int64_t)NOTICE_KEPT_DAYS * TIME_DAY_MS), INT(SWEEP_MAX)),
                        err))
            return err_while(err, "forgetting old notices");
    return true;
}
