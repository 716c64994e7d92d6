#include "service/service_form.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/arena.h"
#include "registry/register_type.h"

enum {
    LABEL_MAX = 1000, /* bytes */
};

struct reading {
    struct arena *arena;
    const struct pack_file *file;
    const struct json *fields; /* the properties of the register */
    struct pack_findings *findings;
    bool has_failed;
};

static void complain(struct reading *reading, struct str pointer, const char *format, ...)
    PRINTF(3);

static void complain(struct reading *reading, struct str pointer, const char *format, ...)
{
    char text[ERR_TEXT_MAX];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pack_find(reading->findings, reading->file->path, pack_line(reading->file->bytes, pointer),
              "%s", text);
    reading->has_failed = true;
}

bool service_form_is_one(const struct json *json)
{
    return str_equal(json_find_text(json, STR("type")), STR("Categorization"));
}

static struct feel_node *parse(struct reading *reading, struct str pointer, struct str text,
                               const char *const *more)
{
    struct feel_scope *scope = feel_scope_new(reading->arena, NULL);
    struct feel_node *tree;
    struct err err;

    for (const struct json *field = reading->fields->first; field != NULL; field = field->next)
        feel_scope_add(scope, field->name);
    for (; *more != NULL; more++)
        feel_scope_add(scope, str_from_z(*more));
    if (!feel_parse(scope, text, &tree, &err)) {
        complain(reading, pointer, "%s", err.text);
        return NULL;
    }
    if (scope->unknown.name.len > 0)
        complain(reading, pointer, "line %d, column %d: nothing is called \"%.*s\" here",
                 scope->unknown.line, scope->unknown.column,
                 STR_ARG(str_slice(scope->unknown.name, 0, 60)));
    return tree;
}

/* "rule": {"effect": "SHOW", "condition": "FEEL"} */
static const struct feel_node *read_rule(struct reading *reading, const struct json *element,
                                         struct str pointer)
{
    static const char *const BARE[] = {NULL};
    const struct json *rule = json_find(element, STR("rule"));
    struct str condition = json_find_text(rule, STR("condition"));
    struct str effect = json_find_text(rule, STR("effect"));
    struct str place = str_printf(reading->arena, "%.*s/rule", STR_ARG(pointer));

    if (rule == NULL)
        return NULL;
    if (condition.len == 0 || !(str_equal(effect, STR("SHOW")) || str_equal(effect, STR("HIDE")))) {
        complain(reading, place, "a rule has the effect SHOW or HIDE and a condition in FEEL");
        return NULL;
    }
    if (str_equal(effect, STR("HIDE")))
        condition = str_printf(reading->arena, "not((%.*s) = true)", STR_ARG(condition));
    return parse(reading, place, condition, BARE);
}

static struct str read_label(struct reading *reading, const struct json *element,
                             struct str pointer, const char *name)
{
    const struct json *label = json_find(element, str_from_z(name));

    if (label != NULL &&
        (label->kind != JSON_STRING || label->text.len == 0 || label->text.len > LABEL_MAX))
        complain(reading, pointer, "%s has to be a text of at most 1,000 bytes", name);
    return json_text(label);
}

static bool is_asked(const struct service_form *form, const struct service_step *step,
                     struct str name)
{
    for (size_t i = 0; i < form->step_count; i++)
        for (size_t j = 0; j < form->steps[i].field_count; j++)
            if (str_equal(form->steps[i].fields[j].name, name))
                return true;
    for (size_t j = 0; j < step->field_count; j++)
        if (str_equal(step->fields[j].name, name))
            return true;
    return false;
}

static void read_control(struct reading *reading, const struct service_form *form,
                         struct service_step *step, const struct json *control, struct str pointer)
{
    static const char *const SOURCES[] = {"person", "account", "last", NULL};
    struct str scope = json_find_text(control, STR("scope"));
    struct str above = STR("#/properties/");
    const struct json *options = json_find(control, STR("options"));
    const struct json *prefill = json_find(options, STR("prefill"));
    struct service_field *field = &step->fields[step->field_count];

