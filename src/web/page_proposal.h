/* Corrections: proposed below, decided by the publisher's staff. */
#pragma once

#include "web/route.h"

/* Of the published record of parts 0 and 1: the form, and what was sent. */
bool page_proposal_form(struct request *request, struct err *err);
bool page_proposal_post(struct request *request, struct err *err);
/* What this municipality proposed. */
bool page_proposal_own(struct request *request, struct err *err);
/* What was proposed to it; one, compared; the decision. */
bool page_proposal_list(struct request *request, struct err *err);
bool page_proposal(struct request *request, struct err *err);
bool page_proposal_accept(struct request *request, struct err *err);
bool page_proposal_decline(struct request *request, struct err *err);
