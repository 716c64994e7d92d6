/* Cases of services as rows, without processes: for tests of what is counted of them. */
#pragma once

#include "hamlet.h"
#include "service/service_figure_check.h"
#include "service/service_figure_sum.h"

struct bureau {
    struct hamlet hamlet;
    struct tenant *tenant; /* whose cases: at first the hamlet's own */
    int64_t last;          /* number of the latest case */
};

static inline void bureau_open(struct bureau *bureau)
{
    *bureau = (struct bureau){0};
    hamlet_open(&bureau->hamlet);
    bureau->tenant = bureau->hamlet.town.tenant;
}

static inline void bureau_close(struct bureau *bureau)
{
    hamlet_close(&bureau->hamlet);
}

static inline bool bureau_run_open(struct tx *tx, void *data, struct err *err)
{
    return service_case_open(tx, check_arena(), 2026, data, err);
}

static inline bool bureau_run_change(struct tx *tx, void *data, struct err *err)
{
    return service_case_change(tx, check_arena(), data, err);
}

static inline bool bureau_run_rate(struct tx *tx, void *data, struct err *err)
{
    const struct service_case *one = data;

    return service_case_rate(tx, check_arena(), one->id, one->rating, err);
}

static inline bool bureau_run_mend(struct tx *tx, void *data, struct err *err)
{
    return service_figure_check_mend(tx, check_arena(), data, err);
}

static inline void bureau_write(struct bureau *bureau, store_run *run, void *data)
{
    struct err err;

    CHECK_OK(tenant_write_wait(bureau->tenant, run, data, &err), &err);
}

/* As it comes in by the site on that day, with ten days. */
static inline struct service_case bureau_apply(struct bureau *bureau, const char *service,
                                               int64_t day)
{
    struct service_case one = {.id = ++bureau->last,
                               .no = 3,
                               .service = str_from_z(service),
                               .flow = 9,
                               .way = SERVICE_PAGE,
                               .registered_at = day * TIME_DAY_MS,
                               .opened_on = day,
                               .due_on = day + 10,
                               .term = {.start = day, .count = 10, .carries = true},
                               .step = STR("check"),
                               .step_on = day};

    bureau_write(bureau, bureau_run_open, &one);
    return one;
}

static inline void bureau_end(struct bureau *bureau, struct service_case *one,
                              enum service_case_state state, int64_t day)
{
    one->state = state;
    one->ground = state == SERVICE_CASE_REFUSED ? STR("none") : STR("");
    one->closed_at = day * TIME_DAY_MS;
    one->closed_on = day;
    bureau_write(bureau, bureau_run_change, one);
}

static inline void bureau_rate(struct bureau *bureau, struct service_case *one, int rating)
{
    one->rating = rating;
    bureau_write(bureau, bureau_run_rate, one);
}

/* What a count over all cases finds wrong. */
static inline struct service_figure_report bureau_check(struct bureau *bureau)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct service_figure_report report;
    struct err err;

    CHECK_OK(tx_read(&tx, bureau->tenant, &err), &err);
    CHECK_OK(service_figure_check(&tx, check_arena(), &report, &err), &err);
    return report;
}

static inline struct service_figure_list bureau_months(struct bureau *bureau, int64_t from,
                                                       int64_t to)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct service_figure_list list;
    struct err err;

    CHECK_OK(tx_read(&tx, bureau->tenant, &err), &err);
    CHECK_OK(service_figure_sum_months(&tx, check_arena(), from, to, &list, &err), &err);
    return list;
}

static inline struct service_figure_opens bureau_opens(struct bureau *bureau)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct service_figure_opens opens;
    struct err err;

    CHECK_OK(tx_read(&tx, bureau->tenant, &err), &err);
    CHECK_OK(service_figure_sum_open(&tx, check_arena(), &opens, &err), &err);
    return opens;
}
