/* Messages nobody waited for: a list, and each of them on its page. */
#include "auth/journal.h"
#include "core/id.h"
#include "web/answer.h"
#include "web/flow_form.h"
#include "web/flow_wording.h"
#include "web/input.h"
#include "web/page_work.h"
#include "web/people.h"
#include "web/table.h"
#include "workflow/conduct_job.h"

static bool is_open(const struct request *request, struct err *err)
{
    return page_work_sees_messages(request) ||
           err_set(err, ERR_DENIED, "your role does not allow this");
}

static struct str message_path(const struct request *request, int64_t id)
{
    return str_printf(request->arena, "/work/messages/%.*s", STR_ARG(id_text(request->arena, id)));
}

/* "nobody waits for it" as people read it; what a process answered stands as it is. */
static struct str reason_text(struct request *request, const struct flow_post *post)
{
    static const char *const REASONS[] = {"nobody waits for it", "the flow does not wait for it",
                                          "the flow is over"};

    for (size_t i = 0; i < ARRAY_LEN(REASONS); i++)
        if (str_equal(post->reason, str_from_z(REASONS[i])))
            return request_text(request, post->reason);
    return flow_wording_reason(request, post->reason);
}

static struct str name_text(struct request *request, const struct flow_post *post)
{
    return post->kind == FLOW_POST_BEGIN
               ? str_printf(request->arena, "%.*s: %.*s",
                            STR_ARG(request_text(request, STR("To begin a process"))),
                            STR_ARG(post->name))
               : post->name;
}

bool page_message_list(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct str before = request_query(request, STR("before"));
    struct str next = {0};
    struct flow_post *posts;
    int64_t after = 0;
    size_t count;
    struct tx *tx;

    if (!is_open(request, err))
        return false;
    if (before.len > 0 && !id_parse(before, &after))
        return err_set(err, ERR_INPUT, "the address has a broken query");
    if (!request_read(request, &tx, err) ||
        !flow_post_list_kept(tx, request->arena, after, &posts, &count, err))
        return false;
    page_title(request, view, request_text(request, STR("Messages nobody waited for")));
    page_work_views(request, view, PAGE_WORK_MESSAGES);
    table_begin(request, view, request_text(request, STR("Messages nobody waited for")));
    table_column(request, view, "Message", false);
    table_column(request, view, "Key of the message", false);
    table_column(request, view, "Came", false);
    table_column(request, view, "Why it lies here", false);
    for (size_t i = 0; i < count; i++) {
        struct json *row =
            table_row(request, view, name_text(request, &posts[i]),
                      page_href(request, "%.*s", STR_ARG(message_path(request, posts[i].id))));

        table_cell(request, view, row, posts[i].tag);
        table_cell(request, view, row, view_moment(request, posts[i].put_at));
        table_cell(request, view, row, reason_text(request, &posts[i]));
    }
    if (count == FLOW_POST_PAGE)
        next = page_href(request, "/work/messages/?before=%.*s",
                         STR_ARG(id_text(request->arena, posts[count - 1].id)));
    table_pages(
        request, view,
        &(struct table_pages){
            .shown = (int64_t)count,
            .total_text = view_count(request, (int64_t)count, next.len > 0),
            .first_href = after != 0 ? page_href(request, "/work/messages/") : (struct str){0},
            .next_href = next,
            .page_size = FLOW_POST_PAGE,
        });
    return answer_page(request, 200, STR("page/work-messages"), view, err);
}

static bool find(struct request *request, struct flow_post *post, struct err *err)
{
    struct tx *tx;
    int64_t id;

    if (!is_open(request, err))
        return false;
    if (!id_parse(request->parts[0], &id))
        return err_set(err, ERR_ABSENT, "there is no such message any more");
    return request_read(request, &tx, err) && flow_post_get(tx, request->arena, id, post, err) &&
           (post->is_kept || err_set(err, ERR_ABSENT, "there is no such message any more"));
}

static bool waits_for(const struct process *process, struct str name)
{
    for (int n = 0; n < process->model->node_count; n++)
        for (int e = 0; e < process->model->nodes[n].event_count; e++)
            if (process->model->nodes[n].events[e].trigger == BPMN_MESSAGE &&
                str_equal(process->model->nodes[n].events[e].name, name))
                return true;
    return false;
}

/* Whose forms say what in it is personal: the flow it was for, who sent it, who waits for such. */
static bool find_process(struct request *request, const struct flow_post *post,
                         struct flows_one *one, struct err *err)
{
    int64_t id = post->flow != 0 ? post->flow : post->sender;
    const struct process **processes;
    struct flow_store head;
    struct err absent = {0};
    size_t count;

