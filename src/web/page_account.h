/* One's own account: the password, where one is signed in, tokens for programs. */
#pragma once

#include "web/route.h"

bool page_account(struct request *request, struct err *err);
bool page_account_password(struct request *request, struct err *err);
bool page_account_end(struct request *request, struct err *err);
bool page_account_token(struct request *request, struct err *err);
