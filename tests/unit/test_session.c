#include "auth/session.h"

#include "sign/secret.h"
#include "stand.h"
#include "store/rows.h"

#include <pthread.h>
#include <string.h>

enum {
    MINUTE = 60 * 1000,
    HOUR = 60 * MINUTE,
    NOW = 1000,
};

static const struct str REGISTERS[] = {{"housing.house", 13}};

static struct err err;
static struct store *store;
static struct tenant *tenant;
static int64_t anna;

static struct policy *compile(const char *roles)
{
    struct pack_file files[] = {
        {STR("pack.json"), STR("{\"id\":\"housing\",\"version\":\"1.0.0\"}")},
        {STR("roles.json"), str_from_z(roles)}};
    struct policy *policy;
    struct pack *pack;

    CHECK_OK(pack_make(check_arena(), files, 2, &pack, &err), &err);
    const struct pack *packs[] = {pack};
    struct pack_set set = {packs, 1};
    CHECK_OK(policy_compile(check_arena(), &set, REGISTERS, 1, &policy, &err), &err);
    return policy;
}

static struct policy *clerks(void)
{
    return compile("[{\"id\":\"clerk\",\"grants\":[{\"register\":\"*\",\"actions\":[\"read\"],"
                   "\"classes\":[\"internal\"]}],\"admin\":[\"jobs\"]}]");
}

static bool create(struct tx *tx, void *data, struct err *why)
{
    struct str roles[] = {STR("clerk")};
    struct account account = {.login = STR("anna"),
                              .name = STR("Анна"),
                              .state = STR("active"),
                              .person = 42,
                              .level = ACCOUNT_IDENTIFIED,
                              .roles = roles,
                              .role_count = 1};

    (void)data;
    return account_create(tx, &account, STR(""), (struct account_by){0, NOW}, &anna, why);
}

static void hold_town(void)
{
    struct store_options options = {
        .folder = check_folder(), .database = stand_database(), .writers = 1};

    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
}

static void close_town(void)
{
    store_release(&tenant);
    store_close(&store);
}

static void open_town(void)
{
    struct store_options options = {
        .folder = check_folder(), .database = stand_database(), .writers = 1};

    err = (struct err){0};
    CHECK_OK(secret_init(&err), &err);
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_create_tenant(store, STR("town"), STR("Город"), 0, 7, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, create, NULL, &err), &err);
}

struct starting {
    bool is_token;
    struct str label;
    struct str secret;
};

static bool start(struct tx *tx, void *data, struct err *why)
{
    struct starting *starting = data;
    struct account account = {.id = anna};
    struct str label = starting->label.len > 0 ? starting->label : STR("Firefox");
    struct session_wish wish = {&account, label, starting->is_token, NOW};

    return session_start(tx, check_arena(), &wish, &starting->secret, why);
}

static struct str started(bool is_token)
{
    struct starting starting = {.is_token = is_token};

    CHECK_OK(tenant_write_wait(tenant, start, &starting, &err), &err);
    return starting.secret;
}

/* As web does it: asks, loads, asks again. */
static enum session_answer find(const struct policy *policy, struct str secret, int64_t now,
                                struct actor *actor)
{
    enum session_answer answer = session_find(tenant, policy, secret, now, check_arena(), actor);

    if (answer == SESSION_ASK) {
        CHECK_OK(session_load(tenant, secret, now, &err), &err);
        answer = session_find(tenant, policy, secret, now, check_arena(), actor);
    }
    return answer;
}

static void a_session_is_read_once_and_then_known(void)
{
    struct policy *policy;
    struct actor actor;

    open_town();
    policy = clerks();
    struct str secret = started(false);
    CHECK_INT((int64_t)secret.len, 43);
    CHECK_INT(session_find(tenant, policy, secret, NOW, check_arena(), &actor), SESSION_ASK);
    CHECK_INT(actor.account, -1);
    CHECK_OK(session_load(tenant, secret, NOW, &err), &err);
    CHECK_INT(session_find(tenant, policy, secret, NOW, check_arena(), &actor), SESSION_FOUND);
    CHECK_INT(actor.account, anna);
    CHECK_STR(actor.login, STR("anna"));
    CHECK_STR(actor.name, STR("Анна"));
    CHECK_INT(actor.person, 42);
    CHECK_INT(actor.level, ACCOUNT_IDENTIFIED);
    CHECK_INT(actor.rights.admin, POLICY_JOBS);
    CHECK(policy_may(&actor.rights, 0, POLICY_READ, NULL));
    CHECK_INT((int64_t)strlen(actor.csrf), 43);
    CHECK(!actor.is_token);
    close_town();
}

