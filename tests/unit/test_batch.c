#include "check.h"

#include "store/rows.h"
#include "store/state.h"
#include "store/vfs_shim.h"

#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <sqlite3.h>

static struct err err;
static struct store *store;
static struct tenant *tenant;

static void open_again(void)
{
    struct store_options options = {.folder = check_folder(), .writers = 1};

    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
}

static void start(void)
{
    struct store_options options = {.folder = check_folder(), .writers = 1};

    setenv("UPRAVA_TEST_VFS", "fault", 1); /* the layer is there and fails when told to */
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

static int64_t number(const char *sql)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows = {0};

    CHECK_OK(tx_read(&tx, tenant, &err) &&
                 store_query(&tx, check_arena(), &rows, sql, ARGS(INT(tx.tenant)), &err),
             &err);
    return rows_int(&rows, 0, 0);
}

static int64_t settings(void)
{
    return number("SELECT count(*) FROM setting WHERE tenant = $1");
}

/* A write that is queued and not waited for. */
struct piece {
    struct store_write write; /* first */
    const char *name;
    const char *kind;
    int runs;
    sem_t is_done;
};

static void on_done(struct store_write *write)
{
    sem_post(&((struct piece *)write)->is_done);
}

/* One more entry of the journal, as auth's journal writes it. */
static bool add_entry(struct tx *tx, const char *action, struct err *why)
{
    tx->head->seq++;
    snprintf(tx->head->chain, sizeof tx->head->chain, "chain-%lld", (long long)tx->head->seq);
    return store_exec(tx,
                      "INSERT INTO journal (tenant, seq, at, actor, action, hash)"
                      " VALUES ($1, $2, 0, 0, $3, $4)",
                      ARGS(INT(tx->tenant), INT(tx->head->seq), TEXT(str_from_z(action)),
                           TEXT(str_from_z(tx->head->chain))),
                      why);
}

static bool put(struct tx *tx, const char *name, struct err *why)
{
    return store_exec(tx, "INSERT INTO setting (tenant, name, value) VALUES ($1, $2, '')",
                      ARGS(INT(tx->tenant), TEXT(str_from_z(name))), why);
}

static bool is(const struct piece *piece, const char *kind)
{
    return strcmp(piece->kind, kind) == 0;
}

static bool run_piece(struct tx *tx, void *data, struct err *why)
{
    struct piece *piece = data;

    piece->runs++;
    if (!put(tx, piece->name, why) || !add_entry(tx, piece->name, why))
        return false;
    if (is(piece, "refuse"))
        return err_set(why, ERR_INPUT, "refused after it had written");
    if (is(piece, "rollback") || is(piece, "careless")) {
        bool ok = store_exec(tx, "INSERT OR ROLLBACK INTO setting VALUES ($1, $2, '')",
                             ARGS(INT(tx->tenant), TEXT(str_from_z(piece->name))), why);

        return ok || is(piece, "careless");
    }
    if (is(piece, "vanish"))
        return store_exec(tx, "INSERT OR ROLLBACK INTO setting VALUES ($1, $2, '')",
                          ARGS(INT(tx->tenant), TEXT(str_from_z(piece->name))), why) ||
               put(tx, "escaped", why);
    return true;
}

static sem_t gate, is_waiting;

static bool run_gate(struct tx *tx, void *data, struct err *why)
{
    (void)tx, (void)data, (void)why;
    sem_post(&is_waiting);
    sem_wait(&gate);
    return true;
}

/* Queues the pieces behind a write that holds the thread, so that they meet in one batch. */
static void run_together(struct piece *pieces, size_t count)
{
    struct piece first = {.write = {.run = run_gate, .done = on_done}};

    sem_init(&gate, 0, 0);
    sem_init(&is_waiting, 0, 0);
    sem_init(&first.is_done, 0, 0);
    tenant_write(tenant, &first.write);
    sem_wait(&is_waiting);
    for (size_t i = 0; i < count; i++) {
        pieces[i].write =
            (struct store_write){.run = run_piece, .data = &pieces[i], .done = on_done};
        sem_init(&pieces[i].is_done, 0, 0);
        tenant_write(tenant, &pieces[i].write);
    }
    sem_post(&gate);
    sem_wait(&first.is_done);
    for (size_t i = 0; i < count; i++)
        sem_wait(&pieces[i].is_done);
}

/* The journal has no hole, and the head is its last entry. */
static void check_journal(int64_t entries)
{
    CHECK_INT(number("SELECT count(*) FROM journal WHERE tenant = $1"), entries);
    CHECK_INT(number("SELECT coalesce(max(seq), 0) FROM journal WHERE tenant = $1"), entries);
    CHECK_INT(number("SELECT coalesce((SELECT seq FROM tenant_head WHERE tenant = $1), 0)"),
              entries);
    CHECK_INT(number("SELECT count(*) FROM journal JOIN tenant_head USING (tenant)"
                     " WHERE tenant = $1 AND journal.seq = tenant_head.seq AND hash = chain"),
              entries > 0);
}

