#include "cli/commands.h"
#include "core/file.h"
#include "core/time.h"
#include "link/edition_file.h"

bool cmd_mirror_create(struct command_run *run, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    struct str *children = ARENA_ARRAY(run->arena, struct str, COMMAND_ARGS_MAX);
    struct str list = command_option(run, "--above");
    struct edition_head head;
    struct mirror_wish wish = {.name = run->args[0],
                               .fingerprint = command_option(run, "--fingerprint"),
                               .head = &head,
                               .children = children};
    struct tenancy by = {run->node->store, run->node->library, 0, time_now()};

    while (list.len > 0 && wish.child_count < COMMAND_ARGS_MAX)
        children[wish.child_count++] = str_trim(str_cut(&list, ','));
    if (list.len > 0)
        return err_set(err, ERR_INPUT, "--above: at most %d at a time", COMMAND_ARGS_MAX);
    if (!edition_file_open(run->arena, command_path(run, run->args[1]), &fd, &head, err) ||
        !mirror_create(&by, run->arena, &wish, err))
        return false;
    command_print(run, "%.*s stands here for %.*s; uprava edition import brings its editions\n",
                  STR_ARG(run->args[0]), STR_ARG(head.publisher.title));
    return true;
}

bool cmd_mirror_trust(struct command_run *run, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    CLEANUP(store_release) struct tenant *mirror = NULL;
    struct edition_head head;

    if (!edition_file_open(run->arena, command_path(run, run->args[1]), &fd, &head, err) ||
        !store_hold(run->node->store, run->args[0], &mirror, err) ||
        !mirror_trust(mirror, &head, command_option(run, "--fingerprint"), time_now(), err))
        return false;
    command_print(run, "editions signed with %.*s are taken from now on\n",
                  STR_ARG(edition_fingerprint(run->arena, head.key)));
    return true;
}
