#include "workflow/conduct.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "auth/journal.h"
#include "core/id.h"
#include "core/utf8.h"
#include "document/pdf.h"
#include "queue/job.h"
#include "workflow/conduct_job.h"
#include "workflow/conduct_part.h"
#include "workflow/conduct_start.h"
#include "workflow/flow_decide.h"

enum {
    TRIES_MAX = 20,   /* others were first so often */
    OWN_MAX = 100,    /* decisions and records in one write; the rest comes in the next */
    ROUNDS_MAX = 100, /* such writes one behind the other */
    REFUSALS_MAX = 2, /* a change that was refused so often is not only late */
    REASON_MAX = 300,
    BACKUP_MS = 5000, /* should this process die before it makes the letters itself */
};

static const char AGAIN[] = "a record changed meanwhile: the step is tried again";

static const char *const PROVIDED[] = {"case.decide",   "charge.make",  "commission.put",
                                       "document.make", "message.send", "process.begin",
                                       "record.change", "record.count", "record.create",
                                       "record.find",   "record.read"};

bool conduct_provides(struct str operation)
{
    for (size_t i = 0; i < ARRAY_LEN(PROVIDED); i++)
        if (str_equal(str_from_z(PROVIDED[i]), operation))
            return true;
    return false;
}

bool conduct_knows(struct str operation)
{
    return conduct_provides(operation) || str_starts(operation, STR("exchange."));
}

void conduct_break(struct conduct *conduct, struct flow_step *answer, const char *format, ...)
{
    char text[ERR_TEXT_MAX];
    struct str reason;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    reason = str_slice(str_from_z(text), 0, REASON_MAX);
    answer->kind = FLOW_STEP_BROKEN;
    answer->name = str_copy(conduct->arena, str_slice(reason, 0, utf8_valid_head(reason)));
}

static bool begin_flow(struct conduct *conduct, struct err *err)
{
    const struct process *process = conduct->process;
    struct flow_store *head = &conduct->head;

    if (process->fault.len > 0)
        return err_set(err, ERR_INPUT, "the process %.*s cannot be executed: %.*s",
                       STR_ARG(process->name), STR_ARG(utf8_head(process->fault, REASON_MAX)));
    if (conduct->flow == 0)
        conduct->flow = id_next(conduct->now);
    head->id = conduct->flow;
    head->pack = process->pack->id;
    head->version = process->pack->version;
    head->file = process->file;
    head->process = process->id;
    head->begun_at = conduct->now;
    head->step = 0;
    conduct->step.kind = FLOW_STEP_BEGIN;
    conduct->step.process = process->node;
    conduct->after = flow_new(conduct->arena, process->model);
    return true;
}

static bool load_flow(struct tx *read, struct conduct *conduct, struct err *err)
{
    struct flow_store *head = &conduct->head;

    if (!flow_store_get(read, conduct->arena, conduct->flow, head, err))
        return false;
    if (conduct->expected != 0 && conduct->expected != head->step)
        return err_set(err, ERR_CONFLICT, "the flow has gone on meanwhile");
    if (!process_get(conduct->processes,
                     &(struct process_key){head->pack, head->version, head->file, head->process},
                     &conduct->process, err))
        return false;
    conduct->after = flow_new(conduct->arena, conduct->process->model);
    return flow_store_load(read, head, conduct->after, err);
}

static const struct bpmn_node *node_of(const struct conduct *conduct, const struct flow_wait *wait)
{
    return &conduct->after->model->nodes[wait->node];
}

static bool decide(struct conduct *conduct, const struct flow_wait *wait, struct flow_step *answer)
{
    struct str name = node_of(conduct, wait)->work->called;
    const struct dmn_library *decisions =
        process_decisions(conduct->processes, conduct->catalog->model, conduct->process, name);
    struct json *result;
    struct err err;

    if (decisions == NULL)
        conduct_break(conduct, answer, "no pack has the decision \"%.*s\"",
                      STR_ARG(utf8_head(name, 100)));
    else if (!flow_decide(conduct->arena, decisions, conduct->after, wait, &result, &err))
        conduct_break(conduct, answer, "%s", err.text);
    else
        answer->data = result;
    return true;
}

