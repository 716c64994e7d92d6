#include "cli/commands.h"
#include "cli/sweeping.h"
#include "core/id.h"

bool cmd_sweep_list(struct command_run *run, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct sweep *sweeps;
    size_t count;

    if (!tx_read_node(&tx, run->node->store, err) ||
        !sweep_list(&tx, run->arena, &sweeps, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        sweeping_print(run, &sweeps[i]);
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
    struct tenancy by = sweeping_by(run);
    struct sweep sweep;
    int64_t id;

    if (!read_id(run, &id, err) || !sweep_do(&by, id, what, err))
        return false;
    if (what == SWEEP_RESUME || what == SWEEP_RETRY)
        return sweeping_go_on(run, id, err);
    if (!sweeping_read(run, id, &sweep, err))
        return false;
    sweeping_print(run, &sweep);
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
