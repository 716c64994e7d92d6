/* What a municipality publishes to those below it: fields, readers, editions. */
#pragma once

#include "web/route.h"

bool page_publication(struct request *request, struct err *err);
/* Of the register of parts[0]: what of it goes to whom. */
bool page_publication_form(struct request *request, struct err *err);
bool page_publication_put(struct request *request, struct err *err);
/* Of the register of parts[0]: a new edition; the end of a reader's publication. */
bool page_publication_issue(struct request *request, struct err *err);
bool page_publication_remove(struct request *request, struct err *err);
