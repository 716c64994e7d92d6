#include "auth/journal.h"
#include "auth/journal_chain.h"
#include "core/base64.h"
#include "core/id.h"
#include "store/rows.h"

#include <stdio.h>
#include <string.h>

enum {
    END_ENTRIES = 100, /* of journal_verify_end */
};

struct verifying {
    int64_t tenant;
    struct arena *arena;
    struct journal_report *report;
    const unsigned char *public_key;
    int64_t last; /* seq of the entry before */
    char chain[44];
};

/* Notes the first bad entry and ends the stream: an error nobody gets to see. */
static bool bad(struct verifying *it, int64_t seq, struct err *err, const char *what)
{
    it->report->bad = MAX(seq, 1);
    it->report->what = str_printf(it->arena, "entry %lld: %s", (long long)seq, what);
    return err_set(err, ERR_CONFLICT, "the journal is broken");
}

/* What a stream came to: a bad entry is an answer, all else an error. */
static bool answer(bool ok, const struct verifying *it, const struct err *inner, struct err *err)
{
    if (ok || it->report->bad != 0)
        return true;
    *err = *inner;
    return err_while(err, "verifying the journal");
}

static bool check_entry(void *data, const struct rows *row, struct err *err)
{
    struct verifying *it = data;
    struct journal_entry entry = {
        .seq = rows_int(row, 0, 0),
        .at = rows_int(row, 0, 1),
        .actor = rows_int(row, 0, 2),
        .action = rows_text(row, 0, 3),
        .no = rows_int(row, 0, 4),
        .record = rows_int(row, 0, 5),
        .cause = rows_int(row, 0, 6),
        .digest = rows_text(row, 0, 7),
        .detail = rows_text(row, 0, 8),
    };
    struct str hash = rows_text(row, 0, 9);
    char want[44];

    if (entry.seq != it->last + 1)
        return bad(it, it->last + 1, err, "is missing");
    journal_chain(want, it->tenant, str_from_z(it->chain), &entry);
    if (!str_equal(hash, str_from_z(want)))
        return bad(it, entry.seq, err,
                   "its hash does not follow from its fields and the entry before");
    memcpy(it->chain, want, sizeof want);
    it->last = entry.seq;
    it->report->entries++;
    return true;
}

static bool check_head(struct tx *tx, struct verifying *it, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, it->arena, &rows, "SELECT seq, chain FROM tenant_head WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), err))
        return false;
    int64_t seq = rows.count > 0 ? rows_int(&rows, 0, 0) : 0;
    struct str chain = rows.count > 0 ? rows_text(&rows, 0, 1) : STR("");
    if (seq != it->last)
        return bad(it, MIN(seq, it->last) + 1, err, "the journal does not end where its head says");
    if (!str_equal(chain, str_from_z(it->chain)))
        return bad(it, seq, err, "the head has another hash");
    return true;
}

static bool is_signed(struct str text, const char *key, struct str is)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct buf signature = {.arena = scratch};

    return base64_parse(&signature, is) && signature.len == SECRET_SIGNATURE_SIZE &&
           secret_verify((const unsigned char *)key, text, (const unsigned char *)signature.ptr);
}

static bool check_anchor(void *data, const struct rows *row, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct verifying *it = data;
    int64_t seq = rows_int(row, 0, 0);
    struct str chain = rows_text(row, 0, 1);
    struct str text = journal_anchor_text(scratch, it->tenant, seq, chain, rows_int(row, 0, 2));
    struct buf key = {.arena = scratch};

    if (!base64_parse(&key, rows_text(row, 0, 3)) || key.len != SECRET_PUBLIC_SIZE ||
        !is_signed(text, key.ptr, rows_text(row, 0, 4)))
        return bad(it, seq, err, "its anchor has a wrong signature");
    if (rows_is_null(row, 0, 5))
        return bad(it, seq, err, "is anchored, but is not in the journal");
    if (!str_equal(chain, rows_text(row, 0, 5)))
        return bad(it, seq, err, "has another hash than when it was anchored");
    if (memcmp(key.ptr, it->public_key, SECRET_PUBLIC_SIZE) != 0) {
        it->report->foreign++;
        return true;
    }
    it->report->anchors++;
    it->report->last_anchored = seq;
    return true;
}

