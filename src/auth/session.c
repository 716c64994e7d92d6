#include "auth/session.h"

#include "auth/journal.h"
#include "auth/session_table.h"
#include "core/arena.h"
#include "core/id.h"
#include "core/utf8.h"
#include "store/news.h"
#include "store/rows.h"

#include <string.h>

enum {
    HOUR_MS = 60 * 60 * 1000,
    SECRET_LEN = 43,         /* 32 random bytes as base64url */
    SEEN_MS = 5 * 60 * 1000, /* how far seen_at in the store may lag */
    SEEN_PAUSE_MS = 60 * 1000,
    LABEL_MAX = 200,
};

static struct str digest_text(char text[44], const struct digest *digest)
{
    struct buf buf = {.ptr = text, .cap = DIGEST_TEXT_LEN + 1};

    digest_print(&buf, digest);
    return buf_str(&buf);
}

static bool note(struct tx *tx, const char *action, int64_t account, int64_t actor, int64_t now,
                 struct err *err)
{
    char detail[64];
    struct buf id = {.ptr = detail, .cap = sizeof detail};
    struct journal_entry entry = {.at = now, .actor = actor, .action = str_from_z(action)};

    buf_add(&id, STR("{\"account\":\""));
    id_print(&id, account);
    buf_add(&id, STR("\"}"));
    entry.detail = buf_str(&id);
    return journal_add(tx, &entry, err);
}

/* A browser may call itself anything, and may have been cut inside a letter. */
static struct str clean_label(struct str label)
{
    for (int cut = 0; cut < 4; cut++)
        if (label.len >= (size_t)cut && utf8_is_valid(str_slice(label, 0, label.len - (size_t)cut)))
            return utf8_head(str_slice(label, 0, label.len - (size_t)cut), LABEL_MAX);
    return (struct str){0};
}

bool session_start(struct tx *tx, struct arena *arena, const struct session_wish *wish,
                   struct str *secret, struct err *err)
{
    struct buf token = {.arena = arena};
    struct buf csrf = {.arena = arena};
    char text[44];
    int64_t account = wish->account->id;
    int64_t lasts =
        wish->is_token ? (int64_t)SESSION_TOKEN_DAYS * 24 * HOUR_MS : SESSION_HOURS * HOUR_MS;

    secret_print_token(&token, 32);
    secret_print_token(&csrf, 32);
    struct digest digest = digest_of(buf_str(&token));
    if (!store_exec(tx,
                    "DELETE FROM session WHERE tenant = $1 AND account = $2 AND expires_at < $3",
                    ARGS(INT(tx->tenant), INT(account), INT(wish->now)), err) ||
        !store_exec(tx,
                    "INSERT INTO session (tenant, digest, account, kind, csrf, created_at, seen_at,"
                    " expires_at, label) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)",
                    ARGS(INT(tx->tenant), TEXT(digest_text(text, &digest)), INT(account),
                         TEXT(wish->is_token ? STR("token") : STR("cookie")),
                         TEXT(wish->is_token ? STR("") : buf_str(&csrf)), INT(wish->now),
                         INT(wish->now + lasts), TEXT(clean_label(wish->label))),
                    err) ||
        !note(tx, wish->is_token ? "token.create" : "sign-in", account, account, wish->now, err))
        return err_while(err, "starting a session");
    *secret = buf_str(&token);
    return true;
}

/* account 0: whoever's it is. */
static bool end(struct tx *tx, int64_t account, struct str text, int64_t *whose, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct digest digest;
    struct rows rows;

    *whose = 0;
    if (!digest_parse(text, &digest))
        return true;
    session_table_drop(session_table_of(tx->owner), &digest);
    if (!store_query(tx, scratch, &rows,
                     "DELETE FROM session WHERE tenant = $1 AND digest = $2"
                     " AND ($3 = 0 OR account = $3) RETURNING account",
                     ARGS(INT(tx->tenant), TEXT(text), INT(account)), err))
        return err_while(err, "ending a session");
    if (rows.count == 0)
        return true;
    *whose = rows_int(&rows, 0, 0);
    return news_tell(tx, NEWS_ACCOUNTS, err);
}

bool session_forget_account(struct tx *tx, int64_t account, bool with_tokens, struct err *err)
{
    session_table_drop_account(session_table_of(tx->owner), account, with_tokens);
    return news_tell(tx, NEWS_ACCOUNTS, err);
}

bool session_end(struct tx *tx, struct str secret, int64_t actor, int64_t now, struct err *err)
{
    struct digest digest = digest_of(secret);
    char text[44];
    int64_t whose;

    return end(tx, 0, digest_text(text, &digest), &whose, err) &&
           (whose == 0 || note(tx, "sign-out", whose, actor, now, err));
}

