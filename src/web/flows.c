#include "web/flows.h"

#include "auth/journal.h"
#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "store/rows.h"
#include "web/people.h"
#include "web/seen.h"

bool flows_may(const struct request *request, struct str process, enum policy_process action)
{
    return policy_may_process(&request->actor.rights,
                              str_slice(process, 0, str_find_char(process, '#')), action);
}

bool flows_may_watch(void *data, const struct flow_store *flow)
{
    const struct request *request = data;

    return flows_may(request, process_right(request->arena, flow->pack, flow->file), POLICY_WATCH);
}

static bool is_of(const struct registry *registry, const struct register_type *type, int64_t record,
                  bool *is_there, struct err *err)
{
    struct record *slices;
    size_t count = 0;
    bool ok =
        record_slices(registry, catalog_no(registry->catalog, type), record, &slices, &count, err);

    *is_there = count > 0;
    return ok;
}

bool flows_hide(const struct request *request, int64_t *record, struct err *err)
{
    const struct model *model = request->catalog->model;
    struct registry all = request->registry;

    all.reader = NULL;
    for (size_t i = 0; i<model->type_count && * record> 0; i++) {
        bool is_there, is_reached;

        if (!policy_is_limited(&request->actor.rights, (int)i, POLICY_READ))
            continue;
        if (!is_of(&all, model->types[i], *record, &is_there, err) ||
            !is_of(&request->registry, model->types[i], *record, &is_reached, err))
            return false;
        if (is_there && !is_reached)
            *record = -1;
    }
    return true;
}

void flows_tell(struct request *request, const struct flow_store *head, struct flows_one *one)
{
    struct err absent;

    *one = (struct flows_one){.head = *head,
                              .name = process_right(request->arena, head->pack, head->file)};
    if (!process_get(request->web->processes,
                     &(struct process_key){head->pack, head->version, head->file, head->process},
                     &one->process, &absent))
        one->process = NULL;
    if (one->process != NULL)
        one->name = one->process->name;
}

static bool no_flow(struct err *err)
{
    return err_set(err, ERR_ABSENT, "there is no such flow");
}

bool flows_find(struct request *request, size_t part, enum policy_process action,
                struct flows_one *one, struct err *err)
{
    struct flow_store head;
    struct tx *tx;
    int64_t id;

    if (!id_parse(request->parts[part], &id))
        return no_flow(err);
    if (!request_read(request, &tx, err) || !flow_store_get(tx, request->arena, id, &head, err))
        return false;
    flows_tell(request, &head, one);
    if (flows_may(request, one->name, action))
        return true;
    if (flows_may(request, one->name, POLICY_WATCH))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    return no_flow(err);
}

bool flows_load(struct request *request, const struct flows_one *one, struct flow **flow,
                struct err *err)
{
    struct tx *tx;

    *flow = flow_new(request->arena, one->process->model);
    return request_read(request, &tx, err) && flow_store_load(tx, &one->head, *flow, err);
}

static bool is_personal(const struct register_type *type)
{
    return type != NULL && (type->classes & (POLICY_PERSONAL | POLICY_SECRET)) != 0;
}

static bool has_personal(const struct request *request, const struct flows_one *one)
{
    const struct model *model = request->catalog->model;

    if (one->process == NULL || is_personal(catalog_type(request->catalog, one->head.no)))
        return true;
    for (int i = 0; i < one->process->model->node_count; i++) {
        const struct bpmn_work *work = one->process->model->nodes[i].work;

        if (work != NULL && (is_personal(model_type(model, work->subject)) ||
                             is_personal(process_form(one->process, work->form))))
            return true;
    }
    return false;
}

void flows_seen(struct request *request, const struct flows_one *one)
{
    if (has_personal(request, one))
        seen_add_flow(request, one->head.no, one->head.record, one->head.id);
}

/* Whose task it is is away, and this person does it meanwhile. */
static bool stands_in(struct request *request, int64_t account)
{
    struct colleague one;
    struct err none;
    struct tx *tx;

    return account != 0 && request_read(request, &tx, &none) &&
           colleague_get(tx, request->arena, account, &one, &none) &&
           one.substitute == request->actor.account &&
           colleague_is_away(&one, request_today(request));
}

