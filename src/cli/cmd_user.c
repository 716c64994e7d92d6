#include "auth/session.h"
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

    return account_create(tx, &making->account, making->hash, (struct account_by){0, making->now},
                          &making->id, err);
}

static bool hash_password(struct command_run *run, struct str login, struct str *hash,
                          struct err *err)
{
    struct str password = command_option(run, "--password");

    if (password.len == 0)
        return err_set(err, ERR_INPUT, "a password is needed");
    return account_check_password(password, login, err) &&
           account_hash_password(run->arena, password, hash, err);
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

static bool find_account(struct command_run *run, struct tenant *tenant, struct account *account,
                         struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct str hash;

    return tx_read(&tx, tenant, err) &&
           account_find(&tx, run->arena, run->args[1], account, &hash, err) &&
           (account->id != 0 ||
            err_set(err, ERR_ABSENT, "there is no account %.*s", STR_ARG(run->args[1])));
}

static bool write_password(struct tx *tx, void *data, struct err *err)
{
    struct making *making = data;

    return account_set_password(tx, making->id, making->hash, (struct account_by){0, making->now},
                                err);
}

bool cmd_user_password(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct making making = {.now = time_now()};
    struct account account;

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !find_account(run, tenant, &account, err))
        return false;
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
    struct account_page page;

    if (!store_hold(run->node->store, run->args[0], &tenant, err) || !tx_read(&tx, tenant, err) ||
        !account_list(&tx, run->arena, 0, 1000, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++) {
        const struct account *account = &page.items[i];

        command_print(run, "%-20.*s %-10.*s %.*s", STR_ARG(account->login), STR_ARG(account->state),
                      STR_ARG(account->name));
        for (size_t role = 0; role < account->role_count; role++)
            command_print(run, "%s%.*s", role == 0 ? "  (" : ", ", STR_ARG(account->roles[role]));
        command_print(run, account->role_count > 0 ? ")\n" : "\n");
    }
    return true;
}

struct token {
    struct arena *arena;
    struct session_wish wish;
    struct str secret;
};

static bool write_token(struct tx *tx, void *data, struct err *err)
{
    struct token *token = data;

    return session_start(tx, token->arena, &token->wish, &token->secret, err);
}

bool cmd_user_token(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct account account;
    struct token token = {run->arena, {&account, run->args[2], true, time_now()}, {0}};

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !find_account(run, tenant, &account, err) ||
        !tenant_write_wait(tenant, write_token, &token, err))
        return false;
    command_print(run, "%.*s\n", STR_ARG(token.secret));
    return true;
}
