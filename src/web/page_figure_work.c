/* What staff see of services in figures.  Each number leads to what it counts. */
#include "core/id.h"
#include "web/answer.h"
#include "web/flow_wording.h"
#include "web/page_figure.h"
#include "web/page_work.h"
#include "web/people.h"

#define CASES "/work/figures/cases"
#define TASKS "/work/figures/tasks"

/* An address with a query, name by name. */
struct place {
    struct request *request;
    struct buf text;
    bool has_query;
};

static struct place begin_place(struct request *request, const char *path)
{
    struct place place = {.request = request, .text = {.arena = request->arena}};

    buf_add(&place.text, page_href(request, "%s", path));
    return place;
}

static void ask(struct place *place, const char *name, struct str value)
{
    if (value.len == 0)
        return;
    buf_char(&place->text, place->has_query ? '&' : '?');
    place->has_query = true;
    buf_printf(&place->text, "%s=", name);
    url_encode(&place->text, value);
}

/* Open cases: of a service, of a step, due so; each may be empty. */
static struct str open_href(struct request *request, struct str service, struct str step,
                            const char *due)
{
    struct place place = begin_place(request, CASES);

    ask(&place, "service", service);
    ask(&place, "step", step);
    ask(&place, "due", str_from_z(due));
    return buf_str(&place.text);
}

static struct str ended_href(struct request *request, struct str service, const char *name,
                             struct str value)
{
    struct place place = begin_place(request, CASES);

    ask(&place, "service", service);
    ask(&place, "ended", STR("yes"));
    ask(&place, name, value);
    return buf_str(&place.text);
}

static void put_number(struct request *request, struct json *view, struct json *row, int64_t number,
                       struct str href)
{
    table_link(request, view, row, view_number(request, number),
               number == 0 ? (struct str){0} : href);
}

static void add_figure(struct request *request, struct json *list, const char *label,
                       int64_t number, struct str href)
{
    struct json *one = view_push(request, list);

    view_text(request, one, "value", view_number(request, number));
    view_text(request, one, "label", request_text(request, str_from_z(label)));
    view_text(request, one, "href", href);
}

static void add_head(struct request *request, struct json *view, const struct figures *figures)
{
    struct json *list = view_list(request, view, "figures");
    struct figures_service all = {0};
    struct str any = {0};

    for (size_t i = 0; i < figures->services.count; i++) {
        all.open += figures->services.items[i].open;
        all.late += figures->services.items[i].late;
        all.soon += figures->services.items[i].soon;
        all.still += figures->services.items[i].still;
    }
    add_figure(request, list, "cases in work", all.open, open_href(request, any, any, ""));
    add_figure(request, list, "overdue", all.late, open_href(request, any, any, "late"));
    add_figure(request, list, "due within 7 days", all.soon, open_href(request, any, any, "soon"));
    add_figure(request, list, "no term runs", all.still, open_href(request, any, any, "still"));
}

static struct json *add_section(struct request *request, struct json *view, const char *heading,
                                const char *nothing)
{
    struct json *section = view_push(request, json_find(view, STR("sections")));
    struct str text = request_text(request, str_from_z(heading));

    view_text(request, section, "heading", text);
    view_text(request, section, "nothing", request_text(request, str_from_z(nothing)));
    table_begin(request, section, text);
    return section;
}

static void add_services(struct request *request, struct json *view, const struct figures *figures)
{
    struct json *table = add_section(request, view, "Cases in work by service", "No case is open.");

    table_column(request, table, "Service", false);
    table_column(request, table, "In work", true);
    table_column(request, table, "Overdue", true);
    table_column(request, table, "Due within 7 days", true);
    table_column(request, table, "No term runs", true);
    for (size_t i = 0; i < figures->services.count; i++) {
        const struct figures_service *one = &figures->services.items[i];
        struct str any = {0};
        struct json *row =
            table_row(request, table, figures_title(request, one->name), (struct str){0});

        put_number(request, table, row, one->open, open_href(request, one->name, any, ""));
        put_number(request, table, row, one->late, open_href(request, one->name, any, "late"));
        put_number(request, table, row, one->soon, open_href(request, one->name, any, "soon"));
        put_number(request, table, row, one->still, open_href(request, one->name, any, "still"));
    }
}

/* Who has to do something there. */
static struct str whose(struct request *request, const struct figures_step *step,
                        const struct bpmn_node *node)
{
    if (str_starts(step->step, STR("!")))
        return request_text(request, STR("stuck: somebody has to look"));
    if (node == NULL || node->work == NULL)
        return (struct str){0};
    if (str_equal(node->work->role, STR("applicant")))
        return request_text(request, STR("the applicant"));
    if (node->kind == BPMN_SERVICE)
        return request_text(request, STR("another system"));
    return flow_wording_role(request, node->work->role);
}

