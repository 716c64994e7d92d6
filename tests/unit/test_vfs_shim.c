#include "check.h"

#include "core/file.h"
#include "store/rows.h"
#include "store/store.h"
#include "store/vfs_shim.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct err err;

static struct store *open_store(bool is_unsafe)
{
    struct store_options options = {.folder = check_folder(), .writers = 1, .is_unsafe = is_unsafe};
    struct store *store = NULL;

    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    return store;
}

static void make_town(void)
{
    struct store *store = open_store(false);

    CHECK_OK(store_create_tenant(store, STR("town"), STR(""), 0, 0, &err), &err);
    store_close(&store);
}

/* A journal entry and a large value, so that checkpoints happen too. */
static bool write_one(struct tx *tx, void *data, struct err *why)
{
    int64_t no = *(int64_t *)data;

    tx->head->seq++;
    snprintf(tx->head->chain, sizeof tx->head->chain, "%lld", (long long)no);
    return store_exec(tx,
                      "INSERT INTO setting (tenant, name, value)"
                      " VALUES ($1, $2, $3 || hex(zeroblob(20000)))"
                      " ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value",
                      ARGS(INT(tx->tenant), TEXT(str_printf(check_arena(), "k%d", (int)(no % 20))),
                           INT(no)),
                      why) &&
           store_exec(tx,
                      "INSERT INTO journal (tenant, seq, at, actor, action, hash)"
                      " VALUES ($1, $2, 0, 0, 'x', $3)",
                      ARGS(INT(tx->tenant), INT(tx->head->seq), INT(no)), why);
}

/* In the child: writes until it is killed, telling each number once it is said to be saved. */
static _Noreturn void write_forever(int out, const char *mode, bool is_unsafe)
{
    struct store *store;
    struct tenant *tenant;

    setenv("UPRAVA_TEST_VFS", mode, 1);
    store = open_store(is_unsafe);
    if (!store_hold(store, STR("town"), &tenant, &err))
        _exit(3);
    for (int64_t no = 1;; no++) {
        if (!tenant_write_wait(tenant, write_one, &no, &err) ||
            write(out, &no, sizeof no) != sizeof no)
            _exit(2);
    }
}

/* The last number that was said to be saved before the kill. */
static int64_t kill_while_writing(const char *mode, bool is_unsafe, int64_t enough)
{
    int ends[2], status;
    int64_t said = 0, no;

    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0)
        write_forever(ends[1], mode, is_unsafe);
    close(ends[1]);
    while (said < enough && read(ends[0], &no, sizeof no) == sizeof no)
        said = no;
    kill(child, SIGKILL);
    while (read(ends[0], &no, sizeof no) == sizeof no)
        said = no;
    close(ends[0]);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return said;
}

static int64_t number(struct tenant *tenant, const char *sql)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows = {0};

    CHECK_OK(tx_read(&tx, tenant, &err) &&
                 store_query(&tx, check_arena(), &rows, sql, ARGS(INT(tx.tenant)), &err),
             &err);
    return rows_int(&rows, 0, 0);
}

/* What is left after the kill: checked whole; the last number kept is returned. */
static int64_t last_kept(void)
{
    struct store *store = open_store(false);
    struct tenant *tenant;
    struct tx tx = {0};
    struct rows rows = {0};

    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
    CHECK_OK(tx_read(&tx, tenant, &err) &&
                 store_query(&tx, check_arena(), &rows, "PRAGMA integrity_check",
                             (struct store_args){0}, &err),
             &err);
    CHECK_STR(rows_text(&rows, 0, 0), STR("ok"));
    tx_done(&tx);
    int64_t last = number(
        tenant, "SELECT coalesce(max(CAST(hash AS bigint)), 0) FROM journal WHERE tenant = $1");
    CHECK_INT(
        number(tenant, "SELECT count(*) FROM journal WHERE tenant = $1"),
        number(tenant, "SELECT coalesce((SELECT seq FROM tenant_head WHERE tenant = $1), 0)"));
    CHECK_INT(number(tenant, "SELECT coalesce(max(CAST(substr(value, 1, length(value) - 40000)"
                             " AS bigint)), 0) FROM setting WHERE tenant = $1"),
              last);
    store_release(&tenant);
    store_close(&store);
    return last;
}

static void forgetful_disk_loses_nothing_that_was_said_to_be_saved(void)
{
    for (int round = 0; round < 6; round++) {
        const char *mode = round % 2 == 0 ? "drop" : "tear";

        CHECK_OK(file_remove_tree(
                     str_printf(check_arena(), "%.*s/tenants", STR_ARG(check_folder())), &err) ||
                     round == 0,
                 &err);
        unlink(str_printf(check_arena(), "%.*s/node.db", STR_ARG(check_folder())).ptr);
        make_town();
        /* 400 of them are 20 MB of WAL: at least one checkpoint lies behind. */
        int64_t said = kill_while_writing(mode, false, 100 + round * 60);
        CHECK(said >= 100);
        CHECK(last_kept() >= said);
    }
}

static void without_flushing_the_forgetful_disk_does_lose(void)
{
    make_town();
    int64_t said = kill_while_writing("drop", true, 100);
    CHECK(said >= 100);
    CHECK(last_kept() < said);
}

static void plain_kill_alone_would_not_have_noticed(void)
{
    make_town();
    int64_t said = kill_while_writing("none", true, 100);
    CHECK(last_kept() >= said);
}

static void forgetful_disk_keeps_what_is_closed_in_order(void)
{
    struct store *store;
    struct tenant *tenant;
    int64_t no = 7;

    make_town();
    setenv("UPRAVA_TEST_VFS", "drop", 1);
    store = open_store(false);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, write_one, &no, &err), &err);
    CHECK_INT(number(tenant, "SELECT count(*) FROM journal WHERE tenant = $1"), 1);
    store_release(&tenant);
    store_close(&store);
    unsetenv("UPRAVA_TEST_VFS");
    CHECK_INT(last_kept(), 7);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(forgetful_disk_loses_nothing_that_was_said_to_be_saved),
        CHECK_TEST(without_flushing_the_forgetful_disk_does_lose),
        CHECK_TEST(plain_kill_alone_would_not_have_noticed),
        CHECK_TEST(forgetful_disk_keeps_what_is_closed_in_order),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
