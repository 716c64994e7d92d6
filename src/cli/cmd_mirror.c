#include "cli/commands.h"
#include "core/file.h"
#include "core/time.h"
#include "link/edition_file.h"
#include "link/fetch.h"

enum {
    TOKEN_FILE_MAX = 1000,
};

bool cmd_mirror_create(struct command_run *run, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    struct str *children = ARENA_ARRAY(run->arena, struct str, COMMAND_ARGS_MAX);
    struct str list = command_option(run, "--above");
    struct edition_head head;
    struct mirror_wish wish = {.name = run->args[0],
                               .fingerprint = command_option(run, "--fingerprint"),
                               .head = &head,
                               .children = children};
    struct tenancy by = {run->node->store, run->node->library, 0, time_now()};

    while (list.len > 0 && wish.child_count < COMMAND_ARGS_MAX)
        children[wish.child_count++] = str_trim(str_cut(&list, ','));
    if (list.len > 0)
        return err_set(err, ERR_INPUT, "--above: at most %d at a time", COMMAND_ARGS_MAX);
    if (!edition_file_open(run->arena, command_path(run, run->args[1]), &fd, &head, err) ||
        !mirror_create(&by, run->arena, &wish, err))
        return false;
    command_print(run, "%.*s stands here for %.*s; uprava edition import brings its editions\n",
                  STR_ARG(run->args[0]), STR_ARG(head.publisher.title));
    return true;
}

bool cmd_mirror_trust(struct command_run *run, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    CLEANUP(store_release) struct tenant *mirror = NULL;
    struct edition_head head;

    if (!edition_file_open(run->arena, command_path(run, run->args[1]), &fd, &head, err) ||
        !store_hold(run->node->store, run->args[0], &mirror, err) ||
        !mirror_trust(mirror, &head, command_option(run, "--fingerprint"), time_now(), err))
        return false;
    command_print(run, "editions signed with %.*s are taken from now on\n",
                  STR_ARG(edition_fingerprint(run->arena, head.key)));
    return true;
}

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
        command_print(run, "  %-28.*s edition %lld, here since %.*s, %lld bytes%s\n",
                      STR_ARG(type != NULL ? type->id : STR("?")), (long long)found[i].mark.no,
                      STR_ARG(buf_str(&at)), (long long)found[i].bytes,
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
