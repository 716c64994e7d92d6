#include "link/courier.h"

#include "link/arrive.h"
#include "link/exchange.h"
#include "link/report_job.h"

const struct worker_kind *const courier_kinds[COURIER_KINDS] = {&arrive_kind, &exchange_kind,
                                                                &fetch_kind, &report_job_kind};
