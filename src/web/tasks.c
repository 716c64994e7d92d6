#include "web/tasks.h"

#include "auth/journal.h"
#include "core/id.h"
#include "core/utf8.h"
#include "notice/notice.h"
#include "service/service_case.h"

static const char GONE[] = "Somebody else has taken this task.";

bool tasks_ask(struct request *request, struct flow_task_ask *ask, struct err *err)
{
    struct colleague_page *absent = ARENA_NEW(request->arena, struct colleague_page);
    struct colleague_ask stood = {.account = request->actor.account, .day = request_today(request)};
    struct flow_doer_roles roles;
    struct tx *tx;

    *ask = (struct flow_task_ask){
        .rights = &request->actor.rights, .account = request->actor.account, .absent = absent};
    if (!request_read(request, &tx, err) ||
        !flow_doer_find_roles(request->web->processes, request->catalog->model, request->arena,
                              &request->actor.rights, &roles, err))
        return false;
    stood.roles = roles.ids;
    stood.role_count = roles.id_count;
    return colleague_stood_for(tx, request->arena, &stood, absent, err);
}

bool tasks_is_head(const struct request *request, struct str process)
{
    return flows_may(request, process, POLICY_ASSIGN) || flows_may(request, process, POLICY_MANAGE);
}

/* The case its flow is of: what people are told stands there. id 0: none. */
static bool find_case(struct tx *tx, struct arena *arena, const struct flow_store *flow,
                      struct service_case *one, struct err *err)
{
    struct err found = {0};

    *one = (struct service_case){0};
    if (flow->record == 0 || service_case_get(tx, arena, flow->record, one, &found))
        return true;
    *err = found;
    *one = (struct service_case){0};
    return found.code == ERR_ABSENT;
}

static bool is_assigned(struct request *request, const struct flows_task *told, bool *is,
                        struct err *err)
{
    const struct service *service;
    struct service_case one;
    struct err none;
    struct tx *tx;

    *is = false;
    if (!request_read(request, &tx, err) ||
        !find_case(tx, request->arena, &told->task.flow, &one, err))
        return false;
    *is = one.id != 0 && one.flow == told->task.flow.id &&
          process_service(request->web->processes, request->catalog->model, one.service, &service,
                          &none) &&
          service_work_assigns(&service->work, told->task.element);
    return true;
}

static bool is_of_staff(const struct flows_task *told)
{
    return told->task.kind == FLOW_WAIT_TASK && !str_equal(told->task.name, STR("applicant"));
}

static bool refuse(const struct request *request, const struct flows_task *told, struct err *err)
{
    if (!policy_has_role(&request->actor.rights, told->task.name))
        return err_set(err, ERR_DENIED, "People of another role do this task.");
    return err_set(err, ERR_DENIED, "%s", GONE);
}

bool tasks_take(struct request *request, const struct flows_task *told, bool is_taken,
                struct err *err)
{
    bool is;

    if (told->task.kind != FLOW_WAIT_TASK)
        return err_set(err, ERR_ABSENT, "there is no such task");
    if (!told->is_ours)
        return refuse(request, told, err);
    if (!is_taken && told->task.claimant == 0)
        return true;
    if (!is_assigned(request, told, &is, err))
        return false;
    if (is && !is_taken)
        return err_set(err, ERR_DENIED,
                       "Tasks of this service are assigned, so that nobody chooses their "
                       "applicant: this one cannot be given back. The head may hand it over.");
    if (is && told->task.claimant != 0 && told->task.claimant != request->actor.account)
        return err_set(err, ERR_DENIED,
                       "Tasks of this service are assigned, so that nobody chooses their "
                       "applicant: this one is somebody else's. The head may hand it over.");
    return flows_claim(request, &told->task, is_taken, err);
}

bool tasks_may_hand(struct request *request, const struct flows_task *told, struct err *err)
{
    bool is;

    if (!is_of_staff(told))
        return err_set(err, ERR_ABSENT, "there is no such task");
    if (tasks_is_head(request, told->flow.name))
        return true;
    if (!told->is_ours)
        return refuse(request, told, err);
    if (!is_assigned(request, told, &is, err))
        return false;
    return !is || err_set(err, ERR_DENIED,
                          "Tasks of this service are assigned, so that nobody chooses their "
                          "applicant. Only the head may hand them over.");
}

