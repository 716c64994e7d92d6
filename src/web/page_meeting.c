/* A meeting of a commission as it stands: who is there, the agenda, what was decided. */
#include "web/page_meeting.h"

#include "core/id.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/meeting_protocol.h"
#include "web/people.h"
#include "web/table.h"
#include "web/wording.h"

/* While a vote in absentia lasts, nobody is led by how others have voted. */
static bool shows_votes(const struct meetings_one *one)
{
    return one->may_conduct || one->whole.meeting.form == COMMISSION_PRESENT ||
           one->whole.meeting.state != MEETING_OPEN;
}

static struct str meeting_href(struct request *request, const struct meetings_one *one,
                               const char *what)
{
    return page_href(request, "/work/meetings/%.*s%s",
                     STR_ARG(id_text(request->arena, one->whole.meeting.id)), what);
}

static void add_facts(struct request *request, const struct meetings_one *one, struct json *view)
{
    struct people people = {.request = request, .tx = &request->tx};
    const struct meeting *meeting = &one->whole.meeting;
    struct json *facts = view_list(request, view, "facts");

    input_fact(request, facts, request_text(request, STR("Commission")),
               request_pack_text(request, one->commission->title));
    if (meeting->form == COMMISSION_ABSENT)
        input_fact(request, facts, request_text(request, STR("Votes come until")),
                   view_moment(request, meeting->until_at));
    else {
        input_fact(request, facts, request_text(request, STR("When")),
                   view_moment(request, meeting->at));
        input_fact(request, facts, request_text(request, STR("Where")), meeting->place);
    }
    for (size_t i = 0; i < one->whole.member_count; i++)
        if (one->whole.members[i].is_chair)
            input_fact(request, facts, request_text(request, STR("Chair")),
                       people_find(&people, one->whole.members[i].account));
    if (meeting->state == MEETING_CLOSED)
        input_fact(request, facts, request_text(request, STR("Closed")),
                   view_moment(request, meeting->ended_at));
}

static bool is_there(const struct meetings_one *one, const struct meeting_member *member)
{
    for (size_t i = 0; one->whole.meeting.form == COMMISSION_ABSENT && i < one->whole.vote_count;
         i++)
        if (one->whole.votes[i].account == member->account)
            return true;
    return member->is_present;
}

static void add_attendance(struct request *request, const struct meetings_one *one,
                           struct json *view)
{
    struct people people = {.request = request, .tx = &request->tx};
    bool is_asked = one->may_conduct && one->whole.meeting.state == MEETING_OPEN &&
                    one->whole.meeting.form == COMMISSION_PRESENT;
    struct json *fields = view_list(request, view, "fields");
    struct json *list = view_list(request, view, "members");
    struct json *field = NULL;

    if (is_asked)
        field = input_add(request, fields, "is_checks", "present",
                          request_text(request, STR("Who is there")));
    for (size_t i = 0; i < one->whole.member_count; i++) {
        const struct meeting_member *member = &one->whole.members[i];
        struct str name = people_find(&people, member->account);
        struct json *row = view_push(request, list);

        if (field != NULL)
            input_option(request, field, id_text(request->arena, member->account), name,
                         member->is_present);
        view_text(request, row, "who", name);
        view_bool(request, row, "is_chair", member->is_chair);
        view_bool(request, row, "is_there", is_there(one, member));
    }
    view_bool(request, view, "has_attendance", is_asked);
    view_text(request, view, "attendance_action", meeting_href(request, one, "/attendance"));
}

/* Nobody is noted to be there, nobody has voted: that says nothing of a quorum yet. */
static bool is_untouched(const struct meetings_one *one, const struct meeting_point *point)
{
    struct commission_count count = meeting_count(&one->whole, point);

    return count.present + count.conflicts == 0 && !point->is_postponed &&
           point->question.state == MEETING_LISTED;
}

/* What stands in the last column: what was decided, or what is missing. */
static void add_state(struct request *request, const struct meetings_one *one,
                      const struct meeting_point *point, struct json *view, struct json *row)
{
    struct conduct_meeting by = meetings_by(request, one->commission);
    enum commission_outcome outcome = meeting_outcome(one->commission, &one->whole, point);
    enum commission_vote own = one->own == NULL ? COMMISSION_NO_VOTE
                                                : meeting_find_vote(&one->whole, point->question.id,
                                                                    request->actor.account);
    struct err missing = {0};

    by.id = one->whole.meeting.id;
    if (one->whole.meeting.state != MEETING_OPEN) {
        table_tag(request, view, row, str_equal(point->outcome, STR("granted")) ? "ok" : "",
                  meetings_outcome_text(request, point->outcome));
    } else if (one->may_conduct) {
        if (is_untouched(one, point))
            table_tag(request, view, row, "", request_text(request, STR("not voted about yet")));
        else if (conduct_meeting_point_is_ready(&request->tx, &by, &one->whole, point, &missing))
            table_tag(request, view, row, outcome == COMMISSION_NO_QUORUM ? "warn" : "info",
                      meetings_outcome_text(request, commission_outcome_text(outcome)));
        else
            table_tag(request, view, row, "warn", wording_err(request, &missing));
    } else if (point->question.state == MEETING_WITHDRAWN)
        table_tag(request, view, row, "", meetings_outcome_text(request, STR("withdrawn")));
    else if (own == COMMISSION_NO_VOTE && one->own != NULL)
        table_tag(request, view, row, "warn", request_text(request, STR("your vote is wanted")));
    else
        table_cell(request, view, row,
                   own == COMMISSION_NO_VOTE
                       ? (struct str){0}
                       : str_printf(request->arena, "%.*s: %.*s",
                                    STR_ARG(request_text(request, STR("your vote"))),
                                    STR_ARG(meetings_vote_text(request, own))));
}

