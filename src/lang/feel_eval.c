#include "lang/feel_eval.h"

#include "core/arena.h"

typedef const struct feel_value *eval_function(struct feel_run *run, const struct feel_node *node,
                                               const struct feel_frame *frame);

const struct feel_value *feel_eval_truth(int truth)
{
    return truth < 0 ? &feel_null : feel_value_boolean(truth == 1);
}

const struct feel_value *feel_lookup(const struct feel_frame *frame, struct str name)
{
    for (; frame != NULL; frame = frame->outer) {
        if (frame->item != NULL) {
            const struct feel_value *value = feel_value_find(frame->item, name);
            if (value != NULL)
                return value;
        }
        for (size_t i = frame->count; i-- > 0;)
            if (str_equal(frame->entries[i].name, name))
                return frame->entries[i].value;
    }
    return NULL;
}

const struct feel_frame *feel_frame_with(struct feel_run *run, const struct feel_frame *outer,
                                         struct str name, const struct feel_value *value)
{
    struct feel_frame *frame = ARENA_NEW(run->arena, struct feel_frame);
    struct feel_entry *entry = ARENA_NEW(run->arena, struct feel_entry);

    *entry = (struct feel_entry){name, value};
    *frame = (struct feel_frame){.outer = outer, .entries = entry, .count = 1};
    return frame;
}

static const struct feel_value *eval_literal(struct feel_run *run, const struct feel_node *node,
                                             const struct feel_frame *frame)
{
    (void)run;
    (void)frame;
    return node->value;
}

static const struct feel_value *eval_name(struct feel_run *run, const struct feel_node *node,
                                          const struct feel_frame *frame)
{
    const struct feel_value *value = feel_lookup(frame, node->name);

    if (value != NULL)
        return value;
    if (node->value != NULL) /* a function of FEEL */
        return node->value;
    return feel_run_null(run, "there is no name \"%.*s\" here", STR_ARG(node->name));
}

/* 1, 0, or -1 for null and all that is no boolean. */
static int truth_of(const struct feel_value *value)
{
    return value->kind == FEEL_BOOLEAN ? value->boolean : -1;
}

static const struct feel_value *eval_and(struct feel_run *run, const struct feel_node *node,
                                         const struct feel_frame *frame)
{
    int left = truth_of(feel_eval(run, node->items[0], frame)), right;

    if (left == 0)
        return &feel_false;
    right = truth_of(feel_eval(run, node->items[1], frame));
    if (right == 0)
        return &feel_false;
    return feel_eval_truth(left == 1 && right == 1 ? 1 : -1);
}

static const struct feel_value *eval_or(struct feel_run *run, const struct feel_node *node,
                                        const struct feel_frame *frame)
{
    int left = truth_of(feel_eval(run, node->items[0], frame)), right;

    if (left == 1)
        return &feel_true;
    right = truth_of(feel_eval(run, node->items[1], frame));
    if (right == 1)
        return &feel_true;
    return feel_eval_truth(left == 0 && right == 0 ? 0 : -1);
}

static const struct feel_value *eval_if(struct feel_run *run, const struct feel_node *node,
                                        const struct feel_frame *frame)
{
    const struct feel_value *condition = feel_eval(run, node->items[0], frame);

    if (node->is_boxed && condition->kind != FEEL_BOOLEAN && condition->kind != FEEL_NULL)
        return feel_run_null(run, "the condition is %s", feel_value_word(condition->kind));
    return feel_eval(run, node->items[truth_of(condition) == 1 ? 1 : 2], frame);
}

static const struct feel_value *eval_list(struct feel_run *run, const struct feel_node *node,
                                          const struct feel_frame *frame)
{
    const struct feel_value **items =
        ARENA_ARRAY(run->arena, const struct feel_value *, node->count);

    for (size_t i = 0; i < node->count; i++)
        items[i] = feel_eval(run, node->items[i], frame);
    return feel_value_list(run->arena, items, node->count);
}

/*
 * Later entries see earlier ones; functions see all, themselves too, for the frame they keep
 * grows on.
 */
static struct feel_frame *eval_entries(struct feel_run *run, const struct feel_node *node,
                                       const struct feel_frame *frame, size_t count)
{
    struct feel_entry *entries = ARENA_ARRAY(run->arena, struct feel_entry, node->count);
    struct feel_frame *inner = ARENA_NEW(run->arena, struct feel_frame);

    *inner = (struct feel_frame){.outer = frame, .entries = entries};
    for (size_t i = 0; i < count; i++) {
        entries[i] = (struct feel_entry){node->names[i], feel_eval(run, node->items[i], inner)};
        inner->count = i + 1;
    }
    return inner;
}

static const struct feel_value *eval_context(struct feel_run *run, const struct feel_node *node,
                                             const struct feel_frame *frame)
{
    const struct feel_frame *inner;

    for (size_t i = 0; i < node->count; i++)
        for (size_t j = 0; j < i && node->count < 200; j++)
            if (str_equal(node->names[i], node->names[j]))
                return feel_run_null(run, "the context has two entries \"%.*s\"",
                                     STR_ARG(node->names[i]));
    inner = eval_entries(run, node, frame, node->count);
    return feel_value_context(run->arena, inner->entries, inner->count);
}

static const struct feel_value *eval_result(struct feel_run *run, const struct feel_node *node,
                                            const struct feel_frame *frame)
{
    const struct feel_frame *inner = eval_entries(run, node, frame, node->count - 1);

    return feel_eval(run, node->items[node->count - 1], inner);
}

