#include "web/page_filter.h"

#include "core/utf8.h"

enum {
    FILTERS_MAX = 8,
    CODES_MAX = 60, /* of a list that is offered as a choice */
};

struct str page_filter_href(struct request *request, struct str name, struct str value)
{
    struct buf href = {.arena = request->arena};

    for (size_t i = 0; i < request->query.count; i++) {
        const struct url_pair *pair = &request->query.pairs[i];

        if (str_equal(pair->name, name) || str_equal(pair->name, STR("cursor")) ||
            str_equal(pair->name, STR("lang")) || pair->value.len == 0)
            continue;
        buf_char(&href, href.len == 0 ? '?' : '&');
        url_encode(&href, pair->name);
        buf_char(&href, '=');
        url_encode(&href, pair->value);
    }
    if (value.len > 0) {
        buf_char(&href, href.len == 0 ? '?' : '&');
        url_encode(&href, name);
        buf_char(&href, '=');
        url_encode(&href, value);
    }
    return href.len > 0 ? buf_str(&href) : STR("?");
}

static struct json *start_field(struct request *request, struct json *list, const char *kind,
                                struct str name, struct str label)
{
    struct json *field = view_push(request, list);

    view_bool(request, field, kind, true);
    view_bool(request, field, "is_filter", true);
    view_bool(request, field, "is_required", false);
    view_text(request, field, "id", str_printf(request->arena, "f-%.*s", STR_ARG(name)));
    view_text(request, field, "name", name);
    view_text(request, field, "label", label);
    view_none(request, field, "hint");
    view_none(request, field, "error");
    return field;
}

static void add_option(struct request *request, struct json *options, struct str value,
                       struct str label, struct str chosen)
{
    struct json *option = view_push(request, options);

    view_text(request, option, "value", value);
    view_text(request, option, "label", label);
    view_none(request, option, "note");
    view_bool(request, option, "is_selected", str_equal(value, chosen));
}

static void add_choice(struct request *request, struct json *list,
                       const struct register_field *field)
{
    struct str chosen = request_query(request, field->name);
    struct json *select =
        start_field(request, list, "is_select", field->name, display_title(request, field));
    struct json *options = view_list(request, select, "options");
    const struct catalog_list *codes = map_find(&request->catalog->lists, field->list);

    add_option(request, options, (struct str){0}, request_text(request, STR("any")), chosen);
    if (field->type == FIELD_BOOL) {
        add_option(request, options, STR("true"), request_text(request, STR("yes")), chosen);
        add_option(request, options, STR("false"), request_text(request, STR("no")), chosen);
        return;
    }
    for (size_t i = 0; codes != NULL && i < codes->count; i++)
        add_option(request, options, codes->codes[i].code, codes->codes[i].title[request->language],
                   chosen);
}

static void add_bound(struct request *request, struct json *list,
                      const struct register_field *field, const char *word, struct str text)
{
    struct str name = str_printf(request->arena, "%.*s[%s]", STR_ARG(field->name), word);
    struct json *input =
        start_field(request, list, field->type == FIELD_DAY ? "is_date" : "is_number", name,
                    str_printf(request->arena, "%.*s: %.*s", STR_ARG(display_title(request, field)),
                               STR_ARG(request_text(request, text))));

    view_text(request, input, "value", request_query(request, name));
    view_text(request, input, "autocomplete", STR("off"));
    view_maybe(request, input, "unit", request_pack_text(request, field->unit));
}

static bool is_choice(const struct request *request, const struct register_field *field)
{
    const struct catalog_list *codes = map_find(&request->catalog->lists, field->list);

    return field->type == FIELD_BOOL ||
           (field->type == FIELD_CODE && codes != NULL && codes->count <= CODES_MAX);
}

static bool is_range(const struct register_field *field)
{
    return field->type == FIELD_INT || field->type == FIELD_DECIMAL || field->type == FIELD_DAY;
}

