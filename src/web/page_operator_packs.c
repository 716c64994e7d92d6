/* Which packs the municipalities of a node have, and who is behind. */
#include "core/id.h"
#include "registry/gauge.h"
#include "registry/sweep.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_operator.h"
#include "web/table.h"
#include "web/wording.h"

enum {
    PLACES_PAGE = 100,
};

static void add_state(struct request *request, struct json *view, struct json *row, bool is_behind)
{
    table_tag(request, view, row, is_behind ? "warn" : "ok",
              request_text(request, is_behind ? STR("there is a newer one") : STR("newest")));
}

static void add_version(struct request *request, struct json *view, const struct pack_set *newest,
                        const struct gauge_version *one)
{
    const struct pack *pack = pack_set_find(newest, one->pack);
    struct str title = pack != NULL ? wording_pack(request, pack, pack->title) : one->pack;
    struct json *row = table_row(
        request, view, title,
        page_href(request, "/packs/%.*s?version=%.*s", STR_ARG(one->pack), STR_ARG(one->version)));

    table_cell(request, view, row, one->pack);
    table_cell(request, view, row, one->version);
    table_cell(request, view, row, view_number(request, one->count));
    add_state(request, view, row, one->is_behind);
}

bool page_operator_packs(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct gauge_version *versions;
    struct pack_set newest;
    bool is_behind = false;
    size_t count;

    if (!model_library_packs(request->web->library, request->arena, &newest, err) ||
        !gauge_versions(request->web->store, request->arena, &newest, &versions, &count, err))
        return false;
    page_title(request, view, request_text(request, STR("Packs")));
    table_begin(request, view, request_text(request, STR("Packs")));
    table_column(request, view, "Pack", false);
    table_column(request, view, "Its name in commands", false);
    table_column(request, view, "Version", false);
    table_column(request, view, "Municipalities", true);
    table_column(request, view, "State", false);
    for (size_t i = 0; i < count; i++) {
        add_version(request, view, &newest, &versions[i]);
        is_behind |= versions[i].is_behind;
    }
    view_bool(request, view, "is_behind", is_behind);
    view_text(request, view, "upgrade_href", page_href(request, "/packs/upgrade"));
    view_text(request, view, "packs", STR(""));
    return answer_page(request, 200, STR("page/operator-packs"), view, err);
}

static void add_place(struct request *request, struct json *view, const struct pack *newest,
                      const struct gauge_place *place)
{
    struct json *row = table_row(request, view, place->title,
                                 page_href(request, "/tenants/%.*s", STR_ARG(place->name)));

    table_cell(request, view, row, place->name);
    table_cell(request, view, row, place->version);
    add_state(request, view, row, gauge_is_behind(newest, place->version, place->digest));
}

static void add_pages(struct request *request, struct json *view, const struct gauge_ask *ask,
                      const struct gauge_place *places, size_t count)
{
    struct str version = ask->version.len > 0
                             ? str_printf(request->arena, "version=%.*s&", STR_ARG(ask->version))
                             : (struct str){0};
    bool has_more = count > PLACES_PAGE;
    size_t shown = has_more ? PLACES_PAGE : count;

    table_pages(
        request, view,
        &(struct table_pages){
            .shown = (int64_t)shown,
            .total_text = view_count(request, (int64_t)shown, has_more),
            .first_href = ask->after.len > 0 ? page_href(request, "/packs/%.*s?%.*s",
                                                         STR_ARG(ask->pack), STR_ARG(version))
                                             : (struct str){0},
            .next_href = has_more
                             ? page_href(request, "/packs/%.*s?%.*safter=%.*s", STR_ARG(ask->pack),
                                         STR_ARG(version), STR_ARG(places[shown - 1].name))
                             : (struct str){0},
            .page_size = PLACES_PAGE,
        });
}

bool page_operator_pack(struct request *request, struct err *err)
{
    struct gauge_ask ask = {request->parts[0], request_query(request, STR("version")),
                            request_query(request, STR("after")), PLACES_PAGE + 1};
    struct json *view = view_new(request);
    struct gauge_place *places;
    struct pack_set newest;
    size_t count;

    if (!model_library_packs(request->web->library, request->arena, &newest, err) ||
        !gauge_places(request->web->store, request->arena, &ask, &places, &count, err))
        return false;
    const struct pack *pack = pack_set_find(&newest, ask.pack);
    /* A version goes into addresses: what is none is nobody's. */
    if ((pack == NULL && count == 0) ||
        (ask.version.len > 0 && !pack_version_is_valid(ask.version)))
        return err_set(err, ERR_ABSENT, "there is no such page");
    struct str title = pack != NULL ? wording_pack(request, pack, pack->title) : ask.pack;
    bool is_behind = false;
    page_title(request, view, title);
    page_crumb(request, view, request_text(request, STR("Packs")), STR("/packs/"));
    view_text(request, view, "heading",
              ask.version.len > 0
                  ? str_printf(request->arena, "%.*s, %.*s", STR_ARG(title), STR_ARG(ask.version))
                  : title);
    table_begin(request, view, title);
    table_column(request, view, "Municipality", false);
    table_column(request, view, "Its word in addresses", false);
    table_column(request, view, "Version", false);
    table_column(request, view, "State", false);
    for (size_t i = 0; i < count; i++) {
        is_behind |= gauge_is_behind(pack, places[i].version, places[i].digest);
        if (i < PLACES_PAGE)
            add_place(request, view, pack, &places[i]);
    }
    add_pages(request, view, &ask, places, count);
    view_bool(request, view, "is_behind", is_behind);
    view_text(request, view, "upgrade_href", page_href(request, "/packs/upgrade"));
    view_text(request, view, "packs", ask.pack);
    return answer_page(request, 200, STR("page/operator-pack"), view, err);
}

bool page_operator_packs_upgrade(struct request *request, struct err *err)
{
    struct tenancy by = {request->web->store, request->web->library, request->actor.account,
                         request->now};
    struct sweep_wish wish = {.kind = SWEEP_PACKS};
    int64_t id;

    if (!request_form(request, err))
        return false;
    wish.packs = request_field(request, STR("packs"));
    if (!sweep_start(&by, &wish, &id, err))
        return false;
    if (id == 0) {
        answer_notice(request, STR("info"),
                      request_text(request, STR("Every municipality has the newest packs.")));
        return answer_redirect(request, STR("/packs/"));
    }
    if (request->web->workers != NULL)
        worker_wake(request->web->workers, STR(JOB_NODE));
    return answer_redirect(
        request, str_printf(request->arena, "/sweeps/%.*s", STR_ARG(id_text(request->arena, id))));
}
