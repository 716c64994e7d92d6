/* What was told to the one who is signed in. */
#include "notice/notice.h"

#include "core/id.h"
#include "web/answer.h"
#include "web/page_account.h"
#include "web/services.h"
#include "web/view.h"

enum {
    ITEMS_MAX = 30,
    LINES_MAX = 200,
};

/* A text of ours waits for its reader's language; others came in it. */
static bool is_ours(const struct notice_item *item)
{
    return str_starts(item->template, STR("uprava."));
}

static void add_lines(struct request *request, struct json *row, struct str body)
{
    struct json *lines = view_list(request, row, "lines");

    for (int i = 0; body.len > 0 && i < LINES_MAX; i++) {
        struct str line = str_trim(str_cut(&body, '\n'));

        if (line.len > 0)
            view_text(request, view_push(request, lines), "line", line);
    }
}

static bool is_case(struct request *request, const struct notice_item *item,
                    struct service_case *one)
{
    struct err err;

    return item->record != 0 &&
           service_case_get(&request->tx, request->arena, item->record, one, &err);
}

static bool is_own_case(struct request *request, const struct notice_item *item)
{
    struct service_case one;

    return is_case(request, item, &one) && one.applicant == request->actor.account;
}

/* Where it leads whom it concerns: their case, staff's flows, cards for all who may see them. */
static struct str about_of(struct request *request, const struct notice_item *item)
{
    const struct register_type *type = catalog_type(request->catalog, item->no);
    struct service_case one;
    unsigned classes;

    if (str_equal(item->template, STR("uprava.meeting")))
        return page_href(request, "/work/meetings/%.*s",
                         STR_ARG(id_text(request->arena, item->record)));
    if (str_equal(item->template, STR("uprava.undelivered")))
        return page_href(request, "/admin/notices");
    if (is_ours(item) && page_is_staff(request) && is_case(request, item, &one) &&
        services_may_watch(request, &one))
        return page_href(request, "/cases/%.*s", STR_ARG(id_text(request->arena, one.id)));
    if (is_own_case(request, item))
        return page_href(request, "/my/cases/%.*s", STR_ARG(id_text(request->arena, item->record)));
    if (item->flow != 0 && page_is_staff(request))
        return page_href(request, "/work/flows/%.*s", STR_ARG(id_text(request->arena, item->flow)));
    if (type != NULL && item->record != 0 &&
        policy_may(&request->actor.rights, type->index, POLICY_READ, &classes))
        return page_href(request, "/registers/%.*s/%.*s", STR_ARG(type->id),
                         STR_ARG(id_text(request->arena, item->record)));
    return (struct str){0};
}

/* Ours, of a case: with its number. */
static struct str subject_of(struct request *request, const struct notice_item *item)
{
    struct service_case one;

    if (!is_ours(item))
        return item->subject;
    return is_case(request, item, &one)
               ? str_printf(request->arena, "%.*s: %.*s",
                            STR_ARG(request_text(request, item->subject)), STR_ARG(one.number))
               : request_text(request, item->subject);
}

static void add_item(struct request *request, struct json *items, const struct notice_item *item)
{
    struct json *row = view_push(request, items);

    view_text(request, row, "subject", subject_of(request, item));
    view_bool(request, row, "is_new", item->read_at == 0);
    view_text(request, row, "when", view_moment(request, item->put_at));
    add_lines(request, row, is_ours(item) ? request_text(request, item->body) : item->body);
    view_maybe(request, row, "about_href", about_of(request, item));
}

static bool read_before(struct request *request, int64_t *before, struct err *err)
{
    struct str text = request_query(request, STR("before"));

    *before = 0;
    return text.len == 0 || id_parse(text, before) ||
           err_set(err, ERR_INPUT, "before: the number of a message");
}

bool page_notice(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct notice_ask ask = {.account = request->actor.account, .limit = ITEMS_MAX + 1};
    struct notice_page page;
    int64_t unread;
    struct json *list;
    struct tx *tx;

    if (!read_before(request, &ask.before, err) || !request_read(request, &tx, err) ||
        !notice_list(tx, request->arena, &ask, &page, err) ||
        !notice_count_unread(tx, request->actor.account, &unread, err))
        return false;
    page_title(request, view, request_text(request, STR("Messages to me")));
    view_text(request, view, "contacts_href", page_href(request, "/account/contacts"));
    view_bool(request, view, "has_items", page.count > 0);
    view_maybe(request, view, "read_action",
               unread > 0 ? page_href(request, "/my/notices/read") : (struct str){0});
    view_text(request, view, "up_to",
              page.count > 0 ? id_text(request->arena, page.items[0].id) : (struct str){0});
    list = view_list(request, view, "items");
    for (size_t i = 0; i < page.count && i < ITEMS_MAX; i++)
        add_item(request, list, &page.items[i]);
    view_maybe(request, view, "older_href",
               page.count > ITEMS_MAX
                   ? page_href(request, "/my/notices?before=%.*s",
                               STR_ARG(id_text(request->arena, page.items[ITEMS_MAX - 1].id)))
                   : (struct str){0});
    return answer_page(request, 200, STR("page/notices"), view, err);
}

struct reading {
    const struct request *request;
    int64_t up_to;
};

static bool write_read(struct tx *tx, void *data, struct err *err)
{
    const struct reading *reading = data;

    return notice_read(tx, reading->request->actor.account, 0, reading->up_to,
                       reading->request->now, err);
}

/* What came while the page was open is still new. */
bool page_notice_read(struct request *request, struct err *err)
{
    struct reading reading = {.request = request};

    if (!request_form(request, err))
        return false;
    if (!id_parse(request_field(request, STR("up_to")), &reading.up_to))
        return err_set(err, ERR_INPUT, "up_to: the number of a message");
    if (!request_write_wait(request, write_read, &reading, err))
        return false;
    return answer_redirect(request, STR("/my/notices"));
}
