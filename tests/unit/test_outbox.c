/* What becomes of a notice between being put and being sent, with a clock that is moved. */
#include "notice/outbox.h"

#include "core/id.h"
#include "town.h"

#define NOW   INT64_C(1772438400000)
#define HOUR  (60 * 60 * INT64_C(1000))
#define COUNT "SELECT count(*) FROM notice WHERE tenant = $1"

struct desk {
    struct town town;
    int64_t now;
    int64_t account;
    struct notice notice;
    struct contact contact;
    struct outbox_day day;
    struct outbox_claim claim;
    struct outbox_end end;
    int64_t id;
    bool has_job;
    struct err err;
};

static bool run_create(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;
    struct account account = {
        .login = STR("ivanova"), .name = STR("Иванова"), .state = STR("active")};
    struct account_by by = {0, NOW};

    return account_create(tx, &account, STR("x"), by, &desk->account, err) &&
           contact_set(tx, desk->account, CONTACT_EMAIL, STR("i@example.ru"), by, err) &&
           contact_set(tx, desk->account, CONTACT_SMS, STR("+79131234567"), by, err) &&
           store_exec(tx, "UPDATE contact SET confirmed_at = 1, kinds = 7 WHERE tenant = $1",
                      ARGS(INT(tx->tenant)), err);
}

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;

    return notice_put(tx, &desk->notice, desk->now, &desk->has_job, err);
}

static bool run_direct(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;
    struct notice_direct direct = {desk->notice, CONTACT_EMAIL, STR("other@example.ru"),
                                   desk->now + HOUR};

    return notice_put_direct(tx, &direct, desk->now, &desk->has_job, err);
}

static bool run_retry(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;

    return outbox_retry(tx, desk->id, desk->now, &desk->has_job, err);
}

static bool run_sweep(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;

    return outbox_sweep(tx, desk->now, err);
}

static bool run_wish(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;
    struct contact contact;

    if (!contact_get(tx, check_arena(), desk->account, desk->now, &contact, err))
        return false;
    contact.ways[CONTACT_EMAIL].kinds = CONTACT_CASE;
    return contact_wish(tx, &contact, (struct account_by){desk->account, desk->now}, err);
}

static bool put(struct desk *desk, store_run *run)
{
    desk->err = (struct err){0};
    return tenant_write_wait(desk->town.tenant, run, desk, &desk->err);
}

static void open_desk(struct desk *desk)
{
    *desk = (struct desk){
        .now = NOW,
        .day = {.began_at = NOW - 9 * HOUR, .next_at = NOW + 24 * HOUR, .most = {0, 2, 1}}};
    town_open(&desk->town, NULL, 0);
    CHECK_OK(put(desk, run_create), &desk->err);
    desk->notice = (struct notice){.account = desk->account,
                                   .kind = CONTACT_CASE,
                                   .template = STR("town.visit"),
                                   .language = STR("ru"),
                                   .subject = STR("Осмотр"),
                                   .body = STR("Придём завтра.")};
}

static struct outbox_row *due(struct desk *desk, size_t *count)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct outbox_ask ask = {.now = desk->now, .ways = {false, true, true}, .limit = 10};
    struct outbox_page page;

    CHECK_OK(tx_read(&tx, desk->town.tenant, &desk->err), &desk->err);
    CHECK_OK(outbox_list_due(&tx, check_arena(), &ask, &page, &desk->err), &desk->err);
    *count = page.count;
    return page.rows;
}

static size_t count_due(struct desk *desk)
{
    size_t count;

    (void)due(desk, &count);
    return count;
}

static enum outbox_verdict claim(struct desk *desk, const struct outbox_row *row)
{
    desk->claim = (struct outbox_claim){.row = row,
                                        .day = &desk->day,
                                        .arena = check_arena(),
                                        .now = desk->now,
                                        .may_repeat = {false, true, false}};
    CHECK_OK(tenant_write_wait(desk->town.tenant, outbox_claim, &desk->claim, &desk->err),
             &desk->err);
    return desk->claim.verdict;
}

