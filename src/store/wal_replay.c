#include "store/wal_replay.h"

#include "core/bytes.h"
#include "core/file.h"
#include "store/fault.h"
#include "store/sqlite.h"
#include "store/wal_block.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

enum {
    LEAF_OF_INDEX = 10, /* the kind of page that a table WITHOUT ROWID of one row is */
};

/* The frames of one commit, which may begin in one block and end in another. */
struct commit {
    struct arena *arena;
    unsigned char *frames;
    size_t count, cap;
};

struct replaying {
    struct wal_replay *replay;
    struct commit commit;
    int db;        /* descriptor of the database */
    uint32_t root; /* the page with the head of the journal */
    uint32_t page_size;
    uint32_t next; /* frames of the WAL before those awaited */
    uint32_t salt1, salt2;
    bool is_begun, is_ended;
};

static void close_db(sqlite3 **db)
{
    sqlite3_close(*db);
}

/* One row; 1: there was one. */
static bool ask(sqlite3 *db, const char *sql, int64_t argument, sqlite3_stmt **stmt,
                struct err *err)
{
    int code = sqlite3_prepare_v2(db, sql, -1, stmt, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_parameter_count(*stmt) > 0 ? sqlite3_bind_int64(*stmt, 1, argument)
                                                       : SQLITE_OK;
    if (code == SQLITE_OK)
        code = sqlite3_step(*stmt);
    return code == SQLITE_ROW || code == SQLITE_DONE || fault_set(err, db, code, sql);
}

static void finish(sqlite3_stmt **stmt)
{
    sqlite3_finalize(*stmt);
}

static bool ask_number(sqlite3 *db, const char *sql, int64_t argument, int64_t *number,
                       struct err *err)
{
    CLEANUP(finish) sqlite3_stmt *stmt = NULL;

    if (!ask(db, sql, argument, &stmt, err))
        return false;
    *number = sqlite3_column_int64(stmt, 0);
    return true;
}

static bool open_db(const char *path, sqlite3 **db, struct err *err)
{
    int code = sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, SQLITE_VFS);

    return code == SQLITE_OK || fault_set(err, *db, code, NULL);
}

static bool find_root(const char *path, uint32_t *root, struct err *err)
{
    CLEANUP(close_db) sqlite3 *db = NULL;
    int64_t number;

    if (!open_db(path, &db, err) ||
        !ask_number(db, "SELECT rootpage FROM sqlite_schema WHERE name = 'tenant_head'", 0, &number,
                    err))
        return false;
    *root = (uint32_t)number;
    return true;
}

static bool ask_head(sqlite3 *db, int64_t tenant, struct store_head *head, struct err *err)
{
    CLEANUP(finish) sqlite3_stmt *stmt = NULL;

    *head = (struct store_head){0};
    if (!ask(db, "SELECT seq, chain FROM tenant_head WHERE tenant = ?1", tenant, &stmt, err))
        return false;
    head->seq = sqlite3_column_int64(stmt, 0);
    const unsigned char *chain = sqlite3_column_text(stmt, 1);
    snprintf(head->chain, sizeof head->chain, "%s", chain != NULL ? (const char *)chain : "");
    return true;
}

static bool check_whole(sqlite3 *db, struct err *err)
{
    CLEANUP(finish) sqlite3_stmt *stmt = NULL;

    if (!ask(db, "PRAGMA quick_check(1)", 0, &stmt, err))
        return false;
    const char *told = (const char *)sqlite3_column_text(stmt, 0);
    return (told != NULL && strcmp(told, "ok") == 0) ||
           err_set(err, ERR_BROKEN, "the database is damaged: %s", told != NULL ? told : "?");
}

bool wal_replay_look(const char *path, int64_t tenant, struct wal_replay_look *look,
                     struct err *err)
{
    CLEANUP(close_db) sqlite3 *db = NULL;

    if (!open_db(path, &db, err) || !check_whole(db, err) ||
        !ask_head(db, tenant, &look->head, err))
        return false;
    look->seq = look->head.seq;
    if (look->until_at == 0)
        return true;
    int64_t first;
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str sql = str_printf(
        arena, "SELECT min(seq) FROM journal WHERE tenant = %lld AND at > ?1", (long long)tenant);
    if (!ask_number(db, sql.ptr, look->until_at, &first, err))
        return false;
    if (first > 0)
        look->seq = first - 1;
    return true;
}

