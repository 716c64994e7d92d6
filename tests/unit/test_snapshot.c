#include "check.h"

#include "core/file.h"
#include "core/hash.h"
#include "store/rows.h"
#include "store/snapshot.h"
#include "store/wal_replay.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WRITERS = 3,
    MOMENTS = 60,
};

static struct err err;

static struct store *open_store(void)
{
    struct store_options options = {.folder = check_folder(), .writers = 2};
    struct store *store = NULL;

    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    return store;
}

static struct tenant *hold_town(struct store *store)
{
    struct tenant *tenant = NULL;

    if (!store_hold(store, STR("town"), &tenant, &err))
        CHECK_OK(store_create_tenant(store, STR("town"), STR("Город"), 0, 7, &err) &&
                     store_hold(store, STR("town"), &tenant, &err),
                 &err);
    return tenant;
}

/* A change with its number of the journal, some pages of text, and now and then a deletion. */
static bool put(struct tx *tx, void *data, struct err *why)
{
    char text[3000];
    int64_t seq = ++tx->head->seq;

    memset(text, (int)('a' + seq % 26), sizeof text);
    snprintf(tx->head->chain, sizeof tx->head->chain, "chain-%lld", (long long)seq);
    struct str name = str_printf(data, "name-%lld", (long long)(seq * 7919 % 500));
    return store_exec(tx, "DELETE FROM setting WHERE tenant = $1 AND name = $2",
                      ARGS(INT(tx->tenant), TEXT(name)), why) &&
           (seq % 5 == 0 ||
            store_exec(tx, "INSERT INTO setting (tenant, name, value) VALUES ($1, $2, $3)",
                       ARGS(INT(tx->tenant), TEXT(name),
                            TEXT(((struct str){text, (size_t)(seq * 31 % 3000)}))),
                       why)) &&
           store_exec(tx,
                      "INSERT INTO journal (tenant, seq, at, actor, action, hash)"
                      " VALUES ($1, $2, $3, 0, 'x', '')",
                      ARGS(INT(tx->tenant), INT(seq), INT(seq * 10)), why);
}

static void put_some(struct tenant *tenant, int count)
{
    for (int i = 0; i < count; i++) {
        CLEANUP(arena_close) struct arena *arena = arena_open(0);

        CHECK_OK(tenant_write_wait(tenant, put, arena, &err), &err);
    }
}

static bool add_row(void *data, const struct rows *row, struct err *why)
{
    uint64_t *sum = data;

    (void)why;
    *sum = hash_keyed(rows_text(row, 0, 0), *sum, 1);
    *sum = hash_keyed(rows_text(row, 0, 1), *sum, 2);
    return true;
}

struct moment {
    int64_t seq;
    uint64_t sum;
};

static struct moment look(struct tenant *tenant)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct moment moment = {0};
    struct rows rows;

    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(store_query(&tx, check_arena(), &rows, "SELECT seq FROM tenant_head WHERE tenant = $1",
                         ARGS(INT(tx.tenant)), &err),
             &err);
    moment.seq = rows.count > 0 ? rows_int(&rows, 0, 0) : 0;
    CHECK_OK(store_each(&tx, "SELECT name, value FROM setting WHERE tenant = $1 ORDER BY name",
                        ARGS(INT(tx.tenant)), add_row, &moment.sum, &err),
             &err);
    return moment;
}

static struct str in_folder(const char *name)
{
    return file_join(check_arena(), check_folder(), str_from_z(name));
}

