#include "cli/commands.h"
#include "cli/sweeping.h"

static bool print_plan(struct command_run *run, const struct tenancy *by,
                       const struct sweep_wish *wish, struct err *err)
{
    struct str *names;
    size_t count;

    if (!sweep_plan(by, run->arena, wish, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        command_print(run, "%.*s\n", STR_ARG(names[i]));
    command_print(run, "%zu municipalities would be looked at\n", count);
    return true;
}

bool cmd_pack_upgrade(struct command_run *run, struct err *err)
{
    struct tenancy by = sweeping_by(run);
    struct sweep_wish wish = {SWEEP_PACKS, command_option(run, "--only")};
    int64_t id;

    if (!command_has(run, "--all"))
        return err_set(err, ERR_INPUT,
                       "say --all; for one municipality there is uprava pack install");
    if (command_has(run, "--dry-run"))
        return print_plan(run, &by, &wish, err);
    if (!sweep_start(&by, &wish, &id, err))
        return false;
    if (id == 0) {
        command_print(run, "every municipality has the newest packs\n");
        return true;
    }
    return sweeping_go_on(run, id, err);
}
