#include "web/figures.h"

#include <stdlib.h>

#include "core/num.h"
#include "core/time.h"
#include "web/flow_drawing.h"
#include "web/look.h"
#include "web/page.h"
#include "workflow/flow_load.h"

bool figures_is_for(const struct request *request)
{
    return page_is_staff(request) &&
           policy_may_some_process(&request->actor.rights, POLICY_WATCH | POLICY_MANAGE);
}

bool figures_watches(const struct request *request, struct str service)
{
    return services_may_watch(request, &(struct service_case){.service = service});
}

static void add_service(struct request *request, struct figures *figures,
                        const struct service_figure_open *one)
{
    struct figures_service *last =
        figures->services.count == 0 ? NULL : &figures->services.items[figures->services.count - 1];
    int64_t today = request_today(request);

    if (last == NULL || !str_equal(last->name, one->service)) {
        VEC_PUSH(request->arena, &figures->services,
                 (struct figures_service){.name = one->service});
        last = &figures->services.items[figures->services.count - 1];
    }
    last->open += one->count;
    if (one->due_on == SERVICE_CASE_NO_TERM)
        last->still += one->count;
    else if (one->due_on < today)
        last->late += one->count;
    else if (one->due_on <= today + FIGURES_SOON)
        last->soon += one->count;
}

/* Those alike from `first` to before `end`, who has waited longest before. */
static void add_step(struct request *request, struct figures *figures,
                     const struct service_figure_open *first, const struct service_figure_open *end)
{
    int64_t today = request_today(request), seen = 0;
    struct figures_step step = {.service = first->service,
                                .step = first->step,
                                .longest = today - first->since,
                                .median = -1};

    for (const struct service_figure_open *one = first; one < end; one++) {
        step.count += one->count;
        step.late += one->due_on < today ? one->count : 0;
    }
    for (const struct service_figure_open *one = first; one < end && step.median < 0; one++) {
        seen += one->count;
        if (2 * seen >= step.count)
            step.median = today - one->since;
    }
    VEC_PUSH(request->arena, &figures->steps, step);
}

static int compare_steps(const void *a, const void *b)
{
    const struct figures_step *x = a, *y = b;
    int order;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    order = str_compare(x->service, y->service);
    return order != 0 ? order : str_compare(x->step, y->step);
}

static bool read_open(struct request *request, struct figures *figures, struct err *err)
{
    struct service_figure_opens opens;

    if (!service_figure_sum_open(&request->tx, request->arena, &opens, err))
        return false;
    for (size_t i = 0, first = 0; i < opens.count; i++) {
        const struct service_figure_open *one = &opens.items[i];
        bool is_last = i + 1 == opens.count || !str_equal(one[0].service, one[1].service) ||
                       !str_equal(one[0].step, one[1].step);

        if (figures_watches(request, one->service)) {
            add_service(request, figures, one);
            if (is_last)
                add_step(request, figures, &opens.items[first], one + 1);
        }
        first = is_last ? i + 1 : first;
    }
    if (figures->steps.count > 1)
        qsort(figures->steps.items, figures->steps.count, sizeof *figures->steps.items,
              compare_steps);
    return true;
}

static bool does(const struct process *process, const struct policy_role *role)
{
    for (size_t i = 0; i < process->doer_count; i++)
        if (str_equal(process->doers[i], role->id) || str_equal(process->doers[i], role->title))
            return true;
    return false;
}

/* Somebody who watches one process of a role and not another would learn of that one by counts. */
static bool is_watched(const struct request *request, const struct process **processes,
                       size_t count, const struct policy_role *role)
{
    bool has_some = false;

    for (size_t i = 0; i < count; i++) {
        if (!does(processes[i], role))
            continue;
        has_some = true;
        if (!flows_may(request, processes[i]->name, POLICY_WATCH))
            return false;
    }
    return has_some;
}

bool figures_roles(struct request *request, uint64_t *roles, struct err *err)
{
    const struct model *model = request->catalog->model;
    const struct process **processes;
    size_t count, role_count;
    const struct policy_role *known = policy_roles(model->policy, &role_count);

    *roles = 0;
    if (!process_list(request->web->processes, model, request->arena, &processes, &count, err))
        return false;
    for (size_t i = 1; i < role_count; i++) /* the first is everybody's */
        if (is_watched(request, processes, count, &known[i]))
            *roles |= (uint64_t)1 << i;
    return true;
}

