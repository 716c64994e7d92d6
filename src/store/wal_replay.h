/*
 * Brings a database file that nobody has open forward by what a tap has kept (wal_block.h).
 * A file damaged in any way is refused with a sentence; the database is then of no use.
 */
#pragma once

#include "store/store.h"

struct wal_replay {
    int64_t until;          /* stop before the first commit whose journal goes further; 0: none */
    struct store_head head; /* that the file of the tap says it ends with */
    int64_t at;             /* when it was cut */
    bool is_stopped;        /* before its end */
};

/* fd: a whole file of blocks, the number-th. */
MUST_CHECK bool wal_replay_run(struct wal_replay *replay, const char *database, int fd,
                               int64_t number, struct err *err);
/*
 * Looks whether a database file that nobody has open is whole, and reads its journal's head and
 * the last number of the journal before a moment (until: 0: its head).
 */
struct wal_replay_look {
    int64_t until_at; /* 0: none */
    struct store_head head;
    int64_t seq; /* the last entry before that moment */
};
MUST_CHECK bool wal_replay_look(const char *database, int64_t tenant, struct wal_replay_look *look,
                                struct err *err);
