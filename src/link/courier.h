/* The jobs between servers, in one table: their context is a struct fetch_context. */
#pragma once

#include "link/fetch.h"

enum {
    COURIER_KINDS = 4,
};

extern const struct worker_kind *const courier_kinds[COURIER_KINDS];
