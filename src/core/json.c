#include "core/json.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/num.h"

enum {
    FIND_BY_WALK_MAX = 24, /* members up to which a walk is faster than a map */
};

struct json *json_find(const struct json *json, struct str name)
{
    if (json == NULL || json->kind != JSON_OBJECT)
        return NULL;
    for (struct json *member = json->first; member != NULL; member = member->next)
        if (str_equal(member->name, name))
            return member;
    return NULL;
}

static struct json *find_item(const struct json *array, struct str index)
{
    int64_t wanted;

    if (!num_parse_int(index, &wanted) || wanted < 0 || (uint64_t)wanted >= array->count)
        return NULL;

    struct json *item = array->first;
    for (int64_t i = 0; i < wanted; i++)
        item = item->next;
    return item;
}

struct json *json_at(const struct json *json, struct str path)
{
    struct str rest = path;
    /* The tree is the caller's; only what he may change he is given to change. */
    struct json *at = (struct json *)json;

    while (at != NULL && rest.len > 0) {
        struct str step = str_cut(&rest, '.');

        at = at->kind == JSON_ARRAY ? find_item(at, step) : json_find(at, step);
    }
    return at;
}

struct str json_text(const struct json *json)
{
    return json != NULL && json->kind == JSON_STRING ? json->text : (struct str){0};
}

struct str json_find_text(const struct json *json, struct str name)
{
    return json_text(json_find(json, name));
}

bool json_int(const struct json *json, int64_t *value)
{
    return json != NULL && json->kind == JSON_NUMBER &&
           (num_parse_int(json->text, value) || num_parse_scaled(json->text, 0, value));
}

int64_t json_find_int(const struct json *json, struct str name, int64_t otherwise)
{
    int64_t value;

    return json_int(json_find(json, name), &value) ? value : otherwise;
}

bool json_is_true(const struct json *json)
{
    return json != NULL && json->kind == JSON_TRUE;
}

/* Finds members of one object many times: by a map when it is large. */
struct finder {
    const struct json *object;
    struct map map;
};

static struct finder new_finder(struct arena *arena, const struct json *object)
{
    struct finder finder = {.object = object, .map = {.arena = arena}};

    if (object != NULL && object->kind == JSON_OBJECT && object->count > FIND_BY_WALK_MAX)
        for (struct json *member = object->first; member != NULL; member = member->next)
            map_put(&finder.map, member->name, member);
    return finder;
}

static struct json *find(const struct finder *finder, struct str name)
{
    return finder->map.count > 0 ? map_find(&finder->map, name) : json_find(finder->object, name);
}

static bool equal_items(const struct json *a, const struct json *b)
{
    const struct json *y = b->first;

    for (const struct json *x = a->first; x != NULL; x = x->next, y = y->next)
        if (!json_equal(x, y))
            return false;
    return true;
}

static bool equal_members(const struct json *a, const struct json *b)
{
    const struct json *x = a->first;
    const struct json *y = b->first;

    /* Mostly the order is the same. */
    for (; x != NULL && str_equal(x->name, y->name); x = x->next, y = y->next)
        if (!json_equal(x, y))
            return false;
    if (x == NULL)
        return true;

    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct finder finder = new_finder(scratch, b);
    for (; x != NULL; x = x->next) {
        y = find(&finder, x->name);
        if (y == NULL || !json_equal(x, y))
            return false;
    }
    return true;
}

bool json_equal(const struct json *a, const struct json *b)
{
    if (a == NULL || b == NULL || a->kind != b->kind || a->count != b->count)
        return a == b;
    switch (a->kind) {
    case JSON_NUMBER:
        return str_equal(a->text, b->text) || num_compare(a->text, b->text) == 0;
    case JSON_STRING:
        return str_equal(a->text, b->text);
    case JSON_ARRAY:
        return equal_items(a, b);
    case JSON_OBJECT:
        return equal_members(a, b);
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
        break;
    }
    return true;
}

struct json *json_new(struct arena *arena, enum json_kind kind)
{
    struct json *json = ARENA_NEW(arena, struct json);

