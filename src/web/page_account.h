/*
 * One's own pages: the password, where one is signed in, tokens for programs; what the
 * administration knows about a resident and who looked.
 */
#pragma once

#include "web/route.h"

bool page_account(struct request *request, struct err *err);
bool page_account_password(struct request *request, struct err *err);
bool page_account_end(struct request *request, struct err *err);
bool page_account_token(struct request *request, struct err *err);

/* page_contact.c */
bool page_contact(struct request *request, struct err *err);
bool page_contact_save(struct request *request, struct err *err);
bool page_contact_code(struct request *request, struct err *err);
bool page_contact_wishes(struct request *request, struct err *err);

/* page_notice.c */
bool page_notice(struct request *request, struct err *err);
bool page_notice_read(struct request *request, struct err *err);

/* page_my.c */
bool page_my(struct request *request, struct err *err);
