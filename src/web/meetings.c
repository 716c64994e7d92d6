#include "web/meetings.h"

#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "web/seen.h"
#include "web/view.h"

bool meetings_may_conduct(const struct request *request, const struct commission *commission)
{
    return policy_has_role(&request->actor.rights, commission->secretary) ||
           policy_has_role(&request->actor.rights, commission->chair);
}

bool meetings_may_see(const struct request *request, const struct commission *commission)
{
    return meetings_may_conduct(request, commission) ||
           policy_has_role(&request->actor.rights, commission->member);
}

bool meetings_commissions(struct request *request, const struct commission ***commissions,
                          size_t *count, struct err *err)
{
    const struct commission **all;
    size_t all_count;

    if (!process_commissions(request->web->processes, request->catalog->model, request->arena, &all,
                             &all_count, err))
        return false;
    *commissions = ARENA_ARRAY(request->arena, const struct commission *, all_count);
    *count = 0;
    for (size_t i = 0; i < all_count; i++)
        if (meetings_may_see(request, all[i]))
            (*commissions)[(*count)++] = all[i];
    return true;
}

bool meetings_is_for(const struct request *request)
{
    const struct commission **all;
    struct err ignored;
    size_t count;

    if (!process_commissions(request->web->processes, request->catalog->model, request->arena, &all,
                             &count, &ignored))
        return false;
    for (size_t i = 0; i < count; i++)
        if (meetings_may_see(request, all[i]))
            return true;
    return false;
}

bool meetings_commission(struct request *request, size_t part, const struct commission **commission,
                         struct err *err)
{
    return process_commission(request->web->processes, request->catalog->model,
                              request->parts[part], commission, err) &&
           (meetings_may_see(request, *commission) ||
            err_set(err, ERR_ABSENT, "there is no such commission"));
}

bool meetings_saw(struct request *request, const struct meeting_question *question, struct err *err)
{
    struct service_case one;
    const struct register_type *type;

    if (!service_case_get(&request->tx, request->arena, question->service_case, &one, err))
        return false;
    type = catalog_type(request->catalog, one.no);
    if (type != NULL)
        seen_add(request, type, POLICY_PERSONAL, &one.id, 1);
    return true;
}

static bool find_whole(struct request *request, size_t part, struct meetings_one *one,
                       struct err *err)
{
    struct err none;
    struct tx *tx;
    int64_t id;

    if (!request_read(request, &tx, err) || !request_id(request, part, &id, err) ||
        !meeting_get(tx, request->arena, id, &one->whole, err))
        return false;
    return (process_commission(request->web->processes, request->catalog->model,
                               one->whole.meeting.commission, &one->commission, &none) &&
            meetings_may_see(request, one->commission)) ||
           err_set(err, ERR_ABSENT, "there is no such meeting");
}

bool meetings_find(struct request *request, size_t part, struct meetings_one *one, struct err *err)
{
    if (!find_whole(request, part, one, err))
        return false;
    one->own = meeting_find_member(&one->whole, request->actor.account);
    one->may_conduct = meetings_may_conduct(request, one->commission);
    return true;
}

bool meetings_see(struct request *request, const struct meetings_one *one, struct err *err)
{
    for (size_t i = 0; i < one->whole.point_count; i++)
        if (!meetings_saw(request, &one->whole.points[i].question, err))
            return false;
    return true;
}

bool meetings_find_point(struct request *request, size_t part, const struct meetings_one *one,
                         struct meeting_point **point, struct err *err)
{
    int64_t id;

    if (!request_id(request, part, &id, err))
        return false;
    *point = meeting_find_point(&one->whole, id);
    return *point != NULL || err_set(err, ERR_ABSENT, "the meeting has no such question");
}

struct conduct_meeting meetings_by(struct request *request, const struct commission *commission)
{
    return (struct conduct_meeting){.arena = request->arena,
                                    .processes = request->web->processes,
                                    .catalog = request->catalog,
                                    .commission = commission,
                                    .actor = request->actor.account,
                                    .now = request->now};
}

bool meetings_need_conduct(const struct meetings_one *one, struct err *err)
{
    return one->may_conduct || err_set(err, ERR_DENIED, "your role does not allow this");
}

bool meetings_close(struct request *request, struct conduct_meeting_closing *closing,
                    struct err *err)
{
    struct conduct_place place = {request->tenant, request->web->processes, request->now};

    if (!request_write_wait(request, conduct_meeting_close, closing, err))
        return false;
    tx_done(&request->tx);
    conduct_meeting_deliver(&place, closing);
    request_wake_workers(request);
    return true;
}

