#include "cli/backup_run.h"

#include "backup/keep.h"
#include "backup/status.h"
#include "core/file.h"
#include "core/time.h"

bool backup_run_open(struct backup_run *run, struct arena *arena, struct node *node,
                     const struct backup_run_where *where, struct err *err)
{
    *run = (struct backup_run){.node = node};
    if (!place_open(&run->place, arena, where->to, where->access, err))
        return false;
    if (node != NULL && run->place.bucket == NULL &&
        str_starts(file_join(arena, run->place.folder, STR("")),
                   file_join(arena, node->data, STR(""))))
        return err_set(err, ERR_INPUT,
                       "a backup inside the data directory is none: say another "
                       "folder, best on another disk");
    if (where->secret.len == 0)
        return true;
    run->seal = ARENA_NEW(arena, struct seal);
    return seal_load(run->seal, where->secret, err);
}

void backup_run_close(struct backup_run *run)
{
    place_close(&run->place);
}

struct str backup_run_target(const struct command_run *command, const char *option)
{
    struct str target = command_option(command, option);

    return bucket_is_address(target) ? target : command_path(command, target);
}

bool backup_run_command(struct backup_run *run, struct command_run *command, const char *option,
                        struct err *err)
{
    struct backup_run_where where = {
        .to = backup_run_target(command, option),
        .access = command_folder(command, command_option(command, "--s3")),
        .secret = command_folder(command, command_option(command, "--secret"))};

    *run = (struct backup_run){0};
    if (!command_has(command, option))
        return err_set(err, ERR_INPUT, "%s: the folder of the backup, or s3://BUCKET/PREFIX",
                       option);
    return secret_init(err) && backup_run_open(run, command->arena, command->node, &where, err);
}

static bool keep_some(const struct backup_run *run, struct arena *arena, struct str tenant,
                      struct err *err)
{
    struct keep keep = {.place = &run->place, .tenant = tenant, .generations = run->keep};
    struct keep_result result;

    if (run->keep == 0)
        return true;
    keep.folder = tenant.len == 0 ? STR("")
                                  : str_printf(arena, "%.*s/tenants/%.*s/files",
                                               STR_ARG(run->node->data), STR_ARG(tenant));
    return keep_run(&keep, arena, &result, err) ||
           err_while(err, "taking away what is old in %.*s", STR_ARG(run->place.name));
}

static bool take_one(const struct backup_run *run, struct arena *arena, struct str tenant,
                     enum take_kind kind, struct take_result *result, struct err *err)
{
    CLEANUP(store_release) struct tenant *held = NULL;
    struct take take = {.store = run->node->store,
                        .place = &run->place,
                        .seal = run->seal,
                        .key = &run->node->key,
                        .clock = time_now,
                        .progress = run->progress,
                        .data = run->data};

    if (tenant.len == 0)
        held = store_hold_node(run->node->store);
    else if (!store_hold(run->node->store, tenant, &held, err))
        return false;
    return take_run(&take, arena, held, kind, result, err) &&
           (tenant.len > 0 || !result->is_base || take_extra(&take, arena, result, err)) &&
           (!result->is_base || keep_some(run, arena, tenant, err));
}

static bool write_down(const struct backup_run *run, struct arena *arena, struct str tenant,
                       const struct take_result *result, const struct err *fault)
{
    struct status status;
    struct err ignored;

    status_read(run->node->store, arena, tenant, &status);
    if (fault == NULL) {
        status.at = time_now();
        status.base_at = result->is_base ? status.at : status.base_at;
        status.seq = result->steps > 0 ? result->head.seq : status.seq;
        status.place = run->place.name;
        status.fault_at = 0;
        status.fault = STR("");
    } else {
        status.fault_at = time_now();
        status.fault = str_from_z(fault->text);
    }
    /* Only a page would miss it. */
    return status_write(run->node->store, arena, tenant, &status, &ignored);
}

bool backup_run_one(const struct backup_run *run, struct arena *arena, struct str tenant,
                    enum take_kind kind, struct take_result *result, struct err *err)
{
    *result = (struct take_result){0};
    pthread_mutex_lock(&run->node->backup);
    bool ok = take_one(run, arena, tenant, kind, result, err);
    pthread_mutex_unlock(&run->node->backup);
    if (err->code != ERR_ABSENT || ok)
        (void)write_down(run, arena, tenant, result, ok ? NULL : err);
    return ok;
}
