/* Contexts, and what asks about a single value: not, is. */
#include "core/arena.h"
#include "core/vec.h"
#include "lang/feel_arg.h"
#include "lang/feel_builtin.h"

static const struct feel_value *fn_not(struct feel_run *run,
                                       const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *value = feel_arg_single(arguments[0]);

    (void)count;
    if (value->kind != FEEL_BOOLEAN)
        return feel_run_null(run, "not() is of true and false");
    return feel_value_boolean(!value->boolean);
}

/* The same element of the same domain: with the same offset too, for what has one. */
static const struct feel_value *fn_is(struct feel_run *run,
                                      const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *a = arguments[0], *b = arguments[1];
    bool is_same;
    int order;

    (void)run;
    (void)count;
    if (a->kind != b->kind)
        return &feel_false;
    if (a->kind == FEEL_TIME || a->kind == FEEL_DATE_TIME)
        is_same = feel_value_compare(a, b, &order) && order == 0 &&
                  a->moment.zone.offset == b->moment.zone.offset;
    else
        is_same = feel_value_equal(a, b) == 1;
    return feel_value_boolean(is_same);
}

static const struct feel_value *find_path(const struct feel_value *value,
                                          const struct feel_list *keys, size_t at)
{
    const struct feel_value *member;

    if (at == keys->count)
        return value;
    if (keys->items[at]->kind != FEEL_STRING)
        return NULL;
    member = feel_value_find(value, keys->items[at]->text);
    return member == NULL ? NULL : find_path(member, keys, at + 1);
}

static const struct feel_value *
fn_get_value(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *context, *value;
    struct feel_list keys;

    (void)count;
    if (!feel_arg_context(run, arguments[0], &context) ||
        !feel_arg_list(run, arguments[1], &keys) || keys.count == 0)
        return &feel_null;
    value = find_path(context, &keys, 0);
    return value != NULL ? value : feel_run_null(run, "there is no such entry");
}

static const struct feel_value *
fn_get_entries(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *context, **items;

    (void)count;
    if (!feel_arg_context(run, arguments[0], &context) ||
        !feel_run_step(run, (int64_t)context->context.count))
        return &feel_null;
    items = ARENA_ARRAY(run->arena, const struct feel_value *, context->context.count);
    for (size_t i = 0; i < context->context.count; i++) {
        struct feel_entry *pair = ARENA_ARRAY(run->arena, struct feel_entry, 2);
        pair[0] = (struct feel_entry){
            STR_INIT("key"), feel_value_text(run->arena, context->context.entries[i].name)};
        pair[1] = (struct feel_entry){STR_INIT("value"), context->context.entries[i].value};
        items[i] = feel_value_context(run->arena, pair, 2);
    }
    return feel_value_list(run->arena, items, context->context.count);
}

/* A context with one entry set anew. */
static const struct feel_value *with_entry(struct feel_run *run, const struct feel_value *context,
                                           struct str name, const struct feel_value *value)
{
    size_t count = context->context.count, at = 0;
    struct feel_entry *entries = ARENA_ARRAY(run->arena, struct feel_entry, count + 1);

    (void)feel_run_step(run, 1 + (int64_t)count / 4);
    if (count > 0)
        memcpy(entries, context->context.entries, count * sizeof *entries);
    while (at < count && !str_equal(entries[at].name, name))
        at++;
    entries[at] = (struct feel_entry){name, value};
    return feel_value_context(run->arena, entries, MAX(count, at + 1));
}

/* Along a path; what is missing on the way is made. NULL: something on it is no context. */
static const struct feel_value *put_path(struct feel_run *run, const struct feel_value *context,
                                         const struct feel_list *keys, size_t at,
                                         const struct feel_value *value)
{
    const struct feel_value *inner;

    if (at == keys->count)
        return value;
    if (context->kind != FEEL_CONTEXT || keys->items[at]->kind != FEEL_STRING)
        return NULL;
    inner = feel_value_find(context, keys->items[at]->text);
    if (inner == NULL || (inner->kind == FEEL_NULL && at + 1 < keys->count))
        inner = at + 1 < keys->count ? NULL : &feel_null;
    if (inner == NULL)
        return NULL;
    inner = put_path(run, inner, keys, at + 1, value);
    return inner == NULL ? NULL : with_entry(run, context, keys->items[at]->text, inner);
}

