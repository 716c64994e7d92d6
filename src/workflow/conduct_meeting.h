/*
 * What is done at a meeting of a commission, each as one write: it is called, who is there is
 * noted, votes are taken, it is closed, and whoever waits for the message "commission.decided" with
 * the number of a question goes on.
 *
 * Who may do that is asked above (web/meetings.h).  All of it is journalled: a vote with whose it
 * is, and who entered it.  Times are ms since 1970.
 */
#pragma once

#include "service/meeting.h"
#include "service/service_case.h"
#include "workflow/conduct_job.h"

#define CONDUCT_COMMISSION_DECIDED "commission.decided"

/* What events of a case say about it. */
struct conduct_meeting_event {
    int64_t id;      /* put: of the question; else of the meeting */
    struct str word; /* put: the commission; listed: a form; judged: an outcome, or "called_off" */
    int64_t at;      /* listed: when it meets, or until when it votes; judged: the day */
    int64_t n;       /* judged: the number of the protocol; 0: none */
};
struct str conduct_meeting_print(struct arena *arena, const struct conduct_meeting_event *event);
/* False: it was erased. */
bool conduct_meeting_read(struct str body, struct conduct_meeting_event *event);

/* Who does it, and where. */
struct conduct_meeting {
    struct arena *arena;
    struct process_library *processes;
    const struct catalog *catalog;
    const struct commission *commission;
    int64_t id;      /* of the meeting; set when it is made */
    int64_t version; /* that was seen; for members who vote themselves: 0 */
    int64_t actor;
    int64_t now;
};

/* The members of a commission as they are now: each once, the chair first. ERR_INPUT says which
 * role nobody has. */
MUST_CHECK bool conduct_meeting_members(struct tx *tx, const struct conduct_meeting *by,
                                        struct meeting_member **members, size_t *count,
                                        struct err *err);

/* It is made and its members are told.  Place, time and questions were looked at:
 * conduct_meeting_check, ERR_INPUT. */
struct conduct_meeting_call {
    struct conduct_meeting by;
    struct meeting_making making; /* form, place, at, until_at, questions; members are found */
    bool has_job;                 /* set */
};
MUST_CHECK bool conduct_meeting_check(const struct conduct_meeting_call *call, struct err *err);
MUST_CHECK bool conduct_meeting_call(struct tx *tx, void *data, struct err *err);

/* Who is there, by account: the others are not. */
struct conduct_meeting_attendance {
    struct conduct_meeting by;
    const int64_t *present;
    size_t count;
};
MUST_CHECK bool conduct_meeting_attend(struct tx *tx, void *data, struct err *err);

/*
 * Of one question: the secretary's votes of those present, and what the commission said.
 * A vote that a member gave themself stays theirs (ERR_CONFLICT).
 */
struct conduct_meeting_record {
    struct conduct_meeting by;
    int64_t question;
    bool is_postponed;
    struct str ground, said;
    const struct meeting_vote *votes; /* account and vote */
    size_t count;
};
MUST_CHECK bool conduct_meeting_record(struct tx *tx, void *data, struct err *err);

/* A member's own vote. ERR_DENIED: they were not called. ERR_CONFLICT: the term is over; at a
 * meeting that is present: nobody has noted that they are there. */
struct conduct_meeting_ballot {
    struct conduct_meeting by;
    int64_t question;
    enum commission_vote vote;
};
MUST_CHECK bool conduct_meeting_vote(struct tx *tx, void *data, struct err *err);

/* It is over. ERR_INPUT says what is missing; ERR_CONFLICT: it is closed, or was changed. */
struct conduct_meeting_closing {
    struct conduct_meeting by;
    struct meeting_whole whole; /* set */
    struct flow_post *posts;    /* set: to be delivered after the commit */
    size_t post_count;
};
/* Whether that point could be closed as it stands; ERR_INPUT says what is missing. */
MUST_CHECK bool conduct_meeting_point_is_ready(struct tx *tx, const struct conduct_meeting *by,
                                               const struct meeting_whole *whole,
                                               const struct meeting_point *point, struct err *err);
MUST_CHECK bool conduct_meeting_close(struct tx *tx, void *data, struct err *err);
/* After the commit: those who wait go on.  What fails is the job's. */
void conduct_meeting_deliver(const struct conduct_place *place,
                             const struct conduct_meeting_closing *closing);
/* It does not take place: what stood on its agenda waits again.  data: struct conduct_meeting. */
MUST_CHECK bool conduct_meeting_call_off(struct tx *tx, void *data, struct err *err);
