/*
 * What a pack says of a letter beside it, in letters/NAME.json: that what is made of it is a
 * document, with a number and a day, and not only a file.
 *
 *     {"title": "Отказ", "series": "outgoing", "number": "01-12/{n}", "pdf": true}
 *
 * series: the counter, of the municipality; letters of all packs that name the same one share it,
 * and each year it begins anew.  number: {n}, {n:4} with noughts before it, {year}.
 */
#pragma once

#include "core/json.h"
#include "pack/pack.h"

enum {
    LETTER_RULES_NUMBER_MAX = 60, /* bytes of a number as it is printed, at most */
};

struct letter_rules {
    struct str title;    /* msgid, Russian: what kind of document it is */
    struct str series;   /* empty: letters of this kind are not registered */
    struct str number;   /* the pattern */
    struct str language; /* of the letter: how it writes the day; "ru" when it is not said */
    bool has_pdf;        /* it is made as PDF besides, where the server can */
};

/* Of the letter of that name; an empty series when nothing stands beside it. */
MUST_CHECK bool letter_rules_read(struct arena *arena, const struct pack *pack, struct str letter,
                                  struct letter_rules *rules, struct err *err);
/* "01-12/34" */
void letter_rules_print_number(struct buf *buf, struct str pattern, int64_t n, int year);
/* "9 марта 2026 г.", as letters have it in that language. */
void letter_rules_print_day(struct buf *buf, int64_t day, struct str language);
/* The checker of such a file. */
void letter_rules_check_file(const struct pack *pack, const struct pack_file *file,
                             struct pack_findings *findings);
