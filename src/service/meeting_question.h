/*
 * Questions that cases put before commissions.  One waits, then it stands on the agenda of a
 * meeting (meeting.h), then it is decided.  A case knows its own by its events.
 */
#pragma once

#include "store/store.h"

enum {
    MEETING_QUESTION_MAX = 1000, /* letters */
    MEETING_POINTS_MAX = 100,    /* of an agenda */
};

enum meeting_question_state {
    MEETING_WAITING,
    MEETING_LISTED, /* on the agenda of an open meeting */
    MEETING_DECIDED,
    MEETING_WITHDRAWN, /* its case ended meanwhile */
};

struct meeting_question {
    int64_t id;
    struct str commission;
    enum meeting_question_state state;
    int64_t service_case;
    int64_t flow;
    int wait; /* of the flow, that put it */
    int64_t meeting;
    struct str body;
    int64_t put_at;
};
/* In a write: a new one, which waits. */
MUST_CHECK bool meeting_question_put(struct tx *tx, const struct meeting_question *question,
                                     struct err *err);
/* ERR_ABSENT. */
MUST_CHECK bool meeting_question_get(struct tx *tx, struct arena *arena, int64_t id,
                                     struct meeting_question *question, struct err *err);
/* Of a commission that wait, the oldest before; at most MEETING_POINTS_MAX. */
MUST_CHECK bool meeting_question_list(struct tx *tx, struct arena *arena, struct str commission,
                                      struct meeting_question **questions, size_t *count,
                                      struct err *err);
/* Of a case, the first before: those that its events name. */
MUST_CHECK bool meeting_question_of(struct tx *tx, struct arena *arena, int64_t service_case,
                                    struct meeting_question **questions, size_t *count,
                                    struct err *err);
/* In a write: the case has ended, what it put before commissions is of no use any more. */
MUST_CHECK bool meeting_question_withdraw(struct tx *tx, struct arena *arena, int64_t service_case,
                                          struct err *err);
/* In a write, for a legal erasure: what was asked, and what was said about it. */
MUST_CHECK bool meeting_question_erase(struct tx *tx, struct arena *arena, int64_t service_case,
                                       struct err *err);
