#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "backup/parcel.h"
#include "cli/commands.h"
#include "cli/socket.h"
#include "core/file.h"
#include "core/time.h"
#include "registry/tenancy.h"

/*
 * A municipality goes to another data directory or database of this machine in two parcels:
 * all of it while people work on, then, with nobody writing, what they changed meanwhile.
 * The parcels lie beside the tenant's data until it is over, so that a move that was
 * interrupted goes on.
 */
struct moving {
    struct command_run *run;
    struct tenant *tenant;
    struct str name;
    struct str all, rest; /* paths of the parcels */
    struct parcel_label first;
};

/* In the place where it goes: by its server, or in this process when none runs there. */
static bool do_there(struct moving *moving, const char *verb, struct str object, bool is_kept,
                     struct err *err)
{
    struct command_run *run = moving->run;
    struct command_run there = {.arena = run->arena,
                                .folder = run->folder,
                                .store = command_option(run, "--to-store"),
                                .write = run->write,
                                .data = run->data};
    struct node_options options = {.data = command_path(run, command_option(run, "--to")),
                                   .share = run->node->share};
    struct str words[] = {STR("tenant"), str_from_z(verb), object, STR("--keep-suspended")};
    struct socket_command asked = {run->folder, words, is_kept ? 4 : 3, run->write, run->data};
    struct node node = {0};
    struct str data = {0};
    bool ok;

    if (socket_ask(run->arena, options.data, &asked, &ok, err))
        return ok;
    options.store = there.store;
    ok = command_parse(run->arena, words, asked.count, &there, &data, err) &&
         node_open(run->arena, &options, &node, err);
    there.node = &node;
    there.home = options.data;
    ok = ok && there.command->run(&there, err);
    node_close(&node);
    return ok;
}

static bool on_rows(void *data, int64_t rows, int64_t files)
{
    const struct command_run *run = data;

    return run->progress(run->data, rows + files, 0);
}

static bool write_parcel(struct moving *moving, struct str path, const struct parcel_label *to,
                         struct parcel_label *label, struct err *err)
{
    CLEANUP(file_draft_drop) struct file_draft draft = {0};
    struct arena *arena = moving->run->arena;
    struct str folder = str_slice(path, 0, path.len - (sizeof "/x" - 1));
    struct parcel_write write = {.tenant = moving->tenant,
                                 .draft = &draft,
                                 .to = to,
                                 .now = time_now(),
                                 .progress = moving->run->progress != NULL ? on_rows : NULL,
                                 .data = moving->run};
    struct parcel_count count;

    return file_make_folder(folder, err) && file_draft_open(&draft, arena, folder, err) &&
           parcel_write(&write, arena, label, &count, err) &&
           file_draft_keep(&draft, arena, str_slice(path, path.len - 1, path.len), err);
}

/*
 * The parcel that a move which was interrupted had come to, or a new one.  A second one was
 * written only when the first had arrived.
 */
static bool write_first(struct moving *moving, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    CLEANUP(crate_close) struct crate_reader reader = {0};
    struct parcel_read read = {.store = moving->run->node->store};
    struct tenancy by = {read.store, moving->run->node->library, 0, time_now()};

    if (file_exists(moving->rest) && rename(moving->rest.ptr, moving->all.ptr) != 0)
        return err_set(err, ERR_UNAVAILABLE, "%s: %s", moving->rest.ptr, strerror(errno));
    if (!file_exists(moving->all))
        return tenancy_note(&by, "tenant.export", moving->tenant, err) &&
               write_parcel(moving, moving->all, NULL, &moving->first, err);
    if (!file_open(moving->all, &fd, err))
        return false;
    read.fd = fd;
    return parcel_open(&read, moving->run->arena, &reader, &moving->first, err);
}

/* In one place at a time it can be changed: here it ends before it begins there. */
static bool change_over(struct moving *moving, struct err *err)
{
    struct command_run *run = moving->run;
    struct store_tenant info = *tenant_info(moving->tenant);

    info.is_suspended = true;
    if (!store_change_tenant(run->node->store, &info, err))
        return false;
    if (do_there(moving, "resume", moving->name, false, err))
        return true;
    struct err reason = *err;
    info.is_suspended = false;
    return store_change_tenant(run->node->store, &info, err) &&
           err_set(err, reason.code, "%s; it goes on here", reason.text);
}

/* With nobody writing: a short moment, whatever the size of the municipality. */
static bool move_rest(struct moving *moving, struct err *err)
{
    struct parcel_label label;

    return tenant_freeze(moving->tenant, err) &&
           write_parcel(moving, moving->rest, &moving->first, &label, err) &&
           do_there(moving, "import", moving->rest, true, err) && change_over(moving, err);
}

static bool move(struct moving *moving, struct err *err)
{
    int64_t from_us;

    if (!write_first(moving, err) || !do_there(moving, "import", moving->all, true, err))
        return false;
    from_us = time_monotonic_us();
    bool ok = move_rest(moving, err);
    tenant_thaw(moving->tenant);
    if (ok)
        command_print(moving->run,
                      "%.*s is there now; nobody could change it for %lld ms. Here it is "
                      "suspended, its data stay\n",
                      STR_ARG(moving->name), (long long)((time_monotonic_us() - from_us) / 1000));
    return ok;
}

bool cmd_tenant_move(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct moving moving = {.run = run, .name = run->args[0]};

    if (command_option(run, "--to").len == 0)
        return err_set(err, ERR_INPUT, "--to is missing: the data directory it goes to");
    if (store_is_shared(run->node->store))
        return err_set(err, ERR_INPUT,
                       "other servers may be changing it: suspend it, then use tenant export and "
                       "tenant import");
    if (!store_hold(run->node->store, moving.name, &tenant, err))
        return false;
    if (tenant_info(tenant)->is_suspended)
        return err_set(err, ERR_CONFLICT, "%.*s is suspended", STR_ARG(moving.name));
    struct str folder = file_join(run->arena, tenant_folder(tenant), STR("../moving"));
    moving.tenant = tenant;
    moving.all = file_join(run->arena, folder, STR("1"));
    moving.rest = file_join(run->arena, folder, STR("2"));
    if (!move(&moving, err))
        return false;
    return file_remove_tree(folder, err);
}
