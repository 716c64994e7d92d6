/*
 * An applicant gives up what their case left in the registers (service_leave of its card): the
 * place in a queue, say.  The process that the card names begins, with the number of the
 * application as its value "application".  It begins by itself when a case is withdrawn; of one
 * that ended well the applicant asks for it, once.
 */
#pragma once

#include "service/service.h"
#include "service/service_case.h"
#include "workflow/flow_post.h"

struct conduct_leave {
    struct arena *arena;
    const struct service *service; /* of the case, with a leave that has a title */
    int64_t service_case;
    int64_t actor; /* the applicant */
    int64_t now;
    struct flow_post post; /* set: to be delivered after the commit (conduct_job_deliver) */
};

/* A store_run; data is the struct conduct_leave. ERR_CONFLICT: the case did not end well, or they
 * have left before. */
MUST_CHECK bool conduct_leave(struct tx *tx, void *data, struct err *err);
/* Whether they have left, by the events of the case. */
bool conduct_leave_is_over(const struct service_case_event *events, size_t count);
/* What begins that process. */
struct flow_post conduct_leave_post(struct arena *arena, const struct service *service,
                                    int64_t service_case, int64_t actor, int64_t now);
