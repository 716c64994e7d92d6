/* The protocol of a meeting: a letter of the commission's pack, filled with what was decided. */
#pragma once

#include "web/meetings.h"

/* A text document. ERR_ABSENT: the commission has no form of it; ERR_CONFLICT: it is not closed. */
MUST_CHECK bool meeting_protocol_make(struct request *request, const struct meetings_one *one,
                                      struct str *bytes, struct err *err);
