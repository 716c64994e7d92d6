#include "lang/schema_rule.h"

#include "core/num.h"
#include "core/utf8.h"

enum {
    PAIRS_MAX = 8,    /* items that are compared each with each */
    DETAIL_MAX = 200, /* bytes of a list of what is allowed */
};

static bool flaw(const struct schema_case *at, struct str detail)
{
    return schema_node_flaw(at->walk, at->place, at->rule->keyword->name, detail);
}

static struct str canonical(struct arena *arena, const struct json *value)
{
    struct buf buf = {.arena = arena};

    json_canonical(&buf, value);
    return buf_str(&buf);
}

/* For people, so texts stand without quotes and a long list is cut. */
static struct str list_values(struct arena *arena, const struct json *array)
{
    struct buf list = {.arena = arena};

    for (const struct json *item = array->first; item != NULL; item = item->next) {
        struct str text = item->kind == JSON_STRING ? item->text : canonical(arena, item);

        if (list.len + text.len > DETAIL_MAX) {
            buf_add(&list, STR("…"));
            break;
        }
        buf_add(&list, text);
        if (item->next != NULL)
            buf_add(&list, STR(", "));
    }
    return buf_str(&list);
}

bool schema_rule_enum(const struct schema_case *at)
{
    for (const struct json *item = at->rule->argument->first; item != NULL; item = item->next)
        if (json_equal(item, at->value))
            return true;
    if (at->walk->flaws == NULL)
        return false;
    return flaw(at, list_values(at->walk->arena, at->rule->argument));
}

bool schema_rule_const(const struct schema_case *at)
{
    if (json_equal(at->rule->argument, at->value))
        return true;
    if (at->walk->flaws == NULL)
        return false;
    return flaw(at, canonical(at->walk->arena, at->rule->argument));
}

static int compare(const struct schema_case *at)
{
    return num_compare(at->value->text, at->rule->argument->text);
}

bool schema_rule_minimum(const struct schema_case *at)
{
    return compare(at) >= 0 || flaw(at, at->rule->argument->text);
}

bool schema_rule_maximum(const struct schema_case *at)
{
    return compare(at) <= 0 || flaw(at, at->rule->argument->text);
}

bool schema_rule_above(const struct schema_case *at)
{
    return compare(at) > 0 || flaw(at, at->rule->argument->text);
}

bool schema_rule_below(const struct schema_case *at)
{
    return compare(at) < 0 || flaw(at, at->rule->argument->text);
}

/*
 * By long division, digit by digit.  A canonical number ends in no noughts behind the
 * point, so one with more such digits than the divisor is no multiple of it.
 */
static bool is_multiple(struct str number, int64_t divisor, int64_t scale)
{
    size_t point = str_find_char(number, '.');
    size_t behind = point < number.len ? number.len - point - 1 : 0;
    int64_t rest = 0;

    if ((int64_t)behind > scale)
        return false;
    for (size_t i = 0; i < number.len; i++)
        if (number.ptr[i] >= '0' && number.ptr[i] <= '9')
            rest = (rest * 10 + (number.ptr[i] - '0')) % divisor;
    for (int64_t i = (int64_t)behind; i < scale; i++)
        rest = rest * 10 % divisor;
    return rest == 0;
}

bool schema_rule_multiple(const struct schema_case *at)
{
    struct buf plain = {.arena = at->walk->arena};

    if (num_canonical(&plain, at->value->text) &&
        is_multiple(buf_str(&plain), at->rule->count, at->rule->scale))
        return true;
    return flaw(at, at->rule->argument->text);
}

/* In code points; the bytes alone often tell. */
bool schema_rule_min_length(const struct schema_case *at)
{
    struct str text = at->value->text;

    if ((int64_t)text.len >= at->rule->count && (int64_t)utf8_length(text) >= at->rule->count)
        return true;
    return flaw(at, at->rule->argument->text);
}

bool schema_rule_max_length(const struct schema_case *at)
{
    struct str text = at->value->text;

    if ((int64_t)text.len <= at->rule->count || (int64_t)utf8_length(text) <= at->rule->count)
        return true;
    return flaw(at, at->rule->argument->text);
}

bool schema_rule_pattern(const struct schema_case *at)
{
    return pattern_matches(at->rule->pattern, at->value->text) ||
           flaw(at, at->rule->argument->text);
}

bool schema_rule_format(const struct schema_case *at)
{
    return at->rule->format(at->value->text) || flaw(at, at->rule->argument->text);
}

bool schema_rule_min_count(const struct schema_case *at)
{
    return (int64_t)at->value->count >= at->rule->count || flaw(at, at->rule->argument->text);
}

bool schema_rule_max_count(const struct schema_case *at)
{
    return (int64_t)at->value->count <= at->rule->count || flaw(at, at->rule->argument->text);
}

/* An equal item before this one. */
static bool is_repeated(const struct json *array, const struct json *item)
{
    for (const struct json *before = array->first; before != item; before = before->next)
        if (json_equal(before, item))
            return true;
    return false;
}

/* Long arrays go by their canonical texts, or a request could ask for 10^10 comparisons. */
bool schema_rule_unique(const struct schema_case *at)
{
    bool is_short = at->value->count <= PAIRS_MAX;
    CLEANUP(arena_close) struct arena *scratch = is_short ? NULL : arena_open(0);
    struct map seen = {.arena = scratch};
    struct schema_place place = {.up = at->place};

    if (at->rule->argument->kind == JSON_FALSE)
        return true;
    for (struct json *item = at->value->first; item != NULL; item = item->next, place.index++) {
        struct str key = is_short ? (struct str){0} : canonical(scratch, item);

        if (is_short ? is_repeated(at->value, item) : map_find(&seen, key) != NULL)
            return schema_node_flaw(at->walk, &place, "uniqueItems", (struct str){0});
        if (!is_short)
            map_put(&seen, key, item);
    }
    return true;
}

static bool demand(const struct schema_case *at, struct str name, struct str because)
{
    struct schema_place place = {.up = at->place, .name = name};

    return json_find(at->value, name) != NULL ||
           schema_node_flaw(at->walk, &place, at->rule->keyword->name, because);
}

bool schema_rule_required(const struct schema_case *at)
{
    bool fits = true;

    for (const struct json *name = at->rule->argument->first; name != NULL; name = name->next)
        fits &= demand(at, name->text, (struct str){0});
    return fits;
}

/* The flaw's detail is the member that demands the other. */
bool schema_rule_dependent(const struct schema_case *at)
{
    bool fits = true;

    for (const struct json *names = at->rule->argument->first; names != NULL; names = names->next) {
        if (json_find(at->value, names->name) == NULL)
            continue;
        for (const struct json *name = names->first; name != NULL; name = name->next)
            fits &= demand(at, name->text, names->name);
    }
    return fits;
}
