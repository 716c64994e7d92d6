/* Registered documents over the API: listed, read, revoked. */
#pragma once

#include "web/route.h"

bool api_document_list(struct request *request, struct err *err);
bool api_document_get(struct request *request, struct err *err);
bool api_document_revoke(struct request *request, struct err *err);
