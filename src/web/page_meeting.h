/* Commissions on pages: what waits for them, meetings, votes. */
#pragma once

#include "web/meetings.h"

/* page_commission.c: the commissions of whoever asks; one; a new meeting of it */
bool page_commission_list(struct request *request, struct err *err);
bool page_commission(struct request *request, struct err *err);
bool page_commission_new(struct request *request, struct err *err);
bool page_commission_new_post(struct request *request, struct err *err);

/* page_meeting.c: a meeting as it stands; page_meeting_act.c: what is done there */
bool page_meeting(struct request *request, struct err *err);
bool page_meeting_protocol(struct request *request, struct err *err);
bool page_meeting_attend(struct request *request, struct err *err);
bool page_meeting_close(struct request *request, struct err *err);
bool page_meeting_call_off(struct request *request, struct err *err);

/* page_question.c: one question of it: votes, what the commission said, one's own vote */
bool page_question(struct request *request, struct err *err);
bool page_question_record(struct request *request, struct err *err);
bool page_question_vote(struct request *request, struct err *err);

/* Back to a page of a meeting with what went wrong; other errors are passed on. */
bool page_meeting_back(struct request *request, struct str path, const char *done, bool was_done,
                       struct err *err);