static bool add_applied(struct display *display, struct json *applied,
                        const struct record_filter *filter, struct str name, struct err *err)
{
    struct request *request = display->request;
    struct json *one = view_push(request, applied);
    struct display_value shown = {0};
    struct json value = {.kind = JSON_STRING,
                         .text = filter->count > 0 ? filter->values[0] : (struct str){0}};

    if (filter->field->type == FIELD_BOOL)
        value.kind = str_equal(value.text, STR("true")) ? JSON_TRUE : JSON_FALSE;
    if ((filter->field->type == FIELD_REF || is_choice(request, filter->field)) &&
        !display_typed(display, filter->field, &value, &shown, err))
        return false;
    view_text(request, one, "label", display_title(request, filter->field));
    view_text(request, one, "value", shown.text.len > 0 ? shown.text : value.text);
    view_text(request, one, "remove_href", page_filter_href(request, name, (struct str){0}));
    return true;
}

/* A parameter that is shown as it was typed. */
static void add_text(struct request *request, struct json *applied, struct str label,
                     struct str name)
{
    struct json *one = view_push(request, applied);

    view_text(request, one, "label", label);
    view_text(request, one, "value", str_trim(request_query(request, name)));
    view_text(request, one, "remove_href", page_filter_href(request, name, (struct str){0}));
}

static bool fill_applied(struct display *display, struct json *view, const struct record_ask *ask,
                         struct err *err)
{
    struct request *request = display->request;
    struct json *applied = view_list(request, view, "applied");

    if (ask->words.len > 0)
        add_text(request, applied, request_text(request, STR("Find")), STR("q"));
    if (request_query(request, STR("where")).len > 0)
        add_text(request, applied, request_text(request, STR("Condition")), STR("where"));
    for (size_t i = 0; i < request->query.count; i++) {
        const struct url_pair *pair = &request->query.pairs[i];
        struct str field = pair->name;

        field = str_cut(&field, '[');
        for (size_t f = 0; f < ask->filter_count; f++)
            if (ask->filters[f].where == NULL && str_equal(ask->filters[f].field->name, field) &&
                ask->filters[f].count > 0 && str_equal(ask->filters[f].values[0], pair->value) &&
                !add_applied(display, applied, &ask->filters[f], pair->name, err))
                return false;
    }
    view_bool(request, view, "has_applied", applied->count > 0);
    return true;
}

static struct str search_hint(struct request *request, const struct register_type *type)
{
    struct buf hint = {.arena = request->arena};

    for (size_t i = 0; i < MIN(type->search_count, (size_t)3); i++) {
        if (i > 0)
            buf_add(&hint, STR(", "));
        utf8_fold(&hint, display_title(request, &type->fields[type->search[i]]));
    }
    return buf_str(&hint);
}

bool page_filter_fill(struct display *display, struct json *view, const struct record_ask *ask,
                      struct err *err)
{
    struct request *request = display->request;
    struct json *filters = view_list(request, view, "filters");
    struct json *kept = view_list(request, view, "filters_kept");
    /* What the form does not ask goes along with it. */
    static const struct str KEPT[] = {STR_INIT("sort"), STR_INIT("where")};

    view_text(request, view, "q", ask->words);
    view_maybe(request, view, "q_hint", search_hint(request, ask->type));
    view_text(request, view, "reset_href",
              page_href(request, "/registers/%.*s", STR_ARG(ask->type->id)));
    for (size_t i = 0; i < ask->type->field_count && filters->count < FILTERS_MAX; i++) {
        const struct register_field *field = &ask->type->fields[i];

        if (!field->is_indexed || !layout_has_field(request->catalog, ask->type, field) ||
            !display_sees(display, field))
            continue;
        if (is_choice(request, field)) {
            add_choice(request, filters, field);
        } else if (is_range(field)) {
            add_bound(request, filters, field, "gte", STR("from"));
            add_bound(request, filters, field, "lte", STR("to"));
        }
    }
    view_bool(request, view, "has_filters", filters->count > 0);
    for (size_t i = 0; i < ARRAY_LEN(KEPT); i++) {
        struct str value = request_query(request, KEPT[i]);

        if (value.len == 0)
            continue;
        struct json *one = view_push(request, kept);
        view_text(request, one, "name", KEPT[i]);
        view_text(request, one, "value", value);
    }
    return fill_applied(display, view, ask, err);
}
