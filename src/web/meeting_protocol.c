#include "web/meeting_protocol.h"

#include "core/id.h"
#include "document/letter_odt.h"
#include "document/letter_rules.h"
#include "web/people.h"
#include "web/view.h"

/* Letters are Russian, whoever asks for them. */
static struct str day_text(struct request *request, int64_t at)
{
    struct buf text = {.arena = request->arena};

    letter_rules_print_day(&text, catalog_day(request->catalog, at), STR("ru"));
    return buf_str(&text);
}

static void add_members(struct people *people, const struct meetings_one *one, struct json *values)
{
    struct request *request = people->request;
    struct json *present = view_list(request, values, "present");
    struct json *absent = view_list(request, values, "absent");

    for (size_t i = 0; i < one->whole.member_count; i++) {
        const struct meeting_member *member = &one->whole.members[i];
        bool is_there = member->is_present;

        for (size_t v = 0; v < one->whole.vote_count; v++)
            is_there |= one->whole.votes[v].account == member->account;
        json_push(is_there ? present : absent,
                  json_new_text(request->arena, people_find(people, member->account)));
        if (member->is_chair)
            view_text(request, values, "chair", people_find(people, member->account));
    }
}

static struct str ground_text(struct request *request, const struct service_case *one,
                              struct str id)
{
    const struct service_ground *ground = NULL;
    const struct service *service;
    struct err none;

    if (process_service(request->web->processes, request->catalog->model, one->service, &service,
                        &none))
        ground = service_find_ground(service, id);
    return ground == NULL ? id : ground->title;
}

static bool add_point(struct request *request, const struct meetings_one *one,
                      const struct meeting_point *point, struct json *row, struct err *err)
{
    static const char *const DECISIONS[] = {[COMMISSION_GRANTED] = "принято положительное решение",
                                            [COMMISSION_REFUSED] = "отказать",
                                            [COMMISSION_POSTPONED] = "отложить рассмотрение",
                                            [COMMISSION_NO_QUORUM] =
                                                "кворума нет, решение не принято",
                                            [COMMISSION_WITHDRAWN] = "вопрос снят: дело завершено"};
    struct commission_count count = meeting_count(&one->whole, point);
    enum commission_outcome outcome;
    struct service_case about;

    if (!service_case_get(&request->tx, request->arena, point->question.service_case, &about, err))
        return false;
    if (!commission_outcome_read(point->outcome, &outcome))
        return err_set(err, ERR_CONFLICT, "the meeting is not closed: there is no protocol yet");
    view_text(request, row, "case", about.number);
    view_text(request, row, "question", point->question.body);
    view_text(request, row, "decision", str_from_z(DECISIONS[outcome]));
    view_text(request, row, "ground",
              outcome == COMMISSION_REFUSED ? ground_text(request, &about, point->ground)
                                            : (struct str){0});
    view_text(request, row, "said", point->said);
    view_int(request, row, "votes_for", count.votes_for);
    view_int(request, row, "votes_against", count.votes_against);
    view_int(request, row, "abstained", count.abstained);
    view_int(request, row, "conflicts", count.conflicts);
    return true;
}

static bool add_values(struct request *request, const struct meetings_one *one, struct json *values,
                       struct err *err)
{
    struct people people = {.request = request, .tx = &request->tx};
    const struct meeting *meeting = &one->whole.meeting;
    bool is_absent = meeting->form == COMMISSION_ABSENT;
    struct json *points = view_list(request, values, "points");

    view_text(request, values, "commission", one->commission->title);
    view_text(request, values, "number", str_printf(request->arena, "%lld", (long long)meeting->n));
    view_text(request, values, "date", day_text(request, meeting->ended_at));
    view_text(request, values, "form",
              str_from_z(is_absent ? "заочное голосование" : "очное заседание"));
    view_text(request, values, "place", meeting->place);
    view_text(request, values, "secretary", people_find(&people, meeting->ended_by));
    add_members(&people, one, values);
    for (size_t i = 0; i < one->whole.point_count; i++)
        if (!add_point(request, one, &one->whole.points[i], view_push(request, points), err))
            return false;
    return true;
}

bool meeting_protocol_make(struct request *request, const struct meetings_one *one,
                           struct str *bytes, struct err *err)
{
    const struct commission *commission = one->commission;
    struct json *values = view_new(request);
    const struct pack_file *file;
    struct letter_odt letter;

    if (commission->protocol.len == 0)
        return err_set(err, ERR_ABSENT, "the commission has no form of a protocol");
    if (one->whole.meeting.state != MEETING_CLOSED)
        return err_set(err, ERR_CONFLICT, "the meeting is not closed: there is no protocol yet");
    file = pack_file_find(commission->pack, str_printf(request->arena, "letters/%.*s.odt",
                                                       STR_ARG(commission->protocol)));
    return letter_odt_read(request->arena, file->bytes, &letter, err) &&
           add_values(request, one, values, err) &&
           letter_odt_fill(request->arena, &letter, values, (struct str){0}, bytes, err);
}