    json->kind = kind;
    return json;
}

struct json *json_new_text(struct arena *arena, struct str text)
{
    struct json *json = json_new(arena, JSON_STRING);

    json->text = text;
    return json;
}

struct json *json_new_int(struct arena *arena, int64_t value)
{
    struct json *json = json_new(arena, JSON_NUMBER);
    struct buf buf = {.arena = arena};

    buf_int(&buf, value);
    json->text = buf_str(&buf);
    return json;
}

struct json *json_new_bool(struct arena *arena, bool value)
{
    return json_new(arena, value ? JSON_TRUE : JSON_FALSE);
}

static void append(struct json *parent, struct json *value)
{
    value->next = NULL;
    if (parent->last == NULL)
        parent->first = value;
    else
        parent->last->next = value;
    parent->last = value;
    parent->count++;
}

struct json *json_copy(struct arena *arena, const struct json *json)
{
    struct json *copy = json_new(arena, json->kind);

    if (json->text.len > 0)
        copy->text = str_copy(arena, json->text);
    if (json->name.len > 0)
        copy->name = str_copy(arena, json->name);
    for (const struct json *child = json->first; child != NULL; child = child->next)
        append(copy, json_copy(arena, child));
    return copy;
}

struct json *json_push(struct json *array, struct json *value)
{
    append(array, value);
    return value;
}

/* The link that points to the member of that name, or to the end. */
static struct json **find_link(struct json *object, struct str name, struct json **before)
{
    struct json **link = &object->first;

    *before = NULL;
    while (*link != NULL && !str_equal((*link)->name, name)) {
        *before = *link;
        link = &(*link)->next;
    }
    return link;
}

struct json *json_set(struct json *object, struct str name, struct json *value)
{
    struct json *before;
    struct json **link = find_link(object, name, &before);
    struct json *old = *link;

    value->name = name;
    if (old == NULL) {
        append(object, value);
    } else if (old != value) {
        value->next = old->next;
        *link = value;
        if (object->last == old)
            object->last = value;
    }
    return value;
}

void json_drop(struct json *object, struct str name)
{
    struct json *before;
    struct json **link = find_link(object, name, &before);
    struct json *old = *link;

    if (old == NULL)
        return;
    *link = old->next;
    if (object->last == old)
        object->last = before;
    object->count--;
}

void json_set_text(struct arena *arena, struct json *object, struct str name, struct str text)
{
    json_set(object, name, json_new_text(arena, text));
}

void json_set_int(struct arena *arena, struct json *object, struct str name, int64_t value)
{
    json_set(object, name, json_new_int(arena, value));
}

void json_set_bool(struct arena *arena, struct json *object, struct str name, bool value)
{
    json_set(object, name, json_new_bool(arena, value));
}

static void append_named(struct json *object, struct str name, struct json *value)
{
    value->name = name;
    append(object, value);
}

/* Members of target in their order, changed or dropped as the patch says. */
static void merge_old(struct arena *arena, struct json *result, const struct json *target,
                      const struct json *patch)
{
    struct finder changes = new_finder(arena, patch);

    for (const struct json *old = target->first; old != NULL; old = old->next) {
        const struct json *change = find(&changes, old->name);

        if (change == NULL)
            append(result, json_copy(arena, old));
        else if (change->kind != JSON_NULL)
            append_named(result, str_copy(arena, old->name), json_merge(arena, old, change));
    }
}

struct json *json_merge(struct arena *arena, const struct json *target, const struct json *patch)
{
    if (patch->kind != JSON_OBJECT)
        return json_copy(arena, patch);

    struct json *result = json_new(arena, JSON_OBJECT);
    const struct json *base = target != NULL && target->kind == JSON_OBJECT ? target : NULL;
    struct finder olds = new_finder(arena, base);

    if (base != NULL)
        merge_old(arena, result, base, patch);
    for (const struct json *change = patch->first; change != NULL; change = change->next)
        if (change->kind != JSON_NULL && find(&olds, change->name) == NULL)
            append_named(result, str_copy(arena, change->name), json_merge(arena, NULL, change));
    return result;
}
