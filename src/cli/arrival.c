#include "cli/arrival.h"

#include "backup/parcel.h"
#include "cli/verify.h"
#include "core/time.h"
#include "queue/worker.h"
#include "registry/record_reindex.h"
#include "registry/tenancy.h"

#include <limits.h>

bool arrival_seal(struct command_run *run, struct seal *seal, struct seal **asked, struct err *err)
{
    struct str path = command_option(run, "--secret");

    *asked = path.len > 0 ? seal : NULL;
    return path.len == 0 || seal_load(seal, command_path(run, path), err);
}

static bool clear_words(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return record_reindex_words(tx, 0, time_now(), err);
}

static bool check(struct command_run *run, struct str name, struct err *err)
{
    bool is_good = true;

    return verify_tenant(run, name, &is_good, err) &&
           (is_good || err_set(err, ERR_BROKEN, "what arrived does not hold together"));
}

/* Beside a server its workers do it, when the municipality works; else it is done here. */
static bool fill_search(struct command_run *run, struct tenant *tenant, struct err *err)
{
    bool is_over;

    return run->node->workers != NULL ||
           record_reindex_some(tenant, run->node->library, INT_MAX, &is_over, err);
}

/* Of what came by parcel: the search is made, all is looked at. True for any other tenant. */
static bool settle(struct command_run *run, struct str name, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct tenancy by = {run->node->store, run->node->library, 0, time_now()};
    bool is_arrived;

    if (!store_hold(run->node->store, name, &tenant, err) ||
        !parcel_is_arrived(tenant, run->arena, &is_arrived, err))
        return false;
    return !is_arrived ||
           (tenant_write_wait(tenant, clear_words, NULL, err) && fill_search(run, tenant, err) &&
            check(run, name, err) && parcel_settle(tenant, err) &&
            tenancy_note(&by, "tenant.import", tenant, err)) ||
           err_while(err, "%.*s stays suspended", STR_ARG(name));
}

bool arrival_wake(struct command_run *run, struct str name, struct err *err)
{
    struct tenancy by = {run->node->store, run->node->library, 0, time_now()};

    if (!settle(run, name, err) || !tenancy_suspend(&by, name, false, err))
        return false;
    if (run->node->workers != NULL)
        worker_wake(run->node->workers, name);
    return true;
}
