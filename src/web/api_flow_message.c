#include "auth/journal.h"
#include "core/id.h"
#include "core/json_put.h"
#include "web/answer.h"
#include "web/api_flow.h"
#include "workflow/conduct_job.h"

enum {
    BODY_MAX = 1024 * 1024,
    BACKUP_MS = 5000, /* should this process die before it delivers what it put */
};

/* To whoever waits: only who looks after all processes may. */
static bool may_send(const struct request *request, struct err *err)
{
    return flows_may(request, STR("*"), POLICY_MANAGE) ||
           err_set(err, ERR_DENIED, "your role does not allow this");
}

static void print_delivery(struct request *request, const struct flow_post *post,
                           const struct conduct_delivery *delivery)
{
    struct buf *out = &request->exchange->out;

    buf_add(out, STR("{\"id\":\""));
    id_print(out, post->id);
    buf_printf(out, "\",\"outcome\":\"%s\",\"flow\":",
               delivery->is_kept ? "kept" : (delivery->begins ? "begun" : "delivered"));
    if (delivery->flow != 0)
        json_write_text(out, id_text(request->arena, delivery->flow));
    else
        buf_add(out, STR("null"));
    buf_char(out, '}');
}

/* What was put is delivered here and now; the job does it if this process cannot. */
static bool deliver(struct request *request, const struct flow_post *post, struct err *err)
{
    struct conduct_place place = {request->tenant, request->web->processes, request->now};
    struct conduct_delivery delivery;

    tx_done(&request->tx);
    if (!conduct_job_deliver(&place, post, &delivery, err))
        return false;
    request_wake_workers(request);
    print_delivery(request, post, &delivery);
    return answer_json(request, 200);
}

struct putting {
    struct request *request;
    struct flow_post post;
};

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    struct putting *putting = data;
    const struct request *request = putting->request;
    struct journal_entry entry = {.at = request->now,
                                  .actor = request->actor.account,
                                  .action = putting->post.kind == FLOW_POST_SIGNAL
                                                ? STR("flow.signal.put")
                                                : STR("flow.message.put"),
                                  .cause = putting->post.flow};
    bool has_moved;

    return flow_post_put(tx, &putting->post, err) && journal_add(tx, &entry, err) &&
           conduct_job_need(tx, request->now + BACKUP_MS, request->now, &has_moved, err);
}

static bool read_post(struct request *request, struct flow_post *post, struct err *err)
{
    struct json *input;
    const struct json *data;
    struct str flow;
    struct buf body = {.arena = request->arena};

    if (!request_json(request, BODY_MAX, &input, err))
        return false;
    *post = (struct flow_post){.kind = FLOW_POST_MESSAGE,
                               .name = json_find_text(input, STR("message")),
                               .tag = json_find_text(input, STR("key")),
                               .actor = request->actor.account,
                               .put_at = request->now};
    if (json_find(input, STR("signal")) != NULL) {
        post->kind = FLOW_POST_SIGNAL;
        post->name = json_find_text(input, STR("signal"));
    }
    data = json_find(input, STR("data"));
    flow = json_find_text(input, STR("flow"));
    if (post->name.len == 0 || (data != NULL && data->kind != JSON_OBJECT))
        return err_set(err, ERR_INPUT,
                       "{\"message\": \"name\", \"key\": \"…\", \"data\": {…}} or "
                       "{\"signal\": \"name\", \"data\": {…}}");
    if (flow.len > 0 && (!id_parse(flow, &post->flow) || post->kind == FLOW_POST_SIGNAL))
        return err_set(err, ERR_INPUT, "flow: the id of a flow, of a message only");
    if (data != NULL)
        json_canonical(&body, data);
    post->body = buf_str(&body);
    return true;
}

/* To one flow: who looks after its process may. */
static bool may_send_to(struct request *request, int64_t flow, struct err *err)
{
    request->parts[0] = id_text(request->arena, flow);
    struct flows_one one;

    return flows_find(request, 0, POLICY_MANAGE, &one, err);
}

bool api_flow_message_send(struct request *request, struct err *err)
{
    struct putting putting = {.request = request};

    if (!read_post(request, &putting.post, err))
        return false;
    if (putting.post.flow != 0 ? !may_send_to(request, putting.post.flow, err)
                               : !may_send(request, err))
        return false;
    return request_write_wait(request, run_put, &putting, err) &&
           deliver(request, &putting.post, err);
}

static void print_post(struct buf *out, const struct flow_post *post)
{
    buf_add(out, STR("{\"id\":\""));
    id_print(out, post->id);
    buf_printf(out, "\",\"kind\":\"%s\",\"name\":", flow_post_kinds[post->kind]);
    json_write_text(out, post->name);
    buf_add(out, STR(",\"key\":"));
    json_write_text(out, post->tag);
    buf_add(out, STR(",\"reason\":"));
    json_write_text(out, post->reason);
    json_put_moment(out, "put_at", post->put_at);
    buf_add(out, STR(",\"data\":"));
    buf_add(out, post->body.len > 0 ? post->body : STR("{}"));
    buf_char(out, '}');
}

bool api_flow_message_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct str cursor = request_query(request, STR("cursor"));
    struct flow_post *posts;
    int64_t after = 0;
    struct tx *tx;
    size_t count;

    if (!may_send(request, err))
        return false;
    if (cursor.len > 0 && !id_parse(cursor, &after))
        return err_set(err, ERR_INPUT, "cursor: from the page before, unchanged");
    if (!request_read(request, &tx, err) ||
        !flow_post_list_kept(tx, request->arena, after, &posts, &count, err))
        return false;
    buf_add(out, STR("{\"messages\":["));
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(out, ',');
        print_post(out, &posts[i]);
    }
    buf_char(out, ']');
    if (count == FLOW_POST_PAGE)
        buf_printf(out, ",\"cursor\":\"%.*s\"",
                   STR_ARG(id_text(request->arena, posts[count - 1].id)));
    buf_char(out, '}');
    return answer_json(request, 200);
}

static bool find_kept(struct request *request, struct flow_post *post, struct err *err)
{
    struct tx *tx;
    int64_t id;

    if (!may_send(request, err))
        return false;
    if (!id_parse(request->parts[0], &id))
        return err_set(err, ERR_ABSENT, "there is no such message any more");
    return request_read(request, &tx, err) && flow_post_get(tx, request->arena, id, post, err) &&
           (post->is_kept || err_set(err, ERR_CONFLICT, "the message is on its way"));
}

bool api_flow_message_deliver(struct request *request, struct err *err)
{
    struct flow_post post;

    return find_kept(request, &post, err) && deliver(request, &post, err);
}

static bool run_drop(struct tx *tx, void *data, struct err *err)
{
    struct putting *putting = data;
    struct journal_entry entry = {.at = putting->request->now,
                                  .actor = putting->request->actor.account,
                                  .action = STR("flow.message.drop")};
    bool was_there;

    return flow_post_take(tx, putting->post.id, &was_there, err) &&
           (!was_there || journal_add(tx, &entry, err));
}

bool api_flow_message_drop(struct request *request, struct err *err)
{
    struct putting putting = {.request = request};

    return find_kept(request, &putting.post, err) &&
           request_write_wait(request, run_drop, &putting, err) && answer_empty(request, 204);
}
