#include "workflow/flow_decide.h"

#include "core/arena.h"
#include "core/json.h"
#include "core/utf8.h"

bool flow_decide_finds(const struct dmn_library *library, struct str name)
{
    return dmn_find_callable(library, name) != NULL;
}

static bool is_bounded(const struct feel_run *run, struct err *err)
{
    return !run->is_over || err_set(err, ERR_LIMIT,
                                    "the decision takes too long, or too much "
                                    "memory");
}

bool flow_decide(struct arena *arena, const struct dmn_library *library, const struct flow *flow,
                 const struct flow_wait *wait, struct json **result, struct err *err)
{
    const struct bpmn_work *work = flow->model->nodes[wait->node].work;
    const struct dmn_element *element = dmn_find_callable(library, work->called);
    struct feel_clock clock = {flow->now, flow->offset_minutes};
    struct feel_run *run = feel_run_new_at(arena, clock);
    struct json *value;

    if (element == NULL)
        return err_set(err, ERR_ABSENT, "there is no decision \"%.*s\"",
                       STR_ARG(utf8_head(work->called, 100)));
    value = feel_to_json(arena, dmn_eval(run, library, element, feel_from_json(arena, wait->data)));
    if (!is_bounded(run, err))
        return false;
    *result = value;
    if (work->result.len > 0 || work->output_count > 0 || value->kind == JSON_OBJECT)
        return true;
    *result = json_new(arena, JSON_OBJECT);
    json_set(*result, work->called, value);
    return true;
}
