/* Files of records over the API: …/records/{id}/files (registry/attachment.h). */
#pragma once

#include "web/route.h"

bool api_file_list(struct request *request, struct err *err);
bool api_file_create(struct request *request, struct err *err);
bool api_file_get(struct request *request, struct err *err);
bool api_file_delete(struct request *request, struct err *err);
