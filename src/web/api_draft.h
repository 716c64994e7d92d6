/* Drafts of files of packs, over JSON (workshop.h). */
#pragma once

#include "web/request.h"

bool api_draft_list(struct request *request, struct err *err);
bool api_draft_get(struct request *request, struct err *err);
bool api_draft_put(struct request *request, struct err *err);
bool api_draft_delete(struct request *request, struct err *err);
bool api_draft_check(struct request *request, struct err *err);
bool api_draft_live(struct request *request, struct err *err);
bool api_draft_versions(struct request *request, struct err *err);
bool api_draft_back(struct request *request, struct err *err);
