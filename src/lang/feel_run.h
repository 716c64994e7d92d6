/*
 * One evaluation: where its values live, what it may still cost, and what went wrong in it.
 * FEEL has no exceptions: what cannot be computed is null, and a note says where and why.
 * When a bound is met the evaluation is over: everything after that is null.
 */
#pragma once

#include "core/err.h"
#include "lang/feel_value.h"

struct arena;
struct feel_node;
struct feel_zones;

enum {
    FEEL_RUN_STEPS_MAX = 5 * 1000 * 1000, /* nodes evaluated and items handled */
    FEEL_RUN_DEPTH_MAX = 500,             /* calls and operators within each other */
    FEEL_RUN_BYTES_MAX = 256 << 20,       /* of memory */
    FEEL_RUN_NOTES_MAX = 50,              /* kept; more are only counted */
};

struct feel_note {
    struct str place; /* the element or file; may be empty */
    int line;         /* 0: of no text */
    int column;
    struct str text;
};

/* What now() and today() say. */
struct feel_clock {
    int64_t now;    /* milliseconds since 1970, UTC */
    int utc_offset; /* of the place, in minutes */
};

struct feel_run {
    struct arena *arena;
    int64_t now; /* milliseconds since 1970, UTC */
    int utc_offset;
    int64_t steps;
    size_t bytes_at_start;
    int depth;
    bool is_over;
    const struct feel_node *node; /* what is evaluated: for notes */
    struct str place;             /* the element evaluated: for notes */
    struct feel_zones *zones;
    struct feel_note notes[FEEL_RUN_NOTES_MAX];
    size_t note_count; /* may be above what is kept */
};

/* now() and today() are those of Greenwich. */
struct feel_run *feel_run_new(struct arena *arena, int64_t now);
struct feel_run *feel_run_new_at(struct arena *arena, struct feel_clock clock);
/* False when it is over: then a note says which bound was met. */
bool feel_run_step(struct feel_run *run, int64_t steps);
/* Notes what is wrong at the present node and gives null. */
const struct feel_value *feel_run_null(struct feel_run *run, const char *format, ...) PRINTF(2);
/* "line 1, column 5 of d_1: …" */
void feel_run_print_note(struct buf *buf, const struct feel_note *note);
