/*
 * Accounts of a tenant: people of the administration and residents; of the node
 * (store_hold_node): its operators, who have no roles.  Passwords are argon2id and are checked on a
 * pool thread, never on a loop; failures slow down and then lock for a while (by login and by
 * address).
 *
 * A resident's account is tied to a record of the register of persons (a pack
 * says which one it is, registry/model.h) with a level; pre-filling and
 * "who looked at my data" begin at ACCOUNT_IDENTIFIED.
 */
#pragma once

#include "auth/policy.h"
#include "store/store.h"

enum account_level {
    ACCOUNT_UNCONFIRMED,
    ACCOUNT_CONFIRMED,  /* e-mail or phone */
    ACCOUNT_IDENTIFIED, /* at the desk */
    ACCOUNT_ESIA,
};

struct account {
    int64_t id;
    struct str login;
    struct str name;
    struct str state; /* active, blocked */
    int64_t person;   /* a record of the register of persons, 0: none */
    enum account_level level;
    int64_t locked_until;
    int64_t created_at;
    int64_t last_at; /* of the last sign-in */
    struct str *roles;
    size_t role_count;
};

/* Who does it, and when. */
struct account_by {
    int64_t actor;
    int64_t now;
};

/*
 * hash empty: none is set, nobody can sign in. ERR_CONFLICT when the login is taken: logins
 * differ by more than case. ERR_INPUT: 2 to 100 letters, digits and . _ - + @ only.
 */
MUST_CHECK bool account_create(struct tx *tx, const struct account *account, struct str hash,
                               struct account_by by, int64_t *id, struct err *err);
/* Name, state, roles, person, level. Ends the account's sessions when it is blocked. Its open
 * sessions follow at once. */
MUST_CHECK bool account_change(struct tx *tx, const struct account *account, struct account_by by,
                               struct err *err);
/* Ends all sessions of the account, the actor's own too, but not its tokens. */
MUST_CHECK bool account_set_password(struct tx *tx, int64_t id, struct str hash,
                                     struct account_by by, struct err *err);
struct account_page {
    struct account *items;
    size_t count;
};

struct account_tie {
    int64_t account;
    int64_t person; /* the card it is tied to, or taken off */
    int64_t no;     /* the number of the register of persons, for the journal */
    bool is_off;
};
/*
 * At the desk: the account is that person's, at ACCOUNT_IDENTIFIED at least; or it is no more,
 * and ACCOUNT_UNCONFIRMED.  In the journal as an entry of the person's card.  Open sessions
 * follow at once.  ERR_CONFLICT when it is tied to another card (or not to this one).
 */
MUST_CHECK bool account_tie(struct tx *tx, const struct account_tie *tie, struct account_by by,
                            struct err *err);
/* Those tied to a card. */
MUST_CHECK bool account_list_tied(struct tx *tx, struct arena *arena, int64_t person,
                                  struct account_page *page, struct err *err);
/* For good, with its sessions; what it did stays in the journal under its id. */
MUST_CHECK bool account_remove(struct tx *tx, int64_t id, struct account_by by, struct err *err);
/* Accounts of that role alone, active, of an identity nobody confirmed and no card, in which
 * nobody was signed in since before (nor has a token) are removed, so many of them. */
enum {
    ACCOUNT_SWEEP_MAX = 100,
};
struct account_sweep {
    struct str role;
    int64_t before;
    int64_t now;
    int64_t removed; /* how many; ACCOUNT_SWEEP_MAX: there may be more */
};
MUST_CHECK bool account_sweep(struct tx *tx, struct account_sweep *sweep, struct err *err);
MUST_CHECK bool account_get(struct tx *tx, struct arena *arena, int64_t id, struct account *account,
                            struct err *err);
/* account->id is 0 when there is none of that login. */
MUST_CHECK bool account_find(struct tx *tx, struct arena *arena, struct str login,
                             struct account *account, struct str *hash, struct err *err);
/* By id, those behind after. */
MUST_CHECK bool account_list(struct tx *tx, struct arena *arena, int64_t after, int limit,
                             struct account_page *page, struct err *err);
/* At least 10 characters, not the login, not among the commonest; else ERR_INPUT. */
MUST_CHECK bool account_check_password(struct str password, struct str login, struct err *err);
/* As secret_hash_password, but two at once in this process, the others wait. A pool thread.
 * ERR_UNAVAILABLE when too many wait. */
MUST_CHECK bool account_hash_password(struct arena *arena, struct str password, struct str *hash,
                                      struct err *err);

struct account_attempt {
    struct str login;
    struct str password;
    int64_t now;
};

/*
 * Sign-in.  Waits for the password check, so: a pool thread.  Counts failures in its own
 * write.  ERR_DENIED says only that login or password is wrong; ERR_LIMIT says when to
 * try again: after 5 failures in 30 s, then doubling to 15 min, for logins that do not
 * exist as well.  ERR_UNAVAILABLE when too many sign in at this moment.
 */
MUST_CHECK bool account_sign_in(struct tenant *tenant, struct arena *arena,
                                const struct account_attempt *attempt, struct account *account,
                                struct err *err);
