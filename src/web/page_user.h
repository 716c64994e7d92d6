/* One user: added, changed, given a new password, blocked. */
#pragma once

#include "web/route.h"

bool page_user_new(struct request *request, struct err *err);
bool page_user_create(struct request *request, struct err *err);
bool page_user(struct request *request, struct err *err);
bool page_user_change(struct request *request, struct err *err);
bool page_user_password(struct request *request, struct err *err);
bool page_user_block(struct request *request, struct err *err);
