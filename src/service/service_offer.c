#include "service/service_offer.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/arena.h"
#include "registry/record_feel.h"
#include "service/service.h"

enum {
    TEXT_MAX = 2000, /* bytes of one text or expression */
};

struct reading {
    struct arena *arena;
    const struct pack *pack;
    const struct pack_file *file;
    struct pack_findings *findings;
    bool has_failed;
};

static void complain(struct reading *reading, struct str pointer, const char *what)
{
    pack_find(reading->findings, reading->file->path, pack_line(reading->file->bytes, pointer),
              "%.*s: %s", STR_ARG(pointer), what);
    reading->has_failed = true;
}

/* "kin" is of the same pack. */
static struct str whole_name(struct arena *arena, const struct pack *pack, struct str name)
{
    return name.len == 0 || str_find_char(name, '.') < name.len
               ? name
               : str_printf(arena, "%.*s.%.*s", STR_ARG(pack->id), STR_ARG(name));
}

static struct str read_text(struct reading *reading, const struct json *json, const char *member,
                            bool is_needed)
{
    const struct json *value = json_find(json, str_from_z(member));

    if (value == NULL && !is_needed)
        return (struct str){0};
    if (value == NULL)
        complain(reading, STR("/offer"),
                 "an offer needs the texts register, when, why and message");
    else if (value->kind != JSON_STRING || value->text.len == 0 || value->text.len > TEXT_MAX)
        complain(reading, str_printf(reading->arena, "/offer/%s", member),
                 "has to be a text of 1 to 2,000 bytes");
    return json_text(value);
}

static void check_names(struct reading *reading, const struct json *json)
{
    static const struct str NAMES[] = {
        STR_INIT("register"), STR_INIT("person"),  STR_INIT("linked"), STR_INIT("when"),
        STR_INIT("why"),      STR_INIT("message"), STR_INIT("fill"),
    };

    for (const struct json *one = json->first; one != NULL; one = one->next) {
        bool is_known = false;

        for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
            is_known |= str_equal(NAMES[i], one->name);
        if (!is_known)
            complain(reading, str_printf(reading->arena, "/offer/%.*s", STR_ARG(one->name)),
                     "an offer has no member of that name");
    }
}

/* An object of texts, or nothing. */
static const struct json *read_object(struct reading *reading, const struct json *json,
                                      const char *member, size_t most)
{
    const struct json *object = json_find(json, str_from_z(member));

    if (object == NULL)
        return NULL;
    bool is_right = object->kind == JSON_OBJECT && object->count <= most;
    for (const struct json *one = object->first; is_right && one != NULL; one = one->next)
        is_right = one->kind == JSON_STRING && one->text.len > 0 && one->text.len <= TEXT_MAX;
    if (is_right)
        return object;
    complain(reading, str_printf(reading->arena, "/offer/%s", member),
             "is an object of names with texts, of linked at most 10, of fill at most 40");
    return NULL;
}

/* "children": "plots.kin.parent", or "kin.parent" of the same pack. */
static void read_links(struct reading *reading, const struct json *json,
                       struct service_offer *offer)
{
    const struct json *links = read_object(reading, json, "linked", SERVICE_OFFER_LINKS_MAX);

    if (links == NULL)
        return;
    offer->links = ARENA_ARRAY(reading->arena, struct service_offer_link, links->count);
    for (const struct json *one = links->first; one != NULL; one = one->next) {
        size_t dot = one->text.len;

        while (dot > 0 && one->text.ptr[dot - 1] != '.')
            dot--;
        if (dot < 2)
            complain(reading, str_printf(reading->arena, "/offer/linked/%.*s", STR_ARG(one->name)),
                     "is a register and its field that refers to the person: \"kin.parent\"");
        else
            offer->links[offer->link_count++] = (struct service_offer_link){
                .name = one->name,
                .register_id =
                    whole_name(reading->arena, reading->pack, str_slice(one->text, 0, dot - 1)),
                .field = str_slice(one->text, dot, one->text.len),
            };
    }
}

static void read_fills(struct reading *reading, const struct json *json,
                       struct service_offer *offer)
{
    const struct json *fills = read_object(reading, json, "fill", SERVICE_OFFER_FILLS_MAX);

