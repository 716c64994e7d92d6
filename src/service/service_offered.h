/*
 * What was offered to whom, once for each cause: a row for a person's card, a service and the
 * record that gave cause (service_offer.h).  It is open until the person agrees or declines.
 */
#pragma once

#include "store/store.h"

enum {
    SERVICE_OFFERED_SHOWN = 20, /* open ones of a person that are listed */
};

struct service_offered {
    int64_t person;
    struct str service; /* "plots.plot" */
    int64_t cause;      /* the record, of the register with the number no */
    int64_t no;
    int64_t put_at;
};

/* Those a person has not answered, the oldest before. */
MUST_CHECK bool service_offered_list(struct tx *tx, struct arena *arena, int64_t person,
                                     struct service_offered **offered, size_t *count,
                                     struct err *err);
/* An open one, with person, service and cause set in it. ERR_ABSENT. */
MUST_CHECK bool service_offered_get(struct tx *tx, struct arena *arena,
                                    struct service_offered *offered, struct err *err);
/*
 * Whether that cause is one to offer it: not while it is open, not twice for one cause, and after
 * an answer only for a record that was made later: made_at; 0: the record was changed.
 */
MUST_CHECK bool service_offered_may(struct tx *tx, const struct service_offered *offered,
                                    int64_t made_at, bool *may, struct err *err);
/* In a write. */
MUST_CHECK bool service_offered_put(struct tx *tx, const struct service_offered *offered,
                                    struct err *err);

enum service_offered_answer {
    SERVICE_OFFERED_AGREED,
    SERVICE_OFFERED_DECLINED,
    SERVICE_OFFERED_OVER, /* what gave cause is so no more */
};
struct str service_offered_word(enum service_offered_answer answer);
/* In a write. account: who answered. ERR_ABSENT: it is answered, or there is none. */
MUST_CHECK bool service_offered_end(struct tx *tx, const struct service_offered *offered,
                                    enum service_offered_answer answer, int64_t account,
                                    int64_t now, struct err *err);

struct service_offered_counts {
    int64_t all, agreed, declined; /* open ones and those that are over are in all only */
};
MUST_CHECK bool service_offered_count(struct tx *tx, struct str service,
                                      struct service_offered_counts *counts, struct err *err);
/* In a write, for a legal erasure of a record: what it was the cause of, and what was offered to
 * that person. */
MUST_CHECK bool service_offered_erase(struct tx *tx, int64_t id, struct err *err);
