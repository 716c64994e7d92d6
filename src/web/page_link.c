#include "web/page_link.h"

#include "core/file.h"
#include "core/num.h"
#include "link/edition_file.h"
#include "link/report_job.h"
#include "link/report_send.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/link_view.h"
#include "web/view.h"
#include "web/wording.h"

#include <sys/stat.h>
#include <unistd.h>

enum {
    REPORTS_SHOWN = 20,
};

static struct str when(struct request *request, int64_t at)
{
    return at > 0 ? view_moment(request, at) : (struct str){0};
}

static void add_readers(struct request *request, struct json *view, const struct peer *peers,
                        size_t count)
{
    struct json *list = view_list(request, view, "readers");

    for (size_t i = 0; i < count; i++) {
        struct json *row;

        if (peers[i].is_above)
            continue;
        row = view_push(request, list);
        view_text(request, row, "name", peers[i].title);
        view_text(request, row, "href",
                  page_href(request, "/admin/links/readers/%.*s", STR_ARG(peers[i].name)));
    }
    view_bool(request, view, "has_readers", list->count > 0);
    view_text(request, view, "new_href", page_href(request, "/admin/links/readers/new"));
}

static bool add_arrivals(struct request *request, struct json *above, struct tenant *mirror,
                         struct tx *tx, struct err *err)
{
    struct json *list = view_list(request, above, "arrivals");
    const struct catalog *catalog;
    struct mirror_arrival *found;
    size_t count;

    if (!catalog_get(mirror, request->web->library, &catalog, err) ||
        !mirror_arrivals(tx, request->arena, &found, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct register_type *type = catalog_type(catalog, found[i].no);
        struct json *row = view_push(request, list);

        view_text(request, row, "title",
                  type != NULL ? request_pack_text(request, type->title) : (struct str){0});
        view_text(request, row, "edition", view_number(request, found[i].mark.no));
        view_text(request, row, "arrived", when(request, found[i].arrived_at));
        view_bool(request, row, "is_partial", found[i].applying.len > 0);
    }
    return true;
}

/* The publisher elsewhere whom a mirror above stands for, if there is one. */
static bool add_above(struct request *request, struct json *view, struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    CLEANUP(tx_done) struct tx tx = {0};
    struct err absent = {0};
    struct json *above;
    struct peer peer;

    if (!mirror_find(request->web->store, request->arena, tenant_info(request->tenant)->name, 0,
                     &mirror, &absent)) {
        view_none(request, view, "above");
        if (absent.code != ERR_ABSENT)
            *err = absent;
        return absent.code == ERR_ABSENT;
    }
    if (!tx_read(&tx, mirror, err) || !peer_above(&tx, request->arena, &peer, err))
        return false;
    above = view_object(request, view, "above");
    view_text(request, above, "name", peer.title);
    link_view_key(request, above, "key", edition_fingerprint(request->arena, peer.key));
    view_maybe(request, above, "address", peer.address);
    view_maybe(request, above, "heard", when(request, peer.heard_at));
    view_maybe(request, above, "reason", peer.reason);
    return add_arrivals(request, above, mirror, &tx, err);
}

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
        view_text(request, row, "made", when(request, report->made_at));
        view_text(request, row, "version", view_number(request, report->version));
        view_maybe(request, row, "number",
                   report->number > 0 ? view_number(request, report->number) : (struct str){0});
        view_maybe(request, row, "reason",
                   report->reason.len > 0 ? request_text(request, report->reason)
                                          : (struct str){0});
        view_maybe(request, row, "tried", when(request, report->tried_at));
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
    view_maybe(request, view, "next_report", when(request, due_at));
    return true;
}

bool page_link_show(struct request *request, int status, struct str wrong, struct err *err)
{
    struct json *view = view_new(request);
    struct peer *peers;
    struct tx *tx;
    size_t count;

    if (!request_read(request, &tx, err) || !peer_list(tx, request->arena, &peers, &count, err) ||
        !add_above(request, view, err) || !add_pace(request, view, err) ||
        !add_reports(request, view, true, err) || !add_reports(request, view, false, err))
        return false;
    add_readers(request, view, peers, count);
    page_title(request, view, request_text(request, STR("Links to other servers")));
    link_view_key(request, view, "key",
                  edition_fingerprint(request->arena, request->web->key->public_bytes));
    view_text(request, view, "above_href", page_href(request, "/admin/links/above"));
    view_maybe(request, view, "wrong", wrong);
    view_text(request, view, "mail_action", page_href(request, "/admin/links/mail"));
    view_text(request, view, "upload_action", page_href(request, "/admin/links/editions"));
    view_maybe(request, view, "report_action",
               tenant_info(request->tenant)->parent != 0 ? page_href(request, "/admin/links/report")
                                                         : (struct str){0});
    return answer_page(request, status, STR("page/links"), view, err);
}

