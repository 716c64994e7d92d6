/*
 * Charges (начисления): what somebody pays for a service.  One belongs to a case; its number is of
 * one row for the municipality, and stands in its УИН, by which banks and the treasury know it.
 *
 * A charge is unpaid, then paid by a document, or withdrawn when the case ends without what was to
 * be paid for.  What comes for a withdrawn one is kept with it: somebody has to give it back.
 *
 * A case knows its charges by its events (SERVICE_CASE_CHARGED): so no second index is needed.
 * What is paid to whom is the municipality's settings (web/charge_view.h), not the charge's.
 */
#pragma once

#include "service/service_case.h"

enum charge_state {
    CHARGE_UNPAID,
    CHARGE_PAID,
    CHARGE_WITHDRAWN,
};

enum {
    CHARGE_PURPOSE_MAX = 160,  /* letters: what the QR code of a payment may hold, with room left */
    CHARGE_DOCUMENT_MAX = 100, /* letters */
    CHARGE_REASON_MAX = 500,   /* letters: why a payment is corrected */
    CHARGE_KOP_MAX = 1000000000, /* ten million roubles: more is a slip of an expression */
};

struct charge {
    int64_t n; /* its number */
    int64_t service_case;
    int64_t flow;
    int wait; /* of the flow, that asked for it */
    int64_t kop;
    struct str purpose;
    struct str cbc;   /* КБК, 20 digits, or empty; its first three may be noughts: the payee's */
    struct str oktmo; /* empty: the payee's */
    struct str uin;   /* empty: the municipality has no code for them yet */
    enum charge_state state;
    int64_t made_at;
    struct str document; /* by which it was paid; also of a withdrawn one */
    int64_t paid_on;     /* a day */
    int64_t ended_at;    /* it was paid or withdrawn */
    int64_t ended_by;
};

struct str charge_state_text(enum charge_state state);

/*
 * In a write: takes the next number, prints the УИН where head (of the municipality) is not empty,
 * and keeps it.  Sets n and uin; may be run again.  ERR_INPUT, ERR_LIMIT: no УИН can be made.
 */
MUST_CHECK bool charge_make(struct tx *tx, struct arena *arena, struct str head,
                            struct charge *charge, struct err *err);
/* Of which length a УИН with that head is, as the treasury gives them out. */
size_t charge_uin_length(struct str head);
/* ERR_ABSENT. */
MUST_CHECK bool charge_get(struct tx *tx, struct arena *arena, int64_t n, struct charge *charge,
                           struct err *err);
/* By its number or its УИН. ERR_ABSENT. */
MUST_CHECK bool charge_find(struct tx *tx, struct arena *arena, struct str text,
                            struct charge *charge, struct err *err);
/* Of a case, the first before. */
MUST_CHECK bool charge_list(struct tx *tx, struct arena *arena, int64_t service_case,
                            struct charge **charges, size_t *count, struct err *err);
/*
 * In a write: document, paid_on, ended_at and ended_by of charge are kept, if it has no document
 * yet; *was_taken: it had none.
 */
MUST_CHECK bool charge_pay(struct tx *tx, const struct charge *charge, bool *was_taken,
                           struct err *err);
/*
 * In a write: it was written down by mistake.  document as it stands; state, ended_at and ended_by
 * as they are to be; *was_taken: that document stood there.
 */
MUST_CHECK bool charge_correct(struct tx *tx, const struct charge *charge, bool *was_taken,
                               struct err *err);
/* In a write: the unpaid ones of a case. */
MUST_CHECK bool charge_withdraw(struct tx *tx, struct arena *arena, const struct service_case *one,
                                int64_t actor, int64_t now, struct err *err);
/* In a write, for a legal erasure: what they were for. */
MUST_CHECK bool charge_erase(struct tx *tx, struct arena *arena, int64_t service_case,
                             struct err *err);

/* The body of the events about it, and what can be said of one without asking for it. */
struct str charge_event_print(struct arena *arena, const struct charge *charge);
bool charge_event_read(struct str body, int64_t *n, int64_t *kop);
/* Why a payment was corrected: what follows in the body of that event. */
struct str charge_event_reason(struct str body);

/* Of rows that begin with these columns, of a table called c. */
#define CHARGE_COLUMNS                                                                             \
    "c.n, c.service_case, c.flow, c.wait, c.kop, c.purpose, c.cbc, c.oktmo, c.uin, c.state,"       \
    " c.made_at, c.document, c.paid_on, c.ended_at, c.ended_by"
struct rows;
struct charge charge_row(const struct rows *rows, size_t row);
