/* How far the WAL of a connection was written; it begins anew with other salts. */
#pragma once

#include "core/core.h"

struct sqlite3;
struct sqlite3_file;

struct wal_place {
    uint32_t salt1, salt2;
    uint32_t frames; /* 0: not known */
    uint32_t page_size;
};

/* That many frames of the WAL as it is now; frames is 0 when it cannot be read. */
struct wal_place wal_place_now(struct sqlite3 *db, uint32_t frames);
/* The file of the WAL; NULL: none. */
struct sqlite3_file *wal_place_file(struct sqlite3 *db);
