#include "cli/commands.h"
#include "core/file.h"
#include "core/time.h"
#include "link/fetch.h"
#include "store/rows.h"

enum {
    TOKEN_FILE_MAX = 1000,
};

static bool run_start(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return fetch_start(tx, time_now(), err);
}

bool cmd_mirror_follow(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    struct str file = command_option(run, "--token-file");
    struct str token;

    if (file.len == 0)
        return err_set(err, ERR_INPUT,
                       "--token-file: a file with the token that the publisher's people gave");
    if (!file_read(run->arena, command_path(run, file), TOKEN_FILE_MAX, &token, err) ||
        !store_hold(run->node->store, run->args[0], &mirror, err) ||
        !mirror_follow(mirror, run->args[1], token, time_now(), err) ||
        !tenant_write_wait(mirror, run_start, NULL, err))
        return false;
    if (run->node->workers != NULL)
        worker_wake(run->node->workers, run->args[0]);
    command_print(run,
                  "%.*s is fetched from %.*s while the server runs; or by uprava mirror fetch\n",
                  STR_ARG(run->args[0]), STR_ARG(run->args[1]));
    return true;
}

static bool tell(void *data, struct str register_id, int64_t done, int64_t total)
{
    struct command_run *run = data;

    if (run->is_terminal)
        command_print(run, "\r%.*s: %lld of about %lld", STR_ARG(register_id), (long long)done,
                      (long long)total);
    return true;
}

bool cmd_mirror_fetch(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    struct str ca_file = command_option(run, "--ca-file");
    struct fetch fetch = {.library = run->node->library,
                          .ca_file = ca_file.len > 0 ? command_path(run, ca_file)
                                                     : run->node->link.ca_file,
                          .now = time_now(),
                          .go_on = tell,
                          .data = run};
    struct fetch_counts counts;

    if (!store_hold(run->node->store, run->args[0], &mirror, err))
        return false;
    fetch.mirror = mirror;
    if (!fetch_all(&fetch, run->arena, &counts, err))
        return false;
    command_print(run, "%s%lld new editions, %lld bytes came\n", run->is_terminal ? "\r" : "",
                  (long long)counts.editions, (long long)counts.bytes);
    return true;
}

static bool print_registers(struct command_run *run, struct tenant *mirror, struct tx *tx,
                            struct err *err)
{
    const struct catalog *catalog;
    struct mirror_arrival *found;
    size_t count;

    if (!catalog_get(mirror, run->node->library, &catalog, err) ||
        !mirror_arrivals(tx, run->arena, &found, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct register_type *type = catalog_type(catalog, found[i].no);
        struct buf at = {.arena = run->arena};

        time_print_moment(&at, found[i].arrived_at);
        command_print(run, "  %-28.*s edition %lld, here since %.*s%s\n",
                      STR_ARG(type != NULL ? type->id : STR("?")), (long long)found[i].mark.no,
                      STR_ARG(buf_str(&at)),
                      found[i].applying.len > 0 ? ", another one is not all here" : "");
    }
    return true;
}

static bool print_one(struct command_run *run, struct str name, struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    CLEANUP(tx_done) struct tx tx = {0};
    struct peer peer;

    if (!store_hold(run->node->store, name, &mirror, err) || !tx_read(&tx, mirror, err) ||
        !peer_above(&tx, run->arena, &peer, err))
        return false;
    command_print(run, "%.*s stands for %.*s, key %.*s\n", STR_ARG(name), STR_ARG(peer.title),
                  STR_ARG(edition_fingerprint(run->arena, peer.key)));
    if (peer.address.len > 0)
        command_print(run, "  fetched from %.*s%s%.*s\n", STR_ARG(peer.address),
                      peer.reason.len > 0 ? "; the last try failed: " : "", STR_ARG(peer.reason));
    return print_registers(run, mirror, &tx, err);
}

bool cmd_mirror_list(struct command_run *run, struct err *err)
{
    struct store_tenant *tenants;
    size_t count;

    if (!store_list_tenants(run->node->store, run->arena, &tenants, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (tenants[i].is_mirror && !print_one(run, tenants[i].name, err))
            return false;
    return true;
}
