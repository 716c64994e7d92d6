#include "auth/session.h"
#include "cli/commands.h"
#include "core/time.h"

struct making {
    struct account account;
    struct str hash;
    int64_t id;
};

static struct account_by by_command(void)
{
    return (struct account_by){0, time_now()};
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

static bool write_operator(struct tx *tx, void *data, struct err *err)
{
    struct making *making = data;

    return account_create(tx, &making->account, making->hash, by_command(), &making->id, err);
}

bool cmd_operator_add(struct command_run *run, struct err *err)
{
    struct making making = {
        .account = {.login = run->args[0], .name = run->args[1], .state = STR("active")}};

    if (!hash_password(run, run->args[0], &making.hash, err) ||
        !store_write_node(run->node->store, write_operator, &making, err))
        return false;
    command_print(run, "%.*s can sign in at /node/sign-in\n", STR_ARG(run->args[0]));
    return true;
}

static bool find_operator(struct command_run *run, struct making *making, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct str hash;

    if (!tx_read_node(&tx, run->node->store, err) ||
        !account_find(&tx, run->arena, run->args[0], &making->account, &hash, err))
        return false;
    making->id = making->account.id;
    return making->id != 0 ||
           err_set(err, ERR_ABSENT, "there is no operator %.*s", STR_ARG(run->args[0]));
}

static bool write_password(struct tx *tx, void *data, struct err *err)
{
    const struct making *making = data;

    return account_set_password(tx, making->id, making->hash, by_command(), err);
}

bool cmd_operator_password(struct command_run *run, struct err *err)
{
    struct making making = {0};

    if (!find_operator(run, &making, err) || !hash_password(run, run->args[0], &making.hash, err) ||
        !store_write_node(run->node->store, write_password, &making, err))
        return false;
    command_print(run, "the password of %.*s is changed\n", STR_ARG(run->args[0]));
    return true;
}

static bool write_removal(struct tx *tx, void *data, struct err *err)
{
    const struct making *making = data;

    return account_remove(tx, making->id, by_command(), err);
}

bool cmd_operator_remove(struct command_run *run, struct err *err)
{
    struct making making = {0};

    if (!find_operator(run, &making, err) ||
        !store_write_node(run->node->store, write_removal, &making, err))
        return false;
    command_print(run, "%.*s is no operator any more\n", STR_ARG(run->args[0]));
    return true;
}

bool cmd_operator_list(struct command_run *run, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct account_page page;

    if (!tx_read_node(&tx, run->node->store, err) ||
        !account_list(&tx, run->arena, 0, 1000, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++)
        command_print(run, "%-20.*s %.*s\n", STR_ARG(page.items[i].login),
                      STR_ARG(page.items[i].name));
    return true;
}
