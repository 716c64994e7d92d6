/*
 * What processes on one PostgreSQL database tell each other (news.h).  A row of
 * uprava_node.news is the truth; NOTIFY only says that now is a good moment to look.
 */
#pragma once

#include "store/news.h"

MUST_CHECK bool postgres_news_tell(struct tx *tx, int64_t tenant, enum news_kind kind,
                                   struct err *err);
MUST_CHECK bool postgres_news_tell_job(struct tx *tx, struct err *err);
/* A thread with a connection of its own, until unwatch. */
MUST_CHECK bool postgres_news_watch(struct store *store, const struct news_watcher *watcher,
                                    struct err *err);
void postgres_news_unwatch(struct store *store);
