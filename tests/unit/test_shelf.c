/* Files of tenants that are opened and closed: which, how many, and that nothing is lost by it. */
#include "check.h"

#include "core/time.h"
#include "store/rows.h"
#include "store/state.h"

#include <dirent.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
    TOWNS = 12,
    THREADS = 6,
    ROUNDS = 60,
};

static struct err err;
static sem_t written;

static struct store *open_store(const struct store_options *limits)
{
    struct store_options options = *limits;
    struct store *store = NULL;

    options.folder = check_folder();
    if (options.writers == 0)
        options.writers = 2;
    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    return store;
}

static struct str name_of(int i)
{
    return str_printf(check_arena(), "t%d", i);
}

static void make_towns(struct store *store, int count)
{
    for (int i = 0; i < count; i++)
        CHECK_OK(store_create_tenant(store, name_of(i), STR(""), 0, 0, &err), &err);
}

static void visit(struct store *store, int i)
{
    struct tenant *tenant = NULL;
    struct tx tx = {0};
    struct rows rows;

    CHECK_OK(store_hold(store, name_of(i), &tenant, &err), &err);
    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(store_query(&tx, check_arena(), &rows, "SELECT 1 FROM record WHERE tenant = $1",
                         ARGS(INT(tx.tenant)), &err),
             &err);
    tx_done(&tx);
    store_release(&tenant);
}

static bool is_open(struct store *store, int i)
{
    struct tenant *tenant = store_hold_open(store, name_of(i));
    bool answer = tenant != NULL;

    store_release(&tenant);
    return answer;
}

static int count_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;

    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static void the_one_not_asked_for_longest_goes_first(void)
{
    struct store *store = open_store(&(struct store_options){.tenants_max = 3});

    make_towns(store, 4);
    visit(store, 0);
    visit(store, 1);
    visit(store, 2);
    visit(store, 0);
    visit(store, 3);
    CHECK(!is_open(store, 1));
    CHECK(is_open(store, 0) && is_open(store, 2) && is_open(store, 3));
    store_close(&store);
}

static void descriptors_are_bounded_whoever_is_asked_for(void)
{
    struct store *store = open_store(&(struct store_options){.files_max = 12});

    make_towns(store, TOWNS);
    int before = count_files(); /* the node's are open */
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < TOWNS; i++)
            visit(store, i);
    CHECK(count_files() - before <= 12);
    CHECK(shelf_load(&store->shelf).tenants >= 3);
    CHECK(is_open(store, TOWNS - 1));
    store_close(&store);
    CHECK(count_files() < before);
}

static void memory_is_bounded_too(void)
{
    struct store *store = open_store(&(struct store_options){.memory_max = 1 << 20});
    struct shelf_load load;

    make_towns(store, TOWNS);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < TOWNS; i++)
            visit(store, i);
    load = shelf_load(&store->shelf);
    CHECK(load.bytes <= 1 << 20);
    CHECK(load.tenants >= 4 && load.tenants < TOWNS);
    store_close(&store);
}

static bool add_setting(struct tx *tx, void *data, struct err *why)
{
    (void)data;
    return store_exec(tx,
                      "INSERT INTO setting (tenant, name, value) SELECT $1, 'n' || count(*), 'x'"
                      " FROM setting WHERE tenant = $1",
                      ARGS(INT(tx->tenant)), why);
}

static void add(struct store *store, int i)
{
    struct tenant *tenant = NULL;
    struct err own = {0};

    CHECK_OK(store_hold(store, name_of(i), &tenant, &own), &own);
    CHECK_OK(tenant_write_wait(tenant, add_setting, NULL, &own), &own);
    store_release(&tenant);
}

static void a_writer_that_always_has_work_still_lets_go_of_files(void)
{
    struct store *store = open_store(&(struct store_options){.tenants_max = 2});
    int64_t end = time_monotonic_us() + 20 * 1000000;
    bool is_done = false;

    make_towns(store, TOWNS);
    for (int i = 1; i < TOWNS; i++)
        add(store, i);
    while (!is_done && time_monotonic_us() < end) {
        add(store, 0);
        is_done = shelf_load(&store->shelf).tenants <= 3;
    }
    CHECK(is_done);
    store_close(&store);
}

