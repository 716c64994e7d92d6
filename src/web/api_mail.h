/* Mail from those below, on another server: proposals and reports; and what became of them. */
#pragma once

#include "web/request.h"

bool api_mail_post(struct request *request, struct err *err);
bool api_mail_get(struct request *request, struct err *err);