static size_t step_of(const struct replaying *replaying)
{
    return (size_t)replaying->page_size + WAL_BLOCK_FRAME_HEAD;
}

/* SQLite's number of variable length; false when it goes beyond the end. */
static bool take_varint(struct str *bytes, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < bytes->len && i < 9; i++) {
        unsigned char byte = (unsigned char)bytes->ptr[i];

        *number = i == 8 ? *number << 8 | byte : *number << 7 | (byte & 0x7f);
        if (i == 8 || byte < 0x80) {
            *bytes = str_slice(*bytes, i + 1, bytes->len);
            return true;
        }
    }
    return false;
}

/* A whole number of that serial type. */
static bool take_number(struct str *bytes, uint64_t type, int64_t *number)
{
    static const int SIZES[] = {0, 1, 2, 3, 4, 6, 8};

    *number = type == 9 ? 1 : 0;
    if (type == 8 || type == 9 || type == 0)
        return true;
    if (type >= ARRAY_LEN(SIZES) || bytes->len < (size_t)SIZES[type])
        return false;
    uint64_t value = bytes_get((const unsigned char *)bytes->ptr, SIZES[type]);
    int shift = 64 - 8 * SIZES[type];
    *number = (int64_t)(value << shift) >> shift;
    *bytes = str_slice(*bytes, (size_t)SIZES[type], bytes->len);
    return true;
}

/* The journal's number in the only row (tenant, seq, chain) of the page. */
static bool read_seq(const unsigned char *page, uint32_t page_size, int64_t *seq)
{
    uint64_t cells = bytes_get(page + 3, 2);
    uint64_t at = bytes_get(page + 8, 2);
    uint64_t size, head, types[2];
    int64_t tenant;

    if (page[0] != LEAF_OF_INDEX || cells != 1 || at >= page_size)
        return false;
    struct str rest = {(const char *)page + at, (size_t)(page_size - at)};
    if (!take_varint(&rest, &size))
        return false;
    struct str record = rest;
    if (!take_varint(&rest, &head) || head > record.len || !take_varint(&rest, &types[0]) ||
        !take_varint(&rest, &types[1]))
        return false;
    rest = str_slice(record, (size_t)head, record.len);
    return take_number(&rest, types[0], &tenant) && take_number(&rest, types[1], seq);
}

/* How far the journal goes with this commit; *seq is left when it does not move it. */
static bool seq_of_commit(const struct replaying *replaying, int64_t *seq, struct err *err)
{
    const struct commit *commit = &replaying->commit;

    for (size_t i = commit->count; i-- > 0;) {
        const unsigned char *frame = commit->frames + i * step_of(replaying);

        if (bytes_get(frame, 4) != replaying->root)
            continue;
        return read_seq(frame + WAL_BLOCK_FRAME_HEAD, replaying->page_size, seq) ||
               err_set(err, ERR_BROKEN, "the head of the journal cannot be read");
    }
    return true;
}

static bool put_page(int db, const unsigned char *bytes, size_t size, int64_t at, struct err *err)
{
    while (size > 0) {
        ssize_t put = pwrite(db, bytes, size, (off_t)at);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return err_set(err, ERR_UNAVAILABLE, "the restored database cannot be written: %s",
                           strerror(errno));
        bytes += put;
        at += put;
        size -= (size_t)put;
    }
    return true;
}

static bool apply(struct replaying *replaying, struct err *err)
{
    struct commit *commit = &replaying->commit;
    uint64_t pages = 0;

    for (size_t i = 0; i < commit->count; i++) {
        const unsigned char *frame = commit->frames + i * step_of(replaying);
        uint64_t page = bytes_get(frame, 4);

        pages = bytes_get(frame + 4, 4);
        if (page == 0)
            return err_set(err, ERR_BROKEN, "a page without a number");
        if (!put_page(replaying->db, frame + WAL_BLOCK_FRAME_HEAD, replaying->page_size,
                      (int64_t)(page - 1) * replaying->page_size, err))
            return false;
    }
    commit->count = 0;
    return ftruncate(replaying->db, (off_t)pages * replaying->page_size) == 0 ||
           err_set(err, ERR_UNAVAILABLE, "the restored database cannot be written: %s",
                   strerror(errno));
}

