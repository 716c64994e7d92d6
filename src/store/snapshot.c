#include "store/snapshot.h"

#include "core/bytes.h"
#include "core/file.h"
#include "core/num.h"
#include "store/folder.h"
#include "store/rows.h"
#include "store/sqlite.h"
#include "store/tenant.h"
#include "store/wal_block.h"

#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

enum {
    WAL_HEAD = 32,
};

struct snapshot_inside {
    struct store_session *reader;
    sqlite3_file *file, *wal;
    struct wal_place place; /* frames of the WAL that count; 0: all is in the file */
    uint32_t *frame;        /* by page, from 1: the frame with it; 0: it is in the file */
};

struct opening {
    struct tenant *tenant;
    struct str chain;
    int64_t now;
    struct snapshot *snapshot;
};

static bool refuse_shared(const struct tenant *tenant, struct err *err)
{
    return !tenant->store->backend->is_shared ||
           err_set(err, ERR_INPUT,
                   "the data are on PostgreSQL, which is backed up by its own means: see "
                   "docs/howto/back-up.md");
}

static bool take_number(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    *(int64_t *)data = rows_int(row, 0, 0);
    return true;
}

static bool take_head(void *data, const struct rows *row, struct err *err)
{
    struct store_head *head = data;
    struct str chain = rows_text(row, 0, 1);

    if (chain.len >= sizeof head->chain)
        return err_set(err, ERR_BROKEN, "the head of the journal is damaged");
    head->seq = rows_int(row, 0, 0);
    memcpy(head->chain, chain.ptr, chain.len);
    head->chain[chain.len] = '\0';
    return true;
}

static bool read_head(struct store_session *reader, int64_t tenant, struct store_head *head,
                      struct err *err)
{
    *head = (struct store_head){0};
    return reader->backend->run(reader, "SELECT seq, chain FROM tenant_head WHERE tenant = $1",
                                ARGS(INT(tenant)), &(struct backend_sink){take_head, head, 0, 0},
                                err);
}

static bool ask_number(struct store_session *reader, const char *sql, int64_t *number,
                       struct err *err)
{
    return reader->backend->run(reader, sql, (struct store_args){0},
                                &(struct backend_sink){take_number, number, 0, 0}, err);
}

/*
 * Commits something, after which the writer knows how long its WAL is. It has to change a page:
 * SQLite leaves out what stays as it is.
 */
static bool touch(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return store_exec(tx, "INSERT INTO migration (version, name) VALUES (-1, '')",
                      (struct store_args){0}, err) &&
           store_exec(tx, "DELETE FROM migration WHERE version = -1", (struct store_args){0}, err);
}

/*
 * On the writer's thread: nothing is committed meanwhile, so the reader's snapshot is exactly
 * what the WAL holds up to wal.pages, and the chain begins there.
 */
static bool begin(struct tx *tx, void *data, struct err *err)
{
    struct opening *opening = data;
    struct snapshot *snapshot = opening->snapshot;
    struct snapshot_inside *inside = snapshot->inside;
    struct sqlite_wal wal = sqlite_wal_of(tx->session);
    int64_t page_size;

    if (wal.place.frames == 0)
        return err_set(err, ERR_UNAVAILABLE, "the database was opened anew just now: try again");
    inside->reader->backend->rollback(inside->reader); /* of a run before this one */
    if (!inside->reader->backend->begin(inside->reader, false, err) ||
        !read_head(inside->reader, tx->tenant, &snapshot->head, err) ||
        !ask_number(inside->reader, "PRAGMA page_count", &snapshot->pages, err) ||
        !ask_number(inside->reader, "PRAGMA page_size", &page_size, err))
        return false;
    snapshot->page_size = (uint32_t)page_size;
    if (!wal.is_home)
        inside->place = wal.place;
    if (opening->chain.len == 0)
        return true;
    if (!wal_tap_take(wal.tap, wal.db, &wal.place))
        return err_set(err, ERR_UNAVAILABLE, "the chain of backups can neither be kept nor ended");
    if ((wal.tap->is_open && !wal_tap_cut(wal.tap, &snapshot->head, opening->now, err)) ||
        !wal_tap_begin(wal.tap, opening->tenant->path, &wal.place, opening->chain, err))
        return false;
    snapshot->number = wal.tap->number - 1;
    return true;
}

static bool pull(sqlite3_file *file, void *room, size_t size, int64_t at, struct err *err)
{
    int code = file->pMethods->xRead(file, room, (int)size, at);

    /* What is beyond the end of the file is in the WAL. */
    return code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ ||
           err_set(err, ERR_BROKEN, "the database cannot be read (code %d)", code);
}

static int64_t frame_at(const struct snapshot *snapshot, uint32_t frame)
{
    return WAL_HEAD + (int64_t)(frame - 1) * (snapshot->page_size + WAL_BLOCK_FRAME_HEAD);
}

