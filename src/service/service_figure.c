#include "service/service_figure.h"

#include "core/arena.h"
#include "core/time.h"

static const struct str KINDS[] = {
    [SERVICE_FIGURE_OPEN] = STR_INIT("open"),   [SERVICE_FIGURE_IN] = STR_INIT("in"),
    [SERVICE_FIGURE_OUT] = STR_INIT("out"),     [SERVICE_FIGURE_DAYS] = STR_INIT("days"),
    [SERVICE_FIGURE_RATED] = STR_INIT("rated"),
};

struct str service_figure_kind_text(enum service_figure_kind kind)
{
    return KINDS[kind];
}

int64_t service_figure_month(int64_t day)
{
    struct time_date date = time_date_from_day(day);

    date.day = 1;
    return time_day_from_date(date);
}

bool service_figure_is_decided(enum service_case_state state)
{
    return state == SERVICE_CASE_GRANTED || state == SERVICE_CASE_REFUSED ||
           state == SERVICE_CASE_CLOSED;
}

bool service_figure_is_late(const struct service_case *one)
{
    return one->term.count > 0 && one->due_on < one->closed_on;
}

static struct str print_out(struct arena *arena, const struct service_case *one)
{
    bool is_decided = service_figure_is_decided(one->state);
    const char *term = !is_decided || one->term.count == 0 ? ""
                       : service_figure_is_late(one)       ? "l"
                                                           : "k";
    bool was_spared = is_decided && one->way == SERVICE_PAGE && !one->has_visit;

    return str_printf(arena, "%.*s/%.*s/%s%s", STR_ARG(service_case_state_text(one->state)),
                      STR_ARG(one->ground), term, was_spared ? "v" : "");
}

size_t service_figure_of(struct arena *arena, const struct service_case *one,
                         struct service_figure figures[SERVICE_FIGURES_MAX])
{
    int64_t month = service_figure_month(one->closed_on);
    int64_t days = MIN(MAX(one->closed_on - one->opened_on, 0), SERVICE_FIGURE_DAYS_MAX);
    size_t count = 0;

    figures[count++] =
        (struct service_figure){SERVICE_FIGURE_IN, service_figure_month(one->opened_on),
                                one->service, service_way_text(one->way)};
    if (one->state == SERVICE_CASE_OPEN) {
        figures[count++] = (struct service_figure){
            SERVICE_FIGURE_OPEN, one->due_on, one->service,
            str_printf(arena, "%.*s %lld", STR_ARG(one->step), (long long)one->step_on)};
        return count;
    }
    figures[count++] =
        (struct service_figure){SERVICE_FIGURE_OUT, month, one->service, print_out(arena, one)};
    if (service_figure_is_decided(one->state))
        figures[count++] = (struct service_figure){SERVICE_FIGURE_DAYS, month, one->service,
                                                   str_printf(arena, "%lld", (long long)days)};
    if (one->rating > 0)
        figures[count++] = (struct service_figure){SERVICE_FIGURE_RATED, month, one->service,
                                                   str_printf(arena, "%d", one->rating)};
    return count;
}

static bool is_same(const struct service_figure *a, const struct service_figure *b)
{
    return a->kind == b->kind && a->at == b->at && str_equal(a->service, b->service) &&
           str_equal(a->name, b->name);
}

static bool is_among(const struct service_figure *one, const struct service_figure *figures,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_same(one, &figures[i]))
            return true;
    return false;
}

static bool add(struct tx *tx, const struct service_figure *one, int n, struct err *err)
{
    return store_exec(tx,
                      "INSERT INTO service_figure (tenant, kind, at, service, name, n)"
                      " VALUES ($1, $2, $3, $4, $5, $6)"
                      " ON CONFLICT (tenant, kind, at, service, name)"
                      " DO UPDATE SET n = service_figure.n + excluded.n",
                      ARGS(INT(tx->tenant), TEXT(KINDS[one->kind]), INT(one->at),
                           TEXT(one->service), TEXT(one->name), INT(n)),
                      err);
}

/* What no open case is at goes: these rows are as many as what waits, not as all that ever did. */
static bool drop_empty(struct tx *tx, const struct service_figure *one, struct err *err)
{
    return store_exec(tx,
                      "DELETE FROM service_figure WHERE tenant = $1 AND kind = $2 AND at = $3"
                      " AND service = $4 AND name = $5 AND n = 0",
                      ARGS(INT(tx->tenant), TEXT(KINDS[one->kind]), INT(one->at),
                           TEXT(one->service), TEXT(one->name)),
                      err);
}

bool service_figure_move(struct tx *tx, struct arena *arena, const struct service_case *before,
                         const struct service_case *after, struct err *err)
{
    struct service_figure were[SERVICE_FIGURES_MAX], are[SERVICE_FIGURES_MAX];
    size_t was_count = before == NULL ? 0 : service_figure_of(arena, before, were);
    size_t count = service_figure_of(arena, after, are);

    for (size_t i = 0; i < was_count; i++)
        if (!is_among(&were[i], are, count) &&
            !(add(tx, &were[i], -1, err) && drop_empty(tx, &were[i], err)))
            return false;
    for (size_t i = 0; i < count; i++)
        if (!is_among(&are[i], were, was_count) && !add(tx, &are[i], 1, err))
            return false;
    return true;
}
