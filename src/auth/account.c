#include "auth/account.h"

#include "auth/account_row.h"
#include "auth/journal.h"
#include "auth/session.h"
#include "core/arena.h"
#include "core/id.h"
#include "core/utf8.h"
#include "store/rows.h"

#include <string.h>

enum {
    LOGIN_MIN = 2, /* code points */
    LOGIN_MAX = 100,
    NAME_MAX_LEN = 200,
    LIST_MAX = 1000,
};

static bool is_login_char(uint32_t code)
{
    return utf8_is_letter(code) || utf8_is_digit(code) ||
           (code < 128 && code != 0 && strchr("._-+@", (int)code) != NULL);
}

bool account_login_key(struct arena *arena, struct str login, struct str *key)
{
    struct buf folded = {.arena = arena};
    struct str rest = login;
    size_t length = 0;

    if (!utf8_is_valid(login))
        return false;
    while (rest.len > 0) {
        if (!is_login_char(utf8_next(&rest)) || ++length > LOGIN_MAX)
            return false;
    }
    utf8_fold(&folded, login);
    *key = buf_str(&folded);
    return length >= LOGIN_MIN;
}

bool account_note(struct tx *tx, const char *action, int64_t account, struct str more,
                  struct account_by by, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct str id = id_text(scratch, account);
    struct journal_entry entry = {
        .at = by.now,
        .actor = by.actor,
        .action = str_from_z(action),
        .detail = str_printf(scratch, "{\"account\":\"%.*s\"%.*s}", STR_ARG(id), STR_ARG(more)),
    };

    return journal_add(tx, &entry, err);
}

static bool check_account(const struct account *account, struct err *err)
{
    if (str_trim(account->name).len == 0 || !utf8_is_valid(account->name) ||
        utf8_length(account->name) > NAME_MAX_LEN)
        return err_set(err, ERR_INPUT, "the name must have 1 to %d letters", NAME_MAX_LEN);
    if (!str_equal(account->state, STR("active")) && !str_equal(account->state, STR("blocked")))
        return err_set(err, ERR_INPUT, "the state must be active or blocked");
    if (account->level < ACCOUNT_UNCONFIRMED || account->level > ACCOUNT_ESIA)
        return err_set(err, ERR_INPUT, "there is no such level");
    if (account->role_count > POLICY_ROLES_MAX)
        return err_set(err, ERR_LIMIT, "an account has at most %d roles", POLICY_ROLES_MAX);
    return true;
}

static bool put_roles(struct tx *tx, int64_t id, const struct account *account, struct err *err)
{
    for (size_t i = 0; i < account->role_count; i++)
        if (!store_exec(tx,
                        "INSERT INTO account_role (tenant, account, role) VALUES ($1, $2, $3)"
                        " ON CONFLICT DO NOTHING",
                        ARGS(INT(tx->tenant), INT(id), TEXT(account->roles[i])), err))
            return false;
    return true;
}

/* No names: who an account belongs to is personal, and the journal is for ever. */
static struct str describe(struct arena *arena, const struct account *account)
{
    struct buf text = {.arena = arena};

    buf_printf(&text, ",\"level\":%d,\"roles\":[", account->level);
    for (size_t i = 0; i < account->role_count; i++) {
        if (i > 0)
            buf_char(&text, ',');
        json_write_text(&text, account->roles[i]);
    }
    buf_add(&text, STR("],\"state\":"));
    json_write_text(&text, account->state);
    return buf_str(&text);
}

