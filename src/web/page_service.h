/* Pages of services: the catalogue and its cards, applications, one's own cases, cases for staff.
 */
#pragma once

#include "web/services.h"

struct apply;

bool page_service_list(struct request *request, struct err *err);
bool page_service_card(struct request *request, struct err *err);

/* page_apply.c: an application, a step on each page. */
bool page_apply(struct request *request, struct err *err);
bool page_apply_step(struct request *request, struct err *err);
bool page_apply_post(struct request *request, struct err *err);
/* page_apply_applicant.c: for staff, who it is that applies. */
bool page_apply_applicant(struct request *request, struct err *err);
bool page_apply_applicant_post(struct request *request, struct err *err);
/* page_apply_files.c */
bool page_apply_files(struct request *request, struct err *err);
bool page_apply_files_post(struct request *request, struct err *err);
bool page_apply_files_remove(struct request *request, struct err *err);
/* page_apply_send.c: looked through once more, and sent. */
bool page_apply_check(struct request *request, struct err *err);
bool page_apply_send(struct request *request, struct err *err);
bool page_apply_drop(struct request *request, struct err *err);
/* One that was filled in for them: sent when nothing is missing. *path: its case, or the step where
 * they go on. */
MUST_CHECK bool page_apply_send_filled(struct apply *apply, struct str *path, struct err *err);

/* page_case_own.c: one's own cases. */
bool page_case_own(struct request *request, struct err *err);
bool page_case_own_task(struct request *request, struct err *err);
bool page_case_own_task_post(struct request *request, struct err *err);
bool page_case_write(struct request *request, struct err *err);
bool page_case_leave(struct request *request, struct err *err);
bool page_case_withdraw(struct request *request, struct err *err);
bool page_case_rate(struct request *request, struct err *err);

/* page_consent.c: what I agreed to, for my page; and taking it back. */
MUST_CHECK bool page_consent_fill(struct request *request, struct json *view, struct err *err);
bool page_consent_withdraw(struct request *request, struct err *err);

/* page_charge.c: staff says that a charge is paid, or that this was a mistake. */
bool page_charge_pay(struct request *request, struct err *err);
bool page_charge_correct(struct request *request, struct err *err);
/* page_charge_list.c: all of them, also as a file. */
bool page_charge_list(struct request *request, struct err *err);
bool page_charge_csv(struct request *request, struct err *err);

/* page_receipt.c: for the applicant, for staff who hand it out; what anybody who has it is told. */
bool page_receipt_own(struct request *request, struct err *err);
bool page_receipt(struct request *request, struct err *err);
bool page_receipt_state(struct request *request, struct err *err);

/* page_case.c: cases for staff. */
bool page_case_list(struct request *request, struct err *err);
bool page_case(struct request *request, struct err *err);
bool page_case_answer(struct request *request, struct err *err);
/* A file of a case: parts[1]; for staff, and for who ordered it. */
bool page_case_file(struct request *request, struct err *err);
bool page_case_own_file(struct request *request, struct err *err);
/* The field text as what people write about a case; leads back to that path. */
bool page_case_put_text(struct request *request, const struct services_case *found,
                        enum service_case_event_kind kind, struct str back, struct err *err);
