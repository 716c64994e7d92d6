/* Cases for staff: a list by urgency, and one with all that is known of it. */
#include "web/page_service.h"

#include "core/id.h"
#include "web/answer.h"
#include "web/api_file.h"
#include "web/case_view.h"
#include "web/flow_drawing.h"
#include "web/flow_wording.h"
#include "web/input.h"
#include "web/page_case_filter.h"
#include "web/page_work.h"
#include "web/people.h"
#include "web/table.h"
#include "web/tasks.h"

enum {
    PAGE = 50,
    LOOK = 250,
    LOOKS_MAX = 20, /* looks that pass over what is somebody else's, or was not asked for */
};

/* "DUE-ID" of the last one shown. */
static void read_place(const struct request *request, struct service_case_ask *ask)
{
    struct str text = request_query(request, STR("after"));
    struct str due = str_cut(&text, '-');
    int64_t after_due, after_id;

    if (!id_parse(due, &after_due) || !id_parse(text, &after_id))
        return;
    ask->after_due = after_due;
    ask->after_id = after_id;
}

static void add_row(struct request *request, struct json *view, const struct service_case *one,
                    const struct case_view_term *term)
{
    struct flow_wording_state state = services_state(request, one);
    const struct service *service;
    struct err none;
    struct json *row;

    row = table_row(request, view, one->number,
                    page_href(request, "/cases/%.*s", STR_ARG(id_text(request->arena, one->id))));
    table_cell(request, view, row,
               process_service(request->web->processes, request->catalog->model, one->service,
                               &service, &none)
                   ? request_pack_text(request, service->title)
                   : one->service);
    table_cell(request, view, row,
               view_day(request, catalog_day(request->catalog, one->registered_at)));
    if (term->kind[0] != '\0')
        table_tag(request, view, row, term->kind, term->rest);
    else
        table_cell(request, view, row, term->rest);
    if (state.kind[0] != '\0')
        table_tag(request, view, row, state.kind, state.text);
    else
        table_cell(request, view, row, state.text);
}

static void add_states(struct request *request, const struct page_case_filter *filter,
                       struct json *view)
{
    static const struct {
        enum service_case_state state;
        const char *title;
    } STATES[] = {{SERVICE_CASE_OPEN, "In work"},
                  {SERVICE_CASE_GRANTED, "Granted"},
                  {SERVICE_CASE_REFUSED, "Refused"},
                  {SERVICE_CASE_WITHDRAWN, "Withdrawn"},
                  {SERVICE_CASE_CLOSED, "Closed otherwise"}};
    struct json *list = view_list(request, view, "states");

    for (size_t i = 0; i < ARRAY_LEN(STATES); i++) {
        struct page_case_filter other = *filter;
        struct json *one = view_push(request, list);

        other.state = STATES[i].state;

        view_text(request, one, "title", request_text(request, str_from_z(STATES[i].title)));
        view_text(
            request, one, "href",
            page_href(request, "/cases/?%.*s", STR_ARG(page_case_filter_query(request, &other))));
        view_bool(request, one, "is_current", other.state == filter->state);
    }
}

struct listing {
    struct page_case_filter filter;
    struct service_case_ask ask; /* where it goes on */
    int64_t shown;
    bool has_more;
};

/* Of the services whose processes this person watches. */
static bool add_rows(struct request *request, struct listing *it, struct json *view,
                     struct err *err)
{
    struct case_view_term *terms = ARENA_ARRAY(request->arena, struct case_view_term, LOOK);
    struct service_case_page page;

    it->shown = 0;
    it->has_more = true;
    for (int look = 0; look < LOOKS_MAX && it->has_more; look++) {
        if (!service_case_list(&request->tx, request->arena, &it->ask, &page, err) ||
            !case_view_rests(request, page.items, page.count, terms, err))
            return false;
        it->has_more = page.has_more;
        for (size_t i = 0; i < page.count; i++) {
            it->ask.after_due = page.items[i].due_on;
            it->ask.after_id = page.items[i].id;
            if (!page_case_filter_shows(request, &it->filter, &page.items[i]))
                continue;
            add_row(request, view, &page.items[i], &terms[i]);
            if (++it->shown == PAGE) {
                it->has_more |= i + 1 < page.count;
                return true;
            }
        }
    }
    return true;
}

