#include "web/api_job.h"

#include "core/id.h"
#include "core/json_put.h"
#include "registry/import.h"
#include "web/answer.h"
#include "web/progress.h"

enum {
    JOBS_MAX = 200,
};

static void print(struct buf *out, struct request *request, const struct job_view *job)
{
    buf_add(out, STR("{\"id\":\""));
    id_print(out, job->id);
    buf_add(out, STR("\",\"kind\":"));
    json_write_text(out, job->kind);
    buf_add(out, STR(",\"status\":"));
    json_write_text(out, job->status);
    buf_add(out, STR(",\"step\":"));
    json_write_text(out, request_text(request, job->step));
    buf_printf(out, ",\"done\":%lld,\"total\":%lld,\"is_stopping\":%s", (long long)job->done,
               (long long)job->total, job->is_stopping ? "true" : "false");
    json_put_moment(out, "put_at", job->put_at);
    json_put_moment(out, "started_at", job->started_at);
    json_put_moment(out, "ended_at", job->ended_at);
    buf_add(out, STR(",\"reason\":"));
    if (job->reason.len > 0)
        json_write_text(out, request_text(request, job->reason));
    else
        buf_add(out, STR("null"));
    buf_add(out, STR(",\"result\":"));
    buf_add(out, job->result.len > 0 ? job->result : STR("null"));
    buf_char(out, '}');
}

static bool get_job(struct request *request, struct job_view *job, struct err *err)
{
    struct tx *tx;
    int64_t id;

    if (!request_id(request, 0, &id, err) || !request_read(request, &tx, err) ||
        !job_get(tx, request->arena, id, job, err))
        return false;
    return progress_may_see(request, job) ||
           err_set(err, ERR_ABSENT, "there is no such job any more");
}

bool api_job_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct job_view *views;
    struct tx *tx;
    size_t count;
    bool has_some = false;

    if (!request_read(request, &tx, err) ||
        !job_list(tx, request->arena, JOBS_MAX, &views, &count, err))
        return false;
    buf_add(out, STR("{\"items\":["));
    for (size_t i = 0; i < count; i++) {
        if (!progress_may_see(request, &views[i]))
            continue;
        buf_add(out, has_some ? STR(",") : STR(""));
        print(out, request, &views[i]);
        has_some = true;
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

bool api_job_get(struct request *request, struct err *err)
{
    struct job_view job;

    if (!get_job(request, &job, err))
        return false;
    print(&request->exchange->out, request, &job);
    return answer_json(request, 200);
}

bool api_job_events(struct request *request, struct err *err)
{
    int64_t id;

    return request_id(request, 0, &id, err) &&
           progress_stream(request, id,
                           page_href(request, "/api/v1/jobs/%.*s", STR_ARG(request->parts[0])),
                           err);
}

struct stopping {
    struct request *request;
    struct job_view job;
};

static bool write_stop(struct tx *tx, void *data, struct err *err)
{
    struct stopping *stopping = data;
    struct request *request = stopping->request;
    int64_t id = stopping->job.id;

    return job_stop(tx, id, request->now, err) && import_stopped(tx, id, err) &&
           job_get(tx, request->arena, id, &stopping->job, err);
}

bool api_job_stop(struct request *request, struct err *err)
{
    struct stopping stopping = {.request = request};

    if (!get_job(request, &stopping.job, err) ||
        !request_write_wait(request, write_stop, &stopping, err))
        return false;
    print(&request->exchange->out, request, &stopping.job);
    return answer_json(request, 202);
}