static void secrets_that_are_none_are_guests_and_asked_for_once(void)
{
    struct str secret = STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    struct policy *policy;
    struct actor actor;

    open_town();
    policy = clerks();
    CHECK_INT(session_find(tenant, policy, STR(""), NOW, check_arena(), &actor), SESSION_NONE);
    CHECK_INT(session_find(tenant, policy, STR("short"), NOW, check_arena(), &actor), SESSION_NONE);
    CHECK_INT(session_find(tenant, policy, secret, NOW, check_arena(), &actor), SESSION_ASK);
    CHECK_INT(find(policy, secret, NOW, &actor), SESSION_NONE);
    CHECK_INT(session_find(tenant, policy, secret, NOW, check_arena(), &actor), SESSION_NONE);
    CHECK_INT(actor.account, -1);
    CHECK_INT(actor.rights.admin, 0);
    CHECK(!policy_may(&actor.rights, 0, POLICY_READ, NULL));
    close_town();
}

static void a_session_ends_when_idle_or_old(void)
{
    struct policy *policy;
    struct actor actor;

    open_town();
    policy = clerks();
    struct str idle = started(false);
    CHECK_INT(find(policy, idle, NOW, &actor), SESSION_FOUND);
    CHECK_INT(find(policy, idle, NOW + 2 * HOUR - 1, &actor), SESSION_FOUND);
    CHECK_INT(find(policy, idle, NOW + 4 * HOUR - 2, &actor), SESSION_FOUND);
    CHECK_INT(find(policy, idle, NOW + 6 * HOUR - 2, &actor), SESSION_NONE);
    struct str busy = started(false);
    for (int64_t now = NOW; now < NOW + 12 * HOUR; now += HOUR)
        CHECK_INT(find(policy, busy, now, &actor), SESSION_FOUND);
    CHECK_INT(find(policy, busy, NOW + 12 * HOUR, &actor), SESSION_NONE);
    close_town();
}

static void a_token_lives_a_year_idle_or_not(void)
{
    struct policy *policy;
    struct actor actor;

    open_town();
    policy = clerks();
    struct str token = started(true);
    CHECK_INT(find(policy, token, NOW + INT64_C(364) * 24 * HOUR, &actor), SESSION_FOUND);
    CHECK(actor.is_token);
    CHECK_STR(str_from_z(actor.csrf), STR(""));
    CHECK_INT(find(policy, token, NOW + INT64_C(365) * 24 * HOUR, &actor), SESSION_NONE);
    close_town();
}

static bool end(struct tx *tx, void *data, struct err *why)
{
    return session_end(tx, *(struct str *)data, anna, NOW, why);
}

static void an_ended_session_is_over_at_once_and_after_a_restart(void)
{
    struct policy *policy;
    struct actor actor;

    open_town();
    policy = clerks();
    struct str secret = started(false);
    struct str other = started(false);
    CHECK_INT(find(policy, secret, NOW, &actor), SESSION_FOUND);
    CHECK_INT(find(policy, other, NOW, &actor), SESSION_FOUND);
    CHECK_OK(tenant_write_wait(tenant, end, &secret, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, end, &secret, &err), &err);
    CHECK_INT(find(policy, secret, NOW, &actor), SESSION_NONE);
    CHECK_INT(find(policy, other, NOW, &actor), SESSION_FOUND);
    close_town();
    hold_town();
    CHECK_INT(find(policy, secret, NOW, &actor), SESSION_NONE);
    CHECK_INT(find(policy, other, NOW, &actor), SESSION_FOUND);
    close_town();
}

static bool change(struct tx *tx, void *data, struct err *why)
{
    struct account *account = data;

    return account_change(tx, account, (struct account_by){0, NOW}, why);
}

