#include "store/sqlite_search.h"

#include "store/rows.h"
#include "store/search_queue.h"

#include <stdio.h>

/*
 * An FTS5 table without contents whose row numbers are the records' ids, so "newest first"
 * is its own order. A register is a word in a column of its own.
 */

enum {
    MERGE_PAGES = 2000, /* 8 MB of index at a time */
};

bool sqlite_search_step(struct tx *tx, const struct search_step *step, struct err *err)
{
    const struct search_entry *entry = &step->entry;
    char token[24];
    int len = snprintf(token, sizeof token, "r%lld", (long long)entry->no);
    struct str no = {token, (size_t)len};

    if (step->is_clear)
        return store_exec(tx, "INSERT INTO search (search) VALUES ('delete-all')",
                          (struct store_args){0}, err);
    return store_exec(
        tx,
        step->is_out ? "INSERT INTO search (search, rowid, register, title, words)"
                       " VALUES ('delete', $1, $2, $3, $4)"
                     : "INSERT INTO search (rowid, register, title, words) VALUES ($1, $2, $3, $4)",
        ARGS(INT(entry->id), TEXT(no), TEXT(entry->title), TEXT(entry->words)), err);
}

static bool is_token(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

/* The tokenizer parts words at ASCII signs; a phrase of such parts cannot be asked for. */
static size_t add_parts(struct buf *buf, struct str word, size_t parts, bool is_prefix)
{
    size_t at = 0;

    while (at < word.len) {
        size_t end = at;

        while (end < word.len && is_token(word.ptr[end]))
            end++;
        if (end > at) {
            buf_add(buf, parts++ > 0 ? STR(" AND \"") : STR("\""));
            buf_add(buf, str_slice(word, at, end - at));
            buf_add(buf, is_prefix && end == word.len ? STR("\"*") : STR("\""));
        }
        at = end + 1;
    }
    return parts;
}

static void add_nos(struct buf *buf, const struct search_ask *ask)
{
    buf_add(buf, STR("register : ("));
    for (size_t i = 0; i < ask->no_count; i++) {
        buf_add(buf, i > 0 ? STR(" OR r") : STR("r"));
        buf_int(buf, ask->nos[i]);
    }
    buf_add(buf, STR(")"));
}

/* The expression of FTS5 for a stage; empty when nothing was asked for. */
static struct str expression(struct arena *arena, const struct search_ask *ask, int stage)
{
    struct buf words = {.arena = arena}, all = {.arena = arena};
    size_t parts = 0;

    for (size_t i = 0; i < ask->word_count; i++)
        parts = add_parts(&words, ask->words[i], parts, ask->is_prefix && i + 1 == ask->word_count);
    if (parts == 0 || ask->no_count == 0)
        return STR("");
    add_nos(&all, ask);
    buf_add(&all,
            stage == SEARCH_STAGE_TITLE ? STR(" AND title : (") : STR(" AND (({title words} : ("));
    buf_add(&all, buf_str(&words));
    buf_add(&all, STR(")"));
    if (stage == SEARCH_STAGE_REST) {
        buf_add(&all, STR(") NOT title : ("));
        buf_add(&all, buf_str(&words));
        buf_add(&all, STR("))"));
    }
    return buf_str(&all);
}

static bool add_hit(void *data, const struct rows *row, struct err *err)
{
    struct backend_finding *finding = data;

    (void)err;
    if (finding->count < finding->max)
        finding->hits[finding->count++].id = rows_int(row, 0, 0);
    return true;
}

/* A hit's register: the index keeps no contents. */
static bool tell_registers(struct tx *tx, struct arena *arena, const struct search_ask *ask,
                           struct search_hit *hits, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct rows rows = {0};

        hits[i].no = ask->nos[0];
        for (size_t at = 0; ask->no_count > 1 && at < ask->no_count && rows.count == 0; at++) {
            if (!store_query(tx, arena, &rows,
                             "SELECT 1 FROM record WHERE tenant = $1 AND register = $2"
                             " AND id = $3 LIMIT 1",
                             ARGS(INT(tx->tenant), INT(ask->nos[at]), INT(hits[i].id)), err))
                return false;
            hits[i].no = ask->nos[at];
        }
    }
    return true;
}

bool sqlite_search_stage(struct tx *tx, struct arena *scratch, const struct search_ask *ask,
                         const struct search_cursor *cursor, struct backend_finding *finding,
                         struct err *err)
{
    struct str asked = expression(scratch, ask, cursor->stage);

    return asked.len == 0 ||
           (store_each(tx,
                       "SELECT rowid FROM search WHERE search MATCH $1 AND rowid < $2"
                       " ORDER BY rowid DESC LIMIT $3",
                       ARGS(TEXT(asked), INT(cursor->id), INT((int64_t)finding->max)), add_hit,
                       finding, err) &&
            tell_registers(tx, scratch, ask, finding->hits, finding->count, err));
}

bool sqlite_search_merge(struct tx *tx, struct err *err)
{
    return store_exec(tx, "INSERT INTO search (search, rank) VALUES ('merge', $1)",
                      ARGS(INT(-MERGE_PAGES)), err);
}
