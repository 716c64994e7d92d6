/*
 * Figures of services for pages and the API: what is open and where it waits, who has how much in
 * hand, how cases ended.  Staff see those of the services whose processes they watch.
 */
#pragma once

#include "core/vec.h"
#include "service/service_figure_sum.h"
#include "web/services.h"
#include "web/table.h"

enum {
    FIGURES_SOON = 7,    /* days: what is due within them is due soon */
    FIGURES_MONTHS = 12, /* of what ended staff see so many, this one included */
};

struct figures_service {
    struct str name;
    int64_t open, late, soon;
    int64_t still; /* its term stands still, or it has none */
};

/* What waits at one step of a service; days. */
struct figures_step {
    struct str service, step; /* as cases have it: "!" before what is stuck */
    int64_t count, late;
    int64_t median, longest;
};

struct figures_person {
    int64_t account; /* 0: nobody took them yet */
    struct str role; /* of what nobody took; empty of a person */
    int64_t tasks, late;
};

struct figures {
    VEC(struct figures_service) services;
    VEC(struct figures_step) steps;     /* where most wait before */
    VEC(struct figures_person) persons; /* who has most before */
    struct service_figure_list ended;   /* of the last FIGURES_MONTHS */
    int64_t from, to;                   /* their first and last days */
};

/* Has a right to watch some process. */
bool figures_is_for(const struct request *request);
/* ERR_DENIED. Reads. */
MUST_CHECK bool figures_read(struct request *request, struct figures *figures, struct err *err);
/* Sets from and to alone. */
void figures_span(const struct request *request, struct figures *figures);
/* Roles all of whose tasks this person may know of: bits of policy_rights.roles. */
MUST_CHECK bool figures_roles(struct request *request, uint64_t *roles, struct err *err);
/* The cases of that service may be seen by them. */
bool figures_watches(const struct request *request, struct str service);

/* What everybody may know of a year. */
MUST_CHECK bool figures_read_public(struct request *request, struct str service, int year,
                                    struct service_figure_list *list, struct err *err);
/* The year asked for, or the present one. ERR_INPUT. */
MUST_CHECK bool figures_year(struct request *request, int *year, struct err *err);
/* One sum of those of a service from *i on, which moves behind them. */
struct service_figure_sum figures_add_up(struct request *request,
                                         const struct service_figure_list *list, size_t *i);

/* Words. */
struct str figures_title(struct request *request, struct str service);
struct str figures_ground(struct request *request, struct str service, struct str ground);
/* Who gives that service: as its card says, else the administration. */
struct str figures_office(struct request *request, struct str service);
/* The name of a step; *node NULL: the process has none of that id any more. */
struct str figures_step_name(struct request *request, const struct figures_step *step,
                             const struct bpmn_node **node);
/* "03.2026", or "01.2026 – 03.2026". */
struct str figures_period(struct request *request, int64_t from, int64_t to);
/* "95% (40 of 42)": the share of those in time; empty where none had a term. */
struct str figures_in_time(struct request *request, const struct service_figure_sum *sum);
/* "4.6 (17)"; empty where there are none. */
struct str figures_rating(struct request *request, const struct service_figure_sum *sum);
/* "12"; empty where nothing was decided. */
struct str figures_median(struct request *request, const struct service_figure_sum *sum);
/* The columns behind the first one of a table of sums, and a row's cells. */
void figures_columns(struct request *request, struct json *view);
void figures_cells(struct request *request, struct json *view, struct json *row,
                   const struct service_figure_sum *sum);
