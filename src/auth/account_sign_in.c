#include "auth/account.h"
#include "auth/account_row.h"
#include "auth/session_table.h"
#include "core/arena.h"
#include "core/hash.h"
#include "core/time.h"
#include "sign/secret.h"
#include "store/rows.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

enum {
    FAILURES_FREE = 4, /* the fifth locks */
    LOCK_MS = 30 * 1000,
    LOCK_MAX_MS = 15 * 60 * 1000,
    FORGET_MS = 24 * 60 * 60 * 1000,
    RUNNING_MAX = 2, /* 19 MiB and a core each */
    WAITING_MAX = 16,
    /*
     * A refusal takes at least this long, whatever led to it: a login that does not exist
     * has no row to be counted in, and the write of one would tell by its time.
     */
    REFUSAL_US = 50 * 1000,
};

/* Argon2 is for the whole process: its memory and cores are. */
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t is_free;
    int running;
    int waiting;
} gate = {.mutex = PTHREAD_MUTEX_INITIALIZER, .is_free = PTHREAD_COND_INITIALIZER};

static bool gate_enter(struct err *err)
{
    pthread_mutex_lock(&gate.mutex);
    bool may_wait = gate.waiting < WAITING_MAX;
    if (may_wait) {
        gate.waiting++;
        while (gate.running >= RUNNING_MAX)
            pthread_cond_wait(&gate.is_free, &gate.mutex);
        gate.waiting--;
        gate.running++;
    }
    pthread_mutex_unlock(&gate.mutex);
    return may_wait ||
           err_set(err, ERR_UNAVAILABLE, "many people sign in at this moment: try again");
}

static void gate_leave(void)
{
    pthread_mutex_lock(&gate.mutex);
    gate.running--;
    pthread_cond_signal(&gate.is_free);
    pthread_mutex_unlock(&gate.mutex);
}

bool account_hash_password(struct arena *arena, struct str password, struct str *hash,
                           struct err *err)
{
    if (!gate_enter(err))
        return false;
    bool ok = secret_hash_password(arena, password, hash, err);
    gate_leave();
    return ok;
}

/* The hash of a password nobody knows, made once: checked where there is no account. */
static char nobody[256];
static pthread_once_t nobody_once = PTHREAD_ONCE_INIT;

static void make_nobody(void)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct buf password = {.arena = scratch};
    struct str hash;
    struct err err;

    secret_print_token(&password, 32);
    if (secret_hash_password(scratch, buf_str(&password), &hash, &err))
        memcpy(nobody, hash.ptr, MIN(hash.len, sizeof nobody - 1));
}

static int64_t lock_ms(int failures)
{
    int doublings = MIN(failures - FAILURES_FREE - 1, 10);

    return failures <= FAILURES_FREE ? 0 : MIN((int64_t)LOCK_MS << doublings, LOCK_MAX_MS);
}

/* A day after the last lock ended the count begins anew. */
static int count_failure(int failures, int64_t locked_until, int64_t now)
{
    return failures > FAILURES_FREE && now - locked_until > FORGET_MS ? 1 : failures + 1;
}

struct signing {
    struct tenant *tenant;
    struct arena *arena;
    struct str key; /* "" when it is no login at all */
    struct account account;
    struct str hash;
    int64_t now;
};

static struct session_failure *failure_of(const struct signing *signing)
{
    struct session_table *table = session_table_of(signing->tenant);
    uint64_t hash = hash_bytes(signing->key);

    if (table->failures == NULL)
        table->failures = ARENA_ARRAY(table->home, struct session_failure, SESSION_FAILURE_SLOTS);
    struct session_failure *failure = &table->failures[hash % SESSION_FAILURE_SLOTS];

    if (failure->hash != hash)
        *failure = (struct session_failure){.hash = hash};
    return failure;
}

