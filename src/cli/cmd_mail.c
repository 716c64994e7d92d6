#include "cli/commands.h"
#include "core/file.h"
#include "core/time.h"
#include "link/exchange.h"
#include "link/reply.h"

static bool find_mirror(struct command_run *run, struct exchange *exchange, struct tenant **mirror,
                        struct err *err)
{
    if (!mirror_find(run->node->store, run->arena, run->args[0], 0, mirror, err))
        return false;
    *exchange = (struct exchange){.mirror = *mirror,
                                  .library = run->node->library,
                                  .key = &run->node->key,
                                  .now = time_now(),
                                  .pool = run->node->workers};
    return true;
}

static bool write_new(struct command_run *run, struct str bytes, struct err *err)
{
    struct str path = command_path(run, run->args[1]);

    if (file_exists(path))
        return err_set(err, ERR_CONFLICT, "%.*s is there already", STR_ARG(path));
    return file_write(path, bytes, err);
}

bool cmd_mail_write(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    CLEANUP(store_release) struct tenant *child = NULL;
    struct buf out = {.arena = run->arena};
    struct exchange_counts counts;
    struct exchange exchange;

    if (!store_hold(run->node->store, run->args[0], &child, err) ||
        !find_mirror(run, &exchange, &mirror, err) ||
        !exchange_write(&exchange, child, &out, &counts, err))
        return false;
    if (out.len == 0)
        return err_set(err, ERR_ABSENT, "there is nothing that has to go up");
    if (!write_new(run, buf_str(&out), err))
        return false;
    command_print(run, "%lld proposals%s\n", (long long)counts.sent,
                  str_find(buf_str(&out), STR("{\"uprava_report\"")) < out.len ? ", a report" : "");
    return true;
}

bool cmd_mail_read(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    struct exchange_counts counts;
    struct exchange exchange;
    struct str text;

    if (!find_mirror(run, &exchange, &mirror, err) ||
        !file_read(run->arena, command_path(run, run->args[1]), REPLY_FILE_MAX, &text, err) ||
        !exchange_read(&exchange, run->arena, text, &counts, err))
        return false;
    command_print(run, "%lld answers\n", (long long)counts.answers);
    return true;
}

static bool open_desk(struct command_run *run, const char *option, struct tenant **tenant,
                      struct peer *peer, struct mail_desk *desk, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    if (!store_hold(run->node->store, run->args[0], tenant, err) || !tx_read(&tx, *tenant, err) ||
        !peer_below(&tx, run->arena, command_option(run, option), peer, err))
        return false;
    *desk = (struct mail_desk){.above = *tenant,
                               .library = run->node->library,
                               .arena = run->arena,
                               .now = time_now(),
                               .peer = peer};
    return true;
}

bool cmd_mail_take(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct str text, refused;
    struct mail_desk desk;
    struct reply reply;
    struct peer peer;

    if (!open_desk(run, "--from", &tenant, &peer, &desk, err) ||
        !file_read(run->arena, command_path(run, run->args[1]), LETTER_MAIL_MAX, &text, err))
        return false;
    desk.fingerprint = command_option(run, "--fingerprint");
    if (!mail_take(&desk, text, &reply, &refused, err))
        return false;
    for (size_t i = 0; i < reply.proposal_count; i++)
        command_print(run, "proposal %.*s: %.*s%s%.*s\n", STR_ARG(reply.proposals[i].uuid),
                      STR_ARG(reply.proposals[i].state),
                      reply.proposals[i].answer.len > 0 ? ", " : "",
                      STR_ARG(reply.proposals[i].answer));
    for (size_t i = 0; i < reply.report_count; i++)
        command_print(run, "%.*s of %.*s: received as entry %lld\n", STR_ARG(reply.reports[i].kind),
                      STR_ARG(reply.reports[i].child.title), (long long)reply.reports[i].number);
    if (refused.len > 0)
        command_print(run, "a report was refused: %.*s\n", STR_ARG(refused));
    return true;
}

bool cmd_mail_answer(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct buf out = {.arena = run->arena};
    struct mail_desk desk;
    struct reply reply;
    struct peer peer;

    if (!open_desk(run, "--to", &tenant, &peer, &desk, err) || !mail_summary(&desk, &reply, err))
        return false;
    reply_print(&out, &reply, &run->node->key);
    if (!write_new(run, buf_str(&out), err))
        return false;
    command_print(run, "%zu proposals, %zu reports\n", reply.proposal_count, reply.report_count);
    return true;
}
