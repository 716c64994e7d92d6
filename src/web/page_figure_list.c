/* The cases and tasks behind a number of the figures. */
#include "core/id.h"
#include "service/service_case_past.h"
#include "web/answer.h"
#include "web/case_view.h"
#include "web/flow_drawing.h"
#include "web/flow_wording.h"
#include "web/page_figure.h"
#include "web/page_work.h"
#include "web/people.h"

enum {
    PAGE = 50,
    LOOKS_MAX = 10, /* pages looked through for one to show */
};

/* What is asked for, and where the page before ended. */
struct asking {
    struct request *request;
    struct json *view;
    struct str service, step, due, state, ground;
    bool is_ended, is_late, is_rated;
    int64_t place, place_id; /* 0: from the first */
    int64_t shown;
    struct str next; /* place of the next page; empty: that was all */
};

static struct asking read_ask(struct request *request, struct json *view)
{
    struct asking it = {
        .request = request,
        .view = view,
        .service = request_query(request, STR("service")),
        .step = request_query(request, STR("step")),
        .due = request_query(request, STR("due")),
        .state = request_query(request, STR("state")),
        .ground = request_query(request, STR("ground")),
        .is_ended = request_query(request, STR("ended")).len > 0,
        .is_late = request_query(request, STR("late")).len > 0,
        .is_rated = request_query(request, STR("rated")).len > 0,
    };
    struct str after = request_query(request, STR("after"));
    struct str place = str_cut(&after, '-');

    if (!id_parse(place, &it.place) || (!it.is_ended && !id_parse(after, &it.place_id)))
        it.place = it.place_id = 0;
    return it;
}

static struct str href_of(const struct asking *it, struct str after)
{
    const struct {
        const char *name;
        struct str value;
    } asked[] = {{"service", it->service},
                 {"step", it->step},
                 {"due", it->due},
                 {"ended", it->is_ended ? STR("yes") : STR("")},
                 {"state", it->state},
                 {"ground", it->ground},
                 {"late", it->is_late ? STR("yes") : STR("")},
                 {"rated", it->is_rated ? STR("yes") : STR("")},
                 {"after", after}};
    struct buf href = {.arena = it->request->arena};
    char before = '?';

    buf_add(&href, page_href(it->request, "/work/figures/cases"));
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        if (asked[i].value.len == 0)
            continue;
        buf_printf(&href, "%c%s=", before, asked[i].name);
        url_encode(&href, asked[i].value);
        before = '&';
    }
    return buf_str(&href);
}

static void add_row(struct asking *it, const struct service_case *one)
{
    struct request *request = it->request;
    struct flow_wording_state state = services_state(request, one);
    struct figures_step step = {.service = one->service, .step = one->step};
    const struct bpmn_node *node;
    struct json *row =
        table_row(request, it->view, one->number,
                  page_href(request, "/cases/%.*s", STR_ARG(id_text(request->arena, one->id))));

    table_cell(request, it->view, row, figures_title(request, one->service));
    table_cell(request, it->view, row, view_day(request, one->opened_on));
    if (it->is_ended) {
        table_cell(request, it->view, row, view_day(request, one->closed_on));
        table_cell(request, it->view, row, figures_ground(request, one->service, one->ground));
        table_cell(request, it->view, row,
                   one->rating == 0 ? (struct str){0} : view_number(request, one->rating));
    } else {
        table_cell(request, it->view, row, figures_step_name(request, &step, &node));
        table_cell(request, it->view, row, view_day(request, one->step_on));
        if (one->due_on != SERVICE_CASE_NO_TERM && one->due_on < request_today(request))
            table_tag(request, it->view, row, "bad", view_day(request, one->due_on));
        else
            table_cell(request, it->view, row,
                       one->due_on == SERVICE_CASE_NO_TERM ? (struct str){0}
                                                           : view_day(request, one->due_on));
    }
    if (state.kind[0] != '\0')
        table_tag(request, it->view, row, state.kind, state.text);
    else
        table_cell(request, it->view, row, state.text);
    it->shown++;
}

/* By the day it is due. */
static struct service_case_ask ask_of_open(const struct asking *it)
{
    int64_t today = request_today(it->request);
    struct service_case_ask ask = {
        .service = it->service, .step = it->step, .after_due = INT64_MIN, .limit = PAGE};

    if (str_equal(it->due, STR("late")))
        ask.until_due = today - 1;
    if (str_equal(it->due, STR("soon"))) {
        ask.after_due = today;
        ask.until_due = today + FIGURES_SOON;
    }
    if (str_equal(it->due, STR("still")))
        ask.after_due = SERVICE_CASE_NO_TERM;
    if (it->place != 0) {
        ask.after_due = it->place;
        ask.after_id = it->place_id;
    }
    return ask;
}

