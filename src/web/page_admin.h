/*
 * The pages of those who run a municipality: users, roles, solution packs, the journal.
 * Each looks for its own right (auth/policy.h) first.
 */
#pragma once

#include "web/route.h"

/* page_users.c */
/* /admin/: on to the first of its pages this person may see. */
bool page_users_first(struct request *request, struct err *err);
bool page_users(struct request *request, struct err *err);

/* page_user.c: one of them, added or changed */
bool page_user_new(struct request *request, struct err *err);
bool page_user_create(struct request *request, struct err *err);
bool page_user(struct request *request, struct err *err);
bool page_user_change(struct request *request, struct err *err);
bool page_user_password(struct request *request, struct err *err);
bool page_user_block(struct request *request, struct err *err);

/* page_roles.c */
bool page_roles(struct request *request, struct err *err);

/* page_packs.c */
bool page_packs(struct request *request, struct err *err);
bool page_packs_one(struct request *request, struct err *err);
bool page_packs_install(struct request *request, struct err *err);

/* page_outbox.c: what is told to people, as it leaves */
bool page_outbox(struct request *request, struct err *err);
bool page_outbox_post(struct request *request, struct err *err);
bool page_outbox_do(struct request *request, struct err *err);
bool page_outbox_trial(struct request *request, struct err *err);

/* page_payment.c: who is paid what processes charge */
bool page_payment(struct request *request, struct err *err);
bool page_payment_post(struct request *request, struct err *err);

/* page_journal.c */
bool page_journal(struct request *request, struct err *err);
/* Reads the whole chain again and says what it found. */
bool page_journal_verify(struct request *request, struct err *err);
