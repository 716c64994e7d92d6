/*
 * Those who do tasks of the same roles, and who stands in for whom while they are away.
 *
 * A person has one absence, the present or the next one: two days, both included, and a substitute.
 * It gives nobody a right: a substitute does what they may do anyway, in the other's place.  When
 * its last day is over it is over, without anybody doing anything.
 */
#pragma once

#include "auth/account.h"

enum {
    COLLEAGUE_MAX = 500,       /* of one role; more are passed over */
    COLLEAGUE_DAYS_MAX = 400,  /* of one absence */
    COLLEAGUE_LIST_MAX = 1000, /* bytes of how somebody left a list */
};

struct colleague {
    int64_t account;
    struct str name;
    int64_t away_from, away_until; /* days; 0: nothing is said */
    int64_t substitute;            /* an account; 0: nobody */
};
struct colleague_page {
    struct colleague *items;
    size_t count;
};

/* Active accounts of that role, an id, by their names. */
MUST_CHECK bool colleague_list(struct tx *tx, struct arena *arena, struct str role,
                               struct colleague_page *page, struct err *err);
/* ERR_ABSENT. */
MUST_CHECK bool colleague_get(struct tx *tx, struct arena *arena, int64_t account,
                              struct colleague *one, struct err *err);
/* They are away on that day, and somebody stands in for them. */
bool colleague_is_away(const struct colleague *one, int64_t day);
/* In a write: their absence and substitute; substitute 0 ends it.  ERR_INPUT says what is wrong
 * with the days; ERR_ABSENT. */
MUST_CHECK bool colleague_set(struct tx *tx, const struct colleague *one, struct account_by by,
                              struct err *err);
/* For whom that account stands in on that day, of those who have one of the roles. */
struct colleague_ask {
    const struct str *roles; /* ids */
    size_t role_count;
    int64_t account, day;
};
MUST_CHECK bool colleague_stood_for(struct tx *tx, struct arena *arena,
                                    const struct colleague_ask *ask, struct colleague_page *page,
                                    struct err *err);

/* How somebody left a list: words of the page it is on, without line ends.  Keeping is a write. */
enum colleague_list {
    COLLEAGUE_TASKS,
    COLLEAGUE_CASES,
    COLLEAGUE_LISTS,
};
MUST_CHECK bool colleague_left_list(struct tx *tx, struct arena *arena, int64_t account,
                                    enum colleague_list list, struct str *words, struct err *err);
MUST_CHECK bool colleague_leave_list(struct tx *tx, struct arena *arena, int64_t account,
                                     enum colleague_list list, struct str words, struct err *err);
