#include "auth/journal.h"

#include "stand.h"

static struct err err;
static struct store *store;

static struct tenant *open_town(void)
{
    struct store_options options = {
        .folder = check_folder(), .database = stand_database(), .writers = 1};
    struct tenant *tenant;

    err = (struct err){0};
    CHECK_OK(secret_init(&err), &err);
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_create_tenant(store, STR("town"), STR("Город"), 0, 7, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
    return tenant;
}

static void close_town(struct tenant **tenant)
{
    store_release(tenant);
    store_close(&store);
}

struct batch {
    int count;
    int64_t first;
    bool fails;
};

static bool add_some(struct tx *tx, void *data, struct err *why)
{
    struct batch *batch = data;

    for (int i = 0; i < batch->count; i++) {
        struct journal_entry entry = {.at = 1000 + i,
                                      .actor = 5 + i % 2,
                                      .action = i % 2 ? STR("read") : STR("sign-in"),
                                      .no = 3 * (i % 2),
                                      .record = 70 * (i % 2),
                                      .detail = STR("{}")};
        int64_t next = journal_next(tx);

        if (!journal_add(tx, &entry, why))
            return false;
        CHECK_INT(entry.seq, next);
        if (i == 0)
            batch->first = entry.seq;
    }
    return !batch->fails || err_set(why, ERR_CONFLICT, "changed its mind");
}

static size_t list(struct tenant *tenant, struct journal_ask ask, struct journal_entry **entries)
{
    CLEANUP(tx_done) struct tx tx = {0};
    size_t count;

    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(journal_list(&tx, check_arena(), &ask, entries, &count, &err), &err);
    return count;
}

static void entries_are_numbered_and_chained_over_transactions(void)
{
    struct tenant *tenant = open_town();
    struct batch batch = {.count = 3};
    struct journal_entry *entries;

    CHECK_OK(tenant_write_wait(tenant, add_some, &batch, &err), &err);
    CHECK_INT(batch.first, 1);
    CHECK_OK(tenant_write_wait(tenant, add_some, &batch, &err), &err);
    CHECK_INT(batch.first, 4);
    CHECK_INT((int64_t)list(tenant, (struct journal_ask){.after = 1, .limit = 10}, &entries), 5);
    for (int i = 0; i < 5; i++) {
        CHECK_INT(entries[i].seq, i + 2);
        CHECK_INT((int64_t)entries[i].hash.len, 43);
        CHECK(i == 0 || !str_equal(entries[i].hash, entries[i - 1].hash));
    }
    close_town(&tenant);
}

static void a_write_that_fails_leaves_no_gap(void)
{
    struct tenant *tenant = open_town();
    struct batch good = {.count = 1};
    struct batch failing = {.count = 2, .fails = true};

    CHECK_OK(tenant_write_wait(tenant, add_some, &good, &err), &err);
    CHECK(!tenant_write_wait(tenant, add_some, &failing, &err));
    CHECK_INT(err.code, ERR_CONFLICT);
    CHECK_OK(tenant_write_wait(tenant, add_some, &good, &err), &err);
    CHECK_INT(good.first, 2);
    close_town(&tenant);
}

static void the_list_is_filtered_and_paged_both_ways(void)
{
    struct tenant *tenant = open_town();
    struct batch batch = {.count = 10};
    struct journal_entry *entries;

    CHECK_OK(tenant_write_wait(tenant, add_some, &batch, &err), &err);
    CHECK_INT((int64_t)list(tenant, (struct journal_ask){.limit = 4}, &entries), 4);
    CHECK_INT(entries[0].seq, 10);
    CHECK_INT(entries[3].seq, 7);
    CHECK_INT((int64_t)list(tenant, (struct journal_ask){.before = 3, .limit = 4}, &entries), 2);
    CHECK_INT(entries[0].seq, 2);
    CHECK_INT((int64_t)list(tenant, (struct journal_ask){.actor = 6, .limit = 99}, &entries), 5);
    CHECK_INT((int64_t)list(tenant,
                            (struct journal_ask){.action = STR("sign-in"), .after = 5, .limit = 9},
                            &entries),
              2);
    CHECK_INT(entries[0].seq, 7);
    CHECK_INT(
        (int64_t)list(tenant, (struct journal_ask){.no = 3, .record = 70, .limit = 9}, &entries),
        5);
    CHECK_INT(entries[0].seq, 10);
    CHECK_STR(entries[0].action, STR("read"));
    CHECK_INT(
        (int64_t)list(tenant, (struct journal_ask){.no = 3, .record = 71, .limit = 9}, &entries),
        0);
    CHECK_INT((int64_t)list(tenant, (struct journal_ask){.no = 3, .limit = 2}, &entries), 2);
    close_town(&tenant);
}

static bool add_look(struct tx *tx, void *data, struct err *why)
{
    struct journal_entry entry = {
        .at = 1000, .actor = 5, .action = STR("read"), .no = 3, .detail = STR("[]")};

    (void)data;
    return journal_add(tx, &entry, why);
}

static void looks_at_lists_are_found_among_those_at_records(void)
{
    struct tenant *tenant = open_town();
    struct batch batch = {.count = 10};
    struct journal_entry *entries;

    CHECK_OK(tenant_write_wait(tenant, add_look, NULL, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, add_some, &batch, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, add_look, NULL, &err), &err);
    struct journal_ask ask = {.no = 3, .action = STR("read"), .is_list = true, .limit = 9};

    CHECK_INT((int64_t)list(tenant, ask, &entries), 2);
    CHECK_INT(entries[0].seq, 12);
    CHECK_INT(entries[1].seq, 1);
    ask.before = 12;
    CHECK_INT((int64_t)list(tenant, ask, &entries), 1);
    ask.no = 4;
    CHECK_INT((int64_t)list(tenant, ask, &entries), 0);
    close_town(&tenant);
}

static void digests_are_salted(void)
{
    struct str salt, other;
    char digest[44];

    CHECK_OK(secret_init(&err), &err);
    journal_salt(check_arena(), &salt);
    journal_salt(check_arena(), &other);
    CHECK_INT((int64_t)salt.len, 22);
    CHECK(!str_equal(salt, other));
    journal_digest_into(digest, salt, STR("{}"));
    CHECK_STR(journal_digest(check_arena(), salt, STR("{}")), str_from_z(digest));
    CHECK(!str_equal(journal_digest(check_arena(), other, STR("{}")), str_from_z(digest)));
    /* sha256 of "abc", FIPS 180-4's example, as base64url */
    journal_digest_into(digest, STR("a"), STR("bc"));
    CHECK_STR(str_from_z(digest), STR("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(entries_are_numbered_and_chained_over_transactions),
        CHECK_TEST(a_write_that_fails_leaves_no_gap),
        CHECK_TEST(the_list_is_filtered_and_paged_both_ways),
        CHECK_TEST(looks_at_lists_are_found_among_those_at_records),
        CHECK_TEST(digests_are_salted),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
