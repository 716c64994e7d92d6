#include "web/api_figure.h"

#include "core/csv.h"
#include "core/id.h"
#include "core/json_put.h"
#include "core/num.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/people.h"

/* "2026-03" */
static struct str month_of(struct request *request, int64_t day)
{
    struct time_date date = time_date_from_day(day);

    return str_printf(request->arena, "%04d-%02d", date.year, date.month);
}

/* "4.59"; empty: there are none. */
static struct str rating_of(struct request *request, const struct service_figure_sum *sum)
{
    struct buf text = {.arena = request->arena};

    if (sum->ratings > 0)
        num_print_scaled(&text, (sum->rating_sum * 100 + sum->ratings / 2) / sum->ratings, 2);
    return buf_str(&text);
}

static struct str median_of(struct request *request, const struct service_figure_sum *sum)
{
    int64_t median = service_figure_sum_median(sum);

    return median < 0 ? (struct str){0} : str_printf(request->arena, "%lld", (long long)median);
}

static void put_number(struct buf *out, const char *name, struct str number)
{
    json_put_name(out, name);
    buf_add(out, number.len > 0 ? number : STR("null"));
}

static void put_sum(struct request *request, const struct service_figure_sum *sum)
{
    struct buf *out = &request->exchange->out;

    buf_char(out, '{');
    json_put_text(out, "service", sum->service);
    json_put_text(out, "title", figures_title(request, sum->service));
    json_put_text(out, "office", figures_office(request, sum->service));
    json_put_text(out, "from", month_of(request, sum->from));
    json_put_text(out, "to", month_of(request, sum->to));
    json_put_int(out, "applications", sum->opened);
    json_put_int(out, "granted", sum->granted);
    json_put_int(out, "refused", sum->refused);
    json_put_int(out, "withdrawn", sum->withdrawn);
    json_put_int(out, "closed", sum->closed);
    json_put_int(out, "in_time", sum->kept);
    json_put_int(out, "late", sum->late);
    put_number(out, "median_days", median_of(request, sum));
    json_put_int(out, "ratings", sum->ratings);
    put_number(out, "rating", rating_of(request, sum));
    json_put_int(out, "visits_avoided", sum->spared);
    buf_add(out, STR(",\"grounds\":["));
    for (size_t i = 0; i < sum->ground_count; i++) {
        buf_add(out, i > 0 ? STR(",{") : STR("{"));
        json_put_text(out, "id", sum->grounds[i].id);
        json_put_text(out, "title", figures_ground(request, sum->service, sum->grounds[i].id));
        json_put_int(out, "refused", sum->grounds[i].count);
        buf_char(out, '}');
    }
    buf_char(out, ']');
    json_put_int(out, "other_grounds", sum->other_grounds);
    buf_char(out, '}');
}

static void put_sums(struct request *request, const struct service_figure_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buf_char(&request->exchange->out, ',');
        put_sum(request, &list->items[i]);
    }
}

static bool read_public(struct request *request, int *year, struct service_figure_list *list,
                        struct err *err)
{
    struct str service = request_query(request, STR("service"));

    return figures_year(request, year, err) &&
           figures_read_public(request, service, *year, list, err);
}

