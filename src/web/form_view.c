#include "web/form_view.h"

#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "registry/geometry.h"
#include "registry/record_title.h"
#include "web/answer.h"
#include "web/subscribed.h"

enum {
    LONG_TEXT = 500, /* characters; a field that may be longer gets several lines */
};

static struct request *request_of(const struct form_view *form)
{
    return form->display->request;
}

/* "area" → what was typed in its input (or a part of it: "place.lat"). */
static struct str typed_of(const struct form_view *form, const struct register_field *field,
                           const char *part)
{
    return url_find(form->typed,
                    str_printf(request_of(form)->arena, "%.*s%s", STR_ARG(field->name), part));
}

static const struct flaw *flaw_of(const struct form_view *form, const struct register_field *field)
{
    struct str ending = str_printf(request_of(form)->arena, "/%.*s", STR_ARG(field->name));

    for (const struct flaw *flaw = form->flaws == NULL ? NULL : form->flaws->first; flaw != NULL;
         flaw = flaw->next)
        if (str_ends(flaw->path, ending) ||
            str_find(flaw->path, str_printf(request_of(form)->arena, "%.*s/", STR_ARG(ending))) <
                flaw->path.len)
            return flaw;
    return NULL;
}

static struct str hint_of(const struct form_view *form, const struct register_field *field)
{
    struct request *request = request_of(form);
    struct buf hint = {.arena = request->arena};

    buf_add(&hint, request_pack_text(request, field->help));
    if (field->example.len > 0) {
        if (hint.len > 0)
            buf_add(&hint, STR(". "));
        buf_add(&hint, request_text(request, STR("For example:")));
        buf_char(&hint, ' ');
        buf_add(&hint, field->example);
    }
    return buf_str(&hint);
}

static struct json *start_field(const struct form_view *form, struct json *fields,
                                const struct register_field *field, const char *kind)
{
    struct request *request = request_of(form);
    struct json *one = view_push(request, fields);
    const struct flaw *flaw = flaw_of(form, field);

    view_bool(request, one, kind, true);
    view_bool(request, one, "is_filter", false);
    view_text(request, one, "id", str_printf(request->arena, "f-%.*s", STR_ARG(field->name)));
    view_text(request, one, "name", field->name);
    view_text(request, one, "label", display_title(request, field));
    view_maybe(request, one, "hint", hint_of(form, field));
    view_maybe(request, one, "error",
               flaw == NULL ? (struct str){0} : answer_flaw_text(request, flaw));
    view_bool(request, one, "is_required", field->is_required && !form->is_part);
    return one;
}

static void add_option(struct request *request, struct json *options, struct str value,
                       struct str label, bool is_selected)
{
    struct json *option = view_push(request, options);

    view_text(request, option, "value", value);
    view_text(request, option, "label", label);
    view_none(request, option, "note");
    view_bool(request, option, "is_selected", is_selected);
}

static void add_codes(const struct form_view *form, struct json *fields,
                      const struct register_field *field, struct str chosen)
{
    struct request *request = request_of(form);
    const struct catalog_list *list =
        form->published != NULL ? subscription_codes(&form->published->subscription, field->name)
                                : map_find(&request->catalog->lists, field->list);
    struct json *one = start_field(form, fields, field, "is_select");
    struct json *options = view_list(request, one, "options");
    int64_t today = request_today(request);

    add_option(request, options, (struct str){0}, request_text(request, STR("not chosen")),
               chosen.len == 0);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct catalog_code *code = &list->codes[i];
        bool is_chosen = str_equal(code->code, chosen);

        if (is_chosen || catalog_code_is_valid(code, today))
            add_option(request, options, code->code, code->title[request->language], is_chosen);
    }
}

