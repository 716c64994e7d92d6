/* Reports from below, in another node. */
#pragma once

#include "web/request.h"

bool api_report_receive(struct request *request, struct err *err);