static void rolled_back_write_leaves_nothing_and_the_others_stay(void)
{
    struct piece pieces[] = {{.name = "a", .kind = ""},
                             {.name = "b", .kind = "refuse"},
                             {.name = "c", .kind = ""},
                             {.name = "a", .kind = ""}};

    start();
    run_together(pieces, 4);
    CHECK(pieces[0].write.ok && pieces[2].write.ok);
    CHECK(!pieces[1].write.ok && !pieces[3].write.ok);
    CHECK_INT(pieces[1].write.err.code, ERR_INPUT);
    CHECK_INT(pieces[3].write.err.code, ERR_CONFLICT);
    CHECK_INT(pieces[0].runs + pieces[1].runs + pieces[2].runs + pieces[3].runs, 4);
    CHECK_INT(settings(), 2);
    check_journal(2);
    finish();
    open_again();
    CHECK_INT(settings(), 2);
    check_journal(2);
    finish();
}

static void write_that_ends_the_transaction_makes_the_others_run_again(void)
{
    struct piece pieces[] = {{.name = "a", .kind = ""},
                             {.name = "b", .kind = "rollback"},
                             {.name = "c", .kind = ""},
                             {.name = "d", .kind = "refuse"}};

    start();
    run_together(pieces, 4);
    CHECK(pieces[0].write.ok && !pieces[1].write.ok && pieces[2].write.ok && !pieces[3].write.ok);
    CHECK_INT(pieces[1].write.err.code, ERR_CONFLICT);
    CHECK_INT(pieces[0].runs, 2);
    CHECK_INT(pieces[1].runs, 1);
    CHECK_INT(pieces[2].runs, 1);
    CHECK_INT(settings(), 2);
    check_journal(2);
    finish();
}

static void error_that_is_passed_over_is_still_an_error(void)
{
    struct piece pieces[] = {{.name = "a", .kind = ""},
                             {.name = "b", .kind = "careless"},
                             {.name = "c", .kind = "vanish"},
                             {.name = "d", .kind = ""}};

    start();
    run_together(pieces, 4);
    CHECK(pieces[0].write.ok && !pieces[1].write.ok && !pieces[2].write.ok && pieces[3].write.ok);
    CHECK_INT(pieces[1].write.err.code, ERR_BROKEN);
    /* What ran behind the lost transaction must not have been saved by itself. */
    CHECK_INT(settings(), 2);
    check_journal(2);
    finish();
}

static void fail_from(int64_t call, int code, int64_t count)
{
    struct vfs_shim_faults *faults = vfs_shim_faults(store->shim);

    atomic_store(&faults->code, code);
    atomic_store(&faults->fail_count, count);
    atomic_store(&faults->fail_at, call > 0 ? atomic_load(&faults->calls) + call : 0);
}

static void failed_commit_fails_the_whole_batch(void)
{
    struct piece pieces[] = {{.name = "a", .kind = ""}, {.name = "b", .kind = ""}};
    struct piece again[] = {{.name = "a", .kind = ""}, {.name = "b", .kind = ""}};

    start();
    fail_from(1, SQLITE_IOERR_FSYNC, 1 << 30);
    run_together(pieces, 2);
    CHECK(!pieces[0].write.ok && !pieces[1].write.ok);
    CHECK_INT(pieces[0].write.err.code, ERR_BROKEN);
    CHECK(strstr(pieces[1].write.err.text, "the disk failed") != NULL);
    fail_from(0, 0, 0);
    CHECK_INT(settings(), 0);
    check_journal(0);
    run_together(again, 2);
    CHECK(again[0].write.ok && again[1].write.ok);
    check_journal(2);
    finish();
}

static void full_disk_is_said_and_heals(void)
{
    struct piece pieces[] = {{.name = "a", .kind = ""}, {.name = "b", .kind = ""}};

    start();
    fail_from(1, SQLITE_FULL, 1 << 30);
    run_together(pieces, 1);
    CHECK(!pieces[0].write.ok);
    CHECK_INT(pieces[0].write.err.code, ERR_UNAVAILABLE);
    CHECK(strstr(pieces[0].write.err.text, "is full; free some space") != NULL);
    fail_from(0, 0, 0);
    run_together(pieces, 2);
    CHECK(pieces[0].write.ok && pieces[1].write.ok);
    check_journal(2);
    finish();
}

