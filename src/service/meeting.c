#include "service/meeting.h"

#include "store/rows.h"

#define COLUMNS                                                                                    \
    " id, commission, form, state, year, n, place, at, until_at, made_at, made_by, ended_at,"      \
    " ended_by, version"

static const struct str STATES[] = {[MEETING_OPEN] = STR_INIT("open"),
                                    [MEETING_CLOSED] = STR_INIT("closed"),
                                    [MEETING_CALLED_OFF] = STR_INIT("called_off")};

struct str meeting_state_text(enum meeting_state state)
{
    return STATES[state];
}

static enum meeting_state read_state(struct str text)
{
    for (size_t i = 0; i < ARRAY_LEN(STATES); i++)
        if (str_equal(STATES[i], text))
            return (enum meeting_state)i;
    return MEETING_CLOSED;
}

static bool insert_meeting(struct tx *tx, const struct meeting *meeting, struct err *err)
{
    return store_exec(tx,
                      "INSERT INTO meeting (tenant, id, commission, form, state, year, n, place,"
                      " at, until_at, made_at, made_by, ended_at, ended_by, version)"
                      " VALUES ($1, $2, $3, $4, 'open', 0, 0, $5, $6, $7, $8, $9, 0, 0, 1)",
                      ARGS(INT(tx->tenant), INT(meeting->id), TEXT(meeting->commission),
                           TEXT(commission_form_text(meeting->form)), TEXT(meeting->place),
                           INT(meeting->at), INT(meeting->until_at), INT(meeting->made_at),
                           INT(meeting->made_by)),
                      err);
}

/* It leaves those that wait, if it still is among them. */
static bool take_question(struct tx *tx, const struct meeting_making *making, size_t at,
                          struct err *err)
{
    int64_t question = making->questions[at], changed = 0;

    if (!store_change(tx,
                      "UPDATE commission_question SET state = 'listed', meeting = $3"
                      " WHERE tenant = $1 AND id = $2 AND commission = $4 AND state = 'waiting'",
                      ARGS(INT(tx->tenant), INT(question), INT(making->meeting.id),
                           TEXT(making->meeting.commission)),
                      &changed, err))
        return false;
    if (changed == 0)
        return err_set(err, ERR_CONFLICT,
                       "a question of the agenda waits no more: look at the list again");
    return store_exec(
        tx,
        "INSERT INTO meeting_point (tenant, meeting, place, question, is_postponed,"
        " ground, said, outcome) VALUES ($1, $2, $3, $4, 0, '', '', '')",
        ARGS(INT(tx->tenant), INT(making->meeting.id), INT((int64_t)at + 1), INT(question)), err);
}

bool meeting_make(struct tx *tx, const struct meeting_making *making, struct err *err)
{
    if (!insert_meeting(tx, &making->meeting, err))
        return err_while(err, "making a meeting");
    for (size_t i = 0; i < making->member_count; i++)
        if (!store_exec(tx,
                        "INSERT INTO meeting_member (tenant, meeting, account, is_chair,"
                        " is_present) VALUES ($1, $2, $3, $4, $5)",
                        ARGS(INT(tx->tenant), INT(making->meeting.id),
                             INT(making->members[i].account), INT(making->members[i].is_chair),
                             INT(making->members[i].is_present)),
                        err))
            return err_while(err, "calling to a meeting");
    for (size_t i = 0; i < making->question_count; i++)
        if (!take_question(tx, making, i, err))
            return false;
    return true;
}

static struct meeting read_meeting(const struct rows *rows, size_t row)
{
    return (struct meeting){.id = rows_int(rows, row, 0),
                            .commission = rows_text(rows, row, 1),
                            .form = commission_form_read(rows_text(rows, row, 2)),
                            .state = read_state(rows_text(rows, row, 3)),
                            .year = rows_int(rows, row, 4),
                            .n = rows_int(rows, row, 5),
                            .place = rows_text(rows, row, 6),
                            .at = rows_int(rows, row, 7),
                            .until_at = rows_int(rows, row, 8),
                            .made_at = rows_int(rows, row, 9),
                            .made_by = rows_int(rows, row, 10),
                            .ended_at = rows_int(rows, row, 11),
                            .ended_by = rows_int(rows, row, 12),
                            .version = rows_int(rows, row, 13)};
}

