#include "web/input.h"

struct json *input_add(struct request *request, struct json *fields, const char *kind,
                       const char *name, struct str label)
{
    struct str which = str_from_z(kind);
    struct json *field = view_push(request, fields);
    bool is_group = str_equal(which, STR("is_radio")) || str_equal(which, STR("is_checks"));

    view_bool(request, field, kind, true);
    view_bool(request, field, "is_group", is_group);
    view_bool(request, field, "is_filter", false);
    /* Where something is always chosen, saying that it must be would only be noise. */
    view_bool(request, field, "is_required", !is_group && !str_equal(which, STR("is_select")));
    view_text(request, field, "id", str_printf(request->arena, "f-%s", name));
    view_text(request, field, "name", str_from_z(name));
    view_text(request, field, "label", label);
    view_none(request, field, "hint");
    view_none(request, field, "error");
    view_text(request, field, "value", (struct str){0});
    view_text(request, field, "autocomplete", STR("off"));
    view_text(request, field, "width", STR("w-wide"));
    view_none(request, field, "inputmode");
    view_none(request, field, "maxlength");
    view_none(request, field, "unit");
    view_none(request, field, "accept");
    view_bool(request, field, "is_many", false);
    view_bool(request, field, "is_inline", false);
    view_list(request, field, "options");
    return field;
}

void input_optional(struct request *request, struct json *field)
{
    view_bool(request, field, "is_required", false);
}

void input_hint(struct request *request, struct json *field, struct str hint)
{
    view_maybe(request, field, "hint", hint);
}

void input_value(struct request *request, struct json *field, struct str value)
{
    view_text(request, field, "value", value);
}

void input_option(struct request *request, struct json *field, struct str value, struct str label,
                  bool is_selected)
{
    struct json *option = view_push(request, json_find(field, STR("options")));

    view_text(request, option, "value", value);
    view_text(request, option, "label", label);
    view_none(request, option, "note");
    view_bool(request, option, "is_selected", is_selected);
}

void input_errors_begin(struct request *request, struct json *view)
{
    view_bool(request, view, "has_errors", false);
    view_list(request, view, "errors");
}

void input_error(struct request *request, struct json *view, struct json *field, struct str text)
{
    struct json *error = view_push(request, json_find(view, STR("errors")));
    struct str label = json_find_text(field, STR("label"));

    view_bool(request, view, "has_errors", true);
    view_text(request, field, "error", text);
    view_text(request, error, "href",
              str_printf(request->arena, "#%.*s", STR_ARG(json_find_text(field, STR("id")))));
    view_text(request, error, "text",
              str_printf(request->arena, "%.*s: %.*s", STR_ARG(label), STR_ARG(text)));
}

void input_fact(struct request *request, struct json *facts, struct str label, struct str text)
{
    struct json *fact = view_push(request, facts);
    struct json *values = view_list(request, fact, "values");

    view_text(request, fact, "label", label);
    if (text.len > 0) {
        struct json *value = view_push(request, values);

        view_text(request, value, "text", text);
        view_none(request, value, "href");
        view_none(request, value, "note");
    }
}

void input_fact_link(struct request *request, struct json *facts, struct str label, struct str text,
                     struct str href)
{
    input_fact(request, facts, label, text);
    if (text.len > 0 && href.len > 0)
        view_text(request, json_find(facts->last, STR("values"))->first, "href", href);
}
