/*
 * The search index of a tenant: words (already folded and stemmed by registry/words.c)
 * by record.  One entry a record; found in the order: words in the title first, then
 * newest first (ids grow), the same on every back end.
 */
#pragma once

#include "store/store.h"

struct search_entry {
    int64_t no;       /* the register's number */
    int64_t id;       /* the record's */
    struct str title; /* words of the title fields, separated by spaces */
    struct str words; /* of the other fields */
};

/*
 * old is what was put before (NULL: nothing), next what holds now (NULL: taken out).  In a
 * write; done at the end of its transaction, so the write itself does not find it yet.
 */
MUST_CHECK bool search_change(struct tx *tx, const struct search_entry *old,
                              const struct search_entry *next, struct err *err);

/* Empties the tenant's index, at the end of the write like any change: it is to be filled anew. */
MUST_CHECK bool search_clear(struct tx *tx, struct err *err);

enum {
    SEARCH_STAGE_TITLE = 1, /* every word is in the title */
    SEARCH_STAGE_REST,      /* every word is somewhere, not every one in the title */
    SEARCH_STAGE_LAST,      /* behind the last hit */
};

struct search_cursor {
    int stage;  /* 0: start; set by search_find to that of the hits */
    int64_t id; /* the last found */
};

/*
 * Records of the registers nos (none: nothing is found) that have every word; the last
 * word is a prefix when is_prefix.  At most limit hits; *cursor moves on; *is_more tells
 * that there may be more.
 */
struct search_ask {
    const int64_t *nos;
    size_t no_count;
    const struct str *words;
    size_t word_count;
    bool is_prefix;
    int limit;
};
struct search_hit {
    int64_t no;
    int64_t id;
};
MUST_CHECK bool search_find(struct tx *tx, struct arena *arena, const struct search_ask *ask,
                            struct search_cursor *cursor, struct search_hit *hits, size_t *count,
                            bool *is_more, struct err *err);
/* Merges the index's segments; called when the writer idles and after bulk loads. */
MUST_CHECK bool search_merge(struct tx *tx, struct err *err);
