/*
 * The job "notice.send": a municipality has one, due when the next notice of its outbox is.  It
 * sends one after the other; what does not get through is tried again later and later
 * (outbox_pause), and given up after three days, of which staff is told.
 *
 * What a crash leaves: a row is taken in a write of its own before it is sent, so one that was
 * taken and never ended may have gone.  It is sent again where a double is recognised (an e-mail
 * has its Message-ID, an SMS the id that the gateway was told), else given up.
 */
#pragma once

#include "notice/carrier.h"
#include "registry/catalog.h"

struct worker_kind;

struct notice_place {
    struct tenant *tenant;
    struct model_library *library;
    const struct delivery *delivery;
    int64_t now;
    int64_t (*clock)(void);    /* it may take minutes; NULL: it is always now */
    int total_ms;              /* for one e-mail or SMS; 0: as long as it may take at most */
    bool (*go_on)(void *data); /* false: the rest later; may be NULL */
    void *data;
};

struct notice_tally {
    int64_t sent, held, failed;
    int64_t next_at; /* when there is more to do; INT64_MAX: nothing is known of */
};
/* Sends what is due by now. */
MUST_CHECK bool notice_job_go(const struct notice_place *place, struct notice_tally *tally,
                              struct err *err);
/* A letter at once, past the outbox: whether the way out is right.  *end.reason says what is not.
 */
MUST_CHECK bool notice_job_try(const struct notice_place *place, struct arena *arena,
                               enum contact_way way, struct str address, struct carrier_end *end,
                               struct err *err);
/* How many notices a person gets a day by that way, as the municipality has it. */
int64_t notice_job_most(const struct catalog *catalog, enum contact_way way);

/* The job's context. clock: what time it is for notices; the queue's own may be another. */
struct notice_job_context {
    struct model_library *library;
    const struct delivery *delivery;
    int64_t (*clock)(void);
};
extern const struct worker_kind notice_job_kind;
