/*
 * Comparisons.  FEEL's "=" and "!=" say true or false whatever is null; "<" and its like say null
 * when one side is.  A number, moment or text that no slot can hold is put between two that can.
 */
#include "registry/record_where_part.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/id.h"
#include "core/utf8.h"
#include "lang/feel_time.h"

struct record_where_part *record_where_part_refuse(struct record_where_compiler *compiler,
                                                   const struct feel_node *node, const char *format,
                                                   ...)
{
    char text[ERR_TEXT_MAX / 2];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)err_set(compiler->err, ERR_INPUT, "line %d, column %d: %s", node->line, node->column,
                  text);
    return NULL;
}

static struct record_where_part *new_part(struct record_where_compiler *compiler,
                                          enum record_where_part_kind kind)
{
    struct record_where_part *part = ARENA_NEW(compiler->arena, struct record_where_part);

    part->kind = kind;
    part->depth = 1;
    return part;
}

struct record_where_part *record_where_part_constant(struct record_where_compiler *compiler,
                                                     bool holds)
{
    return new_part(compiler, holds ? RECORD_WHERE_PART_ALWAYS : RECORD_WHERE_PART_NEVER);
}

/* The items of one that is of that kind itself, so that long chains stay flat. */
static void add_items(struct record_where_part *to, struct record_where_part *from)
{
    if (from->kind == to->kind) {
        memcpy(to->items + to->count, from->items,
               from->count * sizeof(struct record_where_part *));
        to->count += from->count;
        to->depth = MAX(to->depth, from->depth);
        return;
    }
    to->items[to->count++] = from;
    to->depth = MAX(to->depth, from->depth + 1);
}

static size_t width_of(const struct record_where_part *part, enum record_where_part_kind kind)
{
    return part->kind == kind ? part->count : 1;
}

struct record_where_part *record_where_part_join(struct record_where_compiler *compiler,
                                                 bool is_any, struct record_where_part *one,
                                                 struct record_where_part *other)
{
    enum record_where_part_kind kind = is_any ? RECORD_WHERE_PART_ANY : RECORD_WHERE_PART_ALL;
    /* What decides all of it, and what says nothing in it. */
    enum record_where_part_kind ends = is_any ? RECORD_WHERE_PART_ALWAYS : RECORD_WHERE_PART_NEVER;
    enum record_where_part_kind empty = is_any ? RECORD_WHERE_PART_NEVER : RECORD_WHERE_PART_ALWAYS;
    struct record_where_part *part;

    if (one == NULL || other == NULL)
        return NULL;
    if (one->kind == ends || other->kind == empty)
        return one;
    if (other->kind == ends || one->kind == empty)
        return other;
    part = new_part(compiler, kind);
    part->items = ARENA_ARRAY(compiler->arena, struct record_where_part *,
                              width_of(one, kind) + width_of(other, kind));
    add_items(part, one);
    add_items(part, other);
    return part;
}

struct record_where_part *record_where_part_null(struct record_where_compiler *compiler,
                                                 const struct record_where_term *term, bool is_null)
{
    struct record_where_part *part;

    if (term->field == NULL)
        return record_where_part_constant(compiler, feel_value_is_null(term->value) == is_null);
    part = new_part(compiler, RECORD_WHERE_PART_VALUE);
    part->field = term->field;
    part->op = is_null ? QUERY_IS_NULL : QUERY_NOT_NULL;
    return part;
}

static struct record_where_part *compare_value(struct record_where_compiler *compiler,
                                               const struct record_where_term *field,
                                               enum query_op op, struct store_arg value)
{
    struct record_where_part *part = new_part(compiler, RECORD_WHERE_PART_VALUE);

    part->field = field->field;
    part->op = op;
    part->value = value;
    if (field->field->type == FIELD_TEXT) {
        struct buf key = {.arena = compiler->arena};

        utf8_key(&key, value.text);
        part->key = buf_str(&key);
    }
    return part;
}

