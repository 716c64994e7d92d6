/* What the pages about other servers share: keys to be compared by phone, what a look found. */
#pragma once

#include "link/probe.h"
#include "web/view.h"

/* view.NAME: {fingerprint, groups: [{no, text}]}: read out group by group; a key of nobody: null.
 */
void link_view_key(struct request *request, struct json *view, const char *name,
                   struct str fingerprint);
/* A sentence, and whether all is well. */
struct str link_view_probe(struct request *request, const struct probe_result *result);
bool link_view_is_good(const struct probe_result *result);
/* What is wrong with what was typed, at the field of that name. */
void link_view_error(struct request *request, struct json *view, struct json *field,
                     struct str wrong, struct str error);