bool session_end_by_digest(struct tx *tx, int64_t account, struct str digest, int64_t actor,
                           int64_t now, struct err *err)
{
    int64_t whose;

    if (!end(tx, account, digest, &whose, err))
        return false;
    if (whose == 0)
        return err_set(err, ERR_ABSENT, "this session is over already");
    return note(tx, "session.end", whose, actor, now, err);
}

bool session_list(struct tx *tx, struct arena *arena, int64_t account, struct session_view **views,
                  size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT digest, label, kind, created_at, seen_at, expires_at FROM session"
                     " WHERE tenant = $1 AND account = $2 ORDER BY created_at DESC, digest"
                     " LIMIT 1000",
                     ARGS(INT(tx->tenant), INT(account)), err))
        return err_while(err, "listing sessions");
    *views = ARENA_ARRAY(arena, struct session_view, rows.count);
    for (size_t i = 0; i < rows.count; i++)
        (*views)[i] = (struct session_view){
            .digest = rows_text(&rows, i, 0),
            .label = rows_text(&rows, i, 1),
            .is_token = str_equal(rows_text(&rows, i, 2), STR("token")),
            .created_at = rows_int(&rows, i, 3),
            .seen_at = rows_int(&rows, i, 4),
            .expires_at = rows_int(&rows, i, 5),
        };
    *count = rows.count;
    return true;
}

static bool is_over(const struct session_entry *entry, int64_t now)
{
    return now >= entry->expires_at ||
           (!entry->is_token && now - entry->seen_at >= SESSION_IDLE_HOURS * HOUR_MS);
}

/* Idle here, but perhaps not on another server: the store knows. */
static bool may_live_elsewhere(const struct tenant *tenant, const struct session_entry *entry,
                               int64_t now)
{
    return store_is_shared(tenant_store(tenant)) && now < entry->expires_at;
}

static struct policy_rights rights_of(const struct session_entry *entry,
                                      const struct policy *policy)
{
    if (entry->stamp == policy_stamp(policy))
        return (struct policy_rights){entry->role_bits, entry->admin, policy};
    return policy_rights_of(policy, entry->roles, entry->role_count);
}

static void fill(struct actor *actor, struct arena *arena, const struct session_entry *entry,
                 const struct policy *policy)
{
    *actor = (struct actor){
        .account = entry->account,
        .login = str_copy(arena, entry->login),
        .name = str_copy(arena, entry->name),
        .person = entry->person,
        .level = entry->level,
        .rights = rights_of(entry, policy),
        .is_token = entry->is_token,
    };
    memcpy(actor->csrf, entry->csrf, sizeof actor->csrf);
}

/* Another policy than last time: its answer is kept. Rare, so it may wait for the lock. */
static void keep_rights(struct session_table *table, const struct digest *digest,
                        const struct policy_rights *rights)
{
    pthread_rwlock_wrlock(&table->lock);
    struct session_entry *entry = session_table_find(table, digest);
    if (entry != NULL) {
        entry->role_bits = rights->roles;
        entry->admin = rights->admin;
        entry->stamp = policy_stamp(rights->policy);
    }
    pthread_rwlock_unlock(&table->lock);
}

/* On the writer thread, perhaps twice: gathers anew what is behind in the store. */
static bool write_seen(struct tx *tx, void *data, struct err *err)
{
    struct session_table *table = data;
    char text[44];

    pthread_rwlock_wrlock(&table->lock);
    if (table->seen == NULL)
        table->seen = ARENA_ARRAY(table->home, struct session_seen, SESSION_SEEN_MAX);
    pthread_rwlock_unlock(&table->lock);
    pthread_rwlock_rdlock(&table->lock);
    table->seen_count = 0;
    for (size_t i = 0; i < table->cap && table->seen_count < SESSION_SEEN_MAX; i++) {
        const struct session_entry *entry = table->slots[i];

        if (entry != NULL && !entry->is_dropped && entry->seen_at - entry->stored_at >= SEEN_MS)
            table->seen[table->seen_count++] = (struct session_seen){entry->digest, entry->seen_at};
    }
    pthread_rwlock_unlock(&table->lock);
    for (size_t i = 0; i < table->seen_count; i++)
        if (!store_exec(tx, "UPDATE session SET seen_at = $3 WHERE tenant = $1 AND digest = $2",
                        ARGS(INT(tx->tenant), TEXT(digest_text(text, &table->seen[i].digest)),
                             INT(table->seen[i].at)),
                        err))
            return false;
    return true;
}

static void seen_written(struct store_write *write)
{
    struct session_table *table = write->data;

    pthread_rwlock_wrlock(&table->lock);
    for (size_t i = 0; write->ok && i < table->seen_count; i++) {
        struct session_entry *entry = session_table_find(table, &table->seen[i].digest);

        if (entry != NULL)
            entry->stored_at = table->seen[i].at;
    }
    pthread_rwlock_unlock(&table->lock);
    atomic_store(&table->is_writing, false);
}

