/*
 * What uprava doctor finds: each finding is a sentence, with what to do when something is to be
 * done.  It only looks: nothing is changed, so it works beside a running server, inside it.
 */
#pragma once

#include "cli/command.h"

enum doctor_state {
    DOCTOR_FINE,
    DOCTOR_ADVICE, /* it works, but not as well or as safely as it could */
    DOCTOR_BROKEN,
};

struct doctor {
    struct command_run *run;
    int64_t now;
    int counts[3];
};

/* check: one word for machines. */
void doctor_say(struct doctor *doctor, enum doctor_state state, const char *check,
                const char *format, ...) PRINTF(4);
/* The disk, owners and modes of the data directory, the clock, descriptors, certificates, the
 * proxy. */
void doctor_look_at_machine(struct doctor *doctor);
/* The databases and journals; needs run->node. */
void doctor_look_at_data(struct doctor *doctor);