    if (fills == NULL)
        return;
    offer->fills = ARENA_ARRAY(reading->arena, struct service_offer_fill, fills->count);
    for (const struct json *one = fills->first; one != NULL; one = one->next)
        offer->fills[offer->fill_count++] = (struct service_offer_fill){one->name, one->text};
}

static void check_message(struct reading *reading, struct str name)
{
    if (name.len > 0 &&
        pack_file_find(reading->pack,
                       str_printf(reading->arena, "messages/%.*s.mustache", STR_ARG(name))) == NULL)
        complain(reading, STR("/offer/message"),
                 "the pack of the service has no such file in messages/");
}

const struct service_offer *service_offer_read(struct arena *arena, const struct pack *pack,
                                               const struct pack_file *file,
                                               const struct json *json,
                                               struct pack_findings *findings)
{
    struct reading reading = {arena, pack, file, findings, false};
    const struct json *member = json_find(json, STR("offer"));
    struct service_offer *offer;

    if (member == NULL)
        return NULL;
    if (member->kind != JSON_OBJECT) {
        complain(&reading, STR("/offer"), "is an object");
        return NULL;
    }
    offer = ARENA_NEW(arena, struct service_offer);
    check_names(&reading, member);
    *offer = (struct service_offer){
        .register_id = whole_name(arena, pack, read_text(&reading, member, "register", true)),
        .person = read_text(&reading, member, "person", false),
        .when = read_text(&reading, member, "when", true),
        .why = read_text(&reading, member, "why", true),
        .message = read_text(&reading, member, "message", true),
    };
    read_links(&reading, member, offer);
    read_fills(&reading, member, offer);
    check_message(&reading, offer->message);
    return reading.has_failed ? NULL : offer;
}

struct planning {
    struct arena *arena;
    const struct service *service;
    const struct service_offer_types *types;
    struct service_offer_plan *plan;
};

static bool refuse(struct planning *planning, struct str member, struct err *err,
                   const char *format, ...) PRINTF(4);

static bool refuse(struct planning *planning, struct str member, struct err *err,
                   const char *format, ...)
{
    char text[ERR_TEXT_MAX];
    va_list args;

    planning->plan->wrong = member;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return err_set(err, ERR_INPUT, "%s", text);
}

static const struct register_type *find_type(struct planning *planning, struct str id)
{
    return planning->types->find(planning->types->data, id);
}

/* A field that leads to people's cards. */
static const struct register_type *persons_of(struct planning *planning,
                                              const struct register_field *field)
{
    const struct register_type *persons =
        field == NULL || field->type != FIELD_REF ? NULL : find_type(planning, field->ref);

    return persons != NULL && persons->meaning == REGISTER_TYPE_PERSONS ? persons : NULL;
}

static bool plan_person(struct planning *planning, struct err *err)
{
    const struct service_offer *offer = planning->service->offer;
    struct service_offer_plan *plan = planning->plan;

    plan->type = find_type(planning, offer->register_id);
    if (plan->type == NULL)
        return refuse(planning, STR("/offer/register"), err, "there is no register \"%.*s\"",
                      STR_ARG(str_slice(offer->register_id, 0, 60)));
    if (offer->person.len == 0) {
        plan->persons = plan->type;
        return plan->type->meaning == REGISTER_TYPE_PERSONS ||
               refuse(planning, STR("/offer"), err,
                      "person is missing: the field of %.*s that refers to whom it is offered",
                      STR_ARG(plan->type->id));
    }
    plan->person = register_type_field(plan->type, offer->person);
    plan->persons = persons_of(planning, plan->person);
    return plan->persons != NULL ||
           refuse(planning, STR("/offer/person"), err,
                  "\"%.*s\" is no field of %.*s that refers to the register of people",
                  STR_ARG(str_slice(offer->person, 0, 60)), STR_ARG(plan->type->id));
}

