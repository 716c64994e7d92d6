#include "cli/commands.h"
#include "core/file.h"
#include "core/num.h"
#include "core/time.h"
#include "link/edition_file.h"

static struct str folder_of(struct command_run *run, struct str path)
{
    size_t at = path.len;

    while (at > 0 && path.ptr[at - 1] != '/')
        at--;
    return at == 0 ? run->folder : str_slice(path, 0, at);
}

static struct str name_of(struct str path)
{
    size_t at = path.len;

    while (at > 0 && path.ptr[at - 1] != '/')
        at--;
    return str_slice(path, at, path.len);
}

static bool read_number(struct command_run *run, const char *option, int64_t *number,
                        struct err *err)
{
    struct str text = command_option(run, option);

    *number = 0;
    return text.len == 0 || (num_parse_scaled(text, 0, number) && *number > 0) ||
           err_set(err, ERR_INPUT, "%s: the number of an edition, from 1", option);
}

bool cmd_edition_export(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(file_draft_drop) struct file_draft draft = {.fd = -1};
    struct str path = command_path(run, run->args[2]);
    struct edition_wish wish = {.register_id = run->args[1], .is_strict = true};
    struct edition_by by = {NULL, run->node->library, &run->node->key, run->arena};
    struct edition_file_counts counts;

    if (command_option(run, "--reader").len == 0)
        return err_set(err, ERR_INPUT, "for whom? Give --reader (uprava peer list)");
    if (file_exists(path))
        return err_set(err, ERR_CONFLICT, "%.*s is there already", STR_ARG(path));
    if (!read_number(run, "--since", &wish.since, err) ||
        !store_hold(run->node->store, run->args[0], &tenant, err) ||
        !peer_reader(tenant, run->arena, command_option(run, "--reader"), &wish.reader, err))
        return false;
    by.publisher = tenant;
    if (!file_draft_open(&draft, run->arena, folder_of(run, path), err) ||
        !edition_file_write(&by, &wish, &draft, !str_ends(path, STR(".gz")), &counts, err) ||
        !file_draft_keep(&draft, run->arena, name_of(path), err))
        return false;
    command_print(run, "edition %lld of %.*s: %lld lines\nkey: %.*s\n",
                  (long long)counts.head.mark.no, STR_ARG(run->args[1]), (long long)counts.lines,
                  STR_ARG(edition_fingerprint(run->arena, counts.head.key)));
    return true;
}

struct taking {
    struct edition_file file;
    struct command_run *run;
};

static bool rewind_file(void *data, edition_pull **pull, void **pull_data, struct err *err)
{
    struct taking *taking = data;

    return edition_file_rewind(&taking->file, pull, pull_data, err);
}

static bool tell(void *data, int64_t done, int64_t total)
{
    struct taking *taking = data;

    if (taking->run->is_terminal)
        command_print(taking->run, "\r%lld of about %lld", (long long)done, (long long)total);
    return true;
}

static void end_taking(struct taking *taking)
{
    edition_file_close(&taking->file);
}

bool cmd_edition_import(struct command_run *run, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    CLEANUP(store_release) struct tenant *mirror = NULL;
    CLEANUP(end_taking) struct taking taking = {.run = run};
    struct edition_apply apply = {.library = run->node->library,
                                  .now = time_now(),
                                  .is_anew = command_has(run, "--anew"),
                                  .rewind = rewind_file,
                                  .progress = tell,
                                  .data = &taking};
    struct edition_result result;
    struct edition_head head;

    if (!edition_file_open(run->arena, command_path(run, run->args[1]), &fd, &head, err) ||
        !mirror_find(run->node->store, run->arena, run->args[0], head.publisher.id, &mirror, err))
        return false;
    taking.file.fd = fd;
    apply.mirror = mirror;
    if (!edition_apply(&apply, run->arena, &result, err))
        return false;
    if (run->node->workers != NULL)
        worker_wake(run->node->workers, tenant_info(mirror)->name);
    command_print(run, "%s%.*s\n", run->is_terminal ? "\r" : "",
                  STR_ARG(edition_file_tell(run->arena, &result)));
    return true;
}

bool cmd_edition_show(struct command_run *run, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    struct edition_head head;
    struct buf at = {.arena = run->arena};

    if (!edition_file_open(run->arena, command_path(run, run->args[0]), &fd, &head, err))
        return false;
    time_print_moment(&at, head.at);
    command_print(run, "register   %.*s (pack %.*s %.*s)\n", STR_ARG(head.register_id),
                  STR_ARG(head.pack_id), STR_ARG(head.pack_version));
    command_print(run, "publisher  %.*s (%.*s)\n", STR_ARG(head.publisher.title),
                  STR_ARG(head.publisher.name));
    command_print(run, "reader     %.*s (%.*s)\n", STR_ARG(head.reader.title),
                  STR_ARG(head.reader.name));
    command_print(run, "edition    %lld of %.*s, %lld records\n", (long long)head.mark.no,
                  STR_ARG(buf_str(&at)), (long long)head.total);
    if (head.base.no > 0)
        command_print(run, "changes    since edition %lld\n", (long long)head.base.no);
    command_print(run, "key        %.*s\n", STR_ARG(edition_fingerprint(run->arena, head.key)));
    return true;
}
