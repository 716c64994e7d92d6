#include "registry/offer.h"

#include "auth/journal.h"
#include "core/vec.h"
#include "store/news.h"
#include "store/rows.h"

#define SETTING STR("offers")

static struct offer offer_of(const struct json *one)
{
    return (struct offer){
        .pack = json_find_text(one, STR("pack")),
        .version = json_find_text(one, STR("version")),
        .to = json_find_int(one, STR("to"), OFFER_ALL),
        .at = json_find_int(one, STR("at"), 0),
    };
}

/* [{"pack":"housing","version":"1.0.0","to":0,"at":1772431200000}] */
static bool parse(struct arena *arena, struct str text, struct json **list, struct err *err)
{
    if (text.len == 0) {
        *list = json_new(arena, JSON_ARRAY);
        return true;
    }
    return json_parse(arena, text, NULL, list, err) || err_while(err, "what is offered");
}

bool offer_list(const struct catalog *catalog, struct arena *arena, struct offer **offers,
                size_t *count, struct err *err)
{
    struct json *list;

    *count = 0;
    if (!parse(arena, catalog_setting(catalog, SETTING), &list, err))
        return false;
    *offers = ARENA_ARRAY(arena, struct offer, list->count + 1);
    for (const struct json *one = list->first; one != NULL; one = one->next)
        (*offers)[(*count)++] = offer_of(one);
    return true;
}

struct changing {
    const struct offer_order *order;
    struct str version; /* that is installed */
};

static bool read_present(struct tx *tx, struct arena *arena, struct json **list, struct err *err)
{
    struct rows rows;

    return store_query(tx, arena, &rows,
                       "SELECT value FROM setting WHERE tenant = $1 AND name = $2",
                       ARGS(INT(tx->tenant), TEXT(SETTING)), err) &&
           parse(arena, rows.count > 0 ? rows_text(&rows, 0, 0) : (struct str){0}, list, err);
}

static bool is_of(const struct offer *offer, const struct offer_order *order)
{
    return offer->to == order->to && str_equal(offer->pack, order->pack);
}

static void push(struct arena *arena, struct json *list, const struct offer *offer)
{
    struct json *one = json_push(list, json_new(arena, JSON_OBJECT));

    json_set_text(arena, one, STR("pack"), offer->pack);
    json_set_text(arena, one, STR("version"), offer->version);
    json_set_int(arena, one, STR("to"), offer->to);
    json_set_int(arena, one, STR("at"), offer->at);
}

static bool note(struct tx *tx, struct arena *arena, const struct changing *changing,
                 struct err *err)
{
    const struct offer_order *order = changing->order;
    struct journal_entry entry = {
        .at = order->now,
        .actor = order->actor,
        .action = order->is_end ? STR("offer.remove") : STR("offer.put"),
        .detail =
            str_printf(arena, "{\"pack\":\"%.*s\",\"version\":\"%.*s\",\"to\":\"%lld\"}",
                       STR_ARG(order->pack), STR_ARG(changing->version), (long long)order->to),
    };

    return journal_add(tx, &entry, err);
}

static bool write_list(struct tx *tx, struct arena *arena, const struct json *list, struct err *err)
{
    struct buf text = {.arena = arena};

    json_write(&text, list);
    return store_exec(tx,
                      "INSERT INTO setting (tenant, name, value) VALUES ($1, $2, $3)"
                      " ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value",
                      ARGS(INT(tx->tenant), TEXT(SETTING), TEXT(buf_str(&text))), err);
}

static bool run_change(struct tx *tx, void *data, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(4 * 1024);
    const struct changing *changing = data;
    const struct offer_order *order = changing->order;
    struct json *present, *list = json_new(arena, JSON_ARRAY);
    bool is_there = false;

    if (!read_present(tx, arena, &present, err))
        return false;
    for (const struct json *one = present->first; one != NULL; one = one->next) {
        struct offer offer = offer_of(one);

        if (is_of(&offer, order))
            is_there = true;
        else
            push(arena, list, &offer);
    }
    if (order->is_end && !is_there)
        return err_set(err, ERR_ABSENT, "the pack is not offered to them");
    if (!order->is_end)
        push(arena, list, &(struct offer){order->pack, changing->version, order->to, order->now});
    if (list->count > OFFER_MAX)
        return err_set(err, ERR_INPUT, "at most %d offers", OFFER_MAX);
    return write_list(tx, arena, list, err) && note(tx, arena, changing, err) &&
           news_tell(tx, NEWS_CATALOG, err);
}

bool offer_do(struct tenant *tenant, const struct offer_order *order, struct err *err)
{
    struct changing changing = {.order = order};
    const struct catalog *catalog;
    const struct pack *pack;

    if (!catalog_get(tenant, order->library, &catalog, err))
        return false;
    pack = pack_set_find(&catalog->model->packs, order->pack);
    if (pack == NULL && !order->is_end)
        return err_set(err, ERR_ABSENT, "the municipality has no pack %.*s: install it first",
                       STR_ARG(str_slice(order->pack, 0, 80)));
    if (pack != NULL) /* what is changed here stays here */
        changing.version = pack_shipped_version(pack->version);
    return tenant_write_wait(tenant, run_change, &changing, err) &&
           catalog_reload(tenant, order->library, err);
}

struct receiving {
    const struct subscription_by *by;
    VEC(struct offer_received) found;
};

/* What is meant for this one alone goes before what is for everybody. */
static const struct offer *choose(const struct offer *offers, size_t count, struct str pack,
                                  int64_t child)
{
    const struct offer *best = NULL;

    for (size_t i = 0; i < count; i++)
        if (str_equal(offers[i].pack, pack) &&
            (offers[i].to == child || (offers[i].to == OFFER_ALL && best == NULL)))
            best = &offers[i];
    return best;
}

static bool add_from(struct receiving *receiving, const struct store_tenant *publisher,
                     struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    const struct subscription_by *by = receiving->by;
    const struct catalog *catalog;
    struct offer *offers;
    size_t count;

    if (publisher->is_suspended || publisher->is_mirror)
        return true;
    if (!store_hold(tenant_store(by->child), publisher->name, &tenant, err) ||
        !catalog_get(tenant, by->library, &catalog, err) ||
        !offer_list(catalog, by->arena, &offers, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct offer *offer =
            choose(offers, count, offers[i].pack, tenant_info(by->child)->id);
        struct offer_received received = {
            .from = str_copy(by->arena, publisher->name),
            .from_title = str_copy(by->arena, publisher->title),
        };

        if (offer == NULL ||
            offer_find(receiving->found.items, receiving->found.count, offer->pack) != NULL)
            continue;
        received.offer = (struct offer){str_copy(by->arena, offer->pack),
                                        str_copy(by->arena, offer->version), offer->to, offer->at};
        VEC_PUSH(by->arena, &receiving->found, received);
    }
    return true;
}

bool offer_received(const struct subscription_by *by, struct offer_received **offers, size_t *count,
                    struct err *err)
{
    struct store_tenant above[SUBSCRIPTION_DEPTH_MAX];
    struct receiving receiving = {.by = by};
    size_t depth;

    if (!subscription_above(by, above, &depth, err))
        return false;
    for (size_t i = 0; i < depth; i++)
        if (!add_from(&receiving, &above[i], err))
            return false;
    *offers = receiving.found.items;
    *count = receiving.found.count;
    return true;
}

const struct offer_received *offer_find(const struct offer_received *offers, size_t count,
                                        struct str pack)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(offers[i].offer.pack, pack))
            return &offers[i];
    return NULL;
}