/* Both ends of one kind that has an order, and the lower one first. */
static const struct feel_value *eval_range(struct feel_run *run, const struct feel_node *node,
                                           const struct feel_frame *frame)
{
    const struct feel_value *low = feel_eval(run, node->items[0], frame);
    const struct feel_value *high = feel_eval(run, node->items[1], frame);
    struct feel_range range = {
        .low = low, .high = high, .has_low = node->has_low, .has_high = node->has_high};
    int order;

    if (low->kind == FEEL_NULL)
        range.low = NULL;
    if (high->kind == FEEL_NULL)
        range.high = NULL;
    if (range.low == NULL && range.high == NULL)
        return feel_run_null(run, "a range needs an end that is not null");
    if (range.low != NULL && range.high != NULL && !feel_value_compare(low, high, &order))
        return feel_run_null(run, "a range from %s to %s cannot be", feel_value_word(low->kind),
                             feel_value_word(high->kind));
    return feel_value_range(run->arena, range);
}

static const struct feel_value *eval_definition(struct feel_run *run, const struct feel_node *node,
                                                const struct feel_frame *frame)
{
    struct feel_function *function;

    if (node->count == 0)
        return feel_run_null(run, "functions in other languages are not run here");
    function = ARENA_NEW(run->arena, struct feel_function);
    function->name = node->name;
    function->formals = node->formals;
    function->formal_count = node->formal_count;
    function->body = node->items[0];
    function->frame = frame;
    function->result = node->type;
    function->inferred = node->shown;
    return feel_value_function(run->arena, function);
}

static const struct feel_value *eval_instance(struct feel_run *run, const struct feel_node *node,
                                              const struct feel_frame *frame)
{
    const struct feel_value *value = feel_eval(run, node->items[0], frame);

    return feel_value_boolean(feel_type_holds(node->type, value));
}

static const struct feel_value *eval_typed(struct feel_run *run, const struct feel_node *node,
                                           const struct feel_frame *frame)
{
    const struct feel_value *value = feel_eval(run, node->items[0], frame);

    run->node = node;
    return feel_type_convert(run, node->type, value);
}

static const struct feel_value *eval_native(struct feel_run *run, const struct feel_node *node,
                                            const struct feel_frame *frame)
{
    return node->evaluate(run, node, frame);
}

static const struct feel_value *eval_tests(struct feel_run *run, const struct feel_node *node,
                                           const struct feel_frame *frame)
{
    (void)node;
    (void)frame;
    return feel_run_null(run, "a test is no value");
}

static eval_function *const FUNCTIONS[FEEL_NODE_KINDS] = {
    [FEEL_NODE_LITERAL] = eval_literal,
    [FEEL_NODE_NAME] = eval_name,
    [FEEL_NODE_PATH] = feel_eval_path,
    [FEEL_NODE_FILTER] = feel_eval_filter,
    [FEEL_NODE_CALL] = feel_eval_call,
    [FEEL_NODE_NEGATE] = feel_eval_negate,
    [FEEL_NODE_ADD] = feel_eval_arithmetic,
    [FEEL_NODE_SUBTRACT] = feel_eval_arithmetic,
    [FEEL_NODE_MULTIPLY] = feel_eval_arithmetic,
    [FEEL_NODE_DIVIDE] = feel_eval_arithmetic,
    [FEEL_NODE_POWER] = feel_eval_arithmetic,
    [FEEL_NODE_AND] = eval_and,
    [FEEL_NODE_OR] = eval_or,
    [FEEL_NODE_COMPARE] = feel_eval_compare,
    [FEEL_NODE_BETWEEN] = feel_eval_between,
    [FEEL_NODE_IN] = feel_eval_in,
    [FEEL_NODE_INSTANCE] = eval_instance,
    [FEEL_NODE_IF] = eval_if,
    [FEEL_NODE_FOR] = feel_eval_for,
    [FEEL_NODE_SOME] = feel_eval_quantified,
    [FEEL_NODE_EVERY] = feel_eval_quantified,
    [FEEL_NODE_FUNCTION] = eval_definition,
    [FEEL_NODE_LIST] = eval_list,
    [FEEL_NODE_CONTEXT] = eval_context,
    [FEEL_NODE_RESULT] = eval_result,
    [FEEL_NODE_RANGE] = eval_range,
    [FEEL_NODE_SPAN] = eval_range,
    [FEEL_NODE_UNARY] = feel_eval_unary,
    [FEEL_NODE_TESTS] = eval_tests,
    [FEEL_NODE_ANY] = eval_tests,
    [FEEL_NODE_TYPED] = eval_typed,
    [FEEL_NODE_NATIVE] = eval_native,
};

const struct feel_value *feel_eval(struct feel_run *run, const struct feel_node *node,
                                   const struct feel_frame *frame)
{
    const struct feel_node *before = run->node;
    const struct feel_value *value;

    run->node = node;
    if (!feel_run_step(run, 1))
        return &feel_null;
    if (run->depth == FEEL_RUN_DEPTH_MAX) {
        run->is_over = true;
        return feel_run_null(run, "it nests too deeply: the evaluation was ended");
    }
    run->depth++;
    value = FUNCTIONS[node->kind](run, node, frame);
    run->depth--;
    run->node = before;
    return run->is_over ? &feel_null : value;
}