bool api_figure_public(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct service_figure_list list;
    int year;

    if (!read_public(request, &year, &list, err))
        return false;
    buf_char(out, '{');
    json_put_int(out, "year", year);
    json_put_int(out, "fewest", SERVICE_FIGURE_SMALL);
    buf_add(out, STR(",\"figures\":["));
    put_sums(request, &list);
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

static struct str number_of(struct request *request, int64_t number)
{
    return str_printf(request->arena, "%lld", (long long)number);
}

/* "incomplete:7 sound_tree:5 other:2" */
static struct str grounds_of(struct request *request, const struct service_figure_sum *sum)
{
    struct buf text = {.arena = request->arena};

    for (size_t i = 0; i < sum->ground_count; i++)
        buf_printf(&text, "%s%.*s:%lld", i > 0 ? " " : "", STR_ARG(sum->grounds[i].id),
                   (long long)sum->grounds[i].count);
    if (sum->other_grounds > 0)
        buf_printf(&text, "%sother:%lld", text.len > 0 ? " " : "", (long long)sum->other_grounds);
    return buf_str(&text);
}

bool api_figure_csv(struct request *request, struct err *err)
{
    static const struct str NAMES[] = {
        STR_INIT("service"),        STR_INIT("title"),   STR_INIT("office"),
        STR_INIT("from"),           STR_INIT("to"),      STR_INIT("applications"),
        STR_INIT("granted"),        STR_INIT("refused"), STR_INIT("withdrawn"),
        STR_INIT("closed"),         STR_INIT("in_time"), STR_INIT("late"),
        STR_INIT("median_days"),    STR_INIT("ratings"), STR_INIT("rating"),
        STR_INIT("visits_avoided"), STR_INIT("grounds")};
    struct buf *out = &request->exchange->out;
    struct service_figure_list list;
    int year;

    if (!read_public(request, &year, &list, err))
        return false;
    csv_write(out, NAMES, ARRAY_LEN(NAMES), ',');
    for (size_t i = 0; i < list.count; i++) {
        const struct service_figure_sum *sum = &list.items[i];
        const struct str row[ARRAY_LEN(NAMES)] = {
            sum->service,
            figures_title(request, sum->service),
            figures_office(request, sum->service),
            month_of(request, sum->from),
            month_of(request, sum->to),
            number_of(request, sum->opened),
            number_of(request, sum->granted),
            number_of(request, sum->refused),
            number_of(request, sum->withdrawn),
            number_of(request, sum->closed),
            number_of(request, sum->kept),
            number_of(request, sum->late),
            median_of(request, sum),
            number_of(request, sum->ratings),
            rating_of(request, sum),
            number_of(request, sum->spared),
            grounds_of(request, sum),
        };

        csv_write(out, row, ARRAY_LEN(row), ',');
    }
    http_add(request->exchange, STR("Content-Disposition"),
             str_printf(request->arena, "attachment; filename=\"services-%d.csv\"", year));
    return answer_text(request, 200, STR("text/csv; charset=utf-8"));
}

static void put_services(struct request *request, const struct figures *figures)
{
    struct buf *out = &request->exchange->out;

    buf_add(out, STR("\"services\":["));
    for (size_t i = 0; i < figures->services.count; i++) {
        const struct figures_service *one = &figures->services.items[i];

        buf_add(out, i > 0 ? STR(",{") : STR("{"));
        json_put_text(out, "service", one->name);
        json_put_text(out, "title", figures_title(request, one->name));
        json_put_int(out, "open", one->open);
        json_put_int(out, "late", one->late);
        json_put_int(out, "soon", one->soon);
        json_put_int(out, "still", one->still);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void put_steps(struct request *request, const struct figures *figures)
{
    struct buf *out = &request->exchange->out;

    buf_add(out, STR(",\"steps\":["));
    for (size_t i = 0; i < figures->steps.count; i++) {
        const struct figures_step *one = &figures->steps.items[i];
        bool is_stuck = str_starts(one->step, STR("!"));
        const struct bpmn_node *node;

        buf_add(out, i > 0 ? STR(",{") : STR("{"));
        json_put_text(out, "service", one->service);
        json_put_text(out, "element", str_slice(one->step, is_stuck ? 1 : 0, one->step.len));
        json_put_text(out, "title", figures_step_name(request, one, &node));
        json_put_bool(out, "is_stuck", is_stuck);
        json_put_int(out, "cases", one->count);
        json_put_int(out, "late", one->late);
        json_put_int(out, "median_days", one->median);
        json_put_int(out, "longest_days", one->longest);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void put_persons(struct request *request, const struct figures *figures)
{
    struct people people = {.request = request, .tx = &request->tx};
    struct buf *out = &request->exchange->out;

    buf_add(out, STR(",\"persons\":["));
    for (size_t i = 0; i < figures->persons.count; i++) {
        const struct figures_person *one = &figures->persons.items[i];

        buf_add(out, i > 0 ? STR(",{") : STR("{"));
        json_put_name(out, "account");
        if (one->account == 0)
            buf_add(out, STR("null"));
        else
            json_write_text(out, id_text(request->arena, one->account));
        json_put_text(out, "name",
                      one->account == 0 ? (struct str){0} : people_find(&people, one->account));
        json_put_text(out, "role", one->role);
        json_put_int(out, "tasks", one->tasks);
        json_put_int(out, "late", one->late);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

bool api_figure_work(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct figures figures;

    if (!figures_read(request, &figures, err))
        return false;
    buf_char(out, '{');
    put_services(request, &figures);
    put_steps(request, &figures);
    put_persons(request, &figures);
    buf_add(out, STR(",\"ended\":["));
    put_sums(request, &figures.ended);
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}
