/*
 * A flow goes on in a municipality: one event happens to it, and everything that follows is
 * written in the same write, or nothing is.
 *
 *     the flow's own rows         its parts, values and waits that changed (flow_store.h)
 *     what the engine does itself decisions of the same pack, records it creates, changes, reads,
 *                                 letters it makes, people it tells something
 *     what people do              user tasks are waits with a role (flow_task.h)
 *     what is for other flows     posts (flow_post.h): messages, signals, processes to begin
 *     what is for later           one job of the municipality, due when its next timer is
 *     who is to pay               charges, and the message that one is paid (conduct_charge.h)
 *     who did it                  flow_step, and the journal where a person did it
 *
 * What the engine itself can do is done at once, in memory, before anything is written; so a task
 * that a person completes, the decision behind it and the record that changes cost one write.
 * What depends on a record that is not written yet waits for the next write (FLOW_POST_GO).
 *
 * conduct_prepare outside the writer, conduct_run in it; conduct_step does both and begins anew
 * when somebody else was first.  A step is written once, however often it is tried.
 */
#pragma once

#include "core/vec.h"
#include "registry/attachment.h"
#include "service/service_case.h"
#include "workflow/flow_store.h"
#include "workflow/process.h"

struct conduct_work; /* what is to be written: conduct_part.h */
struct conduct_start_turn;
struct change;

/* What the registry refused in the writer: each wait for itself. */
struct conduct_refusal {
    int wait;
    int count;
    struct str why; /* the last time */
};

/* An application that is sent: its record, its files and its case are written with the first step
 * of its flow. */
struct conduct_opening {
    struct change *change;    /* prepared, of the record, with its number set */
    struct service_case one;  /* as it is asked for: a write that fails leaves it as it is */
    struct service_case made; /* set by conduct_run: as it is written, with its number */
    struct attachment *files;
    size_t file_count;
    struct str secret;  /* of the page where anybody asks how far it is (service_case.h) */
    struct str consent; /* the body of its event; empty: none is asked */
    int64_t draft_of;   /* the account whose application (service/application.h) goes with it */
};

struct conduct {
    struct process_library *processes;
    const struct catalog *catalog;
    struct arena *arena;
    int64_t now;
    int64_t actor;     /* an account; 0: nobody, as for a timer */
    struct str reason; /* theirs, for the journal; may be empty */

    /* What happens to which flow.  Of one that begins: begins, process and, where it is about a
     * record, head.no and head.record; step.node -1 is the usual start, step.process is set here.
     */
    bool begins;
    int64_t flow;     /* of one that begins 0: a new number */
    int64_t expected; /* the step it has to be at; 0: any.  ERR_CONFLICT */
    struct flow_step step;
    int64_t post;                          /* what is delivered with it; 0: none */
    const struct conduct_start_turn *turn; /* of one that begins by the clock; NULL: it does not */
    bool is_withdrawal;              /* by the applicant: ERR_CONFLICT when their case is decided */
    int rounds;                      /* of a FLOW_POST_GO: how many came before it */
    struct conduct_opening *opening; /* of one that begins with an application; NULL */

    /* Set by conduct_prepare. */
    const struct process *process;
    struct flow_store head; /* as it was, in conduct_run as it is */
    struct flow *after;     /* as it is when it is written */
    bool was_taken;         /* false: nothing waited for it, so nothing is written */
    bool has_job;           /* worker_wake after the commit */
    struct conduct_work *work;

    /* Across tries. */
    VEC(struct conduct_refusal) refusals;
};

/* Where a letter is made it waits for the disk: not on a loop.
 * ERR_ABSENT: no such flow, or the version of its pack is not on this server. */
MUST_CHECK bool conduct_prepare(struct tx *read, struct conduct *conduct, struct err *err);
/* A store_run; data is the struct conduct.  Writes nothing where was_taken is false. */
MUST_CHECK bool conduct_run(struct tx *tx, void *data, struct err *err);
/* After conduct_run failed: preparing again may help. */
bool conduct_is_late(const struct err *err);
/* What was written gave letters and charges their numbers: they are to be made, by conduct_follow
 * or else, a little later, by the job. */
bool conduct_has_letters(const struct conduct *conduct);
/* After the commit: makes them, with writes of their own; head and after are as they are then.
 * Waits for the disk: not on a loop. */
void conduct_follow(struct tenant *tenant, struct conduct *conduct);
/* The whole way, again and again when it was late, and conduct_follow.  Waits for the disk: not on
 * a loop. */
MUST_CHECK bool conduct_step(struct tenant *tenant, struct conduct *conduct, struct err *err);

/* What the engine does itself for a service task of that uprava:operation, or leaves to others. */
bool conduct_provides(struct str operation);
/* record.find and record.count, of which the first is bounded so.  Of a register, what uprava:sort
 * ("-year") and uprava:limit say; false: nothing that can be done. */
enum {
    CONDUCT_FIND_MAX = 100,
};
bool conduct_find_sort(const struct register_type *type, struct str text,
                       const struct register_field **field, bool *is_descending);
bool conduct_find_limit(struct str text, int *limit);
/* The operation is known, to us or to those who answer over the API ("exchange.ask"). */
bool conduct_knows(struct str operation);
