#include "backup/check.h"
#include "cli/backup_run.h"
#include "cli/commands.h"
#include "cli/verify.h"

/* The node's own journal: what its operators did. It has no records. */
static bool verify_node(struct command_run *run, bool *is_good, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct journal_report report = {0};

    if (!tx_read_node(&tx, run->node->store, err) ||
        !journal_verify(&tx, run->arena, run->node->key.public_bytes, &report, err))
        return err_while(err, "the node");
    verify_print_journal(run, STR("the node"), &report);
    *is_good &= report.bad == 0;
    return true;
}

static void tell(void *data, bool is_good, struct str sentence)
{
    command_print(data, "%s%.*s\n", is_good ? "" : "BAD: ", STR_ARG(sentence));
}

static bool verify_backup(struct command_run *run, struct err *err)
{
    struct check_place check = {
        .only = run->arg_count > 0 ? run->args[0] : STR(""), .tell = tell, .data = run};
    CLEANUP(place_close) struct place place = {0};
    int64_t bad;

    check.place = &place;
    if (!place_open(&place, run->arena, backup_run_target(run, "--backup"),
                    command_folder(run, command_option(run, "--s3")), err) ||
        !check_place_run(&check, run->arena, &bad, err))
        return false;
    return bad == 0 || err_set(err, ERR_BROKEN, "%lld files of the backup are missing or damaged",
                               (long long)bad);
}

bool cmd_verify(struct command_run *run, struct err *err)
{
    struct store_tenant *tenants;
    bool is_good = true;
    size_t count;

    if (command_has(run, "--backup"))
        return verify_backup(run, err);
    if (run->arg_count > 0) {
        if (!verify_tenant(run, run->args[0], &is_good, err))
            return false;
    } else {
        if (!store_list_tenants(run->node->store, run->arena, &tenants, &count, err))
            return false;
        if (!verify_node(run, &is_good, err))
            return false;
        for (size_t i = 0; i < count; i++)
            if (!verify_tenant(run, tenants[i].name, &is_good, err))
                return false;
    }
    return is_good || err_set(err, ERR_BROKEN,
                              "what is kept does not hold together: see the lines"
                              " above; what none of them mends comes back from a backup");
}
