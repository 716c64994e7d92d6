/* Staff says that a charge is paid, by which document and when. */
#include "core/id.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/charges.h"
#include "web/page_service.h"
#include "web/wording.h"

/* parts[1] of the case parts[0], of staff; *back leads there. */
static bool find(struct request *request, struct charges_one *one, struct str *back,
                 struct err *err)
{
    struct str case_id = request->parts[0], id;

    if (!request_form(request, err) || !charges_find(request, 1, one, err))
        return false;
    id = id_text(request->arena, one->of.one.id);
    if (!str_equal(id, case_id) || !page_is_staff(request))
        return err_set(err, ERR_ABSENT, "there is no such charge");
    *back = str_printf(request->arena, "/cases/%.*s", STR_ARG(id));
    return true;
}

/* What came of it stands on the page of the case. */
static bool answer(struct request *request, bool is_done, struct str said, struct str back,
                   struct err *err)
{
    if (!is_done && err->code != ERR_INPUT && err->code != ERR_CONFLICT)
        return false;
    answer_notice(request, is_done ? STR("ok") : STR("bad"),
                  is_done ? said : wording_err(request, err));
    return answer_redirect(request, back);
}

bool page_charge_pay(struct request *request, struct err *err)
{
    struct charges_one one;
    struct str back;
    int64_t day;

    if (!find(request, &one, &back, err))
        return false;
    if (!time_parse_day_typed(str_trim(request_field(request, STR("paid_on"))), &day)) {
        answer_notice(request, STR("bad"),
                      request_text(request, STR("Write the day of the payment as 09.03.2026.")));
        return answer_redirect(request, back);
    }
    return answer(request,
                  charges_pay(request, &one, request_field(request, STR("document")), day, err),
                  request_text(request, STR("The payment is written down.")), back, err);
}

bool page_charge_correct(struct request *request, struct err *err)
{
    struct charges_one one;
    struct str back;

    return find(request, &one, &back, err) &&
           answer(request,
                  charges_correct(request, &one, request_field(request, STR("reason")), err),
                  request_text(request, STR("The payment is struck out. What the process did when "
                                            "it heard of it stays done.")),
                  back, err);
}