static void add_yes_no(const struct form_view *form, struct json *fields,
                       const struct register_field *field, struct str chosen)
{
    struct request *request = request_of(form);
    struct json *one = start_field(form, fields, field, "is_radio");
    struct json *options = view_list(request, one, "options");

    view_bool(request, one, "is_group", true);
    view_bool(request, one, "is_inline", true);
    add_option(request, options, STR("true"), request_text(request, STR("yes")),
               str_equal(chosen, STR("true")));
    add_option(request, options, STR("false"), request_text(request, STR("no")),
               str_equal(chosen, STR("false")));
    if (!field->is_required || form->is_part)
        add_option(request, options, (struct str){0}, request_text(request, STR("not known")),
                   chosen.len == 0);
}

static void add_found(struct display *display, const struct register_type *type, unsigned classes,
                      const struct record_page *page, struct str note,
                      struct form_view_options *options)
{
    for (size_t i = 0; i < page->count && options->count < FORM_VIEW_OPTIONS_MAX; i++)
        options->items[options->count++] = (struct form_view_option){
            page->records[i].id,
            display_record_title(display->request, type, classes, &page->records[i]), note};
    options->has_more |= page->cursor.len > 0;
}

/* What one above publishes, when it can be searched just now. */
static bool find_published(struct display *display, const struct register_type *type,
                           unsigned classes, struct record_ask *ask,
                           struct form_view_options *options, struct err *err)
{
    CLEANUP(subscription_close) struct subscription subscription = {0};
    struct request *request = display->request;
    struct subscription_by by = subscribed_by(request);
    struct record_page page;
    struct err none = {0};

    if (request->catalog->publishers[type->index] == 0)
        return true;
    if (!tx_may_wait(&request->tx, err))
        return false;
    if (!subscription_open(&by, type->id, &subscription, &none) ||
        !subscription_is_searchable(&subscription, classes))
        return true;
    if (!subscription_list(&subscription, classes, ask, &page, err))
        return false;
    add_found(display, type, classes, &page, subscription.publisher_title, options);
    return true;
}

bool form_view_find(struct display *display, const struct register_type *type, struct str words,
                    struct form_view_options *options, struct err *err)
{
    struct request *request = display->request;
    struct record_ask ask = {.type = type,
                             .words = str_trim(words),
                             .valid_on = request_today(request),
                             .limit = FORM_VIEW_OPTIONS_MAX};
    struct record_ask published = ask;
    struct record_page page;
    unsigned classes;

    *options = (struct form_view_options){0};
    if (!policy_may_some(&request->actor.rights, type->index, POLICY_READ, &classes) ||
        !record_is_searchable(type, classes))
        return true;
    if (!record_list(&request->registry, &ask, &page, err))
        return false;
    add_found(display, type, classes, &page, (struct str){0}, options);
    /* Those above publish to who may see all of the register. */
    return options->count == FORM_VIEW_OPTIONS_MAX ||
           !policy_may(&request->actor.rights, type->index, POLICY_READ, NULL) ||
           find_published(display, type, classes, &published, options, err);
}

bool form_view_find_published(struct display *display, struct subscribed *published,
                              const struct register_field *field, struct str words,
                              struct form_view_options *options, struct err *err)
{
    struct request *request = display->request;
    const struct register_type *type = request->catalog->model->types[field->ref_index];
    struct record_ask ask = {.type = type,
                             .words = str_trim(words),
                             .valid_on = request_today(request),
                             .limit = FORM_VIEW_OPTIONS_MAX};
    struct subscription *target = subscribed_target(request, published, field);
    struct record_page page;

    *options = (struct form_view_options){0};
    if (target == NULL)
        return true;
    if (!subscription_list(target, published->classes, &ask, &page, err))
        return false;
    add_found(display, type, published->classes, &page, (struct str){0}, options);
    return true;
}

static struct str find_path(const struct form_view *form, const struct register_field *field)
{
    struct request *request = request_of(form);

    if (form->published == NULL)
        return page_href(request, "/registers/%.*s/find", STR_ARG(field->ref));
    return page_href(request, "/subscriptions/%.*s/find/%.*s", STR_ARG(form->type->id),
                     STR_ARG(field->name));
}

