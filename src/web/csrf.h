/*
 * The token of a session's forms, masked anew on every page: pages are compressed, and a
 * secret that looked the same each time could be guessed from their lengths (BREACH).
 */
#pragma once

#include "web/request.h"

/* What a form carries; empty for those who have not signed in. */
struct str csrf_mask(const struct request *request);
/* Whether what was sent is a mask of this session's token. */
bool csrf_check(const struct request *request, struct str sent);
