/* Editions for other nodes: what a reader there fetches. */
#pragma once

#include "web/request.h"

bool api_edition_list(struct request *request, struct err *err);
bool api_edition_get(struct request *request, struct err *err);
