#include "store/wal_tap.h"

#include "core/bytes.h"
#include "core/file.h"
#include "store/wal_block.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

enum {
    WAL_HEAD = 32,
    PATH_ROOM = 640,
};

struct path {
    char text[PATH_ROOM];
};

static struct path path_of(const struct wal_tap *tap, const char *name)
{
    struct path path;

    snprintf(path.text, sizeof path.text, "%s/%s", tap->folder, name);
    return path;
}

static struct path cut_path(const struct wal_tap *tap)
{
    char name[32];

    snprintf(name, sizeof name, "cut-%08lld", (long long)tap->number);
    return path_of(tap, name);
}

static bool set_folder(struct wal_tap *tap, const char *database)
{
    const char *slash = strrchr(database, '/');
    int len = slash == NULL ? 0 : (int)(slash - database);

    *tap = (struct wal_tap){.fd = -1};
    return slash != NULL && snprintf(tap->folder, sizeof tap->folder, "%.*s/backup", len,
                                     database) < (int)sizeof tap->folder;
}

static bool exists(const struct wal_tap *tap, const char *name)
{
    return access(path_of(tap, name).text, F_OK) == 0;
}

static bool sync_folder(const struct wal_tap *tap)
{
    int fd = open(tap->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return ok;
}

static void shut(struct wal_tap *tap)
{
    if (tap->fd >= 0)
        close(tap->fd);
    tap->fd = -1;
    tap->is_open = false;
}

/* First the promise goes, then what it promised. */
bool wal_tap_end(struct wal_tap *tap, const char *why)
{
    struct err ignored;

    shut(tap);
    if (unlink(path_of(tap, "chain").text) != 0 && errno != ENOENT)
        return false;
    if (!sync_folder(tap))
        return false;
    unlink(path_of(tap, "tap").text);
    unlink(path_of(tap, "tap.new").text);
    (void)!file_write(str_from_z(path_of(tap, "ended").text), str_from_z(why), &ignored);
    return true;
}

/* Reads what is there; what stands behind the last good block is cut off. */
static bool find_end(struct wal_tap *tap, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct wal_block_reader reader = wal_block_open(arena, tap->fd);
    struct wal_block block = {0};
    bool found = true;

    while (found) {
        if (!wal_block_read(&reader, &block, &found, err))
            return false;
        if (!found || block.kind == WAL_BLOCK_END) /* being cut when the process ended */
            break;
        tap->bytes = reader.at;
        tap->number = block.number;
        tap->kept = (struct wal_place){block.salt1, block.salt2, block.first + block.count, 0};
        tap->has_frames |= block.kind == WAL_BLOCK_FRAMES_OF;
    }
    if (tap->number == 0)
        return err_set(err, ERR_BROKEN, "it has no beginning");
    if (ftruncate(tap->fd, (off_t)tap->bytes) != 0 || lseek(tap->fd, 0, SEEK_END) < 0)
        return err_set(err, ERR_BROKEN, "%s", strerror(errno));
    return true;
}

void wal_tap_open(struct wal_tap *tap, const char *database)
{
    struct err err;
    char why[ERR_TEXT_MAX + 80];

    if (!set_folder(tap, database) || !exists(tap, "chain"))
        return;
    if (!exists(tap, "tap")) /* cut between two renames */
        (void)!rename(path_of(tap, "tap.new").text, path_of(tap, "tap").text);
    tap->fd = open(path_of(tap, "tap").text, O_RDWR | O_CLOEXEC);
    if (tap->fd < 0)
        err_set(&err, ERR_BROKEN, "%s", strerror(errno));
    tap->is_open = tap->fd >= 0 && find_end(tap, &err);
    if (tap->is_open)
        return;
    snprintf(why, sizeof why, "the file of changes was damaged: %s", err.text);
    wal_tap_end(tap, why);
}

void wal_tap_close(struct wal_tap *tap)
{
    shut(tap);
}

/* A file of blocks that begins where tap stands, durable but for its name. */
static bool make_file(const struct wal_tap *tap, const char *name, int64_t number, int *fd,
                      struct err *err)
{
    struct path path = path_of(tap, name);
    struct wal_block block = {
        .kind = WAL_BLOCK_POSITION,
        .salt1 = tap->kept.salt1,
        .salt2 = tap->kept.salt2,
        .first = tap->kept.frames,
        .number = number,
    };

    *fd = open(path.text, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (*fd < 0)
        return err_set(err, ERR_UNAVAILABLE, "%s cannot be made: %s", path.text, strerror(errno));
    if (wal_block_write(*fd, &block, err) &&
        (fdatasync(*fd) == 0 ||
         err_set(err, ERR_UNAVAILABLE, "%s cannot be written: %s", path.text, strerror(errno))))
        return true;
    close(*fd);
    *fd = -1;
    return false;
}

/* Nothing is left of chains that have ended. */
static bool clean_folder(struct wal_tap *tap, struct err *err)
{
    struct str folder = str_from_z(tap->folder);

    if (exists(tap, "chain") && !wal_tap_end(tap, ""))
        return err_set(err, ERR_UNAVAILABLE, "%s cannot be written", tap->folder);
    if (file_is_folder(folder) && !file_remove_tree(folder, err))
        return false;
    tap->number = 1;
    return file_make_folder(folder, err);
}

bool wal_tap_begin(struct wal_tap *tap, const char *database, const struct wal_place *place,
                   struct str chain, struct err *err)
{
    bool goes_on = tap->is_open;

    if (!goes_on && (!set_folder(tap, database) || !clean_folder(tap, err)))
        return err->code != ERR_NONE ||
               err_set(err, ERR_INPUT, "the path of the database is too long");
    shut(tap);
    tap->kept = *place;
    /* Until the chain has its new text this is the old one, from the same place on. */
    if (!make_file(tap, "tap", tap->number, &tap->fd, err))
        return false;
    if (!file_write(str_from_z(path_of(tap, "chain").text), chain, err)) {
        if (goes_on)
            wal_tap_end(tap, err->text);
        shut(tap);
        return false;
    }
    tap->is_open = true;
    tap->bytes = WAL_BLOCK_HEAD;
    tap->has_frames = false;
    return true;
}

/* Frames of the WAL from first on into the payload; each has to be of this WAL. */
static bool read_frames(sqlite3 *db, struct wal_block *block, struct err *err)
{
    sqlite3_file *wal = wal_place_file(db);
    size_t step = (size_t)block->page_size + WAL_BLOCK_FRAME_HEAD;
    sqlite3_int64 at = WAL_HEAD + (sqlite3_int64)step * block->first;

    block->size = block->count * step;
    if (wal == NULL || wal->pMethods->xRead(wal, block->payload, (int)block->size, at) != SQLITE_OK)
        return err_set(err, ERR_BROKEN, "the WAL cannot be read");
    for (size_t i = 0; i < block->count; i++) {
        const unsigned char *frame = block->payload + i * step;

        if (bytes_get(frame + 8, 4) != block->salt1 || bytes_get(frame + 12, 4) != block->salt2)
            return err_set(err, ERR_BROKEN, "the WAL is shorter than it should be");
    }
    return true;
}

static bool check_room(const struct wal_tap *tap, sqlite3 *db, struct err *err)
{
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;

    if (tap->bytes < WAL_TAP_LEAST)
        return true;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
        file != NULL && file->pMethods != NULL)
        file->pMethods->xFileSize(file, &size);
    return tap->bytes < size ||
           err_set(err, ERR_LIMIT, "more was changed than a whole copy of the database takes");
}

static bool is_same(const struct wal_place *a, const struct wal_place *b)
{
    return a->salt1 == b->salt1 && a->salt2 == b->salt2;
}

static bool take(struct wal_tap *tap, sqlite3 *db, const struct wal_place *place, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    uint32_t taken = is_same(place, &tap->kept) ? tap->kept.frames : 0;
    struct wal_block block = {.kind = WAL_BLOCK_FRAMES_OF,
                              .salt1 = place->salt1,
                              .salt2 = place->salt2,
                              .page_size = place->page_size,
                              .number = tap->number};

    if (place->frames < taken)
        return err_set(err, ERR_BROKEN, "the WAL is shorter than it was");
    if (place->frames == taken)
        return true;
    block.payload = arena_alloc(arena, wal_block_room(block.page_size));
    while (taken < place->frames) {
        block.first = taken;
        block.count = MIN(place->frames - taken, (uint32_t)WAL_BLOCK_FRAMES);
        if (!check_room(tap, db, err) || !read_frames(db, &block, err) ||
            !wal_block_write(tap->fd, &block, err))
            return false;
        taken += block.count;
        tap->bytes += (int64_t)(WAL_BLOCK_HEAD + block.size);
    }
    if (fdatasync(tap->fd) != 0)
        return err_set(err, ERR_UNAVAILABLE, "what a backup needs cannot be kept: %s",
                       strerror(errno));
    tap->kept = *place;
    tap->has_frames = true;
    return true;
}

bool wal_tap_take(struct wal_tap *tap, sqlite3 *db, const struct wal_place *place)
{
    struct err err;

    if (!tap->is_open || place->frames == 0 || take(tap, db, place, &err))
        return true;
    return wal_tap_end(tap, err.text);
}

bool wal_tap_cut(struct wal_tap *tap, const struct store_head *head, int64_t at, struct err *err)
{
    struct wal_block end = {.kind = WAL_BLOCK_END,
                            .salt1 = tap->kept.salt1,
                            .salt2 = tap->kept.salt2,
                            .first = tap->kept.frames,
                            .number = tap->number,
                            .head = *head,
                            .at = at};
    int fd;

    if (!tap->has_frames)
        return true;
    /* The next one first: whatever happens between, one of the two can be gone on with. */
    if (!make_file(tap, "tap.new", tap->number + 1, &fd, err))
        return false;
    bool ok = wal_block_write(tap->fd, &end, err);
    if (ok &&
        (fdatasync(tap->fd) != 0 || rename(path_of(tap, "tap").text, cut_path(tap).text) != 0 ||
         rename(path_of(tap, "tap.new").text, path_of(tap, "tap").text) != 0 || !sync_folder(tap)))
        ok = err_set(err, ERR_UNAVAILABLE, "what a backup needs cannot be kept: %s",
                     strerror(errno));
    if (!ok) {
        close(fd);
        wal_tap_end(tap, err->text);
        return false;
    }
    shut(tap);
    tap->is_open = true;
    tap->fd = fd;
    tap->number++;
    tap->bytes = WAL_BLOCK_HEAD;
    tap->has_frames = false;
    return true;
}
