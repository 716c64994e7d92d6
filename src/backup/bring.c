#include "backup/bring.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/bytes.h"
#include "core/file.h"
#include "core/vec.h"
#include "store/wal_replay.h"

enum {
    PIECE = 128 * 1024,
};

struct bringing {
    const struct bring *bring;
    struct arena *arena;
    struct str home;
    struct str database;
    struct step_list steps;
    struct step_head base;
    int64_t until;
    bool is_stopped;
    VEC(struct str) lists;
    struct bring_result *result;
};

static bool while_step(const struct bringing *bringing, const struct step *step, struct err *err)
{
    return err_while(err, "%.*s", STR_ARG(step_path(bringing->arena, bringing->home, step)));
}

bool bring_head(const struct place *place, struct arena *arena, struct str home,
                const struct step *step, struct step_head *head, struct err *err)
{
    CLEANUP(crate_close) struct crate_reader reader = {0};
    CLEANUP(file_close) int fd = -1;
    struct str path = step_path(arena, home, step);

    return (place_fetch(place, arena, path, CRATE_HEAD_END, &fd, err) &&
            crate_peek_head(&reader, arena, fd, err) &&
            step_parse(arena, reader.head, step, head, err)) ||
           err_while(err, "%.*s", STR_ARG(path));
}

static bool write_all(int fd, struct str bytes, struct err *err)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.ptr, bytes.len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return err_set(err, ERR_UNAVAILABLE, "what is restored cannot be written: %s",
                           strerrordesc_np(errno));
        bytes = str_slice(bytes, (size_t)put, bytes.len);
    }
    return true;
}