/* Which frame is the last with each page. */
static bool map_frames(struct snapshot *snapshot, struct arena *arena, struct err *err)
{
    struct snapshot_inside *inside = snapshot->inside;
    unsigned char head[WAL_BLOCK_FRAME_HEAD];

    inside->frame = ARENA_ARRAY(arena, uint32_t, (size_t)snapshot->pages + 1);
    for (uint32_t frame = 1; frame <= inside->place.frames; frame++) {
        if (!pull(inside->wal, head, sizeof head, frame_at(snapshot, frame), err))
            return false;
        uint64_t page = bytes_get(head, 4);
        if (bytes_get(head + 8, 4) != inside->place.salt1 ||
            bytes_get(head + 12, 4) != inside->place.salt2)
            return err_set(err, ERR_BROKEN, "the WAL began anew under a held snapshot");
        if (page >= 1 && page <= (uint64_t)snapshot->pages)
            inside->frame[page] = frame;
    }
    return true;
}

static bool find_files(struct snapshot_inside *inside, struct err *err)
{
    sqlite3 *db = sqlite_wal_of(inside->reader).db;

    inside->wal = wal_place_file(db);
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &inside->file) != SQLITE_OK ||
        inside->file == NULL || inside->file->pMethods == NULL || inside->wal == NULL)
        return err_set(err, ERR_BROKEN, "the files of the database cannot be reached");
    return true;
}

bool snapshot_open(struct snapshot *snapshot, struct arena *arena, struct tenant *tenant,
                   const struct snapshot_wish *wish, struct err *err)
{
    struct snapshot_inside *inside = ARENA_NEW(arena, struct snapshot_inside);
    struct opening opening = {tenant, wish->chain, wish->now, snapshot};

    *snapshot = (struct snapshot){.inside = inside};
    if (!refuse_shared(tenant, err) ||
        !tenant->store->backend->connect(tenant, false, &inside->reader, err)) {
        snapshot->inside = NULL;
        return false;
    }
    inside->reader->tenant = tenant;
    /* Raw reads of a mapped file would end in a signal where a call gives an error. */
    if (inside->reader->backend->script(inside->reader, "PRAGMA mmap_size=0", err) &&
        tenant_write_wait(tenant, touch, NULL, err) &&
        tenant_write_wait(tenant, begin, &opening, err) && find_files(inside, err) &&
        map_frames(snapshot, arena, err))
        return true;
    snapshot_close(snapshot);
    return false;
}

bool snapshot_read(struct snapshot *snapshot, int64_t first, size_t count, char *room,
                   struct err *err)
{
    const struct snapshot_inside *inside = snapshot->inside;
    size_t size = snapshot->page_size;

    if (!pull(inside->file, room, count * size, first * (int64_t)size, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        uint32_t frame = inside->frame[first + 1 + (int64_t)i];

        if (frame > 0 && !pull(inside->wal, room + i * size, size,
                               frame_at(snapshot, frame) + WAL_BLOCK_FRAME_HEAD, err))
            return false;
    }
    return true;
}

void snapshot_close(struct snapshot *snapshot)
{
    struct snapshot_inside *inside = snapshot->inside;

    if (inside != NULL && inside->reader != NULL) {
        inside->reader->backend->rollback(inside->reader);
        inside->reader->backend->close(inside->reader);
        inside->reader = NULL;
    }
    snapshot->inside = NULL;
}

static struct str folder_of(const struct tenant *tenant, struct arena *arena)
{
    const char *slash = strrchr(tenant->path, '/');

    return str_printf(arena, "%.*s/backup", (int)(slash - tenant->path), tenant->path);
}

bool snapshot_chain(struct tenant *tenant, struct arena *arena, struct str *chain, struct err *err)
{
    struct err none = {0};
    struct str why;

    if (!refuse_shared(tenant, err))
        return false;
    struct str folder = folder_of(tenant, arena);
    if (file_read(arena, file_join(arena, folder, STR("chain")), 65536, chain, &none))
        return true;
    if (none.code != ERR_ABSENT) {
        *err = none;
        return false;
    }
    if (file_read(arena, file_join(arena, folder, STR("ended")), 4096, &why, &none))
        return err_set(err, ERR_ABSENT, "%.*s", STR_ARG(why));
    return err_set(err, ERR_ABSENT, "there was none before");
}

/* The oldest one. */
static bool find_cut(struct arena *arena, struct str folder, struct snapshot_cut *cut,
                     struct err *err)
{
    struct str *names;
    size_t count;

