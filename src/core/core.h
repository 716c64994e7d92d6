/* The few words of GNU C that the whole engine uses, and nothing else. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK      __attribute__((warn_unused_result))
#define PRINTF(at)      __attribute__((format(printf, at, (at) + 1)))
#define CLEANUP(finish) __attribute__((cleanup(finish)))

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))
#define MIN(a, b)        ((a) < (b) ? (a) : (b))
#define MAX(a, b)        ((a) > (b) ? (a) : (b))
