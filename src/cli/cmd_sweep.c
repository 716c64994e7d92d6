/* Upgrades of many municipalities: begun here or on a page, gone through by the server. */
#include "cli/commands.h"
#include "core/id.h"
#include "core/time.h"
#include "registry/sweep.h"

static struct tenancy by_command(const struct command_run *run)
{
    return (struct tenancy){run->node->store, run->node->library, 0, time_now()};
}

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

static bool read(struct command_run *run, int64_t id, struct sweep *sweep, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read_node(&tx, run->node->store, err) && sweep_get(&tx, run->arena, id, sweep, err);
}

static void print_sweep(struct command_run *run, const struct sweep *sweep)
{
    int64_t over = sweep->done + sweep->same + sweep->failed;

    command_print(run, "%.*s  %-7s %-8.*s %lld of %lld, %lld failed  %.*s\n",
                  STR_ARG(id_text(run->arena, sweep->id)),
                  sweep->kind == SWEEP_PACKS ? "packs" : "tables", STR_ARG(sweep->status),
                  (long long)over, (long long)(over + sweep->waiting), (long long)sweep->failed,
                  STR_ARG(sweep->packs));
}

/* Without a server nobody else would do it. */
static bool work(struct command_run *run, int64_t id, struct err *err)
{
    struct tenancy by = by_command(run);
    bool is_over = false;
    struct sweep sweep;

    while (!is_over) {
        by.now = time_now();
        if (!sweep_step(&by, id, 0, NULL, &is_over, err))
            return false;
    }
    if (!read(run, id, &sweep, err))
        return false;
    print_sweep(run, &sweep);
    return sweep.failed == 0 ||
           err_set(err, ERR_CONFLICT,
                   "%lld municipalities were not upgraded: uprava sweep report "
                   "%.*s says why",
                   (long long)sweep.failed, STR_ARG(id_text(run->arena, id)));
}

static bool go_on(struct command_run *run, int64_t id, struct err *err)
{
    struct sweep sweep;

    if (run->node->workers == NULL)
        return work(run, id, err);
    worker_wake(run->node->workers, STR(JOB_NODE));
    if (!read(run, id, &sweep, err))
        return false;
    print_sweep(run, &sweep);
    return true;
}

bool cmd_pack_upgrade(struct command_run *run, struct err *err)
{
    struct tenancy by = by_command(run);
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
    return go_on(run, id, err);
}

bool cmd_sweep_list(struct command_run *run, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct sweep *sweeps;
    size_t count;

    if (!tx_read_node(&tx, run->node->store, err) ||
        !sweep_list(&tx, run->arena, &sweeps, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        print_sweep(run, &sweeps[i]);
    return true;
}

static bool read_id(struct command_run *run, int64_t *id, struct err *err)
{
    return id_parse(run->args[0], id) ||
           err_set(err, ERR_INPUT, "%.*s is no upgrade's number", STR_ARG(run->args[0]));
}

bool cmd_sweep_report(struct command_run *run, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf out = {.arena = run->arena};
    struct sweep sweep;
    int64_t id;

    if (!read_id(run, &id, err) || !tx_read_node(&tx, run->node->store, err) ||
        !sweep_get(&tx, run->arena, id, &sweep, err) || !sweep_report(&tx, &out, id, err))
        return false;
    run->write(run->data, buf_str(&out));
    return true;
}

static bool act(struct command_run *run, enum sweep_act what, struct err *err)
{
    struct tenancy by = by_command(run);
    struct sweep sweep;
    int64_t id;

    if (!read_id(run, &id, err) || !sweep_do(&by, id, what, err))
        return false;
    if (what == SWEEP_RESUME || what == SWEEP_RETRY)
        return go_on(run, id, err);
    if (!read(run, id, &sweep, err))
        return false;
    print_sweep(run, &sweep);
    return true;
}

bool cmd_sweep_pause(struct command_run *run, struct err *err)
{
    return act(run, SWEEP_PAUSE, err);
}

bool cmd_sweep_resume(struct command_run *run, struct err *err)
{
    return act(run, SWEEP_RESUME, err);
}

bool cmd_sweep_retry(struct command_run *run, struct err *err)
{
    return act(run, SWEEP_RETRY, err);
}

bool cmd_sweep_stop(struct command_run *run, struct err *err)
{
    return act(run, SWEEP_STOP, err);
}
