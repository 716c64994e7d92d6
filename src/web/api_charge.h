/* The API of charges. */
#pragma once

#include "web/charges.h"

bool api_charge_get(struct request *request, struct err *err);
bool api_charge_list(struct request *request, struct err *err);
bool api_charge_pay(struct request *request, struct err *err);
bool api_charge_correct(struct request *request, struct err *err);
/* An object. */
void api_charge_print(struct buf *out, struct request *request, const struct charges_one *one);
