/* The types of expressions that show theirs: feel_type_infer of feel_type.h. */
#include "core/arena.h"
#include "lang/feel.h"

enum {
    DEPTH_MAX = 50,
};

static const struct feel_type *infer(struct arena *arena, const struct feel_node *node, int depth);

static const struct feel_type *type_of_kind(enum feel_kind kind)
{
    return kind == FEEL_NULL ? NULL : feel_type_find(str_from_z(feel_value_word(kind)));
}

static const struct feel_type *infer_list(struct arena *arena, const struct feel_node *node,
                                          int depth)
{
    struct feel_type *list = ARENA_NEW(arena, struct feel_type);
    const struct feel_type *item = node->count > 0 ? infer(arena, node->items[0], depth) : NULL;

    for (size_t i = 1; i < node->count && item != NULL; i++) {
        const struct feel_type *other = infer(arena, node->items[i], depth);
        if (other == NULL || !feel_type_conforms(other, item))
            item = NULL;
    }
    list->kind = FEEL_TYPE_LIST;
    list->item = item != NULL ? item : feel_type_any();
    return list;
}

static const struct feel_type *infer_context(struct arena *arena, const struct feel_node *node,
                                             int depth)
{
    struct feel_type *context = ARENA_NEW(arena, struct feel_type);
    struct feel_member *members = ARENA_ARRAY(arena, struct feel_member, node->count);

    for (size_t i = 0; i < node->count; i++) {
        const struct feel_type *type = infer(arena, node->items[i], depth);
        members[i] = (struct feel_member){node->names[i], type != NULL ? type : feel_type_any()};
    }
    context->kind = FEEL_TYPE_CONTEXT;
    context->members = members;
    context->count = node->count;
    return context;
}

static const struct feel_type *infer(struct arena *arena, const struct feel_node *node, int depth)
{
    if (depth > DEPTH_MAX)
        return NULL;
    if (node->kind == FEEL_NODE_LITERAL)
        return type_of_kind(node->value->kind);
    if (node->kind == FEEL_NODE_TYPED)
        return node->type;
    if (node->kind == FEEL_NODE_LIST)
        return infer_list(arena, node, depth + 1);
    if (node->kind == FEEL_NODE_CONTEXT)
        return infer_context(arena, node, depth + 1);
    if (node->kind == FEEL_NODE_COMPARE || node->kind == FEEL_NODE_AND ||
        node->kind == FEEL_NODE_OR || node->kind == FEEL_NODE_INSTANCE ||
        node->kind == FEEL_NODE_BETWEEN || node->kind == FEEL_NODE_IN)
        return type_of_kind(FEEL_BOOLEAN);
    return NULL;
}

const struct feel_type *feel_type_infer(struct arena *arena, const struct feel_node *node)
{
    return infer(arena, node, 0);
}
