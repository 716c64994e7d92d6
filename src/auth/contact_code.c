/* Codes that prove an address: sent there, typed in here. */
#include "auth/account_row.h"
#include "auth/contact.h"
#include "auth/session.h"
#include "sign/secret.h"
#include "store/rows.h"

/* Six digits are found again from a digest by whoever reads the database; it keeps them out of
 * backups and of sight. */
static struct str digest_code(struct arena *arena, int64_t account, enum contact_way way,
                              struct str code)
{
    struct str text = str_printf(arena, "uprava contact\n%lld\n%d\n%.*s", (long long)account,
                                 (int)way, STR_ARG(code));
    struct digest digest = digest_of(text);
    struct buf buf = {.arena = arena};

    digest_print(&buf, &digest);
    return buf_str(&buf);
}

/* Each with the same chance: what would favour some is thrown again. */
static struct str new_code(struct arena *arena)
{
    const uint32_t codes = 1000000;
    uint32_t number;

    do
        secret_random(&number, sizeof number);
    while (number >= UINT32_MAX - UINT32_MAX % codes);
    return str_printf(arena, "%0*u", CONTACT_CODE_DIGITS, (unsigned)(number % codes));
}

struct kept {
    bool is_found;
    struct str code;
    int64_t at, tries;
};

static bool read_kept(struct tx *tx, struct arena *arena, int64_t account, enum contact_way way,
                      struct kept *kept, struct err *err)
{
    struct rows rows;

    *kept = (struct kept){0};
    if (!store_query(tx, arena, &rows,
                     "SELECT code, code_at, code_tries FROM contact"
                     " WHERE tenant = $1 AND account = $2 AND way = $3 AND address <> ''",
                     ARGS(INT(tx->tenant), INT(account), TEXT(contact_ways[way])), err))
        return err_while(err, "reading how an account is reached");
    if (rows.count > 0)
        *kept = (struct kept){true, rows_text(&rows, 0, 0), rows_int(&rows, 0, 1),
                              rows_int(&rows, 0, 2)};
    return true;
}

bool contact_ask(struct tx *tx, struct arena *arena, struct contact_asked *asked, int64_t now,
                 struct err *err)
{
    struct str made = new_code(arena);
    struct kept kept;

    if (!read_kept(tx, arena, asked->account, asked->way, &kept, err))
        return false;
    if (!kept.is_found)
        return err_set(err, ERR_ABSENT, "there is no address to send a code to");
    if (kept.code.len > 0 && now - kept.at < CONTACT_CODE_REST_MS)
        return err_set(err, ERR_LIMIT,
                       "A code was sent a moment ago. Wait a minute, then ask for another one.");
    if (!store_exec(tx,
                    "UPDATE contact SET code = $4, code_at = $5, code_tries = 0"
                    " WHERE tenant = $1 AND account = $2 AND way = $3",
                    ARGS(INT(tx->tenant), INT(asked->account), TEXT(contact_ways[asked->way]),
                         TEXT(digest_code(arena, asked->account, asked->way, made)), INT(now)),
                    err))
        return err_while(err, "keeping a code");
    asked->code = made;
    return true;
}

/* Digits alone: people type blanks and dashes between them. */
static struct str read_digits(struct arena *arena, struct str typed)
{
    struct buf digits = {.arena = arena};

    for (size_t i = 0; i < typed.len && digits.len <= CONTACT_CODE_DIGITS; i++)
        if (typed.ptr[i] >= '0' && typed.ptr[i] <= '9')
            buf_char(&digits, typed.ptr[i]);
    return buf_str(&digits);
}

static bool note(struct tx *tx, const struct contact_answer *answer, struct account_by by,
                 struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct str more = str_printf(scratch, ",\"way\":\"%.*s\",\"what\":\"confirmed\"",
                                 STR_ARG(contact_ways[answer->way]));

    return account_note(tx, "account.contact", answer->account, more, by, err);
}

/* The account is somebody's who can be reached: its level follows, and so do its sessions. */
static bool keep_confirmed(struct tx *tx, const struct contact_answer *answer, struct account_by by,
                           struct err *err)
{
    return store_exec(tx,
                      "UPDATE contact SET confirmed_at = $4, code = '', code_tries = 0"
                      " WHERE tenant = $1 AND account = $2 AND way = $3",
                      ARGS(INT(tx->tenant), INT(answer->account), TEXT(contact_ways[answer->way]),
                           INT(by.now)),
                      err) &&
           store_exec(tx,
                      "UPDATE account SET level = $3"
                      " WHERE tenant = $1 AND id = $2 AND level < $3",
                      ARGS(INT(tx->tenant), INT(answer->account), INT(ACCOUNT_CONFIRMED)), err) &&
           session_forget_account(tx, answer->account, true, err) && note(tx, answer, by, err);
}

bool contact_confirm(struct tx *tx, struct contact_answer *answer, struct account_by by,
                     struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct kept kept;

    answer->is_right = false;
    answer->is_over = true;
    if (!read_kept(tx, scratch, answer->account, answer->way, &kept, err))
        return false;
    if (kept.code.len == 0 || by.now - kept.at >= CONTACT_CODE_MS ||
        kept.tries >= CONTACT_CODE_TRIES)
        return true;
    answer->is_right = str_equal(kept.code, digest_code(scratch, answer->account, answer->way,
                                                        read_digits(scratch, answer->code)));
    answer->is_over = !answer->is_right && kept.tries + 1 >= CONTACT_CODE_TRIES;
    if (answer->is_right)
        return keep_confirmed(tx, answer, by, err) || err_while(err, "confirming an address");
    return store_exec(tx,
                      "UPDATE contact SET code_tries = code_tries + 1"
                      " WHERE tenant = $1 AND account = $2 AND way = $3",
                      ARGS(INT(tx->tenant), INT(answer->account), TEXT(contact_ways[answer->way])),
                      err) ||
           err_while(err, "counting a try");
}
