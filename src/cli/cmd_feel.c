#include "cli/commands.h"
#include "cli/data_option.h"
#include "core/arena.h"
#include "core/time.h"

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

bool cmd_feel(struct command_run *run, struct err *err)
{
    struct feel_scope *scope = feel_scope_new(run->arena, NULL);
    struct feel_run *evaluation = feel_run_new(run->arena, time_now());
    struct feel_frame frame = {0};
    const struct feel_value *data;
    struct feel_node *node;

    if (!data_option_read(run, &data, err))
        return false;
    add_names(scope, data, true);
    frame.item = data;
    if (!feel_parse(scope, run->args[0], &node, err))
        return false;
    data_option_print(run, feel_eval(evaluation, node, &frame), evaluation);
    return true;
}
