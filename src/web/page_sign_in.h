/* Signing in and out. */
#pragma once

#include "web/route.h"

bool page_sign_in(struct request *request, struct err *err);
bool page_sign_in_post(struct request *request, struct err *err);
bool page_sign_out_post(struct request *request, struct err *err);
