/* Staff says that a charge is paid, by which document and when. */
#include "core/id.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/charges.h"
#include "web/page_service.h"
#include "web/wording.h"

bool page_charge_pay(struct request *request, struct err *err)
{
    struct str case_id = request->parts[0];
    struct charges_one one;
    struct str back;
    int64_t day;

    if (!request_form(request, err) || !charges_find(request, 1, &one, err))
        return false;
    back = id_text(request->arena, one.of.one.id);
    if (!str_equal(back, case_id) || !page_is_staff(request))
        return err_set(err, ERR_ABSENT, "there is no such charge");
    back = str_printf(request->arena, "/cases/%.*s", STR_ARG(back));
    if (!time_parse_day_typed(str_trim(request_field(request, STR("paid_on"))), &day)) {
        answer_notice(request, STR("bad"),
                      request_text(request, STR("Write the day of the payment as 09.03.2026.")));
        return answer_redirect(request, back);
    }
    if (charges_pay(request, &one, request_field(request, STR("document")), day, err)) {
        answer_notice(request, STR("ok"),
                      request_text(request, STR("The payment is written down.")));
        return answer_redirect(request, back);
    }
    if (err->code != ERR_INPUT && err->code != ERR_CONFLICT)
        return false;
    answer_notice(request, STR("bad"), wording_err(request, err));
    return answer_redirect(request, back);
}
