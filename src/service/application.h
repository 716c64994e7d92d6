/*
 * An application that is being filled in, kept between the steps of its form: one for each account
 * and service, so that a person can stop and go on from another device.  It is a draft, not a
 * record: it has no history and is gone when it is sent, or a month after it was last touched.
 * Its files are kept already (attachment_keep), and named in it.
 */
#pragma once

#include "registry/attachment.h"
#include "store/store.h"

struct json;

enum {
    APPLICATION_BYTES_MAX = 256 * 1024,
    APPLICATION_FILES_MAX = 20,
    APPLICATION_DAYS = 31, /* untouched ones are kept so long */
};

struct application {
    int64_t account;
    struct str service; /* "greenery.felling" */
    int64_t changed_at; /* as it was read; 0: it is not kept yet */
    int64_t id;         /* the number its record will have: what is sent twice becomes one case */
    int64_t person;     /* whom it is for, when a clerk fills it in; 0: the account's own */
    struct str way;     /* how they came */
    struct json *value; /* fields of the register by name: what was entered so far, as it was */
    struct attachment files[APPLICATION_FILES_MAX]; /* name, type, size, digest */
    size_t file_count;
};

/* That of account and service, both set in it; a new one when there is none: its changed_at is 0.
 */
MUST_CHECK bool application_get(struct tx *tx, struct arena *arena, int64_t now,
                                struct application *application, struct err *err);
/* In a write; sets changed_at. ERR_LIMIT: it has grown too large; ERR_CONFLICT: it was changed,
 * sent or dropped since it was read, as from another window. */
MUST_CHECK bool application_put(struct tx *tx, struct arena *arena, int64_t now,
                                struct application *application, struct err *err);
/* In a write; nothing where there is none. */
MUST_CHECK bool application_drop(struct tx *tx, int64_t account, struct str service,
                                 struct err *err);
/* Those an account has begun, the latest first. */
struct application_begun {
    struct str service;
    int64_t changed_at;
};
MUST_CHECK bool application_list(struct tx *tx, struct arena *arena, int64_t account,
                                 struct application_begun **begun, size_t *count, struct err *err);
/* In a write, for a legal erasure: those for that person, and of their account. */
MUST_CHECK bool application_erase(struct tx *tx, int64_t person, struct err *err);
/* In a write: those nobody has touched since. *count: how many, at most 100. */
MUST_CHECK bool application_sweep(struct tx *tx, int64_t before, int64_t *count, struct err *err);
