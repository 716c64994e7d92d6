/*
 * Brings the tables of one schema up to date while other processes go on with it.
 *
 * What a step changes is one transaction, which waits for each lock a moment only: whoever wants
 * to write would wait behind it.  Where somebody reads for long it is tried again.  Indexes of
 * tables that may be large ("-- large" in migrations/) come after it, one by one, and block
 * nobody; one that was not finished is made anew by the next who comes.
 */
#pragma once

#include "store/backend.h"

struct migration;

struct postgres_migrate {
    const char *schema; /* that unqualified names of the session mean */
    const struct migration *steps;
    const char *behind[3]; /* scripts run when there was a step, in its transaction; may be NULL */
};

/* One process at a time: others wait, and find it done. */
MUST_CHECK bool postgres_migrate(struct store_session *session, const struct postgres_migrate *what,
                                 struct err *err);
