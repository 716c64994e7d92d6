/* A meeting ends: what the votes decided goes to the cases and to the processes that wait. */
#include "core/id.h"
#include "core/log.h"
#include "core/time.h"
#include "registry/catalog.h"
#include "workflow/conduct_meeting_part.h"
#include "workflow/flow_post.h"
#include "workflow/flow_store.h"

enum {
    BACKUP_MS = 5000, /* should this process die before it delivers what it put */
};

/* Each of those present has voted, abstained, or takes no part. */
static bool all_voted(const struct meeting_whole *whole, const struct meeting_point *point)
{
    for (size_t i = 0; i < whole->member_count; i++) {
        const struct meeting_member *member = &whole->members[i];
        bool is_asked = whole->meeting.form == COMMISSION_ABSENT || member->is_present;

        if (is_asked &&
            meeting_find_vote(whole, point->question.id, member->account) == COMMISSION_NO_VOTE)
            return false;
    }
    return true;
}

bool conduct_meeting_point_is_ready(struct tx *tx, const struct conduct_meeting *by,
                                    const struct meeting_whole *whole,
                                    const struct meeting_point *point, struct err *err)
{
    enum commission_outcome outcome = meeting_outcome(by->commission, whole, point);
    bool is_absent = whole->meeting.form == COMMISSION_ABSENT;
    bool is_early = is_absent && by->now < whole->meeting.until_at;

    if (outcome == COMMISSION_WITHDRAWN || point->is_postponed)
        return true;
    if (is_early && !all_voted(whole, point))
        return err_set(err, ERR_INPUT,
                       "not all have voted yet: the meeting is closed when they have, or when the "
                       "term is over");
    if (outcome == COMMISSION_NO_QUORUM)
        return true;
    if (!is_absent && !all_voted(whole, point))
        return err_set(err, ERR_INPUT,
                       "somebody who is there has not voted: enter each vote, also who abstains");
    return outcome != COMMISSION_REFUSED || conduct_meeting_has_ground(tx, by, point) ||
           err_set(err, ERR_INPUT, "a refusal names its ground: choose one of the service's card");
}

static struct json *body_of(const struct conduct_meeting_closing *closing,
                            const struct meeting_point *point, enum commission_outcome outcome)
{
    struct arena *arena = closing->by.arena;
    const struct meeting *meeting = &closing->whole.meeting;
    struct commission_count count = meeting_count(&closing->whole, point);
    struct json *body = json_new(arena, JSON_OBJECT);
    struct buf day = {.arena = arena};

    time_print_day(&day, catalog_day(closing->by.catalog, closing->by.now));
    json_set_text(arena, body, STR("question"), id_text(arena, point->question.id));
    json_set_text(arena, body, STR("outcome"), commission_outcome_text(outcome));
    json_set_text(arena, body, STR("ground"),
                  outcome == COMMISSION_REFUSED ? point->ground : (struct str){0});
    json_set_text(arena, body, STR("said"), point->said);
    json_set_text(arena, body, STR("meeting"), str_printf(arena, "%lld", (long long)meeting->n));
    json_set_text(arena, body, STR("date"), buf_str(&day));
    json_set_int(arena, body, STR("votes_for"), count.votes_for);
    json_set_int(arena, body, STR("votes_against"), count.votes_against);
    json_set_int(arena, body, STR("abstained"), count.abstained);
    return body;
}

/* Whoever waits for it is told, if there still is somebody. */
static bool put_post(struct tx *tx, struct conduct_meeting_closing *closing,
                     const struct meeting_point *point, enum commission_outcome outcome,
                     struct err *err)
{
    struct flow_post *post = &closing->posts[closing->post_count];
    struct buf text = {.arena = closing->by.arena};
    struct flow_store head;

    if (!flow_store_get(tx, closing->by.arena, point->question.flow, &head, err))
        return false;
    if (head.state != FLOW_RUNNING)
        return true;
    json_canonical(&text, body_of(closing, point, outcome));
    *post = (struct flow_post){.kind = FLOW_POST_MESSAGE,
                               .name = STR(CONDUCT_COMMISSION_DECIDED),
                               .tag = id_text(closing->by.arena, point->question.id),
                               .actor = closing->by.actor,
                               .put_at = closing->by.now,
                               .body = buf_str(&text)};
    closing->post_count++;
    return flow_post_put(tx, post, err);
}

