/* A report on its way to the one above: next door, in another node over HTTPS, or by file. */
#pragma once

#include "link/peer.h"
#include "link/report.h"

/* Sends it and keeps what came back. ERR_ABSENT: nobody is above, or no way there is known. */
MUST_CHECK bool report_send(const struct report_by *by, struct str ca_file, struct report *report,
                            struct err *err);
/*
 * One from another node, which peer stands for.  The first one's key is kept with the peer, and
 * later ones have to have it: ERR_DENIED.
 */
MUST_CHECK bool report_send_accept(struct tenant *above, struct arena *arena,
                                   const struct peer *peer, struct report *report, int64_t now,
                                   struct err *err);
