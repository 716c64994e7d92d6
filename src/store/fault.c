#include "store/fault.h"

#include <errno.h>
#include <string.h>

#include <sqlite3.h>

static const char *file_of(sqlite3 *db)
{
    const char *file = db != NULL ? sqlite3_db_filename(db, "main") : NULL;

    return file != NULL && file[0] != '\0' ? file : "the database";
}

/*
 * What the operating system said last to this connection. A failed COMMIT does not bring
 * it to sqlite3_system_errno: then the file of the WAL knows.
 */
static int last_errno(sqlite3 *db)
{
    int why = db != NULL ? sqlite3_system_errno(db) : 0;
    sqlite3_file *wal = NULL;

    if (why == 0 && db != NULL &&
        sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) == SQLITE_OK &&
        wal != NULL && wal->pMethods != NULL)
        wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &why);
    return why;
}

static bool set_io(struct err *err, sqlite3 *db, int code)
{
    int why = last_errno(db);

    if (code == SQLITE_FULL || why == ENOSPC || why == EDQUOT || why == EFBIG)
        return err_set(err, ERR_UNAVAILABLE,
                       "nothing was saved: the disk with %s is full; free some space and try again",
                       file_of(db));
    if ((code & 0xff) == SQLITE_READONLY || why == EROFS)
        return err_set(err, ERR_UNAVAILABLE,
                       "nothing was saved: %s is on a disk that can only be read", file_of(db));
    if (why == EMFILE || why == ENFILE)
        return err_set(err, ERR_UNAVAILABLE,
                       "too many files are open: raise LimitNOFILE or lower --open-files");
    return err_set(err, ERR_BROKEN, "the disk failed at %s (%s, code %d): look at the system's log",
                   file_of(db), why != 0 ? strerror(why) : "no reason given", code);
}

bool fault_is_fatal(int code)
{
    int kind = code & 0xff;

    return kind == SQLITE_IOERR || kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB ||
           kind == SQLITE_CANTOPEN || kind == SQLITE_NOMEM;
}

bool fault_set(struct err *err, sqlite3 *db, int code, const char *sql)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        return set_io(err, db, code);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return err_set(err, ERR_BROKEN, "%s is damaged: restore it from a backup", file_of(db));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(err, ERR_UNAVAILABLE, "%s is held by another program", file_of(db));
    case SQLITE_INTERRUPT:
        return err_set(err, ERR_LIMIT, "the search took too long");
    case SQLITE_NOMEM:
        return err_set(err, ERR_UNAVAILABLE, "there is no memory left for the database");
    case SQLITE_TOOBIG:
        return err_set(err, ERR_LIMIT, "the text is too long to be stored");
    case SQLITE_CONSTRAINT:
        if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
            return err_set(err, ERR_CONFLICT, "there is such a row already (%s)",
                           sqlite3_errmsg(db));
        break;
    default:
        break;
    }
    return err_set(err, ERR_BROKEN, "%s%s%s (code %d)",
                   db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code),
                   sql != NULL ? " in: " : "", sql != NULL ? sql : "", code);
}