bool journal_verify(struct tx *tx, struct arena *arena,
                    const unsigned char public_key[SECRET_PUBLIC_SIZE],
                    struct journal_report *report, struct err *err)
{
    struct verifying it = {
        .tenant = tx->tenant, .arena = arena, .report = report, .public_key = public_key};
    struct err inner = {0};

    *report = (struct journal_report){0};
    bool ok = store_each(tx,
                         "SELECT seq, at, actor, action, register, record, cause, digest, detail,"
                         " hash FROM journal WHERE tenant = $1 ORDER BY seq",
                         ARGS(INT(tx->tenant)), check_entry, &it, &inner) &&
              check_head(tx, &it, &inner) &&
              store_each(tx,
                         "SELECT a.seq, a.chain, a.at, a.key, a.signature, j.hash"
                         " FROM journal_anchor a LEFT JOIN journal j"
                         " ON j.tenant = a.tenant AND j.seq = a.seq"
                         " WHERE a.tenant = $1 ORDER BY a.seq",
                         ARGS(INT(tx->tenant)), check_anchor, &it, &inner);
    return answer(ok, &it, &inner, err);
}

/* The hash of the entry before those that are looked at. */
static bool start_at(struct tx *tx, struct verifying *it, int64_t seq, struct err *err)
{
    struct rows rows;

    if (seq <= 0)
        return true;
    if (!store_query(tx, it->arena, &rows,
                     "SELECT hash FROM journal WHERE tenant = $1 AND seq = $2",
                     ARGS(INT(tx->tenant), INT(seq)), err))
        return false;
    if (rows.count == 0)
        return bad(it, seq, err, "is missing");
    struct str hash = rows_text(&rows, 0, 0);
    snprintf(it->chain, sizeof it->chain, "%.*s", STR_ARG(hash));
    it->last = seq;
    return true;
}

bool journal_verify_end(struct tx *tx, struct arena *arena,
                        const unsigned char public_key[SECRET_PUBLIC_SIZE],
                        struct journal_report *report, int64_t *last_at, struct err *err)
{
    struct verifying it = {
        .tenant = tx->tenant, .arena = arena, .report = report, .public_key = public_key};
    struct rows end;
    struct err inner = {0};

    *report = (struct journal_report){0};
    if (!store_query(tx, arena, &end,
                     "SELECT seq, at FROM journal WHERE tenant = $1 ORDER BY seq DESC LIMIT 1",
                     ARGS(INT(tx->tenant)), err))
        return false;
    int64_t first = end.count > 0 ? rows_int(&end, 0, 0) - END_ENTRIES : 0;
    *last_at = end.count > 0 ? rows_int(&end, 0, 1) : 0;
    bool ok = start_at(tx, &it, first, &inner) &&
              store_each(tx,
                         "SELECT seq, at, actor, action, register, record, cause, digest, detail,"
                         " hash FROM journal WHERE tenant = $1 AND seq > $2 ORDER BY seq",
                         ARGS(INT(tx->tenant), INT(first)), check_entry, &it, &inner) &&
              check_head(tx, &it, &inner) &&
              store_each(tx,
                         "SELECT a.seq, a.chain, a.at, a.key, a.signature, j.hash"
                         " FROM journal_anchor a LEFT JOIN journal j"
                         " ON j.tenant = a.tenant AND j.seq = a.seq"
                         " WHERE a.tenant = $1 ORDER BY a.seq DESC LIMIT 1",
                         ARGS(INT(tx->tenant)), check_anchor, &it, &inner);
    return answer(ok, &it, &inner, err);
}

