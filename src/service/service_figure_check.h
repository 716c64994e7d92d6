/* Figures counted anew from all cases, and compared with those the writes have kept. */
#pragma once

#include "service/service_figure.h"

struct service_figure_report {
    int64_t cases;
    int64_t bad;     /* figures that are not what the cases say */
    struct str what; /* the first of them; empty: none */
};
/* Reads all cases. */
MUST_CHECK bool service_figure_check(struct tx *tx, struct arena *arena,
                                     struct service_figure_report *report, struct err *err);
/* In a write: what differs is set to what was counted. report: as before. */
MUST_CHECK bool service_figure_check_mend(struct tx *tx, struct arena *arena,
                                          struct service_figure_report *report, struct err *err);
