/*
 * Invariants:
 * 1. A part for "true" and one for "false" are made apart, each without not: FEEL's null is in
 *    neither, as SQL's null is in no answer.
 * 2. Each node is compiled once for what is asked of it, so parts grow with the text only.
 * 3. feel_test() in lang decides what "in" means; test_* here say the same in parts.
 */
#include "registry/record_where.h"

#include "core/arena.h"
#include "core/id.h"
#include "registry/record_feel.h"
#include "registry/record_list.h"
#include "registry/record_where_part.h"

enum {
    /* Constants are small: what takes longer is meant to keep the server busy. */
    CONSTANT_STEPS = 20 * 1000,
};

static const struct str USER = STR_INIT("user");
static const struct str INPUT = STR_INIT("input");

static struct record_where_part *compile(struct record_where_compiler *compiler,
                                         const struct feel_node *node, bool want);

static const struct feel_value *constant_of(struct record_where_compiler *compiler,
                                            const struct feel_node *node)
{
    struct feel_frame frame = {.entries = &compiler->given,
                               .count = compiler->given.value != NULL ? 1 : 0};
    const struct feel_value *value;

    compiler->run->steps = FEEL_RUN_STEPS_MAX - CONSTANT_STEPS;
    value = feel_eval(compiler->run, node, &frame);
    if (!compiler->run->is_over)
        return value;
    (void)record_where_part_refuse(compiler, node, "it takes too long to compute");
    return NULL;
}

static bool names_field(const struct record_where_compiler *compiler, const struct feel_node *node)
{
    return record_feel_names(compiler->type, node);
}

/* A field with a slot, or what can be computed without a record. */
static bool read_term(struct record_where_compiler *compiler, const struct feel_node *node,
                      struct record_where_term *term)
{
    *term = (struct record_where_term){.node = node};
    if (!names_field(compiler, node)) {
        term->value = constant_of(compiler, node);
        return term->value != NULL;
    }
    if (node->kind != FEEL_NODE_NAME)
        return record_where_part_refuse(compiler, node,
                                        "a field stands in it: fields are compared as they are, "
                                        "with other fields or with values") != NULL;
    term->field = register_type_field(compiler->type, node->name);
    return term->field->slot >= 0 ||
           record_where_part_refuse(compiler, node, "%.*s is not indexed: one cannot filter by it",
                                    STR_ARG(node->name)) != NULL;
}

static enum query_op op_of(enum feel_operator operator)
{
    static const enum query_op OPS[] = {
        [FEEL_EQUAL] = QUERY_EQ,   [FEEL_UNEQUAL] = QUERY_NE,
        [FEEL_LESS] = QUERY_LT,    [FEEL_LESS_OR_EQUAL] = QUERY_LE,
        [FEEL_GREATER] = QUERY_GT, [FEEL_GREATER_OR_EQUAL] = QUERY_GE,
    };

    return OPS[operator];
}

static struct record_where_part *join(struct record_where_compiler *compiler, bool is_any,
                                      struct record_where_part *one,
                                      struct record_where_part *other)
{
    return record_where_part_join(compiler, is_any, one, other);
}

static struct record_where_part *compile_constant(struct record_where_compiler *compiler,
                                                  const struct feel_node *node, bool want)
{
    const struct feel_value *value = constant_of(compiler, node);

    if (value == NULL)
        return NULL;
    if (value->kind != FEEL_BOOLEAN && value->kind != FEEL_NULL)
        return record_where_part_refuse(compiler, node, "this is a %s, and no condition",
                                        feel_value_word(value->kind));
    return record_where_part_constant(compiler,
                                      value->kind == FEEL_BOOLEAN && value->boolean == want);
}

