/*
 * The УИН, the number by which the treasury knows a charge (ГИС ГМП): 20 or 25 characters, the
 * last one a control digit.
 *
 * Ours are of digits only: how letters count is published nowhere.  The head (the code of whoever
 * charges, as the treasury gave it) and the length are the municipality's; what stands between
 * the head and the control digit is the charge's own number, with noughts before it.  Who counts
 * those numbers sees to it that none comes twice.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

enum {
    UIN_SHORT = 20,
    UIN_LONG = 25,
};

struct uin_parts {
    struct str head; /* digits */
    int64_t number;  /* of the charge, from 1 */
    size_t length;   /* UIN_SHORT or UIN_LONG */
};

/* The control digit over digits: weights 1 to 10 round and round, sum mod 11; if that is 10 once
 * more with weights from 3 on; if it is 10 again, 0.  -1: they are no digits. */
int uin_control_digit(struct str digits);
/* 20 or 25 digits with the right control digit. */
bool uin_is_valid(struct str text);
/* ERR_INPUT: the head is none, or of a wrong length; ERR_LIMIT: the number does not fit behind it.
 */
MUST_CHECK bool uin_print(struct buf *buf, const struct uin_parts *parts, struct err *err);
