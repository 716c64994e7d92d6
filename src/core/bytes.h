/* Whole numbers as bytes, the highest first: the order of files that go from place to place. */
#pragma once

#include "core/core.h"

static inline void bytes_put(unsigned char *at, uint64_t number, int size)
{
    for (int i = size - 1; i >= 0; i--, number >>= 8)
        at[i] = (unsigned char)number;
}

static inline uint64_t bytes_get(const unsigned char *at, int size)
{
    uint64_t number = 0;

    for (int i = 0; i < size; i++)
        number = number << 8 | at[i];
    return number;
}
