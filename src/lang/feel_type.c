#include "lang/feel_type.h"

#include "core/arena.h"
#include "lang/feel.h"

static const struct feel_type ANY = {.kind = FEEL_TYPE_ANY};
static const struct feel_type KINDS[FEEL_KINDS] = {
    [FEEL_NULL] = {.kind = FEEL_TYPE_PLAIN, .plain = FEEL_NULL},
    [FEEL_BOOLEAN] = {.kind = FEEL_TYPE_PLAIN, .plain = FEEL_BOOLEAN},
    [FEEL_NUMBER] = {.kind = FEEL_TYPE_PLAIN, .plain = FEEL_NUMBER},
    [FEEL_STRING] = {.kind = FEEL_TYPE_PLAIN, .plain = FEEL_STRING},
    [FEEL_DATE] = {.kind = FEEL_TYPE_PLAIN, .plain = FEEL_DATE},
    [FEEL_TIME] = {.kind = FEEL_TYPE_PLAIN, .plain = FEEL_TIME},
    [FEEL_DATE_TIME] = {.kind = FEEL_TYPE_PLAIN, .plain = FEEL_DATE_TIME},
    [FEEL_MONTHS] = {.kind = FEEL_TYPE_PLAIN, .plain = FEEL_MONTHS},
    [FEEL_SECONDS] = {.kind = FEEL_TYPE_PLAIN, .plain = FEEL_SECONDS},
    [FEEL_CONTEXT] = {.kind = FEEL_TYPE_CONTEXT},
    [FEEL_FUNCTION] = {.kind = FEEL_TYPE_PLAIN, .plain = FEEL_FUNCTION},
    [FEEL_LIST] = {.kind = FEEL_TYPE_LIST, .item = &ANY},
    [FEEL_RANGE] = {.kind = FEEL_TYPE_RANGE, .item = &ANY},
};
static const struct feel_type DURATION = {.kind = FEEL_TYPE_DURATION};

/* The names of the standard, and those of its older versions ("feel:dateTime"). */
static const struct str NAMES[] = {
    STR_INIT("Any"),
    STR_INIT("Null"),
    STR_INIT("null"),
    STR_INIT("boolean"),
    STR_INIT("number"),
    STR_INIT("string"),
    STR_INIT("date"),
    STR_INIT("time"),
    STR_INIT("date and time"),
    STR_INIT("dateTime"),
    STR_INIT("years and months duration"),
    STR_INIT("yearMonthDuration"),
    STR_INIT("days and time duration"),
    STR_INIT("dayTimeDuration"),
    STR_INIT("duration"),
    STR_INIT("context"),
};
static const struct feel_type *const TYPES[] = {
    &ANY,
    &KINDS[FEEL_NULL],
    &KINDS[FEEL_NULL],
    &KINDS[FEEL_BOOLEAN],
    &KINDS[FEEL_NUMBER],
    &KINDS[FEEL_STRING],
    &KINDS[FEEL_DATE],
    &KINDS[FEEL_TIME],
    &KINDS[FEEL_DATE_TIME],
    &KINDS[FEEL_DATE_TIME],
    &KINDS[FEEL_MONTHS],
    &KINDS[FEEL_MONTHS],
    &KINDS[FEEL_SECONDS],
    &KINDS[FEEL_SECONDS],
    &DURATION,
    &KINDS[FEEL_CONTEXT],
};

const struct feel_type *feel_type_any(void)
{
    return &ANY;
}

const struct str *feel_type_names(size_t *count)
{
    *count = ARRAY_LEN(NAMES);
    return NAMES;
}

const struct feel_type *feel_type_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
        if (str_equal(NAMES[i], name))
            return TYPES[i];
    return NULL;
}

static bool members_hold(const struct feel_type *type, const struct feel_value *value)
{
    if (value->kind != FEEL_CONTEXT)
        return false;
    for (size_t i = 0; i < type->count; i++) {
        const struct feel_value *member = feel_value_find(value, type->members[i].name);
        if (member == NULL ||
            (member->kind != FEEL_NULL && !feel_type_holds(type->members[i].type, member)))
            return false;
    }
    return true;
}

