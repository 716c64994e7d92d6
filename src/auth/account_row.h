/* Inside auth: what account.c and account_sign_in.c share. */
#pragma once

#include "auth/account.h"

struct rows;

/* The key by which logins are compared; false when it is no login. */
bool account_login_key(struct arena *arena, struct str login, struct str *key);
/* An entry {"account": id} with more (a JSON fragment that begins with a comma, or ""). */
MUST_CHECK bool account_note(struct tx *tx, const char *action, int64_t account, struct str more,
                             struct account_by by, struct err *err);
