#include "web/page_work.h"

#include "core/id.h"
#include "web/answer.h"
#include "web/flow_wording.h"
#include "web/meetings.h"
#include "web/page_work_filter.h"
#include "web/people.h"
#include "web/table.h"
#include "web/tasks.h"
#include "web/wording.h"
#include "workflow/flow_list.h"

enum {
    PAGE = 50,
};

static bool has_right(const struct request *request)
{
    return policy_may_some_process(&request->actor.rights,
                                   POLICY_BEGIN | POLICY_WATCH | POLICY_MANAGE);
}

bool page_work_is_known(const struct request *request)
{
    return !page_is_staff(request) || has_right(request) ||
           process_library_has(request->web->processes, request->catalog->model);
}

static bool does_tasks(const struct request *request)
{
    const struct process **processes;
    size_t count;
    struct err ignored;

    if ((request->is_on_loop && !page_work_is_known(request)) ||
        !process_list(request->web->processes, request->catalog->model, request->arena, &processes,
                      &count, &ignored))
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < processes[i]->doer_count; d++)
            if (policy_has_role(&request->actor.rights, processes[i]->doers[d]))
                return true;
    return false;
}

bool page_work_is_for(const struct request *request)
{
    return has_right(request) || does_tasks(request) ||
           ((!request->is_on_loop || page_work_is_known(request)) && meetings_is_for(request));
}

bool page_work_may_begin(const struct request *request)
{
    return policy_may_some_process(&request->actor.rights, POLICY_BEGIN);
}

bool page_work_is_open(const struct request *request, struct err *err)
{
    return page_is_staff(request) || err_set(err, ERR_DENIED, "your role does not allow this");
}

static void add_view(struct request *request, struct json *views, const char *title,
                     const char *path, bool is_current)
{
    struct json *one = view_push(request, views);

    view_text(request, one, "title", request_text(request, str_from_z(title)));
    view_text(request, one, "href", page_href(request, "%s", path));
    view_bool(request, one, "is_current", is_current);
}

bool page_work_sees_messages(const struct request *request)
{
    return flows_may(request, STR("*"), POLICY_MANAGE);
}

void page_work_views(struct request *request, struct json *view, enum page_work_list list)
{
    struct json *views = view_list(request, view, "views");
    struct json *actions = view_list(request, view, "actions");
    bool watches = policy_may_some_process(&request->actor.rights, POLICY_WATCH | POLICY_MANAGE);

    add_view(request, views, "My tasks", "/work/", list == PAGE_WORK_TASKS);
    if (list == PAGE_WORK_CASES || watches)
        add_view(request, views, "Cases", "/cases/", list == PAGE_WORK_CASES);
    if (list == PAGE_WORK_CHARGES || watches)
        add_view(request, views, "Payments", "/work/charges", list == PAGE_WORK_CHARGES);
    if (list == PAGE_WORK_COMMISSIONS || meetings_is_for(request))
        add_view(request, views, "Commissions", "/work/commissions/",
                 list == PAGE_WORK_COMMISSIONS);
    if (list == PAGE_WORK_FIGURES || watches)
        add_view(request, views, "Figures", "/work/figures", list == PAGE_WORK_FIGURES);
    if (list == PAGE_WORK_FLOWS || watches)
        add_view(request, views, "Processes that go on", "/work/flows/", list == PAGE_WORK_FLOWS);
    if (page_is_staff(request))
        add_view(request, views, "Documents", "/work/documents/", list == PAGE_WORK_DOCUMENTS);
    add_view(request, views, "Substitutes", "/work/leave", list == PAGE_WORK_LEAVE);
    if (page_work_sees_messages(request))
        add_view(request, views, "Messages", "/work/messages/", list == PAGE_WORK_MESSAGES);
    if (page_work_may_begin(request))
        view_action(request, actions, request_text(request, STR("Begin a process")),
                    page_href(request, "/work/new"), "main");
    view_bool(request, view, "has_actions", actions->count > 0);
}

bool page_work_step(struct request *request, struct conduct *conduct, struct err *err)
{
    request->has_written = true;
    tx_done(&request->tx);
    if (!conduct_step(request->tenant, conduct, err))
        return false;
    if (conduct->has_job)
        request_wake_workers(request);
    return true;
}

/* The first open task of a flow that this person may do; 0: none. */
static bool find_next(struct request *request, int64_t flow, int *wait, struct err *err)
{
    struct flow_task_ask ask;

    return tasks_ask(request, &ask, err) &&
           flow_task_next(&request->tx, request->arena, &ask, flow, wait, err);
}

bool page_work_go_on(struct request *request, const struct conduct *conduct, const char *notice,
                     struct err *err)
{
    struct str id = id_text(request->arena, conduct->flow);
    int wait;

