#include "auth/account.h"

#include "auth/journal.h"
#include "core/time.h"
#include "stand.h"

#include <pthread.h>

#define PASSWORD "клён у дома 7"

enum {
    SECOND = 1000,
    MINUTE = 60 * SECOND,
};

static struct err err;
static struct store *store;
static struct tenant *tenant;
static int64_t anna;

static bool create(struct tx *tx, void *data, struct err *why)
{
    struct account account = {.login = STR("anna"), .name = STR("Анна"), .state = STR("active")};

    return account_create(tx, &account, *(struct str *)data, (struct account_by){0, 0}, &anna, why);
}

static void open_town(void)
{
    struct store_options options = {
        .folder = check_folder(), .database = stand_database(), .writers = 1};
    struct str hash;

    err = (struct err){0};
    CHECK_OK(secret_init(&err), &err);
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_create_tenant(store, STR("town"), STR("Город"), 0, 7, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
    CHECK_OK(account_hash_password(check_arena(), STR(PASSWORD), &hash, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, create, &hash, &err), &err);
}

static void close_town(void)
{
    store_release(&tenant);
    store_close(&store);
}

static enum err_code sign_in(const char *login, const char *password, int64_t now)
{
    struct account_attempt attempt = {str_from_z(login), str_from_z(password), now};
    struct account account = {0};

    err = (struct err){0};
    bool ok = account_sign_in(tenant, check_arena(), &attempt, &account, &err);
    CHECK(ok == (account.id == anna && anna != 0));
    return err.code;
}

static void the_right_password_signs_in(void)
{
    open_town();
    CHECK_INT(sign_in("anna", PASSWORD, 5), ERR_NONE);
    CHECK_INT(sign_in(" ANNA ", PASSWORD, 6), ERR_NONE);
    CHECK_INT(sign_in("anna", "клён у дома 8", 7), ERR_DENIED);
    CHECK_INT(sign_in("anna", "", 8), ERR_DENIED);
    CHECK_INT(sign_in("nobody", PASSWORD, 9), ERR_DENIED);
    CHECK_INT(sign_in("", PASSWORD, 10), ERR_DENIED);
    CHECK_INT(sign_in("no login / at all", PASSWORD, 11), ERR_DENIED);
    close_town();
}

/* Five failures lock for 30 s, then it doubles up to 15 min; the same for logins that are none. */
static void lock_out(const char *login)
{
    static const int LASTS[] = {30, 60, 120, 240, 480, 900, 900};
    int64_t now = SECOND;

    for (int i = 0; i < 4; i++)
        CHECK_INT(sign_in(login, "wrong", now), ERR_DENIED);
    for (size_t i = 0; i < ARRAY_LEN(LASTS); i++) {
        CHECK_INT(sign_in(login, "wrong", now), ERR_DENIED);
        /* Even the right one is not looked at. */
        CHECK_INT(sign_in(login, PASSWORD, now + LASTS[i] * SECOND - 1), ERR_LIMIT);
        now += LASTS[i] * SECOND;
    }
    CHECK_INT(sign_in(login, "wrong", now - 10 * SECOND), ERR_LIMIT);
    CHECK_STR(str_from_z(err.text), STR("too many wrong passwords: try again in 10 s"));
}

static void failures_lock_longer_and_longer(void)
{
    open_town();
    lock_out("anna");
    close_town();
}

static void a_login_that_does_not_exist_locks_the_same_way(void)
{
    open_town();
    lock_out("nobody");
    CHECK_INT(sign_in("anna", PASSWORD, SECOND), ERR_NONE);
    close_town();
}

static void success_and_a_quiet_day_begin_the_count_anew(void)
{
    int64_t now = SECOND;

    open_town();
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 4; i++)
            CHECK_INT(sign_in("anna", "wrong", now), ERR_DENIED);
        CHECK_INT(sign_in("anna", PASSWORD, now), ERR_NONE);
    }
    for (int i = 0; i < 5; i++)
        CHECK_INT(sign_in("anna", "wrong", now), ERR_DENIED);
    now += (int64_t)2 * TIME_DAY_MS;
    CHECK_INT(sign_in("anna", "wrong", now), ERR_DENIED);
    CHECK_INT(sign_in("anna", PASSWORD, now), ERR_NONE);
    close_town();
}

