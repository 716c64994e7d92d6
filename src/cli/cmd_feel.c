#include "cli/commands.h"
#include "core/arena.h"
#include "core/json.h"
#include "core/time.h"
#include "lang/feel.h"

/* The names of --data, and what may stand behind a point in them. */
static void add_names(struct feel_scope *scope, const struct feel_value *value, bool is_top)
{
    if (value->kind == FEEL_LIST)
        for (size_t i = 0; i < value->list.count; i++)
            add_names(scope, value->list.items[i], false);
    if (value->kind != FEEL_CONTEXT)
        return;
    for (size_t i = 0; i < value->context.count; i++) {
        if (is_top)
            feel_scope_add(scope, value->context.entries[i].name);
        feel_scope_add_member(scope, value->context.entries[i].name);
        add_names(scope, value->context.entries[i].value, false);
    }
}

static bool read_data(struct command_run *run, const struct feel_value **data, struct err *err)
{
    struct str text = command_option(run, "--data");
    struct json *json;

    *data = feel_value_context(run->arena, NULL, 0);
    if (text.len == 0)
        return true;
    if (!json_parse(run->arena, text, NULL, &json, err))
        return err_while(err, "--data");
    *data = feel_from_json(run->arena, json);
    return (*data)->kind == FEEL_CONTEXT ||
           err_set(err, ERR_INPUT, "--data: an object is wanted, its members are the names");
}

static void print_value(struct command_run *run, const struct feel_value *value)
{
    struct buf buf = {.arena = run->arena};

    if (run->is_json)
        json_write(&buf, feel_to_json(run->arena, value));
    else
        feel_value_print(&buf, value);
    command_print(run, "%.*s\n", STR_ARG(buf_str(&buf)));
}

bool cmd_feel(struct command_run *run, struct err *err)
{
    struct feel_scope *scope = feel_scope_new(run->arena, NULL);
    struct feel_run *evaluation = feel_run_new(run->arena, time_now());
    struct feel_frame frame = {0};
    const struct feel_value *data;
    struct feel_node *node;

    if (!read_data(run, &data, err))
        return false;
    add_names(scope, data, true);
    frame.item = data;
    if (!feel_parse(scope, run->args[0], &node, err))
        return false;
    print_value(run, feel_eval(evaluation, node, &frame));
    for (size_t i = 0; i < MIN(evaluation->note_count, FEEL_RUN_NOTES_MAX); i++) {
        struct buf buf = {.arena = run->arena};
        feel_run_print_note(&buf, &evaluation->notes[i]);
        command_print(run, "# %.*s\n", STR_ARG(buf_str(&buf)));
    }
    return true;
}
