/*
 * The pages of the node's operators, below /node: which municipalities there are, new ones,
 * suspending them, their domains.  Who signs in here is an account of the node, without a role
 * anywhere: no record of a municipality can be seen from here.
 */
#pragma once

#include "web/route.h"

bool page_operator(struct request *request, struct err *err);
bool page_operator_new(struct request *request, struct err *err);
bool page_operator_new_post(struct request *request, struct err *err);

/* page_operator_tenant.c */
bool page_operator_tenant(struct request *request, struct err *err);
bool page_operator_domain(struct request *request, struct err *err);
bool page_operator_resume(struct request *request, struct err *err);
bool page_operator_suspend(struct request *request, struct err *err);

/* page_operator_journal.c: what operators did */
bool page_operator_journal(struct request *request, struct err *err);
