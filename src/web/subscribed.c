#include "web/subscribed.h"

#include "core/num.h"

struct subscription_by subscribed_by(const struct request *request)
{
    return (struct subscription_by){request->tenant, request->web->library, request->arena,
                                    request->now};
}

bool subscribed_open(struct request *request, struct subscribed *subscribed, struct err *err)
{
    struct subscription_by by = subscribed_by(request);

    *subscribed = (struct subscribed){0};
    return request_register(request, 0, POLICY_READ, &subscribed->own, &subscribed->classes, err) &&
           subscription_open(&by, request->parts[0], &subscribed->subscription, err);
}

void subscribed_close(struct subscribed *subscribed)
{
    subscription_close(&subscribed->subscription);
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
        if (!record_filter_parse(request->arena, type, pair->name, pair->value,
                                 &filters[ask->filter_count++], err))
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
