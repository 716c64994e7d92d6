/*
 * Checked identifiers and formats of schemas (JSON Schema "format"): date, date-time,
 * time, email, uri, uuid, and the check digits of inn, inn-person, inn-organization,
 * kpp, ogrn, ogrnip, snils, uin, oktmo, okato, bik, account, cadastral-number, phone,
 * soate, pin, postcode.
 */
#pragma once

#include "core/str.h"

/* Returns NULL when there is no such format. */
typedef bool format_check(struct str text);
format_check *format_find(struct str name);
