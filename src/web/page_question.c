/* One question of a meeting: how each member voted, what the commission said, one's own vote. */
#include "core/id.h"
#include "core/num.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_meeting.h"
#include "web/people.h"
#include "web/table.h"

static const enum commission_vote VOTES[] = {COMMISSION_FOR, COMMISSION_AGAINST,
                                             COMMISSION_ABSTAINED, COMMISSION_CONFLICT};

static struct str question_path(struct request *request, const struct meetings_one *one,
                                const struct meeting_point *point)
{
    return str_printf(request->arena, "/work/meetings/%.*s/questions/%.*s",
                      STR_ARG(id_text(request->arena, one->whole.meeting.id)),
                      STR_ARG(id_text(request->arena, point->question.id)));
}

static bool is_open(const struct meetings_one *one, const struct meeting_point *point)
{
    return one->whole.meeting.state == MEETING_OPEN && point->question.state == MEETING_LISTED;
}

static void add_votes(struct request *request, struct json *field, enum commission_vote chosen)
{
    for (size_t i = 0; i < ARRAY_LEN(VOTES); i++)
        input_option(request, field, commission_vote_text(VOTES[i]),
                     meetings_vote_text(request, VOTES[i]), VOTES[i] == chosen);
}

static void add_own(struct request *request, const struct meetings_one *one,
                    const struct meeting_point *point, struct json *view)
{
    bool is_asked = one->own != NULL && is_open(one, point) &&
                    (one->whole.meeting.form == COMMISSION_PRESENT ||
                     request->now < one->whole.meeting.until_at);
    struct json *own = view_object(request, view, "own");
    struct json *fields = view_list(request, own, "fields");
    struct json *field;

    view_bool(request, own, "has_errors", false);
    view_bool(request, view, "has_own", is_asked);
    view_text(request, own, "action",
              page_href(request, "%.*s/vote", STR_ARG(question_path(request, one, point))));
    if (!is_asked)
        return;
    field = input_add(request, fields, "is_radio", "vote",
                      request_text(request, STR("How do you vote?")));
    input_hint(request, field,
               request_text(request, STR("Take no part if the case is about you, a relative, or an "
                                         "interest of yours.")));
    add_votes(request, field,
              meeting_find_vote(&one->whole, point->question.id, request->actor.account));
}

static bool add_ground(struct request *request, const struct services_one *of,
                       const struct meeting_point *point, struct json *fields)
{
    struct json *field =
        input_add(request, fields, "is_select", "ground",
                  request_text(request, STR("Ground of the refusal, when it is refused")));

    input_option(request, field, STR(""), request_text(request, STR("not chosen")),
                 point->ground.len == 0);
    for (size_t i = 0; of->service != NULL && i < of->service->ground_count; i++)
        input_option(request, field, of->service->grounds[i].id,
                     request_pack_text(request, of->service->grounds[i].title),
                     str_equal(of->service->grounds[i].id, point->ground));
    return true;
}

/* The secretary's form: a vote for each who is there, and what the commission said. */
static void add_record(struct request *request, const struct meetings_one *one,
                       const struct meeting_point *point, const struct services_one *of,
                       struct json *view)
{
    struct people people = {.request = request, .tx = &request->tx};
    struct json *record = view_object(request, view, "record");
    struct json *fields = view_list(request, record, "fields");
    bool is_asked = one->may_conduct && is_open(one, point);
    struct json *field;

    view_bool(request, record, "has_errors", false);
    view_bool(request, view, "has_record", is_asked);
    view_text(request, record, "action",
              page_href(request, "%.*s", STR_ARG(question_path(request, one, point))));
    if (!is_asked)
        return;
    for (size_t i = 0; one->whole.meeting.form == COMMISSION_PRESENT && i < one->whole.member_count;
         i++) {
        const struct meeting_member *member = &one->whole.members[i];
        struct str name = str_printf(request->arena, "vote-%.*s",
                                     STR_ARG(id_text(request->arena, member->account)));
        enum commission_vote vote =
            meeting_find_vote(&one->whole, point->question.id, member->account);

        if (!member->is_present)
            continue;
        field = input_add(request, fields, "is_select", name.ptr,
                          people_find(&people, member->account));
        input_option(request, field, STR(""), meetings_vote_text(request, COMMISSION_NO_VOTE),
                     vote == COMMISSION_NO_VOTE);
        add_votes(request, field, vote);
        input_option(request, field, commission_vote_text(COMMISSION_AWAY),
                     meetings_vote_text(request, COMMISSION_AWAY), vote == COMMISSION_AWAY);
    }
    field = input_add(request, fields, "is_radio", "postponed",
                      request_text(request, STR("Does the commission postpone it?")));
    input_option(request, field, STR("no"), request_text(request, STR("No, it votes")),
                 !point->is_postponed);
    input_option(request, field, STR("yes"),
                 request_text(request, STR("Yes, it wants to know more")), point->is_postponed);
    (void)add_ground(request, of, point, fields);
    field = input_add(request, fields, "is_long", "said",
                      request_text(request, STR("What was said, for the protocol")));
    input_optional(request, field);
    input_value(request, field, point->said);
}

