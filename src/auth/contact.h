/*
 * How an account is reached: on its page, by e-mail, by SMS; and of what it wants to hear by which
 * way.  An address counts only when it is confirmed: a code was sent to it and typed in.
 *
 * Addresses are personal data.  The journal tells that one was changed, never what it is; all of it
 * goes with the account (account_remove).
 */
#pragma once

#include "auth/account.h"

enum contact_way {
    CONTACT_PAGE,
    CONTACT_EMAIL,
    CONTACT_SMS,
    CONTACT_WAYS,
};

/* What is told of: bits, for "which of them". */
enum contact_kind {
    CONTACT_CASE = 1 << 0, /* what becomes of what I asked for */
    CONTACT_WORK = 1 << 1, /* what I have to do */
    CONTACT_NEWS = 1 << 2, /* of the municipality */
    CONTACT_KINDS = 3,     /* how many */
    CONTACT_ALL = CONTACT_CASE | CONTACT_WORK | CONTACT_NEWS,
};

enum {
    CONTACT_ADDRESS_MAX = 254, /* RFC 5321 with its correction: of a path without its brackets */
    CONTACT_CODE_DIGITS = 6,
    CONTACT_CODE_TRIES = 5,
    CONTACT_CODE_MS = 30 * 60 * 1000, /* so long it may be typed in */
    CONTACT_CODE_REST_MS = 60 * 1000, /* before another one goes out */
};

struct contact_entry {
    struct str address;
    int64_t confirmed_at; /* 0: it is not */
    unsigned kinds;       /* that go by this way */
    bool is_awaited;      /* a code was sent that can still be typed in */
};

/* What is not said is as most want it: everything on the page and by e-mail, nothing by SMS. */
struct contact {
    int64_t account;
    struct str language; /* "ru", "ky", "en" */
    struct contact_entry ways[CONTACT_WAYS];
};

extern const struct str contact_ways[CONTACT_WAYS];   /* "page", "email", "sms" */
extern const struct str contact_kinds[CONTACT_KINDS]; /* "case", "work", "news" */
/* The bit of that name; 0: there is none. */
unsigned contact_kind_of(struct str name);

/*
 * One @ with a name and a domain of letters, digits and dots around it, nothing that could end a
 * line or a command: what can be written to.  ERR_INPUT says what to mend.
 */
MUST_CHECK bool contact_check_email(struct str address, struct err *err);
/* As people type it, "8 (913) 123-45-67", to "+79131234567". ERR_INPUT. */
MUST_CHECK bool contact_parse_phone(struct arena *arena, struct str typed, struct str *phone,
                                    struct err *err);

/* Never ERR_ABSENT: who said nothing has the default. now: for is_awaited. */
MUST_CHECK bool contact_get(struct tx *tx, struct arena *arena, int64_t account, int64_t now,
                            struct contact *contact, struct err *err);
/*
 * The address, checked before, of that way; "": none any more.  Another one than before is not
 * confirmed.
 */
MUST_CHECK bool contact_set(struct tx *tx, int64_t account, enum contact_way way,
                            struct str address, struct account_by by, struct err *err);
/* Language and kinds. */
MUST_CHECK bool contact_wish(struct tx *tx, const struct contact *contact, struct account_by by,
                             struct err *err);

struct contact_asked {
    int64_t account;
    enum contact_way way;
    struct str code; /* set; not kept, only its digest */
};
/*
 * A new code for the address that stands there; the one before is void.  ERR_ABSENT: there is no
 * address; ERR_LIMIT: one went out a moment ago.
 */
MUST_CHECK bool contact_ask(struct tx *tx, struct arena *arena, struct contact_asked *asked,
                            int64_t now, struct err *err);
struct contact_answer {
    int64_t account;
    enum contact_way way;
    struct str code; /* as it was typed */
    bool is_right;   /* set */
    bool is_over;    /* set: it cannot be typed in any more, another one is needed */
};
/* Counts the try.  The right one confirms the address, and the account with it. */
MUST_CHECK bool contact_confirm(struct tx *tx, struct contact_answer *answer, struct account_by by,
                                struct err *err);
