#include "auth/journal.h"

#include "core/file.h"
#include "stand.h"

#include <string.h>

enum {
    REGISTER = 3,
};

static struct err err;
static struct store *store;
static struct tenant *tenant;
static struct secret_key key;

static bool write_slice(struct tx *tx, int64_t id, struct str body, bool is_new, struct err *why)
{
    struct str salt;
    char digest[44];

    journal_salt(check_arena(), &salt);
    journal_digest_into(digest, salt, body);
    struct journal_entry entry = {.at = 1000,
                                  .actor = 5,
                                  .action = is_new ? STR("create") : STR("change"),
                                  .no = REGISTER,
                                  .record = id,
                                  .digest = str_from_z(digest)};
    if (!journal_add(tx, &entry, why))
        return false;
    return store_exec(tx,
                      "INSERT INTO history (tenant, register, id, known_to, valid_from, known_from,"
                      " salt, body) SELECT tenant, register, id, $4, valid_from, version, salt,"
                      " body FROM record WHERE tenant = $1 AND register = $2 AND id = $3",
                      ARGS(INT(tx->tenant), INT(REGISTER), INT(id), INT(entry.seq)), why) &&
           store_exec(tx, "DELETE FROM record WHERE tenant = $1 AND register = $2 AND id = $3",
                      ARGS(INT(tx->tenant), INT(REGISTER), INT(id)), why) &&
           store_exec(tx,
                      "INSERT INTO record (tenant, register, id, valid_from, version, changed_at,"
                      " salt, body) VALUES ($1, $2, $3, 0, $4, 1000, $5, $6)",
                      ARGS(INT(tx->tenant), INT(REGISTER), INT(id), INT(entry.seq), TEXT(salt),
                           TEXT(body)),
                      why);
}

/* Entries 1 to 4: two records, one of them changed, a read. */
static bool fill(struct tx *tx, void *data, struct err *why)
{
    struct journal_entry read = {.at = 1001,
                                 .actor = -1,
                                 .action = STR("read"),
                                 .no = REGISTER,
                                 .cause = 9,
                                 .detail = STR("{\"ids\":[1,2]}")};

    (void)data;
    return write_slice(tx, 71, STR("{\"a\":1}"), true, why) &&
           write_slice(tx, 72, STR("{\"a\":2}"), true, why) &&
           write_slice(tx, 71, STR("{\"a\":3}"), false, why) && journal_add(tx, &read, why);
}

static bool anchor(struct tx *tx, void *data, struct err *why)
{
    return journal_anchor(tx, data != NULL ? data : &key, 2000, why);
}

static bool exec(struct tx *tx, void *data, struct err *why)
{
    return store_exec(tx, data, (struct store_args){0}, why);
}

/* What somebody with the file in hand would do. */
static void tamper(const char *sql)
{
    CHECK_OK(tenant_write_wait(tenant, exec, (void *)(uintptr_t)sql, &err), &err);
}

static void open_town(void)
{
    struct store_options options = {
        .folder = check_folder(), .database = stand_database(), .writers = 1};

    err = (struct err){0};
    CHECK_OK(secret_init(&err), &err);
    CHECK_OK(secret_load_key(file_join(check_arena(), check_folder(), STR("node.key")), &key, &err),
             &err);
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_create_tenant(store, STR("town"), STR("Город"), 0, 7, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, fill, NULL, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, anchor, NULL, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, anchor, NULL, &err), &err); /* nothing moved: none */
}

static void close_town(void)
{
    store_release(&tenant);
    store_close(&store);
}

static struct journal_report verify(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct journal_report report;

    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(journal_verify(&tx, check_arena(), key.public_bytes, &report, &err), &err);
    CHECK_OK(journal_verify_bodies(&tx, check_arena(), &report, &err), &err);
    return report;
}

static void expect_bad(const char *sql, int64_t seq, const char *words)
{
    struct journal_report report;

    open_town();
    tamper(sql);
    report = verify();
    CHECK_INT(report.bad, seq);
    if (strstr(str_to_z(check_arena(), report.what), words) == NULL)
        CHECK_STR(report.what, str_from_z(words));
    close_town();
    CHECK_OK(file_remove_tree(check_folder(), &err), &err);
    CHECK_OK(file_make_folder(check_folder(), &err), &err);
    stand_renew();
}

static void an_untouched_journal_is_good(void)
{
    struct journal_report report;

    open_town();
    report = verify();
    CHECK_STR(report.what, STR(""));
    CHECK_INT(report.bad, 0);
    CHECK_INT(report.entries, 4);
    CHECK_INT(report.anchors, 1);
    CHECK_INT(report.last_anchored, 4);
    CHECK_INT(report.bodies, 3);
    CHECK_INT(report.foreign, 0);
    close_town();
}

static void an_empty_journal_is_good(void)
{
    struct store_options options = {
        .folder = check_folder(), .database = stand_database(), .writers = 1};
    struct journal_report report;

    CHECK_OK(secret_init(&err), &err);
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_create_tenant(store, STR("town"), STR("Город"), 0, 7, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, anchor, NULL, &err), &err);
    report = verify();
    CHECK_INT(report.bad, 0);
    CHECK_INT(report.entries + report.anchors, 0);
    close_town();
}

