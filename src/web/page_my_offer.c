#include "web/page_my_offer.h"

#include "core/id.h"
#include "service/service_offer.h"
#include "web/answer.h"
#include "web/apply.h"
#include "web/input.h"
#include "web/page_service.h"
#include "web/view.h"
#include "workflow/offering.h"
#include "workflow/offering_look.h"

static struct str action_of(const struct request *request, const struct service_offered *one)
{
    return page_href(request, "/my/offers/%.*s/%.*s", STR_ARG(one->service),
                     STR_ARG(id_text(request->arena, one->cause)));
}

static void add_one(struct request *request, struct json *list, const struct service *service,
                    const struct service_offered *one)
{
    struct json *row = view_push(request, list);

    view_text(request, row, "name", request_pack_text(request, service->title));
    view_text(request, row, "why", request_pack_text(request, service->offer->why));
    view_text(request, row, "service_href", services_href(request, service));
    view_text(request, row, "offer_action", action_of(request, one));
}

bool page_my_offer_add(struct request *request, struct json *view, struct err *err)
{
    struct json *list = view_list(request, view, "offers");
    int64_t person = request_person(request);
    struct service_offered *offered;
    size_t count = 0;

    if (person != 0 && !page_is_staff(request) &&
        !service_offered_list(&request->tx, request->arena, person, &offered, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct service *service;
        struct err none;

        /* Its pack may have gone, or offer it no more. */
        if (process_service(request->web->processes, request->catalog->model, offered[i].service,
                            &service, &none) &&
            service->offer != NULL)
            add_one(request, list, service, &offered[i]);
    }
    view_bool(request, view, "has_offers", list->count > 0);
    return true;
}

bool page_my_offer_count(struct request *request, const struct service *service, struct json *facts,
                         struct err *err)
{
    struct service_offered_counts counts;

    if (service->offer == NULL || !page_is_staff(request))
        return true;
    if (!service_offered_count(&request->tx, service->name, &counts, err))
        return false;
    input_fact(request, facts, request_text(request, STR("Offered")),
               view_count(request, counts.all, false));
    input_fact(request, facts, request_text(request, STR("Agreed")),
               view_count(request, counts.agreed, false));
    input_fact(request, facts, request_text(request, STR("Declined")),
               view_count(request, counts.declined, false));
    return true;
}

/* One answer on its way. */
struct answering {
    struct apply apply;
    struct offering_answer answer;
};

static bool find_offer(struct request *request, struct answering *answering, struct err *err)
{
    struct service_offered *offered = &answering->answer.offered;
    struct tx *tx;

    *answering =
        (struct answering){.answer = {.account = request->actor.account, .now = request->now}};
    offered->person = request_person(request);
    offered->service = request->parts[0];
    if (offered->person == 0 || !id_parse(request->parts[1], &offered->cause))
        return err_set(err, ERR_ABSENT, "there is no such offer, or it was answered already");
    return request_read(request, &tx, err) && service_offered_get(tx, request->arena, offered, err);
}

static bool run_end(struct tx *tx, void *data, struct err *err)
{
    struct answering *answering = data;
    struct apply *apply = &answering->apply;

    if (!offering_end(tx, apply->request->arena, &answering->answer, err))
        return false;
    return answering->answer.answer != SERVICE_OFFERED_AGREED ||
           application_put(tx, apply->request->arena, apply->request->now, &apply->application,
                           err);
}

static bool end(struct request *request, struct answering *answering,
                enum service_offered_answer answer, const char *said, struct err *err)
{
    answering->apply.request = request;
    answering->answer.answer = answer;
    if (!request_write_wait(request, run_end, answering, err))
        return false;
    answer_notice(request, answer == SERVICE_OFFERED_OVER ? STR("bad") : STR("ok"),
                  request_text(request, str_from_z(said)));
    return answer_redirect(request, STR("/my/"));
}

/* What the registers know, in the place of what nobody has filled in. */
static bool fill(struct answering *answering, const struct json *known, struct err *err)
{
    struct apply *apply = &answering->apply;
    const struct service_form *form = apply->one.service->form;

    for (const struct json *one = known->first; one != NULL; one = one->next)
        if (json_find(apply->application.value, one->name) == NULL)
            json_set(apply->application.value, one->name, json_copy(apply->request->arena, one));
    for (size_t i = 0; i < form->step_count; i++)
        if (!apply_prefill(apply, &form->steps[i], &apply->application.value, err))
            return false;
    return true;
}

static bool agree(struct request *request, struct answering *answering,
                  const struct offering_look_found *found, struct err *err)
{
    struct str path;

    if (!apply_start(request, &answering->apply, err))
        return false;
    if (answering->apply.is_taken) /* staff fill in applications of others */
        return err_set(err, ERR_DENIED, "your role does not allow this");
    if (!fill(answering, found->fill, err))
        return false;
    answering->answer.answer = SERVICE_OFFERED_AGREED;
    if (!request_write_wait(request, run_end, answering, err) ||
        !apply_again(&answering->apply, err) ||
        !page_apply_send_filled(&answering->apply, &path, err))
        return false;
    return answer_redirect(request, path);
}

bool page_my_offer_answer(struct request *request, struct err *err)
{
    struct answering answering;
    struct offering_look_found found;
    struct offering_look look;
    const struct service *service;
    struct registry all;

    if (!request_form(request, err) || !find_offer(request, &answering, err))
        return false;
    if (!str_equal(request_field(request, STR("answer")), STR("agree")))
        return end(request, &answering, SERVICE_OFFERED_DECLINED,
                   "You have declined. You can order the service later.", err);
    all = request->registry;
    all.reader = NULL;
    if (!process_service(request->web->processes, request->catalog->model, request->parts[0],
                         &service, err))
        return false;
    if (service->offer == NULL)
        return err_set(err, ERR_ABSENT, "there is no such offer, or it was answered already");
    if (!offering_look_open(request->catalog, request->arena, service, &look, err) ||
        !offering_look_at(&all, &look, answering.answer.offered.cause, &found, err))
        return false;
    if (!found.holds || found.person != answering.answer.offered.person)
        return end(request, &answering, SERVICE_OFFERED_OVER,
                   "This is offered no more: the registers have changed.", err);
    return agree(request, &answering, &found, err);
}
