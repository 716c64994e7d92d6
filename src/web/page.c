#include "web/page.h"

#include <stdarg.h>
#include <stdio.h>

#include "notice/notice.h"
#include "registry/branding.h"
#include "web/answer.h"
#include "web/csrf.h"
#include "web/look.h"
#include "web/page_work.h"
#include "web/route.h"
#include "web/view.h"
#include "web/workshop.h"

struct str page_href(const struct request *request, const char *format, ...)
{
    struct buf buf = {.arena = request->arena};
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_add(&buf, request->base);
    buf_add(&buf, str_from_z(text));
    return buf_str(&buf);
}

struct str page_query_href(const struct request *request, struct str type, struct str words)
{
    struct buf buf = {.arena = request->arena};

    buf_add(&buf, page_href(request, "/registers/%.*s?q=", STR_ARG(type)));
    url_encode(&buf, words);
    return buf_str(&buf);
}

struct json *page_of(struct request *request, struct json *view)
{
    struct json *page = json_find(view, STR("page"));

    return page != NULL ? page : json_set(view, STR("page"), json_new(request->arena, JSON_OBJECT));
}

void page_title(struct request *request, struct json *view, struct str title)
{
    json_set_text(request->arena, page_of(request, view), STR("title"), title);
}

void page_crumb(struct request *request, struct json *view, struct str title, struct str path)
{
    struct json *page = page_of(request, view);
    struct json *crumbs = json_find(page, STR("crumbs"));
    struct json *crumb = json_new(request->arena, JSON_OBJECT);

    if (crumbs == NULL)
        crumbs = json_set(page, STR("crumbs"), json_new(request->arena, JSON_ARRAY));
    json_set_bool(request->arena, page, STR("has_crumbs"), true);
    json_set_text(request->arena, crumb, STR("title"), title);
    json_set_text(request->arena, crumb, STR("href"), page_href(request, "%.*s", STR_ARG(path)));
    json_push(crumbs, crumb);
}

/* Cases are work, whatever their address is. */
static bool is_within(const struct request *request, struct str own)
{
    if (str_equal(own, STR("/work/")) && str_starts(request->path, STR("/cases/")))
        return true;
    return own.len > 1 ? str_starts(request->path, own) : str_equal(request->path, own);
}

static void add_link(struct request *request, struct json *list, const char *title,
                     const char *path)
{
    struct json *link = json_new(request->arena, JSON_OBJECT);
    bool is_current = is_within(request, str_from_z(path));

    json_set_text(request->arena, link, STR("title"), request_text(request, str_from_z(title)));
    json_set_text(request->arena, link, STR("href"), page_href(request, "%s", path));
    json_set_bool(request->arena, link, STR("is_current"), is_current);
    json_push(list, link);
}

bool page_is_staff(const struct request *request)
{
    const struct policy_role *roles;
    size_t count;

    if (!request_is_signed_in(request) || request->catalog == NULL)
        return false;
    roles = policy_roles(request->catalog->model->policy, &count);
    for (size_t i = 0; i < count; i++)
        if ((request->actor.rights.roles & (UINT64_C(1) << roles[i].index)) != 0 &&
            !str_equal(roles[i].id, STR("guest")) && !str_equal(roles[i].id, STR("resident")))
            return true;
    return false;
}

static void add_nav(struct request *request, struct json *page)
{
    struct json *nav = json_set(page, STR("nav"), json_new(request->arena, JSON_ARRAY));
    unsigned admin = request->actor.rights.admin;

    json_set_bool(request->arena, page, STR("has_nav"), true);
    if (!page_is_staff(request)) {
        add_link(request, nav, "Home", "/");
        if (request->catalog->model->has_services)
            add_link(request, nav, "Services", "/services/");
        add_link(request, nav, "Registers", "/registers/");
        if (request_is_signed_in(request))
            add_link(request, nav, "My page", "/my/");
        return;
    }
    if (page_work_is_for(request))
        add_link(request, nav, "Work", "/work/");
    if (workshop_is_for(request))
        add_link(request, nav, "Workshop", "/workshop/");
    if (request->catalog->model->has_services)
        add_link(request, nav, "Services", "/services/");
    add_link(request, nav, "Registers", "/registers/");
    if (page_may_import(request))
        add_link(request, nav, "Imports", "/imports/");
    if (admin & POLICY_JOBS || page_may_import(request))
        add_link(request, nav, "Work in progress", "/jobs/");
    if (admin & POLICY_JOURNAL)
        add_link(request, nav, "Journal", "/journal/");
    if (admin & (POLICY_USERS | POLICY_PACKS | POLICY_SETTINGS))
        add_link(request, nav, "Settings", "/admin/");
}

