#include "cli/commands.h"
#include "core/time.h"
#include "notice/notice_job.h"

/* The server's own, or, where none runs, what the command was given. */
static bool find_delivery(struct command_run *run, const struct delivery **delivery,
                          struct err *err)
{
    struct str path = command_folder(run, command_option(run, "--notice"));
    struct delivery *own;

    *delivery = &run->node->delivery;
    if (path.len == 0)
        return true;
    own = ARENA_NEW(run->arena, struct delivery);
    *delivery = own;
    return delivery_read(run->arena, path, own, err);
}

bool cmd_notice_test(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct notice_place place = {.library = run->node->library, .now = time_now()};
    struct str address = run->args[1];
    struct carrier_end end;
    bool is_mail = str_find_char(address, '@') < address.len;

    if (!find_delivery(run, &place.delivery, err) ||
        !(is_mail ? contact_check_email(address, err)
                  : contact_parse_phone(run->arena, address, &address, err)) ||
        !store_hold(run->node->store, run->args[0], &tenant, err))
        return false;
    place.tenant = tenant;
    if (!notice_job_try(&place, run->arena, is_mail ? CONTACT_EMAIL : CONTACT_SMS, address, &end,
                        err))
        return false;
    if (end.outcome != OUTBOX_SENT)
        return err_set(err, end.outcome == OUTBOX_REFUSED ? ERR_INPUT : ERR_UNAVAILABLE, "%.*s",
                       STR_ARG(end.reason));
    command_print(run, "%s took it over for %.*s\n", is_mail ? "the mail server" : "the gateway",
                  STR_ARG(address));
    return true;
}