bool tasks_people(struct request *request, const struct flows_task *told,
                  struct colleague_page *page, struct err *err)
{
    struct colleague_page all;
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !flow_doer_list(tx, request->arena, request->catalog->model->policy, told->task.name, &all,
                        err))
        return false;
    *page = (struct colleague_page){ARENA_ARRAY(request->arena, struct colleague, all.count), 0};
    for (size_t i = 0; i < all.count; i++)
        if (all.items[i].account != told->task.claimant)
            page->items[page->count++] = all.items[i];
    return true;
}

struct handing {
    struct request *request;
    const struct flow_task *task;
    const struct tasks_hand *hand;
    bool has_job;
};

static bool put_event(struct tx *tx, struct handing *it, struct service_case *one, struct err *err)
{
    struct arena *arena = it->request->arena;
    const struct service_case_handing handed = {it->task->element, it->task->claimant, it->hand->to,
                                                it->hand->reason};
    struct service_case_event event = {.at = it->request->now,
                                       .actor = it->request->actor.account,
                                       .kind = SERVICE_CASE_HANDED,
                                       .body = service_case_print_handing(arena, &handed)};

    return one->id == 0 || (service_case_add_event(tx, one, &event, err) &&
                            service_case_change(tx, arena, one, err));
}

/* In a language of their own: a text of ours waits for its reader (notice_put_direct). */
static bool tell(struct tx *tx, struct handing *it, struct err *err)
{
    const struct notice_direct direct = {
        .notice = {.account = it->hand->to,
                   .kind = CONTACT_WORK,
                   .template = STR("uprava.task.handed"),
                   .no = it->task->flow.no,
                   .record = it->task->flow.record,
                   .flow = it->task->flow.id,
                   .subject = STR("A task was handed over to you"),
                   .body = STR("It stands in your list of tasks.")},
        .way = CONTACT_PAGE};

    return it->hand->to == it->request->actor.account ||
           notice_put_direct(tx, &direct, it->request->now, &it->has_job, err);
}

/* The reason is what the case remembers; of what is no case the journal keeps it. */
static struct str print_detail(const struct handing *it, bool has_case)
{
    struct arena *arena = it->request->arena;
    struct json *detail = json_new(arena, JSON_OBJECT);
    struct buf out = {.arena = arena};

    json_set_int(arena, detail, STR("task"), it->task->wait);
    json_set_text(arena, detail, STR("to"), id_text(arena, it->hand->to));
    if (!has_case)
        json_set_text(arena, detail, STR("reason"), it->hand->reason);
    json_canonical(&out, detail);
    return buf_str(&out);
}

static bool run_hand(struct tx *tx, void *data, struct err *err)
{
    struct handing *it = data;
    const struct flow_task *task = it->task;
    struct flow_task_claim claim = {task->flow.id, task->wait, task->claimant, it->hand->to};
    struct service_case one;
    struct journal_entry entry = {.at = it->request->now,
                                  .actor = it->request->actor.account,
                                  .action = STR("flow.hand"),
                                  .no = task->flow.no,
                                  .record = task->flow.record,
                                  .cause = task->flow.id};

    if (!flow_task_claim(tx, &claim, err) ||
        !find_case(tx, it->request->arena, &task->flow, &one, err))
        return false;
    entry.detail = print_detail(it, one.id != 0);
    return put_event(tx, it, &one, err) && tell(tx, it, err) && journal_add(tx, &entry, err);
}

bool tasks_hand(struct request *request, const struct flows_task *told,
                const struct tasks_hand *hand, struct err *err)
{
    struct tasks_hand trimmed = {hand->to, str_trim(hand->reason)};
    struct handing it = {.request = request, .task = &told->task, .hand = &trimmed};
    struct colleague_page page;
    bool is_known = false;

    if (!tasks_may_hand(request, told, err) || !tasks_people(request, told, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++)
        is_known |= page.items[i].account == hand->to;
    if (hand->to == 0)
        return err_set(err, ERR_INPUT, "Choose who does the task from now on.");
    if (hand->to == told->task.claimant)
        return err_set(err, ERR_INPUT, "The task is theirs already.");
    if (!is_known)
        return err_set(err, ERR_INPUT, "That person does not have the role of this task.");
    if (trimmed.reason.len == 0)
        return err_set(err, ERR_INPUT, "Write why the task is handed over.");
    if (utf8_length(trimmed.reason) > TASKS_REASON_MAX)
        return err_set(err, ERR_INPUT, "The reason has at most 500 letters.");
    return request_write_wait(request, run_hand, &it, err);
}