/* A value as a slot would hold it. */
struct slotted {
    struct store_arg value; /* when it is not exact: the greatest below it */
    bool is_exact;
    int beyond; /* -1: below all that a slot can hold, 1: above */
};

static void slot_number(struct feel_number number, int scale, struct slotted *slotted)
{
    struct feel_number units, whole;
    int64_t power = 1;

    for (int i = 0; i < scale; i++)
        power *= 10;
    /* A product too large for a slot is too large whatever its last digits were. */
    if (!feel_number_multiply(number, feel_number_from_int(power), &units) ||
        !feel_number_round(units, 0, FEEL_ROUND_DOWN, &whole) ||
        !feel_number_int(whole, &slotted->value.number)) {
        slotted->beyond = feel_number_sign(number) < 0 ? -1 : 1;
        return;
    }
    slotted->is_exact = feel_number_compare(units, whole) == 0;
}

static void slot_moment(const struct feel_moment *moment, struct slotted *slotted)
{
    enum {
        SECOND_MS = 1000,
        MS_NANOS = 1000 * 1000,
    };
    int64_t seconds = feel_time_seconds(moment);

    if (__builtin_mul_overflow(seconds, SECOND_MS, &slotted->value.number) ||
        __builtin_add_overflow(slotted->value.number, moment->nano / MS_NANOS,
                               &slotted->value.number))
        slotted->beyond = seconds < 0 ? -1 : 1;
    slotted->is_exact = moment->nano % MS_NANOS == 0;
}

static const char *word_of(const struct register_field *field)
{
    switch (field->type) {
    case FIELD_INT:
    case FIELD_DECIMAL:
        return "a number";
    case FIELD_DAY:
        return "a date, as date(\"2026-03-09\")";
    case FIELD_MOMENT:
        return "a moment, as date and time(\"2026-03-09T09:00:00+03:00\")";
    case FIELD_BOOL:
        return "true or false";
    case FIELD_TEXT:
        return "a text in quotes";
    case FIELD_CODE:
        return "a code in quotes";
    case FIELD_REF:
        return "the id of a record in quotes";
    case FIELD_GEOMETRY:
    case FIELD_TEXTS:
    case FIELD_OTHER:
        break;
    }
    return "something else";
}

static bool slot_ref(struct arena *arena, struct str text, struct slotted *slotted)
{
    return id_parse(text, &slotted->value.number) &&
           str_equal(id_text(arena, slotted->value.number), text);
}

/* False when the two kinds do not go together. */
static bool slot_constant(struct arena *arena, const struct register_field *field,
                          const struct feel_value *value, struct slotted *slotted)
{
    *slotted = (struct slotted){.value = INT(0), .is_exact = true};
    switch (field->type) {
    case FIELD_INT:
    case FIELD_DECIMAL:
        if (value->kind == FEEL_NUMBER)
            slot_number(value->number, field->type == FIELD_INT ? 0 : field->scale, slotted);
        return value->kind == FEEL_NUMBER;
    case FIELD_DAY:
        slotted->value.number = value->kind == FEEL_DATE ? value->moment.day : 0;
        return value->kind == FEEL_DATE;
    case FIELD_MOMENT:
        if (value->kind == FEEL_DATE_TIME && value->moment.zone.kind == FEEL_ZONE_OFFSET)
            slot_moment(&value->moment, slotted);
        return value->kind == FEEL_DATE_TIME && value->moment.zone.kind == FEEL_ZONE_OFFSET;
    case FIELD_BOOL:
        slotted->value.number = value->kind == FEEL_BOOLEAN && value->boolean ? 1 : 0;
        return value->kind == FEEL_BOOLEAN;
    case FIELD_TEXT:
    case FIELD_CODE:
        if (value->kind == FEEL_STRING)
            slotted->value = TEXT(value->text);
        return value->kind == FEEL_STRING;
    case FIELD_REF:
        return value->kind == FEEL_STRING && slot_ref(arena, value->text, slotted);
    case FIELD_GEOMETRY:
    case FIELD_TEXTS:
    case FIELD_OTHER:
        break;
    }
    return false;
}

