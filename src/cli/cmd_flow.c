#include "cli/commands.h"
#include "core/id.h"
#include "core/num.h"
#include "registry/tenancy.h"
#include "workflow/conduct.h"
#include "workflow/conduct_migrate.h"
#include "workflow/flow_list.h"
#include "workflow/flow_task.h"
#include "workflow/flow_trace.h"

enum {
    LIST_DEFAULT = 50,
};

/* A municipality, and a step of one of its flows on its way. */
struct flow_call {
    struct command_run *run;
    struct tenant *tenant;
    struct conduct conduct;
};

static void close_call(struct flow_call *call)
{
    store_release(&call->tenant);
}

static bool open_call(struct command_run *run, struct flow_call *call, struct err *err)
{
    *call = (struct flow_call){.run = run};
    call->conduct = (struct conduct){.processes = run->node->processes,
                                     .arena = run->arena,
                                     .now = run->node->flows.clock(),
                                     .actor = TENANCY_OPERATOR,
                                     .step = {.node = -1}};
    return store_hold(run->node->store, run->args[0], &call->tenant, err) &&
           catalog_get(call->tenant, run->node->library, &call->conduct.catalog, err);
}

static bool read_flow(struct flow_call *call, struct err *err)
{
    struct str text = call->run->args[1];

    return id_parse(text, &call->conduct.flow) ||
           err_set(err, ERR_INPUT, "\"%.*s\" is no id of a flow", STR_ARG(str_slice(text, 0, 60)));
}

static bool read_data(struct flow_call *call, struct err *err)
{
    struct str text = command_option(call->run, "--values");
    struct json *data;

    if (text.len == 0)
        return true;
    if (!json_parse(call->run->arena, text, NULL, &data, err))
        return err_while(err, "--values");
    if (data->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "--values: a JSON object");
    call->conduct.step.data = data;
    return true;
}

static bool step(struct flow_call *call, struct err *err)
{
    struct conduct *conduct = &call->conduct;

    if (!conduct_step(call->tenant, conduct, err))
        return false;
    if (conduct->has_job && call->run->node->workers != NULL)
        worker_wake(call->run->node->workers, call->run->args[0]);
    command_print(call->run, "%.*s %.*s, step %lld\n",
                  STR_ARG(id_text(call->run->arena, conduct->flow)),
                  STR_ARG(flow_list_state(&conduct->head)), (long long)conduct->head.step);
    return true;
}

bool cmd_flow_begin(struct command_run *run, struct err *err)
{
    CLEANUP(close_call) struct flow_call call = {0};

    if (!open_call(run, &call, err) || !read_data(&call, err) ||
        !process_find(run->node->processes, call.conduct.catalog->model, run->args[1],
                      &call.conduct.process, err))
        return false;
    call.conduct.begins = true;
    return step(&call, err);
}

static bool simple(struct command_run *run, enum flow_step_kind kind, struct err *err)
{
    CLEANUP(close_call) struct flow_call call = {0};

    if (!open_call(run, &call, err) || !read_flow(&call, err))
        return false;
    call.conduct.step.kind = kind;
    return step(&call, err);
}

bool cmd_flow_cancel(struct command_run *run, struct err *err)
{
    return simple(run, FLOW_STEP_CANCEL, err);
}

bool cmd_flow_retry(struct command_run *run, struct err *err)
{
    return simple(run, FLOW_STEP_RETRY, err);
}

/* The wait of an element that somebody answers. */
static bool find_wait(struct flow_call *call, struct str element, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, call->tenant, err) &&
           flow_task_at(&tx, call->conduct.flow, element, &call->conduct.step.wait, err);
}

bool cmd_flow_done(struct command_run *run, struct err *err)
{
    CLEANUP(close_call) struct flow_call call = {0};
    struct flow_step *what = &call.conduct.step;

    if (!open_call(run, &call, err) || !read_flow(&call, err) || !read_data(&call, err) ||
        !find_wait(&call, run->args[2], err))
        return false;
    what->kind = FLOW_STEP_DONE;
    if (command_has(run, "--error")) {
        what->kind = FLOW_STEP_ERROR;
        what->name = command_option(run, "--error");
    } else if (command_has(run, "--broken")) {
        what->kind = FLOW_STEP_BROKEN;
        what->name = command_option(run, "--broken");
    }
    return step(&call, err);
}

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    return flow_post_put(tx, data, err);
}

bool cmd_flow_message(struct command_run *run, struct err *err)
{
    CLEANUP(close_call) struct flow_call call = {0};
    struct conduct_delivery delivery;
    struct buf body = {.arena = run->arena};
    struct flow_post post = {.kind = command_has(run, "--signal") ? FLOW_POST_SIGNAL
                                                                  : FLOW_POST_MESSAGE,
                             .name = run->args[1],
                             .tag = command_option(run, "--key"),
                             .actor = TENANCY_OPERATOR};

    if (!open_call(run, &call, err) || !read_data(&call, err))
        return false;
    if (call.conduct.step.data != NULL)
        json_canonical(&body, call.conduct.step.data);
    post.body = buf_str(&body);
    post.put_at = call.conduct.now;
    if (!tenant_write_wait(call.tenant, run_put, &post, err) ||
        !conduct_job_deliver(
            &(struct conduct_place){call.tenant, run->node->processes, call.conduct.now}, &post,
            &delivery, err))
        return false;
    if (delivery.is_kept)
        command_print(run, "kept: nobody waits for it\n");
    else
        command_print(run, "%s %.*s\n", delivery.begins ? "begun" : "delivered",
                      STR_ARG(delivery.flow == 0 ? STR("to all that wait")
                                                 : id_text(run->arena, delivery.flow)));
    if (run->node->workers != NULL)
        worker_wake(run->node->workers, run->args[0]);
    return true;
}

