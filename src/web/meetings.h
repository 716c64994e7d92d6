/*
 * Commissions over the web: who may see their meetings and do what there; pages and the API share
 * it.  The secretary and the chair see and conduct meetings; members see those of their commission
 * and vote; nobody else learns of them.
 */
#pragma once

#include "web/services.h"
#include "workflow/conduct_meeting.h"

/* Has a role of some commission; packs are known (page_work_is_known), or this is no loop. */
bool meetings_is_for(const struct request *request);
/* Calls meetings, notes votes, closes. */
bool meetings_may_conduct(const struct request *request, const struct commission *commission);
bool meetings_may_see(const struct request *request, const struct commission *commission);
/* Those this person sits in, by name. */
MUST_CHECK bool meetings_commissions(struct request *request,
                                     const struct commission ***commissions, size_t *count,
                                     struct err *err);
/* That of parts[part]; ERR_ABSENT also when they may not see it. */
MUST_CHECK bool meetings_commission(struct request *request, size_t part,
                                    const struct commission **commission, struct err *err);

/* A meeting this person may see. */
struct meetings_one {
    const struct commission *commission;
    struct meeting_whole whole;
    const struct meeting_member *own; /* they were called; NULL: they were not */
    bool may_conduct;
};
/* That of parts[part]: reads. ERR_ABSENT. */
MUST_CHECK bool meetings_find(struct request *request, size_t part, struct meetings_one *one,
                              struct err *err);
/* Its agenda is shown: whose personal data that may tell is journalled. */
MUST_CHECK bool meetings_see(struct request *request, const struct meetings_one *one,
                             struct err *err);
/* The question of parts[part] in it. ERR_ABSENT. */
MUST_CHECK bool meetings_find_point(struct request *request, size_t part,
                                    const struct meetings_one *one, struct meeting_point **point,
                                    struct err *err);
/* Whose personal data these questions may tell. */
MUST_CHECK bool meetings_saw(struct request *request, const struct meeting_question *question,
                             struct err *err);
/* Who does something there, having seen that version. */
struct conduct_meeting meetings_by(struct request *request, const struct commission *commission);
/* ERR_DENIED. */
MUST_CHECK bool meetings_need_conduct(const struct meetings_one *one, struct err *err);
/* Closed, and whoever waits goes on. */
MUST_CHECK bool meetings_close(struct request *request, struct conduct_meeting_closing *closing,
                               struct err *err);
/* A moment where the municipality is. False: "14:30" it is not. */
bool meetings_read_moment(const struct request *request, struct str day, struct str time,
                          int64_t *at);

/* Words of pages. */
struct str meetings_vote_text(struct request *request, enum commission_vote vote);
struct str meetings_outcome_text(struct request *request, struct str outcome);
/* "Meeting of 12.03.2026, protocol 7", "Voting in absentia until …". */
struct str meetings_title(struct request *request, const struct meeting *meeting);
/* What an event of a case says of it. */
struct str meetings_event_text(struct request *request, const struct service_case_event *event);