static bool ends_hold(const struct feel_type *type, const struct feel_value *value)
{
    return value->kind == FEEL_RANGE &&
           (value->range.low == NULL || feel_type_holds(type->item, value->range.low)) &&
           (value->range.high == NULL || feel_type_holds(type->item, value->range.high));
}

static bool takes(const struct feel_function *function, size_t at, const struct feel_type *type)
{
    const struct feel_type *taken = function->formals[at].type;

    return taken == NULL || feel_type_conforms(type, taken);
}

static bool gives(const struct feel_function *function, const struct feel_type *type)
{
    const struct feel_type *given =
        function->result != NULL ? function->result : function->inferred;

    return given == NULL || feel_type_conforms(given, type);
}

/* A function is of a type when it takes what the type's takes and gives no more than that. */
static bool signature_holds(const struct feel_type *type, const struct feel_value *value)
{
    const struct feel_function *function = value->function;

    if (value->kind != FEEL_FUNCTION)
        return false;
    if (function->is_variadic)
        return true;
    if (function->formal_count != type->count)
        return false;
    for (size_t i = 0; i < type->count; i++)
        if (!takes(function, i, type->members[i].type))
            return false;
    return gives(function, type->item);
}

static bool are_functions(const struct feel_value *list, size_t formal_count)
{
    for (size_t i = 0; i < list->list.count; i++) {
        const struct feel_value *item = list->list.items[i];
        if (item->kind != FEEL_FUNCTION || item->function->is_variadic ||
            item->function->formal_count != formal_count)
            return false;
    }
    return list->list.count > 0;
}

static bool same_types(const struct feel_type *a, const struct feel_type *b)
{
    a = a != NULL ? a : &ANY;
    b = b != NULL ? b : &ANY;
    return feel_type_conforms(a, b) && feel_type_conforms(b, a);
}

/* Functions in a list are of one type: where they take different things, they take anything. */
static bool signatures_hold(const struct feel_type *type, const struct feel_value *list)
{
    const struct feel_function *first = list->list.items[0]->function;

    for (size_t i = 0; i < list->list.count; i++)
        if (!gives(list->list.items[i]->function, type->item))
            return false;
    for (size_t at = 0; at < type->count; at++) {
        bool is_taken = true, is_same = true;
        for (size_t i = 0; i < list->list.count; i++) {
            const struct feel_function *function = list->list.items[i]->function;
            is_taken = is_taken && takes(function, at, type->members[at].type);
            is_same = is_same && same_types(function->formals[at].type, first->formals[at].type);
        }
        if (!is_taken && is_same)
            return false;
    }
    return true;
}

static bool items_hold(const struct feel_type *type, const struct feel_value *value)
{
    const struct feel_type *item = type->item;

    if (value->kind != FEEL_LIST)
        return false;
    while (item->kind == FEEL_TYPE_ALIAS)
        item = item->item;
    if (item->kind == FEEL_TYPE_FUNCTION && are_functions(value, item->count))
        return signatures_hold(item, value);
    for (size_t i = 0; i < value->list.count; i++)
        if (value->list.items[i]->kind != FEEL_NULL &&
            !feel_type_holds(type->item, value->list.items[i]))
            return false;
    return true;
}

bool feel_type_holds(const struct feel_type *type, const struct feel_value *value)
{
    while (type->kind == FEEL_TYPE_ALIAS)
        type = type->item;
    if (type->kind == FEEL_TYPE_ANY)
        return value->kind != FEEL_NULL;
    if (type->kind == FEEL_TYPE_PLAIN)
        return value->kind == type->plain;
    if (type->kind == FEEL_TYPE_DURATION)
        return value->kind == FEEL_MONTHS || value->kind == FEEL_SECONDS;
    if (type->kind == FEEL_TYPE_LIST)
        return items_hold(type, value);
    if (type->kind == FEEL_TYPE_RANGE)
        return ends_hold(type, value);
    if (type->kind == FEEL_TYPE_FUNCTION)
        return signature_holds(type, value);
    return members_hold(type, value);
}

