/*
 * A tap at the WAL of one SQLite file: before pages go home by a checkpoint they are copied
 * into a file beside the database, from where a backup takes them.  All of it happens on the
 * writer's thread, between transactions, because only the writer does checkpoints.
 *
 *     backup/chain         what the backup wrote when it began; while it is there, nothing that
 *                          was committed since is missing in the files below
 *     backup/tap           blocks (wal_block.h), growing
 *     backup/cut-NNNNNNNN  the same, complete; taken away when the backup has it
 *     backup/ended         why the chain was ended: there has to be a new base
 *
 * What cannot be kept ends the chain, never a write.
 */
#pragma once

#include "store/store.h"
#include "store/wal_place.h"

enum {
    WAL_TAP_LEAST = 64 * 1024 * 1024, /* kept, however small the database is */
};

struct wal_tap {
    bool is_open;
    int fd;
    int64_t number;        /* of the file that grows */
    struct wal_place kept; /* up to there */
    int64_t bytes;         /* in the file that grows */
    bool has_frames;       /* it */
    char folder[512];
};

/* Goes on with the chain beside the database, if there is one. */
void wal_tap_open(struct wal_tap *tap, const char *database);
void wal_tap_close(struct wal_tap *tap);
/*
 * A new chain from this place of the WAL on, where the one before, if it is open, has just been
 * cut: its cuts stay, and the numbers go on.
 */
MUST_CHECK bool wal_tap_begin(struct wal_tap *tap, const char *database,
                              const struct wal_place *place, struct str chain, struct err *err);
/* Keeps the frames of the WAL up to that place. False when the chain could not even be ended:
 * then there must be no checkpoint. */
bool wal_tap_take(struct wal_tap *tap, struct sqlite3 *db, const struct wal_place *place);
/* Completes the file that grows, if it has anything, and begins the next. */
MUST_CHECK bool wal_tap_cut(struct wal_tap *tap, const struct store_head *head, int64_t at,
                            struct err *err);
/* Ends the chain. */
bool wal_tap_end(struct wal_tap *tap, const char *why);
