/* Charges for programs: what is to be paid, and the answer of whoever knows that it was.  The same
 * answer once more is as good, so it may be sent until it got through. */
#include "web/api_charge.h"

#include "core/id.h"
#include "core/json_put.h"
#include "core/num.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/page.h"

enum {
    BODY_MAX = 4096,
    PAGE = 200,
    LOOKS_MAX = 20, /* looks that show nothing one may see, for one that does */
};

static void put_day(struct buf *out, const char *name, int64_t day, bool is_known)
{
    struct buf text = {.arena = out->arena};

    json_put_name(out, name);
    if (!is_known) {
        buf_add(out, STR("null"));
        return;
    }
    time_print_day(&text, day);
    json_write_text(out, buf_str(&text));
}

/* Without the last brace. */
static void print_head(struct buf *out, struct request *request, const struct charge *charge)
{
    buf_char(out, '{');
    json_put_text(out, "number", str_printf(request->arena, "%lld", (long long)charge->n));
    json_put_id(out, "case", charge->service_case);
    json_put_text(out, "uin", charge->uin);
    json_put_name(out, "amount");
    num_print_scaled(out, charge->kop, 2);
    json_put_text(out, "purpose", charge->purpose);
    json_put_text(out, "state", charge_state_text(charge->state));
    json_put_moment(out, "made_at", charge->made_at);
    json_put_text(out, "document", charge->document);
    put_day(out, "paid_on", charge->paid_on, charge->document.len > 0);
}

void api_charge_print(struct buf *out, struct request *request, const struct charges_one *one)
{
    struct payment_qr payment = charges_payment(request, one);

    print_head(out, request, &one->charge);
    json_put_text(out, "cbc", payment.cbc);
    json_put_text(out, "oktmo", payment.oktmo);
    json_put_text(out, "qr", charges_qr_text(request, one));
    buf_char(out, '}');
}

/* Of those whose cases one may watch; looked through from the latest on. */
static bool print_list(struct request *request, struct charges_ask *ask, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct charge_sheet_page page = {.next = 1};
    bool has_some = false;

    for (int look = 0; look < LOOKS_MAX && page.next != 0 && !has_some; look++) {
        if (!charge_sheet_list(&request->tx, request->arena, &ask->of, &page, err))
            return false;
        ask->of.before = page.next;
        for (size_t i = 0; i < page.count; i++) {
            const struct charge_sheet_row *row = &page.items[i];

            if (!services_may_watch(request, &(struct service_case){.service = row->service}))
                continue;
            if (has_some)
                buf_char(out, ',');
            print_head(out, request, &row->charge);
            json_put_text(out, "service", row->service);
            json_put_text(out, "case_number", row->number);
            buf_char(out, '}');
            has_some = true;
        }
    }
    return true;
}

bool api_charge_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct charges_ask ask;
    struct tx *tx;

    if (!page_is_staff(request))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    if (!charges_read_ask(request, &ask, err) || !request_read(request, &tx, err))
        return false;
    ask.of.limit = PAGE;
    buf_add(out, STR("{\"charges\":["));
    if (!print_list(request, &ask, err))
        return false;
    buf_char(out, ']');
    if (ask.of.before != 0)
        json_put_int(out, "next", ask.of.before);
    buf_char(out, '}');
    return answer_json(request, 200);
}

bool api_charge_get(struct request *request, struct err *err)
{
    struct charges_one one;

    if (!charges_find(request, 0, &one, err))
        return false;
    api_charge_print(&request->exchange->out, request, &one);
    return answer_json(request, 200);
}

bool api_charge_pay(struct request *request, struct err *err)
{
    struct charges_one one;
    struct json *input;
    int64_t day;

    if (!charges_find(request, 0, &one, err) || !request_json(request, BODY_MAX, &input, err))
        return false;
    if (!time_parse_day(json_find_text(input, STR("paid_on")), &day))
        return err_set(err, ERR_INPUT, "paid_on: a day, as 2026-03-09");
    if (!charges_pay(request, &one, json_find_text(input, STR("document")), day, err))
        return false;
    api_charge_print(&request->exchange->out, request, &one);
    return answer_json(request, 200);
}

bool api_charge_correct(struct request *request, struct err *err)
{
    struct charges_one one;
    struct json *input;

    if (!charges_find(request, 0, &one, err) || !request_json(request, BODY_MAX, &input, err) ||
        !charges_correct(request, &one, json_find_text(input, STR("reason")), err))
        return false;
    api_charge_print(&request->exchange->out, request, &one);
    return answer_json(request, 200);
}
