#include "web/page_about.h"

#include "web/answer.h"
#include "web/look.h"
#include "web/view.h"

enum {
    TOWNS_OPENED = 20, /* at most so many are opened only to tell what kind they are */
};

bool page_about_accessibility(struct request *request, struct err *err)
{
    struct json *view = view_new(request);

    page_title(request, view, request_text(request, STR("Accessibility")));
    view_maybe(request, view, "contact",
               request->catalog != NULL ? catalog_setting(request->catalog, STR("contact"))
                                        : (struct str){0});
    return answer_page(request, 200, STR("page/accessibility"), view, err);
}

bool page_about_keys(struct request *request, struct err *err)
{
    struct json *view = view_new(request);

    page_title(request, view, request_text(request, STR("Keyboard shortcuts")));
    return answer_page(request, 200, STR("page/help-keys"), view, err);
}

/* Examples say "_ Save" where a page would say the translation of "Save". */
static void translate(const struct request *request, struct json *json)
{
    if (json->kind == JSON_STRING && str_starts(json->text, STR("_ ")))
        json->text = request_text(request, str_slice(json->text, 2, json->text.len));
    for (struct json *one = json->first; one != NULL; one = one->next)
        translate(request, one);
}

bool page_about_components(struct request *request, struct err *err)
{
    const struct look *look = request->web->look;
    struct json *view = json_copy(request->arena, look->examples);

    translate(request, view);
    page_title(request, view, request_text(request, STR("Components")));
    view_text(request, page_of(request, view), "staff_css",
              json_find_text(look->manifest, STR("staff_css")));
    view_text(request, page_of(request, view), "map_css",
              json_find_text(look->manifest, STR("map_css")));
    return answer_page(request, 200, STR("page/components"), view, err);
}

/* What a municipality calls itself, when that costs little. */
static struct str kind_of(struct request *request, struct str name, bool may_open)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    const struct catalog *catalog = NULL;
    struct err err;

    tenant = store_hold_open(request->web->store, name);
    if (tenant == NULL && may_open && !store_hold(request->web->store, name, &tenant, &err))
        return (struct str){0};
    if (tenant == NULL || !catalog_get(tenant, request->web->library, &catalog, &err))
        return (struct str){0};
    return str_copy(request->arena, catalog_setting(catalog, STR("kind")));
}

/* What stands for a publisher elsewhere has no pages. */
static size_t drop_mirrors(struct store_tenant *tenants, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (!tenants[i].is_mirror)
            tenants[kept++] = tenants[i];
    return kept;
}

static struct str parent_of(const struct store_tenant *tenants, size_t count,
                            const struct store_tenant *child)
{
    for (size_t i = 0; i < count; i++)
        if (tenants[i].id == child->parent)
            return tenants[i].title;
    return (struct str){0};
}

bool page_about_node(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct json *towns = view_list(request, view, "towns");
    struct store_tenant *tenants;
    size_t count;

    if (!store_list_tenants(request->web->store, request->arena, &tenants, &count, err))
        return false;
    count = drop_mirrors(tenants, count);
    if (count == 1)
        return answer_redirect(request,
                               str_printf(request->arena, "/%.*s/", STR_ARG(tenants[0].name)));
    page_title(request, view, request_text(request, STR("Municipalities")));
    for (size_t i = 0; i < count; i++) {
        struct json *town = view_push(request, towns);

        view_text(request, town, "name", tenants[i].title);
        view_text(request, town, "kind", kind_of(request, tenants[i].name, count <= TOWNS_OPENED));
        view_maybe(request, town, "parent", parent_of(tenants, count, &tenants[i]));
        view_text(request, town, "href",
                  str_printf(request->arena, "/%.*s/", STR_ARG(tenants[i].name)));
    }
    view_bool(request, view, "has_towns", count > 0);
    return answer_page(request, 200, STR("page/node"), view, err);
}
