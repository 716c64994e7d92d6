/* Charges over the web: how they look, and who may say that one is paid.  Pages and the API share
 * it. */
#pragma once

#include "document/payment_qr.h"
#include "service/charge_sheet.h"
#include "web/services.h"
#include "workflow/conduct_charge.h"

/* The settings of who is paid, in the order of their page. */
enum charges_setting {
    CHARGES_NAME,
    CHARGES_INN,
    CHARGES_KPP,
    CHARGES_ACCOUNT,
    CHARGES_BANK,
    CHARGES_BIK,
    CHARGES_BANK_ACCOUNT,
    CHARGES_OKTMO,
    CHARGES_CBC_HEAD,
    CHARGES_UIN_HEAD,
    CHARGES_SETTINGS,
};
extern const char *const charges_settings[CHARGES_SETTINGS]; /* their names */

/* A charge of a case this person may see. */
struct charges_one {
    struct charge charge;
    struct services_case of;
};
/* That of parts[part], a number or УИН. ERR_ABSENT also when they may not see its case; what staff
 * saw is journalled. */
MUST_CHECK bool charges_find(struct request *request, size_t part, struct charges_one *one,
                             struct err *err);
/* Staff who may say so: it is written, whoever waits for it goes on. As conduct_charge_pay, and
 * ERR_DENIED. On the pool. */
MUST_CHECK bool charges_pay(struct request *request, struct charges_one *one, struct str document,
                            int64_t paid_on, struct err *err);
/*
 * The same: the payment was written down by mistake; why.  As conduct_charge_correct, and
 * ERR_DENIED.  On the pool.
 */
MUST_CHECK bool charges_correct(struct request *request, struct charges_one *one, struct str reason,
                                struct err *err);
/* Which of all charges a list shows: "?state=&from=&until=&before=", days as people write them. */
enum {
    CHARGES_STATES = 6,
    CHARGES_LATE_DAYS = 30, /* not paid for so long: late, whatever the process waits for */
};
struct charges_ask {
    int state; /* of charges_states; the first where nothing is said */
    struct charge_sheet_ask of;
};
extern const struct charges_state_word {
    const char *word, *title; /* in addresses; a msgid */
} charges_states[CHARGES_STATES];
/* ERR_INPUT. */
MUST_CHECK bool charges_read_ask(struct request *request, struct charges_ask *ask, struct err *err);
/* How a charge stands, in words. */
struct flow_wording_state charges_state(struct request *request, const struct charge *charge);
/* "54 000 ₽" */
struct str charges_amount(struct request *request, int64_t kop);
/* What a bank's app is told of it; purpose names the case. */
struct payment_qr charges_payment(struct request *request, const struct charges_one *one);
/* The text of its QR code; empty where it is not to be paid any more, or the municipality has not
 * said to whom. */
struct str charges_qr_text(struct request *request, const struct charges_one *one);
/* view.charges of a case, for its page; staff may say that one is paid. */
MUST_CHECK bool charges_fill(struct request *request, const struct services_case *found,
                             struct json *view, struct err *err);
/* A picture of a text as an address of its own, for a page. Empty: it is too long, or empty. */
struct str charges_picture(struct request *request, struct str text);
