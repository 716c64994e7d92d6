/* A view on the first line, then a template; the same text is also its own partial. */
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "lang/messages.h"
#include "lang/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str rest = {(const char *)data, size};
    struct str first = str_cut(&rest, '\n');
    struct buf out = {.arena = arena};
    struct template *line;
    struct json *view;
    struct err err;

    if (size > 4000 || !json_parse(arena, first, NULL, &view, &err))
        return 0;
    struct template_set *set =
        template_set_new(arena, TEMPLATE_HTML, messages_new(arena, STR("ru")));
    if (template_add(set, STR("a"), rest, &err) &&
        template_add(set, STR("p"), STR("[{{b}}]"), &err) && template_check(set, &err) &&
        !template_render(set, STR("a"), view, &out, &err))
        return 0;
    if (template_compile_line(arena, rest, &line, &err))
        template_render_line(line, view, &out);
    return 0;
}
