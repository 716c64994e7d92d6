#include "xml/xml_tree.h"

#include "core/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static size_t sum(const struct xml_tree *element)
{
    size_t total = element->name.len + element->space.len + element->text.len;

    for (size_t i = 0; i < element->count; i++)
        total += element->attributes[i].value.len;
    for (const struct xml_tree *one = element->first; one != NULL; one = one->next)
        total += sum(one);
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct xml_tree *root;
    struct err err;

    if (xml_tree_parse(arena, (struct str){(const char *)bytes, size}, NULL, &root, &err))
        return (int)(sum(root) & 0);
    return 0;
}
