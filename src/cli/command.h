/*
 * The commands of the program.  A command that needs the data directory runs in the
 * server when one is running (through its socket), else in this process under the
 * directory's lock: never two writers.
 *
 * To add one: src/cli/cmd_x.c, a row in commands.c, its entry in docs/reference/cli.md.
 */
#pragma once

#include "cli/node.h"
#include "core/buf.h"

enum {
    COMMAND_OPTIONS_MAX = 48,
    COMMAND_ARGS_MAX = 16,
};

enum command_place {
    COMMAND_ALONE,  /* needs no data directory */
    COMMAND_DATA,   /* needs it */
    COMMAND_TRY,    /* the same, but runs without a node when it cannot be opened */
    COMMAND_SERVER, /* is the server */
};

struct command_option {
    const char *name;  /* "--port" */
    const char *value; /* "N"; NULL: a switch */
    const char *help;
};

struct command_run {
    struct arena *arena;
    struct node *node;        /* COMMAND_DATA */
    struct str home;          /* the data directory */
    const struct err *closed; /* COMMAND_TRY: why there is no node */
    const struct command *command;
    struct str folder;   /* the caller's working directory */
    struct str store;    /* --store; empty: SQLite */
    struct str files;    /* --files; empty: in the data directory */
    struct str node_key; /* --node-key; empty: likewise */
    struct str args[COMMAND_ARGS_MAX];
    size_t arg_count;
    struct str options[COMMAND_OPTIONS_MAX]; /* in the order of the command's; empty: not given */
    bool is_json;                            /* --json: for machines */
    bool is_terminal;
    /* Where the output goes; false when nobody reads any more. */
    bool (*write)(void *data, struct str text);
    /* Told of work that may be long (total 0: unknown); false to stop. May be NULL. */
    bool (*progress)(void *data, int64_t done, int64_t total);
    void *data; /* of both */
};

struct command {
    const char *name; /* "tenant create" */
    const char *args; /* "NAME TITLE" */
    size_t args_least, args_most;
    const char *help;
    enum command_place place;
    struct command_option options[COMMAND_OPTIONS_MAX];
    bool (*run)(struct command_run *run, struct err *err);
};

extern const struct command commands[];
extern const size_t command_count;

/* The option's value ("" for a switch that is given is "yes"). */
struct str command_option(const struct command_run *run, const char *name);
bool command_has(const struct command_run *run, const char *name);
void command_print(struct command_run *run, const char *format, ...) PRINTF(2);
/* A path as the caller meant it. */
struct str command_path(const struct command_run *run, struct str path);
/* The same; empty stays empty. */
struct str command_folder(const struct command_run *run, struct str path);
/* Reads argv behind the program's name; ERR_INPUT says what is wrong with it. */
MUST_CHECK bool command_parse(struct arena *arena, const struct str *words, size_t count,
                              struct command_run *run, struct str *data, struct err *err);