static bool plan_links(struct planning *planning, struct err *err)
{
    const struct service_offer *offer = planning->service->offer;
    struct service_offer_plan *plan = planning->plan;

    for (size_t i = 0; i < offer->link_count; i++) {
        const struct service_offer_link *link = &offer->links[i];
        struct str member = str_printf(planning->arena, "/offer/linked/%.*s", STR_ARG(link->name));

        if (register_type_field(plan->type, link->name) != NULL ||
            str_equal(link->name, STR("person")) || str_equal(link->name, STR("cases")))
            return refuse(planning, member, err, "the name is that of something else here");
        plan->link_types[i] = find_type(planning, link->register_id);
        if (plan->link_types[i] == NULL)
            return refuse(planning, member, err, "there is no register \"%.*s\"",
                          STR_ARG(str_slice(link->register_id, 0, 60)));
        plan->link_fields[i] = register_type_field(plan->link_types[i], link->field);
        if (persons_of(planning, plan->link_fields[i]) == NULL)
            return refuse(planning, member, err,
                          "\"%.*s\" is no field of %.*s that refers to the register of people",
                          STR_ARG(str_slice(link->field, 0, 60)), STR_ARG(plan->link_types[i]->id));
    }
    return true;
}

static bool parse(struct planning *planning, struct str member, struct str text,
                  const struct feel_node **tree, struct err *err)
{
    const struct service_offer *offer = planning->service->offer;
    struct feel_scope *scope = record_feel_scope(planning->arena, planning->plan->type);
    struct feel_node *node;
    struct err found = {0};

    feel_scope_add(scope, STR("person"));
    feel_scope_add(scope, STR("cases"));
    for (size_t i = 0; i < offer->link_count; i++)
        feel_scope_add(scope, offer->links[i].name);
    if (!feel_parse(scope, text, &node, &found))
        return refuse(planning, member, err, "%s", found.text);
    if (scope->unknown.name.len > 0)
        return refuse(planning, member, err, "line %d, column %d: nothing is called \"%.*s\" here",
                      scope->unknown.line, scope->unknown.column,
                      STR_ARG(str_slice(scope->unknown.name, 0, 60)));
    *tree = node;
    return true;
}

static bool plan_fills(struct planning *planning, struct err *err)
{
    const struct service_offer *offer = planning->service->offer;
    const struct register_type *type = find_type(planning, planning->service->register_id);

    for (size_t i = 0; i < offer->fill_count; i++) {
        const struct service_offer_fill *fill = &offer->fills[i];
        struct str member = str_printf(planning->arena, "/offer/fill/%.*s", STR_ARG(fill->field));

        if (type == NULL || register_type_field(type, fill->field) == NULL)
            return refuse(planning, member, err, "the register of the service has no such field");
        if (!parse(planning, member, fill->text, &planning->plan->fills[i], err))
            return false;
    }
    return true;
}

bool service_offer_plan(struct arena *arena, const struct service *service,
                        const struct service_offer_types *types, struct service_offer_plan *plan,
                        struct err *err)
{
    struct planning planning = {arena, service, types, plan};

    *plan = (struct service_offer_plan){0};
    return plan_person(&planning, err) && plan_links(&planning, err) &&
           parse(&planning, STR("/offer/when"), service->offer->when, &plan->when, err) &&
           plan_fills(&planning, err);
}

/* Registers of packs that are being checked. */
struct checking {
    struct arena *arena;
    const struct pack_set *set;
};

static const struct register_type *find_checked(void *data, struct str id)
{
    struct checking *checking = data;
    struct pack_findings none = {.arena = checking->arena};
    struct str rest = id;
    const struct pack *pack = pack_set_find(checking->set, str_cut(&rest, '.'));
    const struct pack_file *file =
        pack == NULL ? NULL
                     : pack_file_find(
                           pack, str_printf(checking->arena, "registers/%.*s.json", STR_ARG(rest)));

    return file == NULL ? NULL : register_type_compile(checking->arena, pack, file, &none);
}

void service_offer_check(const struct pack_set *set, const struct pack_file *file,
                         const struct service *service, struct pack_findings *findings)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct checking checking = {scratch, set};
    const struct service_offer_types types = {find_checked, &checking};
    struct service_offer_plan plan;
    struct err err = {0};

    if (!service_offer_plan(scratch, service, &types, &plan, &err))
        pack_find(findings, file->path, pack_line(file->bytes, plan.wrong), "%.*s: %s",
                  STR_ARG(plan.wrong), err.text);
}