static bool add_point(struct request *request, const struct meetings_one *one,
                      const struct meeting_point *point, struct json *view, struct err *err)
{
    struct commission_count count = meeting_count(&one->whole, point);
    struct service_case about;
    struct json *row;

    if (!service_case_get(&request->tx, request->arena, point->question.service_case, &about, err))
        return false;
    row = table_row(request, view, point->question.body,
                    meeting_href(request, one,
                                 str_printf(request->arena, "/questions/%.*s",
                                            STR_ARG(id_text(request->arena, point->question.id)))
                                     .ptr));
    table_cell(request, view, row, about.number);
    if (shows_votes(one)) {
        table_cell(request, view, row, view_number(request, count.votes_for));
        table_cell(request, view, row, view_number(request, count.votes_against));
        table_cell(request, view, row, view_number(request, count.abstained));
        table_cell(request, view, row, view_number(request, count.conflicts));
    }
    add_state(request, one, point, view, row);
    return true;
}

static bool add_agenda(struct request *request, const struct meetings_one *one, struct json *view,
                       struct err *err)
{
    table_begin(request, view, request_text(request, STR("Agenda")));
    table_column(request, view, "Question", false);
    table_column(request, view, "Case", true);
    if (shows_votes(one)) {
        table_column(request, view, "For", true);
        table_column(request, view, "Against", true);
        table_column(request, view, "Abstained", true);
        table_column(request, view, "Took no part", true);
    }
    table_column(request, view, "Decided", false);
    for (size_t i = 0; i < one->whole.point_count; i++)
        if (!add_point(request, one, &one->whole.points[i], view, err))
            return false;
    return true;
}

static void add_acts(struct request *request, const struct meetings_one *one, struct json *view)
{
    bool is_open = one->whole.meeting.state == MEETING_OPEN;
    bool may = one->may_conduct && is_open;

    view_text(request, view, "version",
              str_printf(request->arena, "%lld", (long long)one->whole.meeting.version));
    view_bool(request, view, "may_end", may);
    view_text(request, view, "close_action", meeting_href(request, one, "/close"));
    view_text(request, view, "call_off_action", meeting_href(request, one, "/call-off"));
    view_maybe(request, view, "protocol_href",
               one->whole.meeting.state == MEETING_CLOSED && one->commission->protocol.len > 0
                   ? meeting_href(request, one, "/protocol")
                   : (struct str){0});
    view_bool(request, view, "is_called_off", one->whole.meeting.state == MEETING_CALLED_OFF);
}

bool page_meeting(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct meetings_one one;

    if (!meetings_find(request, 0, &one, err) || !meetings_see(request, &one, err))
        return false;
    page_title(request, view, meetings_title(request, &one.whole.meeting));
    page_crumb(request, view, request_text(request, STR("Commissions")), STR("/work/commissions/"));
    page_crumb(request, view, request_pack_text(request, one.commission->title),
               str_printf(request->arena, "/work/commissions/%.*s", STR_ARG(one.commission->name)));
    add_facts(request, &one, view);
    add_attendance(request, &one, view);
    add_acts(request, &one, view);
    return add_agenda(request, &one, view, err) &&
           answer_page(request, 200, STR("page/work-meeting"), view, err);
}

bool page_meeting_protocol(struct request *request, struct err *err)
{
    struct meetings_one one;
    struct str bytes;

    if (!meetings_find(request, 0, &one, err) || !meetings_see(request, &one, err) ||
        !meeting_protocol_make(request, &one, &bytes, err))
        return false;
    buf_add(&request->exchange->out, bytes);
    http_add(request->exchange, STR("Content-Disposition"),
             str_printf(request->arena, "attachment; filename=\"protocol-%lld-%lld.odt\"",
                        (long long)one.whole.meeting.year, (long long)one.whole.meeting.n));
    return answer_text(request, 200, STR("application/vnd.oasis.opendocument.text"));
}
