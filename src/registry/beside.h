/*
 * What a municipality says itself of a record that one above publishes: a value of its own for a
 * published field, or for one that is not published.
 *
 * Own values are a record like any other, with versions, history and journal, but a part of one:
 * only the fields that are said.  They stand in the tables of records under a number of their own
 * (beside_no), so no list, count, search or key of the register meets them; a reader shows them
 * beside the published record and never in its place.  They stay when an edition changes the
 * record, and when the record leaves it; borrowed.h keeps its name.  Decision 0026.
 *
 * They have no slots: who refers in them to a record that is to be deleted is found by their
 * bodies, of which there are few (beside_release).
 */
#pragma once

#include "registry/borrowed.h"

/* Under which number own values beside records of that register stand. */
int64_t beside_no(int64_t no);
/* The register whose records they stand beside; NULL: it is no such number. */
const struct register_type *beside_type(const struct catalog *catalog, int64_t no);

/* ERR_ABSENT when there are none. */
MUST_CHECK bool beside_get(const struct registry *registry, const struct register_type *type,
                           int64_t id, struct record *record, struct err *err);

struct beside {
    struct record record; /* its title is the published one's */
    bool is_gone;         /* that one is not in the edition any more */
};
struct beside_page {
    struct beside *items;
    size_t count;
};
/* Those of a register with a larger id than after, by id. */
MUST_CHECK bool beside_list(const struct registry *registry, const struct register_type *type,
                            int64_t after, int limit, struct beside_page *page, struct err *err);
/* Which of these records have own values. */
MUST_CHECK bool beside_mark(const struct registry *registry, const struct register_type *type,
                            const struct record_page *page, bool *has, struct err *err);

struct beside_change {
    const struct register_type *type;
    int64_t id;
    struct json *value; /* the fields that are said; empty: nothing is said any more */
    unsigned classes;   /* others stay as they are */
    int64_t expected;   /* the version they saw; 0: there was none; -1: whatever it is */
    int64_t actor;
    struct borrowed published; /* publisher 0: it has left the edition */
    struct record old;         /* the rest is beside_prepare's */
    struct record_draft draft;
};
/* Outside the writer. ERR_CONFLICT: not the expected version; with flaws: fields that are wrong. */
MUST_CHECK bool beside_prepare(const struct registry *registry, struct beside_change *change,
                               struct flaws *flaws, struct err *err);
MUST_CHECK bool beside_run(const struct registry *registry, struct beside_change *change,
                           struct err *err);

/* A record that goes, and a field by which own values may refer to it. */
struct beside_release {
    const struct register_type *type; /* the field's */
    const struct register_field *field;
    const struct record_draft *gone;
    int64_t actor;
};
/* In the write that deletes it: ERR_CONFLICT, or the references are taken out, as the field says.
 */
MUST_CHECK bool beside_release(const struct registry *registry,
                               const struct beside_release *release, struct err *err);
