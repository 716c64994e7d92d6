/* …/publications: registers that this municipality publishes to those below it. */
#pragma once

#include "web/route.h"

bool api_publication_list(struct request *request, struct err *err);
bool api_publication_put(struct request *request, struct err *err);
bool api_publication_delete(struct request *request, struct err *err);
bool api_publication_editions(struct request *request, struct err *err);
bool api_publication_issue(struct request *request, struct err *err);
