#include "auth/account.h"
#include "auth/journal.h"
#include "cli/commands.h"
#include "core/id.h"
#include "core/time.h"
#include "link/peer.h"

struct peering {
    struct arena *arena;
    struct peer peer;
    bool is_removed;
};

/* A reader keeps its number when its row is written again. */
static bool run_peering(struct tx *tx, void *data, struct err *err)
{
    struct peering *peering = data;
    struct journal_entry entry = {
        .at = time_now(), .action = peering->is_removed ? STR("peer.remove") : STR("peer.put")};
    struct err absent = {0};
    struct peer old;

    if (peer_below(tx, peering->arena, peering->peer.name, &old, &absent)) {
        peering->peer.id = old.id;
        peering->peer.heard_at = old.heard_at;
        memcpy(peering->peer.key, old.key, sizeof old.key);
        peering->peer.has_key = old.has_key;
    } else if (absent.code != ERR_ABSENT || peering->is_removed) {
        *err = absent;
        return false;
    } else {
        peering->peer.id = id_next(entry.at);
    }
    entry.detail = str_printf(peering->arena, "{\"reader\":\"%.*s\"}", STR_ARG(peering->peer.name));
    return journal_add(tx, &entry, err) &&
           (peering->is_removed ? peer_remove(tx, peering->peer.id, err)
                                : peer_put(tx, peering->arena, &peering->peer, err));
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
                              .peer = {.name = run->args[1], .title = str_trim(run->args[2])}};

    if (!store_is_name(run->args[1]))
        return err_set(err, ERR_INPUT,
                       "a reader's name has small Latin letters, digits and hyphens");
    if (peering.peer.title.len == 0 || peering.peer.title.len > 400)
        return err_set(err, ERR_INPUT, "the title must have 1 to 200 letters");
    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !find_account(run, tenant, command_option(run, "--account"), &peering.peer.account, err) ||
        !tenant_write_wait(tenant, run_peering, &peering, err))
        return false;
    command_print(run, "%.*s can be published to: uprava publication put %.*s REGISTER --to %.*s\n",
                  STR_ARG(peering.peer.title), STR_ARG(run->args[0]), STR_ARG(run->args[1]));
    return true;
}

bool cmd_peer_remove(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct peering peering = {
        .arena = run->arena, .peer = {.name = run->args[1]}, .is_removed = true};

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !tenant_write_wait(tenant, run_peering, &peering, err))
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
