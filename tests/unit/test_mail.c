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

static const struct check_test TESTS[] = {
    CHECK_TEST(receipts_are_there_beside_newer_reports_of_others),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
