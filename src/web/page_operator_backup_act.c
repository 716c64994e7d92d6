#include <string.h>

#include "backup/fetched.h"
#include "core/num.h"
#include "core/time.h"
#include "queue/worker.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_operator_backup.h"
#include "web/progress.h"

enum {
    PATH_LONGEST = 1000,
};

static bool back(struct request *request, struct str kind, struct str notice)
{
    answer_notice(request, kind, notice);
    return answer_redirect(
        request, str_printf(request->arena, "/tenants/%.*s/backup", STR_ARG(request->parts[0])));
}

static bool write_job(struct tx *tx, void *data, struct err *err)
{
    const struct job *job = data;
    int64_t id;

    return job_put(tx, job, job->put_at, &id, err);
}

/* One at a time for a municipality: what a second one would do depends on how the first ends. */
static bool put_job(struct request *request, const char *kind, struct json *payload,
                    struct err *err)
{
    struct buf text = {.arena = request->arena};
    struct job_view last;
    struct store_tenant tenant;

    if (!store_get_tenant(request->web->store, request->arena, request->parts[0], &tenant, err) ||
        !page_operator_backup_job(request, &last, err))
        return false;
    if (last.id != 0 && !progress_is_over(&last))
        return back(request, STR("warn"),
                    request_text(request, STR("Other work with this municipality is not over.")));
    json_set_text(request->arena, payload, STR("tenant"), tenant.name);
    json_set_bool(request->arena, payload, STR("was_suspended"), tenant.is_suspended);
    json_write(&text, payload);
    struct job job = {.kind = str_from_z(kind),
                      .payload = buf_str(&text),
                      .actor = request->actor.account,
                      .put_at = request->now};
    if (!request_write_wait(request, write_job, &job, err))
        return false;
    worker_wake(request->web->workers, STR(JOB_NODE));
    return back(request, STR("info"), request_text(request, STR("The work has begun.")));
}

static bool check_place(struct request *request, struct err *err)
{
    return request->web->backup_place.len > 0 ||
           err_set(err, ERR_CONFLICT, "this server does not know where backups are");
}

bool page_operator_backup_take(struct request *request, struct err *err)
{
    return check_place(request, err) &&
           put_job(request, "backup.take", json_new(request->arena, JSON_OBJECT), err);
}

/* "02.03.2026 09:00" of the node's time, as the page writes moments; with or without a comma. */
static bool read_moment(struct request *request, struct str typed, struct str *moment)
{
    struct buf text = {.arena = request->arena};
    struct str rest = typed;
    struct str day_text = str_cut(&rest, ' ');
    int64_t number, day, hour, minute;

    if (num_parse_int(typed, &number)) {
        *moment = typed;
        return number > 0;
    }
    if (str_ends(day_text, STR(",")))
        day_text.len--;
    rest = str_trim(rest);
    struct str hour_text = str_cut(&rest, ':');
    if (!time_parse_day_typed(day_text, &day) || !num_parse_int(hour_text, &hour) ||
        !num_parse_int(rest, &minute) || rest.len != 2 || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59)
        return false;
    time_print_moment(&text, day * TIME_DAY_MS + (hour * 60 + minute) * TIME_MINUTE_MS -
                                 (int64_t)catalog_utc_offset(request->catalog) * TIME_MINUTE_MS);
    *moment = buf_str(&text);
    return true;
}

bool page_operator_backup_fetch(struct request *request, struct err *err)
{
    struct json *payload = json_new(request->arena, JSON_OBJECT);
    struct page_operator_backup_form form = {0};
    struct str moment = STR("");

    if (!check_place(request, err) || !request_form(request, err))
        return false;
    form.until = str_trim(request_field(request, STR("until")));
    if (form.until.len > 0 && !read_moment(request, form.until, &moment)) {
        form.until_error = request_text(
            request, STR("This is neither a number nor a day and time, as 02.03.2026 09:00."));
        return page_operator_backup_show(request, 422, &form, err);
    }
    json_set_text(request->arena, payload, STR("until"), moment);
    return put_job(request, "backup.fetch", payload, err);
}

bool page_operator_backup_swap(struct request *request, struct err *err)
{
    struct json *payload = json_new(request->arena, JSON_OBJECT);
    struct fetched fetched;
    int64_t at;

    if (!request_form(request, err))
        return false;
    struct str aside = request_field(request, STR("aside"));
    if (aside.len > 0 && !fetched_is_aside(aside, request->parts[0], &at))
        return err_set(err, ERR_INPUT, "this is no state of the municipality");
    fetched_read(request->web->store, request->arena, request->parts[0], &fetched);
    if (aside.len == 0 && fetched.at == 0)
        return back(request, STR("warn"), request_text(request, STR("Nothing is fetched.")));
    if (!str_equal(request_field(request, STR("sure")), STR("yes")))
        return back(request, STR("warn"),
                    request_text(request, STR("Tick that you are sure, then it is done.")));
    json_set_text(request->arena, payload, STR("aside"), aside);
    return put_job(request, "backup.swap", payload, err);
}

bool page_operator_backup_drop(struct request *request, struct err *err)
{
    struct job_view last;

    if (!page_operator_backup_job(request, &last, err))
        return false;
    if (last.id != 0 && !progress_is_over(&last))
        return back(request, STR("warn"),
                    request_text(request, STR("Other work with this municipality is not over.")));
    return fetched_drop(request->web->store, request->arena, request->parts[0], err) &&
           back(request, STR("ok"), request_text(request, STR("What was fetched is gone.")));
}

bool page_operator_backup_move(struct request *request, struct err *err)
{
    struct json *payload = json_new(request->arena, JSON_OBJECT);
    struct page_operator_backup_form form = {0};

    if (!request_form(request, err))
        return false;
    form.to = str_trim(request_field(request, STR("to")));
    if (form.to.len == 0 || form.to.ptr[0] != '/' || form.to.len > PATH_LONGEST) {
        form.to_error =
            request_text(request, STR("The whole path of a folder, beginning with a slash."));
        return page_operator_backup_show(request, 422, &form, err);
    }
    json_set_text(request->arena, payload, STR("to"), form.to);
    return put_job(request, "tenant.move", payload, err);
}

static bool write_stop(struct tx *tx, void *data, struct err *err)
{
    const struct job_view *job = data;

    return job_stop(tx, job->id, job->put_at, err);
}

bool page_operator_backup_stop(struct request *request, struct err *err)
{
    struct job_view job;

    if (!page_operator_backup_job(request, &job, err))
        return false;
    if (job.id == 0 || progress_is_over(&job))
        return back(request, STR("info"), request_text(request, STR("The work is over.")));
    job.put_at = request->now;
    return request_write_wait(request, write_stop, &job, err) &&
           back(request, STR("info"), request_text(request, STR("It stops at the next step.")));
}