/* "inspection" is of the same pack. */
static bool find_process(struct conduct *conduct, struct str name, const struct process **process,
                         struct err *err)
{
    if (str_find_char(name, '.') == name.len)
        name = str_printf(conduct->arena, "%.*s.%.*s", STR_ARG(conduct->process->pack->id),
                          STR_ARG(name));
    return process_find(conduct->processes, conduct->catalog->model, name, process, err);
}

static void begin_other(struct conduct *conduct, const struct flow_wait *wait,
                        struct flow_step *answer)
{
    struct flow_post post = conduct_post_new(conduct, FLOW_POST_BEGIN);
    struct json *result = json_new(conduct->arena, JSON_OBJECT);
    const struct process *process;
    struct err err;

    if (!find_process(conduct, node_of(conduct, wait)->work->subject, &process, &err)) {
        conduct_break(conduct, answer, "%s", err.text);
        return;
    }
    post.name = process->name;
    post.flow = id_next(conduct->now);
    post.sender = 0; /* nobody waits for its end */
    post.body = conduct_post_print(conduct->arena, wait->data);
    VEC_PUSH(conduct->arena, &conduct->work->posts, post);
    json_set_text(conduct->arena, result, STR("flow"), id_text(conduct->arena, post.flow));
    answer->data = result;
}

static struct conduct_refusal *refusal_of(const struct conduct *conduct, int wait)
{
    for (size_t i = 0; i < conduct->refusals.count; i++)
        if (conduct->refusals.items[i].wait == wait)
            return &conduct->refusals.items[i];
    return NULL;
}

/* What the engine does itself; answer->wait is 0 when it has to wait for the next write. */
static bool do_own(struct tx *read, struct conduct *conduct, const struct flow_wait *wait,
                   struct flow_step *answer, struct err *err)
{
    const struct bpmn_node *node = node_of(conduct, wait);
    const struct conduct_refusal *refusal = refusal_of(conduct, wait->part.id);
    struct str operation = node->work->operation;

    *answer = (struct flow_step){.kind = FLOW_STEP_DONE, .wait = wait->part.id, .is_more = true};
    if (refusal != NULL && refusal->count >= REFUSALS_MAX) {
        conduct_break(conduct, answer, "%.*s", STR_ARG(refusal->why));
        return true;
    }
    if (node->kind == BPMN_RULE)
        return decide(conduct, wait, answer);
    if (str_equal(operation, STR("record.find")) || str_equal(operation, STR("record.count")))
        return conduct_find(read, conduct, wait, answer, err);
    if (str_starts(operation, STR("record.")))
        return conduct_record(read, conduct, wait, answer, err);
    if (str_starts(operation, STR("document.")))
        return conduct_document(read, conduct, wait, answer, err);
    if (str_starts(operation, STR("message.")))
        return conduct_message(read, conduct, wait, answer, err);
    if (str_starts(operation, STR("charge.")))
        return conduct_charge(read, conduct, wait, answer, err);
    if (str_starts(operation, STR("case.")))
        conduct_case_decide(conduct, wait, answer);
    else if (str_starts(operation, STR("commission.")))
        conduct_commission(conduct, wait, answer);
    else
        begin_other(conduct, wait, answer);
    return true;
}

static bool is_own(const struct conduct *conduct, const struct flow_wait *wait)
{
    const struct bpmn_node *node = node_of(conduct, wait);

    return wait->kind == FLOW_WAIT_SERVICE &&
           (node->kind == BPMN_RULE || conduct_provides(node->work->operation));
}

static const struct flow_wait *next_own(const struct conduct *conduct)
{
    const struct flow *flow = conduct->after;

    for (size_t i = 0; flow->state == FLOW_RUNNING && i < flow->waits.count; i++) {
        const struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait != NULL && is_own(conduct, wait))
            return wait;
    }
    return NULL;
}

