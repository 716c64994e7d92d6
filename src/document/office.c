#include "document/office.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/time.h"
#include "document/office_fence.h"

enum {
    LOOK_MS = 20,
    ASK_MS = 500, /* between questions whether the server ends */
};

#define PDF_HEAD "%PDF-"
#define PDF_END  "%%EOF"

struct place {
    struct arena *arena;
    struct str folder, work, profile;
    int lock;
};

struct str office_says(enum office_outcome outcome)
{
    static const char *const SENTENCES[] = {
        [OFFICE_DONE] = "",
        [OFFICE_BUSY] = "",
        [OFFICE_STOPPED] = "",
        [OFFICE_ABSENT] = "No office suite is installed on this server.",
        [OFFICE_LATE] = "The office suite did not finish in time.",
        [OFFICE_CRASHED] = "The office suite failed.",
        [OFFICE_GARBAGE] = "The office suite made no PDF of it.",
    };

    return str_from_z(SENTENCES[outcome]);
}

static bool can_run(struct arena *arena, struct str path)
{
    return !file_is_folder(path) && access(str_to_z(arena, path), X_OK) == 0;
}

struct str office_find(struct arena *arena, struct str asked)
{
    static const char *const NAMES[] = {"soffice", "libreoffice"};
    struct str folders = str_from_z(getenv("PATH"));

    if (asked.len > 0)
        return can_run(arena, asked) ? asked : (struct str){0};
    while (folders.len > 0) {
        struct str folder = str_cut(&folders, ':');

        for (size_t i = 0; i < ARRAY_LEN(NAMES) && str_starts(folder, STR("/")); i++) {
            struct str path = file_join(arena, folder, str_from_z(NAMES[i]));

            if (can_run(arena, path))
                return path;
        }
    }
    return (struct str){0};
}

static void leave(struct place *place)
{
    struct err ignored;

    if (place->lock < 0)
        return;
    if (place->work.len > 0)
        (void)!file_remove_tree(place->work, &ignored); /* else the next one does */
    file_close(&place->lock);
}

/* The lock ends with the process, however that ends. */
static bool take_place(const struct office *office, struct place *place, bool *is_busy,
                       struct err *err)
{
    struct str path = file_join(place->arena, office->folder, STR("lock"));

    place->folder = office->folder;
    *is_busy = false;
    if (!file_make_folder(office->folder, err))
        return false;
    place->lock = open(str_to_z(place->arena, path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (place->lock < 0)
        return err_set(err, ERR_BROKEN, "%.*s: %s", STR_ARG(path), strerror(errno));
    if (flock(place->lock, LOCK_EX | LOCK_NB) != 0) {
        *is_busy = true;
        file_close(&place->lock);
        return true;
    }
    place->work = file_join(place->arena, office->folder, STR("work"));
    place->profile = file_join(place->arena, office->folder, STR("profile"));
    return (!file_exists(place->work) || file_remove_tree(place->work, err)) &&
           file_make_folder(file_join(place->arena, place->work, STR("tmp")), err) &&
           file_make_folder(file_join(place->arena, place->work, STR("out")), err);
}

static void rest(void)
{
    const struct timespec pause = {0, LOOK_MS * 1000000L};

    nanosleep(&pause, NULL);
}

/* All it started is of its group; that nothing is left of it is no matter. */
static void kill_all(pid_t pid)
{
    (void)kill(-pid, SIGKILL);
}

/* Until it is over, or has to be. */
static enum office_outcome wait_for(const struct office *office, pid_t pid, int seconds)
{
    int64_t until_us = time_monotonic_us() + seconds * INT64_C(1000000);
    int64_t ask_us = time_monotonic_us() + ASK_MS * INT64_C(1000);
    enum office_outcome outcome = OFFICE_CRASHED;
    int status = 0;
    pid_t ended;

    while ((ended = waitpid(pid, &status, WNOHANG)) == 0) {
        if (time_monotonic_us() > until_us) {
            outcome = OFFICE_LATE;
            break;
        }
        if (office->is_over != NULL && time_monotonic_us() > ask_us) {
            ask_us = time_monotonic_us() + ASK_MS * INT64_C(1000);
            if (office->is_over(office->data)) {
                outcome = OFFICE_STOPPED;
                break;
            }
        }
        rest();
    }
    kill_all(pid);
    if (ended == 0)
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
    else if (ended < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
        outcome = OFFICE_DONE; /* a server does not learn how: its children go by themselves */
    return outcome;
}

static bool run(const struct office *office, const struct place *place,
                enum office_outcome *outcome, struct err *err)
{
    struct arena *arena = place->arena;
    int seconds = office->seconds > 0 ? office->seconds : OFFICE_SECONDS;
    char *program = str_to_z(arena, office->program);
    char *work = str_to_z(arena, place->work);
    char *profile = str_to_z(
        arena, str_printf(arena, "-env:UserInstallation=file://%.*s", STR_ARG(place->profile)));
    char *home = str_to_z(arena, str_printf(arena, "HOME=%s", work));
    char *scratch = str_to_z(arena, str_printf(arena, "TMPDIR=%s/tmp", work));
    char *const words[] = {program,
                           profile,
                           (char[]){"--headless"},
                           (char[]){"--norestore"},
                           (char[]){"--nolockcheck"},
                           (char[]){"--convert-to"},
                           (char[]){"pdf:writer_pdf_Export"},
                           (char[]){"--outdir"},
                           (char[]){"out"},
                           (char[]){"letter.odt"},
                           NULL};
    char *const environment[] = {home,
                                 scratch,
                                 (char[]){"PATH=/usr/bin:/bin"},
                                 (char[]){"LANG=C.UTF-8"},
                                 (char[]){"SAL_USE_VCLPLUGIN=svp"},
                                 NULL};
    pid_t pid =
        office_fence_start(&(struct office_fence){program, work, words, environment, seconds});

    if (pid < 0)
        return err_set(err, ERR_BROKEN, "no process can be made: %s", strerror(errno));
    *outcome = wait_for(office, pid, seconds);
    return true;
}

static bool is_pdf(struct str bytes)
{
    struct str end = str_slice(bytes, bytes.len > 1024 ? bytes.len - 1024 : 0, 1024);

    return str_starts(bytes, STR(PDF_HEAD)) && str_find(end, STR(PDF_END)) < end.len;
}

static bool read_pdf(const struct place *place, struct arena *arena, struct str *pdf)
{
    struct str path = file_join(place->arena, place->work, STR("out/letter.pdf"));
    struct err absent;

    return file_read(arena, path, OFFICE_PDF_MAX, pdf, &absent) && is_pdf(*pdf);
}

bool office_convert(const struct office *office, struct arena *arena, struct str letter,
                    enum office_outcome *outcome, struct str *pdf, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    CLEANUP(leave) struct place place = {.arena = scratch, .lock = -1};
    struct err ignored;
    bool is_busy;

    *outcome = OFFICE_ABSENT;
    if (office->program.len == 0)
        return true;
    if (!take_place(office, &place, &is_busy, err))
        return false;
    *outcome = OFFICE_BUSY;
    if (is_busy)
        return true;
    if (!file_write(file_join(scratch, place.work, STR("letter.odt")), letter, err) ||
        !run(office, &place, outcome, err))
        return false;
    if (*outcome == OFFICE_DONE && !read_pdf(&place, arena, pdf))
        *outcome = OFFICE_GARBAGE;
    /* Its own files may be what is broken: the next one begins with new ones. */
    if (*outcome != OFFICE_DONE && file_exists(place.profile))
        (void)!file_remove_tree(place.profile, &ignored);
    return true;
}
