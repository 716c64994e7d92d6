/* Decision tables: reading them and finding the rules that hold. */
#include "core/arena.h"
#include "core/vec.h"
#include "lang/feel_builtin.h"
#include "workflow/dmn_read.h"

enum policy {
    UNIQUE,
    ANY,
    PRIORITY,
    FIRST,
    COLLECT,
    RULE_ORDER,
    OUTPUT_ORDER,
};

enum aggregation {
    NO_AGGREGATION,
    SUM,
    COUNT,
    LEAST,
    GREATEST,
};

enum {
    CELLS_MAX = 200 * 1000,
};

struct input {
    const struct feel_node *value;
    const struct feel_node *allowed; /* NULL: anything */
};

struct output {
    struct str name;
    const struct feel_type *type;
    const struct feel_node *values; /* in the order of their priority; NULL */
    const struct feel_node *otherwise;
};

struct rule {
    const struct feel_node **tests;
    const struct feel_node **results;
};

struct table {
    enum policy policy;
    enum aggregation aggregation;
    struct input *inputs;
    size_t input_count;
    struct output *outputs;
    size_t output_count;
    struct rule *rules;
    size_t rule_count;
};

/* The rules that hold, and what they say. */
struct hits {
    struct feel_run *run;
    const struct table *table;
    const struct feel_frame *frame;
    const struct feel_value **values; /* of each hit, then of each output */
    size_t *order;                    /* the hits as they are to be listed */
    size_t count;
};

static size_t count_named(const struct xml_tree *at, const char *name)
{
    size_t count = 0;

    for (at = xml_tree_find(at, name); at != NULL; at = xml_tree_next(at, name))
        count++;
    return count;
}

static void read_inputs(const struct dmn_model *model, struct feel_scope *scope,
                        const struct xml_tree *at, struct table *table)
{
    struct input *input =
        ARENA_ARRAY(model->library->arena, struct input, count_named(at, "input"));

    table->inputs = input;
    for (const struct xml_tree *it = xml_tree_find(at, "input"); it != NULL;
         it = xml_tree_next(it, "input"), input++) {
        const struct xml_tree *expression = xml_tree_find(it, "inputExpression");
        const struct xml_tree *values = xml_tree_find(it, "inputValues");
        struct str text = expression != NULL ? dmn_read_text(expression) : (struct str){0};
        struct feel_node *node;
        if (text.len == 0) { /* the label stands for it in old models */
            dmn_read_fault(model, it, "the input has no expression");
            text = STR("null");
        }
        node = dmn_read_feel(model, scope, it, text);
        if (expression != NULL)
            node = dmn_read_typed(model, node, dmn_read_type_of(model, expression));
        input->value = node;
        if (values != NULL && dmn_read_text(values).len > 0)
            input->allowed = dmn_read_tests(model, scope, values);
        table->input_count++;
    }
}

static void read_outputs(const struct dmn_model *model, struct feel_scope *scope,
                         const struct xml_tree *at, struct table *table)
{
    struct output *output =
        ARENA_ARRAY(model->library->arena, struct output, count_named(at, "output"));

    table->outputs = output;
    for (const struct xml_tree *it = xml_tree_find(at, "output"); it != NULL;
         it = xml_tree_next(it, "output"), output++) {
        const struct xml_tree *values = xml_tree_find(it, "outputValues");
        const struct xml_tree *otherwise = xml_tree_find(it, "defaultOutputEntry");
        output->name = dmn_read_name(model, it);
        output->type = dmn_read_type_of(model, it);
        if (values != NULL && dmn_read_text(values).len > 0)
            output->values = dmn_read_tests(model, scope, values);
        if (otherwise != NULL && dmn_read_text(otherwise).len > 0)
            output->otherwise = dmn_read_feel(model, scope, otherwise, dmn_read_text(otherwise));
        table->output_count++;
    }
    if (table->output_count == 0)
        dmn_read_fault(model, at, "the table has no output");
}

/* A cell of a column that is not there is a fault; a missing cell is empty. */
static void read_rule(const struct dmn_model *model, struct feel_scope *scope,
                      const struct xml_tree *at, const struct table *table, struct rule *rule)
{
    struct arena *arena = model->library->arena;
    size_t column = 0;

    rule->tests = ARENA_ARRAY(arena, const struct feel_node *, table->input_count);
    rule->results = ARENA_ARRAY(arena, const struct feel_node *, table->output_count);
    for (const struct xml_tree *it = xml_tree_find(at, "inputEntry");
         it != NULL && column < table->input_count; it = xml_tree_next(it, "inputEntry"))
        rule->tests[column++] = dmn_read_tests(model, scope, it);
    if (column < table->input_count)
        dmn_read_fault(model, at, "the rule has %zu input entries, the table %zu inputs", column,
                       table->input_count);
    column = 0;
    for (const struct xml_tree *it = xml_tree_find(at, "outputEntry");
         it != NULL && column < table->output_count; it = xml_tree_next(it, "outputEntry")) {
        struct str text = dmn_read_text(it);
        struct feel_node *node = dmn_read_feel(model, scope, it, text.len > 0 ? text : STR("null"));
        rule->results[column] = dmn_read_typed(model, node, table->outputs[column].type);
        column++;
    }
    if (column < table->output_count)
        dmn_read_fault(model, at, "the rule has %zu output entries, the table %zu outputs", column,
                       table->output_count);
}

