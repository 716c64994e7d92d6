/* Where a store keeps what it heard: for the files of store/. */
#pragma once

#include "store/news.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    NEWS_BOARD_BUCKETS = 1024, /* tenants that share one read a little more */
};

struct news_board {
    _Atomic uint32_t stamps[NEWS_KINDS][NEWS_BOARD_BUCKETS];
    _Atomic uint32_t tenants; /* any tenant's title, domain or state */
    _Atomic int64_t looked_us;
    atomic_bool is_watched;
    pthread_mutex_t mutex;
    pthread_cond_t looked;
    char origin[24]; /* which process this is */
};

void news_board_init(struct news_board *board);
void news_board_done(struct news_board *board);
void news_board_turn(struct news_board *board, int64_t tenant, enum news_kind kind);
/* All that is remembered of all. */
void news_board_turn_all(struct news_board *board);
/* What the others had done up to that moment is on the board. */
void news_board_looked(struct news_board *board, int64_t moment_us);
