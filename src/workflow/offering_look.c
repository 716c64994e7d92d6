#include "workflow/offering_look.h"

#include "auth/account.h"
#include "core/arena.h"
#include "core/id.h"
#include "registry/record_feel.h"
#include "registry/record_list.h"
#include "service/service.h"
#include "service/service_case.h"

enum {
    CASES_MAX = 50, /* of an account, the latest */
};

static const struct register_type *find_installed(void *data, struct str id)
{
    return model_type(data, id);
}

bool offering_look_open(const struct catalog *catalog, struct arena *arena,
                        const struct service *service, struct offering_look *look, struct err *err)
{
    const struct service_offer_types types = {find_installed, (void *)catalog->model};

    *look = (struct offering_look){.service = service};
    if (!service_offer_plan(arena, service, &types, &look->plan, err))
        return err_while(err, "the service %.*s, %.*s", STR_ARG(service->name),
                         STR_ARG(look->plan.wrong));
    look->no = catalog_no(catalog, look->plan.type);
    return true;
}

/* NULL: there is none today. */
static bool read_body(const struct registry *registry, int64_t no, int64_t id, struct json **body,
                      struct err *err)
{
    int64_t today = catalog_day(registry->catalog, registry->now);
    struct record record;
    struct err found = {0};

    *body = NULL;
    if (record_get(registry, no, id, today, &record, &found))
        return json_parse(registry->arena, record.body, NULL, body, err);
    *err = found;
    return found.code == ERR_ABSENT;
}

/* The fields of a record, and its id where none is called so. */
static const struct feel_value *with_id(const struct registry *registry,
                                        const struct register_type *type, const struct json *body,
                                        int64_t id)
{
    const struct feel_value *values = record_feel_values(registry->arena, type, body);
    size_t count = values->context.count;
    struct feel_entry *entries = ARENA_ARRAY(registry->arena, struct feel_entry, count + 1);

    for (size_t i = 0; i < count; i++)
        entries[i] = values->context.entries[i];
    entries[count] = (struct feel_entry){
        STR("id"), feel_value_text(registry->arena, id_text(registry->arena, id))};
    return feel_value_context(registry->arena, entries,
                              register_type_field(type, STR("id")) == NULL ? count + 1 : count);
}

/* The same, with the records it refers to in the place of their ids. */
static bool read_wide(const struct registry *registry, const struct register_type *type,
                      const struct json *body, int64_t id, const struct feel_value **value,
                      struct err *err)
{
    const struct feel_value *plain = with_id(registry, type, body, id);
    struct feel_entry *entries =
        ARENA_ARRAY(registry->arena, struct feel_entry, plain->context.count);

    for (size_t i = 0; i < plain->context.count; i++) {
        const struct register_field *field =
            i < type->field_count ? &type->fields[i] : NULL; /* behind them the id */
        const struct feel_value *one = plain->context.entries[i].value;
        struct json *there;
        int64_t to;

        entries[i] = plain->context.entries[i];
        if (field == NULL || field->type != FIELD_REF || one->kind != FEEL_STRING ||
            !id_parse(one->text, &to))
            continue;
        if (!read_body(registry, registry->catalog->nos[field->ref_index], to, &there, err))
            return false;
        entries[i].value =
            there == NULL
                ? &feel_null
                : with_id(registry, registry->catalog->model->types[field->ref_index], there, to);
    }
    *value = feel_value_context(registry->arena, entries, plain->context.count);
    return true;
}

/* The records whose field refers to the person. */
static bool read_linked(const struct registry *registry, const struct offering_look *look,
                        size_t at, struct str person, const struct feel_value **value,
                        struct err *err)
{
    const struct register_type *type = look->plan.link_types[at];
    const struct record_filter filter = {
        .field = look->plan.link_fields[at], .op = QUERY_EQ, .values = &person, .count = 1};
    const struct record_ask ask = {
        .type = type,
        .filters = &filter,
        .filter_count = 1,
        .is_oldest_first = true,
        .valid_on = catalog_day(registry->catalog, registry->now),
        .limit = OFFERING_LOOK_LINKED_MAX,
    };
    const struct feel_value **items;
    struct record_page page;

    if (!record_list(registry, &ask, &page, err))
        return false;
    items = ARENA_ARRAY(registry->arena, const struct feel_value *, page.count + 1);
    for (size_t i = 0; i < page.count; i++) {
        struct json *body;

        if (!json_parse(registry->arena, page.records[i].body, NULL, &body, err) ||
            !read_wide(registry, type, body, page.records[i].id, &items[i], err))
            return false;
    }
    *value = feel_value_list(registry->arena, items, page.count);
    return true;
}