static void add_steps(struct request *request, struct json *view, const struct figures *figures)
{
    struct json *table = add_section(request, view, "Where cases wait", "No case is open.");

    table_column(request, table, "Step", false);
    table_column(request, table, "Service", false);
    table_column(request, table, "Waits for", false);
    table_column(request, table, "Cases", true);
    table_column(request, table, "Overdue", true);
    table_column(request, table, "Days at the step, median", true);
    table_column(request, table, "Days at the step, longest", true);
    for (size_t i = 0; i < figures->steps.count; i++) {
        const struct figures_step *one = &figures->steps.items[i];
        const struct bpmn_node *node;
        struct str name = figures_step_name(request, one, &node);
        struct json *row = table_row(request, table, name, (struct str){0});

        table_cell(request, table, row, figures_title(request, one->service));
        if (str_starts(one->step, STR("!")))
            table_tag(request, table, row, "bad", whose(request, one, node));
        else
            table_cell(request, table, row, whose(request, one, node));
        put_number(request, table, row, one->count,
                   open_href(request, one->service, one->step, ""));
        put_number(request, table, row, one->late,
                   open_href(request, one->service, one->step, "late"));
        table_cell(request, table, row, view_number(request, one->median));
        table_cell(request, table, row, view_number(request, one->longest));
    }
}

static void add_persons(struct request *request, struct json *view, const struct figures *figures)
{
    struct people people = {.request = request, .tx = &request->tx};
    struct json *table = add_section(request, view, "Who has how much in hand",
                                     "There are no tasks that you may know of.");

    table_column(request, table, "Who", false);
    table_column(request, table, "Tasks", true);
    table_column(request, table, "Overdue", true);
    for (size_t i = 0; i < figures->persons.count; i++) {
        const struct figures_person *one = &figures->persons.items[i];
        struct place place = begin_place(request, TASKS);
        struct json *row;

        if (one->account == 0)
            ask(&place, "role", one->role);
        else
            ask(&place, "person", id_text(request->arena, one->account));
        row = table_row(request, table,
                        one->account != 0
                            ? people_find(&people, one->account)
                            : str_printf(request->arena, "%.*s: %.*s",
                                         STR_ARG(request_text(request, STR("nobody yet"))),
                                         STR_ARG(flow_wording_role(request, one->role))),
                        buf_str(&place.text));
        table_cell(request, table, row, view_number(request, one->tasks));
        table_cell(request, table, row, view_number(request, one->late));
    }
}

static void add_ended(struct request *request, struct json *view, const struct figures *figures)
{
    struct json *table =
        add_section(request, view, "How cases ended in twelve months", "No case has ended.");
    const struct str yes = STR("yes");

    table_column(request, table, "Service", false);
    table_column(request, table, "Granted", true);
    table_column(request, table, "Refused", true);
    table_column(request, table, "Withdrawn", true);
    table_column(request, table, "Closed otherwise", true);
    table_column(request, table, "Late", true);
    table_column(request, table, "Days, median", true);
    table_column(request, table, "Rating", true);
    for (size_t i = 0; i < figures->ended.count; i++) {
        const struct service_figure_sum *one = &figures->ended.items[i];
        struct str name = one->service;
        struct json *row = table_row(request, table, figures_title(request, name), (struct str){0});

        put_number(request, table, row, one->granted,
                   ended_href(request, name, "state", STR("granted")));
        put_number(request, table, row, one->refused,
                   ended_href(request, name, "state", STR("refused")));
        put_number(request, table, row, one->withdrawn,
                   ended_href(request, name, "state", STR("withdrawn")));
        put_number(request, table, row, one->closed,
                   ended_href(request, name, "state", STR("closed")));
        put_number(request, table, row, one->late, ended_href(request, name, "late", yes));
        table_cell(request, table, row, figures_median(request, one));
        table_link(request, table, row, figures_rating(request, one),
                   one->ratings == 0 ? (struct str){0} : ended_href(request, name, "rated", yes));
    }
}

static void add_grounds(struct request *request, struct json *view, const struct figures *figures)
{
    struct json *table =
        add_section(request, view, "Why it was refused in twelve months", "Nothing was refused.");

    table_column(request, table, "Ground", false);
    table_column(request, table, "Service", false);
    table_column(request, table, "Refusals", true);
    for (size_t i = 0; i < figures->ended.count; i++) {
        const struct service_figure_sum *one = &figures->ended.items[i];

        for (size_t g = 0; g < one->ground_count; g++) {
            struct json *row =
                table_row(request, table, figures_ground(request, one->service, one->grounds[g].id),
                          (struct str){0});

            table_cell(request, table, row, figures_title(request, one->service));
            put_number(request, table, row, one->grounds[g].count,
                       ended_href(request, one->service, "ground", one->grounds[g].id));
        }
    }
}

bool page_figure_work(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct figures figures;

    if (!figures_read(request, &figures, err))
        return false;
    page_title(request, view, request_text(request, STR("Figures")));
    page_work_views(request, view, PAGE_WORK_FIGURES);
    view_list(request, view, "sections");
    add_head(request, view, &figures);
    add_services(request, view, &figures);
    add_steps(request, view, &figures);
    add_persons(request, view, &figures);
    add_ended(request, view, &figures);
    add_grounds(request, view, &figures);
    view_text(request, view, "public_href", page_href(request, "/services/figures"));
    return answer_page(request, 200, STR("page/work-figures"), view, err);
}