bool account_create(struct tx *tx, const struct account *account, struct str hash,
                    struct account_by by, int64_t *id, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    int64_t new_id = id_next(by.now);
    struct str key;
    int64_t changed;

    if (!account_login_key(scratch, account->login, &key))
        return err_set(err, ERR_INPUT,
                       "a login has %d to %d letters and digits, and . _ - + @ besides", LOGIN_MIN,
                       LOGIN_MAX);
    if (!check_account(account, err))
        return false;
    if (!store_change(tx,
                      "INSERT INTO account (tenant, id, login, login_key, name, password, state,"
                      " person, level, failures, locked_until, created_at)"
                      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10)"
                      " ON CONFLICT (tenant, login_key) DO NOTHING",
                      ARGS(INT(tx->tenant), INT(new_id), TEXT(account->login), TEXT(key),
                           TEXT(account->name), TEXT(hash), TEXT(account->state),
                           account->person == 0 ? NONE : INT(account->person), INT(account->level),
                           INT(by.now)),
                      &changed, err))
        return err_while(err, "creating an account");
    if (changed == 0)
        return err_set(err, ERR_CONFLICT, "the login %.*s is taken", STR_ARG(account->login));
    if (!put_roles(tx, new_id, account, err) ||
        !account_note(tx, "account.create", new_id, describe(scratch, account), by, err))
        return err_while(err, "creating an account");
    *id = new_id;
    return true;
}

static bool end_sessions(struct tx *tx, int64_t id, bool with_tokens, struct err *err)
{
    return store_exec(tx,
                      "DELETE FROM session WHERE tenant = $1 AND account = $2"
                      " AND ($3 = 1 OR kind <> 'token')",
                      ARGS(INT(tx->tenant), INT(id), INT(with_tokens)), err);
}

bool account_change(struct tx *tx, const struct account *account, struct account_by by,
                    struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    int64_t changed;

    if (!check_account(account, err))
        return false;
    if (!store_change(tx,
                      "UPDATE account SET name = $3, state = $4, person = $5, level = $6"
                      " WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(account->id), TEXT(account->name),
                           TEXT(account->state), account->person == 0 ? NONE : INT(account->person),
                           INT(account->level)),
                      &changed, err))
        return err_while(err, "changing an account");
    if (changed == 0)
        return err_set(err, ERR_ABSENT, "there is no such account");
    if (!session_forget_account(tx, account->id, true, err) ||
        (str_equal(account->state, STR("blocked")) && !end_sessions(tx, account->id, true, err)) ||
        !store_exec(tx, "DELETE FROM account_role WHERE tenant = $1 AND account = $2",
                    ARGS(INT(tx->tenant), INT(account->id)), err) ||
        !put_roles(tx, account->id, account, err) ||
        !account_note(tx, "account.change", account->id, describe(scratch, account), by, err))
        return err_while(err, "changing an account");
    return true;
}

bool account_set_password(struct tx *tx, int64_t id, struct str hash, struct account_by by,
                          struct err *err)
{
    int64_t changed;

