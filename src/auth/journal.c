#include "auth/journal.h"

#include "auth/journal_chain.h"
#include "core/base64.h"
#include "store/rows.h"

#include <assert.h>
#include <string.h>

enum {
    SALT_SIZE = 16,
    LIST_MAX = 1000,
    HEAD_SIZE = 1 + 7 * 8 + 4 * 8,
};

void journal_salt(struct arena *arena, struct str *salt)
{
    struct buf text = {.arena = arena};

    secret_print_token(&text, SALT_SIZE);
    *salt = buf_str(&text);
}

static void print_into(char text[44], const struct digest *digest)
{
    struct buf buf = {.ptr = text, .cap = DIGEST_TEXT_LEN + 1};

    digest_print(&buf, digest);
    text[DIGEST_TEXT_LEN] = '\0';
}

void journal_digest_into(char digest[44], struct str salt, struct str body)
{
    const struct str parts[] = {salt, body};
    struct digest of = digest_of_parts(parts, 2);

    print_into(digest, &of);
}

struct str journal_digest(struct arena *arena, struct str salt, struct str body)
{
    char digest[44];

    journal_digest_into(digest, salt, body);
    return str_copy(arena, str_from_z(digest));
}

static unsigned char *put_number(unsigned char *at, int64_t number)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        *at++ = (unsigned char)((uint64_t)number >> shift);
    return at;
}

/* All lengths stand in front of all texts, so no two entries give the same bytes. */
void journal_chain(char hash[44], int64_t tenant, struct str previous,
                   const struct journal_entry *entry)
{
    const int64_t numbers[] = {tenant,    entry->seq,    entry->at,   entry->actor,
                               entry->no, entry->record, entry->cause};
    struct str parts[] = {{0}, previous, entry->action, entry->digest, entry->detail};
    unsigned char head[HEAD_SIZE] = {1}; /* the version of this layout */
    unsigned char *at = head + 1;

    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        at = put_number(at, numbers[i]);
    for (size_t i = 1; i < ARRAY_LEN(parts); i++)
        at = put_number(at, (int64_t)parts[i].len);
    parts[0] = (struct str){(const char *)head, HEAD_SIZE};
    struct digest digest = digest_of_parts(parts, ARRAY_LEN(parts));
    print_into(hash, &digest);
}

static struct store_arg number_or_none(int64_t number)
{
    return number == 0 ? NONE : INT(number);
}

static struct store_arg text_or_none(struct str text)
{
    return text.len == 0 ? NONE : TEXT(text);
}

bool journal_add(struct tx *tx, struct journal_entry *entry, struct err *err)
{
    char hash[44];

    assert(tx->is_write && tx->head != NULL);
    entry->seq = tx->head->seq + 1;
    journal_chain(hash, tx->tenant, str_from_z(tx->head->chain), entry);
    if (!store_exec(tx,
                    "INSERT INTO journal (tenant, seq, at, actor, action, register, record,"
                    " cause, digest, detail, hash)"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                    ARGS(INT(tx->tenant), INT(entry->seq), INT(entry->at), INT(entry->actor),
                         TEXT(entry->action), number_or_none(entry->no),
                         number_or_none(entry->record), number_or_none(entry->cause),
                         text_or_none(entry->digest), text_or_none(entry->detail),
                         TEXT(str_from_z(hash))),
                    err))
        return err_while(err, "writing the journal");
    tx->head->seq = entry->seq;
    memcpy(tx->head->chain, hash, sizeof hash);
    return true;
}

int64_t journal_next(const struct tx *tx)
{
    return tx->head->seq + 1;
}

