/*
 * Sessions: cookies of people and tokens of programs.  The store knows only digests of
 * their secrets; each open tenant keeps the live ones in memory (TENANT_ACCOUNTS), so that
 * a request costs a hash and a look into a table.
 */
#pragma once

#include "auth/account.h"

enum {
    SESSION_HOURS = 12, /* of work without a sign of life: 2 h idle, 12 h at most */
    SESSION_IDLE_HOURS = 2,
    SESSION_TOKEN_DAYS = 365,    /* tokens of programs, idle or not */
    SESSION_MEMORY_MAX = 100000, /* in memory, a tenant; those not seen longest go first */
};

/* Who asks. A value; texts live as long as the request's arena. */
struct actor {
    int64_t account; /* -1: a guest */
    struct str login;
    struct str name;
    int64_t person;
    enum account_level level;
    struct policy_rights rights;
    char csrf[44]; /* token of this session's forms, "" for programs' tokens */
    bool is_token;
};

struct session_wish {
    const struct account *account; /* its id is all that is read */
    struct str label;              /* the browser, or what the token is for */
    bool is_token;
    int64_t now;
};
/* secret: what the cookie or the Authorization header carries; shown once. */
MUST_CHECK bool session_start(struct tx *tx, struct arena *arena, const struct session_wish *wish,
                              struct str *secret, struct err *err);
/* What a cookie held is over. True also when there was no such session. */
MUST_CHECK bool session_end(struct tx *tx, struct str secret, int64_t actor, int64_t now,
                            struct err *err);
struct session_view {
    struct str digest;
    struct str label;
    bool is_token;
    int64_t created_at, seen_at, expires_at;
};
MUST_CHECK bool session_list(struct tx *tx, struct arena *arena, int64_t account,
                             struct session_view **views, size_t *count, struct err *err);
/* One of session_list. ERR_ABSENT when the account has none of that digest. */
MUST_CHECK bool session_end_by_digest(struct tx *tx, int64_t account, struct str digest,
                                      int64_t actor, int64_t now, struct err *err);

/* What is remembered of its sessions, here and elsewhere, is read again; on the writer's thread,
 * where a session read again comes behind the change. */
MUST_CHECK bool session_forget_account(struct tx *tx, int64_t account, bool with_tokens,
                                       struct err *err);

enum session_answer {
    SESSION_FOUND,
    SESSION_NONE, /* no such session, or it is over: the actor is a guest */
    SESSION_ASK,  /* not in memory yet: call session_load on a pool thread, then again */
};
/* Never waits. policy gives the rights of the account's roles. */
enum session_answer session_find(struct tenant *tenant, const struct policy *policy,
                                 struct str secret, int64_t now, struct arena *arena,
                                 struct actor *actor);
/* Goes through the tenant's writer, so that it sees every change queued before it. */
MUST_CHECK bool session_load(struct tenant *tenant, struct str secret, int64_t now,
                             struct err *err);
/* A guest's. */
struct actor session_guest(const struct policy *policy);
