#include "web/packs.h"

#include "core/log.h"
#include "queue/worker.h"
#include "registry/pack_live.h"
#include "registry/seed.h"
#include "web/subscribed.h"

enum {
    NEEDS_MAX = 50,
};

static const struct pack *installed(const struct request *request, struct str id)
{
    return pack_set_find(&request->catalog->model->packs, id);
}

static bool find_offer(struct request *request, struct packs_found *found, struct err *err)
{
    struct subscription_by by = subscribed_by(request);
    struct offer_received *offers;
    size_t count;

    if (!offer_received(&by, &offers, &count, err))
        return false;
    found->offer = offer_find(offers, count, request->parts[0]);
    return true;
}

/* Of versions that are neither offered nor the newest nobody here knows. */
static bool find_version(struct request *request, struct str version, struct packs_found *found,
                         struct err *err)
{
    struct model_library *library = request->web->library;
    struct str id = request->parts[0];
    struct err absent = {0};

    if (!model_library_pack(library, id, (struct str){0}, &found->pack, &absent))
        found->pack = found->own;
    if (found->own != NULL && str_equal(version, found->own->version))
        found->pack = found->own;
    else if (found->offer != NULL && str_equal(version, found->offer->offer.version) &&
             !model_library_pack(library, id, version, &found->pack, err))
        return false;
    return (found->pack != NULL &&
            (version.len == 0 || str_equal(found->pack->version, version))) ||
           err_set(err, ERR_ABSENT, "there is no such pack");
}

bool packs_find(struct request *request, struct str version, struct packs_found *found,
                struct err *err)
{
    *found = (struct packs_found){0};
    if (!request_admin(request, POLICY_PACKS, err) || !find_offer(request, found, err))
        return false;
    found->own = installed(request, request->parts[0]);
    if (!find_version(request, version, found, err))
        return false;
    if (found->offer != NULL && !str_equal(found->offer->offer.version, found->pack->version))
        found->offer = NULL;
    found->is_changed = found->own != NULL && pack_own_no(found->own->version) > 0;
    found->may_install =
        found->own == NULL || pack_compare_versions(found->pack->version, found->own->version) > 0;
    return true;
}

struct str packs_list_title(struct request *request, struct str id)
{
    const struct model *model = request->catalog->model;

    for (size_t i = 0; i < model->type_count; i++)
        for (size_t n = 0; n < model->types[i]->field_count; n++)
            if (str_equal(model->types[i]->fields[n].list, id))
                return request_pack_text(request, model->types[i]->fields[n].title);
    return id;
}

struct needs {
    struct str ids[NEEDS_MAX];
    size_t count;
};

/* The pack with all it needs that is not there yet, as far as this node knows them. */
static bool list_needs(struct request *request, const struct pack *pack, struct needs *needs,
                       struct err *err)
{
    struct pack_set known;

    if (!model_library_packs(request->web->library, request->arena, &known, err))
        return false;
    *needs = (struct needs){.ids = {pack->id}, .count = 1};
    for (size_t i = 0; i < needs->count; i++) {
        const struct pack *one = i == 0 ? pack : pack_set_find(&known, needs->ids[i]);
        const struct json *list = one != NULL ? json_find(one->manifest, STR("requires")) : NULL;

        for (const struct json *need = list != NULL ? list->first : NULL;
             need != NULL && needs->count < NEEDS_MAX; need = need->next) {
            bool is_listed = installed(request, need->name) != NULL;

            for (size_t n = 0; n < needs->count; n++)
                is_listed |= str_equal(needs->ids[n], need->name);
            if (!is_listed)
                needs->ids[needs->count++] = need->name;
        }
    }
    needs->ids[0] =
        str_printf(request->arena, "%.*s@%.*s", STR_ARG(pack->id), STR_ARG(pack->version));
    return true;
}

enum packs_own packs_own_of(struct str word)
{
    return str_equal(word, STR("keep"))     ? PACKS_OWN_KEEP
           : str_equal(word, STR("drafts")) ? PACKS_OWN_DRAFTS
                                            : PACKS_OWN_ASK;
}

/* Over an own version, as people say; what the new version needs besides goes in first. */
static bool renew(struct request *request, const struct packs_found *found,
                  const struct pack_ids *needs, enum packs_own own, struct err *err)
{
    struct pack_ids others = {needs->items + 1, needs->count - 1};
    struct pack_live live = {
        .tenant = request->tenant,
        .library = request->web->library,
        .pack = found->pack->id,
        .actor = request->actor.account,
        .now = request->now,
    };

    return (others.count == 0 || catalog_install(request->tenant, request->web->library, others,
                                                 request->actor.account, request->now, err)) &&
           pack_live_renew(&live, request->arena, found->pack->version, own == PACKS_OWN_KEEP, err);
}

bool packs_install(struct request *request, const struct packs_found *found, enum packs_own own,
                   bool *is_whole, struct err *err)
{
    const struct web *web = request->web;
    struct seed_report report = {0};
    struct needs needs;

    *is_whole = true;
    if (!found->may_install)
        return err_set(err, ERR_CONFLICT, "this version or a newer one is installed");
    if (!list_needs(request, found->pack, &needs, err))
        return false;

    struct pack_ids packs = {needs.ids, needs.count};
    if (found->is_changed && own != PACKS_OWN_ASK
            ? !renew(request, found, &packs, own, err)
            : !catalog_install(request->tenant, web->library, packs, request->actor.account,
                               request->now, err))
        return false;
    worker_wake(web->workers, tenant_info(request->tenant)->name); /* records may be rebuilt */
    if (seed_load(request->tenant, request->arena, web->library, packs, &report, err))
        return true;
    if (err->code != ERR_INPUT && err->code != ERR_UNAVAILABLE)
        return false;
    /* The pack is in; only rows of its sample records were refused. */
    LOG(LOG_WARN, "pack.seed", {"pack", found->pack->id}, {"fault", report.first_fault});
    *is_whole = false;
    return true;
}