bool page_may_import(const struct request *request)
{
    unsigned classes;

    for (size_t i = 0; i < request->catalog->model->type_count; i++)
        if (policy_may(&request->actor.rights, (int)i, POLICY_IMPORT, &classes))
            return true;
    return false;
}

static void add_subnav(struct request *request, struct json *page)
{
    unsigned admin = request->actor.rights.admin;
    struct json *subnav;

    if (!str_starts(request->path, STR("/admin/")))
        return;
    subnav = json_set(page, STR("subnav"), json_new(request->arena, JSON_ARRAY));
    json_set_bool(request->arena, page, STR("has_subnav"), true);
    if (admin & POLICY_USERS) {
        add_link(request, subnav, "Users", "/admin/users");
        add_link(request, subnav, "Roles", "/admin/roles");
    }
    if (admin & POLICY_PACKS)
        add_link(request, subnav, "Solution packs", "/admin/packs");
    if (admin & POLICY_SETTINGS) {
        add_link(request, subnav, "Municipality", "/admin/settings");
        add_link(request, subnav, "Publications", "/admin/publications");
        add_link(request, subnav, "Offered packs", "/admin/offers");
        add_link(request, subnav, "Links", "/admin/links");
        add_link(request, subnav, "Notices", "/admin/notices");
        add_link(request, subnav, "Payments", "/admin/payments");
    }
}

static struct str lang_href(struct request *request, const char *code)
{
    struct buf href = {.arena = request->arena};

    buf_add(&href, STR("?lang="));
    buf_add(&href, str_from_z(code));
    for (size_t i = 0; i < request->query.count; i++) {
        const struct url_pair *pair = &request->query.pairs[i];

        if (str_equal(pair->name, STR("lang")))
            continue;
        buf_char(&href, '&');
        url_encode(&href, pair->name);
        buf_char(&href, '=');
        url_encode(&href, pair->value);
    }
    return buf_str(&href);
}

static void add_langs(struct request *request, struct json *page)
{
    static const struct {
        const char *code;
        const char *title;
    } LANGS[] = {{"ru", "Русский"}, {"ky", "Кыргызча"}, {"en", "English"}};
    struct json *langs = json_set(page, STR("langs"), json_new(request->arena, JSON_ARRAY));

    for (size_t i = 0; i < ARRAY_LEN(LANGS); i++) {
        struct json *lang = json_push(langs, json_new(request->arena, JSON_OBJECT));

        json_set_text(request->arena, lang, STR("code"), str_from_z(LANGS[i].code));
        json_set_text(request->arena, lang, STR("title"), str_from_z(LANGS[i].title));
        json_set_text(request->arena, lang, STR("href"), lang_href(request, LANGS[i].code));
        json_set_bool(request->arena, lang, STR("is_current"),
                      (enum model_language)i == request->language);
    }
    json_set_text(request->arena, page, STR("lang"), str_from_z(LANGS[request->language].code));
}

/* "size-2 contrast pictures-off": kept in a cookie that the vision page sets. */
static void add_vision(struct request *request, struct json *page)
{
    struct json *vision = json_set(page, STR("vision"), json_new(request->arena, JSON_OBJECT));
    struct buf classes = {.arena = request->arena};
    struct str cookie = http_cookie(request->exchange, STR("vision"));

    if (!url_decode(&classes, str_slice(cookie, 0, 100), true))
        classes.len = 0;
    json_set_bool(request->arena, vision, STR("is_on"), classes.len > 0);
    json_set_text(request->arena, vision, STR("classes"), buf_str(&classes));
    json_set_text(request->arena, vision, STR("href"), page_href(request, "/vision"));
}

