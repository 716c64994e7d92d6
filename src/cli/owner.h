/* Whose work it is that a command does on a data directory without a server. */
#pragma once

#include "core/err.h"
#include "core/str.h"

/*
 * Root becomes the user to whom the data directory belongs, for good: what root would make there
 * the server, which runs as that user, could not open.  Anybody else stays who he is.
 */
MUST_CHECK bool owner_become(struct str data, struct err *err);
