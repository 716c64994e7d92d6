#include "service/service_figure_check.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/vec.h"
#include "store/rows.h"

struct counted {
    struct service_figure figure;
    int64_t n;    /* what the cases say */
    int64_t kept; /* what the writes have kept */
};

struct counting {
    struct arena *arena;
    struct map by_name;
    VEC(struct counted *) all;
    int64_t cases;
};

static struct str name_of(struct arena *arena, const struct service_figure *figure)
{
    return str_printf(arena, "%.*s %lld %.*s %.*s", STR_ARG(service_figure_kind_text(figure->kind)),
                      (long long)figure->at, STR_ARG(figure->service), STR_ARG(figure->name));
}

static struct counted *find(struct counting *it, struct arena *scratch,
                            const struct service_figure *figure)
{
    struct str name = name_of(scratch, figure);
    struct counted *one = map_find(&it->by_name, name);

    if (one != NULL)
        return one;
    one = ARENA_NEW(it->arena, struct counted);
    *one = (struct counted){.figure = *figure};
    one->figure.service = str_copy(it->arena, figure->service);
    one->figure.name = str_copy(it->arena, figure->name);
    map_put(&it->by_name, str_copy(it->arena, name), one);
    VEC_PUSH(it->arena, &it->all, one);
    return one;
}

static bool count_case(void *data, const struct service_case *one, struct err *err)
{
    struct counting *it = data;
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct service_figure figures[SERVICE_FIGURES_MAX];
    size_t count = service_figure_of(scratch, one, figures);

    (void)err;
    it->cases++;
    for (size_t i = 0; i < count; i++)
        find(it, scratch, &figures[i])->n++;
    return true;
}

static bool take_kept(void *data, const struct rows *row, struct err *err)
{
    struct counting *it = data;
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct service_figure figure = {
        .at = rows_int(row, 0, 1), .service = rows_text(row, 0, 2), .name = rows_text(row, 0, 3)};
    struct str kind = rows_text(row, 0, 0);

    for (int i = SERVICE_FIGURE_OPEN; i <= SERVICE_FIGURE_RATED; i++)
        if (str_equal(service_figure_kind_text((enum service_figure_kind)i), kind)) {
            figure.kind = (enum service_figure_kind)i;
            find(it, scratch, &figure)->kept = rows_int(row, 0, 4);
            return true;
        }
    return err_set(err, ERR_BROKEN, "a figure of services of an unknown kind is kept");
}

static bool count_all(struct tx *tx, struct counting *it, struct err *err)
{
    return service_case_each(tx, count_case, it, err) &&
           store_each(tx, "SELECT kind, at, service, name, n FROM service_figure WHERE tenant = $1",
                      ARGS(INT(tx->tenant)), take_kept, it, err);
}

static void report_all(struct counting *it, struct service_figure_report *report)
{
    *report = (struct service_figure_report){.cases = it->cases};
    for (size_t i = 0; i < it->all.count; i++) {
        const struct counted *one = it->all.items[i];

        if (one->n == one->kept)
            continue;
        if (report->bad++ == 0)
            report->what = str_printf(it->arena, "%.*s: %lld are kept, %lld are there",
                                      STR_ARG(name_of(it->arena, &one->figure)),
                                      (long long)one->kept, (long long)one->n);
    }
}

bool service_figure_check(struct tx *tx, struct arena *arena, struct service_figure_report *report,
                          struct err *err)
{
    struct counting it = {.arena = arena, .by_name = {.arena = arena}};

    if (!count_all(tx, &it, err))
        return false;
    report_all(&it, report);
    return true;
}

static bool mend(struct tx *tx, const struct counted *one, struct err *err)
{
    const struct service_figure *figure = &one->figure;

    if (one->n == 0)
        return store_exec(tx,
                          "DELETE FROM service_figure WHERE tenant = $1 AND kind = $2 AND at = $3"
                          " AND service = $4 AND name = $5",
                          ARGS(INT(tx->tenant), TEXT(service_figure_kind_text(figure->kind)),
                               INT(figure->at), TEXT(figure->service), TEXT(figure->name)),
                          err);
    return store_exec(tx,
                      "INSERT INTO service_figure (tenant, kind, at, service, name, n)"
                      " VALUES ($1, $2, $3, $4, $5, $6)"
                      " ON CONFLICT (tenant, kind, at, service, name) DO UPDATE SET n = $6",
                      ARGS(INT(tx->tenant), TEXT(service_figure_kind_text(figure->kind)),
                           INT(figure->at), TEXT(figure->service), TEXT(figure->name), INT(one->n)),
                      err);
}

bool service_figure_check_mend(struct tx *tx, struct arena *arena,
                               struct service_figure_report *report, struct err *err)
{
    struct counting it = {.arena = arena, .by_name = {.arena = arena}};

    if (!count_all(tx, &it, err))
        return false;
    report_all(&it, report);
    for (size_t i = 0; i < it.all.count; i++)
        if (it.all.items[i]->n != it.all.items[i]->kept && !mend(tx, it.all.items[i], err))
            return false;
    return true;
}
