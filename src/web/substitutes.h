/*
 * Who stands in for whom, over the web: a person says it of themselves; who looks after users, or
 * says who does tasks, of anybody who does tasks.  Pages and the API share it.
 */
#pragma once

#include "web/request.h"
#include "workflow/flow_doer.h"

/* They may say it of others, too. */
bool substitutes_is_head(const struct request *request);
/* Those it can be said of by this person: themselves if they do tasks, or all who do. */
MUST_CHECK bool substitutes_list(struct request *request, struct colleague_page *page,
                                 struct err *err);
/* That one among them.  ERR_DENIED: they may not say it of others; ERR_ABSENT. */
MUST_CHECK bool substitutes_find(struct request *request, int64_t account, struct colleague *one,
                                 struct err *err);
/* Who can stand in: they have one of the other's roles that do tasks. */
MUST_CHECK bool substitutes_candidates(struct request *request, const struct colleague *one,
                                       struct colleague_page *page, struct err *err);
/* For one that was found, with its days and substitute.  ERR_INPUT says what is wrong. */
MUST_CHECK bool substitutes_set(struct request *request, const struct colleague *one,
                                struct err *err);