static const struct feel_value *put(struct feel_run *run, const struct feel_value *const *arguments)
{
    const struct feel_value *context, *result;
    struct feel_list keys;

    if (!feel_arg_context(run, arguments[0], &context) || !feel_arg_list(run, arguments[1], &keys))
        return &feel_null;
    if (keys.count == 0 || keys.count > FEEL_RUN_DEPTH_MAX)
        return feel_run_null(run, "the key is missing");
    result = put_path(run, context, &keys, 0, arguments[2]);
    return result != NULL ? result : feel_run_null(run, "the keys lead nowhere");
}

static const struct feel_value *fn_put_path(struct feel_run *run,
                                            const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return put(run, arguments);
}

/* Called with "key:" it takes one key, no path. */
static const struct feel_value *fn_put_key(struct feel_run *run,
                                           const struct feel_value *const *arguments, size_t count)
{
    struct str key;

    (void)count;
    return feel_arg_text(run, arguments[1], &key) ? put(run, arguments) : &feel_null;
}

/* Later contexts win. */
static const struct feel_value *fn_merge(struct feel_run *run,
                                         const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *merged = feel_value_context(run->arena, NULL, 0);
    struct feel_list list;

    (void)count;
    if (!feel_arg_list(run, arguments[0], &list))
        return &feel_null;
    for (size_t i = 0; i < list.count; i++) {
        const struct feel_value *context;
        if (!feel_arg_context(run, list.items[i], &context))
            return &feel_null;
        for (size_t j = 0; j < context->context.count && !run->is_over; j++)
            merged = with_entry(run, merged, context->context.entries[j].name,
                                context->context.entries[j].value);
    }
    return merged;
}

/* Of entries with "key" and "value", each key once. */
static const struct feel_value *fn_context(struct feel_run *run,
                                           const struct feel_value *const *arguments, size_t count)
{
    VEC(struct feel_entry) entries = {0};
    struct feel_list list;

    (void)count;
    if (!feel_arg_list(run, arguments[0], &list) ||
        !feel_run_step(run, (int64_t)(list.count * list.count / 16)))
        return &feel_null;
    for (size_t i = 0; i < list.count; i++) {
        const struct feel_value *key = feel_value_find(list.items[i], STR("key"));
        const struct feel_value *value = feel_value_find(list.items[i], STR("value"));
        if (key == NULL || key->kind != FEEL_STRING || value == NULL)
            return feel_run_null(run, "an entry has a key, a string, and a value");
        for (size_t j = 0; j < entries.count; j++)
            if (str_equal(entries.items[j].name, key->text))
                return feel_run_null(run, "the key \"%.*s\" stands twice", STR_ARG(key->text));
        VEC_PUSH(run->arena, &entries, (struct feel_entry){key->text, value});
    }
    return feel_value_context(run->arena, entries.items, entries.count);
}

static const struct feel_builtin ROWS[] = {
    {"not", "negand", false, fn_not},
    {"is", "value1, value2", false, fn_is},
    {"get value", "m, key", false, fn_get_value},
    {"get value", "context, keys", false, fn_get_value},
    {"get entries", "m", false, fn_get_entries},
    {"context put", "context, keys, value", false, fn_put_path},
    {"context put", "context, key, value", false, fn_put_key},
    {"context merge", "contexts", false, fn_merge},
    {"context", "entries", false, fn_context},
};

const struct feel_builtin_table feel_builtin_contexts = {ROWS, ARRAY_LEN(ROWS)};
