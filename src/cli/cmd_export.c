#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "auth/journal.h"
#include "cli/commands.h"
#include "core/time.h"
#include "registry/export.h"

struct exporting {
    struct command_run *run;
    int fd;     /* -1: to the caller's output */
    char *path; /* else */
};

static bool write_bytes(void *data, struct str bytes, struct err *err)
{
    const struct exporting *exporting = data;

    if (exporting->fd < 0)
        return exporting->run->write(exporting->run->data, bytes) ||
               err_set(err, ERR_UNAVAILABLE, "nobody reads the export any more");
    while (bytes.len > 0) {
        ssize_t put = write(exporting->fd, bytes.ptr, bytes.len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return err_set(err, ERR_UNAVAILABLE, "writing the file: %s", strerror(errno));
        bytes = str_slice(bytes, (size_t)put, bytes.len);
    }
    return true;
}

static bool read_format(const struct command_run *run, enum export_format *format, struct err *err)
{
    struct str word = command_option(run, "--format");

    if (word.len == 0 || str_equal(word, STR("csv")))
        *format = EXPORT_CSV;
    else if (str_equal(word, STR("ndjson")))
        *format = EXPORT_NDJSON;
    else if (str_equal(word, STR("geojson")))
        *format = EXPORT_GEOJSON;
    else
        return err_set(err, ERR_INPUT, "--format is csv, ndjson or geojson");
    return true;
}

static bool open_file(struct exporting *exporting, struct err *err)
{
    struct command_run *run = exporting->run;

    exporting->fd = -1;
    if (run->arg_count <= 2)
        return true;
    exporting->path = str_to_z(run->arena, command_path(run, run->args[2]));
    exporting->fd = open(exporting->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return exporting->fd >= 0 ||
           err_set(err, ERR_INPUT, "%s: %s", exporting->path, strerror(errno));
}

/* Half a file is worse than none: the next try would find it in its way. */
static bool close_file(struct exporting *exporting, bool is_whole, struct err *err)
{
    if (exporting->fd < 0)
        return is_whole;
    if (close(exporting->fd) != 0 && is_whole)
        is_whole = err_set(err, ERR_UNAVAILABLE, "%s: %s", exporting->path, strerror(errno));
    if (!is_whole)
        unlink(exporting->path);
    return is_whole;
}

struct note {
    const struct catalog *catalog;
    const struct register_type *type;
};

/* That it was taken, and that all that is personal in it was seen: as on the pages. */
static bool write_note(struct tx *tx, void *data, struct err *err)
{
    const struct note *note = data;
    struct journal_entry entry = {
        .at = time_now(), .action = STR("export"), .no = catalog_no(note->catalog, note->type)};

    if (!journal_add(tx, &entry, err))
        return false;
    entry.action = STR("read");
    return (note->type->classes & (POLICY_PERSONAL | POLICY_SECRET)) == 0 ||
           journal_add(tx, &entry, err);
}

static bool run_export(struct exporting *exporting, struct tenant *tenant,
                       const struct catalog *catalog, const struct register_type *type,
                       struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct record_ask ask = {.type = type, .valid_on = RECORD_ALWAYS};
    struct export_options options = {.classes = POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL |
                                                POLICY_SECRET};
    struct registry registry = {&tx, exporting->run->arena, catalog, time_now(), NULL};
    struct str where = command_option(exporting->run, "--where");
    struct record_filter filter;
    struct export_sink sink = {write_bytes, exporting};
    int64_t count;

    if (where.len > 0 && !record_filter_where(registry.arena, type, where,
                                              catalog_clock(catalog, registry.now), &filter, err))
        return false;
    ask.filters = &filter;
    ask.filter_count = where.len > 0 ? 1 : 0;
    if (!read_format(exporting->run, &options.format, err) || !tx_read(&tx, tenant, err) ||
        !export_run(&registry, &ask, &options, &sink, &count, err))
        return false;
    if (exporting->fd >= 0)
        command_print(exporting->run, "%lld records\n", (long long)count);
    return true;
}

bool cmd_export(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct exporting exporting = {.run = run};
    const struct register_type *type;
    const struct catalog *catalog;

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !catalog_get(tenant, run->node->library, &catalog, err))
        return false;
    type = model_type(catalog->model, run->args[1]);
    if (type == NULL)
        return err_set(err, ERR_ABSENT, "there is no register %.*s", STR_ARG(run->args[1]));
    if (!open_file(&exporting, err))
        return false;
    bool ok = tenant_write_wait(tenant, write_note, &(struct note){catalog, type}, err) &&
              run_export(&exporting, tenant, catalog, type, err);
    return close_file(&exporting, ok, err);
}
