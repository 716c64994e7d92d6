/* Calls: of functions made by expressions and of FEEL's own. */
#include "core/arena.h"
#include "lang/feel_builtin.h"
#include "lang/feel_eval.h"

enum {
    ARGUMENTS_MAX = 5000,
};

const struct feel_value *feel_call(struct feel_run *run, const struct feel_function *function,
                                   const struct feel_value *const *arguments, size_t count)
{
    struct feel_entry *entries;
    struct feel_frame *frame;
    const struct feel_value **made, *result;

    if (function->is_variadic)
        return feel_builtin_call(run, function, arguments, NULL, count);
    if (count != function->formal_count)
        return feel_run_null(run, "the function has %zu parameters, not %zu",
                             function->formal_count, count);
    made = ARENA_ARRAY(run->arena, const struct feel_value *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct feel_type *type = function->formals[i].type;
        made[i] = type == NULL ? arguments[i] : feel_type_convert(run, type, arguments[i]);
    }
    if (function->body == NULL) {
        result = function->call(run, function, made);
        return function->result == NULL ? result : feel_type_convert(run, function->result, result);
    }
    entries = ARENA_ARRAY(run->arena, struct feel_entry, count + 1);
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct feel_entry){function->formals[i].name, made[i]};
    frame = ARENA_NEW(run->arena, struct feel_frame);
    *frame = (struct feel_frame){.outer = function->frame, .entries = entries, .count = count};
    result = feel_eval(run, function->body, frame);
    return function->result == NULL ? result : feel_type_convert(run, function->result, result);
}

/* Arguments by name in the order of the parameters; false: a name or an argument is missing. */
static bool arrange(const struct feel_function *function, const struct feel_node *node,
                    const struct feel_value *const *given, const struct feel_value **arranged)
{
    size_t found = 0;

    for (size_t i = 0; i < function->formal_count; i++) {
        arranged[i] = NULL;
        for (size_t j = 1; j < node->count; j++)
            if (str_equal(node->names[j], function->formals[i].name))
                arranged[i] = given[j - 1];
        found += arranged[i] != NULL ? 1 : 0;
    }
    return found == function->formal_count && node->count - 1 == found;
}

static const struct feel_value *call_named(struct feel_run *run,
                                           const struct feel_function *function,
                                           const struct feel_node *node,
                                           const struct feel_value *const *given)
{
    const struct feel_value **arranged =
        ARENA_ARRAY(run->arena, const struct feel_value *, function->formal_count + 1);

    if (!arrange(function, node, given, arranged))
        return feel_run_null(run, "the names of the arguments are not those of the parameters");
    return feel_call(run, function, arranged, function->formal_count);
}

const struct feel_value *feel_eval_call(struct feel_run *run, const struct feel_node *node,
                                        const struct feel_frame *frame)
{
    const struct feel_value *callee = feel_eval(run, node->items[0], frame);
    const struct feel_value **given;

    if (callee->kind != FEEL_FUNCTION)
        return feel_run_null(run, "what is called is %s, not a function",
                             feel_value_word(callee->kind));
    if (node->count > ARGUMENTS_MAX)
        return feel_run_null(run, "more than %d arguments", ARGUMENTS_MAX);
    given = ARENA_ARRAY(run->arena, const struct feel_value *, node->count);
    for (size_t i = 1; i < node->count; i++)
        given[i - 1] = feel_eval(run, node->items[i], frame);
    run->node = node;
    if (callee->function->is_variadic)
        return feel_builtin_call(run, callee->function, given,
                                 node->names != NULL ? node->names + 1 : NULL, node->count - 1);
    if (node->names != NULL)
        return call_named(run, callee->function, node, given);
    return feel_call(run, callee->function, given, node->count - 1);
}