static void print_head(struct command_run *run, const struct flow_store *flow)
{
    command_print(run, "%.*s %-10.*s step %-5lld %.*s %.*s\n",
                  STR_ARG(id_text(run->arena, flow->id)), STR_ARG(flow_list_state(flow)),
                  (long long)flow->step, STR_ARG(process_right(run->arena, flow->pack, flow->file)),
                  STR_ARG(flow->version));
}

bool cmd_flow_list(struct command_run *run, struct err *err)
{
    CLEANUP(close_call) struct flow_call call = {0};
    CLEANUP(tx_done) struct tx tx = {0};
    struct str limit = command_option(run, "--limit");
    struct str before = command_option(run, "--before");
    struct flow_list_ask ask = {.is_open = !command_has(run, "--all"),
                                .state = command_option(run, "--state")};
    struct flow_list_page page;
    int64_t number = LIST_DEFAULT;

    if (limit.len > 0 &&
        (!num_parse_int(limit, &number) || number < 1 || number > FLOW_LIST_PAGE_MAX))
        return err_set(err, ERR_INPUT, "--limit: 1 to %d", FLOW_LIST_PAGE_MAX);
    if (before.len > 0 && !id_parse(before, &ask.before))
        return err_set(err, ERR_INPUT, "--before: the id of a flow");
    ask.limit = (int)number;
    if (!open_call(run, &call, err) || !tx_read(&tx, call.tenant, err) ||
        !flow_list(&tx, run->arena, &ask, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++)
        print_head(run, &page.items[i]);
    if (page.next != 0)
        command_print(run, "more: --before %.*s\n", STR_ARG(id_text(run->arena, page.next)));
    return true;
}

bool cmd_flow_show(struct command_run *run, struct err *err)
{
    CLEANUP(close_call) struct flow_call call = {0};
    CLEANUP(tx_done) struct tx tx = {0};
    struct flow_store *head = &call.conduct.head;
    struct buf text = {.arena = run->arena};
    const struct process *process;
    struct flow *flow;

    if (!open_call(run, &call, err) || !read_flow(&call, err) || !tx_read(&tx, call.tenant, err) ||
        !flow_store_get(&tx, run->arena, call.conduct.flow, head, err))
        return false;
    print_head(run, head);
    if (!process_get(run->node->processes,
                     &(struct process_key){head->pack, head->version, head->file, head->process},
                     &process, err))
        return false;
    flow = flow_new(run->arena, process->model);
    if (!flow_store_load(&tx, head, flow, err))
        return false;
    json_canonical(&text, flow_scope_at(flow, 0)->values);
    buf_char(&text, '\n');
    flow_trace_print_open(&text, flow);
    if (command_has(run, "--trace") && !flow_store_trace(&tx, call.conduct.flow, &text, err))
        return false;
    command_print(run, "%.*s", STR_ARG(buf_str(&text)));
    return true;
}

static bool migrate_one(struct flow_call *call, struct err *err)
{
    bool was_moved;

    if (!conduct_migrate(call->tenant, &call->conduct, &was_moved, err))
        return false;
    command_print(call->run, "%.*s %s\n", STR_ARG(id_text(call->run->arena, call->conduct.flow)),
                  was_moved ? "moved" : "is there already");
    return true;
}

/* All open flows of the process; those that cannot go are told, and stay. */
static bool migrate_all(struct flow_call *call, struct err *err)
{
    struct flow_list_ask ask = {.is_open = true, .limit = FLOW_LIST_PAGE_MAX};
    struct str name = call->run->args[1];
    struct flow_list_page page;
    int stayed = 0;

    do {
        CLEANUP(tx_done) struct tx tx = {0};

        if (!tx_read(&tx, call->tenant, err) || !flow_list(&tx, call->run->arena, &ask, &page, err))
            return false;
        tx_done(&tx);
        for (size_t i = 0; i < page.count; i++) {
            const struct flow_store *flow = &page.items[i];
            struct err why = {0};

            if (!str_equal(process_right(call->run->arena, flow->pack, flow->file), name))
                continue;
            call->conduct.flow = flow->id;
            if (migrate_one(call, &why))
                continue;
            command_print(call->run, "%.*s stays: %s\n",
                          STR_ARG(id_text(call->run->arena, flow->id)), why.text);
            stayed++;
        }
        ask.before = page.next;
    } while (page.next != 0);
    return stayed == 0 || err_set(err, ERR_INPUT, "%d flows stay on their version", stayed);
}

bool cmd_flow_migrate(struct command_run *run, struct err *err)
{
    CLEANUP(close_call) struct flow_call call = {0};

    if (!open_call(run, &call, err))
        return false;
    if (str_find_char(run->args[1], '.') < run->args[1].len)
        return migrate_all(&call, err);
    return read_flow(&call, err) && migrate_one(&call, err);
}
