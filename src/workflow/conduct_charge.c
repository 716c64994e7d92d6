/*
 * A charge gets its number in the writer, and the process its number with the next write: as a
 * letter does (conduct_document.c).  So no number comes twice, and nobody's step is late because
 * somebody else has charged.
 */
#include "workflow/conduct_charge.h"

#include "auth/journal.h"
#include "core/json_put.h"
#include "core/num.h"
#include "core/time.h"
#include "core/utf8.h"
#include "lang/format.h"
#include "workflow/conduct_job.h"
#include "workflow/conduct_part.h"

enum {
    CBC_LEN = 20,
    BACKUP_MS = 5000, /* should this process die before it delivers what it put */
};

static struct str value_of(const struct flow_wait *wait, const char *name)
{
    return str_trim(json_find_text(wait->data, str_from_z(name)));
}

static bool is_cbc(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len == CBC_LEN;
}

static bool read_amount(const struct flow_wait *wait, int64_t *kop, struct err *err)
{
    const struct json *amount = json_find(wait->data, STR("amount"));

    if (amount == NULL || amount->kind != JSON_NUMBER || !num_parse_scaled(amount->text, 2, kop))
        return err_set(
            err, ERR_INPUT,
            "its input amount is no number of roubles with at most two digits of kopecks");
    return (*kop > 0 && *kop <= CHARGE_KOP_MAX) ||
           err_set(err, ERR_INPUT, "its input amount is from 0.01 to %d roubles",
                   CHARGE_KOP_MAX / 100);
}

static bool read_charge(const struct flow_wait *wait, struct charge *charge, struct err *err)
{
    if (!read_amount(wait, &charge->kop, err))
        return false;
    charge->purpose = value_of(wait, "purpose");
    charge->cbc = value_of(wait, "cbc");
    charge->oktmo = value_of(wait, "oktmo");
    if (charge->purpose.len == 0 || utf8_length(charge->purpose) > CHARGE_PURPOSE_MAX)
        return err_set(err, ERR_INPUT, "its input purpose is a text of 1 to %d letters",
                       CHARGE_PURPOSE_MAX);
    if (charge->cbc.len > 0 && !is_cbc(charge->cbc))
        return err_set(err, ERR_INPUT, "its input cbc is a КБК of 20 digits");
    return charge->oktmo.len == 0 || format_find(STR("oktmo"))(charge->oktmo) ||
           err_set(err, ERR_INPUT, "its input oktmo has 8 or 11 digits");
}

static struct json *result_of(struct arena *arena, const struct charge *charge)
{
    struct json *result = json_new(arena, JSON_OBJECT);
    struct buf amount = {.arena = arena};
    struct json *number = json_new(arena, JSON_NUMBER);

    num_print_scaled(&amount, charge->kop, 2);
    number->text = buf_str(&amount);
    json_set_text(arena, result, STR("number"), str_printf(arena, "%lld", (long long)charge->n));
    json_set_text(arena, result, STR("uin"), charge->uin);
    json_set(result, STR("amount"), number);
    return result;
}

/* That this very wait asked for, in a write before. */
static bool find_made(struct tx *read, const struct conduct *conduct, const struct flow_wait *wait,
                      struct charge *charge, struct err *err)
{
    struct charge *charges;
    size_t count;

