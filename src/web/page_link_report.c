/* Reports to the one above and from those below: sent, taken away as files, how often they go. */
#include "core/num.h"
#include "link/report_job.h"
#include "link/report_send.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_link.h"
#include "web/refusal.h"
#include "web/wording.h"

enum {
    REPORTS_SHOWN = 20,
};

static bool add_reports(struct request *request, struct json *view, bool is_sent, struct err *err)
{
    struct json *list = view_list(request, view, is_sent ? "sent" : "received");
    struct report_page page;

    if (!report_list(request->registry.tx, request->arena, is_sent, REPORTS_SHOWN, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++) {
        const struct report *report = &page.items[i];
        struct json *row = view_push(request, list);

        view_text(request, row, "who", is_sent ? (struct str){0} : report->child.title);
        view_text(request, row, "kind",
                  str_equal(report->kind, STR("uprava.standing"))
                      ? request_text(request, STR("what the municipality has"))
                      : report->kind);
        view_text(request, row, "made", page_link_when(request, report->made_at));
        view_text(request, row, "version", view_number(request, report->version));
        view_maybe(request, row, "number",
                   report->number > 0 ? view_number(request, report->number) : (struct str){0});
        view_maybe(request, row, "reason",
                   report->reason.len > 0 ? refusal_text(request, report->reason)
                                          : (struct str){0});
        view_maybe(request, row, "tried", page_link_when(request, report->tried_at));
        view_text(request, row, "href",
                  page_href(request, "/admin/links/reports/%.*s/%lld", STR_ARG(report->period),
                            (long long)report->version));
    }
    view_bool(request, view, is_sent ? "has_sent" : "has_received", page.count > 0);
    return true;
}

static bool add_pace(struct request *request, struct json *view, struct err *err)
{
    static const struct {
        const char *pace, *label;
    } PACES[] = {{"", "never"}, {"daily", "each day"}, {"weekly", "each Monday"}};
    struct str chosen = catalog_setting(request->catalog, REPORT_JOB_SETTING);
    struct json *field = input_add(request, view_list(request, view, "pace_fields"), "is_select",
                                   "pace", request_text(request, STR("By itself")));
    int64_t due_at;

    for (size_t i = 0; i < ARRAY_LEN(PACES); i++)
        input_option(request, field, str_from_z(PACES[i].pace),
                     request_text(request, str_from_z(PACES[i].label)),
                     str_equal(chosen, str_from_z(PACES[i].pace)));
    view_text(request, view, "pace_action", page_href(request, "/admin/links/pace"));
    if (!report_job_next(&request->tx, request->arena, &due_at, err))
        return false;
    view_maybe(request, view, "next_report", page_link_when(request, due_at));
    return true;
}

bool page_link_add_reports(struct request *request, struct json *view, struct err *err)
{
    view_maybe(request, view, "report_action",
               tenant_info(request->tenant)->parent != 0 ? page_href(request, "/admin/links/report")
                                                         : (struct str){0});
    return add_pace(request, view, err) && add_reports(request, view, true, err) &&
           add_reports(request, view, false, err);
}

bool page_link_report(struct request *request, struct err *err)
{
    struct report_by by = {request->tenant, request->web->library, request->web->key,
                           request->arena, request->now};
    struct report report;
    struct err failed = {0};

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_form(request, err) ||
        !report_make(&by, &report, err))
        return false;
    if (report_send(&by, request->web->link_ca, &report, &failed))
        return page_link_back(request, STR("The report was received."));
    if (failed.code == ERR_BROKEN) {
        *err = failed;
        return false;
    }
    return page_link_show(request, 422, wording_err(request, &failed), err);
}

static bool run_pace(struct tx *tx, void *data, struct err *err)
{
    const struct request *request = data;

    return report_job_set(tx, request->catalog, str_trim(request_field(request, STR("pace"))),
                          request->actor.account, request->now, err);
}

bool page_link_pace(struct request *request, struct err *err)
{
    struct err why = {0};

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_form(request, err))
        return false;
    if (request_write_wait(request, run_pace, request, &why)) {
        if (!catalog_reload(request->tenant, request->web->library, err))
            return false;
        request_wake_workers(request);
        return page_link_back(request, STR("Settings saved."));
    }
    if (why.code == ERR_INPUT)
        return page_link_show(request, 422, wording_err(request, &why), err);
    *err = why;
    return false;
}

/* As it was sent, or has to be carried. */
bool page_link_sent(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct report_page page;
    int64_t version;
    struct tx *tx;

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_read(request, &tx, err) ||
        !report_list(tx, request->arena, true, REPORTS_SHOWN, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++) {
        const struct report *report = &page.items[i];

        if (!num_parse_scaled(request->parts[1], 0, &version) || report->version != version ||
            !str_equal(report->period, request->parts[0]))
            continue;
        report_print(out, report);
        http_add(request->exchange, STR("Content-Disposition"),
                 str_printf(request->arena, "attachment; filename=\"%.*s-%lld.report\"",
                            STR_ARG(report->period), (long long)version));
        return answer_text(request, 200, STR("application/x-ndjson"));
    }
    return err_set(err, ERR_ABSENT, "there is no such report");
}
