/*
 * Figures of services: how many cases there are, of which service, and how they went
 * (docs/decisions/0044).  Rows of one small table that the writes of cases keep.  What a case
 * counts for is told by its own row alone: a change takes away what it counted for and adds what it
 * counts for now, and service_figure_check.h can count anew.
 *
 *     kind    at                                   name
 *     open    the last day of its term             "STEP SINCE": where it waits, since which day
 *     in      first day of the month it came in    how: "page", "desk", …
 *     out     first day of the month it ended in   "STATE/GROUND/MARKS"
 *     days    likewise, of those decided           how many days that took
 *     rated   likewise                             1 to 5
 *
 * MARKS: k its term was kept, l it was late (neither: it has none), v it came by the site and
 * nobody had to come.
 */
#pragma once

#include "service/service_case.h"

enum service_figure_kind {
    SERVICE_FIGURE_OPEN,
    SERVICE_FIGURE_IN,
    SERVICE_FIGURE_OUT,
    SERVICE_FIGURE_DAYS,
    SERVICE_FIGURE_RATED,
};

enum {
    SERVICE_FIGURES_MAX = 4,       /* of one case */
    SERVICE_FIGURE_DAYS_MAX = 400, /* what takes longer counts for so many */
};

struct service_figure {
    enum service_figure_kind kind;
    int64_t at;
    struct str service, name;
};

struct str service_figure_kind_text(enum service_figure_kind kind);
/* The first day of the month of that day. */
int64_t service_figure_month(int64_t day);
/* Granted, refused or closed: something was done about it, it was not taken back. */
bool service_figure_is_decided(enum service_case_state state);
/* After its last day. */
bool service_figure_is_late(const struct service_case *one);
/* What it counts for; returns how many. */
size_t service_figure_of(struct arena *arena, const struct service_case *one,
                         struct service_figure figures[SERVICE_FIGURES_MAX]);
/* In the write that makes `after` of `before` (NULL: there was none). */
MUST_CHECK bool service_figure_move(struct tx *tx, struct arena *arena,
                                    const struct service_case *before,
                                    const struct service_case *after, struct err *err);