/* One notice from the step before, carried by a cookie that is taken away again. */
static void add_notice(struct request *request, struct json *page)
{
    struct buf text = {.arena = request->arena};
    struct str cookie = http_cookie(request->exchange, STR("notice"));
    struct json *notices = json_find(page, STR("notices"));
    struct str rest;

    if (notices == NULL)
        notices = json_set(page, STR("notices"), json_new(request->arena, JSON_ARRAY));
    if (cookie.len == 0 || !url_decode(&text, cookie, true))
        return;
    rest = buf_str(&text);

    struct json *notice = json_push(notices, json_new(request->arena, JSON_OBJECT));
    json_set_text(request->arena, notice, STR("kind"), str_cut(&rest, ':'));
    json_set_text(request->arena, notice, STR("text"), rest);
    answer_cookie(request, STR("notice"), (struct str){0}, 0, true);
}

static void add_asset(struct request *request, struct json *page, const char *name)
{
    struct str key = str_from_z(name);

    json_set_text(request->arena, page, key, json_find_text(request->web->look->manifest, key));
}

static void add_href(struct request *request, struct json *page, const char *name, const char *path)
{
    json_set_text(request->arena, page, str_from_z(name), page_href(request, "%s", path));
}

static void add_town(struct request *request, struct json *page)
{
    struct json *town = json_set(page, STR("town"), json_new(request->arena, JSON_OBJECT));
    struct str coat = catalog_setting(request->catalog, STR("coat"));

    json_set_text(request->arena, town, STR("name"), tenant_info(request->tenant)->title);
    json_set_text(request->arena, town, STR("kind"), branding_of(request->catalog).line);
    json_set_text(request->arena, town, STR("href"), page_href(request, "/"));
    if (coat.len > 0)
        json_set_text(request->arena, town, STR("coat_href"), page_href(request, "/coat"));
}

/* A page is shown without it rather than not at all. */
static void add_unread(struct request *request, struct json *page)
{
    struct json *mail;
    struct tx *tx;
    struct err err;
    int64_t count;

    if (request->catalog == NULL || !request_read(request, &tx, &err) ||
        !notice_count_unread(tx, request->actor.account, &count, &err))
        return;
    mail = json_set(page, STR("mail"), json_new(request->arena, JSON_OBJECT));
    json_set_text(request->arena, mail, STR("href"), page_href(request, "/my/notices"));
    json_set_bool(request->arena, mail, STR("has_unread"), count > 0);
    json_set_text(request->arena, mail, STR("unread"),
                  count > NOTICE_UNREAD_MAX ? str_printf(request->arena, "%d+", NOTICE_UNREAD_MAX)
                                            : str_printf(request->arena, "%lld", (long long)count));
}

static void add_person(struct request *request, struct json *page)
{
    struct json *user;

    if (!request_is_signed_in(request))
        return;
    add_unread(request, page);
    user = json_set(page, STR("user"), json_new(request->arena, JSON_OBJECT));
    json_set_text(request->arena, user, STR("name"), request->actor.name);
    json_set_text(request->arena, user, STR("href"), page_href(request, "/account"));
    json_set_text(request->arena, page, STR("csrf"), csrf_mask(request));
    if (page_is_staff(request))
        add_href(request, page, "keys_href", "/keys");
}

static void fill_tenant(struct request *request, struct json *page)
{
    add_town(request, page);
    add_person(request, page);
    add_nav(request, page);
    add_subnav(request, page);
    json_set_bool(request->arena, page, STR("is_staff"), page_is_staff(request));
    if (page_is_staff(request))
        add_asset(request, page, "staff_css");
    if (json_is_true(json_find(page, STR("has_drawing")))) {
        add_asset(request, page, "drawing_css");
        add_asset(request, page, "drawing_js");
    }
    if (json_is_true(json_find(page, STR("has_map"))))
        add_asset(request, page, "map_css");
    if (branding_of(request->catalog).colour.len > 0)
        add_href(request, page, "brand_css", "/brand.css");
    add_href(request, page, "sign_in_href", "/sign-in");
    add_href(request, page, "sign_out_href", "/sign-out");
    add_href(request, page, "my_href", "/my/");
    add_href(request, page, "api_href", "/api/v1/openapi.json");
}

