#include "store/wal_place.h"

#include "core/bytes.h"
#include "store/wal_block.h"

#include <sqlite3.h>

enum {
    WAL_HEAD = 32,
};

sqlite3_file *wal_place_file(sqlite3 *db)
{
    sqlite3_file *wal = NULL;

    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) != SQLITE_OK ||
        wal == NULL || wal->pMethods == NULL)
        return NULL;
    return wal;
}

struct wal_place wal_place_now(sqlite3 *db, uint32_t frames)
{
    sqlite3_file *wal = wal_place_file(db);
    unsigned char head[WAL_HEAD];

    if (wal == NULL || wal->pMethods->xRead(wal, head, sizeof head, 0) != SQLITE_OK ||
        bytes_get(head, 4) >> 1 != 0x377f0682 >> 1)
        return (struct wal_place){0};
    struct wal_place place = {
        .salt1 = (uint32_t)bytes_get(head + 16, 4),
        .salt2 = (uint32_t)bytes_get(head + 20, 4),
        .frames = frames,
        .page_size = (uint32_t)bytes_get(head + 8, 4),
    };
    if (place.page_size < 512 || place.page_size > WAL_BLOCK_PAGE_MAX)
        return (struct wal_place){0};
    return place;
}