static void add_cast(struct request *request, const struct meetings_one *one,
                     const struct meeting_point *point, struct json *view)
{
    struct people people = {.request = request, .tx = &request->tx};
    bool is_form = one->may_conduct && is_open(one, point) &&
                   one->whole.meeting.form == COMMISSION_PRESENT; /* it stands there already */
    bool shows = !is_form && (one->whole.meeting.state != MEETING_OPEN || one->may_conduct ||
                              one->whole.meeting.form == COMMISSION_PRESENT);

    table_begin(request, view, request_text(request, STR("Votes")));
    table_column(request, view, "Member", false);
    table_column(request, view, "How they voted", false);
    for (size_t i = 0; shows && i < one->whole.member_count; i++) {
        const struct meeting_member *member = &one->whole.members[i];
        struct json *row =
            table_row(request, view, people_find(&people, member->account), (struct str){0});

        table_cell(request, view, row,
                   meetings_vote_text(request, meeting_find_vote(&one->whole, point->question.id,
                                                                 member->account)));
    }
}

static void add_facts(struct request *request, const struct meeting_point *point,
                      const struct service_case *about, const struct services_one *of,
                      struct json *view)
{
    struct json *facts = view_list(request, view, "facts");

    input_fact_link(
        request, facts, request_text(request, STR("Case")), about->number,
        services_may_watch(request, about)
            ? page_href(request, "/cases/%.*s", STR_ARG(id_text(request->arena, about->id)))
            : (struct str){0});
    if (of->service != NULL)
        input_fact(request, facts, request_text(request, STR("Service")),
                   request_pack_text(request, of->service->title));
    input_fact(request, facts, request_text(request, STR("Waits since")),
               view_moment(request, point->question.put_at));
    if (point->outcome.len > 0)
        input_fact(request, facts, request_text(request, STR("Decided")),
                   meetings_outcome_text(request, point->outcome));
}

static bool find(struct request *request, struct meetings_one *one, struct meeting_point **point,
                 struct err *err)
{
    return meetings_find(request, 0, one, err) && meetings_find_point(request, 1, one, point, err);
}

bool page_question(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct services_one of = {0};
    struct meetings_one one;
    struct meeting_point *point;
    struct service_case about;
    struct err none;

    if (!find(request, &one, &point, err) || !meetings_saw(request, &point->question, err) ||
        !service_case_get(&request->tx, request->arena, point->question.service_case, &about, err))
        return false;
    if (!services_get(request, about.service, &of, &none))
        of = (struct services_one){0};
    page_title(request, view, request_text(request, STR("Question of a meeting")));
    page_crumb(request, view, meetings_title(request, &one.whole.meeting),
               str_printf(request->arena, "/work/meetings/%.*s",
                          STR_ARG(id_text(request->arena, one.whole.meeting.id))));
    view_text(request, view, "question", point->question.body);
    view_text(request, view, "said", point->said);
    view_text(request, view, "version",
              str_printf(request->arena, "%lld", (long long)one.whole.meeting.version));
    add_facts(request, point, &about, &of, view);
    add_own(request, &one, point, view);
    add_record(request, &one, point, &of, view);
    add_cast(request, &one, point, view);
    return answer_page(request, 200, STR("page/work-question"), view, err);
}

/* The next one on the agenda that is still to be voted about; else the meeting. */
static struct str next_path(struct request *request, const struct meetings_one *one,
                            const struct meeting_point *point)
{
    size_t at = (size_t)(point - one->whole.points) + 1;

    for (; at < one->whole.point_count; at++)
        if (is_open(one, &one->whole.points[at]))
            return question_path(request, one, &one->whole.points[at]);
    return str_printf(request->arena, "/work/meetings/%.*s",
                      STR_ARG(id_text(request->arena, one->whole.meeting.id)));
}

static void read_votes(struct request *request, struct conduct_meeting_record *it)
{
    struct meeting_vote *votes =
        ARENA_ARRAY(request->arena, struct meeting_vote, request->form.count);
    static const struct str HEAD = STR_INIT("vote-");

    for (size_t i = 0; i < request->form.count; i++) {
        struct str name = request->form.pairs[i].name;

        if (!str_starts(name, HEAD) ||
            !id_parse(str_slice(name, HEAD.len, name.len), &votes[it->count].account))
            continue;
        votes[it->count++].vote = commission_vote_read(request->form.pairs[i].value);
    }
    it->votes = votes;
}

bool page_question_record(struct request *request, struct err *err)
{
    struct conduct_meeting_record it = {0};
    struct meetings_one one;
    struct meeting_point *point;
    bool was_done;

    if (!request_form(request, err) || !find(request, &one, &point, err) ||
        !meetings_need_conduct(&one, err))
        return false;
    it.by = meetings_by(request, one.commission);
    it.by.id = one.whole.meeting.id;
    if (!num_parse_int(request_field(request, STR("version")), &it.by.version))
        return err_set(err, ERR_INPUT, "version: of the meeting as it was shown");
    it.question = point->question.id;
    it.is_postponed = str_equal(request_field(request, STR("postponed")), STR("yes"));
    it.ground = request_field(request, STR("ground"));
    it.said = str_trim(request_field(request, STR("said")));
    read_votes(request, &it);
    was_done = request_write_wait(request, conduct_meeting_record, &it, err);
    return page_meeting_back(
        request, was_done ? next_path(request, &one, point) : question_path(request, &one, point),
        "It is noted what was decided.", was_done, err);
}

bool page_question_vote(struct request *request, struct err *err)
{
    struct conduct_meeting_ballot it = {0};
    struct meetings_one one;
    struct meeting_point *point;
    bool was_done;

    if (!request_form(request, err) || !find(request, &one, &point, err))
        return false;
    it.by = meetings_by(request, one.commission);
    it.by.id = one.whole.meeting.id;
    it.question = point->question.id;
    it.vote = commission_vote_read(request_field(request, STR("vote")));
    was_done = request_write_wait(request, conduct_meeting_vote, &it, err);
    return page_meeting_back(
        request, was_done ? next_path(request, &one, point) : question_path(request, &one, point),
        "Your vote is counted.", was_done, err);
}
