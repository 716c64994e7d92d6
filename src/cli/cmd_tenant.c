#include "cli/commands.h"
#include "core/vec.h"

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

bool cmd_tenant_create(struct command_run *run, struct err *err)
{
    struct str list = command_option(run, "--packs");
    VEC(struct str) packs = {0};
    int64_t parent;

    if (list.len == 0)
        list = STR("base,housing");
    while (list.len > 0)
        VEC_PUSH(run->arena, &packs, str_trim(str_cut(&list, ',')));
    if (!find_parent(run, &parent, err) || !node_make_tenant(run->node, run->args[0], run->args[1],
                                                             parent, packs.items, packs.count, err))
        return false;
    command_print(run, "%.*s is there: its pages are at /%.*s/\n", STR_ARG(run->args[1]),
                  STR_ARG(run->args[0]));
    return true;
}

bool cmd_tenant_list(struct command_run *run, struct err *err)
{
    struct buf out = {.arena = run->arena};
    struct store_tenant *tenants;
    size_t count;

    if (!store_list_tenants(run->node->store, run->arena, &tenants, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (run->is_json) {
            buf_add(&out, i == 0 ? STR("[{\"name\":") : STR(",{\"name\":"));
            json_write_text(&out, tenants[i].name);
            buf_add(&out, STR(",\"title\":"));
            json_write_text(&out, tenants[i].title);
            buf_char(&out, '}');
        } else {
            buf_printf(&out, "%-24.*s %.*s\n", STR_ARG(tenants[i].name), STR_ARG(tenants[i].title));
        }
    }
    if (run->is_json)
        buf_add(&out, count == 0 ? STR("[]\n") : STR("]\n"));
    run->write(run->data, buf_str(&out));
    return true;
}
