/* A desk where files are imported: a town, the worker's threads, one import after another. */
#pragma once

#include "core/file.h"
#include "core/utf8.h"
#include "registry/import.h"
#include "town.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

static const struct str DESK_PACKS[] = {STR_INIT("base"), STR_INIT("housing")};

struct desk {
    struct town town;
    struct worker_kind kinds[2];
    struct worker_pool *pool;
    struct import import;
    const struct register_type *type;
};

static inline void desk_open(struct desk *desk)
{
    town_open(&desk->town, DESK_PACKS, ARRAY_LEN(DESK_PACKS));
    for (size_t i = 0; i < ARRAY_LEN(import_kinds); i++) {
        desk->kinds[i] = import_kinds[i];
        desk->kinds[i].context = desk->town.library;
    }
    desk->pool = worker_start(desk->town.arena, desk->town.store, desk->kinds, 2, 1);
}

static inline void desk_close(struct desk *desk)
{
    worker_stop(desk->pool);
    town_close(&desk->town);
}

static inline bool desk_put(struct tx *tx, void *data, struct err *err)
{
    return import_put(tx, data, err);
}

/* Uploads a text as a file for a register. */
static inline void desk_upload(struct desk *desk, struct str no, struct str text)
{
    struct str path = file_join(check_arena(), check_folder(), STR("upload"));
    struct err err;
    int fd;

    CHECK_OK(file_write(path, text, &err), &err);
    fd = open(str_to_z(check_arena(), path), O_RDONLY);
    struct import_upload upload = {.fd = fd, .name = STR("f.csv")};
    CHECK_OK(import_keep(desk->town.tenant, check_arena(), &upload, &desk->import, &err), &err);
    close(fd);
    desk->type = model_type(desk->town.catalog->model, no);
    desk->import.no = catalog_no(desk->town.catalog, desk->type);
    desk->import.created_at = time_now();
    desk->import.actor = 5;
    desk->import.options.classes =
        POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL | POLICY_SECRET;
    CHECK_OK(tenant_write_wait(desk->town.tenant, desk_put, &desk->import, &err), &err);
}

static inline void desk_look(struct desk *desk, struct import_preview *preview)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct err err;

    CHECK_OK(tx_read(&tx, desk->town.tenant, &err), &err);
    CHECK_OK(import_look(town_registry(&desk->town, &tx), &desk->import, preview, &err), &err);
}

static inline bool desk_set(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;

    return import_set(town_registry(&desk->town, tx), &desk->import, err);
}

/* As guessed. */
static inline void desk_map_columns(struct desk *desk)
{
    struct import_preview preview;
    unsigned classes = desk->import.options.classes;
    struct err err;

    desk_look(desk, &preview);
    desk->import.options = preview.options;
    desk->import.options.classes = classes;
    CHECK_OK(tenant_write_wait(desk->town.tenant, desk_set, desk, &err), &err);
}

enum desk_what {
    DESK_CHECK,
    DESK_RUN,
    DESK_UNDO,
};

struct desk_start {
    const struct town *town;
    int64_t id;
    enum desk_what what;
    int64_t job;
};

static inline bool desk_start(struct tx *tx, void *data, struct err *err)
{
    struct desk_start *starting = data;

    if (starting->what == DESK_UNDO)
        return import_undo_start(town_registry(starting->town, tx), starting->id, 5, &starting->job,
                                 err);
    return import_start(town_registry(starting->town, tx), starting->id,
                        starting->what == DESK_CHECK, 5, &starting->job, err);
}

static inline void desk_read_import(struct desk *desk)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct err err;

    CHECK_OK(tx_read(&tx, desk->town.tenant, &err), &err);
    CHECK_OK(import_get(town_registry(&desk->town, &tx), desk->import.id, &desk->import, &err),
             &err);
}

static inline void desk_act(struct desk *desk, enum desk_what what)
{
    struct desk_start starting = {&desk->town, desk->import.id, what, 0};
    struct err err;

    CHECK_OK(tenant_write_wait(desk->town.tenant, desk_start, &starting, &err), &err);
    worker_wake(desk->pool, STR("town"));
    for (int i = 0; i < 3000; i++) {
        desk_read_import(desk);
        if (desk->import.status != IMPORT_CHECKING && desk->import.status != IMPORT_RUNNING &&
            desk->import.status != IMPORT_UNDOING)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    CHECK(!"the job ends");
}

static inline void desk_bring(struct desk *desk, struct str no, struct str text)
{
    desk_upload(desk, no, text);
    desk_map_columns(desk);
    desk_act(desk, DESK_RUN);
    CHECK_INT(desk->import.status, IMPORT_DONE);
}

static inline struct import_error *desk_errors_of(struct desk *desk, size_t *count)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct import_error *errors;
    struct err err;

    CHECK_OK(tx_read(&tx, desk->town.tenant, &err), &err);
    CHECK_OK(
        import_errors(town_registry(&desk->town, &tx), desk->import.id, 1000, &errors, count, &err),
        &err);
    return errors;
}

static inline struct record desk_read_record(struct desk *desk, struct str no, struct str key)
{
    CLEANUP(tx_done) struct tx tx = {0};
    const struct register_type *type = model_type(desk->town.catalog->model, no);
    int64_t number = catalog_no(desk->town.catalog, type);
    struct record record = {0};
    struct buf folded = {.arena = check_arena()};
    struct err err;
    int64_t id;

    utf8_key(&folded, key);
    CHECK_OK(tx_read(&tx, desk->town.tenant, &err), &err);
    CHECK_OK(record_find_key(&tx, check_arena(), number, buf_str(&folded), &id, &err), &err);
    if (id != 0)
        CHECK_OK(record_get(town_registry(&desk->town, &tx), number, id, time_now() / TIME_DAY_MS,
                            &record, &err),
                 &err);
    return record;
}