static bool make(struct arena *arena, struct str path, int *fd, struct err *err)
{
    *fd = open(str_to_z(arena, path), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return *fd >= 0 || err_set(err, ERR_UNAVAILABLE, "%.*s cannot be made: %s", STR_ARG(path),
                               strerrordesc_np(errno));
}

/* All that the crate holds into a new file; *size of it. */
static bool unpack(const struct bringing *bringing, struct crate_reader *reader, struct str path,
                   int64_t *size, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    const struct bring *bring = bringing->bring;
    char *room = arena_alloc(arena, PIECE);
    size_t got = 1;

    *size = 0;
    if (!make(arena, path, &fd, err))
        return false;
    while (got > 0) {
        if (!crate_pull(reader, room, PIECE, &got, err) ||
            !write_all(fd, (struct str){room, got}, err))
            return false;
        *size += (int64_t)got;
        if (bring->progress != NULL && !bring->progress(bring->data, *size, 0))
            return err_set(err, ERR_UNAVAILABLE, "it was stopped");
    }
    return fsync(fd) == 0 || err_set(err, ERR_UNAVAILABLE, "%.*s cannot be written: %s",
                                     STR_ARG(path), strerrordesc_np(errno));
}

/* Opens a step and looks whether it belongs to what was read before. */
static bool open_step(struct bringing *bringing, const struct step *step,
                      struct crate_reader *reader, int *fd, struct err *err)
{
    struct step_head head;

    if (!place_fetch(bringing->bring->place, bringing->arena,
                     step_path(bringing->arena, bringing->home, step), 0, fd, err) ||
        !crate_open(reader, bringing->arena, *fd, bringing->bring->seal, err) ||
        !step_parse(bringing->arena, reader->head, step, &head, err))
        return false;
    if (reader->label.list.len != (size_t)head.files * STEP_DIGEST)
        return err_set(err, ERR_BROKEN, "its list of files is not as long as it says");
    if (step->is_base)
        bringing->base = head;
    else if (!str_equal(head.chain, bringing->base.chain) ||
             head.tenant.id != bringing->base.tenant.id)
        return err_set(err, ERR_BROKEN, "it does not belong to the base before it");
    bringing->result->last = head;
    VEC_PUSH(bringing->arena, &bringing->lists, reader->label.list);
    return true;
}

static bool put_base(struct bringing *bringing, const struct step *step, struct err *err)
{
    CLEANUP(crate_close) struct crate_reader reader = {0};
    CLEANUP(file_close) int fd = -1;
    int64_t size;

    if (!open_step(bringing, step, &reader, &fd, err) ||
        !unpack(bringing, &reader, bringing->database, &size, err))
        return false;
    return size == bringing->base.pages * bringing->base.page_size ||
           err_set(err, ERR_BROKEN, "it holds another number of pages than it says");
}

static bool put_changes(struct bringing *bringing, const struct step *step, struct err *err)
{
    CLEANUP(crate_close) struct crate_reader reader = {0};
    CLEANUP(file_close) int fd = -1;
    CLEANUP(file_close) int blocks = -1;
    struct str path = file_join(bringing->arena, bringing->bring->folder, STR("changes"));
    struct wal_replay replay = {.until = bringing->until};
    int64_t size;

    if (!open_step(bringing, step, &reader, &fd, err) ||
        !unpack(bringing, &reader, path, &size, err) || !file_open(path, &blocks, err) ||
        !wal_replay_run(&replay, bringing->database.ptr, blocks, step->number, err))
        return false;
    bringing->is_stopped = replay.is_stopped;
    return file_remove(path, err);
}

/* The last generation whose base is not behind the moment that is wanted. */
static bool choose(const struct bringing *bringing, size_t *first, struct err *err)
{
    const struct bring *bring = bringing->bring;
    const struct step_list *steps = &bringing->steps;
    struct step_head head = {0};
    bool is_any = false;

    for (size_t i = steps->count; i-- > 0;) {
        if (!steps->items[i].is_base)
            continue;
        *first = i;
        is_any = true;
        if (bringing->until == 0 && bring->until_at == 0)
            return true;
        if (!bring_head(bring->place, bringing->arena, bringing->home, &steps->items[i], &head,
                        err))
            return false;
        if (bringing->until > 0 ? head.head.seq <= bringing->until : head.at <= bring->until_at)
            return true;
    }
    if (!is_any)
        return err_set(err, ERR_ABSENT, "there is no backup of %.*s in %.*s",
                       STR_ARG(bring->tenant.len > 0 ? bring->tenant : STR("the node")),
                       STR_ARG(bring->place->name));
    return err_set(err, ERR_INPUT, "the backup in %.*s begins later, at number %lld",
                   STR_ARG(bring->place->name), (long long)head.head.seq);
}

/* True when the step is behind what is wanted by time. */
static bool is_enough(const struct bringing *bringing)
{
    return bringing->is_stopped || (bringing->until == 0 && bringing->bring->until_at > 0 &&
                                    bringing->result->last.at > bringing->bring->until_at);
}

static bool put_steps(struct bringing *bringing, size_t first, struct err *err)
{
    const struct step_list *steps = &bringing->steps;
    int64_t next = steps->items[first].number + 1;

    if (!put_base(bringing, &steps->items[first], err))
        return while_step(bringing, &steps->items[first], err);
    bringing->result->steps = 1;
    for (size_t i = first + 1; i < steps->count && !is_enough(bringing); i++) {
        const struct step *step = &steps->items[i];

        if (step->generation != steps->items[first].generation || step->is_base)
            break;
        if (step->number != next)
            return err_set(err, ERR_BROKEN, "step %lld of generation %lld is missing in %.*s",
                           (long long)next, (long long)step->generation,
                           STR_ARG(bringing->bring->place->name));
        if (!put_changes(bringing, step, err))
            return while_step(bringing, step, err);
        bringing->result->steps++;
        next++;
    }
    return true;
}

/* The database is whole, and has the head that the last step says. */
static bool look(struct bringing *bringing, struct wal_replay_look *looked, struct err *err)
{
    const struct step_head *last = &bringing->result->last;

    *looked =
        (struct wal_replay_look){.until_at = bringing->until == 0 ? bringing->bring->until_at : 0};
    if (!wal_replay_look(bringing->database.ptr, bringing->base.tenant.id, looked, err))
        return false;
    bringing->result->head = looked->head;
    if (bringing->is_stopped)
        return true;
    if (looked->head.seq != last->head.seq || strcmp(looked->head.chain, last->head.chain) != 0)
        return err_set(err, ERR_BROKEN, "the journal does not end as the backup says");
    return bringing->until <= last->head.seq ||
           err_set(err, ERR_INPUT, "the backup ends at number %lld of the journal",
                   (long long)last->head.seq);
}

static bool put_database(struct bringing *bringing, struct err *err)
{
    struct wal_replay_look looked;
    size_t first;

    if (!choose(bringing, &first, err) || !put_steps(bringing, first, err) ||
        !look(bringing, &looked, err))
        return false;
    if (looked.seq >= looked.head.seq)
        return true;
    /* Now the number of that moment is known: once more, up to there. */
    bringing->until = MAX(looked.seq, 1);
    bringing->is_stopped = false;
    bringing->lists.count = 0;
    return file_remove(bringing->database, err) && choose(bringing, &first, err) &&
           put_steps(bringing, first, err) && look(bringing, &looked, err);
}

static bool put_file(const struct bringing *bringing, struct str folder, struct str digest,
                     struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(crate_close) struct crate_reader reader = {0};
    CLEANUP(file_draft_drop) struct file_draft draft = {0};
    CLEANUP(file_close) int fd = -1;
    struct digest_stream *stream;
    struct buf hex = {.arena = arena};
    char *room = arena_alloc(arena, PIECE);
    size_t got = 1;
    bool ok;

    if (file_exists(file_join(arena, folder, digest)))
        return true;
    if (!place_fetch(bringing->bring->place, arena, step_file_path(arena, bringing->home, digest),
                     0, &fd, err) ||
        !crate_open(&reader, arena, fd, bringing->bring->seal, err) ||
        !file_draft_open(&draft, arena, folder, err))
        return false;
    stream = digest_start();
    do {
        ok = crate_pull(&reader, room, PIECE, &got, err) &&
             file_draft_add(&draft, (struct str){room, got}, err);
        if (ok)
            digest_add(stream, (struct str){room, got});
    } while (ok && got > 0);
    struct digest sum = digest_finish(&stream);
    digest_print_hex(&hex, &sum);
    if (!ok)
        return false;
    if (!str_equal(buf_str(&hex), digest))
        return err_set(err, ERR_BROKEN, "it is not the file that its name says");
    bringing->result->files++;
    return file_draft_keep(&draft, arena, digest, err);
}

static bool put_files(const struct bringing *bringing, struct err *err)
{
    struct str folder = file_join(bringing->arena, bringing->bring->folder, STR("files"));
    bool is_made = false;

    for (size_t i = 0; i < bringing->lists.count; i++) {
        struct str list = bringing->lists.items[i];

        for (; list.len >= STEP_DIGEST; list = str_slice(list, STEP_DIGEST, list.len)) {
            CLEANUP(arena_close) struct arena *arena = arena_open(0);
            struct buf hex = {.arena = arena};
            struct digest digest;

            memcpy(digest.bytes, list.ptr, STEP_DIGEST);
            digest_print_hex(&hex, &digest);
            if (!is_made && !file_make_folder(folder, err))
                return false;
            is_made = true;
            if (!put_file(bringing, folder, buf_str(&hex), err))
                return err_while(err, "the file %.*s", STR_ARG(buf_str(&hex)));
        }
    }
    return true;
}

bool bring_run(const struct bring *bring, struct arena *arena, struct bring_result *result,
               struct err *err)
{
    struct bringing bringing = {.bring = bring,
                                .arena = arena,
                                .home = step_home(arena, bring->tenant),
                                .until = bring->until,
                                .result = result};
    struct err ignored;

    *result = (struct bring_result){0};
    bringing.database = str_from_z(str_to_z(arena, file_join(arena, bring->folder, bring->file)));
    if (!step_find(bring->place, arena, bringing.home, &bringing.steps, err))
        return false;
    if (file_exists(bring->folder))
        return err_set(err, ERR_CONFLICT, "%.*s is there already", STR_ARG(bring->folder));
    if (!file_make_folder(bring->folder, err))
        return false;
    if (put_database(&bringing, err) && put_files(&bringing, err))
        return true;
    (void)!file_remove_tree(bring->folder, &ignored);
    return false;
}

/* A name of take_extra: nothing that leads elsewhere. */
static bool is_plain(struct str name)
{
    struct str part;

    if (!str_equal(name, STR("node.key")) && !str_starts(name, STR("packs/")))
        return false;
    while (name.len > 0) {
        part = str_cut(&name, '/');
        if (part.len == 0 || str_equal(part, STR(".")) || str_equal(part, STR("..")))
            return false;
    }
    return true;
}

static bool pull_name(struct crate_reader *reader, char *name, size_t room, bool *is_end,
                      struct err *err)
{
    size_t got;

    for (size_t i = 0; i < room; i++) {
        if (!crate_pull(reader, name + i, 1, &got, err))
            return false;
        *is_end = got == 0 && i == 0;
        if (*is_end || (got == 1 && name[i] == '\0'))
            return true;
        if (got == 0)
            break;
    }
    return err_set(err, ERR_BROKEN, "a name in it does not end");
}

bool bring_extra(const struct bring *bring, struct arena *arena, struct err *err)
{
    CLEANUP(crate_close) struct crate_reader reader = {0};
    CLEANUP(file_close) int fd = -1;
    unsigned char number[8];
    char name[1024];
    bool is_end = false;

    if (!place_fetch(bring->place, arena, STR("node/extra/latest"), 0, &fd, err) ||
        !crate_open(&reader, arena, fd, bring->seal, err))
        return err_while(err, "node/extra/latest");
    while (pull_name(&reader, name, sizeof name, &is_end, err)) {
        if (is_end)
            return true;
        if (!crate_pull_all(&reader, (char *)number, sizeof number, err))
            return false;
        uint64_t size = bytes_get(number, 8);
        struct str path = file_join(arena, bring->folder, str_from_z(name));
        if (!is_plain(str_from_z(name)) || size > 1 << 28)
            return err_set(err, ERR_BROKEN, "node/extra/latest names a file it cannot have");
        char *bytes = arena_alloc(arena, (size_t)size + 1);
        struct str folder = path;
        while (folder.len > 0 && folder.ptr[folder.len - 1] != '/')
            folder.len--;
        if (!crate_pull_all(&reader, bytes, (size_t)size, err) ||
            !file_make_folder(str_slice(folder, 0, folder.len - 1), err) ||
            !file_write(path, (struct str){bytes, (size_t)size}, err))
            return false;
    }
    return false;
}

bool bring_list(const struct place *place, struct arena *arena, struct str **names, size_t *count,
                struct err *err)
{
    size_t kept = 0;

    if (!place_folders(place, arena, STR("tenants/"), names, count, err))
        return false;
    for (size_t i = 0; i < *count; i++) {
        struct step_list steps;

        if (!step_find(place, arena, step_home(arena, (*names)[i]), &steps, err))
            return false;
        if (steps.count > 0)
            (*names)[kept++] = (*names)[i];
    }
    *count = kept;
    return true;
}