/* Of a login that does not exist: kept in memory, with the same arithmetic. */
static int64_t nobody_locked_until(const struct signing *signing, bool is_failure)
{
    struct session_table *table = session_table_of(signing->tenant);

    pthread_rwlock_wrlock(&table->lock);
    struct session_failure *failure = failure_of(signing);
    if (is_failure) {
        failure->count = count_failure(failure->count, failure->locked_until, signing->now);
        failure->locked_until = signing->now + lock_ms(failure->count);
    }
    int64_t until = failure->locked_until;
    pthread_rwlock_unlock(&table->lock);
    return until;
}

static bool write_failure(struct tx *tx, void *data, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    const struct signing *signing = data;
    int64_t id = signing->account.id;
    struct rows rows;

    if (!store_query(tx, scratch, &rows,
                     "SELECT failures, locked_until FROM account WHERE tenant = $1 AND id = $2",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return false;
    if (rows.count == 0)
        return true;
    int failures = count_failure((int)rows_int(&rows, 0, 0), rows_int(&rows, 0, 1), signing->now);
    int64_t lasts = lock_ms(failures);
    if (!store_exec(tx,
                    "UPDATE account SET failures = $3, locked_until = $4"
                    " WHERE tenant = $1 AND id = $2",
                    ARGS(INT(tx->tenant), INT(id), INT(failures), INT(signing->now + lasts)), err))
        return false;
    /* Single slips are not worth an entry that stays for ever; a lock is. */
    return lasts == 0 || account_note(tx, "sign-in.lock", id, STR(""),
                                      (struct account_by){-1, signing->now}, err);
}

static bool write_success(struct tx *tx, void *data, struct err *err)
{
    const struct signing *signing = data;

    return store_exec(tx,
                      "UPDATE account SET failures = 0, locked_until = 0, last_at = $3"
                      " WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(signing->account.id), INT(signing->now)), err);
}

static bool read_account(struct signing *signing, struct str login, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, signing->tenant, err) &&
           account_find(&tx, signing->arena, login, &signing->account, &signing->hash, err);
}

/* With a turn at the gate, so that no crowd passes while the count is still low. */
static bool check(struct signing *signing, struct str login, struct str password, bool *is_right,
                  struct err *err)
{
    if (!read_account(signing, login, err))
        return false;
    bool is_known = signing->account.id != 0;
    int64_t until = is_known ? signing->account.locked_until : nobody_locked_until(signing, false);
    if (until > signing->now)
        return err_set(err, ERR_LIMIT, "too many wrong passwords: try again in %lld s",
                       (long long)((until - signing->now + 999) / 1000));

    bool has_password = is_known && signing->hash.len > 0;
    bool fits = secret_check_password(has_password ? signing->hash : str_from_z(nobody), password);
    *is_right = fits && has_password && str_equal(signing->account.state, STR("active"));
    if (*is_right)
        return tenant_write_wait(signing->tenant, write_success, signing, err);
    if (is_known)
        return tenant_write_wait(signing->tenant, write_failure, signing, err);
    nobody_locked_until(signing, true);
    return true;
}

static void sleep_until(int64_t moment_us)
{
    int64_t left = moment_us - time_monotonic_us();
    struct timespec span = {.tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};

    if (left > 0)
        nanosleep(&span, NULL);
}

bool account_sign_in(struct tenant *tenant, struct arena *arena,
                     const struct account_attempt *attempt, struct account *account,
                     struct err *err)
{
    struct signing signing = {.tenant = tenant, .arena = arena, .now = attempt->now};
    struct str login = str_trim(attempt->login);
    int64_t started = time_monotonic_us();
    bool is_right = false;

    pthread_once(&nobody_once, make_nobody);
    if (!account_login_key(arena, login, &signing.key))
        signing.key = (struct str){0};
    if (!gate_enter(err))
        return false;
    bool ok = check(&signing, login, attempt->password, &is_right, err);
    gate_leave();
    if (!ok)
        return false;
    if (!is_right) {
        sleep_until(started + REFUSAL_US);
        return err_set(err, ERR_DENIED, "the login or the password is wrong");
    }
    signing.account.last_at = attempt->now;
    signing.account.locked_until = 0;
    *account = signing.account;
    return true;
}
