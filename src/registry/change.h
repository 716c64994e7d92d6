/*
 * A change of one record that someone asks for, from a page or a program: the wire form
 * {"data": {…}, "valid_from": …, "valid_to": …}, what the actor may see and therefore
 * change, the version they saw, and a key by which a repeated request is recognised.
 *
 * change_prepare outside the writer, change_run in it; the draft then tells what stands.
 */
#pragma once

#include "registry/idempotency.h"
#include "registry/record.h"

struct change {
    struct record_draft draft; /* act and type are set by the caller */
    const struct catalog *catalog;
    struct arena *arena;
    unsigned classes; /* field classes the actor may see and change */
    int64_t actor;
    const struct actor *reader; /* who keeps to what they reach (record_reach.h); NULL: no bound */
    int64_t now;
    struct json *input; /* not for RECORD_DELETE */
    int64_t id;         /* of an existing record */
    int64_t day;        /* which slice of a temporal record */
    int64_t expected;   /* its version; 0: whatever it is */
    bool is_patch;      /* input is an RFC 7386 merge patch of the wire form */
    struct idempotency once;
    bool is_replay; /* set by change_run: it had been done before */
    struct record old;
};

/* request: what tells one request from another. ERR_INPUT when the key is longer than 100
 * characters. */
MUST_CHECK bool change_idempotency(struct change *change, struct str key, struct str request,
                                   struct err *err);
/*
 * ERR_CONFLICT: not the expected version. With flaws: the fields that are wrong.  ERR_DENIED: the
 * reader may not do it with this record, or it would be out of their reach afterwards.
 */
MUST_CHECK bool change_prepare(struct tx *read, struct change *change, struct flaws *flaws,
                               struct err *err);
MUST_CHECK bool change_run(struct tx *tx, struct change *change, struct err *err);
/* A moment ("2026-03-05", an RFC 3339 date-time) or a journal number, as a journal number. */
MUST_CHECK bool change_known_at(const struct registry *registry, struct str text, int64_t *seq,
                                struct err *err);
