/*
 * Registers that a municipality publishes to those below it in the tree, as numbered editions.
 *
 * An edition is a number of the publisher's journal: what was known then.  Publishing copies
 * nothing.  A slice of the newest edition that is changed later is first kept aside, slots and
 * all, under a negative register number (publication_kept_no); so the edition is what stands in
 * record with version <= seq, and what was kept.  The difference of two editions is the
 * history between their numbers.
 *
 * Nothing is published but what is named here: the fields (public and internal ones only), and
 * for each reader a filter over indexed fields.  Decision 0018.
 */
#pragma once

#include "registry/record_list.h"

enum {
    PUBLICATION_ALL = 0, /* the reader that stands for everybody below */
    PUBLICATION_FILTER_MAX = 2000,
    PUBLICATION_NOTE_MAX = 500, /* letters */
    PUBLICATION_EDITIONS_MAX = 999999,
};

struct publication_reader {
    int64_t child;     /* its tenant's number, or PUBLICATION_ALL */
    struct str filter; /* "oktmo[starts]=04615; kind[in]=a,b", or FEEL behind =; "": all */
};

struct publication_edition {
    int64_t no; /* from 1 */
    int64_t seq;
    int64_t at;
    int64_t actor;
    int64_t total; /* records of the register, whatever the filters let through */
    struct str note;
};

struct publication {
    int64_t no; /* the register's */
    const struct register_type *type;
    struct str fields;                 /* names with commas between */
    const bool *shows;                 /* by field */
    int64_t layout;                    /* of the rows kept for the newest edition */
    struct publication_edition newest; /* no 0: there is none yet */
    struct publication_reader *readers;
    size_t reader_count;
};

/* A field of these classes may be published at all. */
bool publication_may(const struct register_field *field);
/* ERR_ABSENT: the register is not published. */
MUST_CHECK bool publication_get(const struct registry *registry, const struct register_type *type,
                                struct publication *publication, struct err *err);
/* Those of registers that are in the packs. */
MUST_CHECK bool publication_list(const struct registry *registry, struct publication **publications,
                                 size_t *count, struct err *err);
/* The row that names the reader, else the one for all; NULL: none. */
const struct publication_reader *publication_reader_of(const struct publication *publication,
                                                       int64_t reader);
/* Newest first. */
MUST_CHECK bool publication_editions(const struct registry *registry,
                                     const struct register_type *type, int limit,
                                     struct publication_edition **editions, size_t *count,
                                     struct err *err);

/* A change: registry's tx is a write, actor an account or 0. All of them stand in the journal. */
struct publication_wish {
    const struct register_type *type;
    struct str fields; /* "": all that may be published */
    struct publication_reader reader;
    int64_t actor;
};
/* Checks without writing: ERR_INPUT says what cannot be published, or filtered by. */
MUST_CHECK bool publication_check(const struct registry *registry,
                                  const struct publication_wish *wish, struct err *err);
/* Sets the fields of a publication, and one reader's filter; makes what is not there. */
MUST_CHECK bool publication_put(const struct registry *registry,
                                const struct publication_wish *wish, struct err *err);
/* From now on that reader sees nothing; PUBLICATION_ALL with the last one ends the publication. */
MUST_CHECK bool publication_remove(const struct registry *registry,
                                   const struct publication_wish *wish, struct err *err);
/*
 * A new edition: what is known now.  ERR_ABSENT when the register is not published,
 * ERR_UNAVAILABLE while an upgrade rebuilds it.  It puts a job: worker_wake after the commit.
 */
MUST_CHECK bool publication_publish(const struct registry *registry,
                                    const struct register_type *type, struct str note,
                                    int64_t actor, struct publication_edition *edition,
                                    struct err *err);

/*
 * An edition that was issued elsewhere, with its number, moment and note, is what is known here
 * now.  Editions of that number and later ones go.
 */
MUST_CHECK bool publication_adopt(const struct registry *registry, const struct register_type *type,
                                  struct publication_edition *edition, struct err *err);

/* One of these changes in a write of its own, waiting: not on a loop. */
struct publication_order {
    enum {
        PUBLICATION_PUT,
        PUBLICATION_REMOVE,
        PUBLICATION_PUBLISH,
    } what;
    struct model_library *library;
    struct arena *arena;
    int64_t now;
    struct publication_wish wish;
    struct str note;                    /* of an edition */
    struct publication_edition edition; /* the new one */
};
MUST_CHECK bool publication_do(struct tenant *tenant, struct publication_order *order,
                               struct err *err);
/* The number of a municipality below this one in the tree; ERR_INPUT when it is not. "": all. */
MUST_CHECK bool publication_child(struct tenant *tenant, struct arena *arena, struct str name,
                                  int64_t *child, struct err *err);

/* Compiles a filter; ERR_INPUT names what it cannot be. */
MUST_CHECK bool publication_filters(const struct registry *registry,
                                    const struct register_type *type, struct str text,
                                    struct record_filter **filters, size_t *count, struct err *err);
/* Under which number slices of an edition are kept. */
int64_t publication_kept_no(int64_t no, int64_t edition);
/* record_apply's: the slice that draft replaces, before it does. */
MUST_CHECK bool publication_keep(struct tx *tx, const struct record_draft *draft, struct err *err);
/* What is kept of a record, for any edition: the law may ask for it. */
MUST_CHECK bool publication_erase(struct tx *tx, int64_t no, int64_t id, struct err *err);

/* The job "registry.editions": tells those below of a new edition, and takes away what was kept
 * for those that are over. Its context is the struct model_library. */
struct worker_kind;
extern const struct worker_kind publication_kind;
