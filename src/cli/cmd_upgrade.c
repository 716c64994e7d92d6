#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "core/file.h"
#include "core/vec.h"

/* Where this program was started from: there the new one lies now. */
static bool find_program(struct arena *arena, struct str *path, struct err *err)
{
    char own[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", own, sizeof own - 1);
    struct str text = {own, len > 0 ? (size_t)len : 0};

    if (str_ends(text, STR(" (deleted)"))) /* the kernel's words for a file that was replaced */
        text.len -= sizeof " (deleted)" - 1;
    *path = str_copy(arena, text);
    return access(path->ptr, X_OK) == 0 ||
           err_set(err, ERR_ABSENT, "there is no program at %s any more", path->ptr);
}

/* This server's own words, as it was started, and that it takes over. */
static bool list_words(struct arena *arena, struct str program, char ***words, struct err *err)
{
    VEC(char *) list = {0};
    struct str rest;

    if (!file_read(arena, STR("/proc/self/cmdline"), 1 << 20, &rest, err))
        return false;
    (void)str_cut(&rest, '\0');
    VEC_PUSH(arena, &list, (char *)program.ptr);
    while (rest.len > 0) {
        struct str word = str_copy(arena, str_cut(&rest, '\0'));

        if (!str_equal(word, STR("--take-over")))
            VEC_PUSH(arena, &list, (char *)word.ptr);
    }
    VEC_PUSH(arena, &list, (char *)"--take-over");
    VEC_PUSH(arena, &list, NULL);
    *words = list.items;
    return true;
}

bool cmd_upgrade(struct command_run *run, struct err *err)
{
    posix_spawnattr_t attributes;
    sigset_t none, ignored;
    struct str program;
    char **words;
    pid_t pid;

    if (run->node->web == NULL)
        return err_set(err, ERR_CONFLICT, "no server is running on this data directory");
    if (!find_program(run->arena, &program, err) || !list_words(run->arena, program, &words, err))
        return false;
    sigemptyset(&none);
    sigemptyset(&ignored);
    sigaddset(&ignored, SIGCHLD);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &ignored);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int code = posix_spawn(&pid, program.ptr, NULL, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    if (code != 0)
        return err_set(err, ERR_BROKEN, "%s cannot be started: %s", program.ptr, strerror(code));
    command_print(run, "process %ld takes over\n", (long)pid);
    return true;
}
