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

/* page_my.c */
bool page_my(struct request *request, struct err *err);
