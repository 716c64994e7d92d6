#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/owner.h"
#include "cli/password.h"
#include "cli/socket.h"
#include "core/file.h"
#include "core/utf8.h"
#include "core/vec.h"

/* What failed, as an exit status: 2 is a mistake in the call, 1 everything else. */
static int exit_status(enum err_code code)
{
    static const int STATUSES[] = {
        [ERR_NONE] = 0,     [ERR_INPUT] = 2, [ERR_DENIED] = 4,      [ERR_ABSENT] = 3,
        [ERR_CONFLICT] = 5, [ERR_LIMIT] = 6, [ERR_UNAVAILABLE] = 7, [ERR_BROKEN] = 1,
    };

    return STATUSES[code];
}

static bool write_stdout(void *data, struct str text)
{
    (void)data;
    return text.len == 0 ||
           (fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0);
}

/* Opening makes what is missing: not for a command that only looks. */
static bool can_open(const struct command_run *run, struct str data, struct err *err)
{
    return run->command->place != COMMAND_TRY || file_is_folder(data) ||
           err_set(err, ERR_ABSENT, "there is no data directory %.*s; uprava serve makes it",
                   STR_ARG(data));
}

static bool run_here(struct command_run *run, struct str data, struct err *err)
{
    struct node_options options = {.data = data,
                                   .store = run->store,
                                   .files = command_folder(run, run->files),
                                   .key = command_folder(run, run->node_key)};
    struct node node = {0};
    struct err closed = {0};

    bool is_open = can_open(run, data, &closed) && node_open(run->arena, &options, &node, &closed);
    if (!is_open && run->command->place != COMMAND_TRY) {
        node_close(&node);
        *err = closed;
        return false;
    }
    run->node = is_open ? &node : NULL;
    run->closed = &closed;
    bool ok = run->command->run(run, err);
    node_close(&node);
    return ok;
}

static bool has_help(const struct str *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(words[i], STR("--help")))
            return true;
    return count == 0;
}

static struct str from_environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? str_from_z(value) : STR("");
}

/* words: with room for one more. */
static bool run_words(struct arena *arena, struct str *words, size_t count, struct err *err)
{
    char folder[4096];
    struct command_run run = {.write = write_stdout, .is_terminal = isatty(STDOUT_FILENO)};
    struct str data = STR("var");
    bool ok;

    run.store = from_environment("UPRAVA_STORE");
    run.files = from_environment("UPRAVA_FILES");
    run.node_key = from_environment("UPRAVA_NODE_KEY");
    if (has_help(words, count)) {
        struct str help[COMMAND_ARGS_MAX] = {STR("help")};
        size_t used = 1;

        for (size_t i = 0; i < count && used < 4 && !str_starts(words[i], STR("-")); i++)
            help[used++] = words[i];
        return command_parse(arena, help, used, &run, &data, err) && run.command->run(&run, err);
    }
    if (!command_parse(arena, words, count, &run, &data, err))
        return false;
    if (getcwd(folder, sizeof folder) == NULL)
        return err_set(err, ERR_BROKEN, "the working directory is gone");
    run.folder = str_from_z(folder);
    if (run.command->place == COMMAND_ALONE)
        return run.command->run(&run, err);
    data = run.home = str_copy(arena, command_path(&run, data));
    if (run.command->place == COMMAND_SERVER)
        return run.command->run(&run, err);
    if (!password_ask(&run, words, &count, err))
        return false;
    struct socket_command asked = {run.folder, words, count, write_stdout, NULL};
    if (socket_ask(arena, data, &asked, &ok, err))
        return ok;
    return owner_become(data, err) && run_here(&run, data, err);
}

int main(int argc, char **argv)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(64 * 1024);
    VEC(struct str) words = {0};
    struct err err = {0};

    signal(SIGPIPE, SIG_IGN);
    for (int i = 1; i < argc; i++) {
        struct str word = str_from_z(argv[i]);

        if (!utf8_is_valid(word)) {
            fprintf(stderr, "uprava: the command line is not UTF-8\n");
            return exit_status(ERR_INPUT);
        }
        VEC_PUSH(arena, &words, word);
    }
    VEC_PUSH(arena, &words, (struct str){0}); /* the room */
    if (run_words(arena, words.items, words.count - 1, &err))
        return 0;
    fprintf(stderr, "uprava: %s\n", err.text);
    return exit_status(err.code);
}