static bool members_conform(const struct feel_type *type, const struct feel_type *to)
{
    for (size_t i = 0; i < to->count; i++) {
        bool is_good = false;
        for (size_t j = 0; j < type->count && !is_good; j++)
            is_good = str_equal(type->members[j].name, to->members[i].name) &&
                      feel_type_conforms(type->members[j].type, to->members[i].type);
        if (!is_good)
            return false;
    }
    return true;
}

static bool signature_conforms(const struct feel_type *type, const struct feel_type *to)
{
    if (type->count != to->count)
        return false;
    for (size_t i = 0; i < type->count; i++)
        if (!feel_type_conforms(to->members[i].type, type->members[i].type))
            return false;
    return feel_type_conforms(type->item, to->item);
}

bool feel_type_conforms(const struct feel_type *type, const struct feel_type *to)
{
    while (type->kind == FEEL_TYPE_ALIAS)
        type = type->item;
    while (to->kind == FEEL_TYPE_ALIAS)
        to = to->item;
    if (type == to || to->kind == FEEL_TYPE_ANY)
        return true;
    if (type->kind == FEEL_TYPE_PLAIN && type->plain == FEEL_NULL)
        return true;
    if (type->kind != to->kind)
        return false;
    if (type->kind == FEEL_TYPE_PLAIN)
        return type->plain == to->plain;
    if (type->kind == FEEL_TYPE_LIST || type->kind == FEEL_TYPE_RANGE)
        return feel_type_conforms(type->item, to->item);
    if (type->kind == FEEL_TYPE_FUNCTION)
        return signature_conforms(type, to);
    return type->kind != FEEL_TYPE_CONTEXT || members_conform(type, to);
}

static const struct feel_value *convert(struct feel_run *run, const struct feel_type *type,
                                        const struct feel_value *value);

static const struct feel_value *convert_items(struct feel_run *run, const struct feel_type *type,
                                              const struct feel_value *value)
{
    const struct feel_value **items =
        ARENA_ARRAY(run->arena, const struct feel_value *, value->list.count);

    for (size_t i = 0; i < value->list.count; i++) {
        const struct feel_value *item = value->list.items[i];
        items[i] = item->kind == FEEL_NULL ? item : convert(run, type->item, item);
        if (items[i] == NULL)
            return NULL;
    }
    return feel_value_list(run->arena, items, value->list.count);
}

/* Entries the type does not name stay as they are. */
static const struct feel_value *convert_members(struct feel_run *run, const struct feel_type *type,
                                                const struct feel_value *value)
{
    struct feel_entry *entries;
    size_t count = value->context.count;

    if (type->count == 0)
        return value;
    entries = ARENA_ARRAY(run->arena, struct feel_entry, count);
    memcpy(entries, value->context.entries, count * sizeof *entries);
    for (size_t i = 0; i < type->count; i++) {
        struct feel_entry *entry = NULL;
        for (size_t j = 0; j < count && entry == NULL; j++)
            if (str_equal(entries[j].name, type->members[i].name))
                entry = &entries[j];
        if (entry == NULL)
            return NULL;
        if (entry->value->kind != FEEL_NULL)
            entry->value = convert(run, type->members[i].type, entry->value);
        if (entry->value == NULL)
            return NULL;
    }
    return feel_value_context(run->arena, entries, count);
}

/* From now on it takes and gives what the type says. */
static const struct feel_value *convert_function(struct feel_run *run, const struct feel_type *type,
                                                 const struct feel_value *value)
{
    struct feel_function *function = ARENA_NEW(run->arena, struct feel_function);
    struct feel_parameter *formals;

    if (value->function->is_variadic)
        return value;
    *function = *value->function;
    formals = ARENA_ARRAY(run->arena, struct feel_parameter, function->formal_count);
    for (size_t i = 0; i < function->formal_count; i++) {
        formals[i] = function->formals[i];
        if (formals[i].type == NULL)
            formals[i].type = type->members[i].type;
    }
    function->formals = formals;
    if (function->result == NULL)
        function->result = type->item;
    return feel_value_function(run->arena, function);
}

