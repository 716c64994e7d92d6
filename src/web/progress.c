#include "web/progress.h"

#include "web/wording.h"

enum {
    TICK_MS = 1000,
    QUICK_US = 2000,
    LEFT_AFTER_MS = 3000, /* before that a guess would be a bad one */
};

bool progress_is_over(const struct job_view *job)
{
    return !str_equal(job->status, STR("waiting")) && !str_equal(job->status, STR("running"));
}

struct str progress_title(struct request *request, struct str kind)
{
    if (str_equal(kind, STR("registry.import")))
        return request_text(request, STR("Import of a file"));
    if (str_equal(kind, STR("registry.undo")))
        return request_text(request, STR("Undo of an import"));
    if (str_equal(kind, STR("backup.take")))
        return request_text(request, STR("Backup"));
    if (str_equal(kind, STR("backup.fetch")))
        return request_text(request, STR("Fetching of an earlier state"));
    if (str_equal(kind, STR("backup.swap")))
        return request_text(request, STR("Return to an earlier state"));
    if (str_equal(kind, STR("tenant.move")))
        return request_text(request, STR("Move to another place"));
    if (str_equal(kind, STR("link.arrive")))
        return request_text(request, STR("Taking of an edition"));
    if (str_equal(kind, STR("link.report")))
        return request_text(request, STR("Report to the one above"));
    if (str_equal(kind, STR("notice.send")))
        return request_text(request, STR("Sending notices"));
    if (str_equal(kind, STR("case.remind")))
        return request_text(request, STR("Reminding of the last days of cases"));
    if (str_equal(kind, STR("service.offer")))
        return request_text(request, STR("Offering services"));
    if (str_equal(kind, STR("workflow.flows")))
        return request_text(request, STR("Messages and terms of processes"));
    if (str_equal(kind, STR("pack.try")))
        return request_text(request, STR("Trial of drafts"));
    return kind;
}

struct str progress_status(struct request *request, struct str status)
{
    return request_text(request, status);
}

const char *progress_tag_kind(const struct job_view *job)
{
    if (str_equal(job->status, STR("done")))
        return "ok";
    if (str_equal(job->status, STR("failed")))
        return "bad";
    return str_equal(job->status, STR("stopped")) ? "warn" : "info";
}

void progress_tag(struct request *request, struct json *object, const struct job_view *job)
{
    struct json *tag = view_object(request, object, "tag");

    view_text(request, tag, "kind", str_from_z(progress_tag_kind(job)));
    view_text(request, tag, "text", progress_status(request, job->status));
}

/* What is left, if it goes on as fast as so far. */
static struct str left_text(struct request *request, const struct job_view *job, int64_t now)
{
    int64_t spent = now - job->started_at;
    int64_t left_s;

    if (job->started_at == 0 || job->done <= 0 || job->total <= job->done || spent < LEFT_AFTER_MS)
        return (struct str){0};
    left_s = (int64_t)((double)spent * (double)(job->total - job->done) / (double)job->done / 1000);
    return left_s < 60 ? wording_plural(request, STR("about %d second left"),
                                        STR("about %d seconds left"), left_s + 1)
                       : wording_plural(request, STR("about %d minute left"),
                                        STR("about %d minutes left"), left_s / 60 + 1);
}

/* Reading a file is counted in bytes, everything else in pieces. */
static struct str done_text(struct request *request, const struct job_view *job)
{
    bool is_bytes = str_equal(job->kind, STR("registry.import"));
    struct str done = is_bytes ? wording_size(request, job->done) : view_number(request, job->done);
    struct str total =
        is_bytes ? wording_size(request, job->total) : view_number(request, job->total);

    return str_printf(request->arena, "%.*s / %.*s", STR_ARG(done), STR_ARG(total));
}

static struct str step_text(struct request *request, const struct job_view *job)
{
    if (job->is_stopping && !progress_is_over(job))
        return request_text(request, STR("Stopping"));
    if (str_equal(job->status, STR("waiting")))
        return request_text(request, STR("Waiting its turn"));
    if (progress_is_over(job) || job->step.len == 0)
        return progress_status(request, job->status);
    return request_text(request, job->step);
}

