/*
 * What a publisher tells those on another server: what became of their proposals and reports.
 *
 * A letter of the publisher's server (letter.h), for one reader.  It may be read twice and in any
 * order: an answer is final, and a receipt says the same again.
 */
#pragma once

#include "link/report.h"
#include "registry/proposal.h"

enum {
    REPLY_BODY_SOFT = 128 * 1024,      /* behind which another one is begun: an answer has 4 kB */
    REPLY_FILE_MAX = 24 * 1024 * 1024, /* all answers of a year, if each were as long as it may */
};

struct reply {
    int64_t publisher, reader;
    int64_t made_at;
    /* uuid, state, answer, decided_at; there: the number of the publisher's journal. */
    struct proposal *proposals;
    size_t proposal_count;
    struct report *reports; /* child.id, kind, period, version, digest, number, received_at */
    size_t report_count;
};

/* In as many letters as are needed; at least one. */
void reply_print(struct buf *out, const struct reply *reply, const struct secret_key *key);
/* One letter, off rest. ERR_INPUT: it is none, or not as it was signed; key: by whom. */
MUST_CHECK bool reply_parse(struct arena *arena, struct str *rest, struct reply *reply,
                            unsigned char key[SECRET_PUBLIC_SIZE], struct err *err);