static bool set_password(struct tx *tx, void *data, struct err *why)
{
    (void)data;
    return account_set_password(tx, anna, STR("hash"), (struct account_by){0, NOW}, why);
}

static void changes_of_the_account_reach_open_sessions_at_once(void)
{
    struct account account = {.name = STR("Анна Белова"), .state = STR("active")};
    struct policy *policy;
    struct actor actor;

    open_town();
    policy = clerks();
    account.id = anna;
    struct str secret = started(false);
    struct str token = started(true);
    CHECK_INT(find(policy, secret, NOW, &actor), SESSION_FOUND);
    CHECK_INT(find(policy, token, NOW, &actor), SESSION_FOUND);
    CHECK_OK(tenant_write_wait(tenant, change, &account, &err), &err);
    CHECK_INT(find(policy, secret, NOW, &actor), SESSION_FOUND);
    CHECK_STR(actor.name, STR("Анна Белова"));
    CHECK_INT(actor.rights.admin, 0);
    CHECK(!policy_may(&actor.rights, 0, POLICY_READ, NULL));
    CHECK_OK(tenant_write_wait(tenant, set_password, NULL, &err), &err);
    CHECK_INT(find(policy, secret, NOW, &actor), SESSION_NONE);
    CHECK_INT(find(policy, token, NOW, &actor), SESSION_FOUND);
    account.state = STR("blocked");
    CHECK_OK(tenant_write_wait(tenant, change, &account, &err), &err);
    CHECK_INT(find(policy, token, NOW, &actor), SESSION_NONE);
    account.state = STR("active");
    CHECK_OK(tenant_write_wait(tenant, change, &account, &err), &err);
    CHECK_INT(find(policy, token, NOW + 2 * MINUTE, &actor), SESSION_NONE);
    close_town();
}

static void rights_follow_the_policy_they_are_asked_for(void)
{
    struct actor actor;

    open_town();
    struct policy *one = clerks();
    struct policy *two = compile("[{\"id\":\"aaa\"},{\"id\":\"clerk\",\"admin\":[\"users\"]}]");
    struct str secret = started(false);
    for (int i = 0; i < 2; i++) {
        CHECK_INT(find(one, secret, NOW, &actor), SESSION_FOUND);
        CHECK_INT(actor.rights.admin, POLICY_JOBS);
        CHECK_INT((int64_t)actor.rights.roles, 3);
        CHECK(actor.rights.policy == one);
        CHECK_INT(find(two, secret, NOW, &actor), SESSION_FOUND);
        CHECK_INT(actor.rights.admin, POLICY_USERS);
        CHECK_INT((int64_t)actor.rights.roles, 5);
        CHECK(actor.rights.policy == two);
    }
    close_town();
}

static bool end_other(struct tx *tx, void *data, struct err *why)
{
    struct str digest = *(struct str *)data;
    bool is_stranger = session_end_by_digest(tx, anna + 1, digest, anna, NOW, why);

    CHECK(!is_stranger);
    CHECK_INT(why->code, ERR_ABSENT);
    return session_end_by_digest(tx, anna, digest, anna, NOW, why);
}

static void sessions_are_listed_without_their_secrets_and_ended_one_by_one(void)
{
    struct session_view *views;
    struct policy *policy;
    struct actor actor;
    size_t count;

    open_town();
    policy = clerks();
    struct str secret = started(false);
    {
        CLEANUP(tx_done) struct tx tx = {0};
        CHECK_OK(tx_read(&tx, tenant, &err), &err);
        CHECK_OK(session_list(&tx, check_arena(), anna, &views, &count, &err), &err);
    }
    CHECK_INT((int64_t)count, 1);
    CHECK_STR(views[0].label, STR("Firefox"));
    CHECK_INT(views[0].expires_at, NOW + 12 * HOUR);
    CHECK(!str_equal(views[0].digest, secret));
    CHECK_INT(find(policy, secret, NOW, &actor), SESSION_FOUND);
    CHECK_OK(tenant_write_wait(tenant, end_other, &views[0].digest, &err), &err);
    CHECK_INT(find(policy, secret, NOW, &actor), SESSION_NONE);
    close_town();
}

