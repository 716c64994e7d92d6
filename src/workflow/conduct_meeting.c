#include "workflow/conduct_meeting.h"

#include "auth/journal.h"
#include "core/id.h"
#include "core/json_put.h"
#include "core/num.h"
#include "core/utf8.h"
#include "notice/notice.h"
#include "registry/catalog.h"
#include "workflow/conduct_meeting_part.h"
#include "workflow/flow_doer.h"

struct str conduct_meeting_print(struct arena *arena, const struct conduct_meeting_event *event)
{
    return str_printf(arena, "%.*s %.*s %lld %lld", STR_ARG(id_text(arena, event->id)),
                      STR_ARG(event->word), (long long)event->at, (long long)event->n);
}

bool conduct_meeting_read(struct str body, struct conduct_meeting_event *event)
{
    struct str id = str_cut(&body, ' ');

    event->word = str_cut(&body, ' ');
    return id_parse(id, &event->id) && num_parse_int(str_cut(&body, ' '), &event->at) &&
           num_parse_int(body, &event->n);
}

bool conduct_meeting_note(struct tx *tx, const struct conduct_meeting *by, const char *action,
                          struct json *detail, struct err *err)
{
    struct buf text = {.arena = by->arena};
    struct journal_entry entry = {.at = by->now, .actor = by->actor, .action = str_from_z(action)};

    json_set_text(by->arena, detail, STR("meeting"), id_text(by->arena, by->id));
    json_canonical(&text, detail);
    entry.detail = buf_str(&text);
    return journal_add(tx, &entry, err);
}

bool conduct_meeting_tell(struct tx *tx, const struct conduct_meeting *by, int64_t service_case,
                          enum service_case_event_kind kind,
                          const struct conduct_meeting_event *said, struct err *err)
{
    struct service_case_event event = {.at = by->now,
                                       .actor = by->actor,
                                       .kind = kind,
                                       .body = conduct_meeting_print(by->arena, said)};
    struct service_case one;

    return service_case_get(tx, by->arena, service_case, &one, err) &&
           service_case_add_event(tx, &one, &event, err) &&
           service_case_change(tx, by->arena, &one, err);
}

static bool has(const struct meeting_member *members, size_t count, int64_t account)
{
    for (size_t i = 0; i < count; i++)
        if (members[i].account == account)
            return true;
    return false;
}

bool conduct_meeting_members(struct tx *tx, const struct conduct_meeting *by,
                             struct meeting_member **members, size_t *count, struct err *err)
{
    const struct policy *policy = by->catalog->model->policy;
    struct colleague_page chairs, others;

    if (!flow_doer_list(tx, by->arena, policy, by->commission->chair, &chairs, err) ||
        !flow_doer_list(tx, by->arena, policy, by->commission->member, &others, err))
        return false;
    if (chairs.count == 0)
        return err_set(err, ERR_INPUT, "nobody chairs the commission: give somebody that role");
    if (chairs.count > 1)
        return err_set(err, ERR_INPUT,
                       "several people chair the commission: leave that role to one of them");
    *members = ARENA_ARRAY(by->arena, struct meeting_member, others.count + 1);
    (*members)[0] = (struct meeting_member){.account = chairs.items[0].account, .is_chair = true};
    *count = 1;
    for (size_t i = 0; i < others.count && *count < MEETING_MEMBERS_MAX; i++)
        if (!has(*members, *count, others.items[i].account))
            (*members)[(*count)++] = (struct meeting_member){.account = others.items[i].account};
    return true;
}

bool conduct_meeting_check(const struct conduct_meeting_call *call, struct err *err)
{
    const struct meeting *meeting = &call->making.meeting;

    if ((meeting->form & call->by.commission->forms) == 0)
        return err_set(err, ERR_INPUT, "the commission does not meet in that form");
    if (call->making.question_count == 0)
        return err_set(err, ERR_INPUT, "choose at least one question for the agenda");
    if (call->making.question_count > MEETING_POINTS_MAX)
        return err_set(err, ERR_INPUT, "an agenda has at most 100 questions");
    if (meeting->form == COMMISSION_ABSENT)
        return meeting->until_at > call->by.now ||
               err_set(err, ERR_INPUT, "the term for votes has to be in the future");
    return (meeting->place.len > 0 && utf8_length(meeting->place) <= MEETING_PLACE_MAX) ||
           err_set(err, ERR_INPUT, "say where the commission meets, in at most 200 letters");
}

