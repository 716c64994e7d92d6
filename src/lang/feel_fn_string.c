/* Strings, by code points. */
#include "core/arena.h"
#include "core/utf8.h"
#include "lang/feel_arg.h"
#include "lang/feel_builtin.h"

static const struct feel_value *text_value(struct feel_run *run, struct str text)
{
    return feel_value_text(run->arena, text);
}

static const struct feel_value *fn_length(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    struct str text;

    (void)count;
    if (!feel_arg_text(run, arguments[0], &text))
        return &feel_null;
    return feel_value_int(run->arena, (int64_t)utf8_length(text));
}

/* From the start-th code point on, 1 being the first, -1 the last. */
static const struct feel_value *
fn_substring(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    struct str text;
    int64_t start, length = INT64_MAX, total;

    if (!feel_arg_text(run, arguments[0], &text) || !feel_arg_int(run, arguments[1], &start))
        return &feel_null;
    if (count > 2 && arguments[2]->kind != FEEL_NULL && !feel_arg_int(run, arguments[2], &length))
        return &feel_null;
    total = (int64_t)utf8_length(text);
    if (start < 0)
        start += total + 1;
    if (start < 1 || start > total || length < 1)
        return feel_run_null(run, "the text has no such part");
    struct str before = utf8_head(text, (size_t)(start - 1));
    struct str rest = str_slice(text, before.len, text.len);
    return text_value(run, length >= total ? rest : utf8_head(rest, (size_t)length));
}

static const struct feel_value *change_case(struct feel_run *run, const struct feel_value *value,
                                            uint32_t (*change)(uint32_t code))
{
    struct buf buf = {.arena = run->arena};
    struct str text;

    if (!feel_arg_text(run, value, &text))
        return &feel_null;
    while (text.len > 0)
        utf8_put(&buf, change(utf8_next(&text)));
    return text_value(run, buf_str(&buf));
}

static const struct feel_value *fn_upper(struct feel_run *run,
                                         const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return change_case(run, arguments[0], utf8_upper);
}

static const struct feel_value *fn_lower(struct feel_run *run,
                                         const struct feel_value *const *arguments, size_t count)
{
    (void)count;
    return change_case(run, arguments[0], utf8_lower);
}

static bool text_and_match(struct feel_run *run, const struct feel_value *const *arguments,
                           struct str *text, struct str *match)
{
    return feel_arg_text(run, arguments[0], text) && feel_arg_text(run, arguments[1], match);
}

static const struct feel_value *fn_before(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    struct str text, match;
    size_t at;

    (void)count;
    if (!text_and_match(run, arguments, &text, &match))
        return &feel_null;
    at = str_find(text, match);
    return text_value(run,
                      match.len > 0 && at < text.len ? str_slice(text, 0, at) : (struct str){0});
}

static const struct feel_value *fn_after(struct feel_run *run,
                                         const struct feel_value *const *arguments, size_t count)
{
    struct str text, match;
    size_t at;

    (void)count;
    if (!text_and_match(run, arguments, &text, &match))
        return &feel_null;
    at = match.len == 0 ? 0 : str_find(text, match);
    return text_value(run,
                      at < text.len ? str_slice(text, at + match.len, text.len) : (struct str){0});
}

static const struct feel_value *fn_contains(struct feel_run *run,
                                            const struct feel_value *const *arguments, size_t count)
{
    struct str text, match;

    (void)count;
    if (!text_and_match(run, arguments, &text, &match))
        return &feel_null;
    return feel_value_boolean(match.len == 0 || str_find(text, match) < text.len);
}

static const struct feel_value *fn_starts(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    struct str text, match;

    (void)count;
    if (!text_and_match(run, arguments, &text, &match))
        return &feel_null;
    return feel_value_boolean(str_starts(text, match));
}

static const struct feel_value *fn_ends(struct feel_run *run,
                                        const struct feel_value *const *arguments, size_t count)
{
    struct str text, match;

    (void)count;
    if (!text_and_match(run, arguments, &text, &match))
        return &feel_null;
    return feel_value_boolean(str_ends(text, match));
}

/* Nulls are left out. */
static const struct feel_value *fn_join(struct feel_run *run,
                                        const struct feel_value *const *arguments, size_t count)
{
    struct buf buf = {.arena = run->arena};
    struct feel_list list;
    struct str between = {0};
    bool is_first = true;

    if (!feel_arg_list(run, arguments[0], &list))
        return &feel_null;
    if (count > 1 && arguments[1]->kind != FEEL_NULL && !feel_arg_text(run, arguments[1], &between))
        return &feel_null;
    for (size_t i = 0; i < list.count; i++) {
        const struct feel_value *item = list.items[i];
        if (item->kind == FEEL_NULL)
            continue;
        if (item->kind != FEEL_STRING)
            return feel_run_null(run, "only strings are joined");
        if (!feel_run_step(run, 1 + (int64_t)(item->text.len + between.len) / 256))
            return &feel_null;
        if (!is_first)
            buf_add(&buf, between);
        buf_add(&buf, item->text);
        is_first = false;
    }
    return text_value(run, buf_str(&buf));
}

static const struct feel_builtin ROWS[] = {
    {"string length", "string", false, fn_length},
    {"substring", "string, start position, length?", false, fn_substring},
    {"upper case", "string", false, fn_upper},
    {"lower case", "string", false, fn_lower},
    {"substring before", "string, match", false, fn_before},
    {"substring after", "string, match", false, fn_after},
    {"contains", "string, match", false, fn_contains},
    {"starts with", "string, match", false, fn_starts},
    {"ends with", "string, match", false, fn_ends},
    {"string join", "list, delimiter?", false, fn_join},
};

const struct feel_builtin_table feel_builtin_strings = {ROWS, ARRAY_LEN(ROWS)};
