/*
 * What goes up to a publisher on another server besides requests for editions: corrections that
 * are proposed, and reports; letters behind one another (letter.h), signed by the server they
 * come from.
 *
 * It goes over HTTPS or in a file, and may come twice: a proposal is known by its uuid, a report
 * by its period and version.  What comes back is a reply (reply.h).
 */
#pragma once

#include "link/peer.h"
#include "link/reply.h"

enum {
    MAIL_LETTERS_MAX = 500,
};

/* The publisher's side. */
struct mail_desk {
    struct tenant *above;
    struct model_library *library;
    struct arena *arena;
    int64_t now;
    const struct peer *peer; /* whose it is */
    struct str fingerprint;  /* of a key that is not known yet, as it was compared by phone */
    bool is_line;            /* it came with the peer's token: the first key is believed */
};

/* One more proposal, made by from. above: the peer of the mirror that stands for its publisher. */
void mail_add(struct buf *out, const struct secret_key *key, const struct peer *above,
              const struct edition_party *from, const struct proposal *proposal);
/*
 * All of it is checked before anything is taken: ERR_INPUT, it is not as it was signed, or for
 * somebody else; ERR_DENIED, signed with another key.  Single ones that cannot be taken stand in
 * the reply as refused; refused: a report that was not, why (else empty).
 */
MUST_CHECK bool mail_take(const struct mail_desk *desk, struct str text, struct reply *reply,
                          struct str *refused, struct err *err);
/* What has happened since, for the reader's next reply. Texts are the arena's. */
MUST_CHECK bool mail_news(const struct mail_desk *desk, const struct proposal_pending *since,
                          struct reply *reply, struct err *err);
/* Everything that a file should carry back: proposals of the last year, the newest reports. */
MUST_CHECK bool mail_summary(const struct mail_desk *desk, struct reply *reply, struct err *err);
