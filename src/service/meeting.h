/*
 * Meetings of commissions (commission.h): questions that cases put before one, who was called, what
 * stood on the agenda, each vote, what was decided.
 *
 * A question waits, then it stands on the agenda of one meeting, then it is decided; one that found
 * no quorum waits again.  A meeting is open until it is closed or called off; from then on nothing
 * of it changes.  Who may vote are those it was made with: who gets the role later comes to the
 * next one.
 *
 * Rights are asked above (web/meetings.h); rules that the rows themselves tell are kept here.
 */
#pragma once

#include "service/commission.h"
#include "service/meeting_question.h"

enum {
    MEETING_MEMBERS_MAX = 50,
    MEETING_PLACE_MAX = 200, /* letters */
    MEETING_SAID_MAX = 1000, /* letters */
};

enum meeting_state {
    MEETING_OPEN,
    MEETING_CLOSED,
    MEETING_CALLED_OFF,
};
struct str meeting_state_text(enum meeting_state state);

struct meeting {
    int64_t id;
    struct str commission;
    enum commission_form form;
    enum meeting_state state;
    int64_t year, n;  /* number of its protocol; n 0: it is not closed */
    struct str place; /* of one that is present */
    int64_t at;       /* when it meets; in absentia: when it was made */
    int64_t until_at; /* in absentia: votes come before that; else 0 */
    int64_t made_at, made_by;
    int64_t ended_at, ended_by;
    int64_t version; /* changes with what the secretary writes, not with members' own votes */
};

struct meeting_member {
    int64_t account;
    bool is_chair;
    bool is_present; /* noted by the secretary; in absentia: voted */
};

/* A question on the agenda. */
struct meeting_point {
    struct meeting_question question;
    bool is_postponed;  /* the commission wants to know more: nobody votes */
    struct str ground;  /* of a refusal, an id of the service's card */
    struct str said;    /* for the protocol */
    struct str outcome; /* empty: not yet */
};

struct meeting_vote {
    int64_t question, account;
    enum commission_vote vote;
    int64_t at, actor; /* whose hand it was: the member's, or the secretary's */
};

/* All of one. */
struct meeting_whole {
    struct meeting meeting;
    struct meeting_member *members; /* the chair first */
    size_t member_count;
    struct meeting_point *points; /* in their order */
    size_t point_count;
    struct meeting_vote *votes;
    size_t vote_count;
};

/*
 * In a write: an open one with these members and questions (their ids, in this order).
 * ERR_CONFLICT: one of them waits no more.
 */
struct meeting_making {
    struct meeting meeting;
    const struct meeting_member *members;
    size_t member_count;
    const int64_t *questions;
    size_t question_count;
};
MUST_CHECK bool meeting_make(struct tx *tx, const struct meeting_making *making, struct err *err);
/* ERR_ABSENT. */
MUST_CHECK bool meeting_get(struct tx *tx, struct arena *arena, int64_t id,
                            struct meeting_whole *whole, struct err *err);
/* Of a commission, the newest before. */
struct meeting_ask {
    struct str commission;
    int64_t before; /* only older ones; 0: all */
    int limit;
};
MUST_CHECK bool meeting_list(struct tx *tx, struct arena *arena, const struct meeting_ask *ask,
                             struct meeting **meetings, size_t *count, struct err *err);
/* NULL: it has none. */
const struct meeting_member *meeting_find_member(const struct meeting_whole *whole,
                                                 int64_t account);
struct meeting_point *meeting_find_point(const struct meeting_whole *whole, int64_t question);
enum commission_vote meeting_find_vote(const struct meeting_whole *whole, int64_t question,
                                       int64_t account);
/* NULL: nobody voted there for them. */
const struct meeting_vote *meeting_find_voted(const struct meeting_whole *whole, int64_t question,
                                              int64_t account);
struct commission_count meeting_count(const struct meeting_whole *whole,
                                      const struct meeting_point *point);
/* What it would decide as it stands. */
enum commission_outcome meeting_outcome(const struct commission *commission,
                                        const struct meeting_whole *whole,
                                        const struct meeting_point *point);

/*
 * In a write: the secretary changes it, having seen that version; that it is open, and the next
 * version.  ERR_CONFLICT says which of both failed.
 */
MUST_CHECK bool meeting_touch(struct tx *tx, int64_t id, int64_t version, struct err *err);
/* In a write: a member votes; that it is open and stays so. ERR_CONFLICT. */
MUST_CHECK bool meeting_hold(struct tx *tx, int64_t id, struct err *err);
/* In a write: who is there. */
MUST_CHECK bool meeting_attend(struct tx *tx, int64_t id, int64_t account, bool is_present,
                               struct err *err);
/* In a write: one vote of a member on a question; COMMISSION_NO_VOTE takes it away. */
MUST_CHECK bool meeting_set_vote(struct tx *tx, int64_t id, const struct meeting_vote *vote,
                                 struct err *err);
/* In a write: is_postponed, ground and said of a point. */
MUST_CHECK bool meeting_set_point(struct tx *tx, int64_t id, const struct meeting_point *point,
                                  struct err *err);
/* In a write: what became of a point; its question is decided, or waits again. */
MUST_CHECK bool meeting_end_point(struct tx *tx, int64_t id, const struct meeting_point *point,
                                  enum commission_outcome outcome, struct err *err);
/* In a write: it is called off, so what stood on its agenda waits again. */
MUST_CHECK bool meeting_release(struct tx *tx, const struct meeting *meeting, struct err *err);
/* In a write: state, ended_at and ended_by; a closed one gets its number (sets year and n; year is
 * given). */
MUST_CHECK bool meeting_end(struct tx *tx, struct arena *arena, struct meeting *meeting,
                            struct err *err);
