#include "notice/notice_job.h"

#include "auth/policy.h"
#include "core/id.h"
#include "core/log.h"
#include "core/num.h"
#include "core/time.h"
#include "queue/worker.h"
#include "store/rows.h"

enum {
    BATCH = 50,
    BATCHES_MAX = 20, /* then others have their turn */
    LATER_MS = 60 * 60 * 1000,
    MORNING_MS = 9 * 60 * 60 * 1000, /* when what was held goes on */
    STAFF_MAX = 50,
    MOST_MAX = 1000,
};

#define UNDELIVERED STR("uprava.undelivered")

static const int64_t MOST[CONTACT_WAYS] = {[CONTACT_EMAIL] = 10, [CONTACT_SMS] = 3};

int64_t notice_job_most(const struct catalog *catalog, enum contact_way way)
{
    struct str name = way == CONTACT_SMS ? STR("notice_sms_per_day") : STR("notice_email_per_day");
    int64_t most;

    if (num_parse_int(catalog_setting(catalog, name), &most) && most >= 0 && most <= MOST_MAX)
        return most;
    return MOST[way];
}

/* One run of the job. */
struct run {
    const struct notice_place *place;
    const struct catalog *catalog;
    struct carrier carrier;
    struct outbox_day day;
    bool is_away[CONTACT_WAYS];
    bool is_stopped;
    int64_t now; /* goes on while it runs */
    struct notice_tally *tally;
    struct arena *arena; /* the run's */
};

static struct str site_of(const struct run *run)
{
    struct str address = catalog_setting(run->catalog, STR("address"));
    struct str host = tenant_info(run->place->tenant)->host;

    if (address.len == 0 && host.len > 0)
        return str_printf(run->arena, "https://%.*s", STR_ARG(host));
    while (str_ends(address, STR("/")))
        address.len--;
    return address;
}

static bool begin(struct run *run, struct err *err)
{
    const struct notice_place *place = run->place;
    const struct store_tenant *info = tenant_info(place->tenant);
    int64_t offset_ms;

    if (!catalog_get(place->tenant, place->library, &run->catalog, err))
        return false;
    offset_ms = catalog_utc_offset(run->catalog) * (int64_t)TIME_MINUTE_MS;
    run->now = place->now;
    run->day.began_at = catalog_day(run->catalog, place->now) * TIME_DAY_MS - offset_ms;
    run->day.next_at = run->day.began_at + TIME_DAY_MS + MORNING_MS;
    for (int i = CONTACT_EMAIL; i < CONTACT_WAYS; i++)
        run->day.most[i] = notice_job_most(run->catalog, (enum contact_way)i);
    run->carrier = (struct carrier){
        .mail = delivery_mail_of(place->delivery, info->name),
        .sms = delivery_sms_of(place->delivery, info->name),
        .site = site_of(run),
        .title = info->title,
        .sender_name = catalog_setting(run->catalog, STR("notice_sender")),
        .reply_to = catalog_setting(run->catalog, STR("notice_reply_to")),
        .tenant = info->id,
        .total_ms = place->total_ms,
    };
    return true;
}

/* Where it leads nowhere that is a reason, too: after three days staff is told. */
static void carry(struct run *run, struct arena *arena, const struct outbox_row *row,
                  struct carrier_end *end)
{
    if (carrier_has(&run->carrier, row->way))
        carrier_send(&run->carrier, arena, row, run->now, end);
    else
        *end = (struct carrier_end){.outcome = OUTBOX_AGAIN,
                                    .is_away = true,
                                    .reason = row->way == CONTACT_EMAIL
                                                  ? STR("no mail server is set up on this server")
                                                  : STR("no SMS gateway is set up on this server")};
}

static bool send_one(struct run *run, const struct outbox_row *row, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct outbox_claim claim = {.row = row, .day = &run->day, .arena = arena, .now = run->now};
    struct outbox_end end = {.row = &claim.taken, .now = run->now};
    struct carrier_end carried = {0};

    claim.may_repeat[CONTACT_EMAIL] = true;
    claim.may_repeat[CONTACT_SMS] = run->carrier.sms != NULL && run->carrier.sms->has_id;
    if (!tenant_write_wait(run->place->tenant, outbox_claim, &claim, err))
        return false;
    run->tally->failed += claim.has_ended;
    run->tally->held += claim.is_held;
    if (claim.verdict != OUTBOX_SEND)
        return true;
    carry(run, arena, &claim.taken, &carried);
    end.outcome = carried.outcome;
    end.reason = carried.reason;
    run->is_away[row->way] |= carried.is_away;
    if (!tenant_write_wait(run->place->tenant, outbox_end, &end, err))
        return false;
    run->tally->sent += carried.outcome == OUTBOX_SENT;
    run->tally->failed += end.has_ended;
    if (carried.is_away)
        LOG(LOG_WARN, "notice.unsent", {"tenant", tenant_info(run->place->tenant)->name},
            {"way", contact_ways[row->way]}, {"reason", carried.reason});
    return true;
}

static bool send_some(struct run *run, size_t *count, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(tx_done) struct tx tx = {0};
    struct outbox_ask ask = {.now = run->place->now, .limit = BATCH};
    struct outbox_page page;

    for (int i = 0; i < CONTACT_WAYS; i++)
        ask.ways[i] = !run->is_away[i];
    if (!tx_read(&tx, run->place->tenant, err) || !outbox_list_due(&tx, arena, &ask, &page, err))
        return false;
    tx_done(&tx);
    *count = page.count;
    for (size_t i = 0; i < page.count && !run->is_stopped; i++) {
        run->now = run->place->clock != NULL ? run->place->clock() : run->place->now;
        if (!run->is_away[page.rows[i].way] && !send_one(run, &page.rows[i], err))
            return false;
        run->is_stopped = run->place->go_on != NULL && !run->place->go_on(run->place->data);
    }
    return true;
}

