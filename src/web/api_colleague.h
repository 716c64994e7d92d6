/* The API of who does tasks for whom: handing over, substitutes. */
#pragma once

#include "web/request.h"

bool api_colleague_people(struct request *request, struct err *err);
bool api_colleague_hand(struct request *request, struct err *err);
bool api_colleague_list(struct request *request, struct err *err);
bool api_colleague_set(struct request *request, struct err *err);
bool api_colleague_end(struct request *request, struct err *err);
