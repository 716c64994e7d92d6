#include "workflow/flow_feel.h"

#include "core/arena.h"
#include "lang/feel.h"
#include "workflow/flow.h"

struct flow_feel {
    struct feel_node *node;
};

bool flow_feel_parse(struct arena *arena, struct str text, const struct str *names,
                     size_t name_count, const struct flow_feel **feel, struct err *err)
{
    struct feel_scope *scope = feel_scope_new(arena, NULL);
    struct flow_feel *made = ARENA_NEW(arena, struct flow_feel);

    for (size_t i = 0; i < name_count; i++)
        feel_scope_add(scope, names[i]);
    if (!feel_parse(scope, text, &made->node, err))
        return false;
    *feel = made;
    return true;
}

static bool is_bounded(const struct feel_run *run, struct err *err)
{
    const struct feel_note *last;

    if (!run->is_over)
        return true;
    last = run->note_count == 0 ? NULL : &run->notes[MIN(run->note_count, FEEL_RUN_NOTES_MAX) - 1];
    return last == NULL ? err_set(err, ERR_LIMIT, "it takes too long, or too much memory")
                        : err_set(err, ERR_LIMIT, "%.*s", STR_ARG(last->text));
}

bool flow_feel_value(const struct flow_feel *feel, struct arena *arena, const struct json *values,
                     const struct flow *flow, struct json **result, struct err *err)
{
    struct feel_clock clock = {flow->now, flow->offset_minutes};
    struct feel_run *run = feel_run_new_at(arena, clock);
    struct feel_frame frame = {.item = feel_from_json(arena, values)};
    const struct feel_value *value = feel_eval(run, feel->node, &frame);

    if (!is_bounded(run, err))
        return false;
    *result = feel_to_json(arena, value);
    return true;
}
