#include "cli/commands.h"
#include "registry/catalog.h"
#include "registry/renewal.h"

static const char *const ACTS[RENEWAL_ACTS] = {"new", "changed", "gone"};
static const char *const KINDS[RENEWAL_KINDS] = {"register", "field", "list",
                                                 "code",     "role",  "file"};

static void print_change(struct command_run *run, const struct renewal_change *change)
{
    command_print(run, "%-8s %-9s %.*s%s%.*s", ACTS[change->act], KINDS[change->kind],
                  STR_ARG(change->place), change->place.len > 0 ? " " : "", STR_ARG(change->id));
    if (change->title.len > 0)
        command_print(run, "  %.*s", STR_ARG(change->title));
    if (change->was.len > 0)
        command_print(run, "  (before: %.*s)", STR_ARG(change->was));
    command_print(run, "\n");
}

bool cmd_pack_changes(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct model_wish wish = model_library_wish(run->args[1]);
    const struct catalog *catalog;
    const struct pack *own, *other;
    struct renewal renewal;

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !catalog_get(tenant, run->node->library, &catalog, err) ||
        !model_library_pack(run->node->library, wish.id, wish.version, &other, err))
        return false;
    own = pack_set_find(&catalog->model->packs, wish.id);
    if (own == NULL)
        return err_set(err, ERR_ABSENT, "%.*s has no pack %.*s: all of it would be new",
                       STR_ARG(run->args[0]), STR_ARG(wish.id));
    if (!renewal_compare(run->arena, own, other, &renewal, err))
        return false;
    command_print(run, "%.*s %.*s -> %.*s\n", STR_ARG(own->id), STR_ARG(own->version),
                  STR_ARG(other->version));
    for (size_t i = 0; i < renewal.count; i++)
        print_change(run, &renewal.changes[i]);
    if (renewal.has_more)
        command_print(run, "and more\n");
    return true;
}
