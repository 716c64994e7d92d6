/* Links to other servers: readers there, the publisher there, reports; for those with settings. */
#pragma once

#include "web/request.h"

bool page_link(struct request *request, struct err *err);
bool page_link_upload(struct request *request, struct err *err);
bool page_link_download(struct request *request, struct err *err);
bool page_link_report(struct request *request, struct err *err);
