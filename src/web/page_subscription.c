#include "web/page_subscription.h"

#include "web/answer.h"
#include "web/display.h"
#include "web/input.h"
#include "web/page_filter.h"
#include "web/subscribed.h"
#include "web/table.h"

enum {
    PAGE_SIZE = 50,
    COLUMNS_MAX = 6,
};

static bool may_read(const struct request *request, struct str register_id)
{
    const struct register_type *own = model_type(request->catalog->model, register_id);
    unsigned classes;

    return own != NULL && policy_may(&request->actor.rights, own->index, POLICY_READ, &classes);
}

static struct str edition_text(struct request *request, int64_t no, int64_t at)
{
    return no == 0 ? request_text(request, STR("no edition yet"))
                   : str_printf(request->arena, "%.*s %lld · %.*s",
                                STR_ARG(request_text(request, STR("edition"))), (long long)no,
                                STR_ARG(view_moment(request, at)));
}

static void add_offer(struct request *request, struct json *list,
                      const struct subscription_offer *offer)
{
    struct json *row = view_push(request, list);
    bool may_change = (request->actor.rights.admin & POLICY_SETTINGS) != 0;
    struct str href = page_href(request, "/subscriptions/%.*s", STR_ARG(offer->register_id));

    view_text(request, row, "name", request_pack_text(request, offer->title));
    view_maybe(request, row, "href", offer->is_taken ? href : (struct str){0});
    view_text(request, row, "publisher", offer->publisher_title);
    view_text(request, row, "edition", edition_text(request, offer->edition, offer->at));
    view_bool(request, row, "is_taken", offer->is_taken);
    view_text(request, row, "publisher_name", offer->publisher);
    view_maybe(request, row, "change_href",
               may_change ? str_printf(request->arena, "%.*s/%s", STR_ARG(href),
                                       offer->is_taken ? "drop" : "take")
                          : (struct str){0});
}

bool page_subscription_offers(struct request *request, struct err *err)
{
    struct subscription_by by = subscribed_by(request);
    struct json *view = view_new(request);
    struct json *list = view_list(request, view, "offers");
    struct subscription_offer *offers;
    size_t count;

    if (!subscription_offers(&by, &offers, &count, err))
        return false;
    page_title(request, view, request_text(request, STR("Registers from above")));
    page_crumb(request, view, request_text(request, STR("Registers")), STR("/registers/"));
    for (size_t i = 0; i < count; i++)
        if (may_read(request, offers[i].register_id))
            add_offer(request, list, &offers[i]);
    view_bool(request, view, "has_offers", list->count > 0);
    view_text(request, view, "proposals_href", page_href(request, "/subscriptions/proposals"));
    return answer_page(request, 200, STR("page/subscriptions"), view, err);
}

static bool back(struct request *request, struct str notice)
{
    answer_notice(request, STR("ok"), request_text(request, notice));
    return answer_redirect(request, STR("/subscriptions/"));
}

bool page_subscription_take(struct request *request, struct err *err)
{
    struct subscription_by by = subscribed_by(request);

    return request_admin(request, POLICY_SETTINGS, err) && request_form(request, err) &&
           subscription_take(&by, request->parts[0], request_field(request, STR("from")),
                             request->actor.account, err) &&
           back(request, STR("The municipality reads this register now."));
}

bool page_subscription_drop(struct request *request, struct err *err)
{
    struct subscription_by by = subscribed_by(request);

    return request_admin(request, POLICY_SETTINGS, err) &&
           subscription_drop(&by, request->parts[0], request->actor.account, err) &&
           back(request, STR("The subscription has ended."));
}

/* From whom it is, in which edition: on every page of it. */
void page_subscription_source(struct request *request, struct json *view,
                              const struct subscription *subscription)
{
    const struct publication_edition *newest = &subscription->publication.newest;
    struct json *notice = view_object(request, view, "notice");

    view_text(request, notice, "kind", STR("info"));
    view_text(request, notice, "text",
              str_printf(request->arena, "%.*s %.*s · %.*s",
                         STR_ARG(request_text(request, STR("Read-only, kept by:"))),
                         STR_ARG(subscription->publisher_title),
                         STR_ARG(edition_text(request, newest->no, newest->at))));
    view_none(request, notice, "link");
}

static struct str list_path(struct request *request)
{
    return str_printf(request->arena, "/subscriptions/%.*s", STR_ARG(request->parts[0]));
}

/* Shown by our own packs' description of the field, so by our own words. */
static bool is_column(struct subscribed *subscribed, const struct register_field *field)
{
    return (field->access & ~subscribed->classes) == 0 &&
           (field->type != FIELD_REF || subscribed_has_target(subscribed, field));
}