static void fill_operator(struct request *request, struct json *page)
{
    struct json *nav;

    add_href(request, page, "sign_in_href", "/sign-in");
    add_href(request, page, "sign_out_href", "/sign-out");
    add_person(request, page);
    if (!request_is_signed_in(request))
        return;
    nav = json_set(page, STR("nav"), json_new(request->arena, JSON_ARRAY));
    json_set_bool(request->arena, page, STR("has_nav"), true);
    add_link(request, nav, "Municipalities", "/");
    add_link(request, nav, "Packs", "/packs/");
    add_link(request, nav, "Upgrades", "/sweeps/");
    add_link(request, nav, "Journal", "/journal/");
}

void page_fill(struct request *request, struct json *view)
{
    struct json *page = page_of(request, view);

    json_set_text(request->arena, page, STR("path"),
                  page_href(request, "%.*s", STR_ARG(request->path)));
    add_langs(request, page);
    add_asset(request, page, "css");
    add_asset(request, page, "js");
    add_asset(request, page, "vision_css");
    add_vision(request, page);
    add_notice(request, page);
    add_href(request, page, "accessibility_href", "/accessibility");
    if (request->tenant != NULL && request->catalog != NULL)
        fill_tenant(request, page);
    else if (request->scope == ROUTE_OPERATOR)
        fill_operator(request, page);
}

/* What people can do about it, by status; what is wrong in particular is told besides. */
static struct str what_to_do(int status)
{
    switch (status) {
    case 400:
    case 422:
        return STR("Go back and mend what is named here.");
    case 403:
        return STR("Your role does not allow it. If you need it for your work, ask the "
                   "administrator of your municipality.");
    case 404:
    case 405:
        return STR("Check the address, or find what you need from the start page.");
    case 409:
    case 412:
        return STR("The record was changed while you were working. Open it again and repeat "
                   "your change.");
    case 413:
        return STR("Divide the file into parts and send them one by one.");
    case 429:
        return STR("Wait a minute and try again.");
    case 503:
        return STR("Try again in a few minutes.");
    case 507:
        return STR("Tell the administrator of your municipality about it.");
    default:
        return STR("Nothing of yours is lost. Try again in a few minutes; if it happens again, "
                   "tell the administration.");
    }
}

/* The particular reason helps where people can mend something. */
static bool tells_reason(int status)
{
    return status == 400 || status == 405 || status == 409 || status == 412 || status == 413 ||
           status == 422 || status == 429 || status == 507;
}

static void add_error_actions(struct request *request, struct json *view, int status)
{
    struct json *actions = view_list(request, view, "actions");
    struct str base = request->tenant != NULL ? request->base : (struct str){0};

    if (status >= 500 || status == 429)
        view_action(request, actions, request_text(request, STR("Try again")), (struct str){0},
                    "plain");
    if ((status == 403 || status == 404) && request->catalog != NULL &&
        !request_is_signed_in(request))
        view_action(request, actions, request_text(request, STR("Sign in")),
                    page_href(request, "/sign-in"), "plain");
    view_action(request, actions, request_text(request, STR("To the start page")),
                str_printf(request->arena, "%.*s/", STR_ARG(base)), "plain");
    view_bool(request, view, "has_actions", true);
}

void page_fill_error(struct request *request, struct json *view, int status, struct str title,
                     struct str detail)
{
    struct json *details = view_list(request, view, "details");

    page_title(request, view, title);
    view_text(request, view, "heading", title);
    view_text(request, view, "what_to_do", request_text(request, what_to_do(status)));
    view_bool(request, view, "has_details", tells_reason(status));
    if (tells_reason(status))
        view_text(request, view_push(request, details), "text", detail);
    add_error_actions(request, view, status);
    view_text(request, view, "code", str_printf(request->arena, "%d", status));
    view_none(request, view, "request_id");
}

void page_fill_closed(struct request *request, struct json *view, struct str title, struct str text)
{
    page_title(request, view, title);
    view_text(request, view, "heading", title);
    view_text(request, view, "what_to_do", text);
    view_bool(request, view, "has_details", false);
    view_list(request, view, "details");
    view_list(request, view, "actions");
    view_bool(request, view, "has_actions", false);
    view_none(request, view, "code");
    view_none(request, view, "request_id");
}