static void disk_that_became_read_only_is_said(void)
{
    struct piece pieces[] = {{.name = "a", .kind = ""}};

    start();
    fail_from(1, SQLITE_READONLY, 1 << 30);
    run_together(pieces, 1);
    CHECK_INT(pieces[0].write.err.code, ERR_UNAVAILABLE);
    CHECK(strstr(pieces[0].write.err.text, "can only be read") != NULL);
    CHECK_INT(settings(), 0); /* reading goes on */
    fail_from(0, 0, 0);
    finish();
}

static bool put_much(struct tx *tx, void *data, struct err *why)
{
    return store_exec(tx,
                      "INSERT INTO setting (tenant, name, value)"
                      " VALUES ($1, $2, hex(zeroblob(300000)))",
                      ARGS(INT(tx->tenant), INT(*(int *)data)), why);
}

/* The system's own refusal, not the layer's: no file may grow beyond 2 MB. */
static void file_that_may_not_grow_is_like_a_full_disk(void)
{
    struct rlimit before, low = {2 << 20, RLIM_INFINITY};
    int saved = 0;

    start();
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    low.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    CHECK(setrlimit(RLIMIT_FSIZE, &low) == 0);
    while (saved < 20 && tenant_write_wait(tenant, put_much, &saved, &err))
        saved++;
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(saved > 0 && saved < 20);
    CHECK_INT(err.code, ERR_UNAVAILABLE);
    CHECK_INT(settings(), saved);
    CHECK_OK(tenant_write_wait(tenant, put_much, &saved, &err), &err);
    finish();
    open_again();
    CHECK_INT(settings(), saved + 1);
    finish();
}

/* As registry creates a record: the row, its index entries, the journal, the counters. */
static bool create(struct tx *tx, void *data, struct err *why)
{
    int64_t id = *(int64_t *)data;

    return store_exec(tx,
                      "INSERT INTO record (tenant, register, id, valid_from, version, changed_at,"
                      " t1, n1, cell, body) VALUES ($1, 1, $2, 0, 1, 0, 'word', $2, $2, '{}')",
                      ARGS(INT(tx->tenant), INT(id)), why) &&
           store_exec(tx,
                      "INSERT INTO search (rowid, register, title, words)"
                      " VALUES ($1, 'r1', 'word', 'other')",
                      ARGS(INT(id)), why) &&
           add_entry(tx, "create", why);
}

static void check_whole(int64_t id, bool was_said)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows = {0};
    int64_t records = number("SELECT count(*) FROM record WHERE tenant = $1");

    CHECK(records >= (was_said ? id : id - 1));
    CHECK_INT(number("SELECT count(*) FROM search WHERE search MATCH 'word' AND $1 <> 0"), records);
    check_journal(records);
    CHECK_OK(tx_read(&tx, tenant, &err) &&
                 store_query(&tx, check_arena(), &rows, "PRAGMA integrity_check",
                             (struct store_args){0}, &err),
             &err);
    CHECK_STR(rows_text(&rows, 0, 0), STR("ok"));
}

/* Every write and flush failing in turn, the checkpoint's and the closing ones too. */
static void each_call_failing_in_turn_leaves_the_tables_whole(void)
{
    static const int CODES[] = {SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_FULL};
    int64_t id = 0, failed = 0, broken_close = 0;
    bool is_over = false;

    start();
    for (int64_t call = 1; !is_over && call < 200; call++) {
        int64_t before = atomic_load(&vfs_shim_faults(store->shim)->calls);

        id = number("SELECT count(*) FROM record WHERE tenant = $1") + 1;
        fail_from(call, CODES[call % 3], call % 2 == 0 ? 1 : 1 << 30);
        bool ok = tenant_write_wait(tenant, create, &id, &err);
        int64_t own = atomic_load(&vfs_shim_faults(store->shim)->calls) - before;
        failed += !ok;
        CHECK(ok || err.code == ERR_BROKEN || err.code == ERR_UNAVAILABLE);
        finish(); /* with the fault still there, as far as it was not met */
        broken_close += ok;
        open_again();
        check_whole(id, ok);
        is_over = ok && call > own + 20;
    }
    CHECK(is_over);
    CHECK(failed > 3 && broken_close > 10);
    finish();
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(rolled_back_write_leaves_nothing_and_the_others_stay),
        CHECK_TEST(write_that_ends_the_transaction_makes_the_others_run_again),
        CHECK_TEST(error_that_is_passed_over_is_still_an_error),
        CHECK_TEST(failed_commit_fails_the_whole_batch),
        CHECK_TEST(full_disk_is_said_and_heals),
        CHECK_TEST(disk_that_became_read_only_is_said),
        CHECK_TEST(file_that_may_not_grow_is_like_a_full_disk),
        CHECK_TEST(each_call_failing_in_turn_leaves_the_tables_whole),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
