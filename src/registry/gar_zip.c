#include "registry/gar_zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum {
    BLOCK = 256 * 1024,
};

/* "72/AS_HOUSES_PARAMS_20231030_<guid>.XML" → "HOUSES_PARAMS". */
static struct str table_of(struct str name)
{
    for (size_t slash; (slash = str_find_char(name, '/')) < name.len;)
        name = str_slice(name, slash + 1, name.len);
    if (name.len < 8 || strncasecmp(name.ptr, "AS_", 3) != 0 ||
        strncasecmp(name.ptr + name.len - 4, ".XML", 4) != 0)
        return (struct str){0};
    name = str_slice(name, 3, name.len - 7);
    for (int parts = 0; parts < 2; parts++) {
        while (name.len > 0 && name.ptr[name.len - 1] != '_')
            name.len--;
        name.len -= name.len > 0;
    }
    return name;
}

enum gar_kind gar_zip_kind(struct str name)
{
    static const struct {
        struct str table;
        enum gar_kind kind;
    } TABLES[] = {
        {STR_INIT("ADDR_OBJ"), GAR_OBJECTS},
        {STR_INIT("HOUSES"), GAR_HOUSES},
        {STR_INIT("STEADS"), GAR_STEADS},
        {STR_INIT("APARTMENTS"), GAR_APARTMENTS},
        {STR_INIT("ROOMS"), GAR_ROOMS},
        {STR_INIT("CARPLACES"), GAR_CARPLACES},
        {STR_INIT("ADDR_OBJ_PARAMS"), GAR_PARAMS},
        {STR_INIT("HOUSES_PARAMS"), GAR_PARAMS},
        {STR_INIT("STEADS_PARAMS"), GAR_PARAMS},
        {STR_INIT("APARTMENTS_PARAMS"), GAR_PARAMS},
        {STR_INIT("ROOMS_PARAMS"), GAR_PARAMS},
        {STR_INIT("CARPLACES_PARAMS"), GAR_PARAMS},
        {STR_INIT("ADM_HIERARCHY"), GAR_ADM_HIERARCHY},
        {STR_INIT("MUN_HIERARCHY"), GAR_MUN_HIERARCHY},
    };
    struct str table = table_of(name);

    for (size_t i = 0; i < ARRAY_LEN(TABLES); i++)
        if (str_equal(TABLES[i].table, table))
            return TABLES[i].kind;
    return GAR_OTHER;
}

struct reading {
    struct archive *archive;
    struct archive_entry *entry;
    const struct gar_zip_visitor *visitor;
    int64_t size; /* of the zip */
    int64_t unpacked;
    int entries;
    int64_t *position;
};

static void close_zip(struct reading *reading)
{
    if (reading->archive != NULL)
        archive_read_free(reading->archive);
    reading->archive = NULL;
}

static bool fail(const struct reading *reading, struct err *err)
{
    const char *why = archive_error_string(reading->archive);

    return err_set(err, ERR_INPUT, "the zip cannot be read: %s",
                   why != NULL ? why : "it is damaged");
}

static bool is_bomb(const struct reading *reading)
{
    return reading->unpacked > GAR_ZIP_FREE &&
           reading->unpacked / GAR_ZIP_RATIO_MAX > reading->size;
}

static bool read_entry(struct reading *reading, struct str name, struct err *err)
{
    for (;;) {
        const void *block;
        size_t len;
        la_int64_t offset;
        int status = archive_read_data_block(reading->archive, &block, &len, &offset);

        if (status == ARCHIVE_EOF)
            return reading->visitor->end(reading->visitor->data, name, err);
        if (status != ARCHIVE_OK)
            return fail(reading, err);
        reading->unpacked += (int64_t)len;
        *reading->position = archive_filter_bytes(reading->archive, -1);
        if (is_bomb(reading))
            return err_set(err, ERR_LIMIT,
                           "the zip unpacks to more than %d times its size: this is "
                           "no ГАР",
                           GAR_ZIP_RATIO_MAX);
        if (!reading->visitor->take(reading->visitor->data, (struct str){block, len}, err))
            return false;
    }
}

static bool read_entries(struct reading *reading, struct err *err)
{
    for (;;) {
        int status = archive_read_next_header(reading->archive, &reading->entry);
        const char *path;

        if (status == ARCHIVE_EOF)
            return reading->entries > 0 || err_set(err, ERR_INPUT, "the zip is empty");
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return fail(reading, err);
        if (++reading->entries > GAR_ZIP_ENTRIES_MAX)
            return err_set(err, ERR_LIMIT, "the zip has more than %d files", GAR_ZIP_ENTRIES_MAX);
        path = archive_entry_pathname_utf8(reading->entry);
        if (path == NULL)
            path = archive_entry_pathname(reading->entry);
        struct str name = path != NULL ? str_from_z(path) : (struct str){0};
        if (archive_entry_is_encrypted(reading->entry))
            return err_set(err, ERR_INPUT, "the zip is encrypted: unpack and pack it again");
        if (!reading->visitor->begin(reading->visitor->data, name))
            continue;
        if (!read_entry(reading, name, err))
            return err_while(err, "%.*s", STR_ARG(name));
    }
}

bool gar_zip_each(const char *path, struct str bytes, int64_t *position,
                  const struct gar_zip_visitor *visitor, struct err *err)
{
    CLEANUP(close_zip) struct reading reading = {.visitor = visitor, .position = position};
    struct stat stat_of = {0};
    int status;

    reading.archive = archive_read_new();
    if (reading.archive == NULL)
        return err_set(err, ERR_BROKEN, "no memory for reading the zip");
    archive_read_support_format_zip(reading.archive);
    if (path != NULL)
        status = archive_read_open_filename(reading.archive, path, BLOCK);
    else
        status = archive_read_open_memory(reading.archive, bytes.ptr, bytes.len);
    if (status != ARCHIVE_OK)
        return fail(&reading, err);
    reading.size = (int64_t)bytes.len;
    if (path != NULL && stat(path, &stat_of) == 0)
        reading.size = stat_of.st_size;
    return read_entries(&reading, err);
}
