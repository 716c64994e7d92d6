#include "web/api_offer.h"

#include "core/time.h"
#include "web/answer.h"

enum {
    BODY_MAX = 64 * 1024,
};

struct offer_order api_offer_order(const struct request *request, struct str pack)
{
    return (struct offer_order){
        .library = request->web->library,
        .arena = request->arena,
        .pack = pack,
        .actor = request->actor.account,
        .now = request->now,
    };
}

static bool print_offer(struct buf *out, struct request *request, const struct offer *offer,
                        struct err *err)
{
    struct store_tenant info = {0};

    if (offer->to != OFFER_ALL &&
        !store_get_tenant_by_id(request->web->store, request->arena, offer->to, &info, err)) {
        if (err->code != ERR_ABSENT)
            return false;
        return true; /* of one that left */
    }
    if (out->ptr[out->len - 1] == '}')
        buf_char(out, ',');
    buf_add(out, STR("{\"pack\":"));
    json_write_text(out, offer->pack);
    buf_add(out, STR(",\"version\":"));
    json_write_text(out, offer->version);
    buf_add(out, STR(",\"to\":"));
    json_write_text(out, info.name);
    buf_add(out, STR(",\"offered_at\":\""));
    time_print_moment(out, offer->at);
    buf_add(out, STR("\"}"));
    return true;
}

bool api_offer_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct offer *offers;
    size_t count;

    if (!request_admin(request, POLICY_SETTINGS, err) ||
        !offer_list(request->catalog, request->arena, &offers, &count, err))
        return false;
    buf_add(out, STR("{\"offers\":["));
    for (size_t i = 0; i < count; i++)
        if (!print_offer(out, request, &offers[i], err))
            return false;
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

bool api_offer_put(struct request *request, struct err *err)
{
    struct offer_order order = api_offer_order(request, request->parts[0]);
    struct json *input;

    if (!request_admin(request, POLICY_SETTINGS, err) ||
        !request_json(request, BODY_MAX, &input, err))
        return false;
    if (input->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "an offer is a JSON object");
    return publication_child(request->tenant, request->arena, json_find_text(input, STR("to")),
                             &order.to, err) &&
           offer_do(request->tenant, &order, err) && answer_empty(request, 204);
}

bool api_offer_delete(struct request *request, struct err *err)
{
    struct offer_order order = api_offer_order(request, request->parts[0]);

    order.is_end = true;
    return request_admin(request, POLICY_SETTINGS, err) &&
           publication_child(request->tenant, request->arena, request_query(request, STR("to")),
                             &order.to, err) &&
           offer_do(request->tenant, &order, err) && answer_empty(request, 204);
}
