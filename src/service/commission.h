/*
 * Commissions (комиссии): who decides by votes, as packs tell it (commissions/NAME.json,
 * docs/reference/packs.md, decision 0047).  Immutable once read.
 *
 * Who sits in it are the accounts that have its roles; each meeting keeps whom it found
 * (meeting.h).  What a count of votes means is told here, by arithmetic alone.
 */
#pragma once

#include "pack/pack.h"

enum commission_quorum {
    COMMISSION_MORE_THAN_HALF,
    COMMISSION_HALF, /* at least */
    COMMISSION_TWO_THIRDS,
};

enum commission_majority {
    COMMISSION_OF_PRESENT, /* more than half of those who take part */
    COMMISSION_OF_MEMBERS, /* more than half of all who may vote about it */
};

/* Both sides have as many votes. */
enum commission_tie {
    COMMISSION_TIE_CHAIR, /* as whoever chairs has voted */
    COMMISSION_TIE_REFUSED,
    COMMISSION_TIE_POSTPONED,
};

enum commission_form {
    COMMISSION_PRESENT = 1,
    COMMISSION_ABSENT = 2,
};

enum commission_vote {
    COMMISSION_NO_VOTE,
    COMMISSION_FOR,
    COMMISSION_AGAINST,
    COMMISSION_ABSTAINED,
    COMMISSION_CONFLICT, /* takes no part in this question: a relative, an interest */
    COMMISSION_AWAY,     /* was at the meeting, not at this question: came late, left */
};

enum commission_outcome {
    COMMISSION_GRANTED,
    COMMISSION_REFUSED,
    COMMISSION_POSTPONED, /* decided so, or neither side has the majority */
    COMMISSION_NO_QUORUM, /* nothing is decided: the question waits for another meeting */
    COMMISSION_WITHDRAWN, /* its case had ended before */
};

struct commission {
    struct str name; /* "housing_queue.housing" */
    struct str title;
    struct str chair, secretary, member; /* ids of roles; the chair votes, too */
    enum commission_quorum quorum;
    enum commission_majority majority;
    enum commission_tie tie;
    unsigned forms;      /* COMMISSION_PRESENT | COMMISSION_ABSENT */
    struct str protocol; /* of letters/, without .odt; empty: none is made */
    const struct pack *pack;
};

/* Of one question, at one meeting. */
struct commission_count {
    int64_t members; /* who may vote about it: without those who declared a conflict */
    int64_t present; /* of them, who take part */
    int64_t votes_for, votes_against, abstained, conflicts;
    enum commission_vote chair; /* how whoever chairs has voted */
};

/* NULL with findings (they name file and line) when it cannot be used. */
struct commission *commission_read(struct arena *arena, const struct pack *pack,
                                   const struct pack_file *file, struct pack_findings *findings);
/* "housing" is of that pack, "other.board" of another one. */
struct str commission_name(struct arena *arena, struct str pack, struct str name);

bool commission_has_quorum(const struct commission *commission,
                           const struct commission_count *count);
/* What the votes decide; COMMISSION_NO_QUORUM without one. */
enum commission_outcome commission_decide(const struct commission *commission,
                                          const struct commission_count *count);

/* "for", "against", "abstained", "conflict", "away"; COMMISSION_NO_VOTE: none of them. */
enum commission_vote commission_vote_read(struct str text);
struct str commission_vote_text(enum commission_vote vote);
/* "granted", "refused", "postponed", "no_quorum", "withdrawn" */
struct str commission_outcome_text(enum commission_outcome outcome);
bool commission_outcome_read(struct str text, enum commission_outcome *outcome);
/* "present", "absent"; 0: none of them. */
enum commission_form commission_form_read(struct str text);
struct str commission_form_text(enum commission_form form);
