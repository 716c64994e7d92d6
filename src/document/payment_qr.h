/*
 * The text of a payment's QR code by ГОСТ Р 56042-2014: what a bank's app reads from a receipt, so
 * that nobody types an account.  document/qr.h draws it.
 *
 *     ST00012|Name=…|PersonalAcc=…|BankName=…|BIC=…|CorrespAcc=…|Sum=150000|Purpose=…
 *
 * ST, version 0001, 2: UTF-8; then the separator, which may be another character where "|" stands
 * in a value.  The five that must be there come first, in that order.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

struct payment_qr {
    struct str payee;                /* its name */
    struct str account, bank, bik;   /* 20 digits; the bank's name; 9 digits */
    struct str bank_account;         /* of the bank, 20 digits; empty: it has none */
    int64_t sum_kop;                 /* 0: whoever pays says how much */
    struct str purpose;              /* may be empty, as all below */
    struct str inn, kpp, cbc, oktmo; /* of the payee */
    struct str uin;                  /* of the charge (core/uin.h) */
};

/* ERR_INPUT: a value is missing, of a wrong form or too long; it says which. */
MUST_CHECK bool payment_qr_print(struct buf *buf, const struct payment_qr *payment,
                                 struct err *err);
