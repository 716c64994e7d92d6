#include "cli/sweeping.h"

#include "core/id.h"
#include "core/time.h"

struct tenancy sweeping_by(const struct command_run *run)
{
    return (struct tenancy){run->node->store, run->node->library, 0, time_now()};
}

bool sweeping_read(struct command_run *run, int64_t id, struct sweep *sweep, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read_node(&tx, run->node->store, err) && sweep_get(&tx, run->arena, id, sweep, err);
}

void sweeping_print(struct command_run *run, const struct sweep *sweep)
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
    struct tenancy by = sweeping_by(run);
    bool is_over = false;
    struct sweep sweep;

    while (!is_over) {
        by.now = time_now();
        if (!sweep_step(&by, id, 0, NULL, &is_over, err))
            return false;
    }
    if (!sweeping_read(run, id, &sweep, err))
        return false;
    sweeping_print(run, &sweep);
    return sweep.failed == 0 ||
           err_set(err, ERR_CONFLICT,
                   "%lld municipalities were not upgraded: uprava sweep report "
                   "%.*s says why",
                   (long long)sweep.failed, STR_ARG(id_text(run->arena, id)));
}

bool sweeping_go_on(struct command_run *run, int64_t id, struct err *err)
{
    struct sweep sweep;

    if (run->node->workers == NULL)
        return work(run, id, err);
    worker_wake(run->node->workers, STR(JOB_NODE));
    if (!sweeping_read(run, id, &sweep, err))
        return false;
    sweeping_print(run, &sweep);
    return true;
}