static void any_changed_field_is_named_by_its_entry(void)
{
    static const char *const CHANGES[] = {
        "UPDATE journal SET at = at + 1 WHERE seq = 4",
        "UPDATE journal SET actor = 6 WHERE seq = 4",
        "UPDATE journal SET action = 'write' WHERE seq = 4",
        "UPDATE journal SET register = NULL WHERE seq = 4",
        "UPDATE journal SET record = 1 WHERE seq = 4",
        "UPDATE journal SET cause = 8 WHERE seq = 4",
        "UPDATE journal SET digest = detail, detail = NULL WHERE seq = 4",
        "UPDATE journal SET detail = '{}' WHERE seq = 4",
        "UPDATE journal SET hash = (SELECT hash FROM journal WHERE seq = 3) WHERE seq = 4",
    };

    for (size_t i = 0; i < ARRAY_LEN(CHANGES); i++)
        expect_bad(CHANGES[i], 4, "hash does not follow");
    expect_bad("UPDATE journal SET at = 0 WHERE seq = 2", 2, "hash does not follow");
}

static void missing_and_added_entries_are_named(void)
{
    expect_bad("DELETE FROM journal WHERE seq = 2", 2, "is missing");
    expect_bad("DELETE FROM journal WHERE seq = 1", 1, "is missing");
    expect_bad("DELETE FROM journal WHERE seq = 4", 4, "does not end where its head says");
    expect_bad("INSERT INTO journal (tenant, seq, at, actor, action, hash)"
               " SELECT tenant, 5, 1, 1, 'x', hash FROM journal WHERE seq = 4",
               5, "hash does not follow");
    expect_bad("UPDATE tenant_head SET chain = 'x'", 4, "head has another hash");
}

static void a_whole_tail_cut_off_with_its_head_is_betrayed_by_the_anchor(void)
{
    open_town();
    tamper("DELETE FROM journal WHERE seq = 4");
    tamper("UPDATE tenant_head SET seq = 3, chain = (SELECT hash FROM journal WHERE seq = 3)");
    /* The store remembers the head of an open tenant: only a new start reads the forged one. */
    close_town();
    struct store_options options = {
        .folder = check_folder(), .database = stand_database(), .writers = 1};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
    struct journal_report report = verify();
    CHECK_INT(report.bad, 4);
    CHECK(strstr(str_to_z(check_arena(), report.what), "is anchored, but") != NULL);
    close_town();
}

static void forged_anchors_are_found(void)
{
    expect_bad("UPDATE journal_anchor SET at = 3000", 4, "wrong signature");
    expect_bad("UPDATE journal_anchor SET chain = (SELECT hash FROM journal WHERE seq = 3)", 4,
               "wrong signature");
    expect_bad("UPDATE journal_anchor SET signature = 'AAAA'", 4, "wrong signature");
    expect_bad("UPDATE journal_anchor SET key = 'AAAA'", 4, "wrong signature");
}

static void anchors_of_another_key_are_not_counted_as_ours(void)
{
    struct secret_key other;
    struct journal_report report;

    open_town();
    tamper("DELETE FROM journal_anchor");
    CHECK_OK(secret_load_key(file_join(check_arena(), check_folder(), STR("x.key")), &other, &err),
             &err);
    CHECK_OK(tenant_write_wait(tenant, anchor, &other, &err), &err);
    report = verify();
    CHECK_INT(report.bad, 0);
    CHECK_INT(report.anchors, 0);
    CHECK_INT(report.last_anchored, 0);
    CHECK_INT(report.foreign, 1);
    close_town();
}

static void changed_bodies_are_named_by_their_entry(void)
{
    expect_bad("UPDATE record SET body = '{\"a\":4}' WHERE id = 71", 3, "not the one whose digest");
    expect_bad("UPDATE record SET salt = 'x' WHERE id = 72", 2, "not the one whose digest");
    expect_bad("UPDATE history SET body = '{}' WHERE id = 71", 1, "not the one whose digest");
    expect_bad("UPDATE record SET version = 4 WHERE id = 72", 4, "is not in the journal");
    expect_bad("UPDATE record SET version = 3 WHERE id = 72", 3, "is not in the journal");
    expect_bad("DELETE FROM record WHERE id = 72", 2, "is gone");
    expect_bad("DELETE FROM history WHERE id = 71", 1, "is gone");
    expect_bad("UPDATE history SET body = NULL, salt = NULL WHERE id = 71", 1,
               "no entry says it was erased");
}

static bool erase(struct tx *tx, void *data, struct err *why)
{
    struct journal_entry entry = {
        .at = 1, .actor = 5, .action = STR("erase"), .no = REGISTER, .record = 71};

    (void)data;
    return journal_add(tx, &entry, why) &&
           store_exec(tx, "UPDATE history SET body = NULL, salt = NULL WHERE id = 71",
                      (struct store_args){0}, why);
}

static void a_legal_erasure_leaves_the_chain_standing(void)
{
    struct journal_report report;

    open_town();
    CHECK_OK(tenant_write_wait(tenant, erase, NULL, &err), &err);
    report = verify();
    CHECK_STR(report.what, STR(""));
    CHECK_INT(report.entries, 5);
    CHECK_INT(report.bodies, 2);
    close_town();
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(an_untouched_journal_is_good),
        CHECK_TEST(an_empty_journal_is_good),
        CHECK_TEST(any_changed_field_is_named_by_its_entry),
        CHECK_TEST(missing_and_added_entries_are_named),
        CHECK_TEST(a_whole_tail_cut_off_with_its_head_is_betrayed_by_the_anchor),
        CHECK_TEST(forged_anchors_are_found),
        CHECK_TEST(anchors_of_another_key_are_not_counted_as_ours),
        CHECK_TEST(changed_bodies_are_named_by_their_entry),
        CHECK_TEST(a_legal_erasure_leaves_the_chain_standing),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
