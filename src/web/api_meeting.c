/* Commissions for programs.  Whatever changes a meeting names the version it has seen; the answer
 * is the meeting as it is then. */
#include "web/api_meeting.h"

#include "core/id.h"
#include "core/json_put.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/people.h"

enum {
    BODY_MAX = 64 * 1024,
    PAGE = 50,
};

static void put_form(struct buf *out, unsigned forms)
{
    json_put_name(out, "forms");
    buf_char(out, '[');
    for (enum commission_form form = COMMISSION_PRESENT; form <= COMMISSION_ABSENT;
         form = (enum commission_form)(form << 1)) {
        if ((forms & form) == 0)
            continue;
        if (out->len > 0 && out->ptr[out->len - 1] != '[')
            buf_char(out, ',');
        json_write_text(out, commission_form_text(form));
    }
    buf_char(out, ']');
}

bool api_meeting_commissions(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    const struct commission **commissions;
    size_t count;

    if (!meetings_commissions(request, &commissions, &count, err))
        return false;
    buf_add(out, STR("{\"commissions\":["));
    for (size_t i = 0; i < count; i++) {
        buf_add(out, i == 0 ? STR("{") : STR(",{"));
        json_put_text(out, "name", commissions[i]->name);
        json_put_text(out, "title", request_pack_text(request, commissions[i]->title));
        put_form(out, commissions[i]->forms);
        json_put_bool(out, "may_conduct", meetings_may_conduct(request, commissions[i]));
        buf_char(out, '}');
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

static void put_question(struct buf *out, const struct meeting_question *question)
{
    json_put_id(out, "id", question->id);
    json_put_id(out, "case", question->service_case);
    json_put_text(out, "question", question->body);
    json_put_moment(out, "put_at", question->put_at);
}

bool api_meeting_questions(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    const struct commission *commission;
    struct meeting_question *questions;
    struct tx *tx;
    size_t count;

    if (!meetings_commission(request, 0, &commission, err) || !request_read(request, &tx, err) ||
        !meeting_question_list(tx, request->arena, commission->name, &questions, &count, err))
        return false;
    buf_add(out, STR("{\"questions\":["));
    for (size_t i = 0; i < count; i++) {
        if (!meetings_saw(request, &questions[i], err))
            return false;
        buf_add(out, i == 0 ? STR("{") : STR(",{"));
        put_question(out, &questions[i]);
        buf_char(out, '}');
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

static void put_meeting(struct buf *out, const struct meeting *meeting)
{
    json_put_id(out, "id", meeting->id);
    json_put_text(out, "commission", meeting->commission);
    json_put_text(out, "form", commission_form_text(meeting->form));
    json_put_text(out, "state", meeting_state_text(meeting->state));
    json_put_int(out, "year", meeting->year);
    json_put_int(out, "number", meeting->n);
    json_put_text(out, "place", meeting->place);
    json_put_moment(out, "at", meeting->at);
    json_put_moment(out, "until", meeting->until_at);
    json_put_moment(out, "ended_at", meeting->ended_at);
    json_put_int(out, "version", meeting->version);
}

bool api_meeting_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct str cursor = request_query(request, STR("cursor"));
    const struct commission *commission;
    struct meeting *meetings;
    int64_t before = 0;
    struct tx *tx;
    size_t count;

    if (cursor.len > 0 && !id_parse(cursor, &before))
        return err_set(err, ERR_INPUT, "cursor: as the answer before gave it");
    if (!meetings_commission(request, 0, &commission, err) || !request_read(request, &tx, err) ||
        !meeting_list(tx, request->arena, &(struct meeting_ask){commission->name, before, PAGE + 1},
                      &meetings, &count, err))
        return false;
    buf_add(out, STR("{\"meetings\":["));
    for (size_t i = 0; i < count && i < PAGE; i++) {
        buf_add(out, i == 0 ? STR("{") : STR(",{"));
        put_meeting(out, &meetings[i]);
        buf_char(out, '}');
    }
    buf_char(out, ']');
    if (count > PAGE)
        json_put_id(out, "cursor", meetings[PAGE - 1].id);
    buf_char(out, '}');
    return answer_json(request, 200);
}

static void put_members(struct buf *out, struct request *request, const struct meeting_whole *whole)
{
    struct people people = {.request = request, .tx = &request->tx};

    json_put_name(out, "members");
    buf_char(out, '[');
    for (size_t i = 0; i < whole->member_count; i++) {
        buf_add(out, i == 0 ? STR("{") : STR(",{"));
        json_put_id(out, "account", whole->members[i].account);
        json_put_text(out, "name", people_find(&people, whole->members[i].account));
        json_put_bool(out, "is_chair", whole->members[i].is_chair);
        json_put_bool(out, "is_present", whole->members[i].is_present);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void put_votes(struct buf *out, const struct request *request,
                      const struct meetings_one *one, const struct meeting_point *point)
{
    bool is_secret = one->whole.meeting.form == COMMISSION_ABSENT &&
                     one->whole.meeting.state == MEETING_OPEN && !one->may_conduct;
    bool has_some = false;

    json_put_name(out, "votes");
    buf_char(out, '[');
    for (size_t i = 0; i < one->whole.vote_count; i++) {
        const struct meeting_vote *vote = &one->whole.votes[i];

        if (vote->question != point->question.id ||
            (is_secret && vote->account != request->actor.account))
            continue;
        buf_add(out, has_some ? STR(",{") : STR("{"));
        json_put_id(out, "account", vote->account);
        json_put_text(out, "vote", commission_vote_text(vote->vote));
        json_put_bool(out, "is_own", vote->actor == vote->account);
        buf_char(out, '}');
        has_some = true;
    }
    buf_char(out, ']');
}

static bool answer_meeting(struct request *request, const struct meetings_one *one, int status,
                           struct err *err)
{
    struct buf *out = &request->exchange->out;

    if (!meetings_see(request, one, err))
        return false;
    buf_char(out, '{');
    put_meeting(out, &one->whole.meeting);
    put_members(out, request, &one->whole);
    json_put_name(out, "questions");
    buf_char(out, '[');
    for (size_t i = 0; i < one->whole.point_count; i++) {
        const struct meeting_point *point = &one->whole.points[i];

        buf_add(out, i == 0 ? STR("{") : STR(",{"));
        put_question(out, &point->question);
        json_put_bool(out, "is_postponed", point->is_postponed);
        json_put_text(out, "ground", point->ground);
        json_put_text(out, "said", point->said);
        json_put_text(out, "outcome", point->outcome);
        put_votes(out, request, one, point);
        buf_char(out, '}');
    }
    buf_add(out, STR("]}"));
    return answer_json(request, status);
}

bool api_meeting_get(struct request *request, struct err *err)
{
    struct meetings_one one;

    return meetings_find(request, 0, &one, err) && answer_meeting(request, &one, 200, err);
}

/* After a change: the meeting as it is now. */
static bool answer_again(struct request *request, struct err *err)
{
    tx_done(&request->tx);
    return api_meeting_get(request, err);
}

/* Who conducts it, and what they sent. */
static bool begin(struct request *request, struct meetings_one *one, struct conduct_meeting *by,
                  struct json **input, struct err *err)
{
    if (!meetings_find(request, 0, one, err) || !meetings_need_conduct(one, err) ||
        !request_json(request, BODY_MAX, input, err))
        return false;
    *by = meetings_by(request, one->commission);
    by->id = one->whole.meeting.id;
    return json_int(json_find(*input, STR("version")), &by->version) ||
           err_set(err, ERR_INPUT, "version: of the meeting as it was read, a number");
}

/* A list of ids; not given: empty. */
static bool read_ids(struct request *request, const struct json *input, const char *name,
                     int64_t **ids, size_t *count, struct err *err)
{
    const struct json *list = json_find(input, str_from_z(name));

    *count = 0;
    *ids = ARENA_ARRAY(request->arena, int64_t, list == NULL ? 0 : list->count);
    if (list != NULL && list->kind != JSON_ARRAY)
        return err_set(err, ERR_INPUT, "%s: a list of ids", name);
    for (const struct json *one = list == NULL ? NULL : list->first; one != NULL; one = one->next)
        if (!id_parse(json_text(one), &(*ids)[(*count)++]))
            return err_set(err, ERR_INPUT, "%s: a list of ids", name);
    return true;
}

bool api_meeting_attend(struct request *request, struct err *err)
{
    struct conduct_meeting_attendance it = {0};
    struct meetings_one one;
    struct json *input;
    int64_t *present;

    if (!begin(request, &one, &it.by, &input, err) ||
        !read_ids(request, input, "present", &present, &it.count, err))
        return false;
    it.present = present;
    return request_write_wait(request, conduct_meeting_attend, &it, err) &&
           answer_again(request, err);
}

static bool read_votes(struct request *request, const struct json *input,
                       struct conduct_meeting_record *it, struct err *err)
{
    const struct json *list = json_find(input, STR("votes"));
    struct meeting_vote *votes =
        ARENA_ARRAY(request->arena, struct meeting_vote, list == NULL ? 0 : list->count);

    if (list != NULL && list->kind != JSON_ARRAY)
        return err_set(err, ERR_INPUT, "votes: a list of objects with account and vote");
    for (const struct json *one = list == NULL ? NULL : list->first; one != NULL; one = one->next) {
        struct str vote = json_find_text(one, STR("vote"));

        votes[it->count] = (struct meeting_vote){.vote = commission_vote_read(vote)};
        if (!id_parse(json_find_text(one, STR("account")), &votes[it->count].account) ||
            (vote.len > 0 && votes[it->count].vote == COMMISSION_NO_VOTE))
            return err_set(err, ERR_INPUT,
                           "votes: each has an account and a vote: for, against, abstained, "
                           "conflict, away, or nothing");
        it->count++;
    }
    it->votes = votes;
    return true;
}

bool api_meeting_record(struct request *request, struct err *err)
{
    struct conduct_meeting_record it = {0};
    struct meetings_one one;
    struct meeting_point *point;
    struct json *input;

    if (!begin(request, &one, &it.by, &input, err) ||
        !meetings_find_point(request, 1, &one, &point, err) ||
        !read_votes(request, input, &it, err))
        return false;
    it.question = point->question.id;
    it.is_postponed = json_is_true(json_find(input, STR("is_postponed")));
    it.ground = json_find_text(input, STR("ground"));
    it.said = str_trim(json_find_text(input, STR("said")));
    return request_write_wait(request, conduct_meeting_record, &it, err) &&
           answer_again(request, err);
}

bool api_meeting_vote(struct request *request, struct err *err)
{
    struct conduct_meeting_ballot it = {0};
    struct meetings_one one;
    struct meeting_point *point;
    struct json *input;

    if (!meetings_find(request, 0, &one, err) ||
        !meetings_find_point(request, 1, &one, &point, err) ||
        !request_json(request, BODY_MAX, &input, err))
        return false;
    it.by = meetings_by(request, one.commission);
    it.by.id = one.whole.meeting.id;
    it.question = point->question.id;
    it.vote = commission_vote_read(json_find_text(input, STR("vote")));
    return request_write_wait(request, conduct_meeting_vote, &it, err) &&
           answer_again(request, err);
}

bool api_meeting_close(struct request *request, struct err *err)
{
    struct conduct_meeting_closing closing = {0};
    struct meetings_one one;
    struct json *input;

    return begin(request, &one, &closing.by, &input, err) &&
           meetings_close(request, &closing, err) && answer_again(request, err);
}

bool api_meeting_call_off(struct request *request, struct err *err)
{
    struct conduct_meeting by;
    struct meetings_one one;
    struct json *input;

    return begin(request, &one, &by, &input, err) &&
           request_write_wait(request, conduct_meeting_call_off, &by, err) &&
           answer_again(request, err);
}

/* Questions that are not named are all that wait. */
static bool read_call(struct request *request, const struct json *input,
                      struct conduct_meeting_call *call, struct err *err)
{
    struct meeting *meeting = &call->making.meeting;
    struct str at = json_find_text(input, STR("at")), until = json_find_text(input, STR("until"));
    int64_t *ids;

    meeting->form = commission_form_read(json_find_text(input, STR("form")));
    if (meeting->form == 0)
        return err_set(err, ERR_INPUT, "form: present or absent");
    meeting->place = str_trim(json_find_text(input, STR("place")));
    if (meeting->form == COMMISSION_ABSENT && !time_parse_moment(until, &meeting->until_at))
        return err_set(err, ERR_INPUT, "until: a moment, as 2026-03-09T18:00:00+03:00");
    if (meeting->form == COMMISSION_PRESENT && !time_parse_moment(at, &meeting->at))
        return err_set(err, ERR_INPUT, "at: a moment, as 2026-03-09T14:00:00+03:00");
    if (!read_ids(request, input, "questions", &ids, &call->making.question_count, err))
        return false;
    call->making.questions = ids;
    return true;
}

static bool add_waiting(struct request *request, struct conduct_meeting_call *call, struct err *err)
{
    struct meeting_question *questions;
    int64_t *ids;
    struct tx *tx;
    size_t count;

    if (call->making.question_count > 0)
        return true;
    if (!request_read(request, &tx, err) ||
        !meeting_question_list(tx, request->arena, call->by.commission->name, &questions, &count,
                               err))
        return false;
    ids = ARENA_ARRAY(request->arena, int64_t, count);
    for (size_t i = 0; i < count; i++)
        ids[i] = questions[i].id;
    call->making.questions = ids;
    call->making.question_count = count;
    return true;
}

bool api_meeting_call(struct request *request, struct err *err)
{
    struct conduct_meeting_call call = {0};
    const struct commission *commission;
    struct meetings_one one;
    struct json *input;

    if (!meetings_commission(request, 0, &commission, err))
        return false;
    if (!meetings_may_conduct(request, commission))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    call.by = meetings_by(request, commission);
    if (!request_json(request, BODY_MAX, &input, err) || !read_call(request, input, &call, err) ||
        !add_waiting(request, &call, err) || !conduct_meeting_check(&call, err) ||
        !request_write_wait(request, conduct_meeting_call, &call, err))
        return false;
    tx_done(&request->tx);
    request->parts[0] = id_text(request->arena, call.by.id);
    http_add(request->exchange, STR("Location"),
             str_printf(request->arena, "%.*s/api/v1/meetings/%.*s", STR_ARG(request->base),
                        STR_ARG(request->parts[0])));
    return meetings_find(request, 0, &one, err) && answer_meeting(request, &one, 201, err);
}
