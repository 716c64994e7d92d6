#include "web/api_list.h"

#include "core/num.h"
#include "core/time.h"
#include "registry/geometry.h"
#include "web/answer.h"
#include "web/api_bulk.h"
#include "web/api_record.h"

enum {
    LIMIT_DEFAULT = 50,
};

static bool is_own_name(struct str name)
{
    static const char *const NAMES[] = {"q",    "bbox",   "sort",  "limit",    "cursor", "valid_on",
                                        "lang", "fields", "count", "known_at", "format"};

    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
        if (str_equal(str_from_z(NAMES[i]), name))
            return true;
    return false;
}

static bool read_sort(const struct catalog *catalog, const struct register_type *type,
                      unsigned classes, struct str text, struct record_ask *ask, struct err *err)
{
    if (text.len == 0) {
        ask->sort = type->sort >= 0 ? &type->fields[type->sort] : NULL;
        /* Nobody asked for this order: while it is being made, the newest come first. */
        if (ask->sort != NULL && !layout_has_field(catalog, type, ask->sort))
            ask->sort = NULL;
        ask->is_descending = false;
        return true;
    }
    ask->is_descending = text.ptr[0] == '-';
    if (ask->is_descending)
        text = str_slice(text, 1, text.len);
    if (str_equal(text, STR("id"))) {
        ask->is_oldest_first = !ask->is_descending;
        return true;
    }
    ask->sort = register_type_field(type, text);
    if (ask->sort == NULL || !ask->sort->is_indexed || (ask->sort->access & ~classes) != 0)
        return err_set(err, ERR_INPUT, "sort: %.*s is no field this register can be sorted by",
                       STR_ARG(str_slice(text, 0, 60)));
    return true;
}

bool api_list_filter(struct request *request, const struct register_type *type,
                     const struct url_pair *pair, struct record_filter *filter, struct err *err)
{
    return str_equal(pair->name, STR("where"))
               ? record_filter_where(request->arena, type, pair->value,
                                     catalog_clock(request->catalog, request->now), filter, err)
               : record_filter_parse(request->arena, type, pair->name, pair->value, filter, err);
}

static bool read_filters(struct request *request, const struct register_type *type,
                         unsigned classes, struct record_ask *ask, struct err *err)
{
    struct record_filter *filters =
        ARENA_ARRAY(request->arena, struct record_filter, RECORD_LIST_FILTERS_MAX);

    ask->filters = filters;
    for (size_t i = 0; i < request->query.count; i++) {
        const struct url_pair *pair = &request->query.pairs[i];
        struct record_filter *filter = &filters[ask->filter_count];
        const struct register_field *hidden;

        /* An empty field of a form asks for nothing. */
        if (is_own_name(pair->name) || pair->value.len == 0)
            continue;
        if (ask->filter_count == RECORD_LIST_FILTERS_MAX)
            return err_set(err, ERR_INPUT, "at most %d filters", RECORD_LIST_FILTERS_MAX);
        if (!api_list_filter(request, type, pair, filter, err))
            return false;
        hidden = record_filter_hidden(filter, classes);
        if (hidden != NULL)
            return err_set(err, ERR_DENIED, "your role does not allow the field %.*s",
                           STR_ARG(hidden->name));
        ask->filter_count++;
    }
    return true;
}

static bool read_page(struct request *request, struct record_ask *ask, struct err *err)
{
    struct str limit = request_query(request, STR("limit"));
    struct str day = request_query(request, STR("valid_on"));
    int64_t number = LIMIT_DEFAULT;

    ask->valid_on = request_today(request);
    ask->cursor = request_query(request, STR("cursor"));
    if (request_query(request, STR("known_at")).len > 0)
        return err_set(err, ERR_INPUT, "known_at: only of one record, not of a list");
    if (day.len > 0 && !time_parse_day(day, &ask->valid_on))
        return err_set(err, ERR_INPUT, "valid_on: a day is written 2026-03-09");
    if (limit.len > 0 &&
        (!num_parse_int(limit, &number) || number < 1 || number > RECORD_LIST_LIMIT_MAX))
        return err_set(err, ERR_INPUT, "limit: 1 to %d", RECORD_LIST_LIMIT_MAX);
    ask->limit = (int)number;
    return true;
}

bool api_list_ask(struct request *request, const struct register_type *type, unsigned classes,
                  struct record_ask *ask, struct err *err)
{
    struct str box = request_query(request, STR("bbox"));

    *ask = (struct record_ask){.type = type, .words = str_trim(request_query(request, STR("q")))};
    ask->has_box = box.len > 0;
    if (ask->has_box && !geometry_parse_box(box, ask->box, err))
        return false;
    if (ask->words.len > 0 && !record_is_searchable(type, classes))
        return err_set(err, ERR_DENIED, "your role does not allow searching in this register");
    return read_sort(request->catalog, type, classes, request_query(request, STR("sort")), ask,
                     err) &&
           read_filters(request, type, classes, ask, err) && read_page(request, ask, err);
}

static void print_link(struct request *request, struct str cursor)
{
    struct buf link = {.arena = request->arena};

    buf_add(&link, STR("<?"));
    for (size_t i = 0; i < request->query.count; i++) {
        if (str_equal(request->query.pairs[i].name, STR("cursor")))
            continue;
        url_encode(&link, request->query.pairs[i].name);
        buf_char(&link, '=');
        url_encode(&link, request->query.pairs[i].value);
        buf_char(&link, '&');
    }
    buf_add(&link, STR("cursor="));
    buf_add(&link, cursor);
    buf_add(&link, STR(">; rel=\"next\""));
    http_add(request->exchange, STR("Link"), buf_str(&link));
}

static bool print_count(struct request *request, const struct record_ask *ask, struct err *err)
{
    struct buf *out = &request->exchange->out;
    int64_t count;
    bool is_more;

    if (!str_equal(request_query(request, STR("count")), STR("true")))
        return true;
    if (!record_count(&request->registry, ask, &count, &is_more, err))
        return false;
    buf_add(out, STR(",\"count\":"));
    buf_int(out, count);
    buf_add(out, is_more ? STR(",\"count_is_exact\":false") : STR(",\"count_is_exact\":true"));
    return true;
}

bool api_list_get(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    const struct register_type *type;
    struct record_ask ask;
    struct record_page page;
    unsigned classes;
    struct tx *tx;

    http_add(request->exchange, STR("Vary"), STR("Accept"));
    if (api_bulk_is_wanted(request))
        return api_bulk_list(request, err);
    if (!request_register_some(request, 0, POLICY_READ, &type, &classes, err) ||
        !api_record_fields(request, type, classes, err) ||
        !api_list_ask(request, type, classes, &ask, err) || !request_read(request, &tx, err) ||
        !record_list(&request->registry, &ask, &page, err))
        return false;
    buf_add(out, STR("{\"records\":["));
    for (size_t i = 0; i < page.count; i++) {
        if (i > 0)
            buf_char(out, ',');
        api_record_print(out, request, type, classes, &page.records[i]);
    }
    buf_char(out, ']');
    if (page.cursor.len > 0) {
        buf_add(out, STR(",\"cursor\":\""));
        buf_add(out, page.cursor);
        buf_char(out, '"');
        print_link(request, page.cursor);
    }
    if (!print_count(request, &ask, err))
        return false;
    buf_char(out, '}');
    answer_json(request, 200);
    return api_record_seen(request, type, classes, page.records, page.count);
}
