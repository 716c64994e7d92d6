/* Cases that ended, as the figures count them: the lists behind those numbers. */
#pragma once

#include "service/service_case.h"

struct service_case_past {
    int64_t from, to;   /* the days between which they ended */
    struct str service; /* empty: any */
    struct str state;   /* empty: any but open */
    struct str ground;  /* empty: any */
    bool is_late;       /* only what was decided after its last day */
    bool is_rated;      /* only what was rated */
    int64_t before;     /* registered before that one; 0: from the latest */
    int limit;
};

/*
 * The latest registered before.  Looks at so many cases and no further: *next says behind which one
 * to go on (0: that was all), so a page may be short, or empty, and not be the last.
 */
MUST_CHECK bool service_case_past_list(struct tx *tx, struct arena *arena,
                                       const struct service_case_past *ask,
                                       struct service_case_page *page, int64_t *next,
                                       struct err *err);