static struct record_where_part *compile_name(struct record_where_compiler *compiler,
                                              const struct feel_node *node, bool want)
{
    struct record_where_term constant = {.value = &feel_true, .node = node};
    struct record_where_term term;

    if (!read_term(compiler, node, &term))
        return NULL;
    if (term.field->type != FIELD_BOOL)
        return record_where_part_refuse(
            compiler, node, "%.*s is no yes or no: compare it with something", STR_ARG(node->name));
    if (want)
        return record_where_part_compare(compiler, QUERY_EQ, &term, &constant, true);
    /* Null is neither true nor false. */
    constant.value = &feel_false;
    return record_where_part_compare(compiler, QUERY_EQ, &term, &constant, true);
}

static struct record_where_part *compile_compare(struct record_where_compiler *compiler,
                                                 const struct feel_node *node, bool want)
{
    struct record_where_term one, other;

    if (!read_term(compiler, node->items[0], &one) || !read_term(compiler, node->items[1], &other))
        return NULL;
    return record_where_part_compare(compiler, op_of(node->operator), &one, &other, want);
}

/* a >= b, where both may be constants. */
static struct record_where_part *compare_any(struct record_where_compiler *compiler,
                                             enum query_op op, const struct record_where_term *one,
                                             const struct record_where_term *other, bool want)
{
    int order;

    if (one->field != NULL || other->field != NULL)
        return record_where_part_compare(compiler, op, one, other, want);
    if (!feel_value_compare(one->value, other->value, &order))
        return record_where_part_constant(compiler, false);
    return record_where_part_constant(compiler, (op == QUERY_GE ? order >= 0 : order <= 0) == want);
}

static struct record_where_part *compile_between(struct record_where_compiler *compiler,
                                                 const struct feel_node *node, bool want)
{
    struct record_where_term term, low, high;
    struct record_where_part *part;

    if (!read_term(compiler, node->items[0], &term) || !read_term(compiler, node->items[1], &low) ||
        !read_term(compiler, node->items[2], &high))
        return NULL;
    part = join(compiler, !want, compare_any(compiler, QUERY_GE, &term, &low, want),
                compare_any(compiler, QUERY_LE, &term, &high, want));
    if (want)
        return part;
    /* It is false only when all three are there. */
    part = join(compiler, false, part, record_where_part_null(compiler, &term, false));
    part = join(compiler, false, part, record_where_part_null(compiler, &low, false));
    return join(compiler, false, part, record_where_part_null(compiler, &high, false));
}

/* Null is no bound, and nothing that could be within: then no answer is true or false. */
static bool has_null_end(const struct feel_range *range)
{
    return (range->low == NULL && (range->has_low || range->high == NULL)) ||
           (range->high == NULL && range->has_high);
}

/* "(!= 5)": all but the end, which stands on both sides. */
static struct record_where_part *test_outside(struct record_where_compiler *compiler,
                                              const struct record_where_term *field,
                                              const struct record_where_term *end, bool want)
{
    return join(compiler, want,
                record_where_part_compare(compiler, want ? QUERY_LT : QUERY_GE, field, end, true),
                record_where_part_compare(compiler, want ? QUERY_GT : QUERY_LE, field, end, true));
}

static struct record_where_part *test_range(struct record_where_compiler *compiler,
                                            const struct record_where_term *field,
                                            const struct feel_node *node,
                                            const struct feel_range *range, bool want)
{
    struct record_where_part *part = record_where_part_constant(compiler, want);
    struct record_where_term end = {.node = node, .value = range->low};

    if (has_null_end(range))
        return record_where_part_constant(compiler, false);
    if (range->is_outside)
        return test_outside(compiler, field, &end, want);
    if (range->low != NULL) {
        part = join(compiler, !want, part,
                    record_where_part_compare(compiler, range->has_low ? QUERY_GE : QUERY_GT, field,
                                              &end, want));
    }
    if (range->high != NULL) {
        end.value = range->high;
        part = join(compiler, !want, part,
                    record_where_part_compare(compiler, range->has_high ? QUERY_LE : QUERY_LT,
                                              field, &end, want));
    }
    return part;
}

