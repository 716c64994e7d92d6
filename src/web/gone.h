/*
 * A record that was deleted is told from one that never was: 410, when, and, to those who may
 * see its history, by whom.  Only for those who may read its register.
 */
#pragma once

#include "web/request.h"

/*
 * After a read that found no record (ERR_ABSENT): true when it was deleted, and the answer says
 * so; false with err otherwise.
 */
MUST_CHECK bool gone_answer(struct request *request, const struct register_type *type, int64_t id,
                            struct err *err);