static bool load_members(struct tx *tx, struct arena *arena, struct meeting_whole *whole,
                         struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT account, is_chair, is_present FROM meeting_member"
                     " WHERE tenant = $1 AND meeting = $2 ORDER BY is_chair DESC, account LIMIT $3",
                     ARGS(INT(tx->tenant), INT(whole->meeting.id), INT(MEETING_MEMBERS_MAX)), err))
        return false;
    whole->members = ARENA_ARRAY(arena, struct meeting_member, rows.count);
    whole->member_count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        whole->members[i] = (struct meeting_member){
            rows_int(&rows, i, 0), rows_int(&rows, i, 1) != 0, rows_int(&rows, i, 2) != 0};
    return true;
}

static bool load_points(struct tx *tx, struct arena *arena, struct meeting_whole *whole,
                        struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT question, is_postponed, ground, said, outcome FROM meeting_point"
                     " WHERE tenant = $1 AND meeting = $2 ORDER BY place LIMIT $3",
                     ARGS(INT(tx->tenant), INT(whole->meeting.id), INT(MEETING_POINTS_MAX)), err))
        return false;
    whole->points = ARENA_ARRAY(arena, struct meeting_point, rows.count);
    whole->point_count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        struct meeting_point *point = &whole->points[i];

        *point = (struct meeting_point){.is_postponed = rows_int(&rows, i, 1) != 0,
                                        .ground = rows_text(&rows, i, 2),
                                        .said = rows_text(&rows, i, 3),
                                        .outcome = rows_text(&rows, i, 4)};
        if (!meeting_question_get(tx, arena, rows_int(&rows, i, 0), &point->question, err))
            return false;
    }
    return true;
}

static bool load_votes(struct tx *tx, struct arena *arena, struct meeting_whole *whole,
                       struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT question, account, vote, at, actor FROM meeting_vote"
                     " WHERE tenant = $1 AND meeting = $2 ORDER BY question, account LIMIT $3",
                     ARGS(INT(tx->tenant), INT(whole->meeting.id),
                          INT(MEETING_POINTS_MAX * MEETING_MEMBERS_MAX)),
                     err))
        return false;
    whole->votes = ARENA_ARRAY(arena, struct meeting_vote, rows.count);
    whole->vote_count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        whole->votes[i] = (struct meeting_vote){rows_int(&rows, i, 0), rows_int(&rows, i, 1),
                                                commission_vote_read(rows_text(&rows, i, 2)),
                                                rows_int(&rows, i, 3), rows_int(&rows, i, 4)};
    return true;
}

bool meeting_get(struct tx *tx, struct arena *arena, int64_t id, struct meeting_whole *whole,
                 struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT" COLUMNS " FROM meeting WHERE tenant = $1 AND id = $2",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return err_while(err, "reading a meeting");
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such meeting");
    *whole = (struct meeting_whole){.meeting = read_meeting(&rows, 0)};
    return (load_members(tx, arena, whole, err) && load_points(tx, arena, whole, err) &&
            load_votes(tx, arena, whole, err)) ||
           err_while(err, "reading a meeting");
}

bool meeting_list(struct tx *tx, struct arena *arena, const struct meeting_ask *ask,
                  struct meeting **meetings, size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT" COLUMNS " FROM meeting WHERE tenant = $1 AND commission = $2"
                     " AND id < $3 ORDER BY id DESC LIMIT $4",
                     ARGS(INT(tx->tenant), TEXT(ask->commission),
                          INT(ask->before > 0 ? ask->before : INT64_MAX), INT(ask->limit)),
                     err))
        return err_while(err, "listing meetings");
    *meetings = ARENA_ARRAY(arena, struct meeting, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*meetings)[i] = read_meeting(&rows, i);
    return true;
}