static bool add_row(struct display *display, struct json *view, struct subscribed *subscribed,
                    const struct record *record, struct err *err)
{
    struct request *request = display->request;
    struct json *row = table_row(request, view, subscribed_title(request, record),
                                 display_borrowed_href(request, subscribed->own, record->id));
    struct json *value;
    size_t columns = 0;

    if (!json_parse(request->arena, record->body, &(struct json_limits){.bytes = RECORD_BODY_MAX},
                    &value, err))
        return false;
    for (size_t i = 0; i < subscribed->own->list_count && columns < COLUMNS_MAX; i++) {
        const struct register_field *field = &subscribed->own->fields[subscribed->own->list[i]];
        struct display_value shown = {0};

        if (!is_column(subscribed, field))
            continue;
        if (!subscribed_field(display, subscribed, field, json_find(value, field->name), &shown,
                              err))
            return false;
        table_link(request, view, row, shown.text, shown.href);
        columns++;
    }
    return true;
}

/* The last column tells whether we say something of the record ourselves; without any, no column.
 */
static bool add_rows(struct display *display, struct json *view, struct subscribed *subscribed,
                     const struct record_page *page, struct err *err)
{
    struct request *request = display->request;
    bool *has = ARENA_ARRAY(request->arena, bool, page->count + 1);
    bool has_any = false;

    if (!beside_mark(&request->registry, subscribed->own, page, has, err))
        return false;
    for (size_t i = 0; i < page->count; i++)
        has_any |= has[i];
    if (has_any)
        table_column(request, view, "Own values", false);
    for (size_t i = 0; i < page->count; i++) {
        struct json *rows = json_find(view, STR("rows"));

        if (!add_row(display, view, subscribed, &page->records[i], err))
            return false;
        if (has_any && has[i])
            table_tag(request, view, rows->last, "ok", request_text(request, STR("there are")));
        else if (has_any)
            table_cell(request, view, rows->last, (struct str){0});
    }
    view_maybe(request, view, "own_href",
               has_any ? page_href(request, "%.*s/own", STR_ARG(list_path(request)))
                       : (struct str){0});
    return true;
}

static void add_columns(struct request *request, struct json *view, struct subscribed *subscribed)
{
    size_t columns = 0;

    table_begin(request, view, request_pack_text(request, subscribed->own->title));
    table_column(request, view, "Record", false);
    for (size_t i = 0; i < subscribed->own->list_count && columns < COLUMNS_MAX; i++) {
        const struct register_field *field = &subscribed->own->fields[subscribed->own->list[i]];
        struct json *columns_view = json_find(view, STR("columns"));

        if (!is_column(subscribed, field))
            continue;
        table_column(request, view, "Name", false);
        view_text(request, columns_view->last, "title", display_title(request, field));
        columns++;
    }
}

static void add_search(struct request *request, struct json *view,
                       const struct subscribed *subscribed)
{
    struct json *search = view_object(request, view, "search");

    view_bool(request, view, "has_search",
              subscription_is_searchable(&subscribed->subscription, subscribed->classes));
    view_text(request, search, "href", page_href(request, "%.*s", STR_ARG(list_path(request))));
    view_text(request, search, "q", request_query(request, STR("q")));
    view_text(request, search, "placeholder", (struct str){0});
}

static bool add_pages(struct request *request, struct json *view, struct subscribed *subscribed,
                      const struct record_page *page, struct err *err)
{
    struct table_pages pages = {.shown = (int64_t)page->count, .page_size = PAGE_SIZE};
    struct record_ask ask;
    int64_t count;
    bool is_more;

    if (!subscribed_ask(request, subscribed, PAGE_SIZE, &ask, err) ||
        !subscription_count(&subscribed->subscription, subscribed->classes, &ask, &count, &is_more,
                            err))
        return false;
    pages.total_text = view_count(request, count, is_more);
    if (request_query(request, STR("cursor")).len > 0)
        pages.first_href = page_filter_href(request, STR("cursor"), (struct str){0});
    if (page->cursor.len > 0)
        pages.next_href = page_filter_href(request, STR("cursor"), page->cursor);
    table_pages(request, view, &pages);
    return true;
}

bool page_subscription_list(struct request *request, struct err *err)
{
    CLEANUP(subscribed_close) struct subscribed subscribed = {0};
    struct json *view = view_new(request);
    struct record_page page;
    struct record_ask ask;
    struct tx *tx;

    if (!subscribed_open(request, &subscribed, err) ||
        !subscribed_ask(request, &subscribed, PAGE_SIZE, &ask, err) ||
        !subscription_list(&subscribed.subscription, subscribed.classes, &ask, &page, err) ||
        !request_read(request, &tx, err))
        return false;

    struct display display = display_start(request, tx, subscribed.classes);
    page_title(request, view, request_pack_text(request, subscribed.own->title));
    page_crumb(request, view, request_text(request, STR("Registers from above")),
               STR("/subscriptions/"));
    view_text(request, view, "heading", request_pack_text(request, subscribed.own->title));
    page_subscription_source(request, view, &subscribed.subscription);
    add_search(request, view, &subscribed);
    add_columns(request, view, &subscribed);
    return add_rows(&display, view, &subscribed, &page, err) &&
           add_pages(request, view, &subscribed, &page, err) &&
           answer_page(request, 200, STR("page/subscription-list"), view, err);
}