    answer_notice(request, STR("ok"), request_text(request, str_from_z(notice)));
    if (!find_next(request, conduct->flow, &wait, err))
        return false;
    if (wait != 0)
        return answer_redirect(
            request, str_printf(request->arena, "/work/tasks/%.*s/%d", STR_ARG(id), wait));
    if (flows_may(request, conduct->process->name, POLICY_WATCH))
        return answer_redirect(request,
                               str_printf(request->arena, "/work/flows/%.*s", STR_ARG(id)));
    return answer_redirect(request, STR("/work/"));
}

/* Of those who are away that is said: their tasks are this person's for a while. */
static struct str taken_by(struct people *people, const struct flow_task *task)
{
    struct request *request = people->request;

    if (task->claimant == 0)
        return request_text(request, STR("nobody yet"));
    if (task->claimant == request->actor.account)
        return request_text(request, STR("you"));
    return str_printf(request->arena, "%.*s (%.*s)", STR_ARG(people_find(people, task->claimant)),
                      STR_ARG(request_text(request, STR("away"))));
}

static bool add_task(struct people *people, struct json *view, const struct flow_task *task,
                     struct err *err)
{
    struct request *request = people->request;
    struct flow_wording_state due = flow_wording_due(request, task->due_at);
    struct display_value about;
    struct flows_task told;
    struct json *row;

    flows_tell_task(request, task, &told);
    if (!flow_wording_about(request, &task->flow, &about, err))
        return false;
    row = table_row(request, view,
                    told.node != NULL && told.node->name.len > 0
                        ? request_pack_text(request, told.node->name)
                        : request_text(request, STR("task")),
                    page_href(request, "/work/tasks/%.*s/%d",
                              STR_ARG(id_text(request->arena, task->flow.id)), task->wait));
    table_link(request, view, row, about.text, about.href);
    table_cell(request, view, row, flow_wording_title(request, &told.flow));
    if (due.kind[0] != '\0')
        table_tag(request, view, row, due.kind,
                  task->due_at <= request->now
                      ? str_printf(request->arena, "%.*s: %.*s",
                                   STR_ARG(request_text(request, STR("overdue"))),
                                   STR_ARG(due.text))
                      : due.text);
    else
        table_cell(request, view, row, due.text);
    table_cell(request, view, row, taken_by(people, task));
    table_tick(request, row,
               str_printf(request->arena, "%.*s-%d",
                          STR_ARG(id_text(request->arena, task->flow.id)), task->wait));
    return true;
}

static bool add_tasks(struct request *request, struct json *view, const struct flow_task_page *page,
                      const struct page_work_filter *filter, struct err *err)
{
    bool is_first = request_query(request, STR("after")).len == 0;
    struct people people = {.request = request, .tx = &request->tx};
    struct str next = {0};

    table_begin(request, view, request_text(request, STR("My tasks")));
    table_column(request, view, "What to do", false);
    table_column(request, view, "About", false);
    table_column(request, view, "Process", false);
    table_column(request, view, "Do it by", false);
    table_column(request, view, "Taken by", false);
    for (size_t i = 0; i < page->count; i++)
        if (!add_task(&people, view, &page->items[i], err))
            return false;
    if (page->has_more)
        next = page_href(request, "/work/?%.*s&after=%.*s",
                         STR_ARG(page_work_filter_query(request, filter)),
                         STR_ARG(flows_task_place(request->arena, &page->items[page->count - 1])));
    table_pages(request, view,
                &(struct table_pages){
                    .shown = (int64_t)page->count,
                    .total_text = view_count(request, (int64_t)page->count, page->has_more),
                    .first_href = is_first
                                      ? (struct str){0}
                                      : page_href(request, "/work/?%.*s",
                                                  STR_ARG(page_work_filter_query(request, filter))),
                    .next_href = next,
                    .page_size = PAGE,
                });
    return true;
}

bool page_work(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct str after = request_query(request, STR("after"));
    struct page_work_filter filter;
    struct flow_task_page page;
    struct flow_task_ask ask;

    if (!page_work_is_open(request, err) || !tasks_ask(request, &ask, err) ||
        !page_work_filter_read(request, &filter, err))
        return false;
    ask.limit = PAGE;
    page_work_filter_apply(request, &filter, &ask);
    if (after.len > 0 && !flows_read_task_place(after, &ask.after))
        return err_set(err, ERR_INPUT, "the address has a broken query");
    if (!flow_task_list(&request->tx, request->arena, &ask, &page, err))
        return false;
    page_title(request, view, request_text(request, STR("My tasks")));
    page_work_views(request, view, PAGE_WORK_TASKS);
    view_bool(request, view, "may_begin", page_work_may_begin(request));
    view_text(request, view, "bulk_action", page_href(request, "/work/bulk"));
    page_work_filter_view(request, &filter, &ask, view);
    return add_tasks(request, view, &page, &filter, err) &&
           answer_page(request, 200, STR("page/work"), view, err);
}

