#include "auth/journal.h"
#include "backup/bring.h"
#include "cli/backup_run.h"
#include "cli/commands.h"
#include "cli/restoring.h"
#include "core/file.h"
#include "core/time.h"
#include "store/adopt.h"

static bool read_until(const struct command_run *run, struct bring *bring, struct err *err)
{
    return restoring_read_moment(command_option(run, "--until"), bring, err) ||
           err_while(err, "--until");
}

/* What was brought becomes a municipality of the store. */
static bool adopt(struct command_run *run, struct store *store, const struct bring *bring,
                  const struct bring_result *brought, struct adopt *adopted, struct err *err)
{
    struct str name = command_option(run, "--as");

    *adopted = (struct adopt){.info = brought->last.tenant,
                              .folder = bring->folder,
                              .is_replacing = command_has(run, "--replace"),
                              .now = time_now()};
    adopted->info.name = name.len > 0 ? name : bring->tenant;
    return adopt_tenant(store, run->arena, adopted, err);
}

struct restored {
    int64_t seq, at;
};

static bool write_restored(struct tx *tx, void *data, struct err *err)
{
    const struct restored *restored = data;
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct journal_entry entry = {
        .at = time_now(),
        .action = STR("restore"),
        .detail = str_printf(arena, "{\"entry\":%lld}", (long long)restored->seq)};

    return journal_add(tx, &entry, err);
}

/* Before the work, not after it. */
static bool check_name(struct command_run *run, struct str name, struct err *err)
{
    struct store_tenant there;
    struct err absent = {0};

    if (command_has(run, "--replace") ||
        !store_get_tenant(run->node->store, run->arena, name, &there, &absent))
        return true;
    return err_set(err, ERR_CONFLICT,
                   "%.*s is there, and is not replaced unasked: say --replace, or restore it into "
                   "a new data directory (uprava restore node %.*s --into FOLDER)",
                   STR_ARG(name), STR_ARG(name));
}

static bool restore(struct command_run *run, const struct backup_run *backup, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct str as = command_option(run, "--as");
    struct bring bring = {.place = &backup->place,
                          .seal = backup->seal,
                          .tenant = run->args[0],
                          .file = STR("data.db")};
    struct bring_result brought;
    struct restored restored;
    struct adopt adopted;

    bring.folder = str_printf(run->arena, "%.*s/restoring/%.*s", STR_ARG(run->node->data),
                              STR_ARG(run->args[0]));
    if (!read_until(run, &bring, err) || !check_name(run, as.len > 0 ? as : run->args[0], err) ||
        (file_exists(bring.folder) && !file_remove_tree(bring.folder, err)) ||
        !bring_run(&bring, run->arena, &brought, err))
        return false;
    if (!adopt(run, run->node->store, &bring, &brought, &adopted, err)) {
        struct err ignored;

        (void)!file_remove_tree(bring.folder, &ignored);
        return false;
    }
    restored = (struct restored){brought.head.seq, brought.last.at};
    if (!store_hold(run->node->store, adopted.info.name, &tenant, err) ||
        !tenant_write_wait(tenant, write_restored, &restored, err))
        return false;
    if (run->node->workers != NULL)
        worker_wake(run->node->workers, adopted.info.name);
    command_print(run, "%.*s is restored as of entry %lld of its journal, with %lld files\n",
                  STR_ARG(adopted.info.name), (long long)brought.head.seq,
                  (long long)brought.files);
    if (adopted.aside.len > 0)
        command_print(run, "The one before lies in %.*s\n", STR_ARG(adopted.aside));
    return true;
}

bool cmd_restore(struct command_run *run, struct err *err)
{
    CLEANUP(backup_run_close) struct backup_run backup = {0};

    if (!backup_run_command(&backup, run, "--from", err))
        return false;
    pthread_mutex_lock(&run->node->backup);
    bool ok = restore(run, &backup, err);
    pthread_mutex_unlock(&run->node->backup);
    return ok;
}

/* The municipality alone, in a data directory made for it. */
static bool unpack_one(struct command_run *run, struct bring *bring, struct str into,
                       struct store **store, struct bring_result *brought, struct err *err)
{
    struct store_options options = {.folder = into, .writers = 1};
    struct adopt adopted;

    if (!store_open(run->arena, &options, store, err))
        return false;
    bring->folder =
        str_printf(run->arena, "%.*s/restoring/%.*s", STR_ARG(into), STR_ARG(bring->tenant));
    bring->file = STR("data.db");
    if (!bring_run(bring, run->arena, brought, err))
        return false;
    adopted = (struct adopt){.info = brought->last.tenant, .folder = bring->folder};
    adopted.info.name = bring->tenant;
    return adopt_tenant(*store, run->arena, &adopted, err);
}

static bool unpack_all(struct command_run *run, struct bring *bring, struct str into,
                       struct err *err)
{
    struct bring_result brought;
    struct str *names;
    size_t count;

    bring->folder = into;
    bring->file = STR("node.db");
    if (!bring_list(bring->place, run->arena, &names, &count, err) ||
        !bring_run(bring, run->arena, &brought, err))
        return false;
    bring->file = STR("data.db");
    for (size_t i = 0; i < count; i++) {
        bring->tenant = names[i];
        bring->folder =
            str_printf(run->arena, "%.*s/tenants/%.*s", STR_ARG(into), STR_ARG(names[i]));
        if (!bring_run(bring, run->arena, &brought, err))
            return err_while(err, "%.*s", STR_ARG(names[i]));
        command_print(run, "%.*s: entry %lld, %lld files\n", STR_ARG(names[i]),
                      (long long)brought.head.seq, (long long)brought.files);
    }
    bring->folder = into;
    if (!bring_extra(bring, run->arena, err))
        return false;
    if (!file_exists(file_join(run->arena, into, STR("node.key"))))
        command_print(run, "The node's key was not in the backup: put your copy of node.key there, "
                           "or a new one is made\n");
    return true;
}

bool cmd_restore_node(struct command_run *run, struct err *err)
{
    struct str into = command_option(run, "--into");
    CLEANUP(backup_run_close) struct backup_run backup = {0};
    struct bring bring = {0};
    struct bring_result brought;
    struct store *store = NULL;
    struct err ignored;

    if (into.len == 0)
        return err_set(err, ERR_INPUT, "--into: the data directory to be made");
    into = str_copy(run->arena, command_path(run, into));
    if (file_exists(into))
        return err_set(err, ERR_CONFLICT, "%.*s is there already", STR_ARG(into));
    if (!backup_run_command(&backup, run, "--from", err))
        return false;
    bring.place = &backup.place;
    bring.seal = backup.seal;
    bool ok = read_until(run, &bring, err);
    if (ok && run->arg_count == 0 && (bring.until > 0 || bring.until_at > 0))
        return err_set(err, ERR_INPUT, "--until goes with one municipality");
    if (ok && run->arg_count > 0) {
        bring.tenant = run->args[0];
        ok = unpack_one(run, &bring, into, &store, &brought, err);
        store_close(&store);
        if (ok)
            command_print(run, "%.*s: entry %lld, %lld files\n", STR_ARG(run->args[0]),
                          (long long)brought.head.seq, (long long)brought.files);
    } else if (ok) {
        ok = unpack_all(run, &bring, into, err);
    }
    if (!ok)
        (void)!file_remove_tree(into, &ignored);
    else
        command_print(run, "%.*s is a data directory now: uprava serve --data %.*s\n",
                      STR_ARG(into), STR_ARG(into));
    return ok;
}