struct visitor {
    struct store *store;
    int seed;
    pthread_t thread;
    atomic_int *added; /* by town */
    char names[TOWNS][8];
};

static void *run_visitor(void *data)
{
    struct visitor *visitor = data;
    unsigned state = (unsigned)visitor->seed;

    for (int round = 0; round < ROUNDS; round++) {
        struct tenant *tenant = NULL;
        struct err own = {0};

        state = state * 1103515245U + 12345U;
        int town = (int)(state >> 16) % TOWNS;
        if (store_hold(visitor->store, str_from_z(visitor->names[town]), &tenant, &own) &&
            tenant_write_wait(tenant, add_setting, NULL, &own))
            atomic_fetch_add(&visitor->added[town], 1);
        store_release(&tenant);
    }
    return NULL;
}

static int64_t count_in(struct store *store, int i)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    CHECK_OK(store_hold(store, name_of(i), &tenant, &err), &err);
    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(store_query(&tx, check_arena(), &rows,
                         "SELECT count(*) FROM setting WHERE tenant = $1", ARGS(INT(tx.tenant)),
                         &err),
             &err);
    return rows_int(&rows, 0, 0);
}

static void files_that_open_and_close_under_writes_lose_none(void)
{
    struct store *store = open_store(&(struct store_options){.tenants_max = 2});
    struct visitor visitors[THREADS];
    atomic_int added[TOWNS] = {0};
    int total = 0;

    make_towns(store, TOWNS);
    for (int i = 0; i < THREADS; i++) {
        visitors[i] = (struct visitor){.store = store, .seed = i + 1, .added = added};
        for (int town = 0; town < TOWNS; town++)
            snprintf(visitors[i].names[town], sizeof visitors[i].names[town], "t%d", town);
        CHECK(pthread_create(&visitors[i].thread, NULL, run_visitor, &visitors[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(visitors[i].thread, NULL);
    for (int town = 0; town < TOWNS; town++) {
        CHECK_INT(count_in(store, town), added[town]);
        total += added[town];
    }
    CHECK_INT(total, THREADS * ROUNDS); /* none was refused */
    CHECK_INT(store_holds(store), 0);
    store_close(&store);
}

static bool count_rows(struct tx *tx, void *data, struct err *why)
{
    struct rows rows;

    if (!store_query(tx, check_arena(), &rows, "SELECT count(*) FROM setting WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), why))
        return false;
    *(int64_t *)data = rows_int(&rows, 0, 0);
    return true;
}

static bool write_in_a_look(struct tx *tx, void *data, struct err *why)
{
    return add_setting(tx, data, why);
}

static void a_look_sees_what_was_written_before_it_and_writes_nothing(void)
{
    struct store *store = open_store(&(struct store_options){0});
    struct tenant *tenant = NULL;
    int64_t count = -1;

    make_towns(store, 1);
    CHECK_OK(store_hold(store, name_of(0), &tenant, &err), &err);
    CHECK_OK(tenant_look_wait(tenant, count_rows, &count, &err), &err);
    CHECK_INT(count, 0);
    CHECK(tenant->session == NULL); /* no connection to write was opened for it */
    CHECK_OK(tenant_write_wait(tenant, add_setting, NULL, &err), &err);
    CHECK_OK(tenant_look_wait(tenant, count_rows, &count, &err), &err);
    CHECK_INT(count, 1);
    CHECK(!tenant_look_wait(tenant, write_in_a_look, NULL, &err));
    store_release(&tenant);
    CHECK_INT(count_in(store, 0), 1);
    store_close(&store);
}

static int64_t wal_size(int i)
{
    struct str path =
        str_printf(check_arena(), "%.*s/tenants/t%d/data.db-wal", STR_ARG(check_folder()), i);
    struct stat info;

    return stat(path.ptr, &info) == 0 ? (int64_t)info.st_size : 0;
}

/* Of thousands most are asked for once and then closed. */
static void a_write_behind_a_read_opens_no_connection_more(void)
{
    struct store *store = open_store(&(struct store_options){0});
    struct tenant *tenant = NULL;
    struct tx tx = {0};

    make_towns(store, 1);
    CHECK_OK(store_hold(store, name_of(0), &tenant, &err), &err);
    visit(store, 0);
    struct store_session *reader = tenant->pool->idle;
    CHECK(reader != NULL);
    CHECK_OK(tenant_write_wait(tenant, add_setting, NULL, &err), &err);
    CHECK(tenant->session == reader);
    /* Who reads now has another one, which cannot write. */
    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK(tx.session != reader);
    CHECK(!store_exec(&tx, "DELETE FROM setting WHERE tenant = $1", ARGS(INT(tx.tenant)), &err));
    tx_done(&tx);
    CHECK_OK(tenant_write_wait(tenant, add_setting, NULL, &err), &err);
    CHECK(tenant->session == reader);
    store_release(&tenant);
    CHECK_INT(count_in(store, 0), 2);
    store_close(&store);
    CHECK_INT(wal_size(0), 0);
}

static void on_done(struct store_write *write)
{
    (void)write;
    sem_post(&written);
}

/* All have one writer, and it is at a flush. */
static void a_look_waits_for_no_flush_of_another(void)
{
    struct store *store = open_store(&(struct store_options){.writers = 1, .slow_flush_ms = 500});
    struct tenant *slow = NULL, *quick = NULL;
    struct store_write write = {.run = add_setting, .done = on_done};
    int64_t count = -1;

    make_towns(store, 2);
    CHECK_OK(store_hold(store, name_of(0), &slow, &err), &err);
    CHECK_OK(store_hold(store, name_of(1), &quick, &err), &err);
    CHECK_INT(sem_init(&written, 0, 0), 0);
    tenant_write(slow, &write);
    CHECK_OK(tenant_look_wait(quick, count_rows, &count, &err), &err);
    CHECK(sem_trywait(&written) != 0);
    /* But for its own tenant's. */
    CHECK_OK(tenant_look_wait(slow, count_rows, &count, &err), &err);
    CHECK_INT(count, 1);
    CHECK_INT(sem_trywait(&written), 0);
    CHECK(write.ok);
    sem_destroy(&written);
    store_release(&slow);
    store_release(&quick);
    store_close(&store);
}

static void write_to(struct store *store, int i, store_run *run)
{
    struct tenant *tenant = NULL;

    CHECK_OK(store_hold(store, name_of(i), &tenant, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, run, NULL, &err), &err);
    store_release(&tenant);
    for (int ms = 0; is_open(store, i) && ms < 10000; ms += 10) {
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
        visit(store, 2);
    }
    CHECK(!is_open(store, i));
    /* Whoever asks now waits until it is closed. */
    visit(store, i);
    visit(store, 2);
}

static bool add_much(struct tx *tx, void *data, struct err *why)
{
    struct buf text = {.arena = check_arena()};

    (void)data;
    while (text.len < (size_t)200 * 1024)
        buf_add(&text, STR("so that there are pages "));
    return store_exec(tx, "INSERT INTO setting (tenant, name, value) VALUES ($1, 'much', $2)",
                      ARGS(INT(tx->tenant), TEXT(buf_str(&text))), why);
}

static void a_file_that_makes_room_leaves_a_short_wal_and_loses_nothing(void)
{
    struct store *store = open_store(&(struct store_options){.tenants_max = 1});

    make_towns(store, 3);
    visit(store, 0);
    visit(store, 2);
    write_to(store, 0, add_setting);
    CHECK(wal_size(0) > 0);
    CHECK_INT(count_in(store, 0), 1);
    visit(store, 2);
    write_to(store, 1, add_much);
    CHECK_INT(wal_size(1), 0);
    store_close(&store);
    store = open_store(&(struct store_options){0});
    CHECK_INT(count_in(store, 0), 1);
    CHECK_INT(count_in(store, 1), 1);
    store_close(&store);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(the_one_not_asked_for_longest_goes_first),
        CHECK_TEST(descriptors_are_bounded_whoever_is_asked_for),
        CHECK_TEST(memory_is_bounded_too),
        CHECK_TEST(a_writer_that_always_has_work_still_lets_go_of_files),
        CHECK_TEST(files_that_open_and_close_under_writes_lose_none),
        CHECK_TEST(a_look_sees_what_was_written_before_it_and_writes_nothing),
        CHECK_TEST(a_write_behind_a_read_opens_no_connection_more),
        CHECK_TEST(a_look_waits_for_no_flush_of_another),
        CHECK_TEST(a_file_that_makes_room_leaves_a_short_wal_and_loses_nothing),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