/* One write for all sessions that are behind; at most one a minute, and one at a time. */
static void queue_seen(struct tenant *tenant, struct session_table *table, int64_t now)
{
    if (now < atomic_load(&table->write_after) || atomic_exchange(&table->is_writing, true))
        return;
    atomic_store(&table->write_after, now + SEEN_PAUSE_MS);
    table->write = (struct store_write){.run = write_seen, .data = table, .done = seen_written};
    tenant_write(tenant, &table->write);
}

enum session_answer session_find(struct tenant *tenant, const struct policy *policy,
                                 struct str secret, int64_t now, struct arena *arena,
                                 struct actor *actor)
{
    enum session_answer answer = SESSION_NONE;
    bool is_behind = false;
    bool is_new_policy = false;

    *actor = session_guest(policy);
    if (secret.len != SECRET_LEN)
        return SESSION_NONE;
    struct session_table *table = session_table_of(tenant);
    if (atomic_load(&table->stamp) != news_stamp(tenant, NEWS_ACCOUNTS))
        return SESSION_ASK;
    struct digest digest = digest_of(secret);
    pthread_rwlock_rdlock(&table->lock);
    struct session_entry *entry = session_table_find(table, &digest);
    if (entry != NULL && !is_over(entry, now)) {
        answer = SESSION_FOUND;
        fill(actor, arena, entry, policy);
        is_new_policy = entry->stamp != policy_stamp(policy);
        if (now > entry->seen_at)
            entry->seen_at = now;
        is_behind = entry->seen_at - entry->stored_at >= SEEN_MS;
    } else if ((entry == NULL || may_live_elsewhere(tenant, entry, now)) &&
               !session_table_is_absent(table, &digest, now)) {
        answer = SESSION_ASK;
    }
    pthread_rwlock_unlock(&table->lock);
    if (is_new_policy)
        keep_rights(table, &digest, &actor->rights);
    if (is_behind)
        queue_seen(tenant, table, now);
    return answer;
}

struct loading {
    struct digest digest;
    int64_t now;
};

static bool read_roles(struct tx *tx, struct arena *arena, struct session_entry *entry,
                       struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT role FROM account_role WHERE tenant = $1 AND account = $2"
                     " ORDER BY role",
                     ARGS(INT(tx->tenant), INT(entry->account)), err))
        return false;
    entry->roles = ARENA_ARRAY(arena, struct str, rows.count);
    entry->role_count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        entry->roles[i] = rows_text(&rows, i, 0);
    return true;
}

static bool load(struct tx *tx, void *data, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    const struct loading *loading = data;
    struct session_table *table = session_table_of(tx->owner);
    struct session_entry entry = {.digest = loading->digest};
    struct rows rows;
    char text[44];

    session_table_renew(table, news_stamp(tx->owner, NEWS_ACCOUNTS));
    if (!store_query(tx, scratch, &rows,
                     "SELECT s.account, s.kind, s.csrf, s.seen_at, s.expires_at, a.login, a.name,"
                     " a.person, a.level FROM session s JOIN account a"
                     " ON a.tenant = s.tenant AND a.id = s.account"
                     " WHERE s.tenant = $1 AND s.digest = $2 AND a.state = 'active'",
                     ARGS(INT(tx->tenant), TEXT(digest_text(text, &loading->digest))), err))
        return err_while(err, "reading a session");
    if (rows.count > 0) {
        struct str csrf = rows_text(&rows, 0, 2);

        entry.account = rows_int(&rows, 0, 0);
        entry.is_token = str_equal(rows_text(&rows, 0, 1), STR("token"));
        memcpy(entry.csrf, csrf.ptr, MIN(csrf.len, sizeof entry.csrf - 1));
        entry.seen_at = rows_int(&rows, 0, 3);
        entry.stored_at = rows_int(&rows, 0, 3);
        entry.expires_at = rows_int(&rows, 0, 4);
        entry.login = rows_text(&rows, 0, 5);
        entry.name = rows_text(&rows, 0, 6);
        entry.person = rows_int(&rows, 0, 7);
        entry.level = (enum account_level)rows_int(&rows, 0, 8);
        if (!read_roles(tx, scratch, &entry, err))
            return err_while(err, "reading a session");
    }
    if (rows.count == 0 || is_over(&entry, loading->now))
        session_table_put_absent(table, &loading->digest, loading->now);
    else
        session_table_put(table, &entry, loading->now);
    return true;
}

bool session_load(struct tenant *tenant, struct str secret, int64_t now, struct err *err)
{
    struct loading loading = {.digest = digest_of(secret), .now = now};

    return tenant_look_wait(tenant, load, &loading, err);
}

struct actor session_guest(const struct policy *policy)
{
    return (struct actor){.account = -1, .rights = policy_rights_of(policy, NULL, 0)};
}