    *field = (struct service_field){
        .name = str_starts(scope, above) ? str_slice(scope, above.len, scope.len) : (struct str){0},
        .label = read_label(reading, control, pointer, "label"),
        .shown = read_rule(reading, control, pointer),
        .is_required = json_is_true(json_find(options, STR("required"))),
    };
    if (json_find(reading->fields, field->name) == NULL) {
        complain(reading, pointer,
                 "the scope of a Control is #/properties/ and a field of the register");
        return;
    }
    if (is_asked(form, step, field->name))
        complain(reading, pointer, "the field %.*s is asked for twice", STR_ARG(field->name));
    if (prefill != NULL)
        field->prefill =
            parse(reading, str_printf(reading->arena, "%.*s/options/prefill", STR_ARG(pointer)),
                  json_text(prefill), SOURCES);
    step->field_count++;
}

static void read_element(struct reading *reading, const struct service_form *form,
                         struct service_step *step, const struct json *element, struct str pointer)
{
    struct str type = json_find_text(element, STR("type"));

    if (str_equal(type, STR("Control")))
        read_control(reading, form, step, element, pointer);
    else if (str_equal(type, STR("Label")))
        step->help = read_label(reading, element, pointer, "text");
    else if (str_equal(type, STR("Files")))
        step->has_files = true;
    else
        complain(reading, pointer, "a Category holds Control, Label and Files");
}

static void read_step(struct reading *reading, struct service_form *form,
                      const struct json *category, struct str pointer)
{
    const struct json *elements = json_find(category, STR("elements"));
    struct service_step step = {.title = read_label(reading, category, pointer, "label"),
                                .shown = read_rule(reading, category, pointer)};
    size_t index = 0;

    if (!str_equal(json_find_text(category, STR("type")), STR("Category")) || step.title.len == 0 ||
        elements == NULL || elements->kind != JSON_ARRAY || elements->count == 0 ||
        elements->count > SERVICE_FORM_FIELDS_MAX) {
        complain(reading, pointer,
                 "a step is a Category with a label and a list of 1 to 40 elements");
        return;
    }
    step.fields = ARENA_ARRAY(reading->arena, struct service_field, elements->count);
    for (const struct json *one = elements->first; one != NULL; one = one->next)
        read_element(reading, form, &step, one,
                     str_printf(reading->arena, "%.*s/elements/%zu", STR_ARG(pointer), index++));
    form->steps[form->step_count++] = step;
}

/* What the register cannot do without is asked for somewhere. */
static void check_required(struct reading *reading, const struct service_form *form,
                           const struct json *schema)
{
    const struct json *required = json_find(schema, STR("required"));
    const struct service_step none = {0};

    for (const struct json *one = required == NULL ? NULL : required->first; one != NULL;
         one = one->next)
        if (!is_asked(form, &none, json_text(one)))
            complain(reading, (struct str){0},
                     "no step asks for the field %.*s, which the register requires",
                     STR_ARG(json_text(one)));
}

const struct service_form *service_form_read(struct arena *arena, const struct pack_file *file,
                                             const struct json *schema,
                                             struct pack_findings *findings)
{
    struct reading reading = {arena, file, json_find(schema, STR("properties")), findings, false};
    struct service_form *form = ARENA_NEW(arena, struct service_form);
    const struct json *elements;
    struct json *json;
    struct err err;
    size_t index = 0;

    *form = (struct service_form){0};
    if (reading.fields == NULL || !json_parse(arena, file->bytes, NULL, &json, &err))
        return NULL; /* other checkers say so */
    elements = json_find(json, STR("elements"));
    if (!service_form_is_one(json) || elements == NULL || elements->kind != JSON_ARRAY ||
        elements->count == 0 || elements->count > SERVICE_FORM_STEPS_MAX) {
        complain(&reading, (struct str){0},
                 "the form of a service is a Categorization with 1 to 20 elements: its steps");
        return NULL;
    }
    form->steps = ARENA_ARRAY(arena, struct service_step, elements->count);
    for (const struct json *one = elements->first; one != NULL; one = one->next)
        read_step(&reading, form, one, str_printf(arena, "/elements/%zu", index++));
    check_required(&reading, form, schema);
    return reading.has_failed ? NULL : form;
}

void service_form_check_file(const struct pack_set *set, const struct pack *pack,
                             const struct pack_file *file, struct pack_findings *findings)
{
    struct json *json;
    struct err err;

    if (json_parse(findings->arena, file->bytes, NULL, &json, &err) && !service_form_is_one(json))
        register_type_check_form(set, pack, file, findings);
}
