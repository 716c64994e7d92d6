/*
 * When which tenant is to be looked at: places by name, and by the time they are due.  A place
 * is there as long as its tenant has something to do or somebody looks at it; so thousands of
 * tenants cost nothing while they rest.  No lock: its user has one.
 */
#pragma once

#include "core/arena.h"
#include "core/str.h"

enum {
    AGENDA_NAME_MAX = 64,
};

struct agenda_place {
    char text[AGENDA_NAME_MAX];
    struct str name;
    int64_t due_at;    /* INT64_MAX: when woken */
    int visitors;      /* threads that look at it */
    bool is_recovered; /* jobs of a process that died are due again */
    bool is_busy;      /* one thread recovers, the others keep away */

    size_t at; /* in the heap */
    struct agenda_place *next;
};

struct agenda;

struct agenda *agenda_new(void);
/* Accepts NULL inside. */
void agenda_close(struct agenda **agenda);
/* Found or made: due never, recovered. The name is a tenant's. */
struct agenda_place *agenda_get(struct agenda *agenda, struct str name);
/* Sets when it is due and whether it is busy. */
void agenda_set(struct agenda *agenda, struct agenda_place *place, int64_t due_at, bool is_busy);
/* The one due first that is not busy; NULL when none is ever due. */
struct agenda_place *agenda_first(const struct agenda *agenda);
/* The same among those nobody looks at. Cheap while few are looked at. */
struct agenda_place *agenda_first_new(const struct agenda *agenda);
/* Forgets a place that is due never and has no visitors. */
void agenda_tidy(struct agenda *agenda, struct agenda_place *place);
size_t agenda_count(const struct agenda *agenda);
