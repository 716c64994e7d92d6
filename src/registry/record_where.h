/*
 * A filter written in FEEL, compiled to conditions over slots: what the database answers is what
 * feel_eval says of each record (null is not true).  What cannot be so compiled is refused, with
 * the place in the text and what to change.
 *
 * = != < <= > >= between in and or not(), null tests, and yes-or-no fields by themselves; over
 * fields that have a slot and over whatever has no field in it, which is computed beforehand.
 * Slots hold texts folded, FEEL compares them exactly: a text is looked up by its slot and
 * compared in the body.
 */
#pragma once

#include "lang/feel_run.h"
#include "registry/register_type.h"
#include "store/query.h"

enum {
    RECORD_WHERE_BYTES_MAX = 4000,
    RECORD_WHERE_PARTS_MAX = 300, /* comparisons */
};

struct feel_node;
struct record_where_part;

struct record_where {
    const struct register_type *type;
    const struct feel_node *tree;
    const struct record_where_part *part;
    const struct register_field **fields; /* that it names, each once */
    size_t field_count;
    struct feel_clock clock; /* what today() and now() were */
    struct feel_entry given; /* what is known besides: "user" or "input"; value NULL: nothing */
};

/*
 * For whom a filter is compiled: their own values stand in it as user.login and user.person; or
 * for a task of a process, whose inputs stand in it as input.NAME.  One of the two, or none.
 */
struct record_where_asker {
    struct feel_clock clock;
    const struct feel_value *user;  /* of record_where_user; NULL: there is no such name */
    const struct feel_value *input; /* a context; NULL: there is no such name */
};

/* ERR_INPUT: "line 1, column 7: …". */
MUST_CHECK bool record_where_parse(struct arena *arena, const struct register_type *type,
                                   struct str text, struct feel_clock clock,
                                   const struct record_where **where, struct err *err);
/* The same for somebody. */
MUST_CHECK bool record_where_parse_as(struct arena *arena, const struct register_type *type,
                                      struct str text, const struct record_where_asker *asker,
                                      const struct record_where **where, struct err *err);
/* person: of their card, 0: none, and then no record's id equals it. */
const struct feel_value *record_where_user(struct arena *arena, struct str login, int64_t person);
/* Whether today() or now() is in it: then what it finds changes by itself. */
bool record_where_has_clock(const struct record_where *where);
/* Without the database: for what is only in history.  value: the record's body. */
bool record_where_holds(struct arena *arena, const struct record_where *where,
                        const struct json *value);
/* Adds it to the conditions of a query that runs in that transaction. */
void record_where_add(const struct record_where *where, const struct tx *tx, struct query *query);
/* The first field in it that is of none of these classes; NULL: it may be asked. */
const struct register_field *record_where_hidden(const struct record_where *where,
                                                 unsigned classes);
