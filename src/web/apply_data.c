/* What is sent of an application, and what is wrong with it. */
#include "service/consent.h"
#include "web/apply.h"

/* The fields of a step that are asked now, into data; their flaws. */
static bool take_step(const struct apply *apply, size_t place, struct json *data,
                      struct flaws *flaws, struct err *err)
{
    struct arena *arena = apply->request->arena;
    const struct json *value = apply->application.value;
    const struct register_type *type = services_step_type(
        apply->request, &apply->one, &apply->one.service->form->steps[place], value);

    for (size_t i = 0; i < type->field_count; i++) {
        const struct json *one = json_find(value, type->fields[i].name);

        if (one != NULL)
            json_set(data, type->fields[i].name, json_copy(arena, one));
    }
    return flaws == NULL || apply_check(apply, type, value, flaws, err);
}

struct json *apply_data(const struct apply *apply)
{
    struct json *data = json_new(apply->request->arena, JSON_OBJECT);
    size_t places[SERVICE_FORM_STEPS_MAX];
    size_t count = apply_steps(apply, places);
    struct err none;

    for (size_t i = 0; i < count; i++)
        (void)take_step(apply, places[i], data, NULL, &none);
    return data;
}

bool apply_data_check(const struct apply *apply, struct flaws *flaws, struct err *err)
{
    struct arena *arena = apply->request->arena;
    struct json *data = json_new(arena, JSON_OBJECT);
    size_t places[SERVICE_FORM_STEPS_MAX];
    size_t count = apply_steps(apply, places);
    struct flaws found = {0};

    for (size_t i = 0; i < count; i++)
        if (!take_step(apply, places[i], data, &found, err))
            return false;
    for (const struct flaw *one = found.first; one != NULL; one = one->next)
        flaws_add(flaws, arena, str_printf(arena, "/data%.*s", STR_ARG(one->path)), one->id,
                  one->detail);
    for (const struct json *one = apply->application.value->first; one != NULL; one = one->next)
        if (json_find(data, one->name) == NULL)
            flaws_add(flaws, arena, str_printf(arena, "/data/%.*s", STR_ARG(one->name)),
                      "additionalProperties", (struct str){0});
    return flaws->count == 0 || err_set(err, ERR_INPUT, "some fields of the record are wrong");
}

struct str apply_consent(const struct apply *apply)
{
    const struct service_consent *asked = &apply->one.service->consent;

    if (asked->version.len == 0)
        return (struct str){0};
    return consent_print(apply->request->arena,
                         &(struct consent){.version = asked->version,
                                           .text = request_pack_text(apply->request, asked->text),
                                           .is_paper = apply->is_taken});
}
