#include "lang/schema_apply.h"

static bool flaw(const struct schema_case *at)
{
    return schema_node_flaw(at->walk, at->place, at->rule->keyword->name, (struct str){0});
}

static bool check(const struct schema_case *at, const struct schema *sub)
{
    return schema_node_check(at->walk, sub, at->value, at->place);
}

static bool fits(const struct schema_case *at, const struct schema *sub)
{
    return schema_node_fits(at->walk, sub, at->value, at->place);
}

bool schema_apply_all(const struct schema_case *at)
{
    bool ok = true;

    for (size_t i = 0; i < at->rule->sub_count; i++)
        ok &= check(at, at->rule->subs[i]);
    return ok;
}

/*
 * No branch fits.  Where only one takes this kind of value (text or null, a point or a
 * list of points) that one was meant, and its own flaws say more.
 */
static bool explain(const struct schema_case *at)
{
    const struct schema *meant = NULL;
    size_t count = 0;

    for (size_t i = 0; i < at->rule->sub_count; i++) {
        const struct schema *sub = at->rule->subs[i];

        if (!sub->is_never && schema_node_takes_kind(at->walk, sub, at->value)) {
            meant = sub;
            count++;
        }
    }
    return count == 1 ? check(at, meant) : flaw(at);
}

bool schema_apply_any(const struct schema_case *at)
{
    for (size_t i = 0; i < at->rule->sub_count; i++)
        if (fits(at, at->rule->subs[i]))
            return true;
    return explain(at);
}

bool schema_apply_one(const struct schema_case *at)
{
    size_t count = 0;

    for (size_t i = 0; i < at->rule->sub_count && count < 2; i++)
        count += fits(at, at->rule->subs[i]);
    if (count == 0)
        return explain(at);
    return count == 1 || flaw(at);
}

bool schema_apply_not(const struct schema_case *at)
{
    /* A stopped walk says no to everything, which here would be a yes. */
    return (!fits(at, at->rule->subs[0]) && !at->walk->is_stopped) || flaw(at);
}

bool schema_apply_if(const struct schema_case *at)
{
    const struct schema *schema = at->schema;
    const struct schema *then = fits(at, schema->condition) ? schema->then : schema->otherwise;

    return then == NULL || check(at, then);
}

bool schema_apply_dependent(const struct schema_case *at)
{
    struct schema *const *sub = at->rule->subs;
    bool ok = true;

    for (const struct json *member = at->rule->argument->first; member != NULL;
         member = member->next, sub++)
        if (json_find(at->value, member->name) != NULL)
            ok &= check(at, *sub);
    return ok;
}

static bool check_member(const struct schema_case *at, const struct json *member)
{
    const struct schema *schema = at->schema;
    struct schema_place place = {.up = at->place, .name = member->name};
    const struct schema *own = map_find(&schema->properties, member->name);
    bool is_known = own != NULL;
    bool ok = own == NULL || schema_node_check(at->walk, own, member, &place);

    for (size_t i = 0; i < schema->patterns.count; i++) {
        if (!pattern_matches(schema->patterns.items[i].pattern, member->name))
            continue;
        is_known = true;
        ok &= schema_node_check(at->walk, schema->patterns.items[i].schema, member, &place);
    }
    if (is_known || schema->additional == NULL)
        return ok;
    if (schema->additional->is_never)
        return schema_node_flaw(at->walk, &place, "additionalProperties", (struct str){0});
    return schema_node_check(at->walk, schema->additional, member, &place);
}

bool schema_apply_members(const struct schema_case *at)
{
    bool ok = true;

    for (const struct json *member = at->value->first; member != NULL; member = member->next) {
        ok &= check_member(at, member);
        if (!ok && (at->walk->flaws == NULL || at->walk->is_stopped))
            return false;
    }
    return ok;
}