    *cut = (struct snapshot_cut){0};
    if (!file_is_folder(folder))
        return true;
    if (!file_list(arena, folder, &names, &count, err))
        return false;
    for (size_t i = 0; i < count && cut->number == 0; i++)
        if (str_starts(names[i], STR("cut-")) &&
            num_parse_int(str_slice(names[i], 4, names[i].len), &cut->number))
            cut->path = file_join(arena, folder, names[i]);
    return true;
}

struct cutting {
    struct tenant *tenant;
    int64_t now;
    bool is_unknown; /* how far the WAL goes */
};

/* As after every process that ended well. */
static bool is_empty(sqlite3 *db)
{
    sqlite3_file *wal = wal_place_file(db);
    sqlite3_int64 size = 1;

    return wal != NULL && wal->pMethods->xFileSize(wal, &size) == SQLITE_OK && size == 0;
}

/* On the writer's thread; of what is committed, not of what runs before it in the batch. */
static bool run_cut(struct tx *tx, void *data, struct err *err)
{
    struct cutting *cutting = data;
    struct sqlite_wal wal = sqlite_wal_of(tx->session);
    struct store_session *reader;
    struct store_head head;

    cutting->is_unknown = wal.place.frames == 0 && !is_empty(wal.db);
    if (cutting->is_unknown)
        return true;
    if (!wal_tap_take(wal.tap, wal.db, &wal.place))
        return err_set(err, ERR_UNAVAILABLE, "the chain of backups can neither be kept nor ended");
    if (!wal.tap->is_open)
        return err_set(err, ERR_ABSENT, "the chain of backups has ended");
    if (!tenant_take_reader(cutting->tenant, &reader, err))
        return false;
    bool ok =
        reader->backend->begin(reader, false, err) && read_head(reader, tx->tenant, &head, err);
    reader->backend->rollback(reader);
    tenant_give_reader(cutting->tenant, reader);
    return ok && wal_tap_cut(wal.tap, &head, cutting->now, err);
}

static bool make_cut(struct tenant *tenant, int64_t now, struct err *err)
{
    struct cutting cutting = {tenant, now, false};

    if (!tenant_write_wait(tenant, run_cut, &cutting, err))
        return false;
    if (!cutting.is_unknown)
        return true;
    if (!tenant_write_wait(tenant, touch, NULL, err) ||
        !tenant_write_wait(tenant, run_cut, &cutting, err))
        return false;
    return !cutting.is_unknown ||
           err_set(err, ERR_UNAVAILABLE, "the database was opened anew just now: try again");
}

bool snapshot_cut(struct tenant *tenant, struct arena *arena, int64_t now, struct snapshot_cut *cut,
                  struct err *err)
{
    if (!refuse_shared(tenant, err))
        return false;
    struct str folder = folder_of(tenant, arena);
    return find_cut(arena, folder, cut, err) &&
           (cut->number > 0 || (make_cut(tenant, now, err) && find_cut(arena, folder, cut, err)));
}

bool snapshot_cut_waiting(struct tenant *tenant, struct arena *arena, struct snapshot_cut *cut,
                          struct err *err)
{
    return refuse_shared(tenant, err) && find_cut(arena, folder_of(tenant, arena), cut, err);
}

bool snapshot_cut_look(const struct snapshot_cut *cut, struct store_head *head, int64_t *at,
                       struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(file_close) int fd = -1;
    struct wal_block block;
    struct stat info;
    bool found = false;

    if (!file_open(cut->path, &fd, err))
        return false;
    struct wal_block_reader reader = wal_block_open(arena, fd);
    reader.at = fstat(fd, &info) == 0 ? (int64_t)info.st_size - WAL_BLOCK_END_SIZE : -1;
    if (reader.at >= 0 && !wal_block_read(&reader, &block, &found, err))
        return false;
    if (!found || block.kind != WAL_BLOCK_END)
        return err_set(err, ERR_BROKEN, "%.*s is damaged", STR_ARG(cut->path));
    *head = block.head;
    *at = block.at;
    return true;
}

bool snapshot_cut_done(const struct snapshot_cut *cut, struct err *err)
{
    return file_remove(cut->path, err);
}

static int64_t size_of(struct str path)
{
    struct stat info;

    return stat(path.ptr, &info) == 0 ? (int64_t)info.st_size : -1;
}

bool snapshot_is_moved(struct store *store, struct str name)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    const char *database = name.len == 0 ? folder_path(arena, store->folder, "node.db")
                                         : folder_tenant_file(arena, store->folder, name);
    const char *slash = strrchr(database, '/');
    struct str folder = str_printf(arena, "%.*s/backup", (int)(slash - database), database);
    struct snapshot_cut cut;
    struct err err;

    return size_of(str_printf(arena, "%.*s/chain", STR_ARG(folder))) < 0 ||
           size_of(str_printf(arena, "%.*s/tap", STR_ARG(folder))) > WAL_BLOCK_HEAD ||
           size_of(str_printf(arena, "%s-wal", database)) > 0 ||
           !find_cut(arena, folder, &cut, &err) || cut.number > 0;
}
