/* Solution packs: what is installed, what can be; one pack's contents, and installing it. */
#pragma once

#include "web/route.h"

bool page_packs(struct request *request, struct err *err);
bool page_packs_one(struct request *request, struct err *err);
bool page_packs_install(struct request *request, struct err *err);
