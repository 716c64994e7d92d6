#include "notice/notice.h"

#include "core/id.h"
#include "core/utf8.h"
#include "notice/outbox.h"
#include "store/rows.h"

struct way {
    enum contact_way way;
    struct str address; /* empty: the account's own, when it goes out */
    int64_t until_at;   /* 0: it is sent whenever it can be */
};

static bool put_row(struct tx *tx, const struct notice *notice, const struct way *way, int64_t now,
                    struct err *err)
{
    bool is_page = way->way == CONTACT_PAGE;
    struct str body =
        way->way == CONTACT_SMS ? utf8_head(notice->sms, NOTICE_SMS_MAX) : notice->body;
    struct str kind = STR("case");

    for (int i = 0; i < CONTACT_KINDS; i++)
        if (notice->kind == (enum contact_kind)(1U << i))
            kind = contact_kinds[i];
    return store_exec(
               tx,
               "INSERT INTO notice (tenant, id, account, channel, kind, template, language,"
               " register, record, flow, address, subject, body, state, tries, put_at, since_at,"
               " until_at, due_at, sent_at, read_at, reason)"
               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15, $15,"
               " $16, $15, $17, 0, '')",
               ARGS(INT(tx->tenant), INT(id_next(now)), INT(notice->account),
                    TEXT(contact_ways[way->way]), TEXT(kind), TEXT(notice->template),
                    TEXT(notice->language), INT(notice->no), INT(notice->record), INT(notice->flow),
                    TEXT(way->address), TEXT(utf8_head(notice->subject, NOTICE_SUBJECT_MAX)),
                    TEXT(body), TEXT(is_page ? STR("sent") : STR("waiting")), INT(now),
                    INT(way->until_at), INT(is_page ? now : 0)),
               err) ||
           err_while(err, "putting a notice");
}

static bool check(const struct notice *notice, struct err *err)
{
    return (notice->body.len <= NOTICE_BODY_MAX && notice->sms.len <= NOTICE_BODY_MAX) ||
           err_set(err, ERR_LIMIT, "a message has at most %d bytes", NOTICE_BODY_MAX);
}

static bool take_int(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    *(int64_t *)data = rows_int(row, 0, 0);
    return true;
}

/* It may have been removed since the caller looked: then nobody is told. */
static bool has_account(struct tx *tx, int64_t account, bool *has, struct err *err)
{
    int64_t found = 0;

    if (!store_each(tx, "SELECT 1 FROM account WHERE tenant = $1 AND id = $2",
                    ARGS(INT(tx->tenant), INT(account)), take_int, &found, err))
        return false;
    *has = found != 0;
    return true;
}

bool notice_put(struct tx *tx, const struct notice *notice, int64_t now, bool *has_job,
                struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct contact contact;
    bool goes_out = false;
    bool has;

    *has_job = false;
    if (!check(notice, err) || !has_account(tx, notice->account, &has, err))
        return false;
    if (!has)
        return true;
    if (!contact_get(tx, scratch, notice->account, now, &contact, err))
        return false;
    for (int i = 0; i < CONTACT_WAYS; i++) {
        const struct contact_entry *entry = &contact.ways[i];
        struct way way = {.way = (enum contact_way)i};
        bool is_wanted = (entry->kinds & (unsigned)notice->kind) != 0;

        if (i == CONTACT_SMS)
            is_wanted &= notice->sms.len > 0;
        if (i != CONTACT_PAGE)
            is_wanted &= entry->confirmed_at != 0;
        if (is_wanted && !put_row(tx, notice, &way, now, err))
            return false;
        goes_out |= is_wanted && i != CONTACT_PAGE;
    }
    return !goes_out || outbox_need(tx, now, now, has_job, err);
}

bool notice_put_direct(struct tx *tx, const struct notice_direct *direct, int64_t now,
                       bool *has_job, struct err *err)
{
    struct way way = {direct->way, direct->address, direct->until_at};

    *has_job = false;
    return check(&direct->notice, err) && put_row(tx, &direct->notice, &way, now, err) &&
           (direct->way == CONTACT_PAGE || outbox_need(tx, now, now, has_job, err));
}

bool notice_list(struct tx *tx, struct arena *arena, const struct notice_ask *ask,
                 struct notice_page *page, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT id, subject, body, template, register, record, flow, put_at, read_at"
                     " FROM notice WHERE tenant = $1 AND account = $2 AND channel = 'page'"
                     " AND ($3 = 0 OR id < $3) ORDER BY id DESC LIMIT $4",
                     ARGS(INT(tx->tenant), INT(ask->account), INT(ask->before), INT(ask->limit)),
                     err))
        return err_while(err, "listing notices");
    *page = (struct notice_page){ARENA_ARRAY(arena, struct notice_item, rows.count), rows.count};
    for (size_t i = 0; i < rows.count; i++)
        page->items[i] = (struct notice_item){
            .id = rows_int(&rows, i, 0),
            .subject = rows_text(&rows, i, 1),
            .body = rows_text(&rows, i, 2),
            .template = rows_text(&rows, i, 3),
            .no = rows_int(&rows, i, 4),
            .record = rows_int(&rows, i, 5),
            .flow = rows_int(&rows, i, 6),
            .put_at = rows_int(&rows, i, 7),
            .read_at = rows_int(&rows, i, 8),
        };
    return true;
}

bool notice_count_unread(struct tx *tx, int64_t account, int64_t *count, struct err *err)
{
    *count = 0;
    return store_each(tx,
                      "SELECT count(*) FROM (SELECT 1 FROM notice WHERE tenant = $1"
                      " AND account = $2 AND channel = 'page' AND read_at = 0 LIMIT $3) AS n",
                      ARGS(INT(tx->tenant), INT(account), INT(NOTICE_UNREAD_MAX + 1)), take_int,
                      count, err) ||
           err_while(err, "counting notices");
}

bool notice_read(struct tx *tx, int64_t account, int64_t id, int64_t up_to, int64_t now,
                 struct err *err)
{
    return store_exec(tx,
                      "UPDATE notice SET read_at = $5 WHERE tenant = $1 AND account = $2"
                      " AND channel = 'page' AND read_at = 0"
                      " AND (id = $3 OR ($3 = 0 AND id <= $4))",
                      ARGS(INT(tx->tenant), INT(account), INT(id), INT(up_to), INT(now)), err) ||
           err_while(err, "marking notices as read");
}
