#include "cli/verify.h"

#include "core/time.h"
#include "link/report.h"
#include "registry/record_verify.h"
#include "service/service_figure_check.h"

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

/* What the one above keeps cannot be rewritten here. */
static bool verify_reported(struct command_run *run, struct str name, struct tx *tx, bool *is_good,
                            struct err *err)
{
    struct report_anchor anchor;
    struct buf at = {.arena = run->arena};

    if (!report_anchored(tx, run->arena, &anchor, err))
        return false;
    if (anchor.seq == 0)
        return true;
    time_print_moment(&at, anchor.at);
    if (anchor.is_broken)
        command_print(run, "%.*s: REWRITTEN: the one above keeps another entry %lld\n",
                      STR_ARG(name), (long long)anchor.seq);
    else
        command_print(run, "%.*s: the one above keeps entry %lld, since %.*s as its entry %lld\n",
                      STR_ARG(name), (long long)anchor.seq, STR_ARG(buf_str(&at)),
                      (long long)anchor.number);
    *is_good &= !anchor.is_broken;
    return true;
}

/* What can be counted anew is no damage, but somebody has to know. */
static bool verify_figures(struct command_run *run, struct str name, struct tenant *tenant,
                           bool *is_good, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct service_figure_report report;

    if (!tx_read(&tx, tenant, err) || !service_figure_check(&tx, run->arena, &report, err))
        return false;
    if (report.bad != 0)
        command_print(run,
                      "%.*s: %lld DIFFERENCES in the figures of services, the first: %.*s; uprava"
                      " figures %.*s mends them\n",
                      STR_ARG(name), (long long)report.bad, STR_ARG(report.what), STR_ARG(name));
    else if (report.cases > 0)
        command_print(run, "%.*s: %lld cases are counted as they are\n", STR_ARG(name),
                      (long long)report.cases);
    *is_good &= report.bad == 0;
    return true;
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
    verify_print_journal(run, name, &report);
    if (!verify_reported(run, name, &tx, is_good, err))
        return err_while(err, "%.*s", STR_ARG(name));
    tx_done(&tx);
    *is_good &= report.bad == 0;
    return (verify_records(run, name, tenant, is_good, err) &&
            verify_figures(run, name, tenant, is_good, err)) ||
           err_while(err, "%.*s", STR_ARG(name));
}
