/* Services and cases over the web: who may order, take in and see what. */
#pragma once

#include "service/application.h"
#include "service/service_case.h"
#include "service/service_form.h"
#include "web/flow_wording.h"
#include "web/flows.h"

/* A service with what it is made of. */
struct services_one {
    const struct service *service;
    const struct register_type *type; /* of its applications */
    const struct process *process;
};

/* The service of that name. ERR_ABSENT also when its register or process is not there. */
MUST_CHECK bool services_get(struct request *request, struct str name, struct services_one *one,
                             struct err *err);
/* That of parts[part]. */
MUST_CHECK bool services_find(struct request *request, size_t part, struct services_one *one,
                              struct err *err);
/* Whether this person may take in applications of others. */
bool services_may_take(const struct request *request, const struct service *service);
/* "greenery.felling" as its address. */
struct str services_href(const struct request *request, const struct service *service);

/* A case that this person may see. */
struct services_case {
    struct service_case one;
    struct services_one of; /* service NULL: its pack is not installed any more */
    struct record record;   /* of the application */
    struct json *value;     /* empty: its record was deleted */
    bool is_own;            /* they ordered it */
};
/* Whoever asks: what of it they may see is the caller's to judge. ERR_ABSENT. */
MUST_CHECK bool services_load_case(struct request *request, int64_t id, struct services_case *found,
                                   struct err *err);
/* The case of parts[part], for who ordered it, or for staff who may watch its process: what they
 * saw is journalled. */
MUST_CHECK bool services_find_case(struct request *request, size_t part, bool is_staff,
                                   struct services_case *found, struct err *err);
/* Staff who may write to applicants: who only watches may not. */
bool services_may_answer(const struct request *request, const struct service_case *one);
/* Staff who may see cases of that service. */
bool services_may_watch(const struct request *request, const struct service_case *one);

/* "15 working days": the term of a card; empty when it has none. */
struct str services_term(struct request *request, const struct service *service);
/* The state of a case in words that tell nothing of the service, and how pressing: "ok", "bad", "".
 */
struct flow_wording_state services_state_bare(struct request *request,
                                              const struct service_case *one);
/* In those of its card, where it has some. */
struct flow_wording_state services_state(struct request *request, const struct service_case *one);
/* The reference register's type limited to the fields of a step that are asked now. */
const struct register_type *services_step_type(struct request *request,
                                               const struct services_one *one,
                                               const struct service_step *step,
                                               const struct json *value);
/* Whether a step is asked, with what stands in the application so far. */
bool services_step_shows(struct request *request, const struct services_one *one,
                         const struct service_step *step, const struct json *value);
