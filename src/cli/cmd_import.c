#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"
#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "registry/import.h"

enum {
    LOOK_MS = 200, /* how often the job is looked at */
};

struct importing {
    struct command_run *run;
    struct tenant *tenant;
    const struct catalog *catalog;
    struct import import;
    bool is_dry;
    int64_t job;
};

static bool close_file(int fd)
{
    return fd < 0 || close(fd) == 0;
}

static bool keep_file(struct importing *importing, struct err *err)
{
    struct command_run *run = importing->run;
    struct str path = command_path(run, run->args[2]);
    int fd = open(str_to_z(run->arena, path), O_RDONLY | O_CLOEXEC);
    size_t slash = path.len;

    while (slash > 0 && path.ptr[slash - 1] != '/')
        slash--;
    if (fd < 0)
        return err_set(err, ERR_INPUT, "%.*s: %s", STR_ARG(path), strerror(errno));
    struct import_upload upload = {.fd = fd, .name = str_slice(path, slash, path.len)};
    bool ok = import_keep(importing->tenant, run->arena, &upload, &importing->import, err);
    return close_file(fd) && ok;
}

static struct registry registry_of(const struct importing *importing, struct tx *tx)
{
    return (struct registry){tx, importing->run->arena, importing->catalog, time_now(), NULL};
}

/* Columns as guessed or remembered, then what --map says: "Год=year_built,Серия=". */
static bool map_columns(struct importing *importing, struct err *err)
{
    struct command_run *run = importing->run;
    struct str list = command_option(run, "--map");
    struct import_preview preview;
    CLEANUP(tx_done) struct tx tx = {0};
    struct registry registry = registry_of(importing, &tx);

    if (importing->import.format == IMPORT_GAR)
        return true;
    if (!tx_read(&tx, importing->tenant, err) ||
        !import_look(&registry, &importing->import, &preview, err))
        return false;
    importing->import.options = preview.options;
    importing->import.options.classes =
        POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL | POLICY_SECRET;
    while (list.len > 0) {
        struct str target = str_cut(&list, ',');
        struct str title = str_cut(&target, '=');
        bool is_found = false;

        for (size_t i = 0; i < preview.column_count; i++) {
            struct import_column *column = &importing->import.options.columns[i];

            if (str_equal(column->title, title)) {
                column->target = target;
                is_found = true;
            }
        }
        if (!is_found)
            return err_set(err, ERR_INPUT, "--map: the file has no column \"%.*s\"",
                           STR_ARG(title));
    }
    return true;
}

static void read_places(struct importing *importing)
{
    struct str list = command_option(importing->run, "--places");
    struct import_options *options = &importing->import.options;

    options->classes = POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL | POLICY_SECRET;
    options->places = ARENA_ARRAY(importing->run->arena, struct str, list.len + 1);
    while (list.len > 0)
        options->places[options->place_count++] = str_trim(str_cut(&list, ','));
}

static bool put_import(struct tx *tx, void *data, struct err *err)
{
    struct importing *importing = data;
    struct registry registry = registry_of(importing, tx);

    return import_put(tx, &importing->import, err) &&
           import_set(&registry, &importing->import, err) &&
           import_start(&registry, importing->import.id, importing->is_dry, 0, &importing->job,
                        err);
}

static bool look_at_job(struct importing *importing, struct arena *arena, struct job_view *view,
                        struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, importing->tenant, err) && job_get(&tx, arena, importing->job, view, err);
}

static bool is_over(const struct job_view *view)
{
    return !str_equal(view->status, STR("waiting")) && !str_equal(view->status, STR("running"));
}

static bool wait_for_job(struct importing *importing, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct command_run *run = importing->run;
    struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
    struct job_view view;

    for (;;) {
        arena_reset(arena);
        if (!look_at_job(importing, arena, &view, err))
            return false;
        if (run->is_terminal && view.total > 0)
            command_print(run, "\r%3lld %%", (long long)(view.done * 100 / view.total));
        if (is_over(&view))
            break;
        nanosleep(&pause, NULL);
    }
    if (run->is_terminal)
        command_print(run, "\r");
    return !str_equal(view.status, STR("failed")) ||
           err_set(err, ERR_INPUT, "%.*s", STR_ARG(view.reason));
}

static bool print_errors(struct importing *importing, struct tx *tx, struct err *err)
{
    struct command_run *run = importing->run;
    struct registry registry = registry_of(importing, tx);
    struct import_error *errors;
    size_t count;

    if (!import_errors(&registry, importing->import.id, 20, &errors, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        command_print(run, "line %lld, %.*s: %.*s %.*s: \"%.*s\"\n", (long long)errors[i].line,
                      STR_ARG(errors[i].field), STR_ARG(errors[i].id), STR_ARG(errors[i].detail),
                      STR_ARG(errors[i].value));
    return true;
}

static bool print_result(struct importing *importing, struct err *err)
{
    struct command_run *run = importing->run;
    CLEANUP(tx_done) struct tx tx = {0};
    struct registry registry = registry_of(importing, &tx);
    struct import done;

    if (!tx_read(&tx, importing->tenant, err) ||
        !import_get(&registry, importing->import.id, &done, err))
        return false;
    const struct import_counts *counts = &done.counts;
    if (run->is_json)
        command_print(run,
                      "{\"rows\":%lld,\"created\":%lld,\"changed\":%lld,\"same\":%lld,"
                      "\"wrong\":%lld}\n",
                      (long long)counts->rows, (long long)counts->created,
                      (long long)counts->changed, (long long)counts->same,
                      (long long)counts->wrong);
    else
        command_print(run, "%lld row%s: %lld new, %lld changed, %lld the same, %lld wrong\n",
                      (long long)counts->rows, counts->rows == 1 ? "" : "s",
                      (long long)counts->created, (long long)counts->changed,
                      (long long)counts->same, (long long)counts->wrong);
    return run->is_json || print_errors(importing, &tx, err);
}

bool cmd_import(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct importing importing = {.run = run, .is_dry = command_has(run, "--dry-run")};
    const struct register_type *type;

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !catalog_get(tenant, run->node->library, &importing.catalog, err))
        return false;
    importing.tenant = tenant;
    type = model_type(importing.catalog->model, run->args[1]);
    if (type == NULL)
        return err_set(err, ERR_ABSENT, "there is no register %.*s", STR_ARG(run->args[1]));
    if (!keep_file(&importing, err))
        return false;
    importing.import.no = catalog_no(importing.catalog, type);
    importing.import.created_at = time_now();
    importing.import.options.valid_from = RECORD_ALWAYS;
    if (!map_columns(&importing, err))
        return false;
    read_places(&importing);
    node_start_workers(run->node);
    if (!tenant_write_wait(tenant, put_import, &importing, err))
        return false;
    worker_wake(run->node->workers, run->args[0]);
    return wait_for_job(&importing, err) && print_result(&importing, err);
}
