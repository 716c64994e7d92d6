#include "cli/commands.h"
#include "core/file.h"
#include "core/time.h"
#include "link/report_send.h"

static bool start(struct command_run *run, struct tenant **tenant, struct report_by *by,
                  struct err *err)
{
    if (!store_hold(run->node->store, run->args[0], tenant, err))
        return false;
    *by = (struct report_by){*tenant, run->node->library, &run->node->key, run->arena, time_now()};
    return true;
}

/* The newest, when it is not known to be there: it is sent again rather than another one. */
static bool find_unsent(const struct report_by *by, struct report *report, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct report_page page;

    if (!tx_read(&tx, by->tenant, err) || !report_list(&tx, by->arena, true, 1, &page, err))
        return false;
    *report = page.count > 0 && page.items[0].number == 0 ? page.items[0] : (struct report){0};
    return true;
}

static bool make(const struct report_by *by, struct report *report, struct err *err)
{
    return find_unsent(by, report, err) && (report->version > 0 || report_make(by, report, err));
}

bool cmd_report_send(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct report_by by;
    struct report report;

    if (!start(run, &tenant, &by, err) || !make(&by, &report, err) ||
        !report_send(&by, run->node->link.ca_file, &report, err))
        return false;
    command_print(run, "%.*s %.*s, version %lld: received as entry %lld, SHA-256 %.*s\n",
                  STR_ARG(report.kind), STR_ARG(report.period), (long long)report.version,
                  (long long)report.number, STR_ARG(report.digest));
    return true;
}

bool cmd_report_export(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct str path = command_path(run, run->args[1]);
    struct buf text = {.arena = run->arena};
    struct report_by by;
    struct report report;

    if (file_exists(path))
        return err_set(err, ERR_CONFLICT, "%.*s is there already", STR_ARG(path));
    if (!start(run, &tenant, &by, err) || !make(&by, &report, err))
        return false;
    report_print(&text, &report);
    if (!file_write(path, buf_str(&text), err))
        return false;
    command_print(run, "%.*s %.*s, version %lld, SHA-256 %.*s\n", STR_ARG(report.kind),
                  STR_ARG(report.period), (long long)report.version, STR_ARG(report.digest));
    return true;
}

static bool find_peer(struct tenant *tenant, struct arena *arena, struct str name,
                      struct peer *peer, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, tenant, err) && peer_below(&tx, arena, name, peer, err);
}

bool cmd_report_import(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct report_by by;
    struct report report;
    struct peer peer;
    struct str text;

    if (!start(run, &tenant, &by, err) ||
        !find_peer(tenant, run->arena, command_option(run, "--from"), &peer, err) ||
        !file_read(run->arena, command_path(run, run->args[1]), REPORT_TEXT_MAX, &text, err) ||
        !report_parse(run->arena, text, &report, err))
        return false;
    if (!peer_check_key(&peer, run->arena, report.key, command_option(run, "--fingerprint"), false,
                        err))
        return false;
    if (!report_send_accept(tenant, run->arena, &peer, &report, by.now, err))
        return false;
    command_print(run, "%.*s of %.*s: received as entry %lld, SHA-256 %.*s\n", STR_ARG(report.kind),
                  STR_ARG(report.child.title), (long long)report.number, STR_ARG(report.digest));
    return true;
}

static void print_one(struct command_run *run, const struct report *report, bool is_sent)
{
    struct buf at = {.arena = run->arena};

    time_print_moment(&at, report->made_at);
    command_print(run, "%-8s %.*s  %.*s %.*s version %lld", is_sent ? "sent" : "received",
                  STR_ARG(buf_str(&at)), STR_ARG(report->kind), STR_ARG(report->period),
                  (long long)report->version);
    if (!is_sent)
        command_print(run, " of %.*s", STR_ARG(report->child.title));
    if (report->number > 0)
        command_print(run, ", entry %lld", (long long)report->number);
    else
        command_print(run, ", not received yet");
    command_print(run, "%s%.*s\n", report->reason.len > 0 ? ": " : "", STR_ARG(report->reason));
}

bool cmd_report_list(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(tx_done) struct tx tx = {0};
    struct report_by by;

    if (!start(run, &tenant, &by, err) || !tx_read(&tx, tenant, err))
        return false;
    for (int is_sent = 1; is_sent >= 0; is_sent--) {
        struct report_page page;

        if (!report_list(&tx, run->arena, is_sent, 100, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++)
            print_one(run, &page.items[i], is_sent);
    }
    return true;
}
