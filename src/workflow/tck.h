/*
 * The test files of the public conformance kit of DMN (dmn-tck): a model, and cases with inputs
 * and what shall come out.  A case passes when all its results are as expected; a number is when
 * it differs by less than TCK_TOLERANCE, for the kit writes roots and quotients with few digits.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct arena;

#define TCK_TOLERANCE "0.00000001"

enum {
    TCK_DEPTH_MAX = 20, /* folders within each other */
};

struct tck_tally {
    size_t passed, failed;
    void *data;
    /* A line of the report, with its end; false when nobody reads any more. */
    bool (*write)(void *data, struct str line);
};

/* All *-test-*.xml in a folder and the folders in it. */
MUST_CHECK bool tck_run(struct str folder, int64_t now, struct tck_tally *tally, struct err *err);
