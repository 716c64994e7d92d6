#include "web/page_link.h"

#include "core/file.h"
#include "core/id.h"
#include "core/num.h"
#include "link/arrive.h"
#include "link/edition_apply.h"
#include "link/edition_file.h"
#include "web/answer.h"
#include "web/link_view.h"
#include "web/refusal.h"
#include "web/view.h"
#include "web/wording.h"

#include <sys/stat.h>
#include <unistd.h>

struct str page_link_when(struct request *request, int64_t at)
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
        view_text(request, row, "arrived", page_link_when(request, found[i].arrived_at));
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
    view_maybe(request, above, "heard", page_link_when(request, peer.heard_at));
    view_maybe(request, above, "reason",
               peer.reason.len > 0 ? refusal_text(request, peer.reason) : (struct str){0});
    return add_arrivals(request, above, mirror, &tx, err);
}

bool page_link_show(struct request *request, int status, struct str wrong, struct err *err)
{
    struct json *view = view_new(request);
    struct peer *peers;
    struct tx *tx;
    size_t count;

    if (!request_read(request, &tx, err) || !peer_list(tx, request->arena, &peers, &count, err) ||
        !add_above(request, view, err) || !page_link_add_reports(request, view, err))
        return false;
    add_readers(request, view, peers, count);
    page_title(request, view, request_text(request, STR("Links to other servers")));
    link_view_key(request, view, "key",
                  edition_fingerprint(request->arena, request->web->key->public_bytes));
    view_text(request, view, "above_href", page_href(request, "/admin/links/above"));
    view_maybe(request, view, "wrong", wrong);
    view_text(request, view, "mail_action", page_href(request, "/admin/links/mail"));
    view_text(request, view, "upload_action", page_href(request, "/admin/links/editions"));
    return answer_page(request, status, STR("page/links"), view, err);
}

bool page_link(struct request *request, struct err *err)
{
    return request_admin(request, POLICY_SETTINGS, err) &&
           page_link_show(request, 200, (struct str){0}, err);
}

bool page_link_back(struct request *request, struct str text)
{
    answer_notice(request, STR("ok"), request_text(request, text));
    return answer_redirect(request, STR("/admin/links"));
}

static bool rewind_file(void *data, edition_pull **pull, void **pull_data, struct err *err)
{
    return edition_file_rewind(data, pull, pull_data, err);
}

/* Refused at once what can be: who signed it, for whom, on what it follows. */
static bool open_apply(struct request *request, int fd, struct tenant **mirror,
                       struct edition_apply *apply, bool *is_here, struct err *err)
{
    struct edition_head head;

    if (!edition_file_head(fd, request->arena, &head, err) ||
        !mirror_find(request->web->store, request->arena, tenant_info(request->tenant)->name,
                     head.publisher.id, mirror, err))
        return false;
    *apply = (struct edition_apply){.mirror = *mirror,
                                    .library = request->web->library,
                                    .now = request->now,
                                    .rewind = rewind_file};
    return edition_apply_check(apply, request->arena, &head, is_here, err);
}

static bool put_in(struct request *request, int fd, bool *is_here, struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    CLEANUP(edition_file_close) struct edition_file file = {.fd = fd};
    struct edition_result result;
    struct edition_apply apply;

    if (!open_apply(request, fd, &mirror, &apply, is_here, err))
        return false;
    apply.data = &file;
    if (!edition_apply(&apply, request->arena, &result, err))
        return false;
    *is_here = result.is_here;
    worker_wake(request->web->workers, tenant_info(mirror)->name);
    return true;
}

struct arriving {
    const struct request *request;
    struct str name;
    int64_t job;
};

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    struct arriving *arriving = data;
    const struct request *request = arriving->request;

    return arrive_put(tx, arriving->name, request->actor.account, request->now, &arriving->job,
                      err);
}

/* By a job, whose page shows how far it is. */
static bool put_aside(struct request *request, int fd, int64_t *job, struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    struct arriving arriving = {.request = request};
    struct edition_apply apply;
    bool is_here;

    if (!open_apply(request, fd, &mirror, &apply, &is_here, err) ||
        !arrive_keep(request->tenant, request->arena, fd, request->now, &arriving.name, err) ||
        !request_write_wait(request, run_put, &arriving, err))
        return false;
    request_wake_workers(request);
    *job = arriving.job;
    return true;
}

static bool take(struct request *request, const struct multipart_part *file, struct err *err)
{
    bool is_here;
    int64_t job;

    if (page_link_mail_is_reply(file))
        return page_link_mail_read(request, file, err) &&
               page_link_back(request, STR("The answers are here."));
    if (file->size <= ARRIVE_AT_ONCE)
        return put_in(request, file->fd, &is_here, err) &&
               page_link_back(request, is_here ? STR("This edition is here already.")
                                               : STR("The edition is here."));
    return put_aside(request, file->fd, &job, err) &&
           answer_redirect(request, str_printf(request->arena, "/jobs/%.*s",
                                               STR_ARG(id_text(request->arena, job))));
}

bool page_link_upload(struct request *request, struct err *err)
{
    CLEANUP(multipart_done) struct multipart multipart = {0};
    const struct multipart_part *file;

    if (!request_multipart(request, &multipart, err) ||
        !request_admin(request, POLICY_SETTINGS, err))
        return false;
    file = multipart_find(&multipart, STR("file"));
    if (file == NULL || file->fd < 0 || file->size == 0)
        return page_link_show(request, 422, request_text(request, STR("Choose a file.")), err);
    if (take(request, file, err))
        return true;
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
