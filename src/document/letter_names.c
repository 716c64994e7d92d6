#include "document/letter_names.h"

#include "core/arena.h"
#include "document/letter_odt.h"
#include "document/letter_rules.h"

struct found {
    struct arena *arena;
    VEC(struct str) names;
};

static void add(struct found *found, struct str name)
{
    struct str head = str_slice(name, 0, str_find_char(name, '.'));

    for (size_t i = 0; i < found->names.count; i++)
        if (str_equal(found->names.items[i], head))
            return;
    if (head.len > 0)
        VEC_PUSH(found->arena, &found->names, str_copy(found->arena, head));
}

/* In a list a name may be of its items. */
static void add_all(struct found *found, const struct letter_text *text)
{
    int depth = 0;

    for (size_t i = 0; i < text->count; i++) {
        const struct letter_text_slot *slot = &text->slots[i];

        if (depth == 0 && slot->kind != LETTER_TEXT_GONE)
            add(found, slot->name);
        depth += slot->kind == LETTER_TEXT_OPEN;
        depth -= slot->kind == LETTER_TEXT_CLOSE;
    }
}

bool letter_names_read(struct arena *arena, struct str bytes, struct letter_names *names)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct found found = {.arena = arena};
    struct letter_odt letter;
    struct err err;

    if (!letter_odt_read(scratch, bytes, &letter, &err))
        return false;
    add_all(&found, &letter.content);
    add_all(&found, &letter.styles);
    *names = (struct letter_names){found.names.items, found.names.count};
    return true;
}

void letter_names_check_file(const struct pack_set *set, const struct pack *pack,
                             const struct pack_file *file, struct pack_findings *findings)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct letter_odt letter;
    struct err err;

    (void)set;
    if (str_ends(file->path, STR(".json")))
        letter_rules_check_file(pack, file, findings);
    else if (!str_ends(file->path, STR(".odt")))
        pack_find(findings, file->path, 0,
                  "letters are text documents, files .odt, and what is said of them, files .json");
    else if (!letter_odt_read(scratch, file->bytes, &letter, &err))
        pack_find(findings, file->path, 0, "%s", err.text);
}