/* What became of their applications for the service. */
static bool read_cases(const struct registry *registry, const struct offering_look *look,
                       int64_t person, const struct feel_value **value, struct err *err)
{
    struct json *list = json_new(registry->arena, JSON_ARRAY);
    struct account_page accounts;

    if (!account_list_tied(registry->tx, registry->arena, person, &accounts, err))
        return false;
    for (size_t i = 0; i < accounts.count; i++) {
        struct service_case_ask ask = {.applicant = accounts.items[i].id, .limit = CASES_MAX};
        struct service_case_page page;

        if (!service_case_list(registry->tx, registry->arena, &ask, &page, err))
            return false;
        for (size_t k = 0; k < page.count; k++) {
            struct json *one;

            if (!str_equal(page.items[k].service, look->service->name))
                continue;
            one = json_new(registry->arena, JSON_OBJECT);
            json_set_text(registry->arena, one, STR("state"),
                          service_case_state_text(page.items[k].state));
            json_push(list, one);
        }
    }
    *value = feel_from_json(registry->arena, list);
    return true;
}

static bool is_pending(const struct feel_value *cases)
{
    for (size_t i = 0; i < cases->list.count; i++) {
        const struct feel_value *state = feel_value_find(cases->list.items[i], STR("state"));

        if (str_equal(state->text, service_case_state_text(SERVICE_CASE_OPEN)))
            return true;
    }
    return false;
}

static struct json *fill(const struct registry *registry, const struct offering_look *look,
                         struct feel_run *run, const struct feel_frame *frame)
{
    const struct service_offer *offer = look->service->offer;
    struct json *data = json_new(registry->arena, JSON_OBJECT);

    for (size_t i = 0; i < offer->fill_count; i++) {
        struct json *value =
            feel_to_json(registry->arena, feel_eval(run, look->plan.fills[i], frame));

        if (value != NULL && value->kind != JSON_NULL)
            json_set(data, offer->fills[i].field, value);
    }
    return data;
}

static bool judge(const struct registry *registry, const struct offering_look *look,
                  const struct feel_value *record, const struct feel_value *card,
                  struct offering_look_found *found, struct err *err)
{
    struct feel_run *run =
        feel_run_new_at(registry->arena, catalog_clock(registry->catalog, registry->now));
    size_t count = look->service->offer->link_count;
    struct feel_entry *entries = ARENA_ARRAY(registry->arena, struct feel_entry, count + 2);
    struct feel_frame frame = {.entries = entries, .count = count + 2, .item = record};
    const struct feel_value *holds;

    entries[count] = (struct feel_entry){STR("person"), card};
    entries[count + 1].name = STR("cases");
    if (!read_cases(registry, look, found->person, &entries[count + 1].value, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        entries[i].name = look->service->offer->links[i].name;
        if (!read_linked(registry, look, i, id_text(registry->arena, found->person),
                         &entries[i].value, err))
            return false;
    }
    if (is_pending(entries[count + 1].value))
        return true;
    holds = feel_eval(run, look->plan.when, &frame);
    found->holds = holds->kind == FEEL_BOOLEAN && holds->boolean;
    if (found->holds)
        found->fill = fill(registry, look, run, &frame);
    return true;
}

bool offering_look_at(const struct registry *registry, const struct offering_look *look,
                      int64_t cause, struct offering_look_found *found, struct err *err)
{
    const struct service_offer_plan *plan = &look->plan;
    const struct feel_value *record, *card;
    struct json *body, *person;

    *found = (struct offering_look_found){0};
    if (!read_body(registry, look->no, cause, &body, err))
        return false;
    if (body == NULL)
        return true;
    found->person = cause;
    if (plan->person != NULL && !id_parse(json_find_text(body, plan->person->name), &found->person))
        found->person = 0;
    if (found->person == 0)
        return true;
    if (!read_body(registry, catalog_no(registry->catalog, plan->persons), found->person, &person,
                   err))
        return false;
    if (person == NULL) {
        found->person = 0;
        return true;
    }
    return read_wide(registry, plan->type, body, cause, &record, err) &&
           read_wide(registry, plan->persons, person, found->person, &card, err) &&
           judge(registry, look, record, card, found, err);
}
