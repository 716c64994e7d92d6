/* The journal for those with the right "journal": who did what, and whether it is whole. */
#pragma once

#include "web/route.h"

bool page_journal(struct request *request, struct err *err);
/* Reads the whole chain again and says what it found. */
bool page_journal_verify(struct request *request, struct err *err);
