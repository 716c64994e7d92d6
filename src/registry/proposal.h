/*
 * Corrections that a municipality proposes of records that one above publishes.
 *
 * When the publisher is on another server, "in the publisher's tables" is in the mirror that stands
 * for it here, and link/exchange.h takes it from there and brings back what is told.
 *
 * A proposal is a plain row with a uuid, once in the municipality that made it (is_own) and once
 * in the publisher's tables, so that it can be carried.  proposal_put writes the first with the
 * job "registry.proposal", which takes it to the publisher; the publisher's decision puts the same
 * kind of job, which takes the answer back.  Both may be done twice.
 *
 * The only thing that one municipality writes into another is that row (proposal_receive): what
 * it holds is looked at there, and on PostgreSQL the policies let the transaction write nothing
 * else meanwhile (tx_speak_for).  What is accepted becomes a change like any other, by the person
 * who accepts it.
 */
#pragma once

#include "registry/change.h"
#include "registry/subscription.h"

enum {
    PROPOSAL_REASON_MAX = 1000, /* letters, as of an answer */
    PROPOSAL_PATCH_MAX = 64 * 1024,
    PROPOSAL_OPEN_MAX = 1000, /* of one municipality, undecided */
    PROPOSAL_UUID_LEN = 36,
};

struct proposal {
    struct str uuid;
    bool is_own;
    int64_t peer; /* the publisher of an own one, else who made it */
    struct str peer_title;
    struct str register_id;
    int64_t record;
    struct str title;  /* of the record as it was published */
    int64_t base;      /* the version of the record that was seen */
    struct str was;    /* JSON: what the published fields held that patch names */
    struct str patch;  /* JSON: what they should hold; null takes out */
    struct str reason; /* why */
    struct str author; /* who, as people read it */
    int64_t actor;     /* their account, of an own one */
    int64_t put_at;
    struct str state;  /* waiting (on its way), open, accepted, declined, refused */
    struct str answer; /* the publisher's word */
    int64_t decided_at;
    int64_t decided_by; /* the publisher's account; 0 of an own one */
    int64_t number;     /* of the newest entry about it in the journal, of a received one */
    int64_t there;      /* the same at a publisher's on another server; 0: not known to be there */
};

struct proposal_ask {
    bool is_own;
    struct str state;       /* "": any */
    struct str register_id; /* "": any */
    int64_t before;         /* moment: those put earlier; 0: from the newest */
    int limit;
};
MUST_CHECK bool proposal_list(const struct registry *registry, const struct proposal_ask *ask,
                              struct proposal **proposals, size_t *count, struct err *err);
MUST_CHECK bool proposal_count(const struct registry *registry, bool is_own, struct str state,
                               int64_t *count, struct err *err);
MUST_CHECK bool proposal_get(const struct registry *registry, struct str uuid,
                             struct proposal *proposal, struct err *err);

/*
 * Of a published record: fills all but reason, author and actor. value: the record as it should
 * be; of its fields only published ones that differ count. ERR_INPUT: none does.
 */
MUST_CHECK bool proposal_prepare(struct subscription *subscription, const struct record *record,
                                 const struct json *value, struct proposal *proposal,
                                 struct err *err);
/* In a write of the one who makes it; worker_wake after the commit. */
MUST_CHECK bool proposal_put(const struct registry *registry, const struct proposal *proposal,
                             struct err *err);
/*
 * In a write of the publisher, for the municipality child: the gate. ERR_INPUT, ERR_DENIED and
 * ERR_LIMIT say why it is not taken; one that is there already is left as it is.
 */
MUST_CHECK bool proposal_receive(const struct registry *registry, int64_t child,
                                 const struct proposal *proposal, struct err *err);
/* In a write of the one who made it: what the publisher decided. */
MUST_CHECK bool proposal_answer(const struct registry *registry, const struct proposal *decided,
                                struct err *err);

/* Those that have to go on to another server: in a mirror, or own ones (which may have gone
 * already) to peer. The oldest first. */
struct proposal_page {
    struct proposal *items;
    size_t count;
};
struct proposal_unsent {
    bool is_own;
    int64_t peer; /* 0: any */
    int limit;
};
MUST_CHECK bool proposal_unsent(const struct registry *registry, const struct proposal_unsent *ask,
                                struct proposal_page *page, struct err *err);
/* What a mirror asks its publisher for: news of those put since from, with numbers behind after. */
struct proposal_pending {
    int64_t from; /* 0: none waits for an answer */
    int64_t after;
    bool with_open; /* receipts, too: in a file */
};
MUST_CHECK bool proposal_pending(const struct registry *registry, struct proposal_pending *pending,
                                 struct err *err);
/* The publisher's side of it: those that peer made, by number; what they propose is left out. */
MUST_CHECK bool proposal_news(const struct registry *registry, int64_t peer,
                              const struct proposal_pending *since, int limit,
                              struct proposal_page *page, struct err *err);
/* In a write of a mirror: what its publisher tells (uuid, state, answer, decided_at, there). What
 * is older than what is known changes nothing; worker_wake after the commit. */
MUST_CHECK bool proposal_hear(const struct registry *registry, const struct proposal *told,
                              struct err *err);

/* The fields that it would change, with what they hold now. */
struct proposal_field {
    const struct register_field *field;
    const struct json *was; /* what who made it saw */
    const struct json *now; /* NULL: nothing */
    const struct json *proposed;
    bool has_changed; /* meanwhile */
};
struct proposal_fields {
    struct proposal_field *items;
    size_t count;
};
/* record: as it stands; NULL: not there. */
MUST_CHECK bool proposal_compare(const struct registry *registry, const struct register_type *type,
                                 const struct proposal *proposal, const struct record *record,
                                 struct proposal_fields *fields, struct err *err);

/* The publisher's staff decides: registry's tx is a write. change is NULL to decline, else has been
 * prepared (change_prepare) with the patch. ERR_CONFLICT: it has been decided. */
struct proposal_decision {
    struct str uuid;
    struct str answer; /* needed to decline */
    int64_t actor;
    struct change *change;
};
MUST_CHECK bool proposal_decide(const struct registry *registry,
                                const struct proposal_decision *decision, struct err *err);

/* The job that a mirror gets for each that arrives there: link/exchange.h does it. */
#define PROPOSAL_ONWARD STR("link.exchange")

/* The job "registry.proposal"; its context is the struct model_library. */
struct worker_kind;
extern const struct worker_kind proposal_kind;
