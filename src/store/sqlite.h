/*
 * The SQLite back end: connections to one file each.
 *
 * Numbered rules of this back end (SQLite before 3.51.3 may lose commits when one
 * connection checkpoints while another commits):
 * 1. One writing connection a file, and it alone does every checkpoint.
 * 2. Readers are query_only and never checkpoint, not even when they close last.  One that idles
 *    may become the writing connection (promote); never the other way round.
 * 3. No other code of this process may open() a live database file: closing any
 *    descriptor of it would drop SQLite's POSIX locks.
 * 4. A read leaves its transaction open, and the next one goes on in it as long as the era is
 *    the same: taking and giving back a lock is a sixth of a short read.  A commit ends the
 *    tenant's era before anybody is told of it, and so does a checkpoint before and behind it;
 *    it also ends the transactions of idle readers, so that no WAL grows because of them.
 */
#pragma once

#include "store/backend.h"
#include "store/migration.h"
#include "store/wal_tap.h"

/* What a session takes that has run nothing yet. */
enum {
    SQLITE_SESSION_BYTES = 16 * 1024,
    SQLITE_SESSION_FILES = 2, /* the database and its WAL */
};

/*
 * One process has a file at a time, with as many connections as it likes: what these share of
 * the WAL lies in its memory.  Other programs find the file locked.  Decision 0027.
 */
#define SQLITE_VFS "unix-excl"

struct sqlite_options {
    const char *vfs; /* NULL: SQLITE_VFS */
    bool is_writer;
    bool is_unsafe; /* synchronous=OFF */
};

extern const struct backend sqlite_backend;

/* What snapshot.c has to know of a writer, on its thread. */
struct sqlite_wal {
    struct sqlite3 *db;
    struct wal_tap *tap;
    struct wal_place place; /* at the last commit; not known before the first one */
    bool is_home;           /* all frames up to there are in the file too */
};
struct sqlite_wal sqlite_wal_of(struct store_session *session);

MUST_CHECK bool sqlite_open(const char *path, const struct sqlite_options *options,
                            struct store_session **session, struct err *err);
/* Makes a whole new file with these tables, closed and ready to be copied. */
MUST_CHECK bool sqlite_create(const char *path, const struct migration *steps, struct err *err);
