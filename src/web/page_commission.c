/* Commissions: what waits for one, its meetings, calling a new one. */
#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_meeting.h"
#include "web/page_work.h"
#include "web/table.h"
#include "web/wording.h"

enum {
    MEETINGS_SHOWN = 30,
};

/* What was typed of a new meeting, and what is wrong with it. */
struct typed {
    struct str form, place, day, time;
    bool is_sent;
    struct str error;
    const char *at; /* the field it is about */
};

static struct str commission_path(struct request *request, const struct commission *commission)
{
    return str_printf(request->arena, "/work/commissions/%.*s", STR_ARG(commission->name));
}

static struct str commission_href(struct request *request, const struct commission *commission)
{
    return page_href(request, "%.*s", STR_ARG(commission_path(request, commission)));
}

static bool add_commission(struct request *request, const struct commission *commission,
                           struct json *view, struct err *err)
{
    struct meeting_question *questions;
    struct meeting *meetings;
    size_t question_count, meeting_count;
    int64_t open = 0;
    struct json *row = table_row(request, view, request_pack_text(request, commission->title),
                                 commission_href(request, commission));

    if (!meeting_question_list(&request->tx, request->arena, commission->name, &questions,
                               &question_count, err) ||
        !meeting_list(&request->tx, request->arena,
                      &(struct meeting_ask){commission->name, 0, MEETINGS_SHOWN}, &meetings,
                      &meeting_count, err))
        return false;
    for (size_t i = 0; i < meeting_count; i++)
        open += meetings[i].state == MEETING_OPEN;
    table_cell(request, view, row, view_number(request, (int64_t)question_count));
    table_cell(request, view, row, view_number(request, open));
    return true;
}

bool page_commission_list(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    const struct commission **commissions;
    struct tx *tx;
    size_t count;

    if (!page_work_is_open(request, err) || !request_read(request, &tx, err) ||
        !meetings_commissions(request, &commissions, &count, err))
        return false;
    page_title(request, view, request_text(request, STR("Commissions")));
    page_work_views(request, view, PAGE_WORK_COMMISSIONS);
    table_begin(request, view, request_text(request, STR("Commissions")));
    table_column(request, view, "Commission", false);
    table_column(request, view, "Questions that wait", true);
    table_column(request, view, "Meetings that are not closed", true);
    for (size_t i = 0; i < count; i++)
        if (!add_commission(request, commissions[i], view, err))
            return false;
    return answer_page(request, 200, STR("page/work-commissions"), view, err);
}

static struct str case_href(struct request *request, const struct service_case *one)
{
    return services_may_watch(request, one)
               ? page_href(request, "/cases/%.*s", STR_ARG(id_text(request->arena, one->id)))
               : (struct str){0};
}

static bool add_waiting(struct request *request, const struct meeting_question *question,
                        struct json *view, struct err *err)
{
    struct service_case one;
    struct json *row;

    if (!meetings_saw(request, question, err) ||
        !service_case_get(&request->tx, request->arena, question->service_case, &one, err))
        return false;
    row = table_row(request, view, one.number, case_href(request, &one));
    table_cell(request, view, row, question->body);
    table_cell(request, view, row, view_moment(request, question->put_at));
    table_cell(request, view, row,
               one.due_on == SERVICE_CASE_NO_TERM ? request_text(request, STR("no term runs"))
                                                  : view_day(request, one.due_on));
    return true;
}

static void add_meeting(struct request *request, const struct meeting *meeting, struct json *view)
{
    static const struct {
        const char *kind, *text;
    } STATES[] = {[MEETING_OPEN] = {"warn", "is called"},
                  [MEETING_CLOSED] = {"ok", "is closed"},
                  [MEETING_CALLED_OFF] = {"", "was called off"}};
    struct json *row = table_row(
        request, view, meetings_title(request, meeting),
        page_href(request, "/work/meetings/%.*s", STR_ARG(id_text(request->arena, meeting->id))));

    table_tag(request, view, row, STATES[meeting->state].kind,
              request_text(request, str_from_z(STATES[meeting->state].text)));
}

static bool add_tables(struct request *request, const struct commission *commission,
                       struct json *view, struct err *err)
{
    struct json *waiting = view_object(request, view, "waiting");
    struct json *past = view_object(request, view, "meetings");
    struct meeting_question *questions;
    struct meeting *meetings;
    int64_t before = 0;
    size_t count;