static void add_pages(struct request *request, const struct listing *it, struct json *view)
{
    struct str query = page_case_filter_query(request, &it->filter);
    bool is_first = request_query(request, STR("after")).len == 0;

    table_pages(
        request, view,
        &(struct table_pages){
            .shown = it->shown,
            .total_text = view_count(request, it->shown, it->has_more),
            .first_href =
                is_first ? (struct str){0} : page_href(request, "/cases/?%.*s", STR_ARG(query)),
            .next_href = it->has_more
                             ? page_href(request, "/cases/?%.*s&after=%.*s-%.*s", STR_ARG(query),
                                         STR_ARG(id_text(request->arena, it->ask.after_due)),
                                         STR_ARG(id_text(request->arena, it->ask.after_id)))
                             : (struct str){0},
            .page_size = PAGE,
        });
}

bool page_case_list(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct listing it = {.ask = {.after_due = INT64_MIN, .limit = LOOK}};
    struct tx *tx;

    if (!page_work_is_open(request, err) || !request_read(request, &tx, err) ||
        !page_case_filter_read(request, &it.filter, err))
        return false;
    page_case_filter_apply(request, &it.filter, &it.ask);
    read_place(request, &it.ask);
    page_title(request, view, request_text(request, STR("Cases")));
    page_work_views(request, view, PAGE_WORK_CASES);
    add_states(request, &it.filter, view);
    table_begin(request, view, request_text(request, STR("Cases")));
    table_column(request, view, "Number", false);
    table_column(request, view, "Service", false);
    table_column(request, view, "Accepted", false);
    table_column(request, view, "Term", false);
    table_column(request, view, "State", false);
    if (!page_case_filter_view(request, &it.filter, view, err) ||
        !add_rows(request, &it, view, err))
        return false;
    add_pages(request, &it, view);
    return answer_page(request, 200, STR("page/cases"), view, err);
}

/* What is somebody else's to do: whose, and a way to give it to another one. */
static void add_wait(struct request *request, const struct case_view_task *task, struct str name,
                     struct json *waits)
{
    struct people people = {.request = request, .tx = &request->tx};
    struct json *one = view_push(request, waits);
    struct str role = flow_wording_role(request, task->task.name);
    struct err no;

    view_text(request, one, "name", name);
    view_text(request, one, "whose",
              task->is_applicants ? request_text(request, STR("the applicant"))
              : task->task.claimant == 0
                  ? role
                  : str_printf(request->arena, "%.*s: %.*s", STR_ARG(role),
                               STR_ARG(people_find(&people, task->task.claimant))));
    view_maybe(request, one, "hand_href",
               !task->is_applicants && tasks_may_hand(request, &task->told, &no)
                   ? page_href(request, "/work/tasks/%.*s/%d/hand",
                               STR_ARG(id_text(request->arena, task->task.flow.id)),
                               task->task.wait)
                   : (struct str){0});
}

static bool add_tasks(struct request *request, const struct services_case *found, struct json *view,
                      struct err *err)
{
    struct json *list = view_list(request, view, "tasks");
    struct json *waits = view_list(request, view, "waits");
    struct case_view_tasks tasks;

    if (!case_view_tasks(request, &found->one, &tasks, err))
        return false;
    for (size_t i = 0; i < tasks.count; i++) {
        const struct case_view_task *task = &tasks.items[i];
        struct str name = flow_drawing_name(request, task->told.node);
        struct json *one;

        if (!task->told.is_ours || task->is_applicants) {
            add_wait(request, task, name, waits);
            continue;
        }
        one = view_push(request, list);
        view_text(request, one, "title", name);
        view_text(request, one, "text", request_pack_text(request, task->told.node->help));
        view_text(request, one, "href",
                  page_href(request, "/work/tasks/%.*s/%d",
                            STR_ARG(id_text(request->arena, task->task.flow.id)), task->task.wait));
    }
    view_bool(request, view, "has_tasks", list->count > 0);
    view_bool(request, view, "has_waits", waits->count > 0);
    return true;
}

