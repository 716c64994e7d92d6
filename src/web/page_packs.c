#include "web/page_admin.h"

#include "core/log.h"
#include "queue/worker.h"
#include "registry/seed.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/wording.h"

enum {
    NEEDS_MAX = 50,
};

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
    view_text(request, row, "version", pack->version);
    view_text(request, row, "text", pack_text(request, pack, pack->description));
    view_none(request, row, "tag");
    if (has_update) {
        struct json *tag = view_object(request, row, "tag");

        view_text(request, tag, "kind", STR("info"));
        view_text(request, tag, "text", request_text(request, STR("a new version is ready")));
    }
}

bool page_packs(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct json *packs = view_list(request, view, "packs");
    struct json *available = view_list(request, view, "available");
    struct pack_set known;

    if (!request_admin(request, POLICY_PACKS, err) ||
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

/* Code lists have no titles of their own: the field that uses one says what it is. */
static struct str list_title(struct request *request, struct str id)
{
    const struct model *model = request->catalog->model;

    for (size_t i = 0; i < model->type_count; i++)
        for (size_t n = 0; n < model->types[i]->field_count; n++)
            if (str_equal(model->types[i]->fields[n].list, id))
                return request_pack_text(request, model->types[i]->fields[n].title);
    return id;
}

static bool add_list(void *data, const struct pack_file *file)
{
    const struct contents *contents = data;
    struct request *request = contents->request;
    struct str id = file_id(contents, file, STR("lists"), STR(".csv"));
    int64_t lines = -1; /* the header */

    for (size_t i = 0; i < file->bytes.len; i++)
        lines += file->bytes.ptr[i] == '\n';
    add_item(request, contents->items, id, list_title(request, id), (struct str){0},
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
               own != NULL ? own->version : request_text(request, STR("not installed")));
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

static bool find_pack(struct request *request, struct pack_set *known, const struct pack **pack,
                      struct err *err)
{
    if (!request_admin(request, POLICY_PACKS, err) ||
        !model_library_packs(request->web->library, request->arena, known, err))
        return false;
    *pack = pack_set_find(known, request->parts[0]);
    if (*pack == NULL)
        *pack = installed(request, request->parts[0]);
    return *pack != NULL || err_set(err, ERR_ABSENT, "there is no such pack");
}

bool page_packs_one(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct json *about = view_object(request, view, "pack");
    const struct pack *pack;
    struct pack_set known;

    if (!find_pack(request, &known, &pack, err))
        return false;

    const struct pack *own = installed(request, pack->id);
    page_title(request, view, pack_text(request, pack, pack->title));
    page_crumb(request, view, request_text(request, STR("Solution packs")), STR("/admin/packs"));
    view_text(request, about, "title", pack_text(request, pack, pack->title));
    view_text(request, about, "version", pack->version);
    view_text(request, about, "text", pack_text(request, pack, pack->description));
    view_bool(request, view, "is_upgrade", own != NULL);
    view_maybe(request, view, "install_href",
               own == NULL || is_newer(pack, own)
                   ? page_href(request, "/admin/packs/%.*s/install", STR_ARG(pack->id))
                   : (struct str){0});
    add_facts(request, view, pack);
    add_contents(request, view, pack);
    return answer_page(request, 200, STR("page/pack"), view, err);
}

/* The pack with all it needs that is not there yet, as far as this node knows them. */
static size_t list_needs(struct request *request, const struct pack_set *known,
                         const struct pack *pack, struct str ids[NEEDS_MAX])
{
    size_t count = 0;

    ids[count++] = pack->id;
    for (size_t i = 0; i < count; i++) {
        const struct pack *one = pack_set_find(known, ids[i]);
        const struct json *needs = one != NULL ? json_find(one->manifest, STR("requires")) : NULL;

        for (const struct json *need = needs != NULL ? needs->first : NULL;
             need != NULL && count < NEEDS_MAX; need = need->next) {
            bool is_listed = installed(request, need->name) != NULL;

            for (size_t n = 0; n < count; n++)
                is_listed |= str_equal(ids[n], need->name);
            if (!is_listed)
                ids[count++] = need->name;
        }
    }
    return count;
}

/* Seconds at most, and on the pool: seeds are what a pack folder holds, not a city's data. */
bool page_packs_install(struct request *request, struct err *err)
{
    const struct web *web = request->web;
    struct str ids[NEEDS_MAX];
    struct seed_report report = {0};
    const struct pack *pack;
    struct pack_set known;

    if (!find_pack(request, &known, &pack, err))
        return false;

    struct pack_ids packs = {ids, list_needs(request, &known, pack, ids)};
    if (!catalog_install(request->tenant, web->library, packs, request->actor.account, request->now,
                         err))
        return false;
    worker_wake(web->workers, tenant_info(request->tenant)->name); /* records may be rebuilt */
    if (!seed_load(request->tenant, request->arena, web->library, packs, &report, err)) {
        if (err->code != ERR_INPUT && err->code != ERR_UNAVAILABLE)
            return false;
        /* The pack is in; only rows of its sample records were refused. */
        LOG(LOG_WARN, "pack.seed", {"pack", pack->id}, {"fault", report.first_fault});
        answer_notice(request, STR("warn"),
                      request_text(request, STR("The pack is installed, but some of the records "
                                                "it brings could not be loaded.")));
    } else {
        answer_notice(request, STR("ok"), request_text(request, STR("The pack is installed.")));
    }
    return answer_redirect(request,
                           str_printf(request->arena, "/admin/packs/%.*s", STR_ARG(pack->id)));
}
