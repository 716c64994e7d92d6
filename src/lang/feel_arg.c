#include "lang/feel_arg.h"

#include "core/arena.h"

const struct feel_value *feel_arg_single(const struct feel_value *value)
{
    while (value->kind == FEEL_LIST && value->list.count == 1)
        value = value->list.items[0];
    return value;
}

static bool wrong(struct feel_run *run, const char *wanted, const struct feel_value *value)
{
    (void)feel_run_null(run, "%s is wanted here, not %s", wanted, feel_value_word(value->kind));
    return false;
}

bool feel_arg_text(struct feel_run *run, const struct feel_value *value, struct str *text)
{
    value = feel_arg_single(value);
    if (value->kind != FEEL_STRING)
        return wrong(run, "a string", value);
    *text = value->text;
    return true;
}

bool feel_arg_number(struct feel_run *run, const struct feel_value *value,
                     struct feel_number *number)
{
    value = feel_arg_single(value);
    if (value->kind != FEEL_NUMBER)
        return wrong(run, "a number", value);
    *number = value->number;
    return true;
}

bool feel_arg_int(struct feel_run *run, const struct feel_value *value, int64_t *number)
{
    struct feel_number decimal;

    if (!feel_arg_number(run, value, &decimal))
        return false;
    if (feel_number_truncated(decimal, number))
        return true;
    (void)feel_run_null(run, "the number is too large here");
    return false;
}

bool feel_arg_list(struct feel_run *run, const struct feel_value *value, struct feel_list *list)
{
    const struct feel_value **items;

    if (value->kind == FEEL_LIST) {
        *list = value->list;
        return true;
    }
    if (value->kind == FEEL_NULL)
        return wrong(run, "a list", value);
    items = ARENA_ARRAY(run->arena, const struct feel_value *, 1);
    items[0] = value;
    *list = (struct feel_list){items, 1};
    return true;
}

bool feel_arg_items(struct feel_run *run, const struct feel_value *const *arguments, size_t count,
                    struct feel_list *list)
{
    const struct feel_value **items;

    if (count == 1)
        return feel_arg_list(run, arguments[0], list);
    items = ARENA_ARRAY(run->arena, const struct feel_value *, count);
    memcpy(items, arguments, count * sizeof *items);
    *list = (struct feel_list){items, count};
    return true;
}

bool feel_arg_context(struct feel_run *run, const struct feel_value *value,
                      const struct feel_value **context)
{
    *context = feel_arg_single(value);
    return (*context)->kind == FEEL_CONTEXT || wrong(run, "a context", *context);
}
