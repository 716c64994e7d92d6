#include "check.h"

#include "store/rows.h"
#include "store/sqlite.h"
#include "store/state.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    READERS = 4,
    WRITES = 200,
    /* Where a program that opens the file wants a lock first (sqlite.org/fileformat2, locking). */
    LOCKS_AT = 0x40000000 + 2,
    LOCKS = 510,
};

static struct err err;
static struct store *store;
static struct tenant *tenant;

static void start(void)
{
    struct store_options options = {.folder = check_folder(), .writers = 1};

    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_create_tenant(store, STR("town"), STR(""), 0, 0, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
}

static void finish(void)
{
    store_release(&tenant);
    store_close(&store);
}

static const char *file(const char *suffix)
{
    return str_printf(check_arena(), "%.*s/tenants/town/data.db%s", STR_ARG(check_folder()), suffix)
        .ptr;
}

static bool is_reading(struct store_session *session)
{
    return sqlite3_txn_state(sqlite_wal_of(session).db, "main") == SQLITE_TXN_READ;
}

static bool is_snapshot_held(void)
{
    struct pool *pool = tenant->pool;
    bool is_held = false;

    pthread_mutex_lock(&pool->mutex);
    for (struct store_session *idle = pool->idle; idle != NULL; idle = idle->next)
        is_held |= is_reading(idle);
    pthread_mutex_unlock(&pool->mutex);
    return is_held;
}

static bool is_held_for(int ms)
{
    const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};

    for (int waited = 0; waited < ms && is_snapshot_held(); waited += 20)
        nanosleep(&pause, NULL);
    return is_snapshot_held();
}

static bool put(struct tx *tx, void *data, struct err *why)
{
    int64_t size = *(int64_t *)data;

    return store_exec(tx,
                      "INSERT INTO setting (tenant, name, value)"
                      " SELECT $1, count(*), hex(zeroblob($2)) FROM setting WHERE tenant = $1",
                      ARGS(INT(tx->tenant), INT(size)), why);
}

static void write_one(int64_t size)
{
    CHECK_OK(tenant_write_wait(tenant, put, &size, &err), &err);
}

static int64_t count(struct tx *tx)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct rows rows;
    struct err why;

    return store_query(tx, arena, &rows, "SELECT count(*) FROM setting WHERE tenant = $1",
                       ARGS(INT(tx->tenant)), &why)
               ? rows_int(&rows, 0, 0)
               : -1;
}

/* So many readers at once: each on a connection of its own, which is idle behind it. */
static void read_with(int readers, int64_t seen)
{
    struct tx tx[READERS];

    for (int i = 0; i < readers; i++) {
        CHECK_OK(tx_read(&tx[i], tenant, &err), &err);
        CHECK_INT(count(&tx[i]), seen);
    }
    for (int i = 0; i < readers; i++)
        tx_done(&tx[i]);
}

static void write_is_seen_by_every_read_after_it(void)
{
    start();
    read_with(READERS, 0);
    for (int i = 0; i < 50; i++) {
        write_one(1);
        read_with(1 + i % READERS, i + 1);
        read_with(1 + i % READERS, i + 1);
    }
    finish();
}

static void snapshot_stays_until_something_is_written(void)
{
    start();
    write_one(1);
    read_with(1, 1);
    CHECK(is_snapshot_held());
    read_with(1, 1);
    CHECK(is_snapshot_held());
    write_one(1);
    /* The reader is still idle: the writer ends its snapshot when it has nothing to do. */
    CHECK(!is_held_for(10000));
    finish();
}

static void a_read_that_outlived_its_era_leaves_nothing_open(void)
{
    struct tx tx;

    start();
    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_INT(count(&tx), 0);
    write_one(1);
    CHECK_INT(count(&tx), 0);
    CHECK(is_reading(tx.session));
    tx_done(&tx);
    CHECK(!is_snapshot_held());
    finish();
}

static void wal_begins_anew_beside_idle_readers(void)
{
    struct stat wal;

    start();
    for (int i = 0; i < 80; i++) { /* 16 MB */
        write_one(100 * 1000);
        read_with(1 + i % READERS, i + 1);
    }
    CHECK(stat(file("-wal"), &wal) == 0);
    CHECK(wal.st_size > 1000 * 1000);
    CHECK(wal.st_size < 12 * 1000 * 1000); /* a checkpoint is due at 4 MB */
    finish();
}

static void tenant_is_closed_beside_idle_readers(void)
{
    start();
    write_one(1);
    read_with(READERS, 1);
    CHECK(access(file("-wal"), F_OK) == 0);
    finish();
    CHECK(access(file("-wal"), F_OK) != 0);
    CHECK(access(file(""), F_OK) == 0);
}

/* This process's own locks are none to it, and would go when it closed the file: a child asks. */
static void other_programs_find_the_file_locked(void)
{
    start();
    write_one(1);
    const char *path = file("");
    pid_t child = fork();
    int status = -1;

    if (child == 0) {
        struct flock lock = {.l_type = F_RDLCK, .l_start = LOCKS_AT, .l_len = LOCKS};
        int fd = open(path, O_RDWR);

        _exit(fd < 0 || fcntl(fd, F_GETLK, &lock) != 0 ? 2 : lock.l_type == F_WRLCK);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 1);
    CHECK(access(file("-shm"), F_OK) != 0);
    finish();
}

static atomic_int told; /* writes that are acknowledged */
static atomic_bool is_over;

static void *read_on(void *data)
{
    while (!atomic_load(&is_over)) {
        CLEANUP(tx_done) struct tx tx = {0};
        struct err why;
        int before = atomic_load(&told);

        if (!tx_read(&tx, tenant, &why) || count(&tx) < before)
            *(int *)data = -1;
    }
    return NULL;
}

static void no_reader_sees_less_than_was_told_before_it_began(void)
{
    pthread_t threads[READERS];
    int seen[READERS] = {0};

    start();
    atomic_store(&told, 0);
    atomic_store(&is_over, false);
    for (int i = 0; i < READERS; i++)
        CHECK(pthread_create(&threads[i], NULL, read_on, &seen[i]) == 0);
    for (int i = 0; i < WRITES; i++) {
        write_one(20 * 1000); /* with checkpoints between */
        atomic_fetch_add(&told, 1);
    }
    atomic_store(&is_over, true);
    for (int i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(seen[i], 0);
    }
    finish();
}

static const struct check_test TESTS[] = {
    CHECK_TEST(write_is_seen_by_every_read_after_it),
    CHECK_TEST(snapshot_stays_until_something_is_written),
    CHECK_TEST(a_read_that_outlived_its_era_leaves_nothing_open),
    CHECK_TEST(wal_begins_anew_beside_idle_readers),
    CHECK_TEST(tenant_is_closed_beside_idle_readers),
    CHECK_TEST(other_programs_find_the_file_locked),
    CHECK_TEST(other_programs_find_the_file_locked),
    CHECK_TEST(no_reader_sees_less_than_was_told_before_it_began),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
