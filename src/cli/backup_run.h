/* A backup of one municipality or of the node: taken, older ones let go, written down. */
#pragma once

#include "backup/take.h"
#include "cli/command.h"

struct backup_run {
    struct node *node;
    struct place place;
    struct seal *seal; /* NULL: not encrypted */
    int64_t keep;      /* generations; 0: all */
    /* Of a long one; may be NULL. */
    bool (*progress)(void *data, int64_t done, int64_t total);
    void *data;
};

/* Opens place and secret (empty: none). */
MUST_CHECK bool backup_run_open(struct backup_run *run, struct arena *arena, struct node *node,
                                struct str to, struct str secret, struct err *err);
/* The place that a command's option names, and its --secret. */
MUST_CHECK bool backup_run_command(struct backup_run *run, struct command_run *command,
                                   const char *option, struct err *err);
/* tenant "": the node itself, with what belongs to it. One at a time in a process. */
MUST_CHECK bool backup_run_one(const struct backup_run *run, struct arena *arena, struct str tenant,
                               enum take_kind kind, struct take_result *result, struct err *err);