    if (request_query(request, STR("before")).len > 0 &&
        !id_parse(request_query(request, STR("before")), &before))
        return err_set(err, ERR_INPUT, "the address has a broken query");
    table_begin(request, waiting, request_text(request, STR("Questions that wait")));
    table_column(request, waiting, "Case", false);
    table_column(request, waiting, "Question", false);
    table_column(request, waiting, "Waits since", false);
    table_column(request, waiting, "Last day of the case", false);
    if (!meeting_question_list(&request->tx, request->arena, commission->name, &questions, &count,
                               err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_waiting(request, &questions[i], waiting, err))
            return false;
    view_maybe(request, view, "new_href",
               count > 0 && meetings_may_conduct(request, commission)
                   ? page_href(request, "%.*s/new", STR_ARG(commission_path(request, commission)))
                   : (struct str){0});
    table_begin(request, past, request_text(request, STR("Meetings")));
    table_column(request, past, "Meeting", false);
    table_column(request, past, "State", false);
    if (!meeting_list(&request->tx, request->arena,
                      &(struct meeting_ask){commission->name, before, MEETINGS_SHOWN + 1},
                      &meetings, &count, err))
        return false;
    for (size_t i = 0; i < count && i < MEETINGS_SHOWN; i++)
        add_meeting(request, &meetings[i], past);
    view_maybe(request, view, "older_href",
               count > MEETINGS_SHOWN
                   ? page_href(request, "%.*s?before=%.*s",
                               STR_ARG(commission_path(request, commission)),
                               STR_ARG(id_text(request->arena, meetings[MEETINGS_SHOWN - 1].id)))
                   : (struct str){0});
    return true;
}

static void begin(struct request *request, const struct commission *commission, struct str title,
                  struct json *view)
{
    page_title(request, view, title);
    page_crumb(request, view, request_text(request, STR("Commissions")), STR("/work/commissions/"));
    view_text(request, view, "heading", request_pack_text(request, commission->title));
}

bool page_commission(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    const struct commission *commission;
    struct tx *tx;

    if (!meetings_commission(request, 0, &commission, err) || !request_read(request, &tx, err))
        return false;
    begin(request, commission, request_pack_text(request, commission->title), view);
    return add_tables(request, commission, view, err) &&
           answer_page(request, 200, STR("page/work-commission"), view, err);
}

static bool is_chosen(struct request *request, const struct typed *typed, struct str id)
{
    if (!typed->is_sent)
        return true;
    for (size_t i = 0; i < request->form.count; i++)
        if (str_equal(request->form.pairs[i].name, STR("question")) &&
            str_equal(request->form.pairs[i].value, id))
            return true;
    return false;
}

static bool add_agenda(struct request *request, const struct commission *commission,
                       const struct typed *typed, struct json *fields, struct err *err)
{
    struct json *field =
        input_add(request, fields, "is_checks", "question", request_text(request, STR("Agenda")));
    struct meeting_question *questions;
    size_t count;

    input_hint(request, field, request_text(request, STR("Who waits longest comes first.")));
    if (!meeting_question_list(&request->tx, request->arena, commission->name, &questions, &count,
                               err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str id = id_text(request->arena, questions[i].id);
        struct service_case one;

        if (!meetings_saw(request, &questions[i], err) ||
            !service_case_get(&request->tx, request->arena, questions[i].service_case, &one, err))
            return false;
        input_option(request, field, id,
                     str_printf(request->arena, "%.*s: %.*s", STR_ARG(one.number),
                                STR_ARG(questions[i].body)),
                     is_chosen(request, typed, id));
    }
    return true;
}

static void add_form(struct request *request, const struct commission *commission,
                     const struct typed *typed, struct json *fields)
{
    struct json *form =
        input_add(request, fields, "is_radio", "form", request_text(request, STR("How it meets")));
    struct json *place, *day, *time;

    if ((commission->forms & COMMISSION_PRESENT) != 0)
        input_option(request, form, STR("present"),
                     request_text(request, STR("Together, at a place")),
                     !str_equal(typed->form, STR("absent")));
    if ((commission->forms & COMMISSION_ABSENT) != 0)
        input_option(request, form, STR("absent"),
                     request_text(request, STR("In absentia: each votes on their own page")),
                     str_equal(typed->form, STR("absent")) ||
                         commission->forms == COMMISSION_ABSENT);
    day = input_add(request, fields, "is_date", "day",
                    request_text(request, STR("Day of the meeting, or the last day for votes")));
    input_hint(request, day, request_text(request, STR("For example, 09.03.2026")));
    input_value(request, day, typed->day);
    time = input_add(request, fields, "is_text", "time",
                     request_text(request, STR("Time of the meeting, or until when")));
    input_hint(request, time, request_text(request, STR("For example, 14:00")));
    input_value(request, time, typed->time);
    place = input_add(request, fields, "is_text", "place", request_text(request, STR("Where")));
    input_optional(request, place);
    input_hint(request, place, request_text(request, STR("Not for voting in absentia.")));
    input_value(request, place, typed->place);
}

static bool show_new(struct request *request, const struct commission *commission,
                     const struct typed *typed, struct err *err)
{
    struct json *view = view_new(request);
    struct json *fields = view_list(request, view, "fields");

    begin(request, commission, request_text(request, STR("New meeting")), view);
    page_crumb(request, view, request_pack_text(request, commission->title),
               commission_path(request, commission));
    view_text(request, view, "action",
              page_href(request, "%.*s/new", STR_ARG(commission_path(request, commission))));
    input_errors_begin(request, view);
    add_form(request, commission, typed, fields);
    if (!add_agenda(request, commission, typed, fields, err))
        return false;
    for (struct json *field = fields->first; field != NULL && typed->at != NULL;
         field = field->next)
        if (str_equal(json_find_text(field, STR("name")), str_from_z(typed->at)))
            input_error(request, view, field, typed->error);
    return answer_page(request, typed->error.len > 0 ? 422 : 200, STR("page/work-meeting-new"),
                       view, err);
}

static bool need_conduct(struct request *request, const struct commission **commission,
                         struct err *err)
{
    return meetings_commission(request, 0, commission, err) &&
           (meetings_may_conduct(request, *commission) ||
            err_set(err, ERR_DENIED, "your role does not allow this"));
}

bool page_commission_new(struct request *request, struct err *err)
{
    const struct commission *commission;
    struct tx *tx;

    return need_conduct(request, &commission, err) && request_read(request, &tx, err) &&
           show_new(request, commission, &(struct typed){0}, err);
}

/* Which field a refusal is about. */
static const char *field_of(const struct conduct_meeting_call *call, const struct err *err)
{
    const struct meeting *meeting = &call->making.meeting;

    if (meeting->form == 0 || (meeting->form & call->by.commission->forms) == 0)
        return "form";
    if (call->making.question_count == 0 || err->code == ERR_CONFLICT)
        return "question";
    if (meeting->form == COMMISSION_ABSENT)
        return meeting->until_at > call->by.now ? "form" : "day";
    return meeting->at == 0 ? "day" : "place";
}

/* NULL: all was understood. */
static const char *read_call(struct request *request, const struct typed *typed,
                             struct conduct_meeting_call *call)
{
    struct meeting *meeting = &call->making.meeting;
    int64_t *questions = ARENA_ARRAY(request->arena, int64_t, request->form.count);
    int64_t at;

    meeting->form = commission_form_read(typed->form);
    if (meeting->form == 0)
        return "Say how the commission meets.";
    if (!meetings_read_moment(request, typed->day, typed->time, &at))
        return "Write the day as 09.03.2026 and the time as 14:00.";
    if (meeting->form == COMMISSION_ABSENT)
        meeting->until_at = at;
    else {
        meeting->at = at;
        meeting->place = typed->place;
    }
    for (size_t i = 0; i < request->form.count; i++)
        if (str_equal(request->form.pairs[i].name, STR("question")) &&
            id_parse(request->form.pairs[i].value, &questions[call->making.question_count]))
            call->making.question_count++;
    call->making.questions = questions;
    return NULL;
}

bool page_commission_new_post(struct request *request, struct err *err)
{
    const struct commission *commission;
    struct conduct_meeting_call call = {0};
    struct typed typed = {.is_sent = true};
    const char *wrong;
    struct tx *tx;

    if (!need_conduct(request, &commission, err) || !request_form(request, err))
        return false;
    typed.form = request_field(request, STR("form"));
    typed.place = str_trim(request_field(request, STR("place")));
    typed.day = str_trim(request_field(request, STR("day")));
    typed.time = str_trim(request_field(request, STR("time")));
    call.by = meetings_by(request, commission);
    wrong = read_call(request, &typed, &call);
    if (wrong == NULL && conduct_meeting_check(&call, err) &&
        request_write_wait(request, conduct_meeting_call, &call, err)) {
        answer_notice(request, STR("ok"),
                      request_text(request, STR("The meeting is called, its members are told.")));
        return answer_redirect(request, str_printf(request->arena, "/work/meetings/%.*s",
                                                   STR_ARG(id_text(request->arena, call.by.id))));
    }
    if (wrong == NULL && err->code != ERR_INPUT && err->code != ERR_CONFLICT)
        return false;
    typed.error =
        wrong != NULL ? request_text(request, str_from_z(wrong)) : wording_err(request, err);
    typed.at = wrong != NULL && call.making.meeting.form != 0 ? "day" : field_of(&call, err);
    return request_read(request, &tx, err) && show_new(request, commission, &typed, err);
}
