/*
 * Checked identifiers and formats of schemas (JSON Schema "format"): date, date-time,
 * time, email, uri, uuid, and the check digits of inn, inn-person, inn-organization,
 * kpp, ogrn, ogrnip, snils, uin, oktmo, okato, bik, account, cadastral-number, phone,
 * soate, pin, postcode.
 *
 * One thing has one writing: a snils is 11 digits without hyphens, an oktmo 8 or 11
 * digits without blanks.  How people type a value is the importer's business.
 */
#pragma once

#include "core/str.h"

/* Returns NULL when there is no such format. */
typedef bool format_check(struct str text);
format_check *format_find(struct str name);

/*
 * The control digit of a code of digits by the rule of the all-Russian classifiers
 * (OKTMO, OKPO; also of the UIN); -1 when text is not digits.  In use OKTMO codes are
 * written without it, and the official edition has some that break the rule.
 */
int format_control_digit(struct str digits);

/*
 * Whether the key of a 20-digit account fits the bank (9-digit bik).  Treasury accounts
 * (03…) have no key that can be reckoned from outside and always fit.
 */
bool format_account_fits(struct str account, struct str bik);
