/* The files of a record on its card: listed, attached, removed. */
#pragma once

#include "web/page_card.h"

/* Fills view.files, has_files and attach. */
MUST_CHECK bool page_files_fill(struct request *request, struct json *view,
                                const struct page_card_found *found, struct err *err);
/* "1,2 MB" */
struct str page_files_size(struct request *request, int64_t size);
bool page_files_post(struct request *request, struct err *err);
bool page_files_remove(struct request *request, struct err *err);
bool page_files_remove_post(struct request *request, struct err *err);