static int word_in(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(word, str_from_z(words[i])))
            return (int)i;
    return -1;
}

static void read_policy(const struct dmn_model *model, const struct xml_tree *at,
                        struct table *table)
{
    static const char *const POLICIES[] = {"UNIQUE",  "ANY",        "PRIORITY",    "FIRST",
                                           "COLLECT", "RULE ORDER", "OUTPUT ORDER"};
    static const char *const AGGREGATIONS[] = {"", "SUM", "COUNT", "MIN", "MAX"};
    struct str policy = xml_tree_value(at, "hitPolicy");
    struct str aggregation = xml_tree_value(at, "aggregation");
    int found = word_in(policy, POLICIES, ARRAY_LEN(POLICIES));

    if (found < 0 && policy.len > 0)
        dmn_read_fault(model, at, "there is no hit policy \"%.*s\"", STR_ARG(policy));
    table->policy = (enum policy)MAX(found, 0);
    found = word_in(aggregation, AGGREGATIONS, ARRAY_LEN(AGGREGATIONS));
    if (found < 0)
        dmn_read_fault(model, at, "there is no aggregation \"%.*s\"", STR_ARG(aggregation));
    table->aggregation = (enum aggregation)MAX(found, 0);
}

static const struct feel_value *eval_table(struct feel_run *run, const struct feel_node *node,
                                           const struct feel_frame *frame);

struct feel_node *dmn_read_table(const struct dmn_model *model, struct feel_scope *scope,
                                 const struct xml_tree *at)
{
    struct arena *arena = model->library->arena;
    struct feel_node *node = feel_node_new(arena, FEEL_NODE_NATIVE, 0);
    struct table *table = ARENA_NEW(arena, struct table);
    size_t rules = count_named(at, "rule");

    read_policy(model, at, table);
    read_inputs(model, scope, at, table);
    read_outputs(model, scope, at, table);
    if (rules * (table->input_count + table->output_count + 1) > CELLS_MAX) {
        dmn_read_fault(model, at, "the table has more than %d cells", CELLS_MAX);
        rules = 0;
    }
    table->rules = ARENA_ARRAY(arena, struct rule, rules);
    for (const struct xml_tree *it = xml_tree_find(at, "rule"); it != NULL && rules > 0;
         it = xml_tree_next(it, "rule"))
        read_rule(model, scope, it, table, &table->rules[table->rule_count++]);
    node->place = dmn_read_id(at);
    node->evaluate = eval_table;
    node->data = table;
    return node;
}

static bool rule_holds(const struct hits *hits, const struct rule *rule,
                       const struct feel_value *const *values)
{
    for (size_t i = 0; i < hits->table->input_count; i++)
        if (rule->tests[i] == NULL ||
            feel_test(hits->run, rule->tests[i], values[i], hits->frame) != 1)
            return false;
    return true;
}

/* False: a value is none of those the table allows. */
static bool eval_inputs(const struct hits *hits, const struct feel_value **values)
{
    const struct table *table = hits->table;

    for (size_t i = 0; i < table->input_count; i++) {
        values[i] = feel_eval(hits->run, table->inputs[i].value, hits->frame);
        if (table->inputs[i].allowed != NULL && values[i]->kind != FEEL_NULL &&
            feel_test(hits->run, table->inputs[i].allowed, values[i], hits->frame) != 1) {
            (void)feel_run_null(hits->run, "the value of input %zu is none of its inputValues",
                                i + 1);
            return false;
        }
    }
    return true;
}

static const struct feel_value **results_of(const struct hits *hits, size_t hit)
{
    return hits->values + hits->order[hit] * hits->table->output_count;
}

static void eval_results(struct hits *hits, const struct rule *rule)
{
    size_t count = hits->table->output_count;

    for (size_t i = 0; i < count; i++) {
        const struct feel_node *allowed = hits->table->outputs[i].values;
        const struct feel_value *value = rule->results[i] == NULL
                                             ? &feel_null
                                             : feel_eval(hits->run, rule->results[i], hits->frame);
        if (allowed != NULL && value->kind != FEEL_NULL &&
            feel_test(hits->run, allowed, value, hits->frame) != 1)
            value = feel_run_null(hits->run, "the result is none of the outputValues");
        hits->values[hits->count * count + i] = value;
    }
    hits->order[hits->count] = hits->count;
    hits->count++;
}

/* One value, or a context of all outputs. */
static const struct feel_value *joined(const struct hits *hits,
                                       const struct feel_value *const *values)
{
    const struct table *table = hits->table;
    struct feel_entry *entries;

    if (table->output_count == 1)
        return values[0];
    entries = ARENA_ARRAY(hits->run->arena, struct feel_entry, table->output_count);
    for (size_t i = 0; i < table->output_count; i++)
        entries[i] = (struct feel_entry){table->outputs[i].name, values[i]};
    return feel_value_context(hits->run->arena, entries, table->output_count);
}