static bool is_order(enum query_op op)
{
    return op != QUERY_EQ && op != QUERY_NE;
}

static bool has_order(const struct register_field *field)
{
    return field->type != FIELD_BOOL && field->type != FIELD_REF;
}

/* What is true where op is false, both sides being there. */
static enum query_op opposite(enum query_op op)
{
    static const enum query_op OPPOSITES[] = {
        [QUERY_EQ] = QUERY_NE, [QUERY_NE] = QUERY_EQ, [QUERY_LT] = QUERY_GE,
        [QUERY_LE] = QUERY_GT, [QUERY_GT] = QUERY_LE, [QUERY_GE] = QUERY_LT,
    };

    return OPPOSITES[op];
}

/* The same with its sides changed. */
static enum query_op mirrored(enum query_op op)
{
    static const enum query_op MIRRORED[] = {
        [QUERY_EQ] = QUERY_EQ, [QUERY_NE] = QUERY_NE, [QUERY_LT] = QUERY_GT,
        [QUERY_LE] = QUERY_GE, [QUERY_GT] = QUERY_LT, [QUERY_GE] = QUERY_LE,
    };

    return MIRRORED[op];
}

/* field op value, where value lies between two of the slot's or beyond them all. */
static struct record_where_part *compare_inexact(struct record_where_compiler *compiler,
                                                 const struct record_where_term *field,
                                                 enum query_op op, const struct slotted *slotted)
{
    bool is_below = op == QUERY_LT || op == QUERY_LE;

    if (op == QUERY_EQ)
        return record_where_part_constant(compiler, false);
    if (op == QUERY_NE)
        return record_where_part_null(compiler, field, false);
    if (slotted->beyond == 0)
        return compare_value(compiler, field, is_below ? QUERY_LE : QUERY_GT, slotted->value);
    return (slotted->beyond > 0) == is_below ? record_where_part_null(compiler, field, false)
                                             : record_where_part_constant(compiler, false);
}

/* Moments are equal to the second: all that a slot holds of one. */
static struct record_where_part *compare_second(struct record_where_compiler *compiler,
                                                const struct record_where_term *field,
                                                bool is_equal, int64_t moment)
{
    enum {
        SECOND_MS = 1000,
    };
    int64_t rest = (moment % SECOND_MS + SECOND_MS) % SECOND_MS;
    int64_t last;

    if (__builtin_add_overflow(moment, SECOND_MS - 1 - rest, &last))
        last = INT64_MAX;
    return record_where_part_join(
        compiler, !is_equal,
        compare_value(compiler, field, is_equal ? QUERY_GE : QUERY_LT,
                      INT(moment < INT64_MIN + rest ? INT64_MIN : moment - rest)),
        compare_value(compiler, field, is_equal ? QUERY_LE : QUERY_GT, INT(last)));
}

static struct record_where_part *
compare_constant(struct record_where_compiler *compiler, const struct record_where_term *field,
                 enum query_op op, const struct record_where_term *constant, bool want)
{
    enum query_op wanted = want ? op : opposite(op);
    struct record_where_part *part;
    struct slotted slotted;

    if (feel_value_is_null(constant->value))
        return is_order(op) ? record_where_part_constant(compiler, false)
                            : record_where_part_null(compiler, field, wanted == QUERY_EQ);
    if (!slot_constant(compiler->arena, field->field, constant->value, &slotted))
        return record_where_part_refuse(compiler, constant->node,
                                        "%.*s is compared with %s, not with this %s",
                                        STR_ARG(field->field->name), word_of(field->field),
                                        feel_value_word(constant->value->kind));
    if (field->field->type == FIELD_MOMENT && !is_order(op) && slotted.beyond == 0)
        part = compare_second(compiler, field, wanted == QUERY_EQ, slotted.value.number);
    else
        part = slotted.is_exact && slotted.beyond == 0
                   ? compare_value(compiler, field, wanted, slotted.value)
                   : compare_inexact(compiler, field, wanted, &slotted);
    /* What is null is not equal to a value. */
    return wanted == QUERY_NE
               ? record_where_part_join(compiler, true,
                                        record_where_part_null(compiler, field, true), part)
               : part;
}

