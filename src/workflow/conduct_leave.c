#include "workflow/conduct_leave.h"

#include "auth/journal.h"
#include "core/id.h"
#include "workflow/conduct_job.h"

enum {
    BACKUP_MS = 5000, /* should this process die before it delivers what it put */
};

bool conduct_leave_is_over(const struct service_case_event *events, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == SERVICE_CASE_LEFT)
            return true;
    return false;
}

struct flow_post conduct_leave_post(struct arena *arena, const struct service *service,
                                    int64_t service_case, int64_t actor, int64_t now)
{
    struct json *body = json_new(arena, JSON_OBJECT);
    struct buf text = {.arena = arena};

    json_set_text(arena, body, STR("application"), id_text(arena, service_case));
    json_canonical(&text, body);
    return (struct flow_post){.kind = FLOW_POST_BEGIN,
                              .name = service->leave.process,
                              .flow = id_next(now),
                              .actor = actor,
                              .put_at = now,
                              .body = buf_str(&text)};
}

static bool check(struct tx *tx, const struct conduct_leave *it, const struct service_case *one,
                  struct err *err)
{
    struct service_case_event *events;
    size_t count;

    if (!service_case_events(tx, it->arena, one->id, &events, &count, err))
        return false;
    return (one->state == SERVICE_CASE_GRANTED && !conduct_leave_is_over(events, count)) ||
           err_set(err, ERR_CONFLICT, "there is nothing to give up any more");
}

bool conduct_leave(struct tx *tx, void *data, struct err *err)
{
    struct conduct_leave *it = data;
    struct service_case_event event = {
        .at = it->now, .actor = it->actor, .kind = SERVICE_CASE_LEFT};
    struct journal_entry entry = {.at = it->now, .actor = it->actor, .action = STR("case.leave")};
    struct service_case one;
    bool has_moved;

    if (!service_case_get(tx, it->arena, it->service_case, &one, err) ||
        !check(tx, it, &one, err) || !service_case_add_event(tx, &one, &event, err) ||
        !service_case_change(tx, it->arena, &one, err))
        return false;
    it->post = conduct_leave_post(it->arena, it->service, one.id, it->actor, it->now);
    entry.no = one.no;
    entry.record = one.id;
    entry.cause = one.flow;
    return flow_post_put(tx, &it->post, err) &&
           conduct_job_need(tx, it->now + BACKUP_MS, it->now, &has_moved, err) &&
           journal_add(tx, &entry, err);
}
