/*
 * Figures of services added up (service_figure.h): of months, for staff and for everybody, and of
 * what is open.  Each is a few ranges of the table of figures: no case is read.
 */
#pragma once

#include "service/service_figure.h"

enum {
    /* Of fewer cases nothing is told to everybody: who knows the others would know the rest. */
    SERVICE_FIGURE_SMALL = 5,
};

struct service_figure_ground {
    struct str id;
    int64_t count;
};

/* Of one service, of whole months: what came in, what ended. */
struct service_figure_sum {
    struct str service;
    int64_t from, to; /* first days of the first and of the last month */
    int64_t opened;
    int64_t granted, refused, withdrawn, closed;
    int64_t kept, late; /* of those decided with a term */
    int64_t spared;     /* decided, came by the site, and nobody had to come */
    int64_t ratings, rating_sum;
    struct service_figure_ground *grounds; /* of refusals, by id */
    size_t ground_count;
    int64_t other_grounds; /* refusals whose ground is told to nobody */
    int64_t *days;         /* how many took so many days, up to SERVICE_FIGURE_DAYS_MAX */
};

struct service_figure_list {
    struct service_figure_sum *items; /* by service, then by month */
    size_t count;
    int64_t first; /* the first day of the first month there is; 0: none */
};

int64_t service_figure_sum_ended(const struct service_figure_sum *sum);
int64_t service_figure_sum_decided(const struct service_figure_sum *sum);
/* The median of days; -1: nothing was decided. */
int64_t service_figure_sum_median(const struct service_figure_sum *sum);
/* Adds one to another of the same service: months behind its own. */
void service_figure_sum_add(struct arena *arena, struct service_figure_sum *sum,
                            const struct service_figure_sum *more);

/* For staff: all that months `from` to `to` have, one sum for a service. */
MUST_CHECK bool service_figure_sum_months(struct tx *tx, struct arena *arena, int64_t from,
                                          int64_t to, struct service_figure_list *list,
                                          struct err *err);

/*
 * For everybody: what is told of a year.  Only months that are over; a month in which fewer than
 * SERVICE_FIGURE_SMALL cases ended is told together with those after it, once there are as many, in
 * the year in which that is so.  Of fewer ratings no average; grounds of fewer refusals are told
 * together.  Months told together stay so, and no sum of more is told, so nothing small comes of
 * subtracting either.
 */
struct service_figure_asked {
    struct str service; /* empty: all */
    int year;
    int64_t today;
};
MUST_CHECK bool service_figure_sum_public(struct tx *tx, struct arena *arena,
                                          const struct service_figure_asked *asked,
                                          struct service_figure_list *list, struct err *err);

/* Open cases that are alike. */
struct service_figure_open {
    struct str service, step; /* as the case has it */
    int64_t since, due_on;
    int64_t count;
};
struct service_figure_opens {
    struct service_figure_open *items; /* by service and step, who has waited longest before */
    size_t count;
};
MUST_CHECK bool service_figure_sum_open(struct tx *tx, struct arena *arena,
                                        struct service_figure_opens *opens, struct err *err);
