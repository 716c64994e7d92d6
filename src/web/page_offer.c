#include "web/page_offer.h"

#include "web/answer.h"
#include "web/api_offer.h"
#include "web/below.h"
#include "web/wording.h"

static const struct pack *installed(const struct request *request, struct str id)
{
    return pack_set_find(&request->catalog->model->packs, id);
}

static bool name_reader(struct request *request, struct json *row, int64_t to, struct err *err)
{
    struct store_tenant info;

    view_text(request, row, "to", (struct str){0});
    view_text(request, row, "who", request_text(request, STR("everybody below")));
    if (to == OFFER_ALL)
        return true;
    if (store_get_tenant_by_id(request->web->store, request->arena, to, &info, err)) {
        view_text(request, row, "to", info.name);
        view_text(request, row, "who", info.title);
        return true;
    }
    view_text(request, row, "who", request_text(request, STR("a municipality that left")));
    return err->code == ERR_ABSENT;
}

static bool add_offer(struct request *request, struct json *list, const struct offer *offer,
                      struct err *err)
{
    const struct pack *own = installed(request, offer->pack);
    struct json *row = view_push(request, list);
    bool is_behind = own != NULL && pack_compare_versions(own->version, offer->version) > 0;

    view_text(request, row, "title",
              own != NULL ? request_pack_text(request, own->title) : offer->pack);
    view_text(request, row, "version", offer->version);
    view_text(request, row, "pack", offer->pack);
    view_maybe(request, row, "newer", is_behind ? own->version : (struct str){0});
    view_text(request, row, "offer_href", page_href(request, "/admin/offers"));
    view_text(request, row, "remove_href",
              page_href(request, "/admin/offers/%.*s/remove", STR_ARG(offer->pack)));
    return name_reader(request, row, offer->to, err);
}

static bool add_fields(struct request *request, struct json *view, struct str error,
                       struct err *err)
{
    const struct pack_set *packs = &request->catalog->model->packs;
    struct json *fields = view_list(request, view, "fields");
    struct json *field =
        input_add(request, fields, "is_select", "pack", request_text(request, STR("Pack")));

    for (size_t i = 0; i < packs->count; i++)
        input_option(request, field, packs->packs[i]->id,
                     str_printf(request->arena, "%.*s %.*s",
                                STR_ARG(request_pack_text(request, packs->packs[i]->title)),
                                STR_ARG(packs->packs[i]->version)),
                     str_equal(packs->packs[i]->id, request_field(request, STR("pack"))));
    if (!below_input(request, fields, request_field(request, STR("to")), false, &field, err))
        return false;
    if (error.len > 0)
        input_error(request, view, field, error);
    return true;
}

static bool show(struct request *request, int status, struct str error, struct err *err)
{
    struct json *view = view_new(request);
    struct json *list = view_list(request, view, "offers");
    struct offer *offers;
    size_t count;

    if (!offer_list(request->catalog, request->arena, &offers, &count, err))
        return false;
    page_title(request, view, request_text(request, STR("Offered packs")));
    for (size_t i = 0; i < count; i++)
        if (!add_offer(request, list, &offers[i], err))
            return false;
    view_bool(request, view, "has_offers", count > 0);
    view_bool(request, view, "can_offer", request->catalog->model->packs.count > 0);
    view_text(request, view, "action", page_href(request, "/admin/offers"));
    input_errors_begin(request, view);
    if (!add_fields(request, view, error, err))
        return false;
    return answer_page(request, status, STR("page/offers"), view, err);
}

bool page_offer(struct request *request, struct err *err)
{
    return request_admin(request, POLICY_SETTINGS, err) && show(request, 200, (struct str){0}, err);
}

static bool back(struct request *request, struct str notice)
{
    answer_notice(request, STR("ok"), request_text(request, notice));
    return answer_redirect(request, STR("/admin/offers"));
}

bool page_offer_put(struct request *request, struct err *err)
{
    struct offer_order order;

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_form(request, err))
        return false;
    order = api_offer_order(request, request_field(request, STR("pack")));
    if (publication_child(request->tenant, request->arena,
                          str_trim(request_field(request, STR("to"))), &order.to, err) &&
        offer_do(request->tenant, &order, err))
        return back(request,
                    STR("The pack is offered. Those below see it on their page of packs."));
    if (err->code != ERR_INPUT && err->code != ERR_ABSENT)
        return false;
    return show(request, 422, wording_err(request, err), err);
}

bool page_offer_remove(struct request *request, struct err *err)
{
    struct offer_order order = api_offer_order(request, request->parts[0]);

    order.is_end = true;
    return request_admin(request, POLICY_SETTINGS, err) && request_form(request, err) &&
           publication_child(request->tenant, request->arena, request_field(request, STR("to")),
                             &order.to, err) &&
           offer_do(request->tenant, &order, err) &&
           back(request, STR("The pack is offered no more."));
}
