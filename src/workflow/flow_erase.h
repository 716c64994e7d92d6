/* What flows keep of a record that is erased by law. */
#pragma once

#include "store/store.h"

/*
 * In a write: the values of flows about that record, what was sent with their steps and messages.
 * That they ran, when and who did it stays.  ERR_CONFLICT: one of them goes on.
 */
MUST_CHECK bool flow_erase(struct tx *tx, struct arena *arena, int64_t no, int64_t record,
                           struct err *err);
