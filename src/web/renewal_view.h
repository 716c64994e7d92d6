/* What another version of a pack would change, as a page and a program are told it. */
#pragma once

#include "registry/renewal.h"
#include "web/view.h"

/* view.changes, has_changes, is_same (only the version is another), and has_more_changes. */
MUST_CHECK bool renewal_view_fill(struct request *request, struct json *view,
                                  const struct pack *was, const struct pack *is, struct err *err);
/* [{"kind":"field","act":"new","of":"housing.house","id":"wall","title":"…"},…] */
void renewal_view_print(struct buf *out, const struct renewal *renewal);