/* A process that is called and is not there makes its token stuck; the others get a number. */
static bool call_others(struct conduct *conduct, struct err *err)
{
    struct flow *flow = conduct->after;
    bool was_taken;

    for (size_t i = 0; flow->state == FLOW_RUNNING && i < flow->waits.count; i++) {
        struct flow_wait *wait = flow_wait_at(flow, i);
        const struct process *process;
        struct flow_step broken = {.is_more = true};
        struct err why;

        if (wait == NULL || wait->kind != FLOW_WAIT_CALL || wait->key.len > 0)
            continue;
        wait->key = id_text(conduct->arena, id_next(conduct->now));
        if (find_process(conduct, node_of(conduct, wait)->work->called, &process, &why)) {
            wait->name = process->name;
            continue;
        }
        broken.wait = wait->part.id;
        conduct_break(conduct, &broken, "%s", why.text);
        if (!flow_step(flow, &broken, conduct->now, &was_taken, err))
            return false;
    }
    return true;
}

static void go_later(struct conduct *conduct)
{
    struct flow_post post = conduct_post_new(conduct, FLOW_POST_GO);

    post.flow = conduct->head.id;
    post.wait = conduct->rounds + 1;
    VEC_PUSH(conduct->arena, &conduct->work->posts, post);
}

/* Everything that can be done at once, until people, others or the clock are waited for. */
static bool go_on(struct tx *read, struct conduct *conduct, struct err *err)
{
    const struct flow_wait *wait;
    struct flow_step answer;
    bool was_taken;

    for (int i = 0; (wait = next_own(conduct)) != NULL; i++) {
        if (i == OWN_MAX && conduct->rounds < ROUNDS_MAX) {
            go_later(conduct);
            return true;
        }
        if (i == OWN_MAX)
            return err_set(err, ERR_LIMIT, "it goes round without end, the last time through %.*s",
                           STR_ARG(utf8_head(node_of(conduct, wait)->id, 100)));
        if (!do_own(read, conduct, wait, &answer, err))
            return false;
        if (answer.wait == 0) {
            go_later(conduct);
            return true;
        }
        if (!flow_step(conduct->after, &answer, conduct->now, &was_taken, err) ||
            !call_others(conduct, err))
            return false;
        conduct_case_note(conduct);
    }
    return true;
}

/* Whoever saw it when it was due, and comes after it was fired, has nothing to do. */
static bool is_early(const struct conduct *conduct, const struct flow_wait *wait)
{
    return conduct->step.kind == FLOW_STEP_TIMER && wait != NULL && wait->kind == FLOW_WAIT_TIMER &&
           wait->due_at > conduct->now;
}

static bool make_steps(struct tx *read, struct conduct *conduct, struct err *err)
{
    struct flow *flow = conduct->after;
    const struct flow_wait *answered;

    if (!conduct_set_clock(read, conduct, err))
        return false;
    answered = flow_wait_find(flow, conduct->step.wait);
    if (answered != NULL)
        conduct->work->element = node_of(conduct, answered)->id;
    conduct->was_taken = false;
    if (is_early(conduct, answered))
        return true;
    if (!flow_step(flow, &conduct->step, conduct->now, &conduct->was_taken, err))
        return false;
    if (conduct->was_taken)
        conduct_case_note(conduct);
    return !conduct->was_taken || (call_others(conduct, err) && go_on(read, conduct, err));
}

bool conduct_prepare(struct tx *read, struct conduct *conduct, struct err *err)
{
    struct flow_store_doer doer = {conduct->actor, conduct->step.wait};

    conduct->has_job = false;
    conduct->work = ARENA_NEW(conduct->arena, struct conduct_work);
    *conduct->work = (struct conduct_work){.due_at = INT64_MAX};
    if (!(conduct->begins ? begin_flow(conduct, err) : load_flow(read, conduct, err)) ||
        !conduct_case_load(read, conduct, err) || !make_steps(read, conduct, err))
        return false;
    if (!conduct->was_taken)
        return true;
    if (!conduct_assign(read, conduct, err))
        return false;
    conduct_post_gather(conduct);
    conduct->work->diff = flow_store_compare(conduct->arena, &conduct->head, conduct->after, doer);
    return conduct_case_follow(read, conduct, err);
}

