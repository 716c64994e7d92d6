/* Which cases a list shows beside their state; kept for when somebody comes back. */
#pragma once

#include "web/route.h"
#include "web/services.h"

enum page_case_due {
    PAGE_CASE_ANY_TIME,
    PAGE_CASE_OVERDUE,
    PAGE_CASE_WEEK, /* today and the seven days behind it, as the figures have it */
};

struct page_case_filter {
    enum service_case_state state; /* of the address alone; the term is asked of open ones only */
    enum page_case_due due;
    struct str service; /* empty: any */
    struct str office;  /* as the cards have it; empty: any */
};

/* What the address says, else what they chose last. */
MUST_CHECK bool page_case_filter_read(struct request *request, struct page_case_filter *filter,
                                      struct err *err);
void page_case_filter_apply(const struct request *request, const struct page_case_filter *filter,
                            struct service_case_ask *ask);
/* Whether the case is of the service and the office, and this person watches it. */
bool page_case_filter_shows(struct request *request, const struct page_case_filter *filter,
                            const struct service_case *one);
/* "state=open&due=week&service=&office=" */
struct str page_case_filter_query(struct request *request, const struct page_case_filter *filter);
/* view.filters, filter_action, state, is_filtered. */
MUST_CHECK bool page_case_filter_view(struct request *request,
                                      const struct page_case_filter *filter, struct json *view,
                                      struct err *err);
/* POST: keeps it, shows it. */
bool page_case_filter_post(struct request *request, struct err *err);
