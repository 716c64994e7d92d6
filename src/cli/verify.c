#include "cli/verify.h"

#include "registry/record_verify.h"

static bool verify_records(struct command_run *run, struct str name, struct tenant *tenant,
                           bool *is_good, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    const struct catalog *catalog;
    struct record_report report;

    if (!catalog_get(tenant, run->node->library, &catalog, err) || !tx_read(&tx, tenant, err) ||
        !record_verify(&tx, run->arena, catalog, &report, err))
        return false;
    if (report.bad != 0)
        command_print(run, "%.*s: %lld DIFFERENCES in the registers, the first: %.*s\n",
                      STR_ARG(name), (long long)report.bad, STR_ARG(report.what));
    else
        command_print(run, "%.*s: %lld records are indexed and counted as they say\n",
                      STR_ARG(name), (long long)report.records);
    if (report.waiting > 0)
        command_print(run, "%.*s: %lld records wait to be indexed for a new version of a pack\n",
                      STR_ARG(name), (long long)report.waiting);
    *is_good &= report.bad == 0;
    return true;
}

void verify_print_journal(struct command_run *run, struct str name,
                          const struct journal_report *report)
{
    if (report->bad != 0)
        command_print(run, "%.*s: BROKEN at entry %lld: %.*s\n", STR_ARG(name),
                      (long long)report->bad, STR_ARG(report->what));
    else
        command_print(run, "%.*s: %lld entries hold; %lld anchors, the last at entry %lld\n",
                      STR_ARG(name), (long long)report->entries, (long long)report->anchors,
                      (long long)report->last_anchored);
}

bool verify_tenant(struct command_run *run, struct str name, bool *is_good, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(tx_done) struct tx tx = {0};
    struct journal_report report = {0};

    if (!store_hold(run->node->store, name, &tenant, err) || !tx_read(&tx, tenant, err) ||
        !journal_verify(&tx, run->arena, run->node->key.public_bytes, &report, err) ||
        (report.bad == 0 && !journal_verify_bodies(&tx, run->arena, &report, err)))
        return err_while(err, "%.*s", STR_ARG(name));
    tx_done(&tx);
    verify_print_journal(run, name, &report);
    *is_good &= report.bad == 0;
    return verify_records(run, name, tenant, is_good, err) || err_while(err, "%.*s", STR_ARG(name));
}
