/* Lines about services: an application is sent, its case looked at. */
#include "cli/pack_case_play.h"
#include "core/id.h"
#include "core/time.h"
#include "workflow/conduct_open.h"

static bool open_case(struct pack_case_play *play, const struct service *service,
                      const struct json *data, struct conduct *conduct, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    const struct conduct_application application = {.service = service,
                                                    .data = data,
                                                    .id = id_next(play->now),
                                                    .way = SERVICE_PAGE,
                                                    .applicant = PACK_CASE_PLAY_ACTOR};
    struct flaws flaws = {0};

    if (!tx_read(&tx, play->tenant, err))
        return false;
    if (conduct_open(&tx, conduct, &application, &flaws, err))
        return true;
    return flaws.first == NULL ? false
                               : err_set(err, ERR_INPUT, "the application is refused: %.*s: %s",
                                         STR_ARG(flaws.first->path), flaws.first->id);
}

/* apply SERVICE {…} */
bool pack_case_service_apply(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct conduct conduct = pack_case_play_conduct(play);
    struct str name = pack_case_play_cut(&rest);
    const struct service *service;
    struct json *data;

    conduct.flow = 0;
    if (!process_service(play->stand->processes, play->catalog->model, name, &service, err) ||
        !pack_case_play_json(play, rest, &data, err) ||
        !open_case(play, service, data, &conduct, err) ||
        !conduct_step(play->tenant, &conduct, err))
        return false;
    play->flow = conduct.flow;
    return pack_case_play_settle(play, err);
}

static bool read_case(struct pack_case_play *play, struct service_case *one, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct flow_store head;

    return tx_read(&tx, play->tenant, err) &&
           flow_store_get(&tx, play->arena, play->flow, &head, err) &&
           service_case_get(&tx, play->arena, head.record, one, err);
}

/* case refused sound_tree; case paused: how it stands. */
bool pack_case_service_case(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct str want = pack_case_play_cut(&rest);
    struct service_case one;
    struct str have;

    if (!read_case(play, &one, err))
        return false;
    have = one.state == SERVICE_CASE_OPEN && service_case_stands(&one)
               ? STR("paused")
               : service_case_state_text(one.state);
    return (str_equal(have, want) && (rest.len == 0 || str_equal(rest, one.ground))) ||
           err_set(err, ERR_INPUT, "the case is %.*s %.*s", STR_ARG(have), STR_ARG(one.ground));
}

/* due 2026-03-25; due: it has no term, or stands still. */
bool pack_case_service_due(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct buf have = {.arena = play->arena};
    struct service_case one;

    if (!read_case(play, &one, err))
        return false;
    if (one.due_on != SERVICE_CASE_NO_TERM)
        time_print_day(&have, one.due_on);
    return str_equal(buf_str(&have), rest) ||
           err_set(err, ERR_INPUT, "its last day is \"%.*s\"", STR_ARG(buf_str(&have)));
}

/* told TEXT: the applicant was told so. */
bool pack_case_service_told(struct pack_case_play *play, struct str rest, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct service_case_event *events;
    struct service_case one;
    size_t count;

    if (!read_case(play, &one, err) || !tx_read(&tx, play->tenant, err) ||
        !service_case_events(&tx, play->arena, one.id, &events, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (str_equal(events[i].body, rest))
            return true;
    return err_set(err, ERR_INPUT, "the applicant was not told so");
}