/* What is shown is one of these; the first one without a word in the address. */
static const struct {
    const char *word, *title;
    bool is_open;
} FILTERS[] = {{"open", "not ended", true},
               {"stuck", "are stuck", true},
               {"ended", "have ended", false},
               {"failed", "ended with an error", false},
               {"cancelled", "were cancelled", false},
               {"all", "all", false}};

static size_t filter_of(const struct request *request)
{
    struct str state = request_query(request, STR("state"));

    for (size_t i = 0; i < ARRAY_LEN(FILTERS); i++)
        if (str_equal(state, str_from_z(FILTERS[i].word)))
            return i;
    return 0;
}

static bool read_ask(struct request *request, size_t filter, struct flow_list_ask *ask,
                     struct err *err)
{
    struct str before = request_query(request, STR("before"));
    struct str record = request_query(request, STR("record"));

    *ask = (struct flow_list_ask){
        .may = flows_may_watch, .data = request, .is_open = FILTERS[filter].is_open, .limit = PAGE};
    if (filter > 0 && filter + 1 < ARRAY_LEN(FILTERS))
        ask->state = str_from_z(FILTERS[filter].word);
    if (record.len > 0 && !id_parse(record, &ask->record))
        return err_set(err, ERR_INPUT, "the address has a broken query");
    return before.len == 0 || id_parse(before, &ask->before) ||
           err_set(err, ERR_INPUT, "the address has a broken query");
}

static struct str list_href(struct request *request, size_t filter, int64_t before)
{
    struct str record = request_query(request, STR("record"));
    struct buf href = {.arena = request->arena};

    buf_add(&href, page_href(request, "/work/flows/?state=%s", FILTERS[filter].word));
    if (record.len > 0) {
        buf_add(&href, STR("&record="));
        url_encode(&href, record);
    }
    if (before != 0)
        buf_printf(&href, "&before=%.*s", STR_ARG(id_text(request->arena, before)));
    return buf_str(&href);
}

static void add_filters(struct request *request, struct json *view, size_t chosen)
{
    struct json *filters = view_list(request, view, "states");

    for (size_t i = 0; i < ARRAY_LEN(FILTERS); i++) {
        struct json *one = view_push(request, filters);

        view_text(request, one, "title", request_text(request, str_from_z(FILTERS[i].title)));
        view_text(request, one, "href", list_href(request, i, 0));
        view_bool(request, one, "is_current", i == chosen);
    }
}

static bool add_flow(struct request *request, struct json *view, const struct flow_store *head,
                     struct err *err)
{
    struct flow_wording_state state = flow_wording_state(request, head);
    struct display_value about;
    struct flows_one one;
    struct json *row;

    flows_tell(request, head, &one);
    if (!flow_wording_about(request, head, &about, err))
        return false;
    row = table_row(
        request, view, flow_wording_title(request, &one),
        page_href(request, "/work/flows/%.*s", STR_ARG(id_text(request->arena, head->id))));
    table_link(request, view, row, about.text, about.href);
    table_tag(request, view, row, state.kind, state.text);
    table_cell(request, view, row, view_moment(request, head->begun_at));
    table_cell(request, view, row, view_moment(request, head->changed_at));
    return true;
}

bool page_work_flows(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    size_t filter = filter_of(request);
    struct flow_list_page page;
    struct flow_list_ask ask;
    struct tx *tx;

    if (!page_work_is_open(request, err) || !read_ask(request, filter, &ask, err) ||
        !request_read(request, &tx, err) || !flows_hide(request, &ask.record, err) ||
        !flow_list(tx, request->arena, &ask, &page, err))
        return false;
    page_title(request, view, request_text(request, STR("Processes that go on")));
    page_work_views(request, view, PAGE_WORK_FLOWS);
    add_filters(request, view, filter);
    table_begin(request, view, request_text(request, STR("Processes that go on")));
    table_column(request, view, "Process", false);
    table_column(request, view, "About", false);
    table_column(request, view, "State", false);
    table_column(request, view, "Begun", false);
    table_column(request, view, "Last step", false);
    for (size_t i = 0; i < page.count; i++)
        if (!add_flow(request, view, &page.items[i], err))
            return false;
    table_pages(
        request, view,
        &(struct table_pages){
            .shown = (int64_t)page.count,
            .total_text = view_count(request, (int64_t)page.count, page.next != 0),
            .first_href = ask.before != 0 ? list_href(request, filter, 0) : (struct str){0},
            .next_href = page.next != 0 ? list_href(request, filter, page.next) : (struct str){0},
            .page_size = PAGE,
        });
    view_bool(request, view, "may_begin", page_work_may_begin(request));
    view_bool(request, view, "is_all", filter + 1 == ARRAY_LEN(FILTERS));
    view_text(request, view, "all_href", list_href(request, ARRAY_LEN(FILTERS) - 1, 0));
    return answer_page(request, 200, STR("page/work-flows"), view, err);
}
