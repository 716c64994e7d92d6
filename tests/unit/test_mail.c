#include "link/mail.h"

#include "farm.h"

enum {
    OTHERS = 101, /* as many as a file has receipts, and one */
};

static struct secret_key make_key(const char *name)
{
    struct secret_key key;
    struct err err = {0};
    struct str path = str_printf(check_arena(), "%.*s/key-%s", STR_ARG(check_folder()), name);

    CHECK_OK(secret_init(&err), &err);
    CHECK_OK(secret_load_key(path, &key, &err), &err);
    return key;
}

struct receiving {
    const struct secret_key *key;
    int64_t made_at;
    int64_t count;
};

static bool run_receive(struct tx *tx, void *data, struct err *err)
{
    const struct receiving *receiving = data;

    for (int64_t i = 0; i < receiving->count; i++) {
        struct report report = {.child = {.id = receiving->made_at},
                                .kind = STR("uprava.standing"),
                                .period = STR("2026-03-02"),
                                .version = i + 1,
                                .made_at = receiving->made_at,
                                .body = STR("{}"),
                                .digest = STR("-")};

        memcpy(report.key, receiving->key->public_bytes, sizeof report.key);
        if (!report_receive(tx, check_arena(), &report, HAMLET_NOW, err))
            return false;
    }
    return true;
}

static void receive(struct farm *farm, const struct secret_key *key, int64_t made_at, int64_t count)
{
    struct receiving receiving = {key, made_at, count};

    CHECK_OK(tenant_write_wait(farm->h.town.tenant, run_receive, &receiving, &farm->err),
             &farm->err);
}

static void receipts_are_there_beside_newer_reports_of_others(void)
{
    struct secret_key key = make_key("district"), other = make_key("other");
    struct peer peer = {.id = 7, .name = STR("district"), .has_key = true};
    struct farm farm;
    struct reply reply;

    farm_open(&farm);
    memcpy(peer.key, key.public_bytes, sizeof peer.key);
    receive(&farm, &key, 1000, 1);
    receive(&farm, &other, 2000, OTHERS);
    struct mail_desk desk = {.above = farm.h.town.tenant,
                             .library = farm.h.library,
                             .arena = check_arena(),
                             .now = HAMLET_NOW,
                             .peer = &peer};
    CHECK_OK(mail_summary(&desk, &reply, &farm.err), &farm.err);
    CHECK_INT((int64_t)reply.report_count, 1);
    CHECK_INT(reply.reports[0].made_at, 1000);
    peer.has_key = false;
    CHECK_OK(mail_summary(&desk, &reply, &farm.err), &farm.err);
    CHECK_INT((int64_t)reply.report_count, 0);
    farm_close(&farm);
}

static bool run_enter(struct tx *tx, void *data, struct err *err)
{
    return peer_enter(tx, check_arena(), data, err);
}

static struct peer enter(struct farm *farm, struct str fingerprint)
{
    struct peer_wish wish = {.name = STR("district"),
                             .title = STR("Район"),
                             .fingerprint = fingerprint,
                             .now = HAMLET_NOW};
    struct peer peer = {0};
    CLEANUP(tx_done) struct tx tx = {0};

    CHECK_OK(tenant_write_wait(farm->h.town.tenant, run_enter, &wish, &farm->err), &farm->err);
    CHECK_OK(tx_read(&tx, farm->h.town.tenant, &farm->err), &farm->err);
    CHECK_OK(peer_below(&tx, check_arena(), wish.name, &peer, &farm->err), &farm->err);
    return peer;
}

static struct str write_mail(struct farm *farm, const struct secret_key *key, int64_t reader)
{
    struct peer above = {.id = tenant_info(farm->h.town.tenant)->id, .reader = reader};
    struct edition_party from = {5, STR("farm"), STR("Хутор")};
    struct proposal one = {.uuid = STR("0b0e3f2c-1f6a-4d0e-9d1a-2f4c6a8e0b1d"),
                           .register_id = STR("hamlet.street"),
                           .record = 5,
                           .was = STR("{}"),
                           .patch = STR("{}"),
                           .reason = STR("так"),
                           .put_at = HAMLET_NOW};
    struct buf out = {.arena = check_arena()};

    mail_add(&out, key, &above, &from, &one);
    return buf_str(&out);
}

static void a_key_entered_meanwhile_is_not_undone(void)
{
    struct secret_key key = make_key("district"), other = make_key("other");
    struct farm farm;
    struct reply reply;
    struct str refused;

    farm_open(&farm);
    struct peer before = enter(&farm, STR(""));
    struct peer after = enter(&farm, edition_fingerprint(check_arena(), other.public_bytes));
    struct mail_desk desk = {.above = farm.h.town.tenant,
                             .library = farm.h.library,
                             .arena = check_arena(),
                             .now = HAMLET_NOW,
                             .peer = &before,
                             .is_line = true};
    CHECK(after.expected.len > 0);
    struct str text = write_mail(&farm, &key, before.id);
    CHECK(!mail_take(&desk, text, &reply, &refused, &farm.err));
    CHECK_INT(farm.err.code, ERR_DENIED);
    after = enter(&farm, STR(""));
    CHECK(!after.has_key && after.expected.len > 0);
    text = write_mail(&farm, &other, before.id);
    CHECK_OK(mail_take(&desk, text, &reply, &refused, &farm.err), &farm.err);
    CHECK(enter(&farm, STR("")).has_key);
    farm_close(&farm);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(receipts_are_there_beside_newer_reports_of_others),
    CHECK_TEST(a_key_entered_meanwhile_is_not_undone),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