/* A value of the right kind, its parts made right; NULL: it is of another. */
static const struct feel_value *convert_inside(struct feel_run *run, const struct feel_type *type,
                                               const struct feel_value *value)
{
    if (type->kind == FEEL_TYPE_LIST && value->kind == FEEL_LIST)
        return convert_items(run, type, value);
    if (type->kind == FEEL_TYPE_CONTEXT && value->kind == FEEL_CONTEXT)
        return convert_members(run, type, value);
    if (!feel_type_holds(type, value))
        return NULL;
    return type->kind == FEEL_TYPE_FUNCTION ? convert_function(run, type, value) : value;
}

/* Passes the tests of an item definition?  Null passes always: it is no value. */
static bool is_allowed(struct feel_run *run, const struct feel_node *tests,
                       const struct feel_value *value)
{
    return tests == NULL || feel_test(run, tests, value, NULL) == 1;
}

static bool all_allowed(struct feel_run *run, const struct feel_type *type,
                        const struct feel_value *value)
{
    if (type->constraint != NULL && !is_allowed(run, type->constraint, value))
        return false;
    if (type->allowed == NULL || value->kind != FEEL_LIST)
        return is_allowed(run, type->allowed, value);
    for (size_t i = 0; i < value->list.count; i++)
        if (!is_allowed(run, type->allowed, value->list.items[i]))
            return false;
    return true;
}

static const struct feel_value *convert_alias(struct feel_run *run, const struct feel_type *type,
                                              const struct feel_value *value)
{
    const struct feel_type *base = type->item;
    const struct feel_value *result;

    /* What an item definition allows takes the place of what its base allows. */
    while (type->allowed != NULL && base->kind == FEEL_TYPE_ALIAS && base->allowed != NULL)
        base = base->item;
    result = convert(run, base, value);
    return result != NULL && all_allowed(run, type, result) ? result : NULL;
}

static const struct feel_value *convert(struct feel_run *run, const struct feel_type *type,
                                        const struct feel_value *value)
{
    const struct feel_value *result;

    if (type->kind == FEEL_TYPE_ALIAS)
        return convert_alias(run, type, value);
    if (type->kind == FEEL_TYPE_ANY)
        return value;
    result = convert_inside(run, type, value);
    if (result != NULL)
        return result;
    if (value->kind == FEEL_DATE && type->kind == FEEL_TYPE_PLAIN &&
        type->plain == FEEL_DATE_TIME) {
        struct feel_moment moment = value->moment;
        moment.zone = (struct feel_zone){.kind = FEEL_ZONE_OFFSET};
        return feel_value_moment(run->arena, FEEL_DATE_TIME, moment);
    }
    if (value->kind == FEEL_LIST && value->list.count == 1 && type->kind != FEEL_TYPE_LIST)
        return convert(run, type, value->list.items[0]);
    if (value->kind != FEEL_LIST && type->kind == FEEL_TYPE_LIST) {
        const struct feel_value **items = ARENA_ARRAY(run->arena, const struct feel_value *, 1);
        items[0] = convert(run, type->item, value);
        return items[0] == NULL ? NULL : feel_value_list(run->arena, items, 1);
    }
    return NULL;
}

const struct feel_value *feel_type_convert(struct feel_run *run, const struct feel_type *type,
                                           const struct feel_value *value)
{
    const struct feel_value *result;
    struct buf buf = {.arena = run->arena};

    if (value->kind == FEEL_NULL)
        return value;
    result = convert(run, type, value);
    if (result != NULL)
        return result;
    feel_value_print(&buf, value);
    return feel_run_null(run, "%.*s is not of the type %.*s",
                         STR_ARG(str_slice(buf_str(&buf), 0, 80)),
                         STR_ARG(type->name.len > 0 ? type->name : STR("asked for")));
}
