/* Consents I have given, on my page: their wording, and the way back.  Who works on the case is
 * told, and decides whether the law lets it go on. */
#include "core/id.h"
#include "web/answer.h"
#include "web/page_service.h"
#include "web/wording.h"
#include "workflow/conduct_consent.h"

static struct str service_title(struct request *request, struct str name)
{
    const struct service *service;
    struct err none;

    return process_service(request->web->processes, request->catalog->model, name, &service, &none)
               ? request_pack_text(request, service->title)
               : name;
}

bool page_consent_fill(struct request *request, struct json *view, struct err *err)
{
    struct json *list = view_list(request, view, "consents");
    struct consent *consents;
    size_t count;

    if (!consent_list(&request->tx, request->arena, request->actor.account, &consents, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct consent *one = &consents[i];
        struct json *row = view_push(request, list);
        struct str id = id_text(request->arena, one->service_case);

        view_text(request, row, "name", service_title(request, one->service));
        view_text(request, row, "number", one->number);
        view_text(request, row, "version", one->version);
        view_text(request, row, "wording", one->text);
        view_text(request, row, "given", view_moment(request, one->given_at));
        view_maybe(request, row, "withdrawn",
                   one->withdrawn_at != 0 ? view_moment(request, one->withdrawn_at)
                                          : (struct str){0});
        view_maybe(request, row, "withdraw_action",
                   one->withdrawn_at == 0
                       ? page_href(request, "/my/consents/%.*s/withdraw", STR_ARG(id))
                       : (struct str){0});
    }
    view_bool(request, view, "has_consents", count > 0);
    return true;
}

bool page_consent_withdraw(struct request *request, struct err *err)
{
    struct conduct_consent asked = {
        .arena = request->arena, .actor = request->actor.account, .now = request->now};
    struct services_case found;

    if (!services_find_case(request, 0, false, &found, err) || !request_form(request, err))
        return false;
    asked.service_case = found.one.id;
    if (request_write_wait(request, conduct_consent_withdraw, &asked, err)) {
        if (asked.has_job)
            request_wake_workers(request);
        answer_notice(request, STR("ok"),
                      request_text(request, STR("The consent is withdrawn. Those who work on the "
                                                "application are told.")));
        return answer_redirect(request, STR("/my/"));
    }
    if (err->code != ERR_CONFLICT)
        return false;
    answer_notice(request, STR("bad"), wording_err(request, err));
    return answer_redirect(request, STR("/my/"));
}
