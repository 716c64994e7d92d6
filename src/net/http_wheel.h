/*
 * Deadlines of one loop: hashed by their time into slots, so that setting and clearing
 * one costs a few instructions.  Rings at most HTTP_WHEEL_TICK_MS late, never early.
 */
#pragma once

#include "core/arena.h"

enum {
    HTTP_WHEEL_TICK_MS = 100,
    HTTP_WHEEL_SLOTS = 1024,
};

struct http_wheel_node {
    struct http_wheel_node *next, *previous; /* NULL: not set */
    struct http_wheel_node *slot;
    int64_t due;
    void (*ring)(struct http_wheel_node *node);
};

struct http_wheel {
    struct http_wheel_node slots[HTTP_WHEEL_SLOTS]; /* heads of rings of nodes */
    int64_t tick;                                   /* the last one that has passed */
    size_t count;
};

void http_wheel_init(struct http_wheel *wheel, int64_t now);
/* Sets or moves it; node->ring must be set. */
void http_wheel_set(struct http_wheel *wheel, struct http_wheel_node *node, int64_t due);
void http_wheel_clear(struct http_wheel *wheel, struct http_wheel_node *node);
/* Rings all that are due; they may set and clear any. */
void http_wheel_turn(struct http_wheel *wheel, int64_t now);
