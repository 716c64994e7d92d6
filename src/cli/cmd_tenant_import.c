#include "backup/parcel.h"
#include "cli/arrival.h"
#include "cli/commands.h"
#include "core/file.h"
#include "core/time.h"

/* Before anything is made.  What the municipality changed of them comes with it. */
static bool check_packs(struct command_run *run, const struct parcel_label *label, struct err *err)
{
    struct model_wish *wishes = ARENA_ARRAY(run->arena, struct model_wish, label->pack_count + 1);
    const struct model *model;

    for (size_t i = 0; i < label->pack_count; i++)
        wishes[i] =
            (struct model_wish){label->packs[i].id, pack_shipped_version(label->packs[i].version)};
    return label->pack_count == 0 ||
           model_library_get(run->node->library, wishes, label->pack_count, &model, err) ||
           err_while(err, "this server lacks a pack that the municipality has");
}

bool cmd_tenant_import(struct command_run *run, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    CLEANUP(crate_close) struct crate_reader reader = {0};
    struct str path = command_path(run, run->args[0]);
    struct parcel_read read = {
        .store = run->node->store, .name = command_option(run, "--as"), .now = time_now()};
    struct parcel_label label;
    struct parcel_count count;
    struct seal seal;

    if (!arrival_seal(run, &seal, &read.seal, err) || !file_open(path, &fd, err))
        return false;
    read.fd = fd;
    if (!parcel_open(&read, run->arena, &reader, &label, err) || !check_packs(run, &label, err) ||
        !parcel_read(&read, run->arena, &reader, &label, &count, err))
        return err_while(err, "%.*s", STR_ARG(path));
    struct str name = read.name.len > 0 ? read.name : label.tenant.name;
    bool is_last = !command_has(run, "--keep-suspended");
    if (is_last && !arrival_wake(run, name, err))
        return false;
    command_print(run,
                  "%.*s is here: %lld rows and %lld files, the journal holds up to entry %lld%s\n",
                  STR_ARG(name), (long long)count.rows, (long long)count.files,
                  (long long)label.head.seq, is_last ? "" : "; it is suspended");
    return true;
}
