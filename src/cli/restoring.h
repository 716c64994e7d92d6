/* What commands and jobs that restore share. */
#pragma once

#include "backup/bring.h"

/* "": the end; a number of the journal; or a moment with its time zone. ERR_INPUT. */
MUST_CHECK bool restoring_read_moment(struct str text, struct bring *bring, struct err *err);
