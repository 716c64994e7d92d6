/* A case on its page: what its applicant and the staff see alike. */
#pragma once

#include "web/services.h"

/* "from registration on 3 March …": the sentence of its term, and the short one of lists with its
 * colour; empty texts where it has none. */
struct case_view_term {
    struct str text, rest;
    const char *kind;
    struct term_result result;
};
MUST_CHECK bool case_view_term(struct request *request, const struct service_case *one,
                               struct case_view_term *term, struct err *err);
/* Of the rows of a list rest and kind, with one look at the calendar; of cases that are over none.
 */
MUST_CHECK bool case_view_rests(struct request *request, const struct service_case *cases,
                                size_t count, struct case_view_term *terms, struct err *err);
/* What an event says, in words. */
struct str case_view_event(struct request *request, const struct services_case *found,
                           const struct service_case_event *event);
/* Whether this person is told of it. */
bool case_view_shows(const struct request *request, const struct services_case *found,
                     const struct service_case_event *event);
/*
 * view.state, facts (number, term, …), sections of the application, files, events, and what is
 * waited for.  files_href: before the id of a file.
 */
MUST_CHECK bool case_view_fill(struct request *request, const struct services_case *found,
                               struct str files_href, struct json *view, struct err *err);

/*
 * view.has_application, application (its facts) and case_href, for the page of a task: what was
 * applied with, where the flow is of a case.  Who may watch the case sees it whole, another one
 * what their role reads of that register; what staff saw is journalled.
 */
MUST_CHECK bool case_view_application(struct request *request, const struct flow_store *flow,
                                      struct json *view, struct err *err);

/* Tasks of the case's flow that wait for a person. */
struct case_view_task {
    struct flow_task task;
    struct flows_task told;
    bool is_applicants;
};
struct case_view_tasks {
    struct case_view_task *items;
    size_t count;
};
MUST_CHECK bool case_view_tasks(struct request *request, const struct service_case *one,
                                struct case_view_tasks *tasks, struct err *err);
