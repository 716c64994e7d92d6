#include "cli/commands.h"
#include "core/time.h"
#include "registry/offer.h"

static bool change(struct command_run *run, bool is_end, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct offer_order order = {
        .library = run->node->library,
        .arena = run->arena,
        .pack = run->args[1],
        .is_end = is_end,
        .now = time_now(),
    };

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !publication_child(tenant, run->arena, command_option(run, "--to"), &order.to, err) ||
        !offer_do(tenant, &order, err))
        return false;
    command_print(run, is_end ? "%.*s is offered no more\n" : "%.*s is offered\n",
                  STR_ARG(run->args[1]));
    return true;
}

bool cmd_offer_put(struct command_run *run, struct err *err)
{
    return change(run, false, err);
}

bool cmd_offer_remove(struct command_run *run, struct err *err)
{
    return change(run, true, err);
}

static bool print_one(struct command_run *run, struct buf *out, const struct offer *offer,
                      struct err *err)
{
    struct store_tenant info = {0};

    if (offer->to != OFFER_ALL &&
        !store_get_tenant_by_id(run->node->store, run->arena, offer->to, &info, err))
        return err->code == ERR_ABSENT;
    if (!run->is_json) {
        buf_printf(out, "%-20.*s %-10.*s to %.*s\n", STR_ARG(offer->pack), STR_ARG(offer->version),
                   STR_ARG(info.name.len > 0 ? info.name : STR("everybody")));
        return true;
    }
    buf_add(out, out->len == 0 ? STR("[{\"pack\":") : STR(",{\"pack\":"));
    json_write_text(out, offer->pack);
    buf_add(out, STR(",\"version\":"));
    json_write_text(out, offer->version);
    buf_add(out, STR(",\"to\":"));
    json_write_text(out, info.name);
    buf_char(out, '}');
    return true;
}

bool cmd_offer_list(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct buf out = {.arena = run->arena};
    const struct catalog *catalog;
    struct offer *offers;
    size_t count;

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !catalog_get(tenant, run->node->library, &catalog, err) ||
        !offer_list(catalog, run->arena, &offers, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!print_one(run, &out, &offers[i], err))
            return false;
    if (run->is_json)
        buf_add(&out, out.len == 0 ? STR("[]\n") : STR("]\n"));
    run->write(run->data, buf_str(&out));
    return true;
}
