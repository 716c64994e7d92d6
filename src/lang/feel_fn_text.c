/* matches, replace, split: what takes regular expressions. */
#include "core/arena.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "lang/feel_arg.h"
#include "lang/feel_builtin.h"
#include "lang/feel_regex.h"

/* The pattern of an argument; false: a note says what is wrong with it. */
static bool open_regex(struct feel_run *run, struct str pattern, const struct feel_value *flags,
                       struct feel_regex **regex)
{
    struct err err = {0};
    struct str text = {0};

    if (flags != NULL && flags->kind != FEEL_NULL && !feel_arg_text(run, flags, &text))
        return false;
    if (feel_regex_open(run->arena, pattern, text, regex, &err))
        return true;
    (void)feel_run_null(run, "%s", err.text);
    return false;
}

static bool find(struct feel_run *run, struct feel_regex *regex, struct str text, size_t start,
                 struct feel_regex_match *match)
{
    struct err err = {0};
    bool found;

    if (!feel_run_step(run, 10 + (int64_t)(text.len - start) / 64))
        return false;
    if (feel_regex_find(regex, text, start, &found, match, &err))
        return found;
    run->is_over = true; /* it would take as long again */
    (void)feel_run_null(run, "%s", err.text);
    return false;
}

static const struct feel_value *fn_matches(struct feel_run *run,
                                           const struct feel_value *const *arguments, size_t count)
{
    CLEANUP(feel_regex_close) struct feel_regex *regex = NULL;
    struct feel_regex_match match;
    struct str text, pattern;
    bool found;

    if (!feel_arg_text(run, arguments[0], &text) || !feel_arg_text(run, arguments[1], &pattern) ||
        !open_regex(run, pattern, count > 2 ? arguments[2] : NULL, &regex))
        return &feel_null;
    found = find(run, regex, text, 0, &match);
    return run->is_over ? &feel_null : feel_value_boolean(found);
}

/* "$1" is a group, "\$" a dollar, "\\" a backslash; anything else is a fault (XPath, 7.6.3). */
static bool expand(struct buf *buf, struct str replacement, struct str text,
                   const struct feel_regex_match *match)
{
    for (size_t i = 0; i < replacement.len; i++) {
        char c = replacement.ptr[i];
        char next = i + 1 < replacement.len ? replacement.ptr[i + 1] : '\0';
        size_t group = (size_t)(next - '0');
        if (c != '\\' && c != '$') {
            buf_char(buf, c);
            continue;
        }
        i++;
        if (c == '\\' && next != '\\' && next != '$')
            return false;
        if (c == '$' && (next < '0' || next > '9'))
            return false;
        if (c == '\\')
            buf_char(buf, next);
        /* As many digits as there are groups of that number. */
        while (c == '$' && i + 1 < replacement.len && replacement.ptr[i + 1] >= '0' &&
               replacement.ptr[i + 1] <= '9' &&
               group * 10 + (size_t)(replacement.ptr[i + 1] - '0') < match->groups)
            group = group * 10 + (size_t)(replacement.ptr[++i] - '0');
        if (c == '$' && group < match->groups && match->begins[group] >= 0)
            buf_add(buf, str_slice(text, (size_t)match->begins[group],
                                   (size_t)(match->ends[group] - match->begins[group])));
    }
    return true;
}

static const struct feel_value *replace_all(struct feel_run *run, struct feel_regex *regex,
                                            struct str text, struct str replacement,
                                            bool is_literal)
{
    struct buf buf = {.arena = run->arena};
    struct feel_regex_match match;
    size_t at = 0;

    if (find(run, regex, (struct str){0}, 0, &match))
        return feel_run_null(run, "the pattern matches nothing at all");
    while (at <= text.len && find(run, regex, text, at, &match)) {
        size_t begin = (size_t)match.begins[0], end = (size_t)match.ends[0];
        buf_add(&buf, str_slice(text, at, begin - at));
        if (is_literal)
            buf_add(&buf, replacement);
        else if (!expand(&buf, replacement, text, &match))
            return feel_run_null(run, "in a replacement $ is followed by a digit, \\ by \\ or $");
        at = end;
        if (begin == end) { /* "\b"-like: go on behind the next character */
            struct str rest = str_slice(text, at, text.len);
            if (rest.len > 0)
                utf8_put(&buf, utf8_next(&rest));
            at = rest.len > 0 || at < text.len ? text.len - rest.len : text.len + 1;
        }
        if (!feel_run_step(run, (int64_t)(replacement.len / 256)))
            return &feel_null;
    }
    if (at < text.len)
        buf_add(&buf, str_slice(text, at, text.len));
    return run->is_over ? &feel_null : feel_value_text(run->arena, buf_str(&buf));
}

static const struct feel_value *fn_replace(struct feel_run *run,
                                           const struct feel_value *const *arguments, size_t count)
{
    CLEANUP(feel_regex_close) struct feel_regex *regex = NULL;
    const struct feel_value *flags = count > 3 ? arguments[3] : NULL;
    struct str text, pattern, replacement, letters = {0};

    if (!feel_arg_text(run, arguments[0], &text) || !feel_arg_text(run, arguments[1], &pattern) ||
        !feel_arg_text(run, arguments[2], &replacement) || !open_regex(run, pattern, flags, &regex))
        return &feel_null;
    if (flags != NULL && flags->kind == FEEL_STRING)
        letters = flags->text;
    return replace_all(run, regex, text, replacement, str_find_char(letters, 'q') < letters.len);
}

static const struct feel_value *fn_split(struct feel_run *run,
                                         const struct feel_value *const *arguments, size_t count)
{
    CLEANUP(feel_regex_close) struct feel_regex *regex = NULL;
    VEC(const struct feel_value *) parts = {0};
    struct feel_regex_match match;
    struct str text, pattern;
    size_t at = 0, from = 0;

    (void)count;
    if (!feel_arg_text(run, arguments[0], &text) || !feel_arg_text(run, arguments[1], &pattern) ||
        !open_regex(run, pattern, NULL, &regex))
        return &feel_null;
    while (from <= text.len && find(run, regex, text, from, &match)) {
        size_t begin = (size_t)match.begins[0], end = (size_t)match.ends[0];
        struct str rest = str_slice(text, end, text.len);
        if (begin == end) { /* between two characters: not at either end of the text */
            if (rest.len > 0)
                (void)utf8_next(&rest);
            from = text.len - rest.len + (rest.len == 0 ? 1 : 0);
            if (begin == at || begin == text.len)
                continue;
        } else {
            from = end;
        }
        VEC_PUSH(run->arena, &parts, feel_value_text(run->arena, str_slice(text, at, begin - at)));
        at = end;
    }
    VEC_PUSH(run->arena, &parts, feel_value_text(run->arena, str_slice(text, at, text.len)));
    return run->is_over ? &feel_null : feel_value_list(run->arena, parts.items, parts.count);
}

static const struct feel_builtin ROWS[] = {
    {"matches", "input, pattern, flags?", false, fn_matches},
    {"replace", "input, pattern, replacement, flags?", false, fn_replace},
    {"split", "string, delimiter", false, fn_split},
};

const struct feel_builtin_table feel_builtin_texts = {ROWS, ARRAY_LEN(ROWS)};
