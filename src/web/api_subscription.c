#include "web/api_subscription.h"

#include "core/time.h"
#include "web/answer.h"
#include "web/api_beside.h"
#include "web/api_record.h"
#include "web/api_register.h"
#include "web/subscribed.h"

enum {
    LIMIT_DEFAULT = 50,
};

static void print_offer(struct buf *out, const struct subscription_offer *offer)
{
    buf_add(out, STR("{\"register\":"));
    json_write_text(out, offer->register_id);
    buf_add(out, STR(",\"from\":"));
    json_write_text(out, offer->publisher);
    buf_add(out, STR(",\"from_title\":"));
    json_write_text(out, offer->publisher_title);
    buf_add(out, STR(",\"edition\":"));
    buf_int(out, offer->edition);
    buf_add(out, STR(",\"issued_at\":"));
    if (offer->edition > 0) {
        buf_char(out, '"');
        time_print_moment(out, offer->at);
        buf_char(out, '"');
    } else {
        buf_add(out, STR("null"));
    }
    buf_add(out, offer->is_taken ? STR(",\"is_taken\":true}") : STR(",\"is_taken\":false}"));
}

/* Only of registers this actor may read, as the list of registers does. */
bool api_subscription_list(struct request *request, struct err *err)
{
    struct subscription_by by = subscribed_by(request);
    struct buf *out = &request->exchange->out;
    struct subscription_offer *offers;
    size_t count, shown = 0;

    if (!subscription_offers(&by, &offers, &count, err))
        return false;
    buf_add(out, STR("{\"subscriptions\":["));
    for (size_t i = 0; i < count; i++) {
        const struct register_type *own =
            model_type(request->catalog->model, offers[i].register_id);
        unsigned classes;

        if (own == NULL || !policy_may(&request->actor.rights, own->index, POLICY_READ, &classes))
            continue;
        if (shown++ > 0)
            buf_char(out, ',');
        print_offer(out, &offers[i]);
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

bool api_subscription_put(struct request *request, struct err *err)
{
    struct subscription_by by = subscribed_by(request);

    return request_admin(request, POLICY_SETTINGS, err) &&
           subscription_take(&by, request->parts[0], request_query(request, STR("from")),
                             request->actor.account, err) &&
           answer_empty(request, 204);
}

bool api_subscription_delete(struct request *request, struct err *err)
{
    struct subscription_by by = subscribed_by(request);

    return request_admin(request, POLICY_SETTINGS, err) &&
           subscription_drop(&by, request->parts[0], request->actor.account, err) &&
           answer_empty(request, 204);
}

static void print_source(struct buf *out, const struct subscription *subscription)
{
    buf_add(out, STR(",\"from\":"));
    json_write_text(out, subscription->publisher_name);
    buf_add(out, STR(",\"edition\":"));
    buf_int(out, subscription->publication.newest.no);
}

bool api_subscription_records(struct request *request, struct err *err)
{
    CLEANUP(subscribed_close) struct subscribed subscribed = {0};
    struct buf *out = &request->exchange->out;
    struct record_page page;
    struct record_ask ask;

    if (!subscribed_open(request, &subscribed, err) ||
        !subscribed_ask(request, &subscribed, LIMIT_DEFAULT, &ask, err) ||
        !subscription_list(&subscribed.subscription, subscribed.classes, &ask, &page, err))
        return false;
    buf_add(out, STR("{\"records\":["));
    for (size_t i = 0; i < page.count; i++) {
        if (i > 0)
            buf_char(out, ',');
        api_record_print(out, request, ask.type, subscribed.classes, &page.records[i]);
    }
    buf_char(out, ']');
    print_source(out, &subscribed.subscription);
    if (page.cursor.len > 0) {
        buf_add(out, STR(",\"cursor\":"));
        json_write_text(out, page.cursor);
    }
    buf_char(out, '}');
    return answer_json(request, 200);
}

static void print_codes(struct request *request, const struct catalog_list *list)
{
    struct buf *out = &request->exchange->out;

    buf_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buf_char(out, ',');
        api_register_code(out, request, &list->codes[i]);
    }
    buf_char(out, ']');
}

bool api_subscription_codes(struct request *request, struct err *err)
{
    CLEANUP(subscribed_close) struct subscribed subscribed = {0};
    struct buf *out = &request->exchange->out;
    size_t count = 0;

    if (!subscribed_open(request, &subscribed, err))
        return false;
    buf_add(out, STR("{\"codes\":{"));
    for (size_t i = 0; i < subscribed.own->field_count; i++) {
        const struct register_field *field = &subscribed.own->fields[i];
        const struct catalog_list *list = subscription_codes(&subscribed.subscription, field->name);

        if (list == NULL || (field->access & ~subscribed.classes) != 0)
            continue;
        if (count++ > 0)
            buf_char(out, ',');
        json_write_text(out, field->name);
        buf_char(out, ':');
        print_codes(request, list);
    }
    buf_char(out, '}');
    print_source(out, &subscribed.subscription);
    buf_char(out, '}');
    return answer_json(request, 200);
}

bool api_subscription_record(struct request *request, struct err *err)
{
    CLEANUP(subscribed_close_record) struct subscribed_record found = {0};
    struct subscribed *subscribed = &found.subscribed;
    struct buf *out = &request->exchange->out;

    if (!subscribed_find(request, &found, err))
        return false;
    buf_add(out, STR("{\"record\":"));
    if (found.is_gone)
        buf_add(out, STR("null"));
    else
        api_record_print(out, request, subscribed->subscription.publication.type,
                         subscribed->classes, &found.record);
    buf_add(out, STR(",\"own\":"));
    if (found.own.version == 0)
        buf_add(out, STR("null"));
    else
        api_beside_print(out, request, subscribed->own, subscribed->classes, &found.own);
    print_source(out, &subscribed->subscription);
    buf_char(out, '}');
    return answer_json(request, 200);
}
