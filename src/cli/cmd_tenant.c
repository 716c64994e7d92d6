#include "cli/arrival.h"
#include "cli/commands.h"
#include "core/time.h"
#include "core/vec.h"
#include "registry/tenancy.h"

static bool find_parent(struct command_run *run, int64_t *parent, struct err *err)
{
    struct str name = command_option(run, "--parent");
    CLEANUP(store_release) struct tenant *tenant = NULL;

    *parent = 0;
    if (name.len == 0)
        return true;
    if (!store_hold(run->node->store, name, &tenant, err))
        return false;
    *parent = tenant_info(tenant)->id;
    return true;
}

static struct tenancy by_command(const struct command_run *run)
{
    return (struct tenancy){run->node->store, run->node->library, 0, time_now()};
}

bool cmd_tenant_create(struct command_run *run, struct err *err)
{
    struct str list = command_option(run, "--packs");
    struct tenancy by = by_command(run);
    struct tenancy_wish wish = {.name = run->args[0], .title = run->args[1]};
    VEC(struct str) packs = {0};

    if (list.len == 0)
        list = STR("base,housing");
    while (list.len > 0)
        VEC_PUSH(run->arena, &packs, str_trim(str_cut(&list, ',')));
    wish.packs = (struct pack_ids){packs.items, packs.count};
    if (!find_parent(run, &wish.parent, err) || !tenancy_found(&by, &wish, err))
        return false;
    command_print(run, "%.*s is there: its pages are at /%.*s/\n", STR_ARG(run->args[1]),
                  STR_ARG(run->args[0]));
    return true;
}

bool cmd_tenant_suspend(struct command_run *run, struct err *err)
{
    struct tenancy by = by_command(run);

    if (!tenancy_suspend(&by, run->args[0], true, err))
        return false;
    command_print(run, "%.*s is suspended\n", STR_ARG(run->args[0]));
    return true;
}

bool cmd_tenant_resume(struct command_run *run, struct err *err)
{
    if (!arrival_wake(run, run->args[0], err))
        return false;
    command_print(run, "%.*s is active\n", STR_ARG(run->args[0]));
    return true;
}

static bool show_domain(struct command_run *run, struct err *err)
{
    struct store_tenant info;

    if (!store_get_tenant(run->node->store, run->arena, run->args[0], &info, err))
        return false;
    command_print(run, "%.*s\n", STR_ARG(info.host.len > 0 ? info.host : STR("no domain")));
    return true;
}

bool cmd_tenant_domain(struct command_run *run, struct err *err)
{
    struct tenancy by = by_command(run);
    bool is_none = command_has(run, "--none");

    if (is_none && run->arg_count > 1)
        return err_set(err, ERR_INPUT, "either a domain or --none");
    if (!is_none && run->arg_count == 1)
        return show_domain(run, err);
    if (!tenancy_set_host(&by, run->args[0], is_none ? STR("") : run->args[1], err))
        return false;
    if (is_none)
        command_print(run, "%.*s has no domain\n", STR_ARG(run->args[0]));
    else
        command_print(run, "%.*s is reached by %.*s\n", STR_ARG(run->args[0]),
                      STR_ARG(run->args[1]));
    return true;
}

static void print_tenant(struct command_run *run, struct buf *out,
                         const struct store_tenant *tenant)
{
    struct str state = tenant->is_suspended ? STR("suspended") : STR("active");

    if (!run->is_json) {
        buf_printf(out, "%-24.*s %-10.*s %.*s", STR_ARG(tenant->name), STR_ARG(state),
                   STR_ARG(tenant->title));
        if (tenant->host.len > 0)
            buf_printf(out, "  (%.*s)", STR_ARG(tenant->host));
        buf_char(out, '\n');
        return;
    }
    buf_add(out, out->len == 0 ? STR("[{\"name\":") : STR(",{\"name\":"));
    json_write_text(out, tenant->name);
    buf_add(out, STR(",\"title\":"));
    json_write_text(out, tenant->title);
    buf_add(out, STR(",\"state\":"));
    json_write_text(out, state);
    buf_add(out, STR(",\"host\":"));
    json_write_text(out, tenant->host);
    buf_char(out, '}');
}

bool cmd_tenant_list(struct command_run *run, struct err *err)
{
    struct buf out = {.arena = run->arena};
    struct store_tenant *tenants;
    size_t count;

    if (!store_list_tenants(run->node->store, run->arena, &tenants, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        print_tenant(run, &out, &tenants[i]);
    if (run->is_json)
        buf_add(&out, count == 0 ? STR("[]\n") : STR("]\n"));
    run->write(run->data, buf_str(&out));
    return true;
}