bool schema_apply_names(const struct schema_case *at)
{
    bool ok = true;

    for (const struct json *member = at->value->first; member != NULL; member = member->next) {
        struct schema_place place = {.up = at->place, .name = member->name};
        struct json name = {.kind = JSON_STRING, .text = member->name};

        if (!schema_node_fits(at->walk, at->rule->subs[0], &name, &place))
            ok = schema_node_flaw(at->walk, &place, "propertyNames", (struct str){0});
    }
    return ok;
}

static bool is_evaluated(const struct schema_case *at, const struct schema *schema,
                         struct str name);

static bool evaluates(const struct schema_case *at, const struct schema *sub, struct str name)
{
    return sub != NULL && fits(at, sub) && is_evaluated(at, sub, name);
}

/* Whether one of a rule's schemas fits the object and evaluates the member. */
static bool rule_evaluates(const struct schema_case *at, const struct schema_rule *rule,
                           struct str name)
{
    bool (*apply)(const struct schema_case *) = rule->keyword->check;
    const struct json *on = apply == schema_apply_dependent ? rule->argument->first : NULL;

    if (apply != schema_apply_all && apply != schema_apply_any && apply != schema_apply_one &&
        apply != schema_apply_dependent)
        return false;
    for (size_t i = 0; i < rule->sub_count; i++) {
        bool applies = on == NULL || json_find(at->value, on->name) != NULL;

        if (applies && evaluates(at, rule->subs[i], name))
            return true;
        on = on == NULL ? NULL : on->next;
    }
    return false;
}

static bool if_evaluates(const struct schema_case *at, const struct schema *schema, struct str name)
{
    if (schema->condition == NULL)
        return false;
    if (!fits(at, schema->condition))
        return evaluates(at, schema->otherwise, name);
    return is_evaluated(at, schema->condition, name) || evaluates(at, schema->then, name);
}

/* Core 11.3: members that this schema, or one applied to the same object, has looked at. */
static bool is_evaluated(const struct schema_case *at, const struct schema *schema, struct str name)
{
    if (map_find(&schema->properties, name) != NULL || schema->additional != NULL)
        return true;
    for (size_t i = 0; i < schema->patterns.count; i++)
        if (pattern_matches(schema->patterns.items[i].pattern, name))
            return true;
    for (size_t i = 0; i < schema->rules.count; i++)
        if (rule_evaluates(at, &schema->rules.items[i], name))
            return true;
    return if_evaluates(at, schema, name);
}

bool schema_apply_unevaluated(const struct schema_case *at)
{
    bool ok = true;

    for (const struct json *member = at->value->first; member != NULL; member = member->next) {
        struct schema_place place = {.up = at->place, .name = member->name};

        if (!is_evaluated(at, at->schema, member->name))
            ok = schema_node_flaw(at->walk, &place, "unevaluatedProperties", (struct str){0});
    }
    return ok;
}

static const struct schema *schema_of_item(const struct schema *schema, size_t index)
{
    return index < schema->prefix.count ? schema->prefix.items[index] : schema->items;
}

bool schema_apply_items(const struct schema_case *at)
{
    struct schema_place place = {.up = at->place};
    bool ok = true;

    for (const struct json *item = at->value->first; item != NULL; item = item->next) {
        const struct schema *sub = schema_of_item(at->schema, place.index);

        if (sub == NULL)
            break;
        if (sub->is_never && sub == at->schema->items)
            ok = schema_node_flaw(at->walk, &place, "items", (struct str){0});
        else
            ok &= schema_node_check(at->walk, sub, item, &place);
        if (!ok && (at->walk->flaws == NULL || at->walk->is_stopped))
            return false;
        place.index++;
    }
    return ok;
}

bool schema_apply_contains(const struct schema_case *at)
{
    struct schema_place place = {.up = at->place};
    int64_t count = 0;

    for (const struct json *item = at->value->first; item != NULL; item = item->next) {
        count += schema_node_fits(at->walk, at->rule->subs[0], item, &place);
        place.index++;
    }
    return (count >= at->rule->count && count <= at->rule->scale) || flaw(at);
}
