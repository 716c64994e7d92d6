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

/* Where backups are, and how they are reached and read; what is empty is not needed. */
struct backup_run_where {
    struct str to;     /* a folder or an address s3://… */
    struct str access; /* a file: bucket_access.h */
    struct str secret; /* a file: seal.h */
};

/* For backup_run_close. */
MUST_CHECK bool backup_run_open(struct backup_run *run, struct arena *arena, struct node *node,
                                const struct backup_run_where *where, struct err *err);
void backup_run_close(struct backup_run *run);
/* A path as the caller meant it; an address of a bucket as it is. */
struct str backup_run_target(const struct command_run *command, const char *option);
/* The place that a command's option names, its --s3 and its --secret. For backup_run_close. */
MUST_CHECK bool backup_run_command(struct backup_run *run, struct command_run *command,
                                   const char *option, struct err *err);
/* tenant "": the node itself, with what belongs to it. One at a time in a process. */
MUST_CHECK bool backup_run_one(const struct backup_run *run, struct arena *arena, struct str tenant,
                               enum take_kind kind, struct take_result *result, struct err *err);
