/*
 * A growing array in an arena.  Declare it as
 *     struct { struct thing *items; size_t count, cap; } things = {0};
 * and push with VEC_PUSH(arena, &things, thing).
 */
#pragma once

#include "core/arena.h"

#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count;                                                                              \
        size_t cap;                                                                                \
    }

#define VEC_PUSH(arena_, vec, ...)                                                                 \
    do {                                                                                           \
        if ((vec)->count == (vec)->cap) {                                                          \
            size_t cap_ = (vec)->cap > 0 ? (vec)->cap * 2 : 8;                                     \
            (vec)->items = arena_grow((arena_), (vec)->items, (vec)->cap * sizeof *(vec)->items,   \
                                      cap_ * sizeof *(vec)->items);                                \
            (vec)->cap = cap_;                                                                     \
        }                                                                                          \
        (vec)->items[(vec)->count++] = (__VA_ARGS__);                                              \
    } while (0)
