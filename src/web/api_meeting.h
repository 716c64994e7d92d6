/* The API of commissions: what waits for one, meetings, votes. */
#pragma once

#include "web/meetings.h"

bool api_meeting_commissions(struct request *request, struct err *err);
bool api_meeting_questions(struct request *request, struct err *err);
bool api_meeting_list(struct request *request, struct err *err);
bool api_meeting_call(struct request *request, struct err *err);
bool api_meeting_get(struct request *request, struct err *err);
bool api_meeting_attend(struct request *request, struct err *err);
bool api_meeting_record(struct request *request, struct err *err);
bool api_meeting_vote(struct request *request, struct err *err);
bool api_meeting_close(struct request *request, struct err *err);
bool api_meeting_call_off(struct request *request, struct err *err);
