#include "registry/import_file.h"

#include "core/file.h"
#include "town.h"

#include <sys/stat.h>
#include <unistd.h>

static const struct str PACKS[] = {STR_INIT("base")};

static bool keep(struct town *town, struct str bytes, bool is_ndjson, struct import *import,
                 struct err *err)
{
    struct import_upload upload = {
        .fd = -1, .bytes = bytes, .name = STR("f.ndjson"), .is_ndjson = is_ndjson};

    return import_keep(town->tenant, check_arena(), &upload, import, err);
}

static char *kept_path(struct town *town, const struct import *import)
{
    return str_to_z(check_arena(),
                    file_join(check_arena(), tenant_folder(town->tenant), import->digest));
}

static void bytes_in_memory_are_kept_under_their_digest(void)
{
    struct buf file = {.arena = check_arena()};
    struct import import;
    struct town town;
    struct err err;
    struct str read;

    town_open(&town, PACKS, ARRAY_LEN(PACKS));
    for (int i = 0; i < 20000; i++)
        buf_printf(&file, "{\"code\":\"%d\"}\n", i);
    CHECK_OK(keep(&town, buf_str(&file), false, &import, &err), &err);
    CHECK_INT(import.format, IMPORT_NDJSON);
    CHECK_INT(import.size, (int64_t)file.len);
    CHECK_OK(file_read(check_arena(), str_from_z(kept_path(&town, &import)), 1 << 20, &read, &err),
             &err);
    CHECK(str_equal(read, buf_str(&file)));
    town_close(&town);
}

/* Whatever stands in it: a record may speak of a FeatureCollection. */
static void what_is_said_to_be_ndjson_is(void)
{
    struct import import;
    struct town town;
    struct err err;

    town_open(&town, PACKS, ARRAY_LEN(PACKS));
    CHECK_OK(keep(&town, STR("{\"name\":\"FeatureCollection\"}"), false, &import, &err), &err);
    CHECK_INT(import.format, IMPORT_GEOJSON);
    CHECK_OK(keep(&town, STR("{\"name\":\"FeatureCollection\"}"), true, &import, &err), &err);
    CHECK_INT(import.format, IMPORT_NDJSON);
    CHECK(!keep(&town, STR(""), true, &import, &err));
    CHECK_INT(err.code, ERR_INPUT);
    town_close(&town);
}

static bool count_part(void *data, struct str name, int64_t at, struct err *err)
{
    (void)at;
    (void)err;
    *(int *)data += str_starts(name, STR("upload-"));
    return true;
}

static void an_upload_that_cannot_be_kept_leaves_nothing(void)
{
    struct import import;
    struct town town;
    struct err err;
    int parts = 0;

    town_open(&town, PACKS, ARRAY_LEN(PACKS));
    CHECK_OK(keep(&town, STR("a,b\n1,2\n"), false, &import, &err), &err);
    /* A folder of that name: the rename fails. */
    CHECK(unlink(kept_path(&town, &import)) == 0);
    CHECK(mkdir(kept_path(&town, &import), 0700) == 0);
    CHECK(!keep(&town, STR("a,b\n1,2\n"), false, &import, &err));
    CHECK_INT(err.code, ERR_BROKEN);
    CHECK_OK(file_each(tenant_folder(town.tenant), count_part, &parts, &err), &err);
    CHECK_INT(parts, 0);
    CHECK(!keep(&town, STR("<html>"), false, &import, &err));
    CHECK_INT(err.code, ERR_INPUT);
    CHECK_OK(file_each(tenant_folder(town.tenant), count_part, &parts, &err), &err);
    CHECK_INT(parts, 0);
    town_close(&town);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(bytes_in_memory_are_kept_under_their_digest),
    CHECK_TEST(what_is_said_to_be_ndjson_is),
    CHECK_TEST(an_upload_that_cannot_be_kept_leaves_nothing),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