/* By whether a record is asked for, or what is of none: those have an index; and by direction. */
static const char *list_sql(const struct journal_ask *ask, bool is_after)
{
    if (ask->is_list)
        return "SELECT seq, at, actor, action, register, record, cause, digest, detail, hash"
               " FROM journal WHERE tenant = $1 AND seq < $2 AND register = $3 AND record IS NULL"
               " AND $4 = 0 AND ($5 = 0 OR actor = $5) AND ($6 = '' OR action = $6)"
               " ORDER BY seq DESC LIMIT $7";
    if (ask->no > 0 && ask->record > 0)
        return is_after ? "SELECT seq, at, actor, action, register, record, cause, digest, detail,"
                          " hash FROM journal WHERE tenant = $1 AND seq > $2 AND register = $3"
                          " AND record = $4 AND ($5 = 0 OR actor = $5)"
                          " AND ($6 = '' OR action = $6) ORDER BY seq LIMIT $7"
                        : "SELECT seq, at, actor, action, register, record, cause, digest, detail,"
                          " hash FROM journal WHERE tenant = $1 AND seq < $2 AND register = $3"
                          " AND record = $4 AND ($5 = 0 OR actor = $5)"
                          " AND ($6 = '' OR action = $6) ORDER BY seq DESC LIMIT $7";
    return is_after ? "SELECT seq, at, actor, action, register, record, cause, digest, detail,"
                      " hash FROM journal WHERE tenant = $1 AND seq > $2"
                      " AND ($3 = 0 OR register = $3) AND ($4 = 0 OR record = $4)"
                      " AND ($5 = 0 OR actor = $5) AND ($6 = '' OR action = $6)"
                      " ORDER BY seq LIMIT $7"
                    : "SELECT seq, at, actor, action, register, record, cause, digest, detail,"
                      " hash FROM journal WHERE tenant = $1 AND seq < $2"
                      " AND ($3 = 0 OR register = $3) AND ($4 = 0 OR record = $4)"
                      " AND ($5 = 0 OR actor = $5) AND ($6 = '' OR action = $6)"
                      " ORDER BY seq DESC LIMIT $7";
}

static struct journal_entry entry_of(const struct rows *rows, size_t row)
{
    return (struct journal_entry){
        .seq = rows_int(rows, row, 0),
        .at = rows_int(rows, row, 1),
        .actor = rows_int(rows, row, 2),
        .action = rows_text(rows, row, 3),
        .no = rows_int(rows, row, 4),
        .record = rows_int(rows, row, 5),
        .cause = rows_int(rows, row, 6),
        .digest = rows_text(rows, row, 7),
        .detail = rows_text(rows, row, 8),
        .hash = rows_text(rows, row, 9),
    };
}

bool journal_list(struct tx *tx, struct arena *arena, const struct journal_ask *ask,
                  struct journal_entry **entries, size_t *count, struct err *err)
{
    bool is_after = ask->after > 0;
    int64_t edge = is_after ? ask->after : ask->before > 0 ? ask->before : INT64_MAX;
    int limit = MIN(MAX(ask->limit, 1), LIST_MAX);
    struct rows rows;

    if (!store_query(tx, arena, &rows, list_sql(ask, is_after),
                     ARGS(INT(tx->tenant), INT(edge), INT(ask->no), INT(ask->record),
                          INT(ask->actor), TEXT(ask->action), INT(limit)),
                     err))
        return err_while(err, "reading the journal");
    *entries = ARENA_ARRAY(arena, struct journal_entry, rows.count);
    for (size_t i = 0; i < rows.count; i++)
        (*entries)[i] = entry_of(&rows, i);
    *count = rows.count;
    return true;
}

struct str journal_anchor_text(struct arena *arena, int64_t tenant, int64_t seq, struct str chain,
                               int64_t at)
{
    return str_printf(arena, "uprava journal 1\n%lld\n%lld\n%.*s\n%lld\n", (long long)tenant,
                      (long long)seq, STR_ARG(chain), (long long)at);
}

static bool last_anchored(struct tx *tx, struct arena *arena, int64_t *seq, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows, "SELECT max(seq) FROM journal_anchor WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), err))
        return err_while(err, "reading the anchors");
    *seq = rows.count > 0 ? rows_int(&rows, 0, 0) : 0;
    return true;
}

bool journal_anchor(struct tx *tx, const struct secret_key *key, int64_t now, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct buf signature = {.arena = scratch};
    struct buf public_key = {.arena = scratch};
    unsigned char bytes[SECRET_SIGNATURE_SIZE];
    int64_t last;

    if (!last_anchored(tx, scratch, &last, err))
        return false;
    if (last >= tx->head->seq)
        return true;
    struct str chain = str_from_z(tx->head->chain);
    secret_sign(key, journal_anchor_text(scratch, tx->tenant, tx->head->seq, chain, now), bytes);
    base64_print_url(&signature, (struct str){(const char *)bytes, sizeof bytes});
    base64_print_url(&public_key,
                     (struct str){(const char *)key->public_bytes, SECRET_PUBLIC_SIZE});
    return store_exec(tx,
                      "INSERT INTO journal_anchor (tenant, seq, chain, at, key, signature)"
                      " VALUES ($1, $2, $3, $4, $5, $6)",
                      ARGS(INT(tx->tenant), INT(tx->head->seq), TEXT(chain), INT(now),
                           TEXT(buf_str(&public_key)), TEXT(buf_str(&signature))),
                      err) ||
           err_while(err, "anchoring the journal");
}
