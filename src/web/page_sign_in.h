/* Signing in and out; making an account (page_sign_up.c). */
#pragma once

#include "web/route.h"

bool page_sign_in(struct request *request, struct err *err);
bool page_sign_in_post(struct request *request, struct err *err);
bool page_sign_out_post(struct request *request, struct err *err);

bool page_sign_up(struct request *request, struct err *err);
bool page_sign_up_post(struct request *request, struct err *err);
/* Where a pack has residents. */
bool page_sign_up_is_open(const struct request *request);
