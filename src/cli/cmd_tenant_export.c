#include "backup/parcel.h"
#include "cli/arrival.h"
#include "cli/commands.h"
#include "core/file.h"
#include "core/time.h"
#include "registry/tenancy.h"

static struct str folder_of(struct str path)
{
    size_t end = path.len;

    while (end > 0 && path.ptr[end - 1] != '/')
        end--;
    return end == 0 ? STR(".") : end == 1 ? STR("/") : str_slice(path, 0, end - 1);
}

static struct str name_of(struct str path)
{
    size_t from = path.len;

    while (from > 0 && path.ptr[from - 1] != '/')
        from--;
    return str_slice(path, from, path.len);
}

/* What the earlier file says of itself. */
static bool look_back(struct command_run *run, struct str path, struct seal *seal,
                      struct parcel_label *label, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    CLEANUP(crate_close) struct crate_reader reader = {0};
    struct parcel_read read = {.store = run->node->store, .seal = seal};

    path = command_path(run, path);
    if (!file_open(path, &fd, err))
        return false;
    read.fd = fd;
    return parcel_open(&read, run->arena, &reader, label, err) ||
           err_while(err, "%.*s", STR_ARG(path));
}

bool cmd_tenant_export(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(file_draft_drop) struct file_draft draft = {0};
    struct str path = command_path(run, run->args[1]);
    struct str since = command_option(run, "--since");
    struct tenancy by = {run->node->store, run->node->library, 0, time_now()};
    struct parcel_label label, before;
    struct parcel_count count;
    struct seal seal;
    struct parcel_write write = {.draft = &draft, .now = time_now()};

    if (file_exists(path))
        return err_set(err, ERR_CONFLICT, "%.*s is there already", STR_ARG(path));
    if (!arrival_seal(run, &seal, &write.seal, err) ||
        !store_hold(run->node->store, run->args[0], &tenant, err) ||
        (since.len > 0 && !look_back(run, since, write.seal, &before, err)))
        return false;
    write.tenant = tenant;
    write.to = since.len > 0 ? &before : NULL;
    if (!tenancy_note(&by, "tenant.export", tenant, err) ||
        !file_draft_open(&draft, run->arena, folder_of(path), err) ||
        !parcel_write(&write, run->arena, &label, &count, err) ||
        !file_draft_keep(&draft, run->arena, name_of(path), err))
        return false;
    command_print(run, "%lld rows and %lld files, up to entry %lld of the journal\n",
                  (long long)count.rows, (long long)count.files, (long long)label.head.seq);
    return true;
}