static void end(struct desk *desk, enum outbox_outcome outcome)
{
    desk->end = (struct outbox_end){&desk->claim.taken, outcome, STR("why"), desk->now, false};
    CHECK_OK(tenant_write_wait(desk->town.tenant, outbox_end, &desk->end, &desk->err), &desk->err);
}

static void put_and_take(struct desk *desk)
{
    size_t count;

    CHECK_OK(put(desk, run_put), &desk->err);
    struct outbox_row *rows = due(desk, &count);
    CHECK_INT((int64_t)count, 1);
    CHECK_INT(claim(desk, &rows[0]), OUTBOX_SEND);
}

static int64_t count(struct desk *desk, const char *where)
{
    return town_count(&desk->town,
                      str_to_z(check_arena(), str_printf(check_arena(), COUNT " AND %s", where)));
}

static void notice_is_a_row_for_each_way_that_is_wanted(void)
{
    struct desk desk;

    open_desk(&desk);
    CHECK_OK(put(&desk, run_put), &desk.err);
    CHECK(desk.has_job);
    CHECK_INT(count(&desk, "channel = 'page' AND state = 'sent'"), 1);
    CHECK_INT(count(&desk, "channel = 'email' AND state = 'waiting'"), 1);
    CHECK_INT(count(&desk, "channel = 'sms'"), 0); /* it has no short variant */
    desk.notice.sms = STR("Осмотр завтра");
    CHECK_OK(put(&desk, run_put), &desk.err);
    CHECK_INT(count(&desk, "channel = 'sms' AND body = 'Осмотр завтра'"), 1);
    CHECK_INT(town_count(&desk.town, "SELECT count(*) FROM job WHERE tenant = $1"), 1);
    town_close(&desk.town);
}

static void nobody_is_told_what_they_do_not_want(void)
{
    struct desk desk;

    open_desk(&desk);
    CHECK_OK(put(&desk, run_wish), &desk.err);
    desk.notice.kind = CONTACT_NEWS;
    CHECK_OK(put(&desk, run_put), &desk.err);
    CHECK_INT(count(&desk, "channel = 'email'"), 0);
    CHECK_INT(count(&desk, "channel = 'page'"), 1);
    desk.notice.kind = CONTACT_CASE;
    CHECK_OK(put(&desk, run_put), &desk.err);
    CHECK_INT(count(&desk, "channel = 'email'"), 1);
    town_close(&desk.town);
}

static void account_that_is_gone_is_told_nothing(void)
{
    struct desk desk;

    open_desk(&desk);
    desk.notice.account++;
    CHECK_OK(put(&desk, run_put), &desk.err);
    CHECK_INT(town_count(&desk.town, COUNT), 0);
    town_close(&desk.town);
}

static void one_is_taken_once(void)
{
    struct desk desk;
    size_t number;

    open_desk(&desk);
    CHECK_OK(put(&desk, run_put), &desk.err);
    struct outbox_row *rows = due(&desk, &number);
    CHECK_INT(claim(&desk, &rows[0]), OUTBOX_SEND);
    CHECK_STR(desk.claim.taken.address, STR("i@example.ru"));
    CHECK_STR(desk.claim.taken.body, STR("Придём завтра."));
    CHECK_INT(claim(&desk, &rows[0]), OUTBOX_OTHER);
    CHECK_INT((int64_t)count_due(&desk), 0);
    town_close(&desk.town);
}

static void what_is_sent_is_sent(void)
{
    struct desk desk;

    open_desk(&desk);
    put_and_take(&desk);
    end(&desk, OUTBOX_SENT);
    CHECK_INT(count(&desk, "channel = 'email' AND state = 'sent' AND sent_at > 0"), 1);
    desk.now += 100 * HOUR;
    CHECK_INT((int64_t)count_due(&desk), 0);
    town_close(&desk.town);
}

