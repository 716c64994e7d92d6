/* What the files of conduct_meeting share: not for anybody else. */
#pragma once

#include "workflow/conduct_meeting.h"

/* An entry of the journal; the meeting is added to its detail. */
MUST_CHECK bool conduct_meeting_note(struct tx *tx, const struct conduct_meeting *by,
                                     const char *action, struct json *detail, struct err *err);
/* An event of a case. */
MUST_CHECK bool conduct_meeting_tell(struct tx *tx, const struct conduct_meeting *by,
                                     int64_t service_case, enum service_case_event_kind kind,
                                     const struct conduct_meeting_event *said, struct err *err);
/* The ground of the point is one of its service's card. */
bool conduct_meeting_has_ground(struct tx *tx, const struct conduct_meeting *by,
                                const struct meeting_point *point);