/* An item of a list: it matches, or it does not; null is no answer here. */
static struct record_where_part *test_item(struct record_where_compiler *compiler,
                                           const struct record_where_term *field,
                                           const struct record_where_term *item, bool want)
{
    struct record_where_part *part;

    if (item->value->kind != FEEL_RANGE)
        return record_where_part_compare(compiler, QUERY_EQ, field, item, want);
    if (!want && has_null_end(&item->value->range))
        return record_where_part_constant(compiler, true);
    part = test_range(compiler, field, item->node, &item->value->range, want);
    return want ? part : join(compiler, true, part, record_where_part_null(compiler, field, true));
}

/* Values of which one is enough are one condition, which goes by the index. */
static bool can_be_among(const struct record_where_term *field, const struct feel_value *value)
{
    return field->field->type != FIELD_TEXT && field->field->type != FIELD_MOMENT &&
           value->kind != FEEL_RANGE && value->kind != FEEL_NULL;
}

static struct record_where_part *test_list(struct record_where_compiler *compiler,
                                           const struct record_where_term *field,
                                           const struct feel_node *node,
                                           const struct feel_list *list, bool want)
{
    const struct feel_value **values =
        ARENA_ARRAY(compiler->arena, const struct feel_value *, list->count + 1);
    struct record_where_part *part = record_where_part_constant(compiler, !want);
    size_t count = 0;

    if (list->count > RECORD_LIST_VALUES_MAX)
        return record_where_part_refuse(compiler, node, "at most %d values in a list",
                                        RECORD_LIST_VALUES_MAX);
    for (size_t i = 0; i < list->count && part != NULL; i++) {
        struct record_where_term item = {.value = list->items[i], .node = node};

        if (want && can_be_among(field, item.value))
            values[count++] = item.value;
        else
            part = join(compiler, want, part, test_item(compiler, field, &item, want));
    }
    return count == 0 || part == NULL
               ? part
               : join(compiler, true, record_where_part_among(compiler, field, values, count),
                      part);
}

static struct record_where_part *test_value(struct record_where_compiler *compiler,
                                            const struct record_where_term *field,
                                            const struct feel_node *test, bool want)
{
    struct record_where_term constant;

    if (!read_term(compiler, test, &constant))
        return NULL;
    if (constant.field == NULL && constant.value->kind == FEEL_LIST)
        return test_list(compiler, field, test, &constant.value->list, want);
    if (constant.field == NULL && constant.value->kind == FEEL_RANGE)
        return test_range(compiler, field, test, &constant.value->range, want);
    if (constant.field == NULL && constant.value->kind == FEEL_BOOLEAN &&
        test->kind != FEEL_NODE_LITERAL)
        return record_where_part_refuse(compiler, test, "compare it with true or false");
    return record_where_part_compare(compiler, QUERY_EQ, field, &constant, want);
}

static struct record_where_part *test_one(struct record_where_compiler *compiler,
                                          const struct record_where_term *field,
                                          const struct feel_node *test, bool want)
{
    struct record_where_term end;

    if (test->kind == FEEL_NODE_ANY)
        return record_where_part_constant(compiler, want);
    if (test->is_test)
        return record_where_part_refuse(compiler, test, "\"?\" cannot stand in a filter");
    if (test->kind != FEEL_NODE_UNARY)
        return test_value(compiler, field, test, want);
    if (!read_term(compiler, test->items[0], &end))
        return NULL;
    return record_where_part_compare(compiler, op_of(test->operator), field, &end, want);
}

