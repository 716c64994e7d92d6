/*
 * All charges of a municipality, for who looks after its payments: the latest first, and what they
 * come to.  Numbers follow one another as charges are made, so a span of days is a range of
 * numbers, found by halving, and a look reads a range of the key: no other index, however many lie
 * behind.
 */
#pragma once

#include "service/charge.h"

enum {
    CHARGE_SHEET_SPAN = 20000, /* numbers that one look goes through */
};

struct charge_sheet_ask {
    struct str state;          /* as charge_state_text; empty: any */
    bool is_to_return;         /* withdrawn, and paid all the same */
    int64_t from_at, until_at; /* made from, and before; 0: any time */
    int64_t before;            /* go on behind this number; 0: the latest */
    int limit;
};

struct charge_sheet_row {
    struct charge charge;
    struct str service; /* of its case */
    struct str number;  /* likewise */
};
struct charge_sheet_page {
    struct charge_sheet_row *items;
    size_t count;
    int64_t next; /* to go on before; 0: that was all */
};
MUST_CHECK bool charge_sheet_list(struct tx *tx, struct arena *arena,
                                  const struct charge_sheet_ask *ask,
                                  struct charge_sheet_page *page, struct err *err);

/* The same added up by service, whatever before and limit say. */
struct charge_sheet_sum {
    struct str service;
    int64_t count, kop;
};
struct charge_sheet_sums {
    struct charge_sheet_sum *items;
    size_t count;
    bool is_cut; /* there are earlier ones than CHARGE_SHEET_SPAN numbers hold */
};
MUST_CHECK bool charge_sheet_sum(struct tx *tx, struct arena *arena,
                                 const struct charge_sheet_ask *ask, struct charge_sheet_sums *sums,
                                 struct err *err);