static void locks_survive_a_restart(void)
{
    struct store_options options = {
        .folder = check_folder(), .database = stand_database(), .writers = 1};

    open_town();
    for (int i = 0; i < 5; i++)
        CHECK_INT(sign_in("anna", "wrong", SECOND), ERR_DENIED);
    close_town();
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
    CHECK_INT(sign_in("anna", PASSWORD, 2 * SECOND), ERR_LIMIT);
    CHECK_INT(sign_in("anna", PASSWORD, MINUTE), ERR_NONE);
    close_town();
}

static bool block(struct tx *tx, void *data, struct err *why)
{
    struct account account = {
        .id = anna, .name = STR("Анна"), .state = *(struct str *)data, .level = 0};

    return account_change(tx, &account, (struct account_by){0, 0}, why);
}

static bool take_password(struct tx *tx, void *data, struct err *why)
{
    (void)data;
    return account_set_password(tx, anna, STR(""), (struct account_by){0, 0}, why);
}

static void blocked_accounts_and_those_without_a_password_are_refused_alike(void)
{
    struct str blocked = STR("blocked");
    struct str active = STR("active");

    open_town();
    CHECK_OK(tenant_write_wait(tenant, block, &blocked, &err), &err);
    CHECK_INT(sign_in("anna", PASSWORD, 5), ERR_DENIED);
    CHECK_STR(str_from_z(err.text), STR("the login or the password is wrong"));
    CHECK_OK(tenant_write_wait(tenant, block, &active, &err), &err);
    CHECK_INT(sign_in("anna", PASSWORD, 5), ERR_NONE);
    CHECK_OK(tenant_write_wait(tenant, take_password, NULL, &err), &err);
    CHECK_INT(sign_in("anna", PASSWORD, 5), ERR_DENIED);
    CHECK_INT(sign_in("anna", "", 5), ERR_DENIED);
    close_town();
}

static void only_the_lock_is_in_the_journal(void)
{
    struct journal_ask ask = {.action = STR("sign-in.lock"), .limit = 10};
    struct journal_entry *entries;
    size_t count;

    open_town();
    for (int i = 0; i < 5; i++)
        CHECK_INT(sign_in("anna", "wrong", SECOND), ERR_DENIED);
    CLEANUP(tx_done) struct tx tx = {0};
    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(journal_list(&tx, check_arena(), &ask, &entries, &count, &err), &err);
    CHECK_INT((int64_t)count, 1);
    CHECK_INT(entries[0].seq, 2);
    CHECK_INT(entries[0].actor, -1);
    tx_done(&tx);
    close_town();
}

static void *guess(void *data)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct account_attempt attempt = {STR("anna"), STR("wrong"), SECOND};
    struct account account;
    struct err why = {0};

    (void)data;
    if (account_sign_in(tenant, arena, &attempt, &account, &why))
        return NULL;
    return (void *)(intptr_t)why.code;
}

static void a_crowd_gets_one_guess_more_at_most(void)
{
    pthread_t threads[14];
    int denied = 0;
    int limited = 0;

    open_town();
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        CHECK(pthread_create(&threads[i], NULL, guess, NULL) == 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        void *code;

        pthread_join(threads[i], &code);
        denied += (intptr_t)code == ERR_DENIED;
        limited += (intptr_t)code == ERR_LIMIT;
    }
    CHECK(denied == 5 || denied == 6);
    CHECK_INT(denied + limited, ARRAY_LEN(threads));
    close_town();
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(the_right_password_signs_in),
        CHECK_TEST(failures_lock_longer_and_longer),
        CHECK_TEST(a_login_that_does_not_exist_locks_the_same_way),
        CHECK_TEST(success_and_a_quiet_day_begin_the_count_anew),
        CHECK_TEST(locks_survive_a_restart),
        CHECK_TEST(blocked_accounts_and_those_without_a_password_are_refused_alike),
        CHECK_TEST(only_the_lock_is_in_the_journal),
        CHECK_TEST(a_crowd_gets_one_guess_more_at_most),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