static void note_refusal(struct conduct *conduct, int wait, const struct err *why)
{
    struct conduct_refusal *refusal = refusal_of(conduct, wait);

    if (refusal == NULL) {
        VEC_PUSH(conduct->arena, &conduct->refusals, (struct conduct_refusal){.wait = wait});
        refusal = &conduct->refusals.items[conduct->refusals.count - 1];
    }
    refusal->count++;
    refusal->why = str_copy(conduct->arena, str_from_z(why->text));
}

/* What the registry refuses may be somebody else's change that came between. */
static bool try_again(struct conduct *conduct, int wait, struct err *err)
{
    if (err->code == ERR_BROKEN || err->code == ERR_UNAVAILABLE)
        return false;
    note_refusal(conduct, wait, err);
    return err_set(err, ERR_CONFLICT, "%s", AGAIN);
}

static bool put_changes(struct tx *tx, struct conduct *conduct, struct err *err)
{
    struct conduct_work *work = conduct->work;

    for (size_t i = 0; i < work->changes.count; i++) {
        struct conduct_change *one = work->changes.items[i];

        if (!change_run(tx, &one->change, err))
            return try_again(conduct, one->wait, err);
        conduct->has_job |= one->change.draft.has_job;
    }
    return true;
}

static bool put_file(struct tx *tx, struct conduct *conduct, struct conduct_file *one,
                     struct err *err)
{
    if (!attachment_put(tx, conduct->arena, &one->attachment, err))
        return false;
    one->document.attachment = one->attachment.id;
    one->document.digest = one->attachment.digest;
    return one->document.id == 0 || (document_attach(tx, &one->document, one->has_pdf, err) &&
                                     (!one->has_pdf || pdf_need(tx, conduct->now, err)));
}

static bool put_files(struct tx *tx, struct conduct *conduct, struct err *err)
{
    struct conduct_work *work = conduct->work;

    for (size_t i = 0; i < work->files.count; i++) {
        struct conduct_file *one = work->files.items[i];

        if (!put_file(tx, conduct, one, err))
            return try_again(conduct, one->wait, err);
        conduct->has_job |= one->has_pdf;
    }
    return true;
}

static bool put_papers(struct tx *tx, struct conduct *conduct, struct err *err)
{
    struct conduct_work *work = conduct->work;

    for (size_t i = 0; i < work->papers.count; i++) {
        struct conduct_paper *one = work->papers.items[i];

        if (!document_register(tx, conduct->arena, &one->document, err))
            return try_again(conduct, one->wait, err);
    }
    return true;
}

static bool put_dues(struct tx *tx, struct conduct *conduct, struct err *err)
{
    int wait = 0;

    return conduct_charge_put(tx, conduct, &wait, err) || try_again(conduct, wait, err);
}

static bool put_seen(struct tx *tx, const struct conduct *conduct, struct err *err)
{
    const struct conduct_work *work = conduct->work;

    for (size_t i = 0; i < work->seen.count; i++) {
        struct journal_entry entry = {.at = conduct->now,
                                      .actor = conduct->actor,
                                      .action = STR("read"),
                                      .no = work->seen.items[i].no,
                                      .record = work->seen.items[i].id,
                                      .cause = conduct->flow};

        if (!journal_add(tx, &entry, err))
            return false;
    }
    return true;
}

