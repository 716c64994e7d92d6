/*
 * Service tasks that charge (charge.make), and what follows when somebody has paid: the charge is
 * paid by a document, the case says so, and whoever waits for the message "charge.paid" with the
 * charge's number goes on.
 */
#pragma once

#include "service/charge.h"
#include "workflow/flow_post.h"

#define CONDUCT_CHARGE_PAID "charge.paid"

struct conduct_charge_payment {
    struct arena *arena;
    int64_t n;           /* of the charge */
    struct str document; /* by which: "п/п 17 от 09.03.2026" */
    int64_t paid_on;     /* a day */
    int64_t actor;
    int64_t now;
    struct charge charge;  /* set: as it is written */
    struct flow_post post; /* set: id 0 when nobody's process has to be told */
};

/* The document and the day are such as can be kept: ERR_INPUT. today: it is not later. */
MUST_CHECK bool conduct_charge_check(const struct conduct_charge_payment *payment, int64_t today,
                                     struct err *err);
struct conduct_charge_correction {
    struct arena *arena;
    int64_t n; /* of the charge */
    struct str reason;
    int64_t actor;
    int64_t now;
    struct charge charge; /* set: as it is written */
};
/*
 * A store_run; data is the correction: the payment was written down by mistake.  The charge is to
 * be paid again, or withdrawn where its case ended without what it was for.  Whoever waited for the
 * payment has gone on, and is not called back.  ERR_CONFLICT: no payment stands there.
 */
MUST_CHECK bool conduct_charge_correct(struct tx *tx, void *data, struct err *err);
/* ERR_INPUT: the reason cannot be kept. */
MUST_CHECK bool conduct_charge_check_reason(struct str reason, struct err *err);
/*
 * A store_run; data is the payment.  The same once more changes nothing and is as good.
 * ERR_CONFLICT: another document has paid it.  After the commit the post is to be delivered
 * (conduct_job_deliver); the job does it if this process cannot.
 */
MUST_CHECK bool conduct_charge_pay(struct tx *tx, void *data, struct err *err);
