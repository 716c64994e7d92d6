/* Charges for programs: what is to be paid, and the answer of whoever knows that it was.  The same
 * answer once more is as good, so it may be sent until it got through. */
#include "web/api_charge.h"

#include "core/id.h"
#include "core/json_put.h"
#include "core/num.h"
#include "core/time.h"
#include "web/answer.h"

enum {
    BODY_MAX = 4096,
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

void api_charge_print(struct buf *out, struct request *request, const struct charges_one *one)
{
    const struct charge *charge = &one->charge;
    struct payment_qr payment = charges_payment(request, one);

    buf_char(out, '{');
    json_put_text(out, "number", str_printf(request->arena, "%lld", (long long)charge->n));
    json_put_id(out, "case", charge->service_case);
    json_put_text(out, "uin", charge->uin);
    json_put_name(out, "amount");
    num_print_scaled(out, charge->kop, 2);
    json_put_text(out, "purpose", charge->purpose);
    json_put_text(out, "cbc", payment.cbc);
    json_put_text(out, "oktmo", payment.oktmo);
    json_put_text(out, "state", charge_state_text(charge->state));
    json_put_moment(out, "made_at", charge->made_at);
    json_put_text(out, "document", charge->document);
    put_day(out, "paid_on", charge->paid_on, charge->document.len > 0);
    json_put_text(out, "qr", charges_qr_text(request, one));
    buf_char(out, '}');
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