bool page_link(struct request *request, struct err *err)
{
    return request_admin(request, POLICY_SETTINGS, err) &&
           page_link_show(request, 200, (struct str){0}, err);
}

static bool back(struct request *request, struct str text)
{
    answer_notice(request, STR("ok"), request_text(request, text));
    return answer_redirect(request, STR("/admin/links"));
}

static bool rewind_file(void *data, edition_pull **pull, void **pull_data, struct err *err)
{
    return edition_file_rewind(data, pull, pull_data, err);
}

static bool put_in(struct request *request, int fd, struct edition_result *result, struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    CLEANUP(edition_file_close) struct edition_file file = {.fd = fd};
    struct edition_apply apply = {.library = request->web->library,
                                  .now = request->now,
                                  .rewind = rewind_file,
                                  .data = &file};
    struct edition_head head;

    if (!edition_file_head(fd, request->arena, &head, err) ||
        !mirror_find(request->web->store, request->arena, tenant_info(request->tenant)->name,
                     head.publisher.id, &mirror, err))
        return false;
    apply.mirror = mirror;
    if (!edition_apply(&apply, request->arena, result, err))
        return false;
    worker_wake(request->web->workers, tenant_info(mirror)->name);
    return true;
}

bool page_link_upload(struct request *request, struct err *err)
{
    CLEANUP(multipart_done) struct multipart multipart = {0};
    const struct multipart_part *file;
    struct edition_result result;

    if (!request_multipart(request, &multipart, err) ||
        !request_admin(request, POLICY_SETTINGS, err))
        return false;
    file = multipart_find(&multipart, STR("file"));
    if (file == NULL || file->fd < 0 || file->size == 0)
        return page_link_show(request, 422, request_text(request, STR("Choose a file.")), err);
    if (page_link_mail_is_reply(file)) {
        if (page_link_mail_read(request, file, err))
            return back(request, STR("The answers are here."));
    } else if (put_in(request, file->fd, &result, err))
        return back(request, result.is_here ? STR("This edition is here already.")
                                            : STR("The edition is here."));
    if (err->code == ERR_BROKEN || err->code == ERR_UNAVAILABLE)
        return false;
    return page_link_show(request, 422, wording_err(request, err), err);
}

/* Into a file without a name first: what cannot be written is told as a page. */
static bool write_file(struct request *request, const struct edition_wish *wish, int *fd,
                       struct err *err)
{
    struct edition_by by = {request->tenant, request->web->library, request->web->key,
                            request->arena};
    CLEANUP(file_draft_drop) struct file_draft draft = {.fd = -1};
    struct edition_file_counts counts;

    if (!file_draft_open(&draft, request->arena, tenant_folder(request->tenant), err) ||
        !edition_file_write(&by, wish, &draft, false, &counts, err))
        return false;
    *fd = dup(draft.fd);
    return *fd >= 0 || err_set(err, ERR_UNAVAILABLE, "the file cannot be opened");
}

bool page_link_download(struct request *request, struct err *err)
{
    struct edition_wish wish = {.register_id = request->parts[0], .is_strict = true};
    struct str since = str_trim(request_query(request, STR("since")));
    struct stat status;
    int fd;

    if (!request_admin(request, POLICY_SETTINGS, err) ||
        !peer_reader(request->tenant, request->arena, request_query(request, STR("reader")),
                     &wish.reader, err))
        return false;
    if (since.len > 0 && (!num_parse_scaled(since, 0, &wish.since) || wish.since <= 0))
        return err_set(err, ERR_INPUT, "since: the number of an edition");
    if (!write_file(request, &wish, &fd, err))
        return false;
    if (fstat(fd, &status) != 0 || lseek(fd, 0, SEEK_SET) < 0) {
        file_close(&fd);
        return err_set(err, ERR_UNAVAILABLE, "the file cannot be read");
    }
    http_add(request->exchange, STR("Content-Disposition"),
             str_printf(request->arena, "attachment; filename=\"%.*s-%.*s.gz\"",
                        STR_ARG(wish.register_id), STR_ARG(wish.reader.name)));
    return answer_file(request, fd, status.st_size, STR("application/gzip"));
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
        return back(request, STR("The report was received."));
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
        return back(request, STR("Settings saved."));
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