    charge->n = 0;
    if (!charge_list(read, conduct->arena, conduct->work->about->one.id, &charges, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (charges[i].flow == conduct->flow && charges[i].wait == wait->part.id)
            *charge = charges[i];
    return true;
}

bool conduct_charge(struct tx *read, struct conduct *conduct, const struct flow_wait *wait,
                    struct flow_step *answer, struct err *err)
{
    struct conduct_case *about = conduct->work->about;
    struct conduct_due *due = ARENA_NEW(conduct->arena, struct conduct_due);
    struct err found = {0};

    if (about == NULL) {
        conduct_break(conduct, answer, "the flow is not that of a case");
        return true;
    }
    if (!find_made(read, conduct, wait, &due->charge, err))
        return false;
    if (due->charge.n != 0) {
        answer->data = result_of(conduct->arena, &due->charge);
        return true;
    }
    due->charge = (struct charge){.service_case = about->one.id,
                                  .flow = conduct->flow,
                                  .wait = wait->part.id,
                                  .made_at = conduct->now};
    if (!read_charge(wait, &due->charge, &found)) {
        conduct_break(conduct, answer, "%s", found.text);
        return true;
    }
    due->wait = wait->part.id;
    due->event = conduct_case_tell(conduct, SERVICE_CASE_CHARGED, (struct str){0});
    VEC_PUSH(conduct->arena, &conduct->work->dues, due);
    answer->wait = 0;
    return true;
}

bool conduct_charge_put(struct tx *tx, struct conduct *conduct, int *wait, struct err *err)
{
    struct conduct_work *work = conduct->work;
    struct str head = catalog_setting(conduct->catalog, STR("uin_head"));

    for (size_t i = 0; i < work->dues.count; i++) {
        struct conduct_due *due = work->dues.items[i];

        *wait = due->wait;
        if (!charge_make(tx, conduct->arena, head, &due->charge, err))
            return false;
        work->about->events.items[due->event].body =
            charge_event_print(conduct->arena, &due->charge);
    }
    return true;
}

bool conduct_charge_check(const struct conduct_charge_payment *payment, int64_t today,
                          struct err *err)
{
    if (payment->document.len == 0 || utf8_length(payment->document) > CHARGE_DOCUMENT_MAX)
        return err_set(err, ERR_INPUT,
                       "name the document by which it was paid, in at most 100 "
                       "letters");
    return payment->paid_on <= today ||
           err_set(err, ERR_INPUT, "the day of the payment is not in the future");
}

/* Whoever waits for it is told, if there still is somebody. */
static bool put_post(struct tx *tx, struct conduct_charge_payment *payment, struct err *err)
{
    struct json *body = result_of(payment->arena, &payment->charge);
    struct flow_post *post = &payment->post;
    struct buf text = {.arena = payment->arena};
    struct buf day = {.arena = payment->arena};
    struct flow_store head;
    bool has_moved;

    if (!flow_store_get(tx, payment->arena, payment->charge.flow, &head, err))
        return false;
    if (head.state != FLOW_RUNNING)
        return true;
    time_print_day(&day, payment->paid_on);
    json_set_text(payment->arena, body, STR("document"), payment->document);
    json_set_text(payment->arena, body, STR("paid_on"), buf_str(&day));
    json_canonical(&text, body);
    *post = (struct flow_post){.kind = FLOW_POST_MESSAGE,
                               .name = STR(CONDUCT_CHARGE_PAID),
                               .tag = json_find_text(body, STR("number")),
                               .actor = payment->actor,
                               .put_at = payment->now,
                               .body = buf_str(&text)};
    return flow_post_put(tx, post, err) &&
           conduct_job_need(tx, payment->now + BACKUP_MS, payment->now, &has_moved, err);
}

/* What happened, into the case and the journal. */
static bool tell_case(struct tx *tx, struct arena *arena, const struct charge *charge,
                      struct service_case_event *event, struct err *err)
{
    bool is_paid = event->kind == SERVICE_CASE_PAID;
    struct service_case one;
    struct journal_entry entry = {.at = event->at,
                                  .actor = event->actor,
                                  .action = is_paid ? STR("charge.pay") : STR("charge.correct")};
    struct buf detail = {.arena = arena};

    if (!service_case_get(tx, arena, charge->service_case, &one, err) ||
        !service_case_add_event(tx, &one, event, err) || !service_case_change(tx, arena, &one, err))
        return false;
    buf_char(&detail, '{');
    json_put_int(&detail, "charge", charge->n);
    if (!is_paid) {
        json_put_text(&detail, "document", charge->document);
        json_put_text(&detail, "reason", charge_event_reason(event->body));
    }
    buf_char(&detail, '}');
    entry.no = one.no;
    entry.record = one.id;
    entry.cause = one.flow;
    entry.detail = buf_str(&detail);
    return journal_add(tx, &entry, err);
}

/* Whether a payment of it was told before, and corrected: the process has heard of that one. */
static bool was_told(struct tx *tx, struct arena *arena, const struct charge *charge, bool *was,
                     struct err *err)
{
    struct service_case_event *events;
    size_t count;

    *was = false;
    if (!service_case_events(tx, arena, charge->service_case, &events, &count, err))
        return false;
    for (size_t i = 0; i < count && !*was; i++) {
        int64_t n, kop;

        *was = events[i].kind == SERVICE_CASE_PAID && charge_event_read(events[i].body, &n, &kop) &&
               n == charge->n;
    }
    return true;
}

bool conduct_charge_pay(struct tx *tx, void *data, struct err *err)
{
    struct conduct_charge_payment *payment = data;
    struct charge *charge = &payment->charge;
    struct service_case_event event = {
        .at = payment->now, .actor = payment->actor, .kind = SERVICE_CASE_PAID};
    bool was_taken, was_heard;

    payment->post = (struct flow_post){0};
    if (!charge_get(tx, payment->arena, payment->n, charge, err))
        return false;
    if (charge->document.len > 0)
        return (str_equal(charge->document, payment->document) &&
                charge->paid_on == payment->paid_on) ||
               err_set(err, ERR_CONFLICT, "another document has paid it before");
    charge->document = payment->document;
    charge->paid_on = payment->paid_on;
    charge->ended_at = payment->now;
    charge->ended_by = payment->actor;
    if (!charge_pay(tx, charge, &was_taken, err))
        return false;
    if (!was_taken)
        return err_set(err, ERR_CONFLICT, "another document has paid it before");
    event.body = charge_event_print(payment->arena, charge);
    if (!was_told(tx, payment->arena, charge, &was_heard, err) ||
        !tell_case(tx, payment->arena, charge, &event, err))
        return false;
    if (charge->state != CHARGE_UNPAID)
        return true;
    charge->state = CHARGE_PAID;
    return was_heard || put_post(tx, payment, err);
}

bool conduct_charge_check_reason(struct str reason, struct err *err)
{
    return (reason.len > 0 && utf8_length(reason) <= CHARGE_REASON_MAX) ||
           err_set(err, ERR_INPUT, "say why the payment is corrected, in at most 500 letters");
}

/* What was to be paid for was given, or still may be. */
static bool is_owed(const struct service_case *one)
{
    return one->state == SERVICE_CASE_OPEN || one->state == SERVICE_CASE_GRANTED;
}

bool conduct_charge_correct(struct tx *tx, void *data, struct err *err)
{
    struct conduct_charge_correction *it = data;
    struct charge *charge = &it->charge;
    struct service_case_event event = {
        .at = it->now, .actor = it->actor, .kind = SERVICE_CASE_UNPAID};
    struct str body;
    struct service_case one;
    bool was_taken;

    if (!charge_get(tx, it->arena, it->n, charge, err) ||
        !service_case_get(tx, it->arena, charge->service_case, &one, err))
        return false;
    if (charge->document.len == 0)
        return err_set(err, ERR_CONFLICT, "no payment of it is written down");
    charge->state =
        charge->state == CHARGE_PAID && is_owed(&one) ? CHARGE_UNPAID : CHARGE_WITHDRAWN;
    charge->ended_at = charge->state == CHARGE_UNPAID ? 0 : it->now;
    charge->ended_by = charge->state == CHARGE_UNPAID ? 0 : it->actor;
    if (!charge_correct(tx, charge, &was_taken, err))
        return false;
    if (!was_taken)
        return err_set(err, ERR_CONFLICT, "no payment of it is written down");
    body = charge_event_print(it->arena, charge);
    event.body = str_printf(it->arena, "%.*s %.*s", STR_ARG(body), STR_ARG(it->reason));
    if (!tell_case(tx, it->arena, charge, &event, err))
        return false;
    charge->document = (struct str){0};
    charge->paid_on = 0;
    return true;
}