/* What the table says when no rule holds. */
static const struct feel_value *otherwise(const struct hits *hits)
{
    const struct table *table = hits->table;
    const struct feel_value **values =
        ARENA_ARRAY(hits->run->arena, const struct feel_value *, table->output_count);
    bool has_any = false;

    for (size_t i = 0; i < table->output_count; i++) {
        const struct feel_node *node = table->outputs[i].otherwise;
        values[i] = node == NULL ? &feel_null : feel_eval(hits->run, node, hits->frame);
        has_any = has_any || node != NULL;
    }
    return has_any ? joined(hits, values) : &feel_null;
}

/* The place of a value among the output's values: the first is the most important. */
static size_t rank(const struct hits *hits, const struct output *output,
                   const struct feel_value *value)
{
    const struct feel_node *values = output->values;

    if (values == NULL || values->kind != FEEL_NODE_TESTS)
        return 0;
    for (size_t i = 0; i < values->count; i++)
        if (feel_test(hits->run, values->items[i], value, hits->frame) == 1)
            return i;
    return values->count;
}

/* The most important first; equal ones in the order of the rules. */
static void sort_by_output(struct hits *hits)
{
    size_t outputs = hits->table->output_count;
    size_t *ranks = ARENA_ARRAY(hits->run->arena, size_t, hits->count * outputs);

    for (size_t i = 0; i < hits->count * outputs; i++)
        ranks[i] = rank(hits, &hits->table->outputs[i % outputs], hits->values[i]);
    for (size_t i = 1; i < hits->count; i++) {
        size_t hit = hits->order[i], at = i;
        for (; at > 0; at--) {
            const size_t *before = ranks + hits->order[at - 1] * outputs;
            size_t k = 0;
            while (k < outputs && before[k] == ranks[hit * outputs + k])
                k++;
            if (k == outputs || before[k] < ranks[hit * outputs + k])
                break;
            hits->order[at] = hits->order[at - 1];
        }
        hits->order[at] = hit;
    }
    (void)feel_run_step(hits->run, (int64_t)(hits->count * hits->count / 16));
}

static const struct feel_value *all_hits(const struct hits *hits)
{
    const struct feel_value **items =
        ARENA_ARRAY(hits->run->arena, const struct feel_value *, hits->count);

    for (size_t i = 0; i < hits->count; i++)
        items[i] = joined(hits, results_of(hits, i));
    return feel_value_list(hits->run->arena, items, hits->count);
}

static const struct feel_value *aggregate(const struct hits *hits)
{
    static const char *const FUNCTIONS[] = {"", "sum", "count", "min", "max"};
    const struct feel_value *list = all_hits(hits), *function;

    function = feel_builtin_find(hits->run->arena, str_from_z(FUNCTIONS[hits->table->aggregation]));
    return feel_call(hits->run, function->function, &list, 1);
}

static const struct feel_value *the_one(const struct hits *hits)
{
    const struct feel_value *first = joined(hits, results_of(hits, 0));

    if (hits->table->policy == UNIQUE && hits->count > 1)
        return feel_run_null(hits->run, "%zu rules hold, and the policy is UNIQUE", hits->count);
    for (size_t i = 1; hits->table->policy == ANY && i < hits->count; i++)
        if (feel_value_equal(first, joined(hits, results_of(hits, i))) != 1)
            return feel_run_null(hits->run, "rules with different results hold, and the policy"
                                            " is ANY");
    return first;
}

static const struct feel_value *eval_table(struct feel_run *run, const struct feel_node *node,
                                           const struct feel_frame *frame)
{
    const struct table *table = node->data;
    struct hits hits = {.run = run, .table = table, .frame = frame};
    const struct feel_value **values =
        ARENA_ARRAY(run->arena, const struct feel_value *, table->input_count + 1);
    bool wants_one;

    if (!eval_inputs(&hits, values))
        return &feel_null;
    hits.values = ARENA_ARRAY(run->arena, const struct feel_value *,
                              table->rule_count * table->output_count + 1);
    hits.order = ARENA_ARRAY(run->arena, size_t, table->rule_count + 1);
    for (size_t i = 0; i < table->rule_count && !run->is_over; i++) {
        if (rule_holds(&hits, &table->rules[i], values))
            eval_results(&hits, &table->rules[i]);
        if (hits.count > 0 && table->policy == FIRST)
            break;
    }
    if (hits.count == 0)
        return otherwise(&hits);
    if (table->policy == PRIORITY || table->policy == OUTPUT_ORDER)
        sort_by_output(&hits);
    wants_one = table->policy == UNIQUE || table->policy == ANY || table->policy == PRIORITY ||
                table->policy == FIRST;
    if (wants_one)
        return the_one(&hits);
    return table->policy == COLLECT && table->aggregation != NO_AGGREGATION ? aggregate(&hits)
                                                                            : all_hits(&hits);
}