static struct figures_person *person_of(struct request *request, struct figures *figures,
                                        int64_t account, struct str role)
{
    for (size_t i = 0; i < figures->persons.count; i++) {
        struct figures_person *one = &figures->persons.items[i];

        if (one->account == account && (account != 0 || str_equal(one->role, role)))
            return one;
    }
    VEC_PUSH(
        request->arena, &figures->persons,
        (struct figures_person){.account = account, .role = account == 0 ? role : (struct str){0}});
    return &figures->persons.items[figures->persons.count - 1];
}

static bool add_persons(struct request *request, struct figures *figures,
                        const struct policy_role *role, struct str name, struct err *err)
{
    struct flow_load_list list;

    if (!flow_load_of(&request->tx, request->arena, name, request->now, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        struct figures_person *one = person_of(request, figures, list.items[i].account, role->id);

        one->tasks += list.items[i].tasks;
        one->late += list.items[i].late;
    }
    return true;
}

static int compare_persons(const void *a, const void *b)
{
    const struct figures_person *x = a, *y = b;

    if (x->tasks != y->tasks)
        return x->tasks > y->tasks ? -1 : 1;
    return x->account < y->account ? -1 : x->account > y->account;
}

static bool read_persons(struct request *request, struct figures *figures, struct err *err)
{
    uint64_t roles;
    size_t count;
    const struct policy_role *known = policy_roles(request->catalog->model->policy, &count);

    if (!figures_roles(request, &roles, err))
        return false;
    for (size_t i = 1; i < count; i++) {
        const struct policy_role *role = &known[i];

        if ((roles >> i & 1) == 0)
            continue;
        if (!add_persons(request, figures, role, role->id, err) ||
            (role->title.len > 0 && !str_equal(role->title, role->id) &&
             !add_persons(request, figures, role, role->title, err)))
            return false;
    }
    if (figures->persons.count > 1)
        qsort(figures->persons.items, figures->persons.count, sizeof *figures->persons.items,
              compare_persons);
    return true;
}

void figures_span(const struct request *request, struct figures *figures)
{
    int64_t month = service_figure_month(request_today(request));

    figures->from = time_add_months(month, 1 - FIGURES_MONTHS);
    figures->to = time_add_months(month, 1) - 1;
}

static bool read_ended(struct request *request, struct figures *figures, struct err *err)
{
    struct service_figure_list *list = &figures->ended;
    size_t kept = 0;

    figures_span(request, figures);
    if (!service_figure_sum_months(&request->tx, request->arena, figures->from,
                                   service_figure_month(figures->to), list, err))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (figures_watches(request, list->items[i].service))
            list->items[kept++] = list->items[i];
    list->count = kept;
    return true;
}

bool figures_read(struct request *request, struct figures *figures, struct err *err)
{
    struct tx *tx;

    *figures = (struct figures){0};
    if (!figures_is_for(request))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    return request_read(request, &tx, err) && read_open(request, figures, err) &&
           read_persons(request, figures, err) && read_ended(request, figures, err);
}

bool figures_year(struct request *request, int *year, struct err *err)
{
    struct str text = request_query(request, STR("year"));
    int64_t asked = time_date_from_day(request_today(request)).year;

    if (text.len > 0 && (!num_parse_int(text, &asked) || asked < 1 || asked > 9999))
        return err_set(err, ERR_INPUT, "the address has a broken query");
    *year = (int)asked;
    return true;
}

bool figures_read_public(struct request *request, struct str service, int year,
                         struct service_figure_list *list, struct err *err)
{
    struct tx *tx;
    const struct service_figure_asked asked = {
        .service = service, .year = year, .today = request_today(request)};

    return request_read(request, &tx, err) &&
           service_figure_sum_public(tx, request->arena, &asked, list, err);
}

struct service_figure_sum figures_add_up(struct request *request,
                                         const struct service_figure_list *list, size_t *i)
{
    const struct service_figure_sum *first = &list->items[*i];
    struct service_figure_sum sum = {
        .service = first->service,
        .from = first->from,
        .days = ARENA_ARRAY(request->arena, int64_t, SERVICE_FIGURE_DAYS_MAX + 1),
    };

    for (; *i < list->count && str_equal(list->items[*i].service, sum.service); ++*i)
        service_figure_sum_add(request->arena, &sum, &list->items[*i]);
    return sum;
}

static const struct service *find_service(const struct request *request, struct str name)
{
    const struct service *service;
    struct err none;

    return process_service(request->web->processes, request->catalog->model, name, &service, &none)
               ? service
               : NULL;
}

struct str figures_title(struct request *request, struct str name)
{
    const struct service *service = find_service(request, name);

    return service == NULL ? name : request_pack_text(request, service->title);
}

struct str figures_ground(struct request *request, struct str name, struct str id)
{
    const struct service *service = find_service(request, name);
    const struct service_ground *ground = service == NULL ? NULL : service_find_ground(service, id);

    return ground == NULL ? id : request_pack_text(request, ground->title);
}

struct str figures_office(struct request *request, struct str name)
{
    const struct service *service = find_service(request, name);

    return service == NULL || service->office.len == 0
               ? request_text(request, STR("The administration"))
               : request_pack_text(request, service->office);
}

struct str figures_step_name(struct request *request, const struct figures_step *step,
                             const struct bpmn_node **node)
{
    struct str id = step->step;
    struct services_one one;
    struct err none;

    *node = NULL;
    if (str_starts(id, STR("!")))
        id = str_slice(id, 1, id.len);
    if (id.len == 0)
        return request_text(request, STR("not known yet"));
    if (services_get(request, step->service, &one, &none))
        *node = bpmn_find(one.process->model, id);
    return *node == NULL ? id : flow_drawing_name(request, *node);
}

struct str figures_period(struct request *request, int64_t from, int64_t to)
{
    struct time_date first = time_date_from_day(from), last = time_date_from_day(to);

    if (first.year == last.year && first.month == last.month)
        return str_printf(request->arena, "%02d.%d", first.month, first.year);
    return str_printf(request->arena, "%02d.%d – %02d.%d", first.month, first.year, last.month,
                      last.year);
}

struct str figures_in_time(struct request *request, const struct service_figure_sum *sum)
{
    int64_t all = sum->kept + sum->late;

    if (all == 0)
        return (struct str){0};
    /* Never rounded up to all: 100% says that none was late. */
    return str_printf(request->arena, "%lld%% (%.*s / %.*s)", (long long)(sum->kept * 100 / all),
                      STR_ARG(view_number(request, sum->kept)), STR_ARG(view_number(request, all)));
}

struct str figures_rating(struct request *request, const struct service_figure_sum *sum)
{
    static const struct str LANGUAGES[] = {STR_INIT("ru"), STR_INIT("ky"), STR_INIT("en")};
    struct buf plain = {.arena = request->arena};
    struct buf local = {.arena = request->arena};

    if (sum->ratings == 0)
        return (struct str){0};
    num_print_scaled(&plain, (sum->rating_sum * 10 + sum->ratings / 2) / sum->ratings, 1);
    num_print_local(&local, buf_str(&plain), LANGUAGES[request->language]);
    return str_printf(request->arena, "%.*s (%.*s)", STR_ARG(buf_str(&local)),
                      STR_ARG(view_number(request, sum->ratings)));
}

struct str figures_median(struct request *request, const struct service_figure_sum *sum)
{
    int64_t median = service_figure_sum_median(sum);

    return median < 0 ? (struct str){0} : view_number(request, median);
}

void figures_columns(struct request *request, struct json *view)
{
    table_column(request, view, "Applications", true);
    table_column(request, view, "Granted", true);
    table_column(request, view, "Refused", true);
    table_column(request, view, "Withdrawn", true);
    table_column(request, view, "Closed otherwise", true);
    table_column(request, view, "In time", true);
    table_column(request, view, "Days, median", true);
    table_column(request, view, "Rating", true);
    table_column(request, view, "Visits avoided", true);
}

void figures_cells(struct request *request, struct json *view, struct json *row,
                   const struct service_figure_sum *sum)
{
    table_cell(request, view, row, view_number(request, sum->opened));
    table_cell(request, view, row, view_number(request, sum->granted));
    table_cell(request, view, row, view_number(request, sum->refused));
    table_cell(request, view, row, view_number(request, sum->withdrawn));
    table_cell(request, view, row, view_number(request, sum->closed));
    table_cell(request, view, row, figures_in_time(request, sum));
    table_cell(request, view, row, figures_median(request, sum));
    table_cell(request, view, row, figures_rating(request, sum));
    table_cell(request, view, row, view_number(request, sum->spared));
}
