#include "web/subscribed.h"

#include "core/id.h"
#include "core/num.h"
#include "web/api_list.h"
#include "web/seen.h"

struct subscription_by subscribed_by(const struct request *request)
{
    return (struct subscription_by){request->tenant, request->web->library, request->arena,
                                    request->now};
}

bool subscribed_open_type(struct request *request, const struct register_type *own,
                          unsigned classes, struct subscribed *subscribed, struct err *err)
{
    struct subscription_by by = subscribed_by(request);

    *subscribed = (struct subscribed){.own = own, .classes = classes};
    return subscription_open(&by, own->id, &subscribed->subscription, err);
}

bool subscribed_open(struct request *request, struct subscribed *subscribed, struct err *err)
{
    const struct register_type *own;
    unsigned classes;

    *subscribed = (struct subscribed){0};
    return request_register(request, 0, POLICY_READ, &own, &classes, err) &&
           subscribed_open_type(request, own, classes, subscribed, err);
}

void subscribed_close(struct subscribed *subscribed)
{
    subscription_close(&subscribed->subscription);
}

static struct subscription *find_target(struct subscribed *subscribed, struct str register_id)
{
    struct subscribed_beside *target;
    struct err none;

    for (size_t i = 0; i < subscribed->target_count; i++)
        if (str_equal(subscribed->targets[i].register_id, register_id))
            return subscribed->targets[i].is_open ? &subscribed->targets[i].subscription : NULL;
    if (subscribed->target_count == SUBSCRIBED_TARGETS_MAX)
        return NULL;
    target = &subscribed->targets[subscribed->target_count++];
    target->register_id = register_id;
    target->is_open =
        subscription_beside(&subscribed->subscription, register_id, &target->subscription, &none);
    return target->is_open ? &target->subscription : NULL;
}

bool subscribed_has_target(struct subscribed *subscribed, const struct register_field *field)
{
    return find_target(subscribed, field->ref) != NULL;
}

static bool may_read(const struct request *request, const struct subscribed *subscribed,
                     const struct register_type *type)
{
    unsigned classes;

    return policy_may(&request->actor.rights, type->index, POLICY_READ, &classes) &&
           (type->title_classes & ~(classes & subscribed->classes)) == 0;
}

struct subscription *subscribed_target(const struct request *request, struct subscribed *subscribed,
                                       const struct register_field *field)
{
    const struct register_type *type = model_type(request->catalog->model, field->ref);
    struct subscription *target;

    if (field->type != FIELD_REF || type == NULL || !may_read(request, subscribed, type))
        return NULL;
    target = find_target(subscribed, field->ref);
    return target != NULL && subscription_is_searchable(target, subscribed->classes) ? target
                                                                                     : NULL;
}

bool subscribed_check_refs(struct request *request, struct subscribed *subscribed,
                           const struct json *value, struct err *err)
{
    for (const struct json *one = value->first; one != NULL; one = one->next) {
        const struct register_field *field = register_type_field(subscribed->own, one->name);
        struct subscription *target;
        struct record record;
        struct err absent = {0};
        int64_t id;

        if (field == NULL || field->type != FIELD_REF || one->kind == JSON_NULL)
            continue;
        target = find_target(subscribed, field->ref);
        if (target != NULL && id_parse(json_text(one), &id) &&
            subscription_get(target, subscribed->classes, id, request_today(request), &record,
                             &absent))
            continue;
        if (absent.code != ERR_NONE && absent.code != ERR_ABSENT) {
            *err = absent;
            return false;
        }
        return err_set(err, ERR_INPUT, "a reference leads to no record that is published");
    }
    return true;
}

static bool read_name(struct request *request, struct subscribed *subscribed,
                      struct subscription *target, struct str text, struct str *name,
                      struct err *err)
{
    struct str *known = map_find(&subscribed->names, text);
    struct record record;
    struct err absent = {0};
    int64_t id;

    if (known == NULL) {
        subscribed->names.arena = request->arena;
        known = ARENA_NEW(request->arena, struct str);
        *known = text;
        if (id_parse(text, &id) && subscription_get(target, subscribed->classes, id,
                                                    request_today(request), &record, &absent))
            *known = subscribed_title(request, &record);
        if (absent.code != ERR_NONE && absent.code != ERR_ABSENT) {
            *err = absent;
            return false;
        }
        map_put(&subscribed->names, text, known);
    }
    *name = *known;
    return true;
}

/* A code is called as its publisher calls it: our packs may be older, or lack it. */
static void name_code(struct request *request, const struct subscribed *subscribed,
                      const struct register_field *field, const struct json *value,
                      struct display_value *shown)
{
    const struct catalog_list *list = subscription_codes(&subscribed->subscription, field->name);
    const struct catalog_code *code =
        list == NULL || value == NULL ? NULL : map_find(&list->by_code, value->text);

    if (code != NULL)
        shown->text = code->title[request->language];
}

bool subscribed_field(struct display *display, struct subscribed *subscribed,
                      const struct register_field *field, const struct json *value,
                      struct display_value *shown, struct err *err)
{
    struct request *request = display->request;
    const struct register_type *type;
    struct subscription *target;
    unsigned classes;
    int64_t id;

