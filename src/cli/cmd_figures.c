#include "cli/commands.h"
#include "service/service_figure_check.h"

struct mending {
    struct command_run *run;
    struct service_figure_report report;
};

static bool mend(struct tx *tx, void *data, struct err *err)
{
    struct mending *it = data;

    return service_figure_check_mend(tx, it->run->arena, &it->report, err);
}

bool cmd_figures(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct mending it = {.run = run};

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !tenant_write_wait(tenant, mend, &it, err))
        return false;
    if (it.report.bad == 0)
        command_print(run, "%lld cases are counted as they are\n", (long long)it.report.cases);
    else
        command_print(run, "%lld cases: %lld figures were wrong and are mended, the first: %.*s\n",
                      (long long)it.report.cases, (long long)it.report.bad,
                      STR_ARG(it.report.what));
    return true;
}