static bool is_text(const struct register_field *field)
{
    return field->type == FIELD_TEXT || field->type == FIELD_CODE;
}

static bool is_number(const struct register_field *field)
{
    return field->type == FIELD_INT || field->type == FIELD_DECIMAL;
}

static bool are_alike(const struct register_field *one, const struct register_field *other)
{
    if (is_number(one) && is_number(other))
        return one->scale == other->scale;
    return one->type == other->type || (is_text(one) && is_text(other));
}

static struct record_where_part *compare_fields(struct record_where_compiler *compiler,
                                                enum query_op op,
                                                const struct record_where_term *one,
                                                const struct record_where_term *other, bool want)
{
    enum query_op wanted = want ? op : opposite(op);
    struct record_where_part *part = new_part(compiler, RECORD_WHERE_PART_FIELD);
    struct record_where_part *nulls;

    if (!are_alike(one->field, other->field))
        return record_where_part_refuse(
            compiler, one->node,
            "%.*s and %.*s are not of one kind, or have not as many digits behind the point",
            STR_ARG(one->field->name), STR_ARG(other->field->name));
    if (one->field->type == FIELD_MOMENT && one->field != other->field && !is_order(op))
        return record_where_part_refuse(compiler, one->node,
                                        "moments of two fields are compared with < and >, for = "
                                        "is to the second");
    part->op = wanted;
    part->field = one->field;
    part->other = other->field;
    if (is_order(op))
        return part;
    /* Equal when both are null, unequal when one is. */
    nulls = record_where_part_join(compiler, false, record_where_part_null(compiler, one, true),
                                   record_where_part_null(compiler, other, wanted == QUERY_EQ));
    if (wanted == QUERY_NE)
        nulls = record_where_part_join(
            compiler, true, nulls,
            record_where_part_join(compiler, false, record_where_part_null(compiler, one, false),
                                   record_where_part_null(compiler, other, true)));
    return record_where_part_join(compiler, true, part, nulls);
}

struct record_where_part *record_where_part_compare(struct record_where_compiler *compiler,
                                                    enum query_op op,
                                                    const struct record_where_term *one,
                                                    const struct record_where_term *other,
                                                    bool want)
{
    const struct record_where_term *field = one->field != NULL ? one : other;

    if (++compiler->count > RECORD_WHERE_PARTS_MAX)
        return record_where_part_refuse(compiler, field->node, "at most %d comparisons",
                                        RECORD_WHERE_PARTS_MAX);
    if (is_order(op) && !has_order(field->field))
        return record_where_part_refuse(
            compiler, field->node,
            "%.*s has no order: compare it with = or !=", STR_ARG(field->field->name));
    if (one->field != NULL && other->field != NULL)
        return compare_fields(compiler, op, one, other, want);
    return one->field != NULL ? compare_constant(compiler, one, op, other, want)
                              : compare_constant(compiler, other, mirrored(op), one, want);
}

struct record_where_part *record_where_part_among(struct record_where_compiler *compiler,
                                                  const struct record_where_term *field,
                                                  const struct feel_value *const *values,
                                                  size_t count)
{
    struct store_arg *args = ARENA_ARRAY(compiler->arena, struct store_arg, count);
    struct record_where_part *part = new_part(compiler, RECORD_WHERE_PART_AMONG);

    for (size_t i = 0; i < count; i++) {
        struct slotted slotted;

        if (!slot_constant(compiler->arena, field->field, values[i], &slotted))
            return record_where_part_refuse(compiler, field->node,
                                            "%.*s is compared with %s, not with this %s",
                                            STR_ARG(field->field->name), word_of(field->field),
                                            feel_value_word(values[i]->kind));
        /* What no slot can hold is nobody's value. */
        if (slotted.is_exact && slotted.beyond == 0)
            args[part->count++] = slotted.value;
    }
    part->field = field->field;
    part->values = args;
    return part->count > 0 ? part : record_where_part_constant(compiler, false);
}
