#include "cli/commands.h"
#include "core/time.h"
#include "registry/subscription.h"

static bool start(struct command_run *run, struct tenant **tenant, struct subscription_by *by,
                  struct err *err)
{
    if (!store_hold(run->node->store, run->args[0], tenant, err))
        return false;
    *by = (struct subscription_by){*tenant, run->node->library, run->arena, time_now()};
    return true;
}

bool cmd_subscription_take(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct subscription_by by;

    if (!start(run, &tenant, &by, err) ||
        !subscription_take(&by, run->args[1], command_option(run, "--from"), 0, err))
        return false;
    command_print(run, "%.*s reads %.*s by subscription\n", STR_ARG(run->args[0]),
                  STR_ARG(run->args[1]));
    return true;
}

bool cmd_subscription_drop(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct subscription_by by;

    if (!start(run, &tenant, &by, err) || !subscription_drop(&by, run->args[1], 0, err))
        return false;
    command_print(run, "%.*s has no subscription to %.*s any more\n", STR_ARG(run->args[0]),
                  STR_ARG(run->args[1]));
    return true;
}

bool cmd_subscription_list(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct buf out = {.arena = run->arena};
    struct subscription_offer *offers;
    struct subscription_by by;
    size_t count;

    if (!start(run, &tenant, &by, err) || !subscription_offers(&by, &offers, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct subscription_offer *offer = &offers[i];

        if (!run->is_json) {
            buf_printf(&out, "%-28.*s from %-20.*s edition %lld%s\n", STR_ARG(offer->register_id),
                       STR_ARG(offer->publisher), (long long)offer->edition,
                       offer->is_taken ? "  subscribed" : "");
            continue;
        }
        buf_add(&out, out.len == 0 ? STR("[{\"register\":") : STR(",{\"register\":"));
        json_write_text(&out, offer->register_id);
        buf_add(&out, STR(",\"from\":"));
        json_write_text(&out, offer->publisher);
        buf_printf(&out, ",\"edition\":%lld,\"is_taken\":%s}", (long long)offer->edition,
                   offer->is_taken ? "true" : "false");
    }
    if (run->is_json)
        buf_add(&out, out.len == 0 ? STR("[]\n") : STR("]\n"));
    run->write(run->data, buf_str(&out));
    return true;
}
