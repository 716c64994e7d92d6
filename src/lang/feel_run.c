#include "lang/feel_run.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/arena.h"
#include "core/buf.h"
#include "lang/feel_node.h"
#include "lang/feel_zone.h"

struct feel_run *feel_run_new(struct arena *arena, int64_t now)
{
    struct feel_run *run = ARENA_NEW(arena, struct feel_run);

    run->arena = arena;
    run->now = now;
    run->bytes_at_start = arena_size(arena);
    run->zones = feel_zone_none(arena);
    return run;
}

struct feel_run *feel_run_new_at(struct arena *arena, struct feel_clock clock)
{
    struct feel_run *run = feel_run_new(arena, clock.now);

    run->utc_offset = clock.utc_offset;
    return run;
}

struct feel_node *feel_node_new(struct arena *arena, enum feel_node_kind kind, size_t count)
{
    struct feel_node *node = ARENA_NEW(arena, struct feel_node);

    node->kind = kind;
    node->count = count;
    if (count > 0)
        node->items = ARENA_ARRAY(arena, struct feel_node *, count);
    return node;
}

const struct feel_value *feel_run_null(struct feel_run *run, const char *format, ...)
{
    struct feel_note *note;
    char text[300];
    va_list list;

    if (run->note_count++ >= FEEL_RUN_NOTES_MAX)
        return &feel_null;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    note = &run->notes[run->note_count - 1];
    *note = (struct feel_note){.place = run->place, .text = str_copy(run->arena, str_from_z(text))};
    if (run->node != NULL) {
        note->line = run->node->line;
        note->column = run->node->column;
        if (run->node->place.len > 0)
            note->place = run->node->place;
    }
    return &feel_null;
}

static bool end(struct feel_run *run, const char *what)
{
    if (!run->is_over)
        (void)feel_run_null(run, "%s: the evaluation was ended", what);
    run->is_over = true;
    return false;
}

bool feel_run_step(struct feel_run *run, int64_t steps)
{
    int64_t before = run->steps;

    if (run->is_over)
        return false;
    run->steps += steps;
    if (run->steps > FEEL_RUN_STEPS_MAX)
        return end(run, "there are too many steps");
    /* Asking for the size costs little, but not nothing. */
    if (before / 64 != run->steps / 64 &&
        arena_size(run->arena) - run->bytes_at_start > FEEL_RUN_BYTES_MAX)
        return end(run, "it takes too much memory");
    return true;
}

void feel_run_print_note(struct buf *buf, const struct feel_note *note)
{
    if (note->line > 0)
        buf_printf(buf, "line %d, column %d", note->line, note->column);
    if (note->line > 0 && note->place.len > 0)
        buf_add(buf, STR(" of "));
    buf_add(buf, note->place);
    if (note->line > 0 || note->place.len > 0)
        buf_add(buf, STR(": "));
    buf_add(buf, note->text);
}