static struct record_where_part *compile_in(struct record_where_compiler *compiler,
                                            const struct feel_node *node, bool want)
{
    const struct feel_node *tests = node->items[1];
    struct record_where_part *part;
    struct record_where_term field;
    bool is_any;

    if (!read_term(compiler, node->items[0], &field))
        return NULL;
    if (field.field == NULL)
        return record_where_part_refuse(compiler, node, "a field stands before \"in\"");
    if (tests->kind != FEEL_NODE_TESTS)
        return test_one(compiler, &field, tests, want);
    is_any = want != tests->is_negated;
    part = record_where_part_constant(compiler, !is_any);
    for (size_t i = 0; i < tests->count && part != NULL; i++)
        part = join(compiler, is_any, part, test_one(compiler, &field, tests->items[i], is_any));
    return part;
}

static bool is_not(const struct record_where_compiler *compiler, const struct feel_node *node)
{
    return node->count == 2 && node->items[0]->kind == FEEL_NODE_NAME &&
           str_equal(node->items[0]->name, STR("not")) &&
           register_type_field(compiler->type, STR("not")) == NULL;
}

static struct record_where_part *compile_kind(struct record_where_compiler *compiler,
                                              const struct feel_node *node, bool want)
{
    bool is_and = node->kind == FEEL_NODE_AND;
    struct record_where_part *left;

    if (!names_field(compiler, node))
        return compile_constant(compiler, node, want);
    if (is_and || node->kind == FEEL_NODE_OR) {
        left = compile(compiler, node->items[0], want);
        return left == NULL
                   ? NULL
                   : join(compiler, is_and != want, left, compile(compiler, node->items[1], want));
    }
    if (node->kind == FEEL_NODE_COMPARE)
        return compile_compare(compiler, node, want);
    if (node->kind == FEEL_NODE_BETWEEN)
        return compile_between(compiler, node, want);
    if (node->kind == FEEL_NODE_IN)
        return compile_in(compiler, node, want);
    if (node->kind == FEEL_NODE_NAME)
        return compile_name(compiler, node, want);
    if (node->kind == FEEL_NODE_CALL && is_not(compiler, node))
        return compile(compiler, node->items[1], !want);
    return record_where_part_refuse(compiler, node,
                                    "a filter is made of = != < <= > >= between in and or not()");
}

static struct record_where_part *compile(struct record_where_compiler *compiler,
                                         const struct feel_node *node, bool want)
{
    struct record_where_part *part = compile_kind(compiler, node, want);

    return part == NULL || part->depth <= RECORD_WHERE_PART_DEPTH_MAX
               ? part
               : record_where_part_refuse(compiler, node, "less nesting is possible");
}

static void gather_fields(struct record_where *where, const struct feel_node *node)
{
    const struct register_field *field =
        node->kind == FEEL_NODE_NAME ? register_type_field(where->type, node->name) : NULL;
    bool is_known = field == NULL;

    for (size_t i = 0; i < where->field_count; i++)
        is_known |= where->fields[i] == field;
    if (!is_known)
        where->fields[where->field_count++] = field;
    for (size_t i = 0; i < node->count; i++)
        gather_fields(where, node->items[i]);
}

const struct feel_value *record_where_user(struct arena *arena, struct str login, int64_t person)
{
    struct feel_entry *members = ARENA_ARRAY(arena, struct feel_entry, 2);

    members[0] = (struct feel_entry){STR("login"), feel_value_text(arena, login)};
    members[1] = (struct feel_entry){STR("person"), feel_value_text(arena, id_text(arena, person))};
    return feel_value_context(arena, members, 2);
}

static bool has_member(const struct feel_value *context, struct str name)
{
    for (size_t i = 0; i < context->context.count; i++)
        if (str_equal(context->context.entries[i].name, name))
            return true;
    return false;
}

