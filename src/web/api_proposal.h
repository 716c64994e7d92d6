/* …/proposals: corrections of published records, made here and received. */
#pragma once

#include "web/route.h"

bool api_proposal_create(struct request *request, struct err *err);
bool api_proposal_list(struct request *request, struct err *err);
bool api_proposal_get(struct request *request, struct err *err);
bool api_proposal_accept(struct request *request, struct err *err);
bool api_proposal_decline(struct request *request, struct err *err);
