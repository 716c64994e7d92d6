/* Small things said in the request's language: roles, browsers, sizes, spans, plurals. */
#pragma once

#include "web/request.h"

/* Titles of roles, with commas between. */
struct str wording_roles(struct request *request, const struct str *ids, size_t count);
/* "Firefox, Android" of a User-Agent; what is none stays as it is. */
struct str wording_browser(struct request *request, struct str agent);
/* A text of a pack that this tenant may not have: by the pack's own translations. */
struct str wording_pack(struct request *request, const struct pack *pack, struct str id);
/* "4 KB" */
struct str wording_size(struct request *request, int64_t bytes);
/* "12 s", "4 min", "2 h" */
struct str wording_span(struct request *request, int64_t ms);
/* The right form for count, with %d replaced (ui/i18n). */
struct str wording_plural(struct request *request, struct str id, struct str plural, int64_t count);
/* An err's sentence, for a field of a form. */
struct str wording_err(struct request *request, const struct err *err);
/* What a journal entry's action is called; the action itself when it has no words. */
struct str wording_action(struct request *request, struct str action);
/* Those a municipality's journal may have, one after another; empty behind the last. */
struct str wording_action_at(size_t place);
