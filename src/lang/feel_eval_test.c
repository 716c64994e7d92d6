/* Comparisons, "in" and unary tests. */
#include "core/arena.h"
#include "lang/feel_eval.h"

int feel_eval_operator(enum feel_operator operator, const struct feel_value * a,
                       const struct feel_value *b)
{
    int order, equal;

    if (operator== FEEL_EQUAL || operator== FEEL_UNEQUAL) {
        equal = feel_value_equal(a, b);
        return equal < 0 ? -1 : (equal == 1) == (operator== FEEL_EQUAL) ? 1 : 0;
    }
    if (!feel_value_compare(a, b, &order))
        return -1;
    if (operator== FEEL_LESS)
        return order < 0;
    if (operator== FEEL_LESS_OR_EQUAL)
        return order <= 0;
    return operator== FEEL_GREATER ? order > 0 : order >= 0;
}

static const struct feel_value *cannot_compare(struct feel_run *run, const struct feel_value *a,
                                               const struct feel_value *b)
{
    return feel_run_null(run, "%s and %s cannot be compared", feel_value_word(a->kind),
                         feel_value_word(b->kind));
}

const struct feel_value *feel_eval_compare(struct feel_run *run, const struct feel_node *node,
                                           const struct feel_frame *frame)
{
    const struct feel_value *a = feel_eval(run, node->items[0], frame);
    const struct feel_value *b = feel_eval(run, node->items[1], frame);
    int truth = feel_eval_operator(node->operator, a, b);

    return truth < 0 ? cannot_compare(run, a, b) : feel_value_boolean(truth == 1);
}

const struct feel_value *feel_eval_between(struct feel_run *run, const struct feel_node *node,
                                           const struct feel_frame *frame)
{
    const struct feel_value *value = feel_eval(run, node->items[0], frame);
    const struct feel_value *low = feel_eval(run, node->items[1], frame);
    const struct feel_value *high = feel_eval(run, node->items[2], frame);
    int above = feel_eval_operator(FEEL_GREATER_OR_EQUAL, value, low);
    int below = feel_eval_operator(FEEL_LESS_OR_EQUAL, value, high);

    if (above < 0 || below < 0)
        return cannot_compare(run, value, above < 0 ? low : high);
    return feel_value_boolean(above == 1 && below == 1);
}

const struct feel_value *feel_eval_unary(struct feel_run *run, const struct feel_node *node,
                                         const struct feel_frame *frame)
{
    const struct feel_value *end = feel_eval(run, node->items[0], frame);
    enum feel_operator operator= node->operator;
    struct feel_range range = {.is_test = true};
    int order;

    if (!feel_value_compare(end, end, &order))
        return feel_run_null(run, "no range ends with %s", feel_value_word(end->kind));
    if (operator!= FEEL_LESS && operator!= FEEL_LESS_OR_EQUAL)
        range.low = end;
    if (operator!= FEEL_GREATER && operator!= FEEL_GREATER_OR_EQUAL)
        range.high = end;
    range.has_low = operator== FEEL_GREATER_OR_EQUAL || operator== FEEL_EQUAL;
    range.has_high = operator== FEEL_LESS_OR_EQUAL || operator== FEEL_EQUAL;
    range.is_outside = operator== FEEL_UNEQUAL;
    return feel_value_range(run->arena, range);
}

/* Is it the value, in the range, or among the items (or the ranges in it)? */
static int matches(struct feel_run *run, const struct feel_value *value,
                   const struct feel_value *with)
{
    if (with->kind == FEEL_RANGE && value->kind != FEEL_RANGE)
        return feel_value_in_range(value, &with->range);
    if (with->kind != FEEL_LIST)
        return feel_value_equal(value, with);
    if (value->kind == FEEL_LIST && feel_value_equal(value, with) == 1)
        return 1;
    for (size_t i = 0; i < with->list.count && feel_run_step(run, 1); i++) {
        const struct feel_value *item = with->list.items[i];
        if (feel_value_equal(value, item) == 1 ||
            (item->kind == FEEL_RANGE && feel_value_in_range(value, &item->range) == 1))
            return 1;
    }
    return 0;
}

/* A cell such as "limit > 5" says itself whether it holds; "true" is a value to compare with. */
static bool speaks_for_itself(const struct feel_node *test, const struct feel_value *result,
                              const struct feel_value *value)
{
    if (result->kind != FEEL_BOOLEAN)
        return false;
    if (test->is_test)
        return true;
    return value->kind != FEEL_BOOLEAN && test->kind != FEEL_NODE_LITERAL &&
           test->kind != FEEL_NODE_NAME && test->kind != FEEL_NODE_PATH;
}

static int test_one(struct feel_run *run, const struct feel_node *test,
                    const struct feel_value *value, const struct feel_frame *frame)
{
    const struct feel_value *result;

    if (test->kind == FEEL_NODE_ANY)
        return 1;
    if (test->kind == FEEL_NODE_UNARY)
        return feel_eval_operator(test->operator, value, feel_eval(run, test->items[0], frame));
    if (test->is_test)
        frame = feel_frame_with(run, frame, STR("?"), value);
    result = feel_eval(run, test, frame);
    if (speaks_for_itself(test, result, value))
        return result->boolean;
    if (test->is_test && result->kind == FEEL_NULL)
        return -1;
    return matches(run, value, result);
}

int feel_test(struct feel_run *run, const struct feel_node *tests, const struct feel_value *value,
              const struct feel_frame *frame)
{
    int result = 0;

    if (tests->kind != FEEL_NODE_TESTS)
        return test_one(run, tests, value, frame);
    for (size_t i = 0; i < tests->count && result != 1; i++) {
        int one = test_one(run, tests->items[i], value, frame);
        result = one == 1 ? 1 : MIN(result, one);
    }
    return !tests->is_negated || result < 0 ? result : 1 - result;
}

const struct feel_value *feel_eval_in(struct feel_run *run, const struct feel_node *node,
                                      const struct feel_frame *frame)
{
    const struct feel_value *value = feel_eval(run, node->items[0], frame);

    return feel_eval_truth(feel_test(run, node->items[1], value, frame));
}