/* user stands for nothing itself, and what it does not have would be null without a word. */
static bool check_given(struct record_where_compiler *compiler, const struct feel_node *node)
{
    struct str given = compiler->given.name;
    bool is_path = node->kind == FEEL_NODE_PATH && node->items[0]->kind == FEEL_NODE_NAME &&
                   str_equal(node->items[0]->name, given);

    if (is_path && has_member(compiler->given.value, node->name))
        return true;
    if (is_path || (node->kind == FEEL_NODE_NAME && str_equal(node->name, given)))
        return record_where_part_refuse(compiler, is_path ? node->items[0] : node,
                                        str_equal(given, USER)
                                            ? "of who asks there are user.login and user.person"
                                            : "input.NAME is an input of the task, and it has no "
                                              "input of that name") != NULL;
    for (size_t i = 0; i < node->count; i++)
        if (!check_given(compiler, node->items[i]))
            return false;
    return true;
}

static bool parse_tree(struct record_where_compiler *compiler, struct str text,
                       struct feel_node **tree)
{
    struct feel_scope *scope = record_feel_scope(compiler->arena, compiler->type);

    if (compiler->given.value != NULL)
        feel_scope_add(scope, compiler->given.name);
    return record_feel_parse_in(scope, compiler->type, text, tree, compiler->err) &&
           (compiler->given.value == NULL || check_given(compiler, *tree));
}

/* A field of that name is meant. */
static struct feel_entry given_of(const struct register_type *type,
                                  const struct record_where_asker *asker)
{
    struct feel_entry given = asker->input != NULL ? (struct feel_entry){INPUT, asker->input}
                                                   : (struct feel_entry){USER, asker->user};

    if (register_type_field(type, given.name) != NULL)
        given.value = NULL;
    return given;
}

bool record_where_parse_as(struct arena *arena, const struct register_type *type, struct str text,
                           const struct record_where_asker *asker,
                           const struct record_where **where, struct err *err)
{
    struct record_where_compiler compiler = {.arena = arena,
                                             .type = type,
                                             .run = feel_run_new_at(arena, asker->clock),
                                             .given = given_of(type, asker),
                                             .err = err};
    struct record_where *made = ARENA_NEW(arena, struct record_where);
    struct feel_node *tree;

    if (text.len > RECORD_WHERE_BYTES_MAX)
        return err_set(err, ERR_INPUT, "a filter has at most %d bytes", RECORD_WHERE_BYTES_MAX);
    if (!parse_tree(&compiler, text, &tree))
        return false;
    made->type = type;
    made->clock = asker->clock;
    made->given = compiler.given;
    made->tree = tree;
    made->part = compile(&compiler, tree, true);
    if (made->part == NULL)
        return false;
    made->fields = ARENA_ARRAY(arena, const struct register_field *, type->field_count);
    gather_fields(made, tree);
    *where = made;
    return true;
}

bool record_where_parse(struct arena *arena, const struct register_type *type, struct str text,
                        struct feel_clock clock, const struct record_where **where, struct err *err)
{
    return record_where_parse_as(arena, type, text, &(struct record_where_asker){.clock = clock},
                                 where, err);
}

bool record_where_has_clock(const struct record_where *where)
{
    return record_feel_names_clock(where->type, where->tree);
}

bool record_where_holds(struct arena *arena, const struct record_where *where,
                        const struct json *value)
{
    struct feel_run *run = feel_run_new_at(arena, where->clock);
    struct feel_frame frame = {.entries = &where->given,
                               .count = where->given.value != NULL ? 1 : 0,
                               .item = record_feel_values(arena, where->type, value)};
    const struct feel_value *result = feel_eval(run, where->tree, &frame);

    return result->kind == FEEL_BOOLEAN && result->boolean;
}

const struct register_field *record_where_hidden(const struct record_where *where, unsigned classes)
{
    for (size_t i = 0; i < where->field_count; i++)
        if ((where->fields[i]->access & ~classes) != 0)
            return where->fields[i];
    return NULL;
}

/* Adding to a query. */

static struct query_place slot_of(const struct register_field *field)
{
    return (struct query_place){.column = (enum query_column)field->slot};
}

/* Slots hold texts folded; where the very text counts, it is in the body. */
static struct query_place exact_place(const struct register_field *field)
{
    struct query_place place = slot_of(field);

