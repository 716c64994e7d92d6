/* A resident's own page: what the administration knows about them and who looked. */
#pragma once

#include "web/route.h"

bool page_my(struct request *request, struct err *err);
