/* Files of records over the API: …/records/{id}/files (registry/attachment.h). */
#pragma once

#include "registry/attachment.h"
#include "web/route.h"

bool api_file_list(struct request *request, struct err *err);
bool api_file_create(struct request *request, struct err *err);
bool api_file_get(struct request *request, struct err *err);
bool api_file_delete(struct request *request, struct err *err);

/* What the pages share: the file of parts 0, 1 and 2; adding the one that was uploaded. */
MUST_CHECK bool api_file_find(struct request *request, enum policy_action action,
                              struct attachment *attachment, struct err *err);
MUST_CHECK bool api_file_add(struct request *request, struct attachment *file, struct err *err);
/* What was uploaded, as a form or as the body; multipart (with CLEANUP multipart_done) keeps it. */
MUST_CHECK bool api_file_take(struct request *request, struct multipart *multipart,
                              struct attachment_source *source, struct err *err);
/* The bytes as a download that no browser runs. */
MUST_CHECK bool api_file_send(struct request *request, const struct attachment *file,
                              struct err *err);
MUST_CHECK bool api_file_remove(struct request *request, struct attachment *file, struct err *err);
