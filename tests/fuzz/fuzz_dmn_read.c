/* A model; all its decisions are evaluated. */
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "workflow/dmn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str text = {(const char *)data, size};
    struct dmn_library *library;
    struct err err = {0};

    if (size > 50000 || !dmn_open_text(arena, STR("fuzz"), text, &library, &err))
        return 0;
    for (const struct dmn_element *it = library->first->first; it != NULL; it = it->next) {
        struct feel_run *run = feel_run_new(arena, 0);
        run->steps = FEEL_RUN_STEPS_MAX - 20000;
        if (it->kind != DMN_INPUT)
            (void)dmn_eval(run, library, it, feel_value_context(arena, NULL, 0));
    }
    return 0;
}