static bool end_point(struct tx *tx, struct conduct_meeting_closing *closing,
                      const struct meeting_point *point, struct err *err)
{
    const struct conduct_meeting *by = &closing->by;
    enum commission_outcome outcome = meeting_outcome(by->commission, &closing->whole, point);
    struct conduct_meeting_event said = {.id = by->id,
                                         .word = commission_outcome_text(outcome),
                                         .at = catalog_day(by->catalog, by->now),
                                         .n = closing->whole.meeting.n};

    if (!meeting_end_point(tx, by->id, point, outcome, err))
        return err_while(err, "keeping what was decided");
    if (outcome == COMMISSION_WITHDRAWN)
        return true;
    return conduct_meeting_tell(tx, by, point->question.service_case, SERVICE_CASE_JUDGED, &said,
                                err) &&
           (outcome == COMMISSION_NO_QUORUM || put_post(tx, closing, point, outcome, err));
}

static bool need_ready(struct tx *tx, const struct conduct_meeting_closing *closing,
                       struct err *err)
{
    for (size_t i = 0; i < closing->whole.point_count; i++)
        if (!conduct_meeting_point_is_ready(tx, &closing->by, &closing->whole,
                                            &closing->whole.points[i], err))
            return false;
    return true;
}

bool conduct_meeting_close(struct tx *tx, void *data, struct err *err)
{
    struct conduct_meeting_closing *closing = data;
    const struct conduct_meeting *by = &closing->by;
    struct meeting *meeting = &closing->whole.meeting;
    bool has_moved;

    closing->post_count = 0;
    if (!meeting_touch(tx, by->id, by->version, err) ||
        !meeting_get(tx, by->arena, by->id, &closing->whole, err) || !need_ready(tx, closing, err))
        return false;
    closing->posts = ARENA_ARRAY(by->arena, struct flow_post, closing->whole.point_count);
    meeting->state = MEETING_CLOSED;
    meeting->year = time_date_from_day(catalog_day(by->catalog, by->now)).year;
    meeting->ended_at = by->now;
    meeting->ended_by = by->actor;
    if (!meeting_end(tx, by->arena, meeting, err))
        return false;
    for (size_t i = 0; i < closing->whole.point_count; i++)
        if (!end_point(tx, closing, &closing->whole.points[i], err))
            return false;
    return conduct_meeting_note(tx, by, "meeting.close", json_new(by->arena, JSON_OBJECT), err) &&
           (closing->post_count == 0 ||
            conduct_job_need(tx, by->now + BACKUP_MS, by->now, &has_moved, err));
}

void conduct_meeting_deliver(const struct conduct_place *place,
                             const struct conduct_meeting_closing *closing)
{
    for (size_t i = 0; i < closing->post_count; i++) {
        struct conduct_delivery delivery;
        struct err err = {0};

        if (!conduct_job_deliver(place, &closing->posts[i], &delivery, &err))
            LOG(LOG_WARN, "commission.decided", {"reason", str_from_z(err.text)});
    }
}

bool conduct_meeting_call_off(struct tx *tx, void *data, struct err *err)
{
    const struct conduct_meeting *by = data;
    struct conduct_meeting_event said = {
        .id = by->id, .word = STR("called_off"), .at = catalog_day(by->catalog, by->now)};
    struct meeting_whole whole;

    if (!meeting_touch(tx, by->id, by->version, err) ||
        !meeting_get(tx, by->arena, by->id, &whole, err) ||
        !meeting_release(tx, &whole.meeting, err))
        return false;
    whole.meeting.state = MEETING_CALLED_OFF;
    whole.meeting.ended_at = by->now;
    whole.meeting.ended_by = by->actor;
    for (size_t i = 0; i < whole.point_count; i++)
        if (whole.points[i].question.state == MEETING_LISTED &&
            !conduct_meeting_tell(tx, by, whole.points[i].question.service_case,
                                  SERVICE_CASE_JUDGED, &said, err))
            return false;
    return meeting_end(tx, by->arena, &whole.meeting, err) &&
           conduct_meeting_note(tx, by, "meeting.call_off", json_new(by->arena, JSON_OBJECT), err);
}
