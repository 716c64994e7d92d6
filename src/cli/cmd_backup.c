#include "cli/backup_run.h"
#include "cli/commands.h"
#include "core/file.h"
#include "core/num.h"
#include "core/time.h"

enum {
    TELL_US = 2 * 1000 * 1000, /* between two lines about a long copy */
};

struct telling {
    struct command_run *run;
    struct str name;
    int64_t told_us;
};

static bool tell(void *data, int64_t done, int64_t total)
{
    struct telling *telling = data;
    int64_t now = time_monotonic_us();

    if (total > 0 && now - telling->told_us > TELL_US) {
        telling->told_us = now;
        command_print(telling->run, "%.*s: %lld %%\n", STR_ARG(telling->name),
                      (long long)(done * 100 / total));
    }
    return true;
}

static void print_result(struct command_run *run, struct str name, const struct take_result *result)
{
    if (result->steps == 0)
        command_print(run, "%.*s: nothing has changed\n", STR_ARG(name));
    else
        command_print(run, "%.*s: %s%s%.*s%s to entry %lld, %lld new files, %lld kB\n",
                      STR_ARG(name), result->is_base ? "a whole copy" : "changes",
                      result->why.len > 0 ? " (" : "", STR_ARG(result->why),
                      result->why.len > 0 ? ")" : "", (long long)result->head.seq,
                      (long long)result->files, (long long)(result->bytes + 1023) / 1024);
    if (result->damaged > 0)
        command_print(run, "%.*s: %lld attachments are DAMAGED on the disk and were left out\n",
                      STR_ARG(name), (long long)result->damaged);
}

static bool back_up(struct command_run *run, struct backup_run *backup, struct str name,
                    struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str shown = name.len > 0 ? name : STR("the node");
    struct telling telling = {run, shown, time_monotonic_us()};
    struct take_result result;

    backup->progress = tell;
    backup->data = &telling;
    if (!backup_run_one(backup, arena, name,
                        command_has(run, "--changes") ? TAKE_CHANGES : TAKE_BASE, &result, err))
        return false;
    print_result(run, shown, &result);
    return result.damaged == 0 ||
           err_set(err, ERR_BROKEN, "%.*s: attachments are damaged: see uprava verify",
                   STR_ARG(shown));
}

/* All that can be are, whatever becomes of one. */
static bool back_up_all(struct command_run *run, struct backup_run *backup, struct err *err)
{
    struct store_tenant *tenants;
    size_t count;
    int64_t failed = 0;

    if (!store_list_tenants(run->node->store, run->arena, &tenants, &count, err))
        return false;
    for (size_t i = 0; i <= count; i++) {
        struct err own = {0};

        if (back_up(run, backup, i < count ? tenants[i].name : STR(""), &own))
            continue;
        command_print(run, "FAILED: %s\n", own.text);
        failed++;
    }
    if (backup->seal == NULL)
        command_print(run, "The node's key is not in a backup that is not encrypted: keep a copy "
                           "of node.key apart\n");
    return failed == 0 || err_set(err, ERR_UNAVAILABLE, "%lld of %zu backups failed",
                                  (long long)failed, count + 1);
}

bool cmd_backup(struct command_run *run, struct err *err)
{
    struct str keep = command_option(run, "--keep");
    CLEANUP(backup_run_close) struct backup_run backup = {0};

    if (!backup_run_command(&backup, run, "--to", err))
        return false;
    if (keep.len > 0 && (!num_parse_int(keep, &backup.keep) || backup.keep < 1))
        return err_set(err, ERR_INPUT, "--keep: how many whole copies, at least 1");
    if (run->arg_count == 0)
        return back_up_all(run, &backup, err);
    for (size_t i = 0; i < run->arg_count; i++)
        if (!back_up(run, &backup, run->args[i], err))
            return false;
    return true;
}

bool cmd_backup_key(struct command_run *run, struct err *err)
{
    struct str path = command_path(run, run->args[0]);
    struct buf secret = {.arena = run->arena};
    struct buf public = {.arena = run->arena};

    if (file_exists(path))
        return err_set(err, ERR_CONFLICT, "%.*s is there already", STR_ARG(path));
    if (!secret_init(err))
        return false;
    seal_make(&secret, &public);
    if (!file_write(path, buf_str(&secret), err))
        return false;
    command_print(run, "%.*s", STR_ARG(buf_str(&public)));
    return true;
}