void progress_fill(struct request *request, struct json *box, const struct job_view *job)
{
    bool is_counted = job->total > 0 && !str_equal(job->status, STR("waiting"));
    int64_t percent = is_counted ? MIN(job->done, job->total) * 100 / job->total : 0;

    view_text(request, box, "text", step_text(request, job));
    view_text(request, box, "percent_text",
              is_counted ? str_printf(request->arena, "%lld %%", (long long)percent)
                         : (struct str){0});
    view_text(request, box, "total",
              str_printf(request->arena, "%lld", (long long)MAX(job->total, INT64_C(1))));
    view_text(request, box, "done", str_printf(request->arena, "%lld", (long long)job->done));
    view_bool(request, box, "is_counted", is_counted);
    view_text(request, box, "done_text", is_counted ? done_text(request, job) : (struct str){0});
    view_text(request, box, "left_text",
              is_counted ? left_text(request, job, request->web->clock()) : (struct str){0});
}

bool progress_may_see(const struct request *request, const struct job_view *job)
{
    return (request->actor.rights.admin & POLICY_JOBS) != 0 || /* or an operator at the node's */
           (request->catalog == NULL && request_is_signed_in(request)) ||
           (request_is_signed_in(request) && job->actor == request->actor.account);
}

struct following {
    struct request *request;
    int64_t job;
    struct str done_href;
    struct buf last; /* what was told last: the same is not told twice */
};

/* One event, when there is something new; *is_over when it was the last. */
static void write_event(struct following *following, struct request *request,
                        const struct job_view *job, struct buf *out)
{
    struct json *event = view_new(request);
    struct buf text = {.arena = request->arena};

    progress_fill(request, event, job);
    if (progress_is_over(job))
        view_text(request, event, "done_href", following->done_href);
    json_write(&text, event);
    if (str_equal(buf_str(&text), buf_str(&following->last)))
        return;
    following->last.len = 0;
    buf_add(&following->last, buf_str(&text));
    buf_add(out, STR("data: "));
    buf_add(out, buf_str(&text));
    buf_add(out, STR("\n\n"));
}

/* Each tick has memory of its own: a page may stay open for hours. */
static bool on_tick(struct http_exchange *exchange, bool is_gone, void *data)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(tx_done) struct tx tx = {0};
    struct following *following = data;
    struct request request = *following->request; /* but its memory */
    struct job_view job;
    struct err err;
    bool is_over = is_gone;

    request.arena = arena;
    /* Whoever takes a suspended one out of use must not wait for readers that stay. */
    is_over |= tenant_info(request.tenant)->is_suspended;
    if (!is_over && tx_read_quick(&tx, request.tenant, QUICK_US, &err)) {
        if (job_get(&tx, arena, following->job, &job, &err)) {
            write_event(following, &request, &job, &exchange->out);
            is_over = progress_is_over(&job);
        } else {
            is_over = !tx_was_interrupted(&tx); /* slow for once: the next tick tries again */
        }
    }
    tx_done(&tx);
    if (is_over)
        store_release(&following->request->tenant);
    return !is_over;
}

bool progress_stream(struct request *request, int64_t job, struct str done_href, struct err *err)
{
    struct http_exchange *exchange = request->exchange;
    struct following *following = ARENA_NEW(request->arena, struct following);
    struct job_view view;
    struct tx *tx;

    if (!request_read(request, &tx, err) || !job_get(tx, request->arena, job, &view, err))
        return false;
    if (!progress_may_see(request, &view))
        return err_set(err, ERR_ABSENT, "there is no such job any more");
    *following = (struct following){request, job, done_href, {.arena = request->arena}};
    exchange->status = 200;
    http_add(exchange, STR("Content-Type"), STR("text/event-stream"));
    http_add(exchange, STR("Cache-Control"), STR("no-store"));
    http_add(exchange, STR("X-Accel-Buffering"), STR("no")); /* nginx would hold them back */
    if (!request->is_on_loop) {
        /* A pool thread cannot stay: it tells how things stand, and the reader comes again. */
        buf_add(&exchange->out, STR("retry: 1000\n"));
        write_event(following, request, &view, &exchange->out);
        return true;
    }
    request_later(request);
    http_stream(exchange);
    http_every(exchange, TICK_MS, on_tick, following);
    return true;
}
