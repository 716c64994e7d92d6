/* An expression; then the same text as unary tests. */
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/json.h"
#include "lang/feel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str text = {(const char *)data, size};
    struct feel_scope *scope = feel_scope_new(arena, NULL);
    struct feel_run *run = feel_run_new(arena, 0);
    struct buf buf = {.arena = arena};
    struct feel_node *node;
    struct err err = {0};

    if (size > 4000)
        return 0;
    run->steps = FEEL_RUN_STEPS_MAX - 20000; /* so that no input takes long */
    feel_scope_add(scope, STR("first name"));
    if (feel_parse(scope, text, &node, &err)) {
        const struct feel_value *value = feel_eval(run, node, NULL);
        feel_value_print(&buf, value);
        json_write(&buf, feel_to_json(arena, value));
    }
    err = (struct err){0};
    if (feel_parse_tests(scope, text, &node, &err))
        (void)feel_test(run, node, feel_value_int(arena, 5), NULL);
    return 0;
}
