#include "link/arrive.h"

#include "auth/journal.h"
#include "core/file.h"
#include "core/id.h"
#include "core/time.h"
#include "link/edition_apply.h"
#include "link/edition_file.h"
#include "link/fetch.h"

#include <fcntl.h>
#include <unistd.h>

#define PREFIX "arrived-"

enum {
    PIECE = 256 * 1024,
};

/* What a job that was given up or stopped has left. */
#define KEPT_MS (INT64_C(7) * 24 * 60 * 60 * 1000)

struct sweeping {
    struct arena *arena;
    struct str folder;
    int64_t now;
};

static bool sweep_one(void *data, struct str name, int64_t at, struct err *err)
{
    const struct sweeping *sweeping = data;

    (void)err;
    if (str_starts(name, STR(PREFIX)) && at < sweeping->now - KEPT_MS)
        unlink(str_to_z(sweeping->arena, file_join(sweeping->arena, sweeping->folder, name)));
    return true;
}

static bool copy(int from, int to, struct arena *arena, struct err *err)
{
    char *room = ARENA_ARRAY(arena, char, PIECE);
    int64_t at = 0;
    size_t got;

    do {
        if (!file_pull(from, at, room, PIECE, &got, err))
            return false;
        if (pwrite(to, room, got, at) != (ssize_t)got)
            return err_set(err, ERR_UNAVAILABLE, "what arrives cannot be kept: is the disk full?");
        at += (int64_t)got;
    } while (got > 0);
    return fsync(to) == 0 ||
           err_set(err, ERR_UNAVAILABLE, "what arrives cannot be kept: is the disk full?");
}

bool arrive_keep(struct tenant *tenant, struct arena *arena, int fd, int64_t now, struct str *name,
                 struct err *err)
{
    CLEANUP(file_close) int to = -1;
    struct sweeping sweeping = {arena, tenant_folder(tenant), now};
    struct str path;

    *name = str_printf(arena, PREFIX "%.*s", STR_ARG(id_text(arena, id_next(now))));
    path = file_join(arena, tenant_folder(tenant), *name);
    if (!file_each(tenant_folder(tenant), sweep_one, &sweeping, err))
        return false;
    to = open(str_to_z(arena, path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0)
        return err_set(err, ERR_UNAVAILABLE, "what arrives cannot be kept: is the disk full?");
    if (copy(fd, to, arena, err))
        return true;
    unlink(str_to_z(arena, path));
    return false;
}

bool arrive_put(struct tx *tx, struct str name, int64_t actor, int64_t now, int64_t *id,
                struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct journal_entry entry = {.at = now, .actor = actor, .action = STR("edition.upload")};
    struct job job = {.kind = arrive_kind.name,
                      .payload = str_printf(arena, "{\"file\":\"%.*s\"}", STR_ARG(name)),
                      .actor = actor,
                      .put_at = now};

    return job_put(tx, &job, now, id, err) && journal_add(tx, &entry, err);
}

struct taking {
    struct worker_task *task;
    struct edition_file file;
    bool is_stopping;
};

static bool rewind_file(void *data, edition_pull **pull, void **pull_data, struct err *err)
{
    struct taking *taking = data;

    return edition_file_rewind(&taking->file, pull, pull_data, err);
}

static bool tell(void *data, int64_t done, int64_t total)
{
    struct taking *taking = data;
    struct err err;

    return worker_report(taking->task, STR("Taking an edition"), done, total, (struct str){0},
                         &taking->is_stopping, &err) &&
           !taking->is_stopping;
}

static void end_taking(struct taking *taking)
{
    edition_file_close(&taking->file);
}

static bool take(struct taking *taking, int fd, struct edition_result *result, struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    struct worker_task *task = taking->task;
    const struct fetch_context *context = task->context;
    struct edition_apply apply = {.library = context->library,
                                  .now = time_now(),
                                  .rewind = rewind_file,
                                  .progress = tell,
                                  .data = taking};
    struct edition_head head;

    taking->file.fd = fd;
    if (!edition_file_head(fd, task->arena, &head, err) ||
        !mirror_find(tenant_store(task->tenant), task->arena, tenant_info(task->tenant)->name,
                     head.publisher.id, &mirror, err))
        return false;
    apply.mirror = mirror;
    if (!edition_apply(&apply, task->arena, result, err))
        return false;
    worker_wake(task->pool, tenant_info(mirror)->name);
    return true;
}

/* The name comes from arrive_keep by way of the database: nothing else is opened. */
static bool find_path(const struct worker_task *task, struct str *path, struct err *err)
{
    struct json *payload;
    struct str name;

    if (!json_parse(task->arena, task->job.payload, NULL, &payload, err))
        return false;
    name = json_find_text(payload, STR("file"));
    if (!str_starts(name, STR(PREFIX)) || str_find_char(name, '/') < name.len)
        return err_set(err, ERR_INPUT, "there is no such file");
    *path = file_join(task->arena, tenant_folder(task->tenant), name);
    return true;
}

static bool run_arrive(struct worker_task *task, struct str *result, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    CLEANUP(end_taking) struct taking taking = {.task = task};
    struct edition_result taken;
    struct str path;

    if (!find_path(task, &path, err) || !file_open(path, &fd, err))
        return false;
    if (!take(&taking, fd, &taken, err)) {
        if (taking.is_stopping)
            return true; /* it begins anew, or was stopped for good: then it is swept away */
        if (err->code != ERR_UNAVAILABLE)
            unlink(str_to_z(task->arena, path));
        return false;
    }
    unlink(str_to_z(task->arena, path));
    *result = str_printf(task->arena, "{\"lines\":%lld}", (long long)taken.lines);
    return true;
}

const struct worker_kind arrive_kind = {STR_INIT("link.arrive"), run_arrive, NULL};
