/*
 * What is told to people: on their page, by e-mail, by SMS.
 *
 * A notice is put in the caller's write, so what is rolled back tells nobody, and what is written
 * is told once.  It becomes a row for each way the person wants it by (auth/contact.h); the rows of
 * the page are read there, the others are an outbox that the job "notice.send" empties
 * (notice_job.h).  Texts come rendered (message.h).
 *
 * Rows hold personal data: they are shown to nobody but their account, the journal does not tell
 * of them, and they go with the account and after NOTICE_KEPT_DAYS.
 */
#pragma once

#include "auth/contact.h"

enum {
    NOTICE_SUBJECT_MAX = 200, /* letters */
    NOTICE_SMS_MAX = 335,     /* letters: five parts of 67, as Cyrillic is divided */
    NOTICE_BODY_MAX = 64 * 1024,
    NOTICE_KEPT_DAYS = 365,
    NOTICE_UNREAD_MAX = 99, /* more are not counted */
};

struct notice {
    int64_t account;
    enum contact_kind kind;
    struct str template; /* "housing.visit": the message it was made of */
    struct str language;
    int64_t no, record, flow; /* what it is about; 0: nothing */
    struct str subject, body;
    struct str sms; /* the short variant; empty: it does not go by SMS */
};

/*
 * In a write.  *has_job: workers have to be woken after the commit.  A subject or SMS that is too
 * long is cut; ERR_LIMIT: the body is.
 */
MUST_CHECK bool notice_put(struct tx *tx, const struct notice *notice, int64_t now, bool *has_job,
                           struct err *err);

/* By one way, whatever is wished, to an address that need not be confirmed. */
struct notice_direct {
    struct notice notice;
    enum contact_way way;
    struct str address; /* empty for the page */
    int64_t until_at;   /* then it is of no use any more; 0 for the page */
};
MUST_CHECK bool notice_put_direct(struct tx *tx, const struct notice_direct *direct, int64_t now,
                                  bool *has_job, struct err *err);

/* What an account finds on its page. */
struct notice_item {
    int64_t id;
    struct str subject, body, template;
    int64_t no, record, flow;
    int64_t put_at;
    int64_t read_at; /* 0: not yet */
};
struct notice_ask {
    int64_t account;
    int64_t before; /* the last one seen; 0: none */
    int limit;
};
struct notice_page {
    struct notice_item *items;
    size_t count;
};
/* The newest first. */
MUST_CHECK bool notice_list(struct tx *tx, struct arena *arena, const struct notice_ask *ask,
                            struct notice_page *page, struct err *err);
/* NOTICE_UNREAD_MAX + 1: more than that. */
MUST_CHECK bool notice_count_unread(struct tx *tx, int64_t account, int64_t *count,
                                    struct err *err);
/* That one, or with id 0 all that were there by up_to, an id. */
MUST_CHECK bool notice_read(struct tx *tx, int64_t account, int64_t id, int64_t up_to, int64_t now,
                            struct err *err);