const struct meeting_member *meeting_find_member(const struct meeting_whole *whole, int64_t account)
{
    for (size_t i = 0; i < whole->member_count; i++)
        if (whole->members[i].account == account)
            return &whole->members[i];
    return NULL;
}

struct meeting_point *meeting_find_point(const struct meeting_whole *whole, int64_t question)
{
    for (size_t i = 0; i < whole->point_count; i++)
        if (whole->points[i].question.id == question)
            return &whole->points[i];
    return NULL;
}

const struct meeting_vote *meeting_find_voted(const struct meeting_whole *whole, int64_t question,
                                              int64_t account)
{
    for (size_t i = 0; i < whole->vote_count; i++)
        if (whole->votes[i].question == question && whole->votes[i].account == account)
            return &whole->votes[i];
    return NULL;
}

enum commission_vote meeting_find_vote(const struct meeting_whole *whole, int64_t question,
                                       int64_t account)
{
    const struct meeting_vote *vote = meeting_find_voted(whole, question, account);

    return vote == NULL ? COMMISSION_NO_VOTE : vote->vote;
}

struct commission_count meeting_count(const struct meeting_whole *whole,
                                      const struct meeting_point *point)
{
    struct commission_count count = {0};

    for (size_t i = 0; i < whole->member_count; i++) {
        const struct meeting_member *member = &whole->members[i];
        enum commission_vote vote = meeting_find_vote(whole, point->question.id, member->account);
        bool is_there = whole->meeting.form == COMMISSION_ABSENT
                            ? vote != COMMISSION_NO_VOTE
                            : member->is_present && vote != COMMISSION_AWAY;

        count.conflicts += vote == COMMISSION_CONFLICT;
        if (vote == COMMISSION_CONFLICT)
            continue;
        count.members++;
        if (!is_there)
            continue;
        count.present++;
        count.votes_for += vote == COMMISSION_FOR;
        count.votes_against += vote == COMMISSION_AGAINST;
        count.abstained += vote == COMMISSION_ABSTAINED;
        if (member->is_chair)
            count.chair = vote;
    }
    return count;
}

enum commission_outcome meeting_outcome(const struct commission *commission,
                                        const struct meeting_whole *whole,
                                        const struct meeting_point *point)
{
    struct commission_count count = meeting_count(whole, point);

    if (point->question.state == MEETING_WITHDRAWN)
        return COMMISSION_WITHDRAWN;
    if (point->is_postponed && commission_has_quorum(commission, &count))
        return COMMISSION_POSTPONED;
    return commission_decide(commission, &count);
}

bool meeting_touch(struct tx *tx, int64_t id, int64_t version, struct err *err)
{
    int64_t changed = 0;

    return store_change(tx,
                        "UPDATE meeting SET version = version + 1"
                        " WHERE tenant = $1 AND id = $2 AND version = $3 AND state = 'open'",
                        ARGS(INT(tx->tenant), INT(id), INT(version)), &changed, err) &&
           (changed > 0 ||
            err_set(err, ERR_CONFLICT,
                    "the meeting is closed, or somebody else has changed it: look at it again"));
}

bool meeting_hold(struct tx *tx, int64_t id, struct err *err)
{
    int64_t changed = 0;

    /* Whoever closes it meanwhile waits for this row, and counts the vote. */
    return store_change(tx,
                        "UPDATE meeting SET version = version"
                        " WHERE tenant = $1 AND id = $2 AND state = 'open'",
                        ARGS(INT(tx->tenant), INT(id)), &changed, err) &&
           (changed > 0 ||
            err_set(err, ERR_CONFLICT, "the meeting is closed: votes do not change any more"));
}

bool meeting_attend(struct tx *tx, int64_t id, int64_t account, bool is_present, struct err *err)
{
    return store_exec(tx,
                      "UPDATE meeting_member SET is_present = $4"
                      " WHERE tenant = $1 AND meeting = $2 AND account = $3",
                      ARGS(INT(tx->tenant), INT(id), INT(account), INT(is_present)), err);
}

