/* RFC 4648 section 4 (padded) and section 5 (URL-safe, not padded). */
#pragma once

#include "core/buf.h"

void base64_print(struct buf *buf, struct str bytes);
void base64_print_url(struct buf *buf, struct str bytes);
/* Either alphabet, padding optional; false when a character or the length is wrong. */
bool base64_parse(struct buf *buf, struct str text);