static void add_frame(struct replaying *replaying, const unsigned char *frame)
{
    struct commit *commit = &replaying->commit;
    size_t step = step_of(replaying);

    if (commit->count == commit->cap) {
        size_t cap = MAX(commit->cap * 2, (size_t)64);

        commit->frames = arena_grow(commit->arena, commit->frames, commit->cap * step, cap * step);
        commit->cap = cap;
    }
    memcpy(commit->frames + commit->count++ * step, frame, step);
}

static bool take_frame(struct replaying *replaying, const unsigned char *frame, struct err *err)
{
    struct wal_replay *replay = replaying->replay;
    int64_t seq = 0;

    if (bytes_get(frame + 8, 4) != replaying->salt1 || bytes_get(frame + 12, 4) != replaying->salt2)
        return err_set(err, ERR_BROKEN, "a page is not of the file it stands in");
    add_frame(replaying, frame);
    if (bytes_get(frame + 4, 4) == 0)
        return true;
    if (replay->until > 0) {
        if (!seq_of_commit(replaying, &seq, err))
            return false;
        replay->is_stopped = seq > replay->until;
        if (replay->is_stopped)
            return true;
    }
    return apply(replaying, err);
}

/* Frames follow one another; a WAL that begins anew does so at a commit. */
static bool check_order(struct replaying *replaying, const struct wal_block *block, struct err *err)
{
    bool is_same = block->salt1 == replaying->salt1 && block->salt2 == replaying->salt2;

    if (!(is_same ? block->first == replaying->next
                  : block->first == 0 && replaying->commit.count == 0) ||
        (replaying->page_size != 0 && replaying->page_size != block->page_size))
        return err_set(err, ERR_BROKEN, "changes are missing in the middle");
    replaying->salt1 = block->salt1;
    replaying->salt2 = block->salt2;
    replaying->page_size = block->page_size;
    replaying->next = block->first + block->count;
    return true;
}

static bool take_block(struct replaying *replaying, const struct wal_block *block, struct err *err)
{
    switch (block->kind) {
    case WAL_BLOCK_POSITION:
        replaying->salt1 = block->salt1;
        replaying->salt2 = block->salt2;
        replaying->next = block->first;
        if (replaying->is_begun)
            return err_set(err, ERR_BROKEN, "a second beginning");
        replaying->is_begun = true;
        return true;
    case WAL_BLOCK_FRAMES_OF:
        if (!check_order(replaying, block, err))
            return false;
        for (size_t i = 0; i < block->count && !replaying->replay->is_stopped; i++)
            if (!take_frame(replaying, block->payload + i * step_of(replaying), err))
                return false;
        return true;
    case WAL_BLOCK_END:
        replaying->replay->head = block->head;
        replaying->replay->at = block->at;
        replaying->is_ended = true;
        return true;
    }
    return false;
}

static bool run_blocks(struct replaying *replaying, int fd, int64_t number, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct wal_block_reader reader = wal_block_open(arena, fd);
    struct wal_block block;
    bool found = true;

    while (!replaying->is_ended) {
        if (!wal_block_read(&reader, &block, &found, err))
            return false;
        if (!found)
            return err_set(err, ERR_BROKEN, "the changes end in the middle");
        if (block.number != number || (!replaying->is_begun && block.kind != WAL_BLOCK_POSITION))
            return err_set(err, ERR_BROKEN, "these are other changes than their name says");
        if (!take_block(replaying, &block, err))
            return false;
        if (replaying->replay->is_stopped)
            return true;
    }
    return replaying->commit.count == 0 ||
           err_set(err, ERR_BROKEN, "the changes end in the middle of a transaction");
}

bool wal_replay_run(struct wal_replay *replay, const char *database, int fd, int64_t number,
                    struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(file_close) int db = -1;
    struct replaying replaying = {.replay = replay, .commit.arena = arena};

    if (!find_root(database, &replaying.root, err))
        return false;
    db = replaying.db = open(database, O_RDWR | O_CLOEXEC);
    if (db < 0)
        return err_set(err, ERR_BROKEN, "%s: %s", database, strerror(errno));
    return run_blocks(&replaying, fd, number, err) &&
           (fdatasync(db) == 0 ||
            err_set(err, ERR_UNAVAILABLE, "%s: %s", database, strerror(errno)));
}