bool meeting_set_vote(struct tx *tx, int64_t id, const struct meeting_vote *vote, struct err *err)
{
    if (vote->vote == COMMISSION_NO_VOTE)
        return store_exec(tx,
                          "DELETE FROM meeting_vote WHERE tenant = $1 AND meeting = $2"
                          " AND question = $3 AND account = $4",
                          ARGS(INT(tx->tenant), INT(id), INT(vote->question), INT(vote->account)),
                          err);
    return store_exec(tx,
                      "INSERT INTO meeting_vote (tenant, meeting, question, account, vote, at,"
                      " actor) VALUES ($1, $2, $3, $4, $5, $6, $7)"
                      " ON CONFLICT (tenant, meeting, question, account) DO UPDATE SET"
                      " vote = excluded.vote, at = excluded.at, actor = excluded.actor",
                      ARGS(INT(tx->tenant), INT(id), INT(vote->question), INT(vote->account),
                           TEXT(commission_vote_text(vote->vote)), INT(vote->at), INT(vote->actor)),
                      err);
}

bool meeting_set_point(struct tx *tx, int64_t id, const struct meeting_point *point,
                       struct err *err)
{
    return store_exec(tx,
                      "UPDATE meeting_point SET is_postponed = $4, ground = $5, said = $6"
                      " WHERE tenant = $1 AND meeting = $2 AND question = $3",
                      ARGS(INT(tx->tenant), INT(id), INT(point->question.id),
                           INT(point->is_postponed), TEXT(point->ground), TEXT(point->said)),
                      err);
}

bool meeting_end_point(struct tx *tx, int64_t id, const struct meeting_point *point,
                       enum commission_outcome outcome, struct err *err)
{
    bool waits = outcome == COMMISSION_NO_QUORUM;

    return store_exec(tx,
                      "UPDATE meeting_point SET outcome = $4,"
                      " said = CASE WHEN $4 = 'no_quorum' THEN '' ELSE said END"
                      " WHERE tenant = $1 AND meeting = $2 AND question = $3",
                      ARGS(INT(tx->tenant), INT(id), INT(point->question.id),
                           TEXT(commission_outcome_text(outcome))),
                      err) &&
           store_exec(tx,
                      "UPDATE commission_question SET state = $3, meeting = $4"
                      " WHERE tenant = $1 AND id = $2 AND state = 'listed'",
                      ARGS(INT(tx->tenant), INT(point->question.id),
                           TEXT(waits ? STR("waiting") : STR("decided")), INT(waits ? 0 : id)),
                      err);
}

bool meeting_release(struct tx *tx, const struct meeting *meeting, struct err *err)
{
    return store_exec(tx,
                      "UPDATE commission_question SET state = 'waiting', meeting = 0"
                      " WHERE tenant = $1 AND commission = $2 AND state = 'listed'"
                      " AND meeting = $3",
                      ARGS(INT(tx->tenant), TEXT(meeting->commission), INT(meeting->id)), err) ||
           err_while(err, "calling off a meeting");
}

static bool take_number(struct tx *tx, struct arena *arena, struct meeting *meeting,
                        struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "INSERT INTO document_series (tenant, series, year, last)"
                     " VALUES ($1, $2, $3, 1) ON CONFLICT (tenant, series, year)"
                     " DO UPDATE SET last = document_series.last + 1 RETURNING last",
                     ARGS(INT(tx->tenant),
                          TEXT(str_printf(arena, "-meeting %.*s", STR_ARG(meeting->commission))),
                          INT(meeting->year)),
                     err))
        return false;
    meeting->n = rows_int(&rows, 0, 0);
    return true;
}

bool meeting_end(struct tx *tx, struct arena *arena, struct meeting *meeting, struct err *err)
{
    meeting->n = 0;
    if (meeting->state == MEETING_CLOSED && !take_number(tx, arena, meeting, err))
        return false;
    return store_exec(tx,
                      "UPDATE meeting SET state = $3, year = $4, n = $5, ended_at = $6,"
                      " ended_by = $7 WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(meeting->id), TEXT(STATES[meeting->state]),
                           INT(meeting->year), INT(meeting->n), INT(meeting->ended_at),
                           INT(meeting->ended_by)),
                      err) ||
           err_while(err, "ending a meeting");
}