static bool find(const struct form_view *form, const struct register_field *field, struct str words,
                 struct form_view_options *found, struct err *err)
{
    if (form->published != NULL)
        return form_view_find_published(form->display, form->published, field, words, found, err);
    return form_view_find(form->display, request_of(form)->catalog->model->types[field->ref_index],
                          words, found, err);
}

static bool add_chosen(const struct form_view *form, struct json *one,
                       const struct register_field *field, struct str id, struct err *err)
{
    struct request *request = request_of(form);
    struct json value = {.kind = JSON_STRING, .text = id};
    bool is_stored = str_equal(json_find_text(form->value, field->name), id);
    struct display_value shown;
    struct json *chosen;

    if (id.len == 0) {
        view_none(request, one, "chosen");
        return true;
    }
    if (!(form->published != NULL
              ? subscribed_field(form->display, form->published, field, &value, &shown, err)
          : is_stored ? display_field(form->display, field, &value, &shown, err)
                      : display_typed(form->display, field, &value, &shown, err)))
        return false;
    chosen = view_object(request, one, "chosen");
    view_text(request, chosen, "id", id);
    view_text(request, chosen, "href", shown.href);
    view_text(request, chosen, "title", shown.text);
    return true;
}

static bool add_ref(const struct form_view *form, struct json *fields,
                    const struct register_field *field, struct str id, struct err *err)
{
    struct request *request = request_of(form);
    struct json *one = start_field(form, fields, field, "is_ref");
    struct str words = form->typed != NULL ? typed_of(form, field, ".find") : (struct str){0};
    bool is_searched = form->find.len > 0 && str_equal(form->find, field->name);
    struct form_view_options found = {0};
    struct json *options;

    view_bool(request, one, "is_group", true);
    if (!add_chosen(form, one, field, id, err))
        return false;
    view_text(request, one, "find", words);
    view_text(request, one, "find_href", find_path(form, field));
    view_bool(request, one, "is_searched", is_searched);
    options = view_list(request, one, "options");
    if (is_searched && !find(form, field, words, &found, err))
        return false;
    for (size_t i = 0; i < found.count; i++) {
        add_option(request, options, id_text(request->arena, found.items[i].id),
                   found.items[i].title, false);
        view_maybe(request, options->last, "note", found.items[i].note);
    }
    view_bool(request, one, "has_more", found.has_more);
    return true;
}

static void add_place(const struct form_view *form, struct json *fields,
                      const struct register_field *field, const struct json *value)
{
    struct request *request = request_of(form);
    struct json *one = start_field(form, fields, field, "is_geometry");
    const struct json *point = json_find(value, STR("coordinates"));
    bool is_point = value == NULL || value->kind != JSON_OBJECT ||
                    str_equal(json_find_text(value, STR("type")), STR("Point"));
    struct buf shape = {.arena = request->arena};

    view_bool(request, one, "is_group", true);
    view_text(request, one, "geometry_kind", is_point ? STR("point") : STR("shape"));
    view_text(request, one, "bounds", catalog_setting(request->catalog, STR("bounds")));
    view_text(request, one, "tiles", catalog_setting(request->catalog, STR("tiles")));
    if (form->typed != NULL) {
        view_text(request, one, "lat", typed_of(form, field, ".lat"));
        view_text(request, one, "lon", typed_of(form, field, ".lon"));
        view_text(request, one, "shape", typed_of(form, field, ".shape"));
    } else {
        bool has_point = is_point && point != NULL && point->count >= 2;

        view_text(request, one, "lat", has_point ? point->first->next->text : (struct str){0});
        view_text(request, one, "lon", has_point ? point->first->text : (struct str){0});
        if (!is_point)
            json_write(&shape, value);
        view_text(request, one, "shape", buf_str(&shape));
    }
    view_bool(request, one, "is_shape", !is_point);
}