    if (field->type != FIELD_REF || value == NULL || value->kind != JSON_STRING) {
        if (!display_field(display, field, value, shown, err))
            return false;
        name_code(request, subscribed, field, value, shown);
        return true;
    }
    *shown = (struct display_value){.text = value->text};
    target = find_target(subscribed, field->ref);
    type = model_type(request->catalog->model, field->ref);
    if (target == NULL || type == NULL ||
        !policy_may(&request->actor.rights, type->index, POLICY_READ, &classes) ||
        (type->title_classes & ~classes) != 0)
        return true;
    if (!read_name(request, subscribed, target, value->text, &shown->text, err))
        return false;
    if (request->catalog->publishers[type->index] == target->publisher_id &&
        id_parse(value->text, &id))
        shown->href = display_borrowed_href(request, type, id);
    return true;
}

struct str subscribed_title(const struct request *request, const struct record *record)
{
    return record->title.len > 0 ? display_unbroken(request->arena, record->title)
                                 : id_text(request->arena, record->id);
}

static bool read_body(struct request *request, struct str body, struct json **value,
                      struct err *err)
{
    return json_parse(request->arena, body, &(struct json_limits){.bytes = RECORD_BODY_MAX}, value,
                      err);
}

static bool read_own(struct request *request, struct subscribed_record *found, struct err *err)
{
    const struct register_type *own = found->subscribed.own;
    struct err absent = {0};

    if (beside_get(&request->registry, own, found->id, &found->own, &absent)) {
        seen_add(request, own, found->subscribed.classes, &found->id, 1);
        return read_body(request, found->own.body, &found->own_value, err);
    }
    if (absent.code != ERR_ABSENT)
        *err = absent;
    return absent.code == ERR_ABSENT;
}

static bool read_gone(struct request *request, struct subscribed_record *found, struct err *err)
{
    struct borrowed borrowed;

    found->is_gone = true;
    if (found->own.version == 0)
        return err_set(err, ERR_ABSENT, "there is no such record");
    if (!borrowed_find(found->tx, request->arena,
                       catalog_no(request->catalog, found->subscribed.own), found->id, &borrowed,
                       err))
        return false;
    found->record = (struct record){.id = found->id, .title = borrowed.title};
    return true;
}

bool subscribed_find(struct request *request, struct subscribed_record *found, struct err *err)
{
    struct subscription *subscription = &found->subscribed.subscription;
    struct err absent = {0};

    *found = (struct subscribed_record){0};
    if (!subscribed_open(request, &found->subscribed, err) ||
        !request_id(request, 1, &found->id, err) || !request_read(request, &found->tx, err) ||
        !read_own(request, found, err))
        return false;
    if (subscription_get(subscription, found->subscribed.classes, found->id, request_today(request),
                         &found->record, &absent))
        return read_body(request, found->record.body, &found->published, err);
    if (absent.code == ERR_ABSENT)
        return read_gone(request, found, err);
    *err = absent;
    return false;
}

void subscribed_close_record(struct subscribed_record *found)
{
    subscribed_close(&found->subscribed);
}

struct borrowed subscribed_borrowed(const struct subscribed_record *found)
{
    const struct subscription *subscription = &found->subscribed.subscription;

    return found->is_gone
               ? (struct borrowed){0}
               : (struct borrowed){subscription->publisher_id, subscription->publication.newest.no,
                                   found->record.title, false};
}

static bool is_own_name(struct str name)
{
    static const char *const NAMES[] = {"q", "sort", "limit", "cursor", "lang", "count"};

    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
        if (str_equal(str_from_z(NAMES[i]), name))
            return true;
    return false;
}

static bool read_sort(const struct register_type *type, struct str text, struct record_ask *ask,
                      struct err *err)
{
    ask->is_descending = text.len > 0 && text.ptr[0] == '-';
    if (ask->is_descending)
        text = str_slice(text, 1, text.len);
    if (text.len == 0)
        return true;
    ask->sort = register_type_field(type, text);
    return (ask->sort != NULL && ask->sort->is_indexed) ||
           err_set(err, ERR_INPUT, "sort: %.*s is no field this register can be sorted by",
                   STR_ARG(str_slice(text, 0, 60)));
}

static bool read_filters(struct request *request, const struct register_type *type,
                         struct record_ask *ask, struct err *err)
{
    struct record_filter *filters =
        ARENA_ARRAY(request->arena, struct record_filter, RECORD_LIST_FILTERS_MAX);

    ask->filters = filters;
    for (size_t i = 0; i < request->query.count; i++) {
        const struct url_pair *pair = &request->query.pairs[i];

        if (is_own_name(pair->name) || pair->value.len == 0)
            continue;
        if (ask->filter_count == RECORD_LIST_FILTERS_MAX / 2)
            return err_set(err, ERR_INPUT, "at most %d filters", RECORD_LIST_FILTERS_MAX / 2);
        if (!api_list_filter(request, type, pair, &filters[ask->filter_count++], err))
            return false;
    }
    return true;
}

bool subscribed_ask(struct request *request, const struct subscribed *subscribed, int limit,
                    struct record_ask *ask, struct err *err)
{
    const struct register_type *type = subscribed->subscription.publication.type;
    struct str text = request_query(request, STR("limit"));
    int64_t number = limit;

    *ask = (struct record_ask){
        .type = type,
        .words = str_trim(request_query(request, STR("q"))),
        .cursor = request_query(request, STR("cursor")),
        .valid_on = request_today(request),
    };
    if (text.len > 0 &&
        (!num_parse_int(text, &number) || number < 1 || number > RECORD_LIST_LIMIT_MAX))
        return err_set(err, ERR_INPUT, "limit: 1 to %d", RECORD_LIST_LIMIT_MAX);
    ask->limit = (int)number;
    return read_sort(type, request_query(request, STR("sort")), ask, err) &&
           read_filters(request, type, ask, err);
}
