/* What is wrong with a field, as a sentence that says what to do. */
#pragma once

#include "web/request.h"

struct str flaw_text(const struct request *request, const struct flaw *flaw);
