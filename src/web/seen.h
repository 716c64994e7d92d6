/*
 * Whose personal data an answer shows.  Handlers add what they show; the dispatcher writes
 * it to the journal when the handler is done, and the answer leaves after that commit: if
 * it cannot be written, nothing is shown.  One entry a register; of several records it
 * names the ids.
 */
#pragma once

#include "web/request.h"

/* Does nothing when the actor's classes show no personal field of the register. */
void seen_add(struct request *request, const struct register_type *type, unsigned classes,
              const int64_t *ids, size_t count);
/* The same of a flow whose values may be personal data; no and record: what it is about, or 0. */
void seen_add_flow(struct request *request, int64_t no, int64_t record, int64_t flow);
/* Queues the entries and answers later; call only when request->seen is not NULL. */
void seen_write(struct request *request);