static void labels_may_be_anything(void)
{
    static const char *const LABELS[] = {"\xff\xfe\xfd\xfc\xfb", "Яндекс\xd0"};
    static const char *const WANTED[] = {"", "Яндекс"};
    struct session_view *views;
    size_t count;

    open_town();
    for (size_t i = 0; i < ARRAY_LEN(LABELS); i++) {
        struct starting starting = {.label = str_from_z(LABELS[i])};
        CLEANUP(tx_done) struct tx tx = {0};

        CHECK_OK(tenant_write_wait(tenant, start, &starting, &err), &err);
        CHECK_OK(tx_read(&tx, tenant, &err), &err);
        CHECK_OK(session_list(&tx, check_arena(), anna, &views, &count, &err), &err);
        CHECK_INT((int64_t)count, (int64_t)i + 1);
        bool is_there = false;
        for (size_t j = 0; j < count; j++)
            is_there |= str_equal(views[j].label, str_from_z(WANTED[i]));
        CHECK(is_there);
    }
    close_town();
}

static int64_t seen_at(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(store_query(&tx, check_arena(), &rows, "SELECT seen_at FROM session WHERE tenant = $1",
                         ARGS(INT(tx.tenant)), &err),
             &err);
    return rows_int(&rows, 0, 0);
}

static bool nothing(struct tx *tx, void *data, struct err *why)
{
    (void)tx, (void)data, (void)why;
    return true;
}

static void signs_of_life_are_written_every_five_minutes(void)
{
    struct policy *policy;
    struct actor actor;

    open_town();
    policy = clerks();
    struct str secret = started(false);
    CHECK_INT(find(policy, secret, NOW + 4 * MINUTE, &actor), SESSION_FOUND);
    CHECK_OK(tenant_write_wait(tenant, nothing, NULL, &err), &err);
    CHECK_INT(seen_at(), NOW);
    CHECK_INT(find(policy, secret, NOW + 5 * MINUTE, &actor), SESSION_FOUND);
    CHECK_OK(tenant_write_wait(tenant, nothing, NULL, &err), &err);
    CHECK_INT(seen_at(), NOW + 5 * MINUTE);
    CHECK_INT(find(policy, secret, NOW + 6 * MINUTE, &actor), SESSION_FOUND);
    CHECK_OK(tenant_write_wait(tenant, nothing, NULL, &err), &err);
    CHECK_INT(seen_at(), NOW + 5 * MINUTE);
    close_town();
}

static void *ask_often(void *data)
{
    intptr_t wrong = 0;

    for (int i = 0; i < 50; i++) {
        struct str secret = *(struct str *)data;
        struct err why;

        if (!session_load(tenant, secret, NOW + i, &why))
            wrong++;
    }
    return (void *)wrong;
}

static void many_threads_may_ask(void)
{
    struct policy *policy;
    struct actor actor;
    pthread_t thread;
    void *wrong;

    open_town();
    policy = clerks();
    struct str secret = started(false);
    CHECK_INT(find(policy, secret, NOW, &actor), SESSION_FOUND);
    CHECK(pthread_create(&thread, NULL, ask_often, &secret) == 0);
    for (int i = 0; i < 5000; i++)
        CHECK_INT(session_find(tenant, policy, secret, NOW + i, check_arena(), &actor),
                  SESSION_FOUND);
    pthread_join(thread, &wrong);
    CHECK_INT((intptr_t)wrong, 0);
    close_town();
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(a_session_is_read_once_and_then_known),
        CHECK_TEST(secrets_that_are_none_are_guests_and_asked_for_once),
        CHECK_TEST(a_session_ends_when_idle_or_old),
        CHECK_TEST(a_token_lives_a_year_idle_or_not),
        CHECK_TEST(an_ended_session_is_over_at_once_and_after_a_restart),
        CHECK_TEST(changes_of_the_account_reach_open_sessions_at_once),
        CHECK_TEST(rights_follow_the_policy_they_are_asked_for),
        CHECK_TEST(sessions_are_listed_without_their_secrets_and_ended_one_by_one),
        CHECK_TEST(labels_may_be_anything),
        CHECK_TEST(signs_of_life_are_written_every_five_minutes),
        CHECK_TEST(many_threads_may_ask),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