void flows_tell_task(struct request *request, const struct flow_task *task, struct flows_task *told)
{
    *told = (struct flows_task){.task = *task};
    flows_tell(request, &task->flow, &told->flow);
    if (told->flow.process != NULL)
        told->node = bpmn_find(told->flow.process->model, task->element);
    if (told->node != NULL && told->node->work->form.len > 0)
        told->form = process_form(told->flow.process, told->node->work->form);
    if (task->kind == FLOW_WAIT_TASK)
        told->is_ours = policy_has_role(&request->actor.rights, task->name) &&
                        (task->claimant == 0 || task->claimant == request->actor.account ||
                         stands_in(request, task->claimant));
    else if (told->node != NULL)
        told->is_ours = policy_has_role(&request->actor.rights, told->node->work->role);
    told->is_ours |= flows_may(request, told->flow.name, POLICY_MANAGE);
}

struct str flows_task_place(struct arena *arena, const struct flow_task *task)
{
    struct flow_task_place place = flow_task_place(task);

    return str_printf(arena, "%.*s-%.*s-%d", STR_ARG(id_text(arena, place.term)),
                      STR_ARG(id_text(arena, place.flow)), place.wait);
}

bool flows_read_task_place(struct str text, struct flow_task_place *place)
{
    struct str rest = text;
    struct str term = str_cut(&rest, '-');
    struct str flow = str_cut(&rest, '-');
    int64_t wait;

    if (!id_parse(term, &place->term) || !id_parse(flow, &place->flow) ||
        !num_parse_int(rest, &wait) || wait < 0 || wait > INT32_MAX)
        return false;
    place->wait = (int)wait;
    return true;
}

static bool may_see(const struct request *request, const struct flows_task *told)
{
    return told->is_ours || policy_has_role(&request->actor.rights, told->task.name) ||
           flows_may(request, told->flow.name, POLICY_WATCH);
}

bool flows_get_task(struct request *request, int64_t flow, int wait, struct flows_task *told,
                    struct err *err)
{
    struct flow_task task;
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !flow_task_get(tx, request->arena, flow, wait, &task, err))
        return false;
    flows_tell_task(request, &task, told);
    return may_see(request, told) || err_set(err, ERR_ABSENT, "there is no such task");
}

bool flows_find_task(struct request *request, struct flows_task *told, struct err *err)
{
    int64_t flow;
    int64_t wait;

    if (!id_parse(request->parts[0], &flow) || !num_parse_int(request->parts[1], &wait) ||
        wait < 1 || wait > INT32_MAX)
        return err_set(err, ERR_ABSENT, "there is no such task");
    return flows_get_task(request, flow, (int)wait, told, err);
}

bool flows_has_part(const struct request *request, const struct flows_one *one)
{
    if (flows_may(request, one->name, POLICY_WATCH) || flows_may(request, one->name, POLICY_MANAGE))
        return true;
    for (int i = 0; one->process != NULL && i < one->process->model->node_count; i++) {
        const struct bpmn_node *node = &one->process->model->nodes[i];
        struct str role = node->work != NULL ? node->work->role : (struct str){0};

        if (role.len == 0 && node->kind == BPMN_USER)
            role = node->lane;
        if (role.len > 0 && policy_has_role(&request->actor.rights, role))
            return true;
    }
    return false;
}

struct claiming {
    struct request *request;
    const struct flow_task *task;
    struct flow_task_claim claim;
};

static bool run_claim(struct tx *tx, void *data, struct err *err)
{
    const struct claiming *it = data;
    struct journal_entry entry = {
        .at = it->request->now,
        .actor = it->request->actor.account,
        .action = it->claim.to != 0 ? STR("flow.claim") : STR("flow.release"),
        .no = it->task->flow.no,
        .record = it->task->flow.record,
        .cause = it->claim.flow,
        .detail = str_printf(it->request->arena, "{\"task\":%d}", it->claim.wait)};

    return flow_task_claim(tx, &it->claim, err) && journal_add(tx, &entry, err);
}

bool flows_claim(struct request *request, const struct flow_task *task, bool is_taken,
                 struct err *err)
{
    struct claiming it = {request,
                          task,
                          {.flow = task->flow.id,
                           .wait = task->wait,
                           .from = task->claimant,
                           .to = is_taken ? request->actor.account : 0}};

    return it.claim.from == it.claim.to || request_write_wait(request, run_claim, &it, err);
}