static bool tell_members(struct tx *tx, struct conduct_meeting_call *call, struct err *err)
{
    bool is_absent = call->making.meeting.form == COMMISSION_ABSENT;
    struct notice_direct direct = {
        .notice = {.kind = CONTACT_WORK,
                   .template = STR("uprava.meeting"),
                   .record = call->by.id,
                   .subject = is_absent ? STR("A commission votes in absentia")
                                        : STR("A commission meets"),
                   .body = is_absent ? STR("Look at the agenda and vote before the term is over.")
                                     : STR("Look at the agenda, the place and the time.")},
        .way = CONTACT_PAGE};
    bool has_job;

    for (size_t i = 0; i < call->making.member_count; i++) {
        direct.notice.account = call->making.members[i].account;
        if (!notice_put_direct(tx, &direct, call->by.now, &has_job, err))
            return false;
        call->has_job |= has_job;
    }
    return true;
}

static bool tell_cases(struct tx *tx, const struct conduct_meeting_call *call, struct err *err)
{
    const struct meeting *meeting = &call->making.meeting;
    struct conduct_meeting_event said = {
        .id = meeting->id,
        .word = commission_form_text(meeting->form),
        .at = meeting->form == COMMISSION_ABSENT ? meeting->until_at : meeting->at};

    for (size_t i = 0; i < call->making.question_count; i++) {
        struct meeting_question question;

        if (!meeting_question_get(tx, call->by.arena, call->making.questions[i], &question, err) ||
            !conduct_meeting_tell(tx, &call->by, question.service_case, SERVICE_CASE_LISTED, &said,
                                  err))
            return false;
    }
    return true;
}

bool conduct_meeting_call(struct tx *tx, void *data, struct err *err)
{
    struct conduct_meeting_call *call = data;
    struct meeting_making *making = &call->making;
    struct meeting_member *members;
    struct json *detail = json_new(call->by.arena, JSON_OBJECT);

    call->has_job = false;
    if (!conduct_meeting_members(tx, &call->by, &members, &making->member_count, err))
        return false;
    making->members = members;
    if (call->by.id == 0)
        call->by.id = id_next(call->by.now);
    making->meeting.id = call->by.id;
    making->meeting.commission = call->by.commission->name;
    making->meeting.made_at = call->by.now;
    making->meeting.made_by = call->by.actor;
    if (making->meeting.form == COMMISSION_ABSENT)
        making->meeting.at = call->by.now;
    json_set_text(call->by.arena, detail, STR("commission"), call->by.commission->name);
    return meeting_make(tx, making, err) && tell_members(tx, call, err) &&
           tell_cases(tx, call, err) &&
           conduct_meeting_note(tx, &call->by, "meeting.call", detail, err);
}

bool conduct_meeting_attend(struct tx *tx, void *data, struct err *err)
{
    const struct conduct_meeting_attendance *it = data;
    struct json *detail = json_new(it->by.arena, JSON_OBJECT);
    struct json *list = json_set(detail, STR("present"), json_new(it->by.arena, JSON_ARRAY));
    struct meeting_whole whole;

    if (!meeting_touch(tx, it->by.id, it->by.version, err) ||
        !meeting_get(tx, it->by.arena, it->by.id, &whole, err))
        return false;
    if (whole.meeting.form == COMMISSION_ABSENT)
        return err_set(err, ERR_INPUT, "in absentia whoever votes takes part");
    for (size_t i = 0; i < whole.member_count; i++) {
        bool is_present = false;

        for (size_t p = 0; p < it->count; p++)
            is_present |= it->present[p] == whole.members[i].account;
        if (!meeting_attend(tx, it->by.id, whole.members[i].account, is_present, err))
            return err_while(err, "noting who is there");
        if (is_present)
            json_push(list,
                      json_new_text(it->by.arena, id_text(it->by.arena, whole.members[i].account)));
    }
    return conduct_meeting_note(tx, &it->by, "meeting.attend", detail, err);
}

static bool put_vote(struct tx *tx, const struct conduct_meeting *by,
                     const struct meeting_vote *vote, struct err *err)
{
    struct json *detail = json_new(by->arena, JSON_OBJECT);

    json_set_text(by->arena, detail, STR("question"), id_text(by->arena, vote->question));
    json_set_text(by->arena, detail, STR("account"), id_text(by->arena, vote->account));
    json_set_text(by->arena, detail, STR("vote"), commission_vote_text(vote->vote));
    return (meeting_set_vote(tx, by->id, vote, err) || err_while(err, "keeping a vote")) &&
           conduct_meeting_note(tx, by, "meeting.vote", detail, err);
}

/* The secretary's hand, for a member; what stands so already is not written again. */
static bool record_vote(struct tx *tx, const struct conduct_meeting_record *it,
                        const struct meeting_whole *whole, const struct meeting_vote *wanted,
                        struct err *err)
{
    const struct meeting_member *member = meeting_find_member(whole, wanted->account);
    const struct meeting_vote *there = meeting_find_voted(whole, it->question, wanted->account);
    struct meeting_vote vote = {it->question, wanted->account, wanted->vote, it->by.now,
                                it->by.actor};

