#include "auth/account.h"
#include "cli/commands.h"
#include "core/time.h"
#include "core/vec.h"

struct making {
    struct account account;
    struct str hash;
    int64_t now;
    int64_t id;
};

static bool write_account(struct tx *tx, void *data, struct err *err)
{
    struct making *making = data;

    return account_create(tx, &making->account, making->hash, 0, making->now, &making->id, err);
}

static bool hash_password(struct command_run *run, struct str login, struct str *hash,
                          struct err *err)
{
    struct str password = command_option(run, "--password");

    if (password.len == 0)
        return err_set(err, ERR_INPUT, "a password is needed: --password TEXT");
    return account_check_password(password, login, err) &&
           secret_hash_password(run->arena, password, hash, err);
}

bool cmd_user_create(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct str list = command_option(run, "--roles");
    VEC(struct str) roles = {0};
    struct making making = {
        .account = {.login = run->args[1], .name = run->args[2], .state = STR("active")},
        .now = time_now(),
    };
    const struct catalog *catalog;

    while (list.len > 0)
        VEC_PUSH(run->arena, &roles, str_trim(str_cut(&list, ',')));
    making.account.roles = roles.items;
    making.account.role_count = roles.count;
    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !catalog_get(tenant, run->node->library, &catalog, err))
        return false;
    for (size_t i = 0; i < roles.count; i++)
        if (policy_role_find(catalog->model->policy, roles.items[i]) == NULL)
            return err_set(err, ERR_INPUT, "there is no role %.*s", STR_ARG(roles.items[i]));
    if (!hash_password(run, making.account.login, &making.hash, err) ||
        !tenant_write_wait(tenant, write_account, &making, err))
        return false;
    command_print(run, "%.*s can sign in at /%.*s/sign-in\n", STR_ARG(making.account.login),
                  STR_ARG(run->args[0]));
    return true;
}

static bool write_password(struct tx *tx, void *data, struct err *err)
{
    struct making *making = data;

    return account_set_password(tx, making->id, making->hash, 0, making->now, err);
}

bool cmd_user_password(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(tx_done) struct tx tx = {0};
    struct making making = {.now = time_now()};
    struct account account;
    struct str old;

    if (!store_hold(run->node->store, run->args[0], &tenant, err) || !tx_read(&tx, tenant, err) ||
        !account_find(&tx, run->arena, run->args[1], &account, &old, err))
        return false;
    tx_done(&tx);
    making.id = account.id;
    if (!hash_password(run, run->args[1], &making.hash, err) ||
        !tenant_write_wait(tenant, write_password, &making, err))
        return false;
    command_print(run, "the password of %.*s is changed\n", STR_ARG(run->args[1]));
    return true;
}

bool cmd_user_list(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(tx_done) struct tx tx = {0};
    struct account *accounts;
    size_t count;

    if (!store_hold(run->node->store, run->args[0], &tenant, err) || !tx_read(&tx, tenant, err) ||
        !account_list(&tx, run->arena, 0, 1000, &accounts, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        command_print(run, "%-20.*s %-10.*s %.*s", STR_ARG(accounts[i].login),
                      STR_ARG(accounts[i].state), STR_ARG(accounts[i].name));
        for (size_t role = 0; role < accounts[i].role_count; role++)
            command_print(run, "%s%.*s", role == 0 ? "  (" : ", ",
                          STR_ARG(accounts[i].roles[role]));
        command_print(run, accounts[i].role_count > 0 ? ")\n" : "\n");
    }
    return true;
}
