/*
 * Loads a zip of the ГАР into an empty tenant, then the same again (matching):
 *
 *     gar_load FOLDER ZIP PACKS
 *
 * FOLDER must not exist.  Prints JSON: milliseconds of both, counts, rows of XML.
 */
#include "core/time.h"
#include "registry/gar.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void fail(const char *what, const struct err *err)
{
    fprintf(stderr, "gar_load: %s: %s\n", what, err->text);
    exit(1);
}

static bool put(struct tx *tx, void *data, struct err *err)
{
    return import_put(tx, data, err);
}

static int64_t load(struct arena *arena, struct tenant *tenant, const struct catalog *catalog,
                    const char *zip, struct import *import)
{
    int fd = open(zip, O_RDONLY | O_CLOEXEC);
    int64_t start = time_monotonic_us();
    bool is_stopping;
    struct err err;

    struct import_upload upload = {.fd = fd, .name = STR("gar.zip")};
    if (fd < 0 || !import_keep(tenant, arena, &upload, import, &err))
        fail(zip, &err);
    close(fd);
    import->no = catalog_no(catalog, model_type(catalog->model, STR("base.address")));
    import->created_at = time_now();
    if (!tenant_write_wait(tenant, put, import, &err))
        fail("import", &err);
    struct gar_job job = {
        .tenant = tenant, .arena = arena, .catalog = catalog, .import = import, .actor = 1};
    if (!gar_run(&job, &is_stopping, &err))
        fail("gar", &err);
    return (time_monotonic_us() - start) / 1000;
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_open(0);
    struct str packs = argc > 3 ? str_from_z(argv[3]) : STR("packs");
    struct model_library *library = model_library_new(arena, &packs, 1);
    struct store_options options = {0};
    struct str base = STR("base");
    const struct catalog *catalog;
    struct import first, again;
    struct tenant *tenant;
    struct store *store;
    struct err err = {0};

    if (argc < 3) {
        fprintf(stderr, "gar_load FOLDER ZIP [PACKS]\n");
        return 2;
    }
    options.folder = str_from_z(argv[1]);
    if (!store_open(arena, &options, &store, &err) ||
        !store_create_tenant(store, STR("town"), STR("Город"), 0, time_now(), &err) ||
        !store_hold(store, STR("town"), &tenant, &err) ||
        !catalog_install(tenant, library, (struct pack_ids){&base, 1}, 0, time_now(), &err) ||
        !catalog_get(tenant, library, &catalog, &err))
        fail(argv[1], &err);
    int64_t first_ms = load(arena, tenant, catalog, argv[2], &first);
    int64_t again_ms = load(arena, tenant, catalog, argv[2], &again);
    printf("{\"first_ms\":%lld,\"again_ms\":%lld,\"created\":%lld,\"same\":%lld,\"wrong\":%lld}\n",
           (long long)first_ms, (long long)again_ms, (long long)first.counts.created,
           (long long)again.counts.same, (long long)(first.counts.wrong + again.counts.wrong));
    store_release(&tenant);
    store_close(&store);
    return 0;
}