    if (field->type == FIELD_TEXT)
        place.member = field->name;
    return place;
}

static void add_text(const struct record_where_part *part, const struct tx *tx, struct query *query)
{
    struct query_place exact = exact_place(part->field);
    bool is_order = part->op != QUERY_EQ && part->op != QUERY_NE;

    /* Keys have another order. And blanks alone have none: then a natural key's slot is empty. */
    if (is_order || part->key.len == 0) {
        query_where_place(query, tx, exact, part->op, part->value);
        return;
    }
    /* Other keys, other texts; of one key only the body tells. */
    query_open(query, part->op == QUERY_NE);
    query_where(query, slot_of(part->field).column, part->op, TEXT(part->key));
    query_where_place(query, tx, exact, part->op, part->value);
    query_close(query);
}

/* An address, a number of a paper: few records have the same.  A code many have. */
static bool is_rare(const struct record_where_part *part)
{
    return part->kind == RECORD_WHERE_PART_VALUE && part->op == QUERY_EQ &&
           part->field->type == FIELD_TEXT && part->key.len > 0;
}

/* From that day on; above that number: half of a register may be so. */
static bool is_range(const struct record_where_part *part)
{
    return part->field->type != FIELD_TEXT && part->op >= QUERY_LT && part->op <= QUERY_GE;
}

static void add_value(const struct record_where_part *part, const struct tx *tx,
                      struct query *query)
{
    bool is_null_test = part->op == QUERY_IS_NULL || part->op == QUERY_NOT_NULL;

    if (part->field->type != FIELD_TEXT)
        query_where(query, slot_of(part->field).column, part->op, part->value);
    else if (!is_null_test)
        add_text(part, tx, query);
    else if (part->field->slot == QUERY_T1)
        query_where_place(query, tx, exact_place(part->field), part->op, NONE);
    else
        query_where(query, slot_of(part->field).column, part->op, NONE);
}

/* Codes are exact in their slots, texts are not: where one of two is a text, both are read from the
 * body. */
static void add_fields(const struct record_where_part *part, const struct tx *tx,
                       struct query *query)
{
    struct query_place one = exact_place(part->field), other = exact_place(part->other);

    if (one.member.len > 0)
        other.member = part->other->name;
    else if (other.member.len > 0)
        one.member = part->field->name;
    query_where_places(query, tx, one, part->op, other);
}

/* has_rare: it stands beside what leaves few records. */
static void add_part(const struct record_where_part *part, const struct tx *tx, bool has_rare,
                     struct query *query)
{
    switch (part->kind) {
    case RECORD_WHERE_PART_ALWAYS:
    case RECORD_WHERE_PART_NEVER:
        query_where_constant(query, part->kind == RECORD_WHERE_PART_ALWAYS);
        break;
    case RECORD_WHERE_PART_ALL:
    case RECORD_WHERE_PART_ANY:
        query_open(query, part->kind == RECORD_WHERE_PART_ANY);
        for (size_t i = 0; i < part->count && part->kind == RECORD_WHERE_PART_ALL; i++)
            has_rare = has_rare || is_rare(part->items[i]);
        for (size_t i = 0; i < part->count; i++)
            add_part(part->items[i], tx, has_rare, query);
        query_close(query);
        break;
    case RECORD_WHERE_PART_VALUE:
        if (has_rare && is_range(part))
            query_where_beside(query, slot_of(part->field).column, part->op, part->value);
        else
            add_value(part, tx, query);
        break;
    case RECORD_WHERE_PART_AMONG:
        query_where_in(query, slot_of(part->field).column, part->values, part->count);
        break;
    case RECORD_WHERE_PART_FIELD:
        add_fields(part, tx, query);
        break;
    }
}

void record_where_add(const struct record_where *where, const struct tx *tx, struct query *query)
{
    add_part(where->part, tx, false, query);
}