/* Who applied: their card, where this person may open it. */
static bool add_applicant(struct request *request, const struct services_case *found,
                          struct json *view, struct err *err)
{
    const struct register_type *type = request->catalog->model->person;
    struct people people = {.request = request, .tx = &request->tx};
    struct flow_store head = {.record = found->one.person};
    struct display_value about = {0};
    struct json *facts = json_find(view, STR("facts"));

    if (type != NULL && found->one.person != 0) {
        head.no = catalog_no(request->catalog, type);
        if (!flow_wording_about(request, &head, &about, err))
            return false;
    }
    if (about.text.len == 0 && found->one.applicant != 0)
        about.text = people_find(&people, found->one.applicant);
    input_fact_link(request, facts, request_text(request, STR("Applicant")), about.text,
                    about.href);
    input_fact(request, facts, request_text(request, STR("How they came")),
               request_text(request, found->one.way == SERVICE_DESK    ? STR("to the desk")
                                     : found->one.way == SERVICE_PHONE ? STR("by phone")
                                     : found->one.way == SERVICE_PAPER ? STR("on paper")
                                                                       : STR("on the site")));
    return true;
}

bool page_case(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    const struct register_type *type;
    struct services_case found;
    struct str id;

    if (!services_find_case(request, 0, true, &found, err))
        return false;
    type = catalog_type(request->catalog, found.one.no);
    id = id_text(request->arena, found.one.id);
    if (!case_view_fill(request, &found, page_href(request, "/cases/%.*s/files/", STR_ARG(id)),
                        view, err) ||
        !add_applicant(request, &found, view, err) || !add_tasks(request, &found, view, err))
        return false;
    page_title(request, view,
               str_printf(request->arena, "%.*s %.*s", STR_ARG(request_text(request, STR("Case"))),
                          STR_ARG(found.one.number)));
    page_crumb(request, view, request_text(request, STR("Cases")), STR("/cases/"));
    view_bool(request, view, "is_open", found.one.state == SERVICE_CASE_OPEN);
    view_text(request, view, "list_href", page_href(request, "/work/"));
    view_text(
        request, view, "flow_href",
        page_href(request, "/work/flows/%.*s", STR_ARG(id_text(request->arena, found.one.flow))));
    view_text(request, view, "receipt_href",
              page_href(request, "/cases/%.*s/receipt", STR_ARG(id)));
    view_maybe(request, view, "record_href",
               type == NULL || found.record.body.len == 0
                   ? (struct str){0}
                   : display_record_href(request, type, found.one.id));
    view_maybe(request, view, "answer_action",
               services_may_answer(request, &found.one)
                   ? page_href(request, "/cases/%.*s/messages", STR_ARG(id))
                   : (struct str){0});
    return answer_page(request, 200, STR("page/case"), view, err);
}

bool page_case_answer(struct request *request, struct err *err)
{
    struct services_case found;

    if (!services_find_case(request, 0, true, &found, err) || !request_form(request, err))
        return false;
    return services_may_answer(request, &found.one)
               ? page_case_put_text(request, &found, SERVICE_CASE_ANSWERED,
                                    str_printf(request->arena, "/cases/%.*s",
                                               STR_ARG(id_text(request->arena, found.one.id))),
                                    err)
               : err_set(err, ERR_DENIED, "your role does not allow this");
}

static bool send_file(struct request *request, bool is_staff, struct err *err)
{
    struct services_case found;
    struct attachment file = {0};

    if (!services_find_case(request, 0, is_staff, &found, err) ||
        !request_id(request, 1, &file.id, err))
        return false;
    file.no = found.one.no;
    file.record = found.one.id;
    return attachment_get(&request->tx, request->arena, &file, err) &&
           api_file_send(request, &file, err);
}

bool page_case_file(struct request *request, struct err *err)
{
    return send_file(request, true, err);
}

bool page_case_own_file(struct request *request, struct err *err)
{
    return send_file(request, false, err);
}