static bool add_open(struct asking *it, struct err *err)
{
    struct service_case_ask ask = ask_of_open(it);
    struct arena *arena = it->request->arena;
    struct service_case_page page = {.has_more = true};

    for (int look = 0; look < LOOKS_MAX && page.has_more && it->shown == 0; look++) {
        if (!service_case_list(&it->request->tx, arena, &ask, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++) {
            if (services_may_watch(it->request, &page.items[i]))
                add_row(it, &page.items[i]);
            ask.after_due = page.items[i].due_on;
            ask.after_id = page.items[i].id;
        }
    }
    if (page.has_more)
        it->next = str_printf(arena, "%.*s-%.*s", STR_ARG(id_text(arena, ask.after_due)),
                              STR_ARG(id_text(arena, ask.after_id)));
    return true;
}

static bool add_ended(struct asking *it, struct err *err)
{
    struct figures figures;
    struct service_case_past ask = {.service = it->service,
                                    .state = it->state,
                                    .ground = it->ground,
                                    .is_late = it->is_late,
                                    .is_rated = it->is_rated,
                                    .before = it->place,
                                    .limit = PAGE};
    struct service_case_page page;
    int64_t next = 1;

    figures_span(it->request, &figures);
    ask.from = figures.from;
    ask.to = figures.to;
    for (int look = 0; look < LOOKS_MAX && next != 0 && it->shown == 0; look++) {
        if (!service_case_past_list(&it->request->tx, it->request->arena, &ask, &page, &next, err))
            return false;
        for (size_t i = 0; i < page.count; i++)
            if (services_may_watch(it->request, &page.items[i]))
                add_row(it, &page.items[i]);
        ask.before = next;
    }
    if (next != 0)
        it->next = id_text(it->request->arena, next);
    return true;
}

static void add_word(struct buf *words, struct str word)
{
    if (word.len == 0)
        return;
    if (words->len > 0)
        buf_add(words, STR(" · "));
    buf_add(words, word);
}

/* What is listed, in words. */
static struct str tell(const struct asking *it)
{
    static const struct {
        struct str word;
        const char *text;
    } WORDS[] = {
        {STR_INIT("late"), "overdue"},        {STR_INIT("soon"), "due within 7 days"},
        {STR_INIT("still"), "no term runs"},  {STR_INIT("granted"), "granted"},
        {STR_INIT("refused"), "not granted"}, {STR_INIT("withdrawn"), "withdrawn"},
        {STR_INIT("closed"), "closed"},
    };
    struct request *request = it->request;
    struct buf words = {.arena = request->arena};
    struct figures_step step = {.service = it->service, .step = it->step};
    const struct bpmn_node *node;

    add_word(&words, request_text(request, it->is_ended ? STR("ended within twelve months")
                                                        : STR("in work")));
    if (it->service.len > 0)
        add_word(&words, figures_title(request, it->service));
    if (it->step.len > 0)
        add_word(&words, figures_step_name(request, &step, &node));
    for (size_t i = 0; i < ARRAY_LEN(WORDS); i++)
        if (str_equal(WORDS[i].word, it->is_ended ? it->state : it->due))
            add_word(&words, request_text(request, str_from_z(WORDS[i].text)));
    if (it->ground.len > 0)
        add_word(&words, figures_ground(request, it->service, it->ground));
    if (it->is_late)
        add_word(&words, request_text(request, STR("decided late")));
    if (it->is_rated)
        add_word(&words, request_text(request, STR("rated")));
    return buf_str(&words);
}

static void add_columns(const struct asking *it)
{
    struct request *request = it->request;

    table_begin(request, it->view, request_text(request, STR("Cases")));
    table_column(request, it->view, "Number", false);
    table_column(request, it->view, "Service", false);
    table_column(request, it->view, "Accepted", false);
    table_column(request, it->view, it->is_ended ? "Ended" : "Step", false);
    table_column(request, it->view, it->is_ended ? "Ground" : "Since", false);
    table_column(request, it->view, it->is_ended ? "Rating" : "Term", it->is_ended);
    table_column(request, it->view, "State", false);
}

static void add_pages(struct request *request, struct json *view, int64_t shown,
                      struct str first_href, struct str next_href)
{
    table_pages(request, view,
                &(struct table_pages){
                    .shown = shown,
                    .total_text = view_count(request, shown, next_href.len > 0),
                    .first_href = first_href,
                    .next_href = next_href,
                    .page_size = PAGE,
                });
}

static bool begin_page(struct request *request, struct json *view, const char *title,
                       struct err *err)
{
    struct tx *tx;

    if (!figures_is_for(request))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    page_title(request, view, request_text(request, str_from_z(title)));
    page_crumb(request, view, request_text(request, STR("Figures")), STR("/work/figures"));
    return request_read(request, &tx, err);
}

bool page_figure_cases(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct asking it = read_ask(request, view);

    if (!begin_page(request, view, "Cases behind the figures", err))
        return false;
    add_columns(&it);
    if (!(it.is_ended ? add_ended : add_open)(&it, err))
        return false;
    view_text(request, view, "listed", tell(&it));
    add_pages(request, view, it.shown, it.place == 0 ? (struct str){0} : href_of(&it, STR("")),
              it.next.len == 0 ? (struct str){0} : href_of(&it, it.next));
    return answer_page(request, 200, STR("page/work-figures-list"), view, err);
}

static bool add_task(struct request *request, struct json *view, const struct flow_task *task,
                     struct err *err)
{
    struct flow_wording_state due = flow_wording_due(request, task->due_at);
    struct display_value about;
    struct flows_task told;
    struct json *row;

    flows_tell_task(request, task, &told);
    if (!flow_wording_about(request, &task->flow, &about, err))
        return false;
    row = table_row(
        request, view,
        told.node == NULL ? request_text(request, STR("task"))
                          : flow_drawing_name(request, told.node),
        page_href(request, "/work/flows/%.*s", STR_ARG(id_text(request->arena, task->flow.id))));
    table_link(request, view, row, about.text, about.href);
    table_cell(request, view, row, flow_wording_title(request, &told.flow));
    if (due.kind[0] != '\0')
        table_tag(request, view, row, due.kind, due.text);
    else
        table_cell(request, view, row, due.text);
    return true;
}

/* Of one person, or of a role what nobody took. */
static bool ask_tasks(struct request *request, struct policy_rights *rights,
                      struct flow_task_ask *ask, struct err *err)
{
    struct str person = request_query(request, STR("person"));
    struct str after = request_query(request, STR("after"));
    const struct policy_role *role =
        policy_role_find(request->catalog->model->policy, request_query(request, STR("role")));
    uint64_t roles;

    if (!figures_roles(request, &roles, err))
        return false;
    *rights = request->actor.rights;
    rights->roles = roles;
    *ask = (struct flow_task_ask){.rights = rights, .whose = FLOW_TASK_MINE, .limit = PAGE};
    if (person.len == 0) {
        ask->whose = FLOW_TASK_FREE;
        rights->roles &= role == NULL ? 0 : (uint64_t)1 << role->index;
    } else if (!id_parse(person, &ask->account))
        return err_set(err, ERR_INPUT, "the address has a broken query");
    return after.len == 0 || flows_read_task_place(after, &ask->after) ||
           err_set(err, ERR_INPUT, "the address has a broken query");
}

static struct str tasks_href(struct request *request, struct str after)
{
    struct str person = request_query(request, STR("person"));
    struct buf href = {.arena = request->arena};

    buf_add(&href,
            page_href(request, "/work/figures/tasks?%s=", person.len > 0 ? "person" : "role"));
    url_encode(&href, person.len > 0 ? person : request_query(request, STR("role")));
    if (after.len > 0) {
        buf_add(&href, STR("&after="));
        url_encode(&href, after);
    }
    return buf_str(&href);
}

bool page_figure_tasks(struct request *request, struct err *err)
{
    struct people people = {.request = request, .tx = &request->tx};
    struct json *view = view_new(request);
    struct policy_rights rights;
    struct flow_task_page page;
    struct flow_task_ask ask;
    struct str next = {0};

    if (!begin_page(request, view, "Tasks behind the figures", err) ||
        !ask_tasks(request, &rights, &ask, err) ||
        !flow_task_list(&request->tx, request->arena, &ask, &page, err))
        return false;
    /* Whoever has no such tasks is not named: an id tells nobody who somebody is. */
    view_text(
        request, view, "listed",
        ask.account != 0
            ? page.count > 0 ? people_find(&people, ask.account) : (struct str){0}
            : str_printf(request->arena, "%.*s: %.*s",
                         STR_ARG(request_text(request, STR("nobody yet"))),
                         STR_ARG(flow_wording_role(request, request_query(request, STR("role"))))));
    table_begin(request, view, request_text(request, STR("Tasks")));
    table_column(request, view, "What to do", false);
    table_column(request, view, "About", false);
    table_column(request, view, "Process", false);
    table_column(request, view, "Do it by", false);
    for (size_t i = 0; i < page.count; i++)
        if (!add_task(request, view, &page.items[i], err))
            return false;
    if (page.has_more)
        next = tasks_href(request, flows_task_place(request->arena, &page.items[page.count - 1]));
    add_pages(request, view, (int64_t)page.count,
              request_query(request, STR("after")).len == 0 ? (struct str){0}
                                                            : tasks_href(request, (struct str){0}),
              next);
    return answer_page(request, 200, STR("page/work-figures-list"), view, err);
}