struct str flows_ended(struct request *request, int64_t flow, int wait)
{
    struct buf text = {.arena = request->arena};
    struct flow_task_end end;
    struct tx *tx;
    struct err err;

    if (!request_read(request, &tx, &err) || !flow_task_ended(tx, flow, wait, &end, &err) ||
        end.step == 0)
        return request_text(request, STR("there is no such task"));
    struct people people = {.request = request, .tx = tx};

    buf_add(&text,
            request_text(request, end.is_answer ? STR("This was answered already")
                                                : STR("The flow has gone another way meanwhile")));
    buf_add(&text, STR(": "));
    buf_add(&text, people_find(&people, end.actor));
    buf_add(&text, STR(", "));
    time_print_moment(&text, end.at);
    return buf_str(&text);
}

bool flows_late(struct request *request, const struct conduct *conduct, struct err *err)
{
    if (err->code != ERR_CONFLICT || conduct->step.wait == 0)
        return false;
    return err_set(err, ERR_CONFLICT, "%.*s",
                   STR_ARG(flows_ended(request, conduct->flow, conduct->step.wait)));
}

struct conduct *flows_conduct(struct request *request, int64_t flow)
{
    struct conduct *conduct = ARENA_NEW(request->arena, struct conduct);

    *conduct = (struct conduct){.processes = request->web->processes,
                                .catalog = request->catalog,
                                .arena = request->arena,
                                .now = request->now,
                                .actor = request->actor.account,
                                .flow = flow,
                                .step = {.node = -1}};
    return conduct;
}

/* A step on its way: to the writer, and back to the pool when somebody else was first. */
struct later {
    struct store_write write;
    struct request *request;
    struct conduct *conduct;
    const struct idempotency *once;
    flows_reply *reply;
};

static bool has_key(const struct later *later)
{
    return later->once != NULL && later->once->key.len > 0;
}

static bool run(struct tx *tx, void *data, struct err *err)
{
    const struct later *later = data;
    struct conduct *conduct = later->conduct;
    int64_t made = 0;

    if (!has_key(later))
        return conduct_run(tx, conduct, err);
    if (!idempotency_find(tx, later->once, &made, err))
        return false;
    if (made != 0) {
        conduct->flow = made;
        conduct->after = NULL;
        return flow_store_get(tx, conduct->arena, made, &conduct->head, err);
    }
    return conduct_run(tx, conduct, err) && idempotency_keep(tx, later->once, conduct->flow, err);
}

static void answer(struct later *later, struct err *err)
{
    struct request *request = later->request;

    if (err->code == ERR_NONE && later->conduct->has_job)
        request_wake_workers(request);
    if (err->code == ERR_NONE && later->reply(request, later->conduct, err))
        request_finish(request);
    else
        request_fail(request, err);
}

static void again(struct http_exchange *exchange)
{
    struct request *request = exchange->data;
    struct later *later = request->later;
    struct err err = {0};

    if (conduct_step(request->tenant, later->conduct, &err))
        err = (struct err){0};
    else
        (void)flows_late(request, later->conduct, &err);
    answer(later, &err);
}

/* Letters that got their numbers are there when the answer is. */
static void follow(struct http_exchange *exchange)
{
    struct request *request = exchange->data;
    struct later *later = request->later;
    struct err err = {0};

    conduct_follow(request->tenant, later->conduct);
    answer(later, &err);
}

static void on_written(struct store_write *write)
{
    struct later *later = (struct later *)write;
    struct err err = write->err;

    if (write->ok)
        err = (struct err){0};
    else if (conduct_is_late(&err) && !has_key(later)) {
        http_offload(later->request->exchange, again);
        return;
    }
    if (write->ok && conduct_has_letters(later->conduct)) {
        http_offload(later->request->exchange, follow);
        return;
    }
    answer(later, &err);
}

bool flows_write(struct request *request, struct conduct *conduct, const struct idempotency *once,
                 flows_reply *reply, struct err *err)
{
    struct later *later = ARENA_NEW(request->arena, struct later);
    struct tx *tx;

    *later = (struct later){
        {.run = run, .data = later, .done = on_written}, request, conduct, once, reply};
    if (!request_read(request, &tx, err) || !conduct_prepare(tx, conduct, err))
        return false;
    request->later = later;
    request->has_written = true;
    request_later(request);
    tenant_write(request->tenant, &later->write);
    return true;
}