/* Those who look after the settings; of one who did not read the last one yet, nobody is told
 * again. */
static bool tell_account(struct tx *tx, int64_t account, int64_t now, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct notice_direct direct = {
        .notice = {.account = account,
                   .kind = CONTACT_WORK,
                   .template = UNDELIVERED,
                   .subject = STR("Some messages could not be delivered"),
                   .body = STR("What became of them, and why, stands on the page Notices of the "
                               "settings.")},
        .way = CONTACT_PAGE};
    struct rows rows;
    bool has_job;

    if (!store_query(tx, scratch, &rows,
                     "SELECT id FROM notice WHERE tenant = $1 AND account = $2"
                     " AND channel = 'page' AND read_at = 0 AND template = $3 LIMIT 1",
                     ARGS(INT(tx->tenant), INT(account), TEXT(UNDELIVERED)), err))
        return false;
    return rows.count > 0 || notice_put_direct(tx, &direct, now, &has_job, err);
}

static bool tell_role(struct tx *tx, struct str role, int64_t now, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct rows rows;

    if (!store_query(tx, scratch, &rows,
                     "SELECT account FROM account_role WHERE tenant = $1 AND role = $2"
                     " ORDER BY account LIMIT $3",
                     ARGS(INT(tx->tenant), TEXT(role), INT(STAFF_MAX)), err))
        return err_while(err, "looking who is to be told");
    for (size_t i = 0; i < rows.count; i++)
        if (!tell_account(tx, rows_int(&rows, i, 0), now, err))
            return false;
    return true;
}

static bool write_tell(struct tx *tx, void *data, struct err *err)
{
    const struct run *run = data;
    const struct policy *policy = run->catalog->model->policy;
    size_t count;
    const struct policy_role *roles = policy_roles(policy, &count);

    for (size_t i = 0; i < count; i++)
        if ((policy_rights_of(policy, &roles[i].id, 1).admin & POLICY_SETTINGS) != 0 &&
            !tell_role(tx, roles[i].id, run->place->now, err))
            return false;
    return true;
}

static bool write_sweep(struct tx *tx, void *data, struct err *err)
{
    const struct notice_place *place = data;

    return outbox_sweep(tx, place->now, err);
}

static bool find_next(struct run *run, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    bool is_away = run->is_away[CONTACT_EMAIL] || run->is_away[CONTACT_SMS];

    if (!tx_read(&tx, run->place->tenant, err) || !outbox_next(&tx, &run->tally->next_at, err))
        return false;
    if (is_away && run->tally->next_at < INT64_MAX)
        run->tally->next_at = MAX(run->tally->next_at, run->place->now + OUTBOX_PAUSE_MS);
    return true;
}

static bool go(struct run *run, struct err *err)
{
    size_t count = 1;

    if (!begin(run, err))
        return false;
    for (int i = 0; i < BATCHES_MAX && count > 0 && !run->is_stopped; i++)
        if (!send_some(run, &count, err))
            return false;
    if (run->tally->failed > 0 && !tenant_write_wait(run->place->tenant, write_tell, run, err))
        return false;
    return tenant_write_wait(run->place->tenant, write_sweep, (void *)run->place, err) &&
           find_next(run, err);
}

bool notice_job_go(const struct notice_place *place, struct notice_tally *tally, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct run run = {.place = place, .tally = tally, .arena = arena};

    *tally = (struct notice_tally){.next_at = INT64_MAX};
    bool ok = go(&run, err);
    carrier_close(&run.carrier);
    return ok;
}

bool notice_job_try(const struct notice_place *place, struct arena *arena, enum contact_way way,
                    struct str address, struct carrier_end *end, struct err *err)
{
    struct notice_tally tally = {0};
    struct run run = {.place = place, .tally = &tally, .arena = arena};
    struct outbox_row row = {.id = id_next(place->now),
                             .way = way,
                             .address = address,
                             .subject = STR("Проверка связи"),
                             .body = STR("Это пробное сообщение: отправка настроена.")};

    if (!begin(&run, err))
        return false;
    carry(&run, arena, &row, end);
    carrier_close(&run.carrier);
    return true;
}

struct working {
    struct worker_task *task;
    int64_t done;
};

static bool go_on(void *data)
{
    struct working *working = data;
    bool is_stopping = false;
    struct err err;

    working->done++;
    return worker_report(working->task, STR("Sending notices"), working->done, 0, (struct str){0},
                         &is_stopping, &err) &&
           !is_stopping;
}

static bool run_job(struct worker_task *task, struct str *result, struct err *err)
{
    const struct notice_job_context *context = task->context;
    struct working working = {.task = task};
    struct notice_place place = {.tenant = task->tenant,
                                 .library = context->library,
                                 .delivery = context->delivery,
                                 .now = context->clock(),
                                 .clock = context->clock,
                                 .go_on = go_on,
                                 .data = &working};
    struct notice_tally tally;

    task->may_rest = true;
    if (!notice_job_go(&place, &tally, err)) {
        if (err->code == ERR_UNAVAILABLE)
            return false;
        LOG(LOG_WARN, "notice.job", {"reason", str_from_z(err->text)});
        tally.next_at = place.now + LATER_MS;
    }
    if (!worker_again(task, tally.next_at, place.now, err))
        return false;
    *result = STR("{}");
    return true;
}

const struct worker_kind notice_job_kind = {.name = STR_INIT("notice.send"), .run = run_job};
