/* Which tasks somebody's list shows; kept for when they come back. */
#pragma once

#include "auth/colleague.h"
#include "web/route.h"
#include "workflow/flow_task.h"

enum page_work_due {
    PAGE_WORK_ANY_TIME,
    PAGE_WORK_OVERDUE,
    PAGE_WORK_TODAY, /* and overdue */
    PAGE_WORK_WEEK,  /* likewise */
};

struct page_work_filter {
    enum flow_task_whose whose;
    enum page_work_due due;
};

/* What the address says, else what they chose last. */
MUST_CHECK bool page_work_filter_read(struct request *request, struct page_work_filter *filter,
                                      struct err *err);
void page_work_filter_apply(const struct request *request, const struct page_work_filter *filter,
                            struct flow_task_ask *ask);
/* "whose=mine&due=week" */
struct str page_work_filter_query(const struct request *request,
                                  const struct page_work_filter *filter);
/* view.filters, filter_action, is_filtered. */
void page_work_filter_view(struct request *request, const struct page_work_filter *filter,
                           const struct flow_task_ask *ask, struct json *view);
/* A list comes back to this person as it was left: in a write of its own. */
MUST_CHECK bool page_work_filter_keep(struct request *request, enum colleague_list list,
                                      struct str kept, struct err *err);
/* POST: keeps it, shows it. */
bool page_work_filter_post(struct request *request, struct err *err);
