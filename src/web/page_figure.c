#include "web/page_figure.h"

#include "core/time.h"
#include "web/answer.h"
#include "web/input.h"

/* Below /services/figures: of that year, of that service or all. */
static struct str href_of(struct request *request, const char *place, int year, struct str service)
{
    struct buf href = {.arena = request->arena};

    buf_printf(&href, "%.*s?year=%d", STR_ARG(page_href(request, "%s", place)), year);
    if (service.len > 0) {
        buf_add(&href, STR("&service="));
        url_encode(&href, service);
    }
    return buf_str(&href);
}

/* All that there is something of, the latest before. */
static void add_years(struct request *request, struct json *view, struct str service, int year,
                      int64_t first)
{
    struct json *years = view_list(request, view, "years");
    int last = time_date_from_day(request_today(request)).year;
    int begin = first == 0 ? last : time_date_from_day(first).year;

    for (int one = last; one >= begin; one--) {
        struct json *item = view_push(request, years);

        view_text(request, item, "title", str_printf(request->arena, "%d", one));
        view_text(request, item, "href", href_of(request, "/services/figures", one, service));
        view_bool(request, item, "is_current", one == year);
    }
}

/* A column only where some card names its office: else the administration gives all of them. */
static bool has_offices(struct request *request, const struct service_figure_list *list)
{
    struct str usual = request_text(request, STR("The administration"));

    for (size_t i = 0; i < list->count; i++)
        if (!str_equal(figures_office(request, list->items[i].service), usual))
            return true;
    return false;
}

static void add_services(struct request *request, struct json *view, int year,
                         const struct service_figure_list *list)
{
    bool is_told = has_offices(request, list);

    table_begin(request, view, request_text(request, STR("Services in figures")));
    table_column(request, view, "Service", false);
    if (is_told)
        table_column(request, view, "Who gives it", false);
    figures_columns(request, view);
    for (size_t i = 0; i < list->count;) {
        struct service_figure_sum sum = figures_add_up(request, list, &i);
        struct json *row = table_row(request, view, figures_title(request, sum.service),
                                     href_of(request, "/services/figures", year, sum.service));

        if (is_told)
            table_cell(request, view, row, figures_office(request, sum.service));
        figures_cells(request, view, row, &sum);
    }
}

static void add_months(struct request *request, struct json *view,
                       const struct service_figure_list *list)
{
    table_begin(request, view, request_text(request, STR("Month by month")));
    table_column(request, view, "Months", false);
    figures_columns(request, view);
    for (size_t i = 0; i < list->count; i++) {
        const struct service_figure_sum *sum = &list->items[i];
        struct json *row =
            table_row(request, view, figures_period(request, sum->from, sum->to), (struct str){0});

        figures_cells(request, view, row, sum);
    }
}

/* Why it was refused in that year. */
static void add_grounds(struct request *request, struct json *view,
                        const struct service_figure_list *list)
{
    struct json *grounds = view_object(request, view, "grounds");
    struct service_figure_sum sum;
    struct json *row;
    size_t i = 0;

    table_begin(request, grounds, request_text(request, STR("Why it was refused")));
    table_column(request, grounds, "Ground", false);
    table_column(request, grounds, "Refusals", true);
    if (list->count == 0)
        return;
    sum = figures_add_up(request, list, &i);
    for (size_t g = 0; g < sum.ground_count; g++) {
        row = table_row(request, grounds, figures_ground(request, sum.service, sum.grounds[g].id),
                        (struct str){0});
        table_cell(request, grounds, row, view_number(request, sum.grounds[g].count));
    }
    if (sum.other_grounds == 0)
        return;
    row = table_row(
        request, grounds,
        request_text(request, STR("other grounds, each named fewer than five times in a month")),
        (struct str){0});
    table_cell(request, grounds, row, view_number(request, sum.other_grounds));
}

bool page_figure(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct str service = request_query(request, STR("service"));
    struct service_figure_list list;
    struct services_one one = {0};
    int year;

    if (!figures_year(request, &year, err) ||
        !figures_read_public(request, service, year, &list, err) ||
        (service.len > 0 && !services_get(request, service, &one, err)))
        return false;
    page_title(request, view, request_text(request, STR("Services in figures")));
    page_crumb(request, view, request_text(request, STR("Services")), STR("/services/"));
    if (one.service != NULL)
        page_crumb(request, view, request_pack_text(request, one.service->title),
                   str_printf(request->arena, "/services/%.*s", STR_ARG(service)));
    view_maybe(request, view, "service_title",
               one.service == NULL ? (struct str){0}
                                   : request_pack_text(request, one.service->title));
    view_text(request, view, "all_href",
              href_of(request, "/services/figures", year, (struct str){0}));
    view_text(request, view, "year", str_printf(request->arena, "%d", year));
    view_text(request, view, "csv_href",
              href_of(request, "/api/v1/services/figures.csv", year, (struct str){0}));
    view_text(request, view, "json_href",
              href_of(request, "/api/v1/services/figures", year, (struct str){0}));
    add_years(request, view, service, year, list.first);
    if (service.len > 0)
        add_months(request, view, &list);
    else
        add_services(request, view, year, &list);
    add_grounds(request, view, service.len > 0 ? &list : &(struct service_figure_list){0});
    return answer_page(request, 200, STR("page/figures"), view, err);
}

static void add_part(struct request *request, struct buf *line, const char *label, struct str value)
{
    if (value.len == 0)
        return;
    if (line->len > 0)
        buf_add(line, STR("; "));
    buf_printf(line, "%.*s: %.*s", STR_ARG(request_text(request, str_from_z(label))),
               STR_ARG(value));
}

bool page_figure_line(struct request *request, struct str service, struct str *line,
                      struct err *err)
{
    int year = time_date_from_day(request_today(request)).year;
    struct buf text = {.arena = request->arena};
    struct service_figure_list list;
    struct service_figure_sum sum;
    size_t i = 0;

    *line = (struct str){0};
    if (!figures_read_public(request, service, year, &list, err) ||
        (list.count == 0 && !figures_read_public(request, service, --year, &list, err)))
        return false;
    if (list.count == 0)
        return true;
    sum = figures_add_up(request, &list, &i);
    add_part(request, &text, "decisions", view_number(request, service_figure_sum_decided(&sum)));
    add_part(request, &text, "in time", figures_in_time(request, &sum));
    add_part(request, &text, "days, median", figures_median(request, &sum));
    add_part(request, &text, "rating", figures_rating(request, &sum));
    *line = str_printf(request->arena, "%.*s; %.*s",
                       STR_ARG(figures_period(request, sum.from, sum.to)), STR_ARG(buf_str(&text)));
    return true;
}
