#include "cli/commands.h"
#include "core/file.h"
#include "core/time.h"
#include "workflow/bpmn_check.h"
#include "workflow/bpmn_read.h"
#include "workflow/dmn.h"
#include "workflow/flow_play.h"
#include "workflow/flow_trace.h"

enum {
    FILE_MAX = 16 << 20,
};

static bool read_model(struct command_run *run, const struct bpmn **model, struct err *err)
{
    struct str text;

    if (!file_read(run->arena, command_path(run, run->args[0]), FILE_MAX, &text, err))
        return false;
    return bpmn_read(run->arena, text, model, err) || err_while(err, "%.*s", STR_ARG(run->args[0]));
}

/* The one named, else the first that is marked executable, else the first. */
static bool choose_process(struct command_run *run, const struct bpmn *model, int *process,
                           struct err *err)
{
    struct str wanted = command_option(run, "--process");
    int first = -1;
    int executable = -1;

    for (int i = 0; i < model->node_count; i++) {
        const struct bpmn_node *node = &model->nodes[i];

        if (node->kind != BPMN_PROCESS)
            continue;
        if (wanted.len > 0 && str_equal(node->id, wanted)) {
            *process = i;
            return true;
        }
        first = first < 0 ? i : first;
        if (executable < 0 && node->is_executable)
            executable = i;
    }
    if (wanted.len > 0)
        return err_set(err, ERR_ABSENT, "there is no process \"%.*s\" in it",
                       STR_ARG(str_slice(wanted, 0, 100)));
    *process = executable >= 0 ? executable : first;
    return true;
}

static bool choose_start(struct command_run *run, struct flow_play *play, struct err *err)
{
    struct str wanted = command_option(run, "--start");
    const struct bpmn_node *node = bpmn_find(play->flow->model, wanted);

    play->start = -1;
    if (wanted.len == 0)
        return true;
    if (node == NULL || node->scope != play->process)
        return err_set(err, ERR_ABSENT, "nothing called \"%.*s\" lies in that process",
                       STR_ARG(str_slice(wanted, 0, 100)));
    play->start = node->index;
    return true;
}

static bool check_model(struct command_run *run, const struct bpmn *model, int process,
                        struct err *err)
{
    struct bpmn_findings findings = {.arena = run->arena};

    bpmn_check(model, process, &findings);
    for (const struct bpmn_finding *one = findings.first; one != NULL; one = one->next) {
        struct buf line = {.arena = run->arena};

        bpmn_check_print(&line, one);
        if (!one->is_warning || command_has(run, "--trace"))
            command_print(run, "%.*s: %.*s\n", STR_ARG(run->args[0]), STR_ARG(buf_str(&line)));
    }
    return findings.faults == 0 || err_set(err, ERR_INPUT, "%zu things to mend in %.*s",
                                           findings.faults, STR_ARG(run->args[0]));
}

static bool read_options(struct command_run *run, struct flow_play *play, struct err *err)
{
    struct str data = command_option(run, "--data");
    struct str events = command_option(run, "--events");
    struct str clock = command_option(run, "--clock");
    struct json *json = NULL;

    if (data.len > 0 && !json_parse(run->arena, data, NULL, &json, err))
        return err_while(err, "--data");
    if (json != NULL && json->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "--data is an object, as {\"amount\": 5}");
    play->data = json;
    if (events.len > 0 &&
        !file_read(run->arena, command_path(run, events), FILE_MAX, &play->script, err))
        return false;
    if (events.len > 0 && play->script.len == 0)
        play->script = STR("\n");
    play->now = time_now();
    if (clock.len > 0 && !time_parse_moment(clock, &play->now))
        return err_set(err, ERR_INPUT, "--clock is a moment, as 2026-03-02T09:00:00+03:00");
    return choose_start(run, play, err);
}

/* Faults of expressions are told: those are null when they are asked. */
static bool open_decisions(struct command_run *run, struct flow_play *play, struct err *err)
{
    struct str path = command_option(run, "--decisions");
    struct dmn_library *library;

    if (path.len == 0)
        return true;
    if (!dmn_open(run->arena, command_path(run, path), &library, err))
        return false;
    for (size_t i = 0; i < MIN(library->fault_count, DMN_FAULTS_MAX); i++) {
        struct buf line = {.arena = run->arena};

        dmn_print_fault(&line, &library->faults[i]);
        command_print(run, "%.*s\n", STR_ARG(buf_str(&line)));
    }
    play->decisions = library;
    return true;
}

static const struct json *values_of(const struct flow *flow)
{
    const struct flow_scope *root = flow->scopes.count == 0 ? NULL : flow_scope_at(flow, 0);

    return root == NULL ? NULL : root->values;
}

static void print_result(struct command_run *run, const struct flow_play *play)
{
    static const char *const STATES[] = {[FLOW_RUNNING] = "stuck",
                                         [FLOW_ENDED] = "ended",
                                         [FLOW_FAILED] = "error",
                                         [FLOW_CANCELLED] = "cancelled"};
    const struct json *values = values_of(play->flow);
    struct buf out = {.arena = run->arena};
    struct buf open = {.arena = run->arena};

    flow_trace_print_open(&open, play->flow);
    if (run->is_json) {
        buf_printf(&out, "{\"state\":\"%s\",\"values\":", STATES[play->flow->state]);
        json_canonical(&out, values);
        buf_add(&out, STR(",\"open\":"));
        json_write_text(&out, buf_str(&open));
        buf_add(&out, STR(",\"trace\":"));
        json_write_text(&out, play->trace == NULL ? STR("") : buf_str(play->trace));
        buf_add(&out, STR("}\n"));
    } else {
        if (play->trace != NULL)
            buf_add(&out, buf_str(play->trace));
        json_canonical(&out, values);
        buf_char(&out, '\n');
        if (play->flow->state == FLOW_RUNNING)
            buf_add(&out, buf_str(&open));
    }
    run->write(run->data, buf_str(&out));
}

static bool tell_state(const struct flow *flow, struct err *err)
{
    switch (flow->state) {
    case FLOW_ENDED:
    case FLOW_CANCELLED:
        return true;
    case FLOW_FAILED:
        return err_set(err, ERR_BROKEN,
                       "the flow ended by the error \"%.*s\", which nothing catches",
                       STR_ARG(str_slice(flow->error, 0, 100)));
    case FLOW_RUNNING:
        break;
    }
    for (size_t i = 0; i < flow->tokens.count; i++) {
        const struct flow_token *token = flow_token_at(flow, i);

        if (token != NULL && token->state == FLOW_TOKEN_STUCK)
            return err_set(err, ERR_BROKEN, "the flow is stuck at %.*s: %.*s",
                           STR_ARG(flow->model->nodes[token->node].id), STR_ARG(token->fault));
    }
    return err_set(err, ERR_UNAVAILABLE, "the flow is not over: it waits for what did not come");
}

bool cmd_bpmn_run(struct command_run *run, struct err *err)
{
    struct buf trace = {.arena = run->arena};
    struct flow_play play = {.arena = run->arena,
                             .trace = command_has(run, "--trace") ? &trace : NULL};
    const struct bpmn *model;

    if (!read_model(run, &model, err) || !choose_process(run, model, &play.process, err) ||
        !check_model(run, model, play.process, err))
        return false;
    play.flow = flow_new(run->arena, model);
    if (!open_decisions(run, &play, err))
        return false;
    if (!read_options(run, &play, err))
        return false;
    if (!flow_play(&play, err)) {
        run->write(run->data, buf_str(&trace));
        return false;
    }
    print_result(run, &play);
    return tell_state(play.flow, err);
}
