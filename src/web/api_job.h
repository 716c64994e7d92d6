/* Jobs over the API: GET /jobs, /jobs/{id}, /jobs/{id}/events; POST /jobs/{id}/stop. */
#pragma once

#include "web/route.h"

bool api_job_list(struct request *request, struct err *err);
bool api_job_get(struct request *request, struct err *err);
bool api_job_events(struct request *request, struct err *err);
bool api_job_stop(struct request *request, struct err *err);
