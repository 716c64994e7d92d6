/* Long work: what runs, how far it is, stopping it. */
#pragma once

#include "web/route.h"

bool page_jobs(struct request *request, struct err *err);
bool page_jobs_one(struct request *request, struct err *err);
bool page_jobs_events(struct request *request, struct err *err);
bool page_jobs_stop(struct request *request, struct err *err);