/* What an input shows: what was typed, or the value as people write it. */
static struct str input_text(const struct form_view *form, const struct register_field *field,
                             const struct json *value)
{
    struct request *request = request_of(form);

    if (form->typed != NULL)
        return typed_of(form, field, "");
    if (value == NULL || value->kind == JSON_NULL)
        return (struct str){0};
    if (field->type == FIELD_BOOL)
        return value->kind == JSON_TRUE ? STR("true") : STR("false");
    if (field->type == FIELD_INT)
        return value->text; /* years and numbers alike are typed without groups */
    if (field->type == FIELD_DAY || field->type == FIELD_DECIMAL || field->type == FIELD_TEXTS)
        return record_field_text(request->arena, request->catalog, field, value, request->language);
    return value->text;
}

static void add_input(const struct form_view *form, struct json *fields,
                      const struct register_field *field, struct str text)
{
    struct request *request = request_of(form);
    bool is_number = field->type == FIELD_INT || field->type == FIELD_DECIMAL;
    bool is_long = field->max_length > LONG_TEXT || field->type == FIELD_TEXTS;
    struct json *one = start_field(form, fields, field,
                                   field->type == FIELD_DAY ? "is_date"
                                   : is_number              ? "is_number"
                                   : is_long                ? "is_long"
                                                            : "is_text");

    view_text(request, one, "value", text);
    view_text(request, one, "autocomplete", STR("off"));
    view_text(request, one, "width",
              field->max_length > 0 && field->max_length <= 40 ? STR("w-short") : STR("w-wide"));
    view_none(request, one, "inputmode");
    if (field->max_length > 0)
        view_int(request, one, "maxlength", field->max_length);
    else
        view_none(request, one, "maxlength");
    view_maybe(request, one, "unit", request_pack_text(request, field->unit));
}

static bool add_field(const struct form_view *form, struct json *fields,
                      const struct register_field *field, struct err *err)
{
    const struct json *value = json_find(form->value, field->name);
    struct str text = input_text(form, field, value);

    switch (field->type) {
    case FIELD_CODE:
        add_codes(form, fields, field, text);
        return true;
    case FIELD_BOOL:
        add_yes_no(form, fields, field, text);
        return true;
    case FIELD_REF:
        return field->ref_index < 0 || add_ref(form, fields, field, text, err);
    case FIELD_GEOMETRY:
        add_place(form, fields, field, value);
        return true;
    case FIELD_OTHER:
        return true; /* kept as it is: read from the old record when the form comes back */
    case FIELD_TEXT:
    case FIELD_INT:
    case FIELD_DECIMAL:
    case FIELD_DAY:
    case FIELD_MOMENT:
    case FIELD_TEXTS:
        break;
    }
    add_input(form, fields, field, text);
    return true;
}

static bool is_asked(const struct form_view *form, size_t index)
{
    const struct register_field *field = &form->type->fields[index];

    return field->computed == NULL && display_sees(form->display, field) &&
           !(form->is_part && field->type == FIELD_GEOMETRY) &&
           (form->shows == NULL || form->shows[index]);
}

static void add_errors(const struct form_view *form, struct json *view)
{
    struct request *request = request_of(form);
    struct json *errors = view_list(request, view, "errors");

    for (size_t i = 0; i < form->type->field_count; i++) {
        const struct register_field *field = &form->type->fields[i];
        const struct flaw *flaw = flaw_of(form, field);
        struct json *one;

        if (flaw == NULL)
            continue;
        one = view_push(request, errors);
        view_text(request, one, "href",
                  str_printf(request->arena, "#f-%.*s", STR_ARG(field->name)));
        view_text(request, one, "text",
                  str_printf(request->arena, "%.*s: %.*s", STR_ARG(display_title(request, field)),
                             STR_ARG(answer_flaw_text(request, flaw))));
    }
    view_bool(request, view, "has_errors", errors->count > 0);
}

bool form_view_fill(const struct form_view *form, struct json *view, struct err *err)
{
    struct request *request = request_of(form);
    struct json *group = view_push(request, view_list(request, view, "groups"));
    struct json *fields;

    view_none(request, group, "title");
    fields = view_list(request, group, "fields");
    for (size_t i = 0; i < form->type->field_count; i++)
        if (is_asked(form, i) && !add_field(form, fields, &form->type->fields[i], err))
            return false;
    add_errors(form, view);
    return true;
}
