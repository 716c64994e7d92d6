#include "cli/commands.h"
#include "core/time.h"
#include "link/fetch.h"

static bool tell(void *data, struct str register_id, int64_t done, int64_t total)
{
    struct command_run *run = data;

    if (run->is_terminal)
        command_print(run, "\r%.*s: %lld of about %lld", STR_ARG(register_id), (long long)done,
                      (long long)total);
    return true;
}

bool cmd_mirror_fetch(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    struct str ca_file = command_option(run, "--ca-file");
    struct fetch fetch = {.library = run->node->library,
                          .ca_file = ca_file.len > 0 ? command_path(run, ca_file)
                                                     : run->node->link.ca_file,
                          .key = &run->node->key,
                          .pool = run->node->workers,
                          .now = time_now(),
                          .go_on = tell,
                          .data = run};
    struct fetch_counts counts;

    if (!store_hold(run->node->store, run->args[0], &mirror, err))
        return false;
    fetch.mirror = mirror;
    if (!fetch_all(&fetch, run->arena, &counts, err))
        return false;
    command_print(run, "%s%lld new editions, %lld bytes came\n", run->is_terminal ? "\r" : "",
                  (long long)counts.editions, (long long)counts.bytes);
    return true;
}
