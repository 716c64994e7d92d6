#include "backup/bring.h"
#include "cli/backup_run.h"
#include "cli/commands.h"
#include "cli/verify.h"
#include "core/file.h"
#include "store/adopt.h"
#include "store/rows.h"

struct drill {
    struct command_run *run;
    const struct backup_run *backup;
    struct str scratch; /* a data directory for one municipality */
};

/* What is compared with the running one. */
struct counts {
    int64_t seq;
    int64_t rows[4]; /* of record, history, journal, attachment */
};

static bool count(struct tenant *tenant, struct arena *arena, struct counts *counts,
                  struct err *err)
{
    static const char *const QUESTIONS[] = {
        "SELECT count(*) FROM record WHERE tenant = $1",
        "SELECT count(*) FROM history WHERE tenant = $1",
        "SELECT count(*) FROM journal WHERE tenant = $1",
        "SELECT count(*) FROM attachment WHERE tenant = $1",
    };
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read(&tx, tenant, err) ||
        !store_query(&tx, arena, &rows, "SELECT max(seq) FROM journal WHERE tenant = $1",
                     ARGS(INT(tx.tenant)), err))
        return false;
    counts->seq = rows_int(&rows, 0, 0);
    for (size_t i = 0; i < ARRAY_LEN(QUESTIONS); i++) {
        if (!store_query(&tx, arena, &rows, QUESTIONS[i], ARGS(INT(tx.tenant)), err))
            return false;
        counts->rows[i] = rows_int(&rows, 0, 0);
    }
    return true;
}

static bool hash_at(struct tenant *tenant, struct arena *arena, int64_t seq, struct str *hash,
                    struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read(&tx, tenant, err) ||
        !store_query(&tx, arena, &rows, "SELECT hash FROM journal WHERE tenant = $1 AND seq = $2",
                     ARGS(INT(tx.tenant), INT(seq)), err))
        return false;
    *hash = rows.count > 0 ? rows_text(&rows, 0, 0) : STR("");
    return true;
}

/* The same history as the municipality that runs here; the same counts where it is as far. */
static bool compare(const struct drill *drill, struct tenant *restored, struct str *told,
                    struct err *err)
{
    CLEANUP(store_release) struct tenant *live = NULL;
    struct command_run *run = drill->run;
    struct counts had, has;
    struct str was, is;
    struct err absent = {0};

    if (!count(restored, run->arena, &had, err))
        return false;
    if (!store_hold(run->node->store, tenant_info(restored)->name, &live, &absent)) {
        *told = STR("this server does not have it to compare with");
        return true;
    }
    if (!hash_at(restored, run->arena, had.seq, &was, err) ||
        !hash_at(live, run->arena, had.seq, &is, err) || !count(live, run->arena, &has, err))
        return false;
    if (!str_equal(was, is))
        return err_set(err, ERR_BROKEN,
                       "its journal is not that of the municipality here: entry %lld differs",
                       (long long)had.seq);
    for (size_t i = 0; had.seq == has.seq && i < ARRAY_LEN(had.rows); i++)
        if (had.rows[i] != has.rows[i])
            return err_set(err, ERR_BROKEN, "it has %lld rows where the municipality has %lld",
                           (long long)had.rows[i], (long long)has.rows[i]);
    *told = str_printf(run->arena, "%lld records, as here; the journal here is at entry %lld",
                       (long long)had.rows[0], (long long)has.seq);
    return true;
}

static bool look_at(const struct drill *drill, struct store *store, struct str name,
                    const struct bring_result *brought, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct node node = *drill->run->node;
    struct command_run run = *drill->run;
    bool is_good = true;
    struct str told;

    node.store = store;
    run.node = &node;
    if (!verify_tenant(&run, name, &is_good, err) || !store_hold(store, name, &tenant, err) ||
        !compare(drill, tenant, &told, err))
        return false;
    if (!is_good)
        return err_set(err, ERR_BROKEN, "what comes back of it does not hold together");
    command_print(&run, "%.*s comes back whole: entry %lld, %lld files, %.*s\n", STR_ARG(name),
                  (long long)brought->head.seq, (long long)brought->files, STR_ARG(told));
    return true;
}

static bool drill_one(const struct drill *drill, struct str name, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct store_options options = {.folder = drill->scratch, .writers = 1};
    struct bring bring = {.place = &drill->backup->place,
                          .seal = drill->backup->seal,
                          .tenant = name,
                          .file = STR("data.db")};
    struct bring_result brought;
    struct store *store = NULL;
    struct adopt adopted;
    struct err ignored;

    bring.folder = file_join(arena, drill->scratch, STR("restoring"));
    bool ok = store_open(arena, &options, &store, err) && bring_run(&bring, arena, &brought, err);
    if (ok) {
        adopted = (struct adopt){.info = brought.last.tenant, .folder = bring.folder};
        adopted.info.name = name;
        ok =
            adopt_tenant(store, arena, &adopted, err) && look_at(drill, store, name, &brought, err);
    }
    store_close(&store);
    (void)!file_remove_tree(drill->scratch, &ignored);
    return ok || err_while(err, "%.*s", STR_ARG(name));
}

bool cmd_backup_drill(struct command_run *run, struct err *err)
{
    struct str scratch = command_option(run, "--scratch");
    CLEANUP(backup_run_close) struct backup_run backup = {0};
    struct drill drill = {run, &backup, {0}};
    struct str *names = run->args;
    size_t total = run->arg_count;
    int64_t failed = 0;

    drill.scratch = scratch.len > 0 ? str_copy(run->arena, command_path(run, scratch))
                                    : file_join(run->arena, run->node->data, STR("drill"));
    if (scratch.len > 0 && file_exists(drill.scratch))
        return err_set(err, ERR_CONFLICT, "%.*s is there already", STR_ARG(drill.scratch));
    if (!backup_run_command(&backup, run, "--from", err) ||
        (total == 0 && !bring_list(&backup.place, run->arena, &names, &total, err)))
        return false;
    if (total == 0)
        return err_set(err, ERR_ABSENT, "there is no backup in %.*s", STR_ARG(backup.place.name));
    pthread_mutex_lock(&run->node->backup);
    if (file_exists(drill.scratch)) { /* a drill that was killed */
        struct err ignored;
        (void)!file_remove_tree(drill.scratch, &ignored);
    }
    for (size_t i = 0; i < total; i++) {
        struct err own = {0};

        if (drill_one(&drill, names[i], &own))
            continue;
        command_print(run, "FAILED: %s\n", own.text);
        failed++;
    }
    pthread_mutex_unlock(&run->node->backup);
    return failed == 0 ||
           err_set(err, ERR_BROKEN, "%lld of %zu would not come back", (long long)failed, total);
}