static void write_base(struct snapshot *snapshot, struct str path)
{
    char *room = arena_alloc(check_arena(), 16 * (size_t)snapshot->page_size);
    int fd = open(path.ptr, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    CHECK(fd >= 0);
    for (int64_t page = 0; page < snapshot->pages; page += 16) {
        size_t count = (size_t)MIN(snapshot->pages - page, 16);

        CHECK_OK(snapshot_read(snapshot, page, count, room, &err), &err);
        CHECK(write(fd, room, count * snapshot->page_size) ==
              (ssize_t)(count * snapshot->page_size));
    }
    close(fd);
}

static void move_cut(const struct snapshot_cut *cut)
{
    struct str path = str_printf(check_arena(), "%.*s/kept-%lld", STR_ARG(check_folder()),
                                 (long long)cut->number);

    CHECK(link(cut->path.ptr, path.ptr) == 0);
    CHECK_OK(snapshot_cut_done(cut, &err), &err);
}

/* The state at that number, from the base and the cuts behind it. */
static struct moment restore(int64_t after, int64_t until)
{
    struct str copy = in_folder("copy/tenants/town/data.db");
    struct wal_replay replay = {.until = until};
    struct store_options options = {.folder = in_folder("copy"), .writers = 1};
    struct store *store;

    CHECK_OK(file_remove_tree(in_folder("copy"), &err) || err.code == ERR_ABSENT, &err);
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    struct tenant *tenant = hold_town(store);
    store_release(&tenant);
    store_close(&store);
    struct str base;
    CHECK_OK(file_read(check_arena(), in_folder("base"), 1 << 28, &base, &err) &&
                 file_write(copy, base, &err),
             &err);
    for (int64_t number = after + 1; !replay.is_stopped; number++) {
        int fd = open(
            str_printf(check_arena(), "%.*s/kept-%lld", STR_ARG(check_folder()), (long long)number)
                .ptr,
            O_RDONLY);

        if (fd < 0)
            break;
        CHECK_OK(wal_replay_run(&replay, copy.ptr, fd, number, &err), &err);
        close(fd);
    }

    struct moment moment = {0};
    struct wal_replay_look whole = {0};
    CHECK_OK(wal_replay_look(copy.ptr, 1, &whole, &err), &err);
    /* Rows name the tenant they came from: count without it. */
    CLEANUP(tx_done) struct tx tx = {0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    CHECK_OK(store_each(&tx, "SELECT name, value FROM setting ORDER BY name",
                        (struct store_args){0}, add_row, &moment.sum, &err),
             &err);
    struct rows rows;
    CHECK_OK(store_query(&tx, check_arena(), &rows, "SELECT seq FROM tenant_head",
                         (struct store_args){0}, &err),
             &err);
    moment.seq = rows_int(&rows, 0, 0);
    tx_done(&tx);
    store_release(&tenant);
    store_close(&store);
    return moment;
}

struct load {
    struct tenant *tenant;
    atomic_bool is_over;
};

static void *write_on(void *data)
{
    struct load *load = data;

    while (!atomic_load(&load->is_over)) {
        CLEANUP(arena_close) struct arena *arena = arena_open(0);
        struct err own;

        if (!tenant_write_wait(load->tenant, put, arena, &own))
            abort();
    }
    return NULL;
}

static void base_and_cuts_under_load_give_every_moment(void)
{
    struct store *store = open_store();
    struct load load = {.tenant = hold_town(store)};
    struct moment moments[MOMENTS];
    pthread_t threads[WRITERS];
    struct snapshot snapshot;
    struct snapshot_cut cut;
    struct snapshot_wish wish = {STR("{\"generation\":1}"), 5};
    struct str chain;

    put_some(load.tenant, 50);
    for (int i = 0; i < WRITERS; i++)
        CHECK(pthread_create(&threads[i], NULL, write_on, &load) == 0);
    CHECK_OK(snapshot_open(&snapshot, check_arena(), load.tenant, &wish, &err), &err);
    for (int i = 0; i < MOMENTS; i++) {
        moments[i] = look(load.tenant);
        usleep(15000);
        if (i == MOMENTS / 4)
            write_base(&snapshot, in_folder("base")); /* long after the moment it is of */
        if (i == MOMENTS / 3)
            snapshot_close(&snapshot);
        if (i % 10 == 9) {
            CHECK_OK(snapshot_cut(load.tenant, check_arena(), 6, &cut, &err), &err);
            CHECK(cut.number > 0);
            move_cut(&cut);
        }
    }
    atomic_store(&load.is_over, true);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    struct moment last = look(load.tenant);
    CHECK_OK(snapshot_cut(load.tenant, check_arena(), 6, &cut, &err), &err);
    CHECK(cut.number > 0);
    move_cut(&cut);
    CHECK_OK(snapshot_chain(load.tenant, check_arena(), &chain, &err), &err);
    CHECK_STR(chain, wish.chain);
    CHECK(last.seq > moments[0].seq + MOMENTS);

    int compared = 0;
    for (int i = 0; i < MOMENTS; i += 7) {
        if (moments[i].seq < snapshot.head.seq)
            continue;
        struct moment got = restore(snapshot.number, moments[i].seq);
        CHECK_INT(got.seq, moments[i].seq);
        CHECK(got.sum == moments[i].sum);
        compared++;
    }
    CHECK(compared > 4);
    struct moment got = restore(snapshot.number, 0);
    CHECK_INT(got.seq, last.seq);
    CHECK(got.sum == last.sum);
    store_release(&load.tenant);
    store_close(&store);
}

static void chain_goes_on_over_closing_and_a_new_base_ends_where_it_begins(void)
{
    struct store *store = open_store();
    struct tenant *tenant = hold_town(store);
    struct snapshot snapshot;
    struct snapshot_cut cut;
    struct snapshot_wish wish = {STR("one"), 5};

    CHECK_OK(snapshot_open(&snapshot, check_arena(), tenant, &wish, &err), &err);
    write_base(&snapshot, in_folder("base"));
    snapshot_close(&snapshot);
    CHECK_OK(snapshot_cut(tenant, check_arena(), 6, &cut, &err), &err);
    CHECK_INT(cut.number, 0);
    put_some(tenant, 20);
    for (int i = 0; i < 3; i++) {
        store_release(&tenant);
        store_close(&store);
        store = open_store();
        tenant = hold_town(store);
        put_some(tenant, 5);
        CHECK_OK(snapshot_cut(tenant, check_arena(), 6, &cut, &err), &err);
        CHECK_INT(cut.number, i + 1);
        move_cut(&cut);
    }
    put_some(tenant, 3);
    struct moment at_new = look(tenant);
    wish.chain = STR("two");
    CHECK_OK(snapshot_open(&snapshot, check_arena(), tenant, &wish, &err), &err);
    snapshot_close(&snapshot);
    CHECK_INT(snapshot.number, 4);
    put_some(tenant, 3);
    CHECK_OK(snapshot_cut_waiting(tenant, check_arena(), &cut, &err), &err);
    CHECK_INT(cut.number, 4);
    move_cut(&cut);
    struct moment got = restore(0, 0);
    CHECK_INT(got.seq, at_new.seq);
    CHECK(got.sum == at_new.sum);
    store_release(&tenant);
    store_close(&store);
}

/* A child that writes and is killed; what it had committed is in the cuts made afterwards. */
static void chain_goes_on_after_a_kill(void)
{
    struct store *store = open_store();
    struct tenant *tenant = hold_town(store);
    struct snapshot snapshot;
    struct snapshot_cut cut;
    struct snapshot_wish wish = {STR("one"), 5};

    CHECK_OK(snapshot_open(&snapshot, check_arena(), tenant, &wish, &err), &err);
    write_base(&snapshot, in_folder("base"));
    snapshot_close(&snapshot);
    store_release(&tenant);
    store_close(&store);
    for (int i = 0; i < 4; i++) {
        pid_t child = fork();

        if (child == 0) {
            store = open_store();
            tenant = hold_town(store);
            put_some(tenant, 30 + 400 * (i % 2)); /* also over a checkpoint */
            _exit(0);                             /* as a kill: nothing is closed */
        }
        int status;
        CHECK(waitpid(child, &status, 0) == child && status == 0);
    }
    store = open_store();
    tenant = hold_town(store);
    struct moment last = look(tenant);
    CHECK_OK(snapshot_cut(tenant, check_arena(), 6, &cut, &err), &err);
    CHECK_INT(cut.number, 1);
    move_cut(&cut);
    struct moment got = restore(0, 0);
    CHECK_INT(got.seq, last.seq);
    CHECK(got.sum == last.sum);
    store_release(&tenant);
    store_close(&store);
}

static void what_cannot_be_kept_ends_the_chain_and_no_write(void)
{
    struct store *store = open_store();
    struct tenant *tenant = hold_town(store);
    struct snapshot snapshot;
    struct snapshot_cut cut;
    struct snapshot_wish wish = {STR("one"), 5};
    struct str chain;
    struct str tap = in_folder("tenants/town/backup/tap");

    CHECK_OK(snapshot_open(&snapshot, check_arena(), tenant, &wish, &err), &err);
    snapshot_close(&snapshot);
    put_some(tenant, 20);
    store_release(&tenant);
    store_close(&store);
    CHECK(truncate(tap.ptr, 20) == 0);
    store = open_store();
    tenant = hold_town(store);
    put_some(tenant, 20);
    CHECK(!snapshot_cut(tenant, check_arena(), 6, &cut, &err));
    CHECK_INT(err.code, ERR_ABSENT);
    CHECK(!snapshot_chain(tenant, check_arena(), &chain, &err));
    CHECK_INT(err.code, ERR_ABSENT);
    CHECK(str_find(str_from_z(err.text), STR("damaged")) < strlen(err.text));
    store_release(&tenant);
    store_close(&store);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(base_and_cuts_under_load_give_every_moment),
    CHECK_TEST(chain_goes_on_over_closing_and_a_new_base_ends_where_it_begins),
    CHECK_TEST(chain_goes_on_after_a_kill),
    CHECK_TEST(what_cannot_be_kept_ends_the_chain_and_no_write),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