bool meetings_read_moment(const struct request *request, struct str day, struct str time,
                          int64_t *at)
{
    struct str hours = str_cut(&time, ':');
    int64_t date, hour, minute;

    if (!time_parse_day_typed(str_trim(day), &date) || !num_parse_int(str_trim(hours), &hour) ||
        !num_parse_int(str_trim(time), &minute) || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59)
        return false;
    *at = date * TIME_DAY_MS +
          (hour * 60 + minute - (int64_t)catalog_utc_offset(request->catalog)) * TIME_MINUTE_MS;
    return true;
}

struct str meetings_vote_text(struct request *request, enum commission_vote vote)
{
    static const char *const TEXTS[] = {
        [COMMISSION_NO_VOTE] = "has not voted",  [COMMISSION_FOR] = "for",
        [COMMISSION_AGAINST] = "against",        [COMMISSION_ABSTAINED] = "abstained",
        [COMMISSION_CONFLICT] = "takes no part", [COMMISSION_AWAY] = "was not in the room"};

    return request_text(request, str_from_z(TEXTS[vote]));
}

struct str meetings_outcome_text(struct request *request, struct str outcome)
{
    static const char *const TEXTS[] = {[COMMISSION_GRANTED] = "decided: yes",
                                        [COMMISSION_REFUSED] = "decided: refused",
                                        [COMMISSION_POSTPONED] = "postponed",
                                        [COMMISSION_NO_QUORUM] = "no quorum",
                                        [COMMISSION_WITHDRAWN] = "the case has ended"};
    enum commission_outcome found;

    return commission_outcome_read(outcome, &found)
               ? request_text(request, str_from_z(TEXTS[found]))
               : (struct str){0};
}

struct str meetings_title(struct request *request, const struct meeting *meeting)
{
    struct str what = meeting->form == COMMISSION_ABSENT
                          ? request_text(request, STR("Voting in absentia"))
                          : request_text(request, STR("Meeting"));
    struct str when = view_moment(request, meeting->at);

    if (meeting->n == 0)
        return str_printf(request->arena, "%.*s, %.*s", STR_ARG(what), STR_ARG(when));
    return str_printf(request->arena, "%.*s, %.*s, %.*s № %lld", STR_ARG(what), STR_ARG(when),
                      STR_ARG(request_text(request, STR("protocol"))), (long long)meeting->n);
}

static struct str judged_text(struct request *request, const struct conduct_meeting_event *said)
{
    static const char *const TEXTS[] = {
        [COMMISSION_GRANTED] = "The commission has agreed",
        [COMMISSION_REFUSED] = "The commission has refused",
        [COMMISSION_POSTPONED] = "The commission has postponed its decision",
        [COMMISSION_NO_QUORUM] =
            "Too few members of the commission came: it looks at the case at another meeting",
        [COMMISSION_WITHDRAWN] = "The case has ended before the commission looked at it"};
    enum commission_outcome outcome;

    if (!commission_outcome_read(said->word, &outcome))
        return request_text(request, STR("The meeting does not take place: the commission looks at "
                                         "the case at another one"));
    return str_printf(request->arena, "%.*s: %.*s № %lld, %.*s",
                      STR_ARG(request_text(request, str_from_z(TEXTS[outcome]))),
                      STR_ARG(request_text(request, STR("protocol"))), (long long)said->n,
                      STR_ARG(view_day(request, said->at)));
}

struct str meetings_event_text(struct request *request, const struct service_case_event *event)
{
    struct str before = request_text(request, STR("The case is before a commission"));
    const struct commission *commission;
    struct conduct_meeting_event said;
    struct err none;

    if (!conduct_meeting_read(event->body, &said))
        return before;
    if (event->kind == SERVICE_CASE_JUDGED)
        return judged_text(request, &said);
    if (event->kind == SERVICE_CASE_LISTED)
        return str_printf(
            request->arena, "%.*s: %.*s",
            STR_ARG(
                commission_form_read(said.word) == COMMISSION_ABSENT
                    ? request_text(request, STR("The commission votes about it in absentia until"))
                    : request_text(request, STR("The commission looks at it"))),
            STR_ARG(view_moment(request, said.at)));
    if (!process_commission(request->web->processes, request->catalog->model, said.word,
                            &commission, &none))
        return before;
    return str_printf(request->arena, "%.*s: %.*s", STR_ARG(before),
                      STR_ARG(request_pack_text(request, commission->title)));
}