static bool put_posts(struct tx *tx, struct conduct *conduct, struct err *err)
{
    struct conduct_work *work = conduct->work;
    int64_t revived;
    bool was_there;

    for (size_t i = 0; i < work->posts.count; i++) {
        struct flow_post *post = &work->posts.items[i];
        bool is_ours = post->kind == FLOW_POST_GO && work->papers.count + work->dues.count > 0;

        if (!flow_post_put(tx, post, err))
            return false;
        if (is_ours)
            work->go = post->id;
        work->due_at = MIN(work->due_at, conduct->now + (is_ours ? BACKUP_MS : 0));
    }
    for (size_t i = 0; i < work->messages.count; i++) {
        const struct flow_wait *wait = work->messages.items[i];

        if (!flow_post_revive(tx, wait->name, wait->key, &revived, err))
            return false;
        if (revived > 0)
            work->due_at = MIN(work->due_at, conduct->now);
    }
    if (conduct->turn != NULL && !conduct_start_take(tx, conduct->turn, err))
        return false;
    if (conduct->post == 0)
        return true;
    return flow_post_take(tx, conduct->post, &was_there, err) &&
           (was_there || err_set(err, ERR_CONFLICT, "the message was delivered already"));
}

static bool put_job(struct tx *tx, struct conduct *conduct, struct err *err)
{
    bool has_moved = false;

    if (conduct->work->due_at == INT64_MAX)
        return true;
    if (!conduct_job_need(tx, conduct->work->due_at, conduct->now, &has_moved, err))
        return false;
    conduct->has_job |= has_moved;
    return true;
}

bool conduct_run(struct tx *tx, void *data, struct err *err)
{
    struct conduct *conduct = data;

    if (!conduct->was_taken)
        return true;
    if (!conduct_case_open(tx, conduct, err) || !flow_store_put(tx, conduct->work->diff, err) ||
        !put_changes(tx, conduct, err) || !put_dues(tx, conduct, err) ||
        !conduct_commission_put(tx, conduct, err) || !conduct_case_put(tx, conduct, err) ||
        !put_files(tx, conduct, err) || !put_papers(tx, conduct, err) ||
        !put_seen(tx, conduct, err) || !conduct_message_put(tx, conduct, err) ||
        !put_posts(tx, conduct, err) || !put_job(tx, conduct, err))
        return false;
    conduct->head = *flow_store_next(conduct->work->diff);
    return conduct_journal(tx, conduct, err);
}

bool conduct_is_late(const struct err *err)
{
    return flow_store_is_late(err) || (err->code == ERR_CONFLICT && strcmp(err->text, AGAIN) == 0);
}

static bool prepare(struct tenant *tenant, struct conduct *conduct, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, tenant, err) && conduct_prepare(&tx, conduct, err);
}

static bool try_step(struct tenant *tenant, struct conduct *conduct, struct err *err)
{
    struct err found = {0};

    /* A refusal brings its wait nearer to its end, so those need no bound. */
    for (int late = 0; late < TRIES_MAX; late += flow_store_is_late(&found)) {
        if (prepare(tenant, conduct, &found) &&
            (!conduct->was_taken || tenant_write_wait(tenant, conduct_run, conduct, &found)))
            return true;
        if (!conduct_is_late(&found))
            break;
    }
    *err = found;
    return false;
}

bool conduct_has_letters(const struct conduct *conduct)
{
    return conduct->was_taken && conduct->work->go != 0;
}

/* What goes wrong is the job's: the post stays until it is taken. */
void conduct_follow(struct tenant *tenant, struct conduct *conduct)
{
    struct conduct next = *conduct;
    struct err err;

    while (conduct_has_letters(&next) && next.rounds < ROUNDS_MAX) {
        next = (struct conduct){
            .processes = conduct->processes,
            .catalog = conduct->catalog,
            .arena = conduct->arena,
            .now = conduct->now,
            .flow = conduct->flow,
            .post = next.work->go,
            .rounds = next.rounds + 1,
            .step = {.kind = FLOW_STEP_VALUES, .node = -1},
        };
        if (!try_step(tenant, &next, &err))
            break;
        conduct->has_job |= next.has_job;
        conduct->head = next.head;
        conduct->after = next.after;
    }
}

bool conduct_step(struct tenant *tenant, struct conduct *conduct, struct err *err)
{
    if (!try_step(tenant, conduct, err))
        return false;
    conduct_follow(tenant, conduct);
    return true;
}
