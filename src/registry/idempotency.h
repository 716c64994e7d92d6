/*
 * A request repeated with the same Idempotency-Key is done once: the key is kept with what the
 * request made, in its write, for two days.
 */
#pragma once

#include "sign/digest.h"
#include "store/store.h"

struct idempotency {
    int64_t account;
    struct str key;      /* "" for none */
    struct digest asked; /* of what tells one request from another */
    int64_t now;
};

/* ERR_INPUT: the key is longer than 100 characters. */
MUST_CHECK bool idempotency_read(struct idempotency *asked, struct str key, struct str request,
                                 struct err *err);
/* In the write. *made: what this key made before, 0: nothing. ERR_INPUT: of another request. */
MUST_CHECK bool idempotency_find(struct tx *tx, const struct idempotency *asked, int64_t *made,
                                 struct err *err);
MUST_CHECK bool idempotency_keep(struct tx *tx, const struct idempotency *asked, int64_t made,
                                 struct err *err);