static bool bad_body(struct verifying *it, const struct rows *row, struct err *err,
                     const char *what)
{
    struct str id = id_text(it->arena, rows_int(row, 0, 1));

    it->report->bad = MAX(rows_int(row, 0, 2), 1);
    it->report->what = str_printf(it->arena, "entry %lld, register %lld, record %.*s: %s",
                                  (long long)rows_int(row, 0, 2), (long long)rows_int(row, 0, 0),
                                  STR_ARG(id), what);
    return err_set(err, ERR_CONFLICT, "a body is not what the journal says");
}

/* register, id, seq, salt, body · of the entry: digest, register, record · is erased */
static bool check_body(void *data, const struct rows *row, struct err *err)
{
    struct verifying *it = data;
    char digest[44];

    if (rows_is_null(row, 0, 6) || rows_int(row, 0, 6) != rows_int(row, 0, 0) ||
        rows_int(row, 0, 7) != rows_int(row, 0, 1))
        return bad_body(it, row, err, "the entry that wrote it is not in the journal");
    if (rows_is_null(row, 0, 4)) {
        if (rows_int(row, 0, 8) == 0)
            return bad_body(it, row, err, "the body is gone, and no entry says it was erased");
        return true;
    }
    journal_digest_into(digest, rows_text(row, 0, 3), rows_text(row, 0, 4));
    if (!str_equal(rows_text(row, 0, 5), str_from_z(digest)))
        return bad_body(it, row, err, "the body is not the one whose digest was written");
    it->report->bodies++;
    return true;
}

static bool say_missing(void *data, const struct rows *row, struct err *err)
{
    return bad_body(data, row, err, "the record this entry wrote is gone");
}

bool journal_verify_bodies(struct tx *tx, struct arena *arena, struct journal_report *report,
                           struct err *err)
{
    struct verifying it = {.tenant = tx->tenant, .arena = arena, .report = report};
    struct err inner = {0};

    if (report->bad != 0)
        return true;
    bool ok =
        store_each(tx,
                   "SELECT r.register, r.id, r.version, r.salt, r.body, j.digest, j.register,"
                   " j.record, 0 FROM record r LEFT JOIN journal j"
                   " ON j.tenant = r.tenant AND j.seq = r.version WHERE r.tenant = $1"
                   " AND r.register > 0", /* below: kept for an edition, and in history too */
                   ARGS(INT(tx->tenant)), check_body, &it, &inner) &&
        store_each(tx,
                   "SELECT h.register, h.id, h.known_from, h.salt, h.body, j.digest, j.register,"
                   " j.record, CASE WHEN h.body IS NULL AND EXISTS (SELECT 1 FROM journal e"
                   "  WHERE e.tenant = $1 AND e.register = h.register"
                   "  AND e.record = h.id AND e.action = 'erase') THEN 1 ELSE 0 END"
                   " FROM history h LEFT JOIN journal j"
                   " ON j.tenant = h.tenant AND j.seq = h.known_from WHERE h.tenant = $1",
                   ARGS(INT(tx->tenant)), check_body, &it, &inner) &&
        store_each(tx,
                   "SELECT j.register, j.record, j.seq FROM journal j WHERE j.tenant = $1"
                   " AND j.action IN ('create', 'change') AND j.record IS NOT NULL"
                   " AND j.digest IS NOT NULL"
                   " AND NOT EXISTS (SELECT 1 FROM record r WHERE r.tenant = j.tenant"
                   "  AND r.register = j.register AND r.id = j.record AND r.version = j.seq)"
                   " AND NOT EXISTS (SELECT 1 FROM history h WHERE h.tenant = j.tenant"
                   "  AND h.register = j.register AND h.id = j.record AND h.known_from = j.seq)",
                   ARGS(INT(tx->tenant)), say_missing, &it, &inner);
    return answer(ok, &it, &inner, err);
}
