#include "cli/commands.h"
#include "core/time.h"
#include "link/peer.h"
#include "registry/publication.h"

static bool start(struct command_run *run, struct tenant **tenant, struct publication_order *order,
                  struct err *err)
{
    const struct catalog *catalog;

    *order = (struct publication_order){
        .library = run->node->library, .arena = run->arena, .now = time_now()};
    if (!store_hold(run->node->store, run->args[0], tenant, err) ||
        !catalog_get(*tenant, run->node->library, &catalog, err))
        return false;
    order->wish.type = model_type(catalog->model, run->args[1]);
    return order->wish.type != NULL || err_set(err, ERR_ABSENT, "%.*s has no register %.*s",
                                               STR_ARG(run->args[0]), STR_ARG(run->args[1]));
}

bool cmd_publication_put(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct publication_order order;
    struct edition_party reader;

    if (!start(run, &tenant, &order, err) ||
        !peer_reader(tenant, run->arena, command_option(run, "--to"), &reader, err))
        return false;
    order.wish.reader.child = reader.id;
    order.what = PUBLICATION_PUT;
    order.wish.fields = command_option(run, "--fields");
    order.wish.reader.filter = str_trim(command_option(run, "--filter"));
    if (!publication_do(tenant, &order, err))
        return false;
    command_print(run, "%.*s is published; uprava publication issue brings an edition out\n",
                  STR_ARG(run->args[1]));
    return true;
}

bool cmd_publication_remove(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct publication_order order;
    struct edition_party reader;

    if (!start(run, &tenant, &order, err) ||
        !peer_reader(tenant, run->arena, command_option(run, "--to"), &reader, err))
        return false;
    order.wish.reader.child = reader.id;
    order.what = PUBLICATION_REMOVE;
    if (!publication_do(tenant, &order, err))
        return false;
    command_print(run, "%.*s is not published to them any more\n", STR_ARG(run->args[1]));
    return true;
}

bool cmd_publication_issue(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct publication_order order;

    if (!start(run, &tenant, &order, err))
        return false;
    order.what = PUBLICATION_PUBLISH;
    order.note = command_option(run, "--note");
    if (!publication_do(tenant, &order, err))
        return false;
    command_print(run, "edition %lld of %.*s: %lld records\n", (long long)order.edition.no,
                  STR_ARG(run->args[1]), (long long)order.edition.total);
    return true;
}

static bool name_reader(struct command_run *run, struct tx *tx, int64_t child, struct str *name,
                        struct err *err)
{
    struct edition_party reader;

    if (!peer_party(tx, run->node->store, run->arena, child, &reader, err))
        return false;
    *name = reader.name;
    return true;
}

static bool print_one(struct command_run *run, struct tx *tx, struct buf *out,
                      const struct publication *one, struct err *err)
{
    for (size_t i = 0; i < one->reader_count; i++) {
        struct str name;

        if (!name_reader(run, tx, one->readers[i].child, &name, err))
            return false;
        if (!run->is_json) {
            buf_printf(out, "%-28.*s to %-20.*s edition %lld  %.*s  %.*s\n", STR_ARG(one->type->id),
                       STR_ARG(name.len > 0 ? name : STR("everybody")), (long long)one->newest.no,
                       STR_ARG(one->fields), STR_ARG(one->readers[i].filter));
            continue;
        }
        buf_add(out, out->len == 0 ? STR("[{\"register\":") : STR(",{\"register\":"));
        json_write_text(out, one->type->id);
        buf_add(out, STR(",\"to\":"));
        json_write_text(out, name);
        buf_add(out, STR(",\"filter\":"));
        json_write_text(out, one->readers[i].filter);
        buf_add(out, STR(",\"fields\":"));
        json_write_text(out, one->fields);
        buf_printf(out, ",\"edition\":%lld}", (long long)one->newest.no);
    }
    return true;
}

bool cmd_publication_list(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf out = {.arena = run->arena};
    struct registry registry = {&tx, run->arena, NULL, 0, NULL};
    struct publication *publications;
    size_t count;

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !catalog_get(tenant, run->node->library, &registry.catalog, err) ||
        !tx_read(&tx, tenant, err) || !publication_list(&registry, &publications, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!print_one(run, &tx, &out, &publications[i], err))
            return false;
    if (run->is_json)
        buf_add(&out, out.len == 0 ? STR("[]\n") : STR("]\n"));
    run->write(run->data, buf_str(&out));
    return true;
}
