/*
 * An applicant takes their consent back: the case says so, the journal does, and those of the
 * administration who have done something in it are told, for they have to decide what follows.
 */
#pragma once

#include "service/consent.h"

struct conduct_consent {
    struct arena *arena;
    int64_t service_case;
    int64_t actor; /* the applicant */
    int64_t now;
    bool has_job; /* set: workers have to be woken after the commit */
};

/* A store_run; data is the struct conduct_consent. ERR_ABSENT, ERR_CONFLICT as consent.h has them.
 */
MUST_CHECK bool conduct_consent_withdraw(struct tx *tx, void *data, struct err *err);
