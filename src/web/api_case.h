/* The API of services: cards, applications, cases. */
#pragma once

#include "web/case_view.h"
#include "web/services.h"

/* api_case.c */
bool api_case_services(struct request *request, struct err *err);
bool api_case_service(struct request *request, struct err *err);
bool api_case_apply(struct request *request, struct err *err);
bool api_case_list(struct request *request, struct err *err);
bool api_case_get(struct request *request, struct err *err);

/* api_case_print.c: an object without its end; a card with its form; all of a case. */
void api_case_print(struct buf *out, const struct service_case *one);
void api_case_print_service(struct buf *out, struct request *request,
                            const struct services_one *one);
void api_case_print_card(struct buf *out, struct request *request, const struct services_one *one);
MUST_CHECK bool api_case_print_all(struct request *request, const struct services_case *found,
                                   struct err *err);