    if (!store_change(tx,
                      "UPDATE account SET password = $3, failures = 0, locked_until = 0"
                      " WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(id), TEXT(hash)), &changed, err))
        return err_while(err, "setting a password");
    if (changed == 0)
        return err_set(err, ERR_ABSENT, "there is no such account");
    return (session_forget_account(tx, id, false, err) && end_sessions(tx, id, false, err) &&
            account_note(tx, "account.password", id, STR(""), by, err)) ||
           err_while(err, "setting a password");
}

/*
 * Addresses, and what was told to them, are of whom the account was.  Rows of notice/notice.c,
 * which lies above this module; but no write may leave them.  The node's accounts have none.
 */
static bool forget_contact(struct tx *tx, int64_t id, struct err *err)
{
    return tx->tenant == 0 ||
           (store_exec(tx, "DELETE FROM contact WHERE tenant = $1 AND account = $2",
                       ARGS(INT(tx->tenant), INT(id)), err) &&
            store_exec(tx, "DELETE FROM notice WHERE tenant = $1 AND account = $2",
                       ARGS(INT(tx->tenant), INT(id)), err));
}

bool account_remove(struct tx *tx, int64_t id, struct account_by by, struct err *err)
{
    int64_t changed;

    if (!store_change(tx, "DELETE FROM account WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(id)), &changed, err))
        return err_while(err, "removing an account");
    if (changed == 0)
        return err_set(err, ERR_ABSENT, "there is no such account");
    return (session_forget_account(tx, id, true, err) && end_sessions(tx, id, true, err) &&
            store_exec(tx, "DELETE FROM account_role WHERE tenant = $1 AND account = $2",
                       ARGS(INT(tx->tenant), INT(id)), err) &&
            forget_contact(tx, id, err) &&
            account_note(tx, "account.remove", id, STR(""), by, err)) ||
           err_while(err, "removing an account");
}

/* id, login, name, state, person, level, locked_until, created_at, last_at */
static struct account account_of(const struct rows *rows, size_t row)
{
    return (struct account){
        .id = rows_int(rows, row, 0),
        .login = rows_text(rows, row, 1),
        .name = rows_text(rows, row, 2),
        .state = rows_text(rows, row, 3),
        .person = rows_int(rows, row, 4),
        .level = (enum account_level)rows_int(rows, row, 5),
        .locked_until = rows_int(rows, row, 6),
        .created_at = rows_int(rows, row, 7),
        .last_at = rows_int(rows, row, 8),
    };
}

/* Of accounts that are sorted by id and are all there are between the first and the last. */
static bool read_roles(struct tx *tx, struct arena *arena, struct account *accounts, size_t count,
                       struct err *err)
{
    struct rows rows;
    size_t at = 0;

    if (count == 0)
        return true;
    if (!store_query(tx, arena, &rows,
                     "SELECT account, role FROM account_role"
                     " WHERE tenant = $1 AND account >= $2 AND account <= $3"
                     " ORDER BY account, role",
                     ARGS(INT(tx->tenant), INT(accounts[0].id), INT(accounts[count - 1].id)), err))
        return err_while(err, "reading roles");
    for (size_t i = 0; i < count; i++) {
        size_t first = at;

        while (at < rows.count && rows_int(&rows, at, 0) == accounts[i].id)
            at++;
        accounts[i].role_count = at - first;
        accounts[i].roles = ARENA_ARRAY(arena, struct str, at - first);
        for (size_t j = first; j < at; j++)
            accounts[i].roles[j - first] = rows_text(&rows, j, 1);
    }
    return true;
}

bool account_get(struct tx *tx, struct arena *arena, int64_t id, struct account *account,
                 struct err *err)
{
    struct account found;
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT id, login, name, state, person, level, locked_until, created_at,"
                     " last_at FROM account WHERE tenant = $1 AND id = $2",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return err_while(err, "reading an account");
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such account");
    found = account_of(&rows, 0);
    if (!read_roles(tx, arena, &found, 1, err))
        return false;
    *account = found;
    return true;
}

bool account_find(struct tx *tx, struct arena *arena, struct str login, struct account *account,
                  struct str *hash, struct err *err)
{
    struct account found = {0};
    struct rows rows = {0};
    struct str key;

    if (account_login_key(arena, login, &key) &&
        !store_query(tx, arena, &rows,
                     "SELECT id, login, name, state, person, level, locked_until, created_at,"
                     " last_at, password FROM account WHERE tenant = $1 AND login_key = $2",
                     ARGS(INT(tx->tenant), TEXT(key)), err))
        return err_while(err, "finding an account");
    if (rows.count > 0) {
        found = account_of(&rows, 0);
        if (!read_roles(tx, arena, &found, 1, err))
            return false;
    }
    *account = found;
    *hash = rows.count > 0 ? rows_text(&rows, 0, 9) : (struct str){0};
    return true;
}

bool account_list(struct tx *tx, struct arena *arena, int64_t after, int limit,
                  struct account_page *page, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT id, login, name, state, person, level, locked_until, created_at,"
                     " last_at FROM account WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3",
                     ARGS(INT(tx->tenant), INT(after), INT(MIN(MAX(limit, 1), LIST_MAX))), err))
        return err_while(err, "listing accounts");
    struct account *list = ARENA_ARRAY(arena, struct account, rows.count);
    for (size_t i = 0; i < rows.count; i++)
        list[i] = account_of(&rows, i);
    if (!read_roles(tx, arena, list, rows.count, err))
        return false;
    *page = (struct account_page){list, rows.count};
    return true;
}