/* 1, 2, 4 … minutes, then every six hours, and after three days no more. */
static void what_fails_is_tried_later_and_later_and_given_up_after_three_days(void)
{
    struct desk desk;
    int tries = 0;
    size_t number;

    open_desk(&desk);
    put_and_take(&desk);
    for (tries = 1; tries < 100; tries++) {
        end(&desk, OUTBOX_AGAIN);
        if (desk.end.has_ended)
            break;
        CHECK_INT((int64_t)count_due(&desk), 0);
        desk.now += outbox_pause(tries);
        struct outbox_row *rows = due(&desk, &number);
        CHECK_INT((int64_t)number, 1);
        CHECK_INT(claim(&desk, &rows[0]), OUTBOX_SEND);
    }
    CHECK(desk.now - NOW >= OUTBOX_AGE_MAX_MS && desk.now - NOW < OUTBOX_AGE_MAX_MS + 6 * HOUR);
    CHECK(tries > 15 && tries < 30);
    CHECK_INT(count(&desk, "state = 'given_up' AND reason = 'why'"), 1);
    CHECK_INT(outbox_pause(1), OUTBOX_PAUSE_MS);
    CHECK_INT(outbox_pause(2), 2 * OUTBOX_PAUSE_MS);
    CHECK_INT(outbox_pause(50), OUTBOX_PAUSE_MAX_MS);
    town_close(&desk.town);
}

static void what_is_refused_is_not_tried_again_until_staff_says_so(void)
{
    struct desk desk;

    open_desk(&desk);
    put_and_take(&desk);
    end(&desk, OUTBOX_REFUSED);
    CHECK(desk.end.has_ended);
    desk.now += 100 * HOUR;
    CHECK_INT((int64_t)count_due(&desk), 0);
    desk.id = desk.claim.taken.id;
    CHECK_OK(put(&desk, run_retry), &desk.err);
    CHECK_INT((int64_t)count_due(&desk), 1);
    town_close(&desk.town);
}

/* A server that dies while it sends leaves the row taken. */
static void letter_that_may_have_gone_is_sent_again(void)
{
    struct desk desk;
    size_t number;

    open_desk(&desk);
    put_and_take(&desk);
    CHECK_INT((int64_t)count_due(&desk), 0);
    desk.now += OUTBOX_LEASE_MS;
    struct outbox_row *rows = due(&desk, &number);
    CHECK_INT((int64_t)number, 1);
    CHECK_INT(claim(&desk, &rows[0]), OUTBOX_SEND);
    end(&desk, OUTBOX_SENT);
    CHECK_INT(count(&desk, "channel = 'email' AND state = 'sent'"), 1);
    town_close(&desk.town);
}

/* Who comes back after somebody else took it changes nothing. */
static void end_that_comes_late_changes_nothing(void)
{
    struct desk desk;
    size_t number;

    open_desk(&desk);
    put_and_take(&desk);
    struct outbox_row first = desk.claim.taken;
    desk.now += OUTBOX_LEASE_MS;
    struct outbox_row *rows = due(&desk, &number);
    CHECK_INT(claim(&desk, &rows[0]), OUTBOX_SEND);
    struct outbox_row second = desk.claim.taken;
    desk.claim.taken = first;
    end(&desk, OUTBOX_REFUSED);
    CHECK(!desk.end.has_ended);
    desk.claim.taken = second;
    end(&desk, OUTBOX_SENT);
    CHECK_INT(count(&desk, "channel = 'email' AND state = 'sent'"), 1);
    town_close(&desk.town);
}

static void sms_that_may_have_gone_is_given_up_where_a_double_is_not_recognised(void)
{
    struct desk desk;
    size_t number;

    open_desk(&desk);
    desk.notice.sms = STR("Осмотр");
    CHECK_OK(put(&desk, run_put), &desk.err);
    struct outbox_row *rows = due(&desk, &number);
    CHECK_INT((int64_t)number, 2);
    size_t sms = rows[0].way == CONTACT_SMS ? 0 : 1;
    CHECK_INT(claim(&desk, &rows[sms]), OUTBOX_SEND);
    desk.now += OUTBOX_LEASE_MS;
    rows = due(&desk, &number);
    sms = rows[0].way == CONTACT_SMS ? 0 : 1;
    CHECK_INT(claim(&desk, &rows[sms]), OUTBOX_OTHER);
    CHECK(desk.claim.has_ended);
    CHECK_INT(count(&desk, "channel = 'sms' AND state = 'given_up'"), 1);
    town_close(&desk.town);
}

