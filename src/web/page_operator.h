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

/* page_operator_limits.c: what a municipality takes and may take */
struct gauge;
bool page_operator_limits(struct request *request, struct err *err);
bool page_operator_limits_post(struct request *request, struct err *err);
/* view.taken of its page. */
void page_operator_add_taken(struct request *request, struct json *view,
                             const struct store_tenant *tenant);
/* How much it takes of the limit it is nearest to, in hundredths; -1: it has none. */
int page_operator_nearest(const struct request *request, const struct limit_set *own,
                          const struct gauge *gauge, enum limit_kind *nearest);
/* A cell of the list; gauge may be NULL. */
void page_operator_add_nearest(struct request *request, struct json *view, struct json *row,
                               const struct store_tenant *tenant, const struct gauge *gauge);

/* page_operator_packs.c: which packs they have */
bool page_operator_packs(struct request *request, struct err *err);
bool page_operator_pack(struct request *request, struct err *err);
bool page_operator_packs_upgrade(struct request *request, struct err *err);

/* page_operator_sweep.c: upgrades that go through them */
bool page_operator_sweeps(struct request *request, struct err *err);
bool page_operator_sweep(struct request *request, struct err *err);
bool page_operator_sweep_report(struct request *request, struct err *err);
bool page_operator_sweep_pause(struct request *request, struct err *err);
bool page_operator_sweep_resume(struct request *request, struct err *err);
bool page_operator_sweep_retry(struct request *request, struct err *err);
bool page_operator_sweep_stop(struct request *request, struct err *err);

/* page_operator_journal.c: what operators did */
bool page_operator_journal(struct request *request, struct err *err);
