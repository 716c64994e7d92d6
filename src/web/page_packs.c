#include "web/page_admin.h"

#include "registry/offer.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/packs.h"
#include "web/refusal.h"
#include "web/renewal_view.h"
#include "web/subscribed.h"
#include "web/wording.h"
#include "web/workshop.h"

static const struct pack *installed(const struct request *request, struct str id)
{
    return pack_set_find(&request->catalog->model->packs, id);
}

/*
 * A text of a pack in the reader's language.  The installed ones are in the model's
 * translations; another pack brings its own.
 */
static struct str pack_text(struct request *request, const struct pack *pack, struct str id)
{
    return installed(request, pack->id) != NULL ? request_pack_text(request, id)
                                                : wording_pack(request, pack, id);
}

static bool is_newer(const struct pack *pack, const struct pack *than)
{
    return than != NULL && pack_compare_versions(pack->version, than->version) > 0;
}

static void add_pack(struct request *request, struct json *list, const struct pack *pack,
                     bool has_update)
{
    struct json *row = view_push(request, list);

    view_text(request, row, "href", page_href(request, "/admin/packs/%.*s", STR_ARG(pack->id)));
    view_text(request, row, "title", pack_text(request, pack, pack->title));
    view_text(request, row, "version", workshop_version(request, pack->version));
    view_text(request, row, "text", pack_text(request, pack, pack->description));
    view_none(request, row, "tag");
    if (has_update) {
        struct json *tag = view_object(request, row, "tag");

        view_text(request, tag, "kind", STR("info"));
        view_text(request, tag, "text", request_text(request, STR("a new version is ready")));
    }
}

static struct str offer_state(struct request *request, const struct offer *offer,
                              const struct pack *own)
{
    int order = own == NULL ? 1 : pack_compare_versions(offer->version, own->version);

    return request_text(request, own == NULL ? STR("not installed")
                                 : order > 0 ? STR("a new version is ready")
                                 : order < 0 ? STR("a newer one is installed")
                                             : STR("installed"));
}

