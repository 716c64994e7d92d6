#include "web/below.h"

#include "core/map.h"
#include "link/peer.h"

enum {
    LIST_MAX = 500,
    DEPTH_MAX = 8,
};

struct below {
    struct str *names, *titles;
    size_t count; /* more than LIST_MAX: too many */
};

static void add(struct below *below, struct str name, struct str title)
{
    if (below->count < LIST_MAX) {
        below->names[below->count] = name;
        below->titles[below->count] = title;
    }
    below->count++;
}

static bool is_below(const struct map *by_id, const struct store_tenant *one, int64_t top)
{
    for (int depth = 0; depth < DEPTH_MAX && one != NULL; depth++) {
        if (one->parent == top)
            return true;
        one = map_find(by_id, (struct str){(const char *)&one->parent, sizeof one->parent});
    }
    return false;
}

static bool gather_tree(struct request *request, struct below *below, struct err *err)
{
    int64_t top = tenant_info(request->tenant)->id;
    struct map by_id = {.arena = request->arena};
    struct store_tenant *all;
    size_t count;

    if (!store_list_tenants(request->web->store, request->arena, &all, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        map_put(&by_id, (struct str){(const char *)&all[i].id, sizeof all[i].id}, &all[i]);
    for (size_t i = 0; i < count; i++)
        if (!all[i].is_mirror && is_below(&by_id, &all[i], top))
            add(below, all[i].name, all[i].title);
    return true;
}

static bool gather_elsewhere(struct request *request, struct below *below, struct err *err)
{
    struct peer *peers;
    size_t count;
    struct tx *tx;

    if (!request_read(request, &tx, err) || !peer_list(tx, request->arena, &peers, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!peers[i].is_above)
            add(below, peers[i].name, peers[i].title);
    return true;
}

bool below_input(struct request *request, struct json *fields, struct str chosen,
                 bool has_elsewhere, struct json **field, struct err *err)
{
    struct str label = request_text(request, STR("To whom"));
    struct below below = {ARENA_ARRAY(request->arena, struct str, LIST_MAX),
                          ARENA_ARRAY(request->arena, struct str, LIST_MAX), 0};

    if (!gather_tree(request, &below, err) ||
        (has_elsewhere && !gather_elsewhere(request, &below, err)))
        return false;
    if (below.count > LIST_MAX) {
        *field = input_add(request, fields, "is_text", "to", label);
        input_optional(request, *field);
        input_value(request, *field, chosen);
        input_hint(request, *field,
                   request_text(request, STR("The municipality's word in addresses; empty: "
                                             "everybody below")));
        return true;
    }
    *field = input_add(request, fields, "is_select", "to", label);
    input_option(request, *field, (struct str){0}, request_text(request, STR("everybody below")),
                 chosen.len == 0);
    for (size_t i = 0; i < below.count; i++)
        input_option(request, *field, below.names[i], below.titles[i],
                     str_equal(below.names[i], chosen));
    return true;
}
