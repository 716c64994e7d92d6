/* for, some, every. */
#include "core/arena.h"
#include "lang/feel_eval.h"
#include "lang/feel_time.h"

/* What is to be done for each combination of items; false ends the loop. */
struct loop {
    const struct feel_node *node;
    bool (*each)(struct feel_run *run, struct loop *loop, const struct feel_frame *frame);
    /* of for */
    const struct feel_value **results;
    size_t count, cap;
    /* of some and every */
    int truth;
    bool is_broken; /* a domain that is none, a condition that is no boolean */
};

static const struct feel_value *partial(struct feel_run *run, const struct loop *loop)
{
    return feel_value_list(run->arena, loop->results, loop->count);
}

static bool each_result(struct feel_run *run, struct loop *loop, const struct feel_frame *frame)
{
    const struct feel_node *body = loop->node->items[loop->node->count - 1];
    const struct feel_value *value =
        feel_eval(run, body, feel_frame_with(run, frame, STR("partial"), partial(run, loop)));

    /* Not grown in place: lists made of what there was so far keep the old array. */
    if (loop->count == loop->cap) {
        size_t cap = MAX(loop->cap * 2, 8);
        const struct feel_value **results = ARENA_ARRAY(run->arena, const struct feel_value *, cap);
        if (loop->count > 0)
            memcpy(results, loop->results, loop->count * sizeof *results);
        loop->results = results;
        loop->cap = cap;
    }
    loop->results[loop->count++] = value;
    return !run->is_over;
}

/* some: or of all; every: and of all, with null where it is neither. */
static bool each_truth(struct feel_run *run, struct loop *loop, const struct feel_frame *frame)
{
    const struct feel_value *value =
        feel_eval(run, loop->node->items[loop->node->count - 1], frame);
    int decisive = loop->node->kind == FEEL_NODE_SOME ? 1 : 0;
    int truth = value->kind == FEEL_BOOLEAN ? value->boolean : -1;

    if (loop->node->is_boxed && truth < 0 && value->kind != FEEL_NULL) {
        (void)feel_run_null(run, "the condition is %s", feel_value_word(value->kind));
        loop->is_broken = true;
        return false;
    }
    if (truth == decisive) {
        loop->truth = truth;
        return false;
    }
    if (truth < 0)
        loop->truth = -1;
    return !run->is_over;
}

static bool loop_over(struct feel_run *run, struct loop *loop, size_t at,
                      const struct feel_frame *frame);

static bool loop_with(struct feel_run *run, struct loop *loop, size_t at,
                      const struct feel_frame *frame, const struct feel_value *item)
{
    return feel_run_step(run, 1) &&
           loop_over(run, loop, at + 1, feel_frame_with(run, frame, loop->node->names[at], item));
}

static const struct feel_value *count_value(struct feel_run *run, enum feel_kind kind, int64_t at)
{
    if (kind == FEEL_NUMBER)
        return feel_value_int(run->arena, at);
    return feel_value_moment(run->arena, kind, (struct feel_moment){.day = at});
}

static bool end_of(const struct feel_value *value, int64_t *at)
{
    if (value != NULL && value->kind == FEEL_DATE) {
        *at = value->moment.day;
        return true;
    }
    return value != NULL && value->kind == FEEL_NUMBER && feel_number_int(value->number, at);
}

/* Whole numbers or days from one end to the other. */
static bool loop_over_range(struct feel_run *run, struct loop *loop, size_t at,
                            const struct feel_frame *frame, const struct feel_value *value)
{
    const struct feel_range *range = &value->range;
    int64_t from, to, step;

    if (!end_of(range->low, &from) || !end_of(range->high, &to)) {
        (void)feel_run_null(run, "a loop goes over whole numbers, dates or a list");
        loop->is_broken = true;
        return false;
    }
    step = from <= to ? 1 : -1;
    from += range->has_low ? 0 : step;
    to -= range->has_high ? 0 : step;
    for (int64_t i = from; step > 0 ? i <= to : i >= to; i += step)
        if (!loop_with(run, loop, at, frame, count_value(run, range->low->kind, i)))
            return false;
    return true;
}

static bool loop_over(struct feel_run *run, struct loop *loop, size_t at,
                      const struct feel_frame *frame)
{
    const struct feel_node *domain_node = loop->node->items[at];
    const struct feel_value *domain;

    if (at + 1 == loop->node->count)
        return loop->each(run, loop, frame);
    if (domain_node->kind == FEEL_NODE_SPAN) { /* its ends belong to it */
        struct feel_value span = {
            .kind = FEEL_RANGE, .range.has_low = true, .range.has_high = true};
        span.range.low = feel_eval(run, domain_node->items[0], frame);
        span.range.high = feel_eval(run, domain_node->items[1], frame);
        return loop_over_range(run, loop, at, frame, &span);
    }
    domain = feel_eval(run, domain_node, frame);
    if (domain->kind == FEEL_RANGE)
        return loop_over_range(run, loop, at, frame, domain);
    if (domain->kind == FEEL_NULL) {
        (void)feel_run_null(run, "a loop over null");
        loop->is_broken = true;
        return false;
    }
    if (domain->kind != FEEL_LIST)
        return loop_with(run, loop, at, frame, domain);
    for (size_t i = 0; i < domain->list.count; i++)
        if (!loop_with(run, loop, at, frame, domain->list.items[i]))
            return false;
    return true;
}

const struct feel_value *feel_eval_for(struct feel_run *run, const struct feel_node *node,
                                       const struct feel_frame *frame)
{
    struct loop loop = {.node = node, .each = each_result};

    (void)loop_over(run, &loop, 0, frame);
    return loop.is_broken || run->is_over ? &feel_null : partial(run, &loop);
}

const struct feel_value *feel_eval_quantified(struct feel_run *run, const struct feel_node *node,
                                              const struct feel_frame *frame)
{
    struct loop loop = {
        .node = node, .each = each_truth, .truth = node->kind == FEEL_NODE_EVERY ? 1 : 0};

    (void)loop_over(run, &loop, 0, frame);
    return loop.is_broken ? &feel_null : feel_eval_truth(loop.truth);
}