static void send_all(struct desk *desk)
{
    size_t number;
    struct outbox_row *rows = due(desk, &number);

    for (size_t i = 0; i < number; i++)
        if (claim(desk, &rows[i]) == OUTBOX_SEND)
            end(desk, OUTBOX_SENT);
}

static void what_is_too_much_for_a_day_is_gathered_for_the_next(void)
{
    struct desk desk;

    open_desk(&desk);
    for (int i = 0; i < 5; i++)
        CHECK_OK(put(&desk, run_put), &desk.err);
    send_all(&desk);
    CHECK_INT(count(&desk, "channel = 'email' AND state = 'sent'"), 2);
    CHECK_INT(count(&desk, "channel = 'email' AND state = 'held'"), 3);
    CHECK_INT((int64_t)count_due(&desk), 0);
    desk.now = desk.day.next_at;
    desk.day.began_at += 24 * HOUR;
    desk.day.next_at += 24 * HOUR;
    send_all(&desk);
    CHECK_INT(count(&desk, "channel = 'email' AND state = 'sent'"), 3);
    CHECK_INT(count(&desk, "state = 'gathered'"), 2);
    CHECK_INT(count(&desk, "subject = 'Осмотр (+2)' AND state = 'sent'"), 1);
    town_close(&desk.town);
}

static void code_goes_past_the_limit_and_leaves_no_text(void)
{
    struct desk desk;
    size_t number;

    open_desk(&desk);
    desk.day.most[CONTACT_EMAIL] = 0;
    CHECK_OK(put(&desk, run_direct), &desk.err);
    struct outbox_row *rows = due(&desk, &number);
    CHECK_INT((int64_t)number, 1);
    CHECK_INT(claim(&desk, &rows[0]), OUTBOX_SEND);
    CHECK_STR(desk.claim.taken.address, STR("other@example.ru"));
    end(&desk, OUTBOX_SENT);
    CHECK_INT(count(&desk, "body = '' AND state = 'sent'"), 1);
    town_close(&desk.town);
}

static void code_that_would_come_too_late_is_given_up(void)
{
    struct desk desk;
    size_t number;

    open_desk(&desk);
    CHECK_OK(put(&desk, run_direct), &desk.err);
    desk.now += HOUR;
    struct outbox_row *rows = due(&desk, &number);
    CHECK_INT(claim(&desk, &rows[0]), OUTBOX_OTHER);
    CHECK_INT(count(&desk, "body = '' AND state = 'given_up'"), 1);
    town_close(&desk.town);
}

static void old_ones_go(void)
{
    struct desk desk;

    open_desk(&desk);
    put_and_take(&desk);
    end(&desk, OUTBOX_SENT);
    desk.now += (int64_t)NOTICE_KEPT_DAYS * 24 * HOUR;
    CHECK_OK(put(&desk, run_sweep), &desk.err);
    CHECK_INT(town_count(&desk.town, COUNT), 2);
    desk.now += HOUR;
    CHECK_OK(put(&desk, run_sweep), &desk.err);
    CHECK_INT(town_count(&desk.town, COUNT), 0);
    town_close(&desk.town);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(notice_is_a_row_for_each_way_that_is_wanted),
    CHECK_TEST(nobody_is_told_what_they_do_not_want),
    CHECK_TEST(account_that_is_gone_is_told_nothing),
    CHECK_TEST(one_is_taken_once),
    CHECK_TEST(what_is_sent_is_sent),
    CHECK_TEST(what_fails_is_tried_later_and_later_and_given_up_after_three_days),
    CHECK_TEST(what_is_refused_is_not_tried_again_until_staff_says_so),
    CHECK_TEST(letter_that_may_have_gone_is_sent_again),
    CHECK_TEST(end_that_comes_late_changes_nothing),
    CHECK_TEST(sms_that_may_have_gone_is_given_up_where_a_double_is_not_recognised),
    CHECK_TEST(what_is_too_much_for_a_day_is_gathered_for_the_next),
    CHECK_TEST(code_goes_past_the_limit_and_leaves_no_text),
    CHECK_TEST(code_that_would_come_too_late_is_given_up),
    CHECK_TEST(old_ones_go),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
