/*
 * How the rows of a register are indexed: which field is in which slot, what is on the map,
 * what titles and search words are made of.  Each register's row in register_no says it as
 * text, so that an upgrade of a pack is compared with what is stored, not with a pack that
 * may be gone.  What changed is rebuilt by the job of record_reindex.h.
 *
 * While a rebuild is on its way some rows are as before: a slot that moved must not be
 * filtered or sorted by until it is over.  Who reads by a slot asks here first, and is
 * refused with ERR_UNAVAILABLE and a sentence; wrong answers are never given.
 */
#pragma once

#include "registry/model.h"

struct catalog;
struct registry;
struct tx;

/* Of one register, in a catalog. */
struct layout_state {
    int64_t edition;    /* grows with each change of the layout */
    bool is_rebuilding; /* some rows have the slots, places and titles of before */
    bool has_words;     /* the search knows all of its records */
    bool has_key;       /* natural keys are in their slot */
    bool has_map;
    const bool *moved; /* by field: its slot cannot be used yet; NULL: all can */
};

/* The layout of a type, a line for each fact. */
struct str layout_print(struct arena *arena, const struct model *model,
                        const struct register_type *type);

enum layout_part {
    LAYOUT_SLOTS, /* slots and the map */
    LAYOUT_TITLES,
    LAYOUT_WORDS,
};
/* Whether two layouts say the same about a part. */
bool layout_same(struct str one, struct str other, enum layout_part part);
/* Reads register_no into a state; was: the layout of the rows not rebuilt, if has_was. */
void layout_read(struct arena *arena, const struct register_type *type, bool has_was,
                 struct str was, struct layout_state *state);

/* Whether all rows have this field in its slot, and the register its keys, map and words. */
bool layout_has_field(const struct catalog *catalog, const struct register_type *type,
                      const struct register_field *field);
/* The same for those who cannot do without: ERR_UNAVAILABLE. */
MUST_CHECK bool layout_need_field(const struct catalog *catalog, const struct register_type *type,
                                  const struct register_field *field, struct err *err);
MUST_CHECK bool layout_need_key(const struct catalog *catalog, const struct register_type *type,
                                struct err *err);
MUST_CHECK bool layout_need_map(const struct catalog *catalog, const struct register_type *type,
                                struct err *err);
MUST_CHECK bool layout_need_words(const struct catalog *catalog, const struct register_type *type,
                                  struct err *err);

/* How far a register is, as its row says inside a transaction. */
struct layout_row {
    int64_t edition;
    int64_t slots_to;      /* records up to this id are rebuilt; INT64_MAX: all */
    int64_t words_to;      /* likewise, in the search */
    int64_t published_seq; /* the newest edition: what was known then; 0: none */
    int64_t published_no;
};
MUST_CHECK bool layout_row(struct tx *tx, struct arena *arena, int64_t no, struct layout_row *row,
                           struct err *err);
/*
 * The catalog is the one this transaction's rows are written by. ERR_UNAVAILABLE when packs
 * were renewed since it was read: asking again, one gets the new one.
 */
MUST_CHECK bool layout_check(const struct registry *registry, const struct register_type *type,
                             struct layout_row *row, struct err *err);
