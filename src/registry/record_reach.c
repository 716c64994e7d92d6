#include "registry/record_reach.h"

#include "auth/session.h"
#include "registry/record_where.h"

/* Whose card it is counts when it is sure. */
static const struct feel_value *user_of(struct arena *arena, const struct actor *reader)
{
    return record_where_user(arena, reader->login,
                             reader->level >= ACCOUNT_IDENTIFIED ? reader->person : 0);
}

/* A filter that cannot be compiled lets nothing through: pack check names it. */
static struct record_reach_set read_set(const struct registry *registry,
                                        const struct register_type *type, const struct str *wheres,
                                        size_t count)
{
    struct record_where_asker asker = {
        .clock = catalog_clock(registry->catalog, registry->now),
        .user = user_of(registry->arena, registry->reader),
    };
    struct record_reach_set set = {
        ARENA_ARRAY(registry->arena, const struct record_where *, count + 1), 0};

    for (size_t i = 0; i < count; i++) {
        struct err err = {0};

        if (record_where_parse_as(registry->arena, type, wheres[i], &asker, &set.any[set.count],
                                  &err))
            set.count++;
    }
    return set;
}

static bool is_same(const struct str *one, size_t one_count, const struct str *other,
                    size_t other_count)
{
    bool same = one_count == other_count;

    for (size_t i = 0; i < one_count && same; i++)
        same = str_equal(one[i], other[i]);
    return same;
}

struct record_reach record_reach_of(const struct registry *registry,
                                    const struct register_type *type, enum policy_action action)
{
    const struct policy_rights *rights;
    struct record_reach reach = {0};
    struct str read[POLICY_WHERES_MAX], act[POLICY_WHERES_MAX];
    size_t read_count = 0, act_count;

    if (registry->reader == NULL)
        return reach;
    rights = &registry->reader->rights;
    if (policy_is_limited(rights, type->index, POLICY_READ)) {
        read_count = policy_wheres(rights, type->index, POLICY_READ, read);
        reach.sets[reach.count++] = read_set(registry, type, read, read_count);
    }
    if (action == POLICY_READ || !policy_is_limited(rights, type->index, action))
        return reach;
    act_count = policy_wheres(rights, type->index, action, act);
    if (!is_same(read, read_count, act, act_count))
        reach.sets[reach.count++] = read_set(registry, type, act, act_count);
    return reach;
}

static bool add_set(const struct record_reach_set *set, const struct registry *registry,
                    struct query *query, struct err *err)
{
    if (set->count == 0) {
        query_where_constant(query, false);
        return true;
    }
    query_open(query, true);
    for (size_t i = 0; i < set->count; i++) {
        const struct record_where *where = set->any[i];

        for (size_t f = 0; f < where->field_count; f++)
            if (!layout_need_field(registry->catalog, where->type, where->fields[f], err))
                return false;
        query_open(query, false);
        record_where_add(where, registry->tx, query);
        query_close(query);
    }
    query_close(query);
    return true;
}

bool record_reach_add(const struct record_reach *reach, const struct registry *registry,
                      struct query *query, struct err *err)
{
    for (size_t i = 0; i < reach->count; i++)
        if (!add_set(&reach->sets[i], registry, query, err))
            return false;
    return true;
}

bool record_reach_holds(const struct record_reach *reach, struct arena *arena,
                        const struct json *value)
{
    for (size_t i = 0; i < reach->count; i++) {
        const struct record_reach_set *set = &reach->sets[i];
        bool holds = false;

        for (size_t w = 0; w < set->count && !holds; w++)
            holds = record_where_holds(arena, set->any[w], value);
        if (!holds)
            return false;
    }
    return true;
}

bool record_reach_has(const struct record_reach *reach, struct arena *arena, struct str body)
{
    struct json *value;
    struct err err;

    return reach->count == 0 ||
           (json_parse(arena, body, &(struct json_limits){.bytes = RECORD_BODY_MAX}, &value,
                       &err) &&
            record_reach_holds(reach, arena, value));
}

bool record_reach_need(const struct registry *registry, const struct register_type *type,
                       int64_t id, enum policy_action action, struct err *err)
{
    struct record_reach reach = record_reach_of(registry, type, action);
    struct record *slices;
    size_t count;
    bool has_one = reach.count == 0;

    if (has_one)
        return true;
    if (!record_slices(registry, catalog_no(registry->catalog, type), id, &slices, &count, err))
        return false;
    for (size_t i = 0; i < count && !has_one; i++)
        has_one = record_reach_has(&reach, registry->arena, slices[i].body);
    if (count == 0)
        return err_set(err, ERR_ABSENT, "there is no such record");
    return has_one || err_set(err, ERR_DENIED, "your role does not allow this with this record");
}
