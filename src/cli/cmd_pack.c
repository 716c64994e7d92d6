#include "cli/checkers.h"
#include "cli/commands.h"
#include "cli/kinds.h"
#include "core/file.h"
#include "core/time.h"
#include "registry/pack_live.h"
#include "registry/record_reindex.h"
#include "store/rows.h"

#include <limits.h>

/*
 * A required pack lies beside the one that requires it, or is named in the same call, or came with
 * the program.
 */
static bool read_required(struct command_run *run, struct str folder, struct str name,
                          struct pack **pack)
{
    struct str path = str_printf(run->arena, "%.*s/../%.*s", STR_ARG(folder), STR_ARG(name));
    struct node node;
    struct err err = {0};

    if (pack_read(run->arena, path, pack, &err))
        return true;
    for (size_t i = 0; i < run->arg_count; i++) {
        err = (struct err){0};
        if (pack_read(run->arena, command_path(run, run->args[i]), pack, &err) &&
            str_equal((*pack)->id, name))
            return true;
    }
    err = (struct err){0};
    if (!node_prepare(run->arena, &(struct node_options){0}, &node, &err))
        return false;
    path = file_join(run->arena, file_join(run->arena, node.share, STR("packs")), name);
    return pack_read(run->arena, path, pack, &err);
}

static void gather_required(struct command_run *run, struct str folder, const struct pack *pack,
                            const struct pack **packs, size_t *count)
{
    const struct json *requires = json_find(pack->manifest, STR("requires"));

    for (const struct json *one = requires == NULL ? NULL : requires->first; one != NULL;
         one = one->next) {
        struct pack *other;
        bool is_there = *count > 30;

        for (size_t i = 0; i < *count; i++)
            is_there |= str_equal(packs[i]->id, one->name);
        if (is_there || !read_required(run, folder, one->name, &other))
            continue;
        packs[(*count)++] = other;
        gather_required(run, folder, other, packs, count);
    }
}

static bool check_one(struct command_run *run, struct str folder, struct err *err)
{
    const struct pack **packs = ARENA_ARRAY(run->arena, const struct pack *, 32);
    struct pack_findings findings = {.arena = run->arena};
    const struct pack_checker *checkers;
    struct pack_set set;
    struct pack *pack;
    size_t checker_count;
    size_t count = 1;

    if (!pack_read(run->arena, folder, &pack, err))
        return err_while(err, "%.*s", STR_ARG(folder));
    packs[0] = pack;
    gather_required(run, folder, pack, packs, &count);
    if (!pack_order(run->arena, packs, count, &set, err))
        return err_while(err, "%.*s", STR_ARG(folder));
    checkers = checkers_list(&checker_count);
    pack_check(&set, pack, checkers, checker_count, &findings);
    for (const struct pack_finding *one = findings.first; one != NULL; one = one->next) {
        command_print(run, "%.*s/%.*s:", STR_ARG(folder), STR_ARG(one->file));
        if (one->line > 0)
            command_print(run, "%d:", one->line);
        command_print(run, " %.*s\n", STR_ARG(one->text));
    }
    if (findings.count == 0)
        command_print(run, "%.*s %.*s: nothing to mend\n", STR_ARG(pack->id),
                      STR_ARG(pack->version));
    return findings.count == 0 ||
           err_set(err, ERR_INPUT, "%zu %s to mend in the pack %.*s", findings.count,
                   findings.count == 1 ? "thing" : "things", STR_ARG(pack->id));
}

bool cmd_pack_check(struct command_run *run, struct err *err)
{
    for (size_t i = 0; i < run->arg_count; i++)
        if (!check_one(run, command_path(run, run->args[i]), err))
            return false;
    return true;
}

/* Beside a server its workers do it; without one it is done here. */
static bool rebuild(struct command_run *run, struct tenant *tenant, struct err *err)
{
    bool is_over;

    if (run->node->workers == NULL)
        return record_reindex_some(tenant, run->node->library, INT_MAX, &is_over, err);
    worker_wake(run->node->workers, run->args[0]);
    return true;
}

/* Over what the municipality has changed: --own says what becomes of it. */
static bool renew(struct command_run *run, struct tenant *tenant, struct str own, struct err *err)
{
    struct model_wish wish = model_library_wish(run->args[1]);
    struct pack_live live = {
        .tenant = tenant, .library = run->node->library, .pack = wish.id, .now = time_now()};
    bool keeps = str_equal(own, STR("keep"));

    if (run->arg_count != 2 || (!keeps && !str_equal(own, STR("drafts"))))
        return err_set(err, ERR_INPUT, "--own keep, or --own drafts, of one pack");
    return pack_live_renew(&live, run->arena, wish.version, keeps, err);
}

bool cmd_pack_install(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct pack_ids packs = {run->args + 1, run->arg_count - 1};
    struct str own = command_option(run, "--own");

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        (own.len > 0 ? !renew(run, tenant, own, err)
                     : !catalog_install(tenant, run->node->library, packs, 0, time_now(), err)) ||
        !rebuild(run, tenant, err) || !kinds_load_seeds(run->node, tenant, packs, err))
        return false;
    command_print(run, "installed\n");
    return true;
}

static bool list_installed(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!store_hold(run->node->store, run->args[0], &tenant, err) || !tx_read(&tx, tenant, err) ||
        !store_query(&tx, run->arena, &rows,
                     "SELECT id, version FROM pack WHERE tenant = $1 ORDER BY id",
                     ARGS(INT(tx.tenant)), err))
        return false;
    for (size_t i = 0; i < rows.count; i++)
        command_print(run, "%-20.*s %.*s\n", STR_ARG(rows_text(&rows, i, 0)),
                      STR_ARG(rows_text(&rows, i, 1)));
    return true;
}

bool cmd_pack_list(struct command_run *run, struct err *err)
{
    struct pack_set set;

    if (run->arg_count > 0)
        return list_installed(run, err);
    if (!model_library_packs(run->node->library, run->arena, &set, err))
        return false;
    for (size_t i = 0; i < set.count; i++)
        command_print(run, "%-20.*s %-10.*s %.*s\n", STR_ARG(set.packs[i]->id),
                      STR_ARG(set.packs[i]->version), STR_ARG(set.packs[i]->title));
    return true;
}