    if (member == NULL)
        return err_set(err, ERR_INPUT, "whoever was not called to the meeting does not vote");
    if (wanted->vote == (there == NULL ? COMMISSION_NO_VOTE : there->vote))
        return true;
    if (!member->is_present)
        return err_set(err, ERR_INPUT, "whoever is not there does not vote: note who is there");
    if (there != NULL && there->actor == there->account && there->account != it->by.actor)
        return err_set(err, ERR_CONFLICT,
                       "a member has voted themself: only they can change that vote");
    return put_vote(tx, &it->by, &vote, err);
}

static const struct service_ground *find_ground(struct tx *tx, const struct conduct_meeting *by,
                                                const struct meeting_question *question,
                                                struct str ground)
{
    const struct service *service;
    struct service_case one;
    struct err none;

    if (ground.len == 0 || !service_case_get(tx, by->arena, question->service_case, &one, &none) ||
        !process_service(by->processes, by->catalog->model, one.service, &service, &none))
        return NULL;
    return service_find_ground(service, ground);
}

bool conduct_meeting_has_ground(struct tx *tx, const struct conduct_meeting *by,
                                const struct meeting_point *point)
{
    return find_ground(tx, by, &point->question, point->ground) != NULL;
}

static bool find_point(struct tx *tx, const struct conduct_meeting *by, int64_t question,
                       struct meeting_whole *whole, struct meeting_point **point, struct err *err)
{
    if (!meeting_get(tx, by->arena, by->id, whole, err))
        return false;
    *point = meeting_find_point(whole, question);
    if (*point == NULL)
        return err_set(err, ERR_ABSENT, "the meeting has no such question");
    return (*point)->question.state != MEETING_WITHDRAWN ||
           err_set(err, ERR_CONFLICT, "the case has ended: there is nothing to vote about");
}

bool conduct_meeting_record(struct tx *tx, void *data, struct err *err)
{
    const struct conduct_meeting_record *it = data;
    struct json *detail = json_new(it->by.arena, JSON_OBJECT);
    struct meeting_whole whole;
    struct meeting_point *point;

    if (!meeting_touch(tx, it->by.id, it->by.version, err) ||
        !find_point(tx, &it->by, it->question, &whole, &point, err))
        return false;
    if (whole.meeting.form == COMMISSION_ABSENT && it->count > 0)
        return err_set(err, ERR_INPUT, "in absentia each member votes themself");
    if (utf8_length(it->said) > MEETING_SAID_MAX)
        return err_set(err, ERR_INPUT, "what was said has at most 1,000 letters");
    point->is_postponed = it->is_postponed;
    point->ground = it->ground;
    point->said = it->said;
    if (it->ground.len > 0 && !conduct_meeting_has_ground(tx, &it->by, point))
        return err_set(err, ERR_INPUT, "the service's card has no such ground");
    for (size_t i = 0; i < it->count; i++)
        if (!record_vote(tx, it, &whole, &it->votes[i], err))
            return false;
    json_set_text(it->by.arena, detail, STR("question"), id_text(it->by.arena, it->question));
    json_set_bool(it->by.arena, detail, STR("is_postponed"), it->is_postponed);
    json_set_text(it->by.arena, detail, STR("ground"), it->ground);
    return meeting_set_point(tx, it->by.id, point, err) &&
           conduct_meeting_note(tx, &it->by, "meeting.record", detail, err);
}

bool conduct_meeting_vote(struct tx *tx, void *data, struct err *err)
{
    const struct conduct_meeting_ballot *it = data;
    struct meeting_vote vote = {it->question, it->by.actor, it->vote, it->by.now, it->by.actor};
    const struct meeting_member *member;
    struct meeting_whole whole;
    struct meeting_point *point;

    if (it->vote == COMMISSION_NO_VOTE || it->vote == COMMISSION_AWAY)
        return err_set(err, ERR_INPUT, "choose how you vote");
    if (!meeting_hold(tx, it->by.id, err) ||
        !find_point(tx, &it->by, it->question, &whole, &point, err))
        return false;
    member = meeting_find_member(&whole, it->by.actor);
    if (member == NULL)
        return err_set(err, ERR_DENIED, "whoever was not called to the meeting does not vote");
    if (whole.meeting.form == COMMISSION_ABSENT && it->by.now >= whole.meeting.until_at)
        return err_set(err, ERR_CONFLICT, "the term for votes is over");
    /* Nobody votes from home at a meeting that is present; a conflict may be told before it. */
    if (whole.meeting.form == COMMISSION_PRESENT && !member->is_present &&
        it->vote != COMMISSION_CONFLICT)
        return err_set(err, ERR_CONFLICT,
                       "the secretary has not noted yet that you are there: tell them");
    return put_vote(tx, &it->by, &vote, err);
}