/* What this server has not is not shown: nobody could install it. */
static bool add_offers(struct request *request, struct json *view, struct err *err)
{
    struct json *list = view_list(request, view, "offers");
    struct subscription_by by = subscribed_by(request);
    struct offer_received *offers;
    size_t count;

    if (!offer_received(&by, &offers, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct offer *offer = &offers[i].offer;
        const struct pack *own = installed(request, offer->pack);
        const struct pack *pack;
        struct json *row, *tag;
        struct err absent;

        if (!model_library_pack(request->web->library, offer->pack, offer->version, &pack, &absent))
            continue;
        row = view_push(request, list);
        view_text(request, row, "href",
                  page_href(request, "/admin/packs/%.*s?version=%.*s", STR_ARG(offer->pack),
                            STR_ARG(offer->version)));
        view_text(request, row, "title", pack_text(request, pack, pack->title));
        view_text(request, row, "version", offer->version);
        view_text(request, row, "text",
                  str_printf(request->arena, "%.*s %.*s",
                             STR_ARG(request_text(request, STR("Offered by:"))),
                             STR_ARG(offers[i].from_title)));
        tag = view_object(request, row, "tag");
        view_text(request, tag, "kind",
                  own == NULL || is_newer(pack, own) ? STR("info") : STR("ok"));
        view_text(request, tag, "text", offer_state(request, offer, own));
    }
    view_bool(request, view, "has_offers", list->count > 0);
    return true;
}

bool page_packs(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct json *packs = view_list(request, view, "packs");
    struct json *available = view_list(request, view, "available");
    struct pack_set known;

    if (!request_admin(request, POLICY_PACKS, err) || !add_offers(request, view, err) ||
        !model_library_packs(request->web->library, request->arena, &known, err))
        return false;
    page_title(request, view, request_text(request, STR("Solution packs")));
    for (size_t i = 0; i < request->catalog->model->packs.count; i++) {
        const struct pack *own = request->catalog->model->packs.packs[i];
        const struct pack *newest = pack_set_find(&known, own->id);

        add_pack(request, packs, own, newest != NULL && is_newer(newest, own));
    }
    for (size_t i = 0; i < known.count; i++)
        if (installed(request, known.packs[i]->id) == NULL)
            add_pack(request, available, known.packs[i], false);
    view_bool(request, view, "has_packs", packs->count > 0);
    view_bool(request, view, "has_available", available->count > 0);
    return answer_page(request, 200, STR("page/packs"), view, err);
}

static struct json *add_section(struct request *request, struct json *view, const char *title)
{
    struct json *section = view_push(request, json_find(view, STR("sections")));

    view_text(request, section, "title", request_text(request, str_from_z(title)));
    return view_list(request, section, "items");
}

static void add_item(struct request *request, struct json *items, struct str id, struct str title,
                     struct str href, struct str text)
{
    struct json *item = view_push(request, items);

    view_text(request, item, "id", id);
    view_text(request, item, "title", title);
    view_maybe(request, item, "href", href);
    view_maybe(request, item, "text", text);
}

/* A pack that is not installed has no compiled registers: its files tell what it brings. */
struct contents {
    struct request *request;
    const struct pack *pack;
    struct json *items;
};

static struct str file_id(const struct contents *contents, const struct pack_file *file,
                          struct str folder, struct str ending)
{
    return str_printf(contents->request->arena, "%.*s.%.*s", STR_ARG(contents->pack->id),
                      STR_ARG(str_slice(file->path, folder.len + 1,
                                        file->path.len - folder.len - 1 - ending.len)));
}

static bool add_register(void *data, const struct pack_file *file)
{
    const struct contents *contents = data;
    struct request *request = contents->request;
    struct str id = file_id(contents, file, STR("registers"), STR(".json"));
    bool is_there = model_type(request->catalog->model, id) != NULL;
    struct json *schema;
    struct err err;

    if (!json_parse(request->arena, file->bytes, NULL, &schema, &err))
        return true;

    const struct json *properties = json_find(schema, STR("properties"));
    int64_t fields = properties != NULL ? (int64_t)properties->count : 0;
    add_item(request, contents->items, id,
             request_pack_text(request, json_find_text(schema, STR("title"))),
             is_there ? page_href(request, "/registers/%.*s", STR_ARG(id)) : (struct str){0},
             wording_plural(request, STR("%d field"), STR("%d fields"), fields));
    return true;
}

static bool add_list(void *data, const struct pack_file *file)
{
    const struct contents *contents = data;
    struct request *request = contents->request;
    struct str id = file_id(contents, file, STR("lists"), STR(".csv"));
    int64_t lines = -1; /* the header */

    for (size_t i = 0; i < file->bytes.len; i++)
        lines += file->bytes.ptr[i] == '\n';
    add_item(request, contents->items, id, packs_list_title(request, id), (struct str){0},
             wording_plural(request, STR("%d value"), STR("%d values"), MAX(lines, INT64_C(0))));
    return true;
}

static void add_roles(struct request *request, struct json *view, const struct pack *pack)
{
    const struct pack_file *file = pack_file_find(pack, STR("roles.json"));
    struct json *roles;
    struct json *items;
    struct err err;

    if (file == NULL || !json_parse(request->arena, file->bytes, NULL, &roles, &err))
        return;
    items = add_section(request, view, "Roles");
    for (const struct json *role = roles->first; role != NULL; role = role->next) {
        struct str id = json_find_text(role, STR("id"));
        const struct policy_role *known = policy_role_find(request->catalog->model->policy, id);
        struct str title = known != NULL ? known->title : json_find_text(role, STR("title"));
        bool is_there =
            installed(request, pack->id) != NULL && (request->actor.rights.admin & POLICY_USERS);

        add_item(request, items, id, title.len > 0 ? request_pack_text(request, title) : id,
                 is_there ? page_href(request, "/admin/roles#%.*s", STR_ARG(id)) : (struct str){0},
                 request_pack_text(request, json_find_text(role, STR("description"))));
    }
}

static void add_facts(struct request *request, struct json *view, const struct pack *pack)
{
    struct json *facts = view_list(request, view, "facts");
    const struct json *needs = json_find(pack->manifest, STR("requires"));
    struct buf text = {.arena = request->arena};
    const struct pack *own = installed(request, pack->id);

    for (const struct json *need = needs != NULL ? needs->first : NULL; need != NULL;
         need = need->next) {
        buf_add(&text, text.len > 0 ? STR(", ") : STR(""));
        buf_printf(&text, "%.*s %.*s", STR_ARG(need->name), STR_ARG(need->text));
    }
    input_fact(request, facts, request_text(request, STR("Identifier")), pack->id);
    if (text.len > 0)
        input_fact(request, facts, request_text(request, STR("Needs packs")), buf_str(&text));
    input_fact(request, facts, request_text(request, STR("Licence")), pack->licence);
    input_fact(request, facts, request_text(request, STR("Installed version")),
               own != NULL ? workshop_version(request, own->version)
                           : request_text(request, STR("not installed")));
}

static void add_contents(struct request *request, struct json *view, const struct pack *pack)
{
    struct contents contents = {request, pack, NULL};

    view_list(request, view, "sections");
    contents.items = add_section(request, view, "Registers");
    pack_each_file(pack, STR("registers"), STR(".json"), add_register, &contents);
    contents.items = add_section(request, view, "Code lists");
    pack_each_file(pack, STR("lists"), STR(".csv"), add_list, &contents);
    add_roles(request, view, pack);
}

/* Who offers it, beside the button or instead of it. */
static void add_offer(struct request *request, struct json *view, const struct packs_found *found)
{
    const struct offer_received *offer = found->offer;
    struct json *notice;

    if (offer == NULL) {
        view_none(request, view, "notice");
        return;
    }
    notice = view_object(request, view, "notice");
    view_text(request, notice, "kind", STR("info"));
    view_text(request, notice, "text",
              str_printf(request->arena, "%.*s %.*s · %.*s %.*s · %.*s",
                         STR_ARG(request_text(request, STR("Offered by:"))),
                         STR_ARG(offer->from_title), STR_ARG(request_text(request, STR("version"))),
                         STR_ARG(offer->offer.version),
                         STR_ARG(view_moment(request, offer->offer.at))));
    view_none(request, notice, "link");
}

/* What would be other than it is, where something is. */
static bool add_changes(struct request *request, struct json *view, const struct packs_found *found,
                        struct err *err)
{
    view_bool(request, view, "is_upgrade", found->own != NULL);
    view_bool(request, view, "has_changes", false);
    view_bool(request, view, "is_same", false);
    view_maybe(request, view, "install_href",
               found->may_install
                   ? page_href(request, "/admin/packs/%.*s/install", STR_ARG(found->pack->id))
                   : (struct str){0});
    view_text(request, view, "wanted", found->pack->version);
    view_bool(request, view, "is_changed", found->is_changed);
    return found->own == NULL || !found->may_install ||
           renewal_view_fill(request, view, found->own, found->pack, err);
}

bool page_packs_one(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct json *about = view_object(request, view, "pack");
    struct packs_found found;
    const struct pack *pack;

    if (!packs_find(request, request_query(request, STR("version")), &found, err))
        return false;
    pack = found.pack;
    page_title(request, view, pack_text(request, pack, pack->title));
    page_crumb(request, view, request_text(request, STR("Solution packs")), STR("/admin/packs"));
    view_text(request, about, "title", pack_text(request, pack, pack->title));
    view_text(request, about, "version", workshop_version(request, pack->version));
    view_text(request, about, "text", pack_text(request, pack, pack->description));
    add_offer(request, view, &found);
    if (!add_changes(request, view, &found, err))
        return false;
    add_facts(request, view, pack);
    add_contents(request, view, pack);
    return answer_page(request, 200, STR("page/pack"), view, err);
}

bool page_packs_install(struct request *request, struct err *err)
{
    struct packs_found found;
    bool is_whole;

    if (!request_admin(request, POLICY_PACKS, err) || !request_form(request, err) ||
        !packs_find(request, request_field(request, STR("version")), &found, err))
        return false;
    if (!packs_install(request, &found, packs_own_of(request_field(request, STR("own"))), &is_whole,
                       err)) {
        if (!found.is_changed || err->code != ERR_CONFLICT)
            return false;
        answer_notice(request, STR("bad"), refusal_text(request, str_from_z(err->text)));
        return answer_redirect(
            request, str_printf(request->arena, "/admin/packs/%.*s", STR_ARG(found.pack->id)));
    }
    if (is_whole)
        answer_notice(request, STR("ok"), request_text(request, STR("The pack is installed.")));
    else
        answer_notice(request, STR("warn"),
                      request_text(request, STR("The pack is installed, but some of the records "
                                                "it brings could not be loaded.")));
    return answer_redirect(
        request, str_printf(request->arena, "/admin/packs/%.*s", STR_ARG(found.pack->id)));
}
