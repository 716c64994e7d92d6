/*
 * Consents to the processing of personal data: given when an application for a service is sent
 * whose card names one (struct service_consent), and withdrawn by who gave it.  Both are events of
 * the case: the wording as it was read stands in the first, with the moment of the event.
 */
#pragma once

#include "service/service_case.h"

enum {
    CONSENT_LIST_MAX = 100,
    CONSENT_CASES_MAX = 200, /* newest cases of an account that are looked through */
};

struct consent {
    int64_t service_case;
    int64_t no, flow;   /* of that case: its register, its flow */
    struct str service; /* "housing_queue.register" */
    struct str number;  /* of the case */
    struct str version; /* of the wording */
    struct str text;    /* as it was read */
    bool is_paper;      /* it was signed at the desk */
    int64_t given_at;
    int64_t withdrawn_at; /* 0: it holds */
};

/* The body of the event by which it is given; version, text and is_paper are looked at. */
struct str consent_print(struct arena *arena, const struct consent *consent);
/* Of an account, the newest case before; those of older cases than are looked through are left out.
 */
MUST_CHECK bool consent_list(struct tx *tx, struct arena *arena, int64_t account,
                             struct consent **consents, size_t *count, struct err *err);
/* Of one case. ERR_ABSENT: none was given. */
MUST_CHECK bool consent_get(struct tx *tx, struct arena *arena, int64_t service_case,
                            struct consent *consent, struct err *err);
/* In a write: an event of the case. ERR_CONFLICT: it was withdrawn before. */
MUST_CHECK bool consent_withdraw(struct tx *tx, struct arena *arena, int64_t service_case,
                                 int64_t actor, int64_t now, struct err *err);