    *one = (struct flows_one){0};
    if (id != 0 && flow_store_get(&request->tx, request->arena, id, &head, &absent)) {
        flows_tell(request, &head, one);
        return true;
    }
    if (!process_list(request->web->processes, request->catalog->model, request->arena, &processes,
                      &count, err))
        return false;
    for (size_t i = 0; i < count && one->process == NULL; i++)
        if (waits_for(processes[i], post->name))
            one->process = processes[i];
    return true;
}

static bool add_held(struct request *request, const struct flow_post *post,
                     const struct flows_one *one, struct json *view, struct err *err)
{
    struct flow_form_values values =
        flow_form_values(request, one->process, one->head.no, one->head.record);
    struct json *held = view_object(request, view, "held");
    struct json *facts = view_list(request, held, "facts");
    struct json *body = NULL;

    if (post->body.len > 0 && !json_parse(request->arena, post->body,
                                          &(struct json_limits){.bytes = 64 << 20}, &body, err))
        return false;
    if (!flow_form_facts(&values, body, (struct str){0}, facts, err))
        return false;
    view_bool(request, view, "has_held", facts->count > 0);
    return true;
}

static void add_fact(struct request *request, struct json *facts, const char *label,
                     struct str text, struct str href)
{
    if (text.len > 0)
        input_fact_link(request, facts, request_text(request, str_from_z(label)), text, href);
}

static void add_flow(struct request *request, struct json *facts, const char *label, int64_t flow)
{
    struct str id = id_text(request->arena, flow);

    if (flow != 0)
        add_fact(request, facts, label, id, page_href(request, "/work/flows/%.*s", STR_ARG(id)));
}

bool page_message(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct flow_post post;
    struct flows_one one;
    struct json *facts;

    if (!find(request, &post, err) || !find_process(request, &post, &one, err))
        return false;
    struct people people = {.request = request, .tx = &request->tx};

    if (one.head.id != 0)
        flows_seen(request, &one);
    page_title(request, view, name_text(request, &post));
    page_crumb(request, view, request_text(request, STR("Work")), STR("/work/"));
    page_crumb(request, view, request_text(request, STR("Messages nobody waited for")),
               STR("/work/messages/"));
    view_text(request, view, "heading", name_text(request, &post));
    facts = view_list(request, view, "facts");
    add_fact(request, facts, "Key of the message", post.tag, (struct str){0});
    add_fact(request, facts, "Came", view_moment(request, post.put_at), (struct str){0});
    if (post.actor != 0)
        add_fact(request, facts, "Sent by", people_find(&people, post.actor), (struct str){0});
    add_flow(request, facts, "Sent by the process", post.sender);
    add_flow(request, facts, "For the process", post.flow);
    add_fact(request, facts, "Why it lies here", reason_text(request, &post), (struct str){0});
    view_text(request, view, "action",
              page_href(request, "%.*s/deliver", STR_ARG(message_path(request, post.id))));
    view_text(request, view, "list_href", page_href(request, "/work/messages/"));
    return add_held(request, &post, &one, view, err) &&
           answer_page(request, 200, STR("page/work-message"), view, err);
}

struct noting {
    struct request *request;
    struct flow_post post;
};

static bool run_note(struct tx *tx, void *data, struct err *err)
{
    const struct noting *noting = data;
    struct journal_entry entry = {.at = noting->request->now,
                                  .actor = noting->request->actor.account,
                                  .action = STR("flow.message.deliver"),
                                  .cause = noting->post.flow};

    return journal_add(tx, &entry, err);
}

bool page_message_deliver(struct request *request, struct err *err)
{
    struct conduct_place place = {request->tenant, request->web->processes, request->now};
    struct noting noting = {.request = request};
    struct conduct_delivery delivery;

    if (!find(request, &noting.post, err) || !request_write_wait(request, run_note, &noting, err))
        return false;
    tx_done(&request->tx);
    if (!conduct_job_deliver(&place, &noting.post, &delivery, err))
        return false;
    request_wake_workers(request);
    if (delivery.is_kept) {
        answer_notice(request, STR("warn"),
                      request_text(request, STR("No process waits for it now. It stays here.")));
        return answer_redirect(request, message_path(request, noting.post.id));
    }
    answer_notice(request, STR("ok"),
                  request_text(request, delivery.begins ? STR("A process has begun by it.")
                                                        : STR("The message is delivered.")));
    return answer_redirect(
        request, delivery.flow != 0 ? str_printf(request->arena, "/work/flows/%.*s",
                                                 STR_ARG(id_text(request->arena, delivery.flow)))
                                    : STR("/work/messages/"));
}
