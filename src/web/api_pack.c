#include "web/api_pack.h"

#include "core/json_put.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/packs.h"
#include "web/renewal_view.h"
#include "web/subscribed.h"
#include "web/wording.h"

enum {
    BODY_MAX = 64 * 1024,
};

static void print_version(struct buf *out, const char *name, const struct pack *pack)
{
    if (pack != NULL)
        json_put_text(out, name, pack->version);
    else
        buf_printf(out, ",\"%s\":null", name);
}

static void print_offer(struct buf *out, const struct offer_received *offer)
{
    if (offer == NULL) {
        buf_add(out, STR(",\"offer\":null"));
        return;
    }
    buf_add(out, STR(",\"offer\":{\"version\":"));
    json_write_text(out, offer->offer.version);
    json_put_text(out, "from", offer->from);
    json_put_text(out, "from_title", offer->from_title);
    buf_add(out, STR(",\"offered_at\":\""));
    time_print_moment(out, offer->offer.at);
    buf_add(out, STR("\"}"));
}

static void print_head(struct buf *out, struct request *request, const struct pack *pack)
{
    bool is_own = pack_set_find(&request->catalog->model->packs, pack->id) != NULL;

    buf_add(out, STR("{\"id\":"));
    json_write_text(out, pack->id);
    json_put_text(out, "title",
                  is_own ? request_pack_text(request, pack->title)
                         : wording_pack(request, pack, pack->title));
}

static void print_one(struct request *request, const struct pack *pack, const struct pack *own,
                      const struct offer_received *offer)
{
    struct buf *out = &request->exchange->out;

    if (out->ptr[out->len - 1] == '}')
        buf_char(out, ',');
    print_head(out, request, pack);
    print_version(out, "version", own);
    print_version(out, "newest", pack);
    print_offer(out, offer);
    buf_char(out, '}');
}

bool api_pack_list(struct request *request, struct err *err)
{
    const struct pack_set *own = &request->catalog->model->packs;
    struct subscription_by by = subscribed_by(request);
    struct offer_received *offers;
    struct pack_set known;
    size_t count;

    if (!request_admin(request, POLICY_PACKS, err) ||
        !model_library_packs(request->web->library, request->arena, &known, err) ||
        !offer_received(&by, &offers, &count, err))
        return false;
    buf_add(&request->exchange->out, STR("{\"packs\":["));
    for (size_t i = 0; i < known.count; i++)
        print_one(request, known.packs[i], pack_set_find(own, known.packs[i]->id),
                  offer_find(offers, count, known.packs[i]->id));
    for (size_t i = 0; i < own->count; i++)
        if (pack_set_find(&known, own->packs[i]->id) == NULL)
            print_one(request, own->packs[i], own->packs[i],
                      offer_find(offers, count, own->packs[i]->id));
    buf_add(&request->exchange->out, STR("]}"));
    return answer_json(request, 200);
}

/* What an installed one would lose or gain; of another all is new. */
static bool print_changes(struct request *request, const struct packs_found *found, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct renewal renewal = {0};

    if (found->own != NULL && found->may_install &&
        !renewal_compare(request->arena, found->own, found->pack, &renewal, err))
        return false;
    buf_add(out, STR(",\"changes\":"));
    renewal_view_print(out, &renewal);
    buf_add(out, renewal.has_more ? STR(",\"has_more\":true}") : STR(",\"has_more\":false}"));
    return true;
}

bool api_pack_get(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct packs_found found;

    if (!packs_find(request, request_query(request, STR("version")), &found, err))
        return false;
    print_head(out, request, found.pack);
    json_put_text(out, "version", found.pack->version);
    print_version(out, "installed", found.own);
    buf_add(out, found.may_install ? STR(",\"may_install\":true") : STR(",\"may_install\":false"));
    print_offer(out, found.offer);
    return print_changes(request, &found, err) && answer_json(request, 200);
}

bool api_pack_install(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct packs_found found;
    struct json *input;
    bool is_whole;

    if (!request_admin(request, POLICY_PACKS, err) ||
        !request_json(request, BODY_MAX, &input, err) ||
        !packs_find(request, json_find_text(input, STR("version")), &found, err) ||
        !packs_install(request, &found, packs_own_of(json_find_text(input, STR("own"))), &is_whole,
                       err))
        return false;
    buf_add(out, STR("{\"id\":"));
    json_write_text(out, found.pack->id);
    json_put_text(out, "version", found.pack->version);
    buf_add(out, is_whole ? STR(",\"is_whole\":true}") : STR(",\"is_whole\":false}"));
    return answer_json(request, 200);
}
