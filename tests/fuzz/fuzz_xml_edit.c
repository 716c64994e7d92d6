#include "xml/xml_edit.h"

#include "core/arena.h"
#include "xml/xml_tree.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

/* It sees the same elements and values as the reader of trees. */
static void compare(const struct xml_edit *edit, const struct xml_edit_element *have,
                    const struct xml_tree *want)
{
    const struct xml_edit_element *child = have->first;

    need(str_equal(have->name, want->name));
    need(str_equal(xml_edit_content(edit, have), want->text));
    for (const struct xml_tree *one = want->first; one != NULL; one = one->next) {
        need(child != NULL);
        compare(edit, child, one);
        child = child->next;
    }
    need(child == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str text = {(const char *)bytes, size};
    struct xml_edit *edit, *again;
    struct xml_tree *tree;
    struct err err;

    if (!xml_edit_open(arena, text, &edit, &err))
        return 0;
    need(xml_tree_parse(arena, text, NULL, &tree, &err));
    if (str_find_char(text, '\r') == text.len) /* which a reader turns into line ends */
        compare(edit, xml_edit_root(edit), tree);
    need(str_equal(xml_edit_print(edit), text));
    xml_edit_set(edit, xml_edit_root(edit), (struct xml_edit_name){STR("urn:fuzz"), "fuzz", "x"},
                 STR("a\"<&\n"));
    xml_edit_add(edit, xml_edit_root(edit), true, "added", STR(""), STR("<&>"));
    need(xml_edit_open(arena, xml_edit_print(edit), &again, &err));
    return 0;
}
