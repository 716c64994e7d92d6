/* Lines about services: an application is sent, its case looked at. */
#include "cli/pack_case_play.h"
#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "service/consent.h"
#include "workflow/conduct_charge.h"
#include "workflow/conduct_leave.h"
#include "workflow/conduct_open.h"
#include "workflow/offering.h"

/* Whoever plays a case agrees. */
static struct str consent_of(const struct pack_case_play *play, const struct service *service)
{
    const struct service_consent *asked = &service->consent;

    return asked->version.len == 0
               ? asked->version
               : consent_print(play->arena,
                               &(struct consent){.version = asked->version, .text = asked->text});
}

static bool open_case(struct pack_case_play *play, const struct service *service,
                      const struct json *data, struct conduct *conduct, int64_t *record,
                      struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    const struct conduct_application application = {.service = service,
                                                    .data = data,
                                                    .id = id_next(play->now),
                                                    .way = SERVICE_PAGE,
                                                    .consent = consent_of(play, service),
                                                    .applicant = play->actor};
    struct flaws flaws = {0};

    *record = application.id;
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
    int64_t record;

    conduct.flow = 0;
    if (!process_service(play->stand->processes, play->catalog->model, name, &service, err) ||
        !pack_case_play_json(play, rest, &data, err) ||
        !open_case(play, service, data, &conduct, &record, err) ||
        !conduct_step(play->tenant, &conduct, err))
        return false;
    play->flow = conduct.flow;
    pack_case_play_name(play, STR("record"), conduct.head.no, record);
    return pack_case_play_settle(play, err);
}

/* about ${application}: its flow is spoken of from here on. */
bool pack_case_service_about(struct pack_case_play *play, struct str rest, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct service_case one;
    int64_t id;

    if (!id_parse(rest, &id))
        return err_set(err, ERR_INPUT, "about ${application}: which one?");
    if (!tx_read(&tx, play->tenant, err) || !service_case_get(&tx, play->arena, id, &one, err))
        return false;
    play->flow = one.flow;
    return true;
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

/* offered SERVICE PERSON; offered nothing PERSON: what is open for that card. */
bool pack_case_service_offered(struct pack_case_play *play, struct str rest, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct offering_place place = {
        .tenant = play->tenant, .processes = play->stand->processes, .now = play->now};
    struct offering_tally tally = {.after = play->offered_after};
    struct str want = pack_case_play_cut(&rest);
    struct service_offered *offered;
    int64_t person;
    size_t count;

    if (!id_parse(rest, &person))
        return err_set(err, ERR_INPUT, "offered SERVICE and the number of a person's card");
    if (!offering_go(&place, &tally, err) || !tx_read(&tx, play->tenant, err) ||
        !service_offered_list(&tx, play->arena, person, &offered, &count, err))
        return false;
    play->offered_after = tally.after;
    for (size_t i = 0; i < count; i++)
        if (str_equal(offered[i].service, want))
            return true;
    if (str_equal(want, STR("nothing")) && count == 0)
        return true;
    return err_set(err, ERR_INPUT, "what is offered to them is %.*s",
                   STR_ARG(count == 0 ? STR("nothing") : offered[0].service));
}

/* The last charge of the case. */
static bool find_charge(struct pack_case_play *play, struct charge *charge, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct charge *charges;
    struct service_case one;
    size_t count;

    if (!read_case(play, &one, err) || !tx_read(&tx, play->tenant, err) ||
        !charge_list(&tx, play->arena, one.id, &charges, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_INPUT, "nothing is charged");
    *charge = charges[count - 1];
    return true;
}

/* charge 54000 unpaid: so much was charged last, and that is how it stands. */
bool pack_case_service_charge(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct str want = pack_case_play_cut(&rest);
    struct buf have = {.arena = play->arena};
    struct charge charge;

    if (!find_charge(play, &charge, err))
        return false;
    num_print_scaled(&have, charge.kop, 2);
    return (str_equal(buf_str(&have), want) &&
            (rest.len == 0 || str_equal(charge_state_text(charge.state), rest))) ||
           err_set(err, ERR_INPUT, "charged are %.*s, %.*s", STR_ARG(buf_str(&have)),
                   STR_ARG(charge_state_text(charge.state)));
}

/* paid DOCUMENT: the last charge was paid by it, today. */
bool pack_case_service_paid(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct conduct_charge_payment payment = {.arena = play->arena,
                                             .document = rest,
                                             .paid_on = catalog_day(play->catalog, play->now),
                                             .actor = play->actor,
                                             .now = play->now};
    struct charge charge;

    if (!find_charge(play, &charge, err))
        return false;
    payment.n = charge.n;
    return conduct_charge_check(&payment, payment.paid_on, err) &&
           tenant_write_wait(play->tenant, conduct_charge_pay, &payment, err) &&
           pack_case_play_settle(play, err);
}

/* withdraw: the applicant takes the application back. */
bool pack_case_service_withdraw(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct conduct conduct = pack_case_play_conduct(play);

    (void)rest;
    conduct.step = (struct flow_step){.kind = FLOW_STEP_CANCEL, .node = -1};
    conduct.is_withdrawal = true;
    return conduct_step(play->tenant, &conduct, err) && pack_case_play_settle(play, err);
}

/* leave: the applicant gives up what the case has given. */
bool pack_case_service_leave(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct conduct_leave it = {.arena = play->arena, .actor = play->actor, .now = play->now};
    struct service_case one;

    (void)rest;
    if (!read_case(play, &one, err) ||
        !process_service(play->stand->processes, play->catalog->model, one.service, &it.service,
                         err))
        return false;
    it.service_case = one.id;
    if (it.service->leave.title.len == 0)
        return err_set(err, ERR_INPUT, "the card of the service does not say how");
    return tenant_write_wait(play->tenant, conduct_leave, &it, err) &&
           pack_case_play_settle(play, err);
}
