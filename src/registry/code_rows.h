/*
 * Codes of lists one by one, with the list each belongs to: as a pack's files say, as a tenant
 * has them of its own, as the node keeps them of packs it has seen.  Lists are made of them.
 */
#pragma once

#include "registry/catalog.h"

struct code_rows_item {
    struct str list;
    struct catalog_code code;
};

struct code_rows {
    struct arena *arena; /* texts are copied into it */
    struct code_rows_item *items;
    size_t count;
    size_t cap;
};

/* Start with: struct code_rows rows = {.arena = arena}; each of these adds to it. */

/* Of its lists/…csv; ERR_INPUT names the file and what is wrong. */
MUST_CHECK bool code_rows_read_pack(struct code_rows *rows, const struct pack *pack,
                                    struct err *err);
/* Those of the tenant's own, and no other. */
MUST_CHECK bool code_rows_read_own(struct tx *tx, struct code_rows *rows, struct err *err);
MUST_CHECK bool code_rows_parse(struct code_rows *rows, struct str text, struct err *err);

/* What code_rows_parse reads. */
void code_rows_print(struct buf *out, const struct code_rows *rows);
/* Sorts by list, code and first day; of several with the same the last one stays. */
void code_rows_merge(struct code_rows *rows);
/* In merged ones; NULL when there is none of that list, code and first day. */
const struct code_rows_item *code_rows_find(const struct code_rows *rows,
                                            const struct code_rows_item *like);
bool code_rows_equal(const struct code_rows_item *one, const struct code_rows_item *other);
/* Merges them. id → struct catalog_list. */
void code_rows_lists(struct code_rows *rows, struct map *lists);
