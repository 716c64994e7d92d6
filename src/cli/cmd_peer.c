#include "auth/account.h"
#include "cli/commands.h"
#include "core/time.h"
#include "link/peer.h"

struct peering {
    struct arena *arena;
    struct peer_wish wish;
};

static bool run_enter(struct tx *tx, void *data, struct err *err)
{
    const struct peering *peering = data;

    return peer_enter(tx, peering->arena, &peering->wish, err);
}

static bool run_end(struct tx *tx, void *data, struct err *err)
{
    const struct peering *peering = data;

    return peer_end(tx, peering->arena, &peering->wish, err);
}

static bool find_account(struct command_run *run, struct tenant *tenant, struct str login,
                         int64_t *id, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct account account;
    struct str hash;

    *id = 0;
    if (login.len == 0)
        return true;
    if (!tx_read(&tx, tenant, err) || !account_find(&tx, run->arena, login, &account, &hash, err))
        return false;
    *id = account.id;
    return account.id != 0 ||
           err_set(err, ERR_ABSENT, "there is no account \"%.*s\"", STR_ARG(login));
}

bool cmd_peer_put(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct peering peering = {.arena = run->arena,
                              .wish = {.name = run->args[1],
                                       .title = str_trim(run->args[2]),
                                       .fingerprint = command_option(run, "--fingerprint"),
                                       .now = time_now()}};

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !find_account(run, tenant, command_option(run, "--account"), &peering.wish.account, err) ||
        !tenant_write_wait(tenant, run_enter, &peering, err))
        return false;
    command_print(run, "%.*s can be published to: uprava publication put %.*s REGISTER --to %.*s\n",
                  STR_ARG(peering.wish.title), STR_ARG(run->args[0]), STR_ARG(run->args[1]));
    return true;
}

bool cmd_peer_remove(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct peering peering = {.arena = run->arena,
                              .wish = {.name = run->args[1], .now = time_now()}};

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !tenant_write_wait(tenant, run_end, &peering, err))
        return false;
    command_print(run, "%.*s reads nothing from here any more\n", STR_ARG(run->args[1]));
    return true;
}

bool cmd_peer_list(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(tx_done) struct tx tx = {0};
    struct peer *peers;
    size_t count;

    if (!store_hold(run->node->store, run->args[0], &tenant, err) || !tx_read(&tx, tenant, err) ||
        !peer_list(&tx, run->arena, &peers, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        command_print(run, "%-6s %-24.*s %.*s%s%.*s\n", peers[i].is_above ? "above" : "below",
                      STR_ARG(peers[i].name), STR_ARG(peers[i].title),
                      peers[i].address.len > 0 ? "  " : "", STR_ARG(peers[i].address));
    command_print(run, "key of this node: %.*s\n",
                  STR_ARG(edition_fingerprint(run->arena, run->node->key.public_bytes)));
    return true;
}
