/*
 * The outbox: notices that go by e-mail and SMS, from the moment they are put until it is known
 * what became of them.
 *
 *     waiting    is due at due_at, for the first time or again
 *     sending    somebody took it; when they do not come back it is due again at due_at
 *     held       the person had as many today as they get: it goes on another day
 *     gathered   stands in another one, which was held as well
 *     sent       the mail server, or the gateway, took it over
 *     failed     it was refused for good
 *     given_up   it was tried for three days, or is of no use any more
 *
 * Each change names the tries it was taken with, so nobody who comes late changes anything.
 */
#pragma once

#include "notice/notice.h"

enum {
    OUTBOX_LEASE_MS = 10 * 60 * 1000, /* longer than sending one can take */
    OUTBOX_PAUSE_MS = 60 * 1000,      /* after the first failure; then twice as long each time */
    OUTBOX_PAUSE_MAX_MS = 6 * 60 * 60 * 1000,
    OUTBOX_AGE_MAX_MS = 3 * 24 * 60 * 60 * 1000,
    OUTBOX_GATHER_MAX = 50,
    OUTBOX_PAGE = 100,
};

/* The job is due by then. */
MUST_CHECK bool outbox_need(struct tx *tx, int64_t due_at, int64_t now, bool *has_moved,
                            struct err *err);

struct outbox_row {
    int64_t id, account;
    enum contact_way way;
    struct str template, language, address, subject, body;
    struct str state;
    int64_t tries;
    int64_t put_at, since_at, until_at, due_at, sent_at;
    struct str reason;
};

struct outbox_page { /* bodies are left out */
    struct outbox_row *rows;
    size_t count;
};
/* What is to be sent, what is due first before. */
struct outbox_ask {
    int64_t now;
    bool ways[CONTACT_WAYS]; /* by these */
    int limit;
};
MUST_CHECK bool outbox_list_due(struct tx *tx, struct arena *arena, const struct outbox_ask *ask,
                                struct outbox_page *page, struct err *err);
/* When the next one is due; INT64_MAX: none is there. */
MUST_CHECK bool outbox_next(struct tx *tx, int64_t *due_at, struct err *err);

/* Where the day begins and ends for the person, and how many a day they get by each way. */
struct outbox_day {
    int64_t began_at;
    int64_t next_at; /* when what is held goes on */
    int64_t most[CONTACT_WAYS];
};

enum outbox_verdict {
    OUTBOX_OTHER, /* nothing to do: another one took it, it is held, or of no use any more */
    OUTBOX_SEND,
};
struct outbox_claim {
    const struct outbox_row *row; /* of outbox_list_due */
    const struct outbox_day *day;
    struct arena *arena;
    int64_t now;
    bool may_repeat[CONTACT_WAYS]; /* a double is recognised on the other side */

    enum outbox_verdict verdict; /* set */
    struct outbox_row taken;     /* set: with its address and its body */
    bool is_held;                /* set */
    bool has_ended;              /* set: staff has to look, nobody got it */
};
/* A store_run; data is the struct outbox_claim. */
MUST_CHECK bool outbox_claim(struct tx *tx, void *data, struct err *err);

enum outbox_outcome {
    OUTBOX_SENT,
    OUTBOX_AGAIN,
    OUTBOX_REFUSED,
    OUTBOX_LOST, /* nobody knows, and twice would be wrong */
};
struct outbox_end {
    const struct outbox_row *row; /* that was taken */
    enum outbox_outcome outcome;
    struct str reason; /* no address, no text: staff reads it */
    int64_t now;
    bool has_ended; /* set: as above */
};
/* A store_run; data is the struct outbox_end. */
MUST_CHECK bool outbox_end(struct tx *tx, void *data, struct err *err);
/* How long after so many tries. */
int64_t outbox_pause(int64_t tries);

/* For staff.  No text, no address. */
struct outbox_counts {
    int64_t waiting, held;      /* now, up to 10,000 */
    int64_t sent[CONTACT_WAYS]; /* since the day began */
    int64_t failed, given_up;   /* that nobody looked at, up to 10,000 */
};
MUST_CHECK bool outbox_count(struct tx *tx, int64_t day_began_at, struct outbox_counts *counts,
                             struct err *err);
/* Those of that state, what is due (or ended) last before. At most OUTBOX_PAGE of them. */
MUST_CHECK bool outbox_list(struct tx *tx, struct arena *arena, struct str state, int64_t before,
                            struct outbox_page *page, struct err *err);
/* That one is due at once, as if it were new. ERR_ABSENT. */
MUST_CHECK bool outbox_retry(struct tx *tx, int64_t id, int64_t now, bool *has_moved,
                             struct err *err);
/* Staff has seen what failed: it goes. */
MUST_CHECK bool outbox_forget(struct tx *tx, int64_t id, struct err *err);
/* Rows older than they are kept go. */
MUST_CHECK bool outbox_sweep(struct tx *tx, int64_t now, struct err *err);
