#include "service/service.h"

#include "core/arena.h"
#include "service/service_form.h"
#include "service/service_offer.h"

enum {
    TEXT_MAX = 2000, /* bytes of one text */
    VERSION_MAX = 40,
};

struct reading {
    struct arena *arena;
    const struct pack *pack;
    const struct pack_file *file;
    struct pack_findings *findings;
    bool has_failed;
};

static const struct {
    struct str name;
    enum service_way way;
} WAYS[] = {{STR_INIT("page"), SERVICE_PAGE},
            {STR_INIT("desk"), SERVICE_DESK},
            {STR_INIT("phone"), SERVICE_PHONE},
            {STR_INIT("paper"), SERVICE_PAPER}};

static const struct {
    struct str name;
    enum term_unit unit;
} UNITS[] = {{STR_INIT("days"), TERM_DAYS},
             {STR_INIT("working_days"), TERM_WORKING_DAYS},
             {STR_INIT("months"), TERM_MONTHS}};

enum service_way service_way_read(struct str text)
{
    for (size_t i = 0; i < ARRAY_LEN(WAYS); i++)
        if (str_equal(WAYS[i].name, text))
            return WAYS[i].way;
    return 0;
}

struct str service_way_text(enum service_way way)
{
    for (size_t i = 0; i < ARRAY_LEN(WAYS); i++)
        if (WAYS[i].way == way)
            return WAYS[i].name;
    return (struct str){0};
}

bool service_unit_read(struct str text, enum term_unit *unit)
{
    for (size_t i = 0; i < ARRAY_LEN(UNITS); i++)
        if (str_equal(UNITS[i].name, text)) {
            *unit = UNITS[i].unit;
            return true;
        }
    return false;
}

struct str service_unit_text(enum term_unit unit)
{
    for (size_t i = 0; i < ARRAY_LEN(UNITS); i++)
        if (UNITS[i].unit == unit)
            return UNITS[i].name;
    return (struct str){0};
}

static void complain(struct reading *reading, struct str pointer, const char *what)
{
    pack_find(reading->findings, reading->file->path, pack_line(reading->file->bytes, pointer),
              "%s", what);
    reading->has_failed = true;
}

static struct str pointer_of(struct reading *reading, struct str above, struct str name)
{
    return str_printf(reading->arena, "%.*s/%.*s", STR_ARG(above), STR_ARG(name));
}

static bool is_among(struct str name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (str_equal(str_from_z(*names), name))
            return true;
    return false;
}

/* A misspelt member would be passed over in silence. */
static void check_names(struct reading *reading, const struct json *object, struct str above,
                        const char *const *names)
{
    for (const struct json *one = object->first; one != NULL; one = one->next)
        if (!is_among(one->name, names))
            complain(reading, pointer_of(reading, above, one->name),
                     "a service has no member of that name");
}

static void complain_about(struct reading *reading, struct str above, const char *name)
{
    pack_find(reading->findings, reading->file->path, pack_line(reading->file->bytes, above),
              "%s is missing: it has to be a text", name);
    reading->has_failed = true;
}

static struct str read_text(struct reading *reading, const struct json *object, struct str above,
                            const char *name, bool is_needed)
{
    const struct json *value = json_find(object, str_from_z(name));
    struct str pointer = pointer_of(reading, above, str_from_z(name));

    if (value == NULL && is_needed)
        complain_about(reading, above, name);
    else if (value != NULL && (value->kind != JSON_STRING || value->text.len == 0))
        complain(reading, pointer, "has to be a text that is not empty");
    else if (value != NULL && value->text.len > TEXT_MAX)
        complain(reading, pointer, "the text is longer than 2,000 bytes");
    return json_text(value);
}

/* A list of objects, or nothing. */
static const struct json *read_list(struct reading *reading, const struct json *json,
                                    const char *name)
{
    const struct json *list = json_find(json, str_from_z(name));

    if (list != NULL && (list->kind != JSON_ARRAY || list->count > SERVICE_LIST_MAX)) {
        complain(reading, pointer_of(reading, STR(""), str_from_z(name)),
                 "has to be a list of at most 50");
        return NULL;
    }
    for (const struct json *one = list == NULL ? NULL : list->first; one != NULL; one = one->next)
        if (one->kind != JSON_OBJECT) {
            complain(reading, pointer_of(reading, STR(""), str_from_z(name)),
                     "has to be a list of objects, each with a title");
            return NULL;
        }
    return list;
}

static void read_documents(struct reading *reading, const struct json *json,
                           struct service *service)
{
    static const char *const NAMES[] = {"title", "help", "required", NULL};
    const struct json *list = read_list(reading, json, "documents");

    if (list == NULL)
        return;
    service->documents = ARENA_ARRAY(reading->arena, struct service_document, list->count);
    for (const struct json *one = list->first; one != NULL; one = one->next) {
        struct str pointer = str_printf(reading->arena, "/documents/%zu", service->document_count);

        const struct json *required = json_find(one, STR("required"));

        check_names(reading, one, pointer, NAMES);
        if (required != NULL && required->kind != JSON_TRUE && required->kind != JSON_FALSE)
            complain(reading, pointer, "required is true or false");
        service->documents[service->document_count++] = (struct service_document){
            .title = read_text(reading, one, pointer, "title", true),
            .help = read_text(reading, one, pointer, "help", false),
            .is_required = json_is_true(required),
        };
    }
}

static bool is_id(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (!(c >= 'a' && c <= 'z') && !(i > 0 && ((c >= '0' && c <= '9') || c == '_')))
            return false;
    }
    return text.len > 0 && text.len <= 60;
}

static void read_grounds(struct reading *reading, const struct json *json, struct service *service)
{
    static const char *const NAMES[] = {"id", "title", "law", NULL};
    const struct json *list = read_list(reading, json, "grounds");

    if (list == NULL)
        return;
    service->grounds = ARENA_ARRAY(reading->arena, struct service_ground, list->count);
    for (const struct json *one = list->first; one != NULL; one = one->next) {
        struct str pointer = str_printf(reading->arena, "/grounds/%zu", service->ground_count);
        struct service_ground ground = {.id = read_text(reading, one, pointer, "id", true),
                                        .title = read_text(reading, one, pointer, "title", true),
                                        .law = read_text(reading, one, pointer, "law", false)};

        check_names(reading, one, pointer, NAMES);
        if (ground.id.len > 0 && !is_id(ground.id))
            complain(reading, pointer,
                     "the id is made of a-z, 0-9 and _, and begins with a letter");
        if (service_find_ground(service, ground.id) != NULL)
            complain(reading, pointer, "another ground has that id");
        service->grounds[service->ground_count++] = ground;
    }
}

static void read_laws(struct reading *reading, const struct json *json, struct service *service)
{
    static const char *const NAMES[] = {"title", "href", NULL};
    const struct json *list = read_list(reading, json, "laws");

    if (list == NULL)
        return;
    service->laws = ARENA_ARRAY(reading->arena, struct service_law, list->count);
    for (const struct json *one = list->first; one != NULL; one = one->next) {
        struct str pointer = str_printf(reading->arena, "/laws/%zu", service->law_count);
        struct service_law law = {.title = read_text(reading, one, pointer, "title", true),
                                  .href = read_text(reading, one, pointer, "href", false)};

        check_names(reading, one, pointer, NAMES);
        if (law.href.len > 0 && !str_starts(law.href, STR("https://")) &&
            !str_starts(law.href, STR("http://")))
            complain(reading, pointer, "the href is an address that begins with https://");
        service->laws[service->law_count++] = law;
    }
}

static void read_consent(struct reading *reading, const struct json *json, struct service *service)
{
    static const char *const NAMES[] = {"version", "text", NULL};
    const struct json *consent = json_find(json, STR("consent"));
    struct str pointer = STR("/consent");

    if (consent == NULL)
        return;
    if (consent->kind != JSON_OBJECT) {
        complain(reading, pointer, "the consent is an object with a version and a text");
        return;
    }
    check_names(reading, consent, pointer, NAMES);
    service->consent.version = read_text(reading, consent, pointer, "version", true);
    service->consent.text = read_text(reading, consent, pointer, "text", true);
    if (service->consent.version.len > VERSION_MAX)
        complain(reading, pointer, "the version of a consent has at most 40 bytes");
}

static void read_term(struct reading *reading, const struct json *json, struct service *service)
{
    static const char *const NAMES[] = {"count", "unit", NULL};
    const struct json *term = json_find(json, STR("term"));
    struct str unit = json_find_text(term, STR("unit"));

    if (term == NULL)
        return;
    if (term->kind == JSON_OBJECT)
        check_names(reading, term, STR("/term"), NAMES);
    if (!json_int(json_find(term, STR("count")), &service->count) || service->count < 1 ||
        service->count > TERM_COUNT_MAX)
        complain(reading, STR("/term"), "the term needs a count: a whole number from 1 to 10000");
    if (!service_unit_read(unit, &service->unit))
        complain(reading, STR("/term"), "the unit of the term is days, working_days or months");
}

static void read_ways(struct reading *reading, const struct json *json, struct service *service)
{
    const struct json *ways = json_find(json, STR("ways"));
    bool is_known = true;

    if (ways == NULL) {
        service->ways = SERVICE_PAGE | SERVICE_DESK | SERVICE_PHONE | SERVICE_PAPER;
        return;
    }
    for (const struct json *one = ways->first; one != NULL; one = one->next) {
        is_known &= service_way_read(json_text(one)) != 0;
        service->ways |= service_way_read(json_text(one));
    }
    if (ways->kind != JSON_ARRAY || service->ways == 0 || !is_known)
        complain(reading, STR("/ways"), "ways is a list of page, desk, phone and paper");
}

/* "application" is of the same pack. */
static struct str whole_name(struct reading *reading, struct str name)
{
    return name.len == 0 || str_find_char(name, '.') < name.len
               ? name
               : str_printf(reading->arena, "%.*s.%.*s", STR_ARG(reading->pack->id), STR_ARG(name));
}

static struct str stem(struct str path)
{
    size_t from = str_find_char(path, '/') + 1;

    return str_slice(path, from, str_find_char(str_slice(path, from, path.len), '.'));
}

/* A file of the same pack that a member names. */
static const struct pack_file *find_file(struct reading *reading, const struct json *json,
                                         const char *member, const char *folder)
{
    struct str name = read_text(reading, json, STR(""), member, true);
    struct str own = str_printf(reading->arena, "%.*s.", STR_ARG(reading->pack->id));
    const struct pack_file *file;

    if (str_starts(name, own))
        name = str_slice(name, own.len, name.len);
    file = pack_file_find(reading->pack,
                          str_printf(reading->arena, "%s/%.*s.json", folder, STR_ARG(name)));
    if (file == NULL && name.len > 0)
        complain(reading, pointer_of(reading, STR(""), str_from_z(member)),
                 "the pack of the service has no such file");
    return file;
}

static void read_leave(struct reading *reading, const struct json *json, struct service *service)
{
    static const char *const NAMES[] = {"process", "title", "text", "done", NULL};
    const struct json *leave = json_find(json, STR("leave"));
    struct str pointer = STR("/leave");
    bool has_title = json_find(leave, STR("title")) != NULL;

    if (leave == NULL)
        return;
    if (leave->kind != JSON_OBJECT) {
        complain(reading, pointer, "leave is an object that names a process");
        return;
    }
    check_names(reading, leave, pointer, NAMES);
    service->leave = (struct service_leave){
        .process = whole_name(reading, read_text(reading, leave, pointer, "process", true)),
        .title = read_text(reading, leave, pointer, "title", false),
        .text = read_text(reading, leave, pointer, "text", has_title),
        .done = read_text(reading, leave, pointer, "done", has_title),
    };
}

static void read_form(struct reading *reading, const struct json *json, struct service *service)
{
    const struct pack_file *type = find_file(reading, json, "register", "registers");
    const struct pack_file *form = find_file(reading, json, "form", "forms");
    struct json *schema;
    struct err err;

    if (type == NULL || form == NULL)
        return;
    service->register_id = str_printf(reading->arena, "%.*s.%.*s", STR_ARG(reading->pack->id),
                                      STR_ARG(stem(type->path)));
    service->form_path = form->path;
    if (!json_parse(reading->arena, type->bytes, NULL, &schema, &err))
        return; /* its own checker says so */
    service->form = service_form_read(reading->arena, form, schema, reading->findings);
}

static void read_card(struct reading *reading, const struct json *json, struct service *service)
{
    static const char *const NAMES[] = {
        "$schema", "title",  "summary",   "who",     "result", "cost",    "topic",    "office",
        "term",    "ways",   "documents", "grounds", "laws",   "consent", "register", "form",
        "process", "assign", "escalate",  "offer",   "order",  "granted", "leave",    NULL};
    struct str none = {0};

    check_names(reading, json, none, NAMES);
    service->title = read_text(reading, json, none, "title", true);
    service->summary = read_text(reading, json, none, "summary", true);
    service->who = read_text(reading, json, none, "who", true);
    service->result = read_text(reading, json, none, "result", true);
    service->cost = read_text(reading, json, none, "cost", true);
    service->topic = read_text(reading, json, none, "topic", false);
    service->office = read_text(reading, json, none, "office", false);
    service->granted = read_text(reading, json, none, "granted", false);
    service->order = read_text(reading, json, none, "order", false);
    service->process = whole_name(reading, read_text(reading, json, none, "process", true));
    read_term(reading, json, service);
    read_ways(reading, json, service);
    read_documents(reading, json, service);
    read_grounds(reading, json, service);
    read_laws(reading, json, service);
    service->work = service_work_read(reading->arena, json, reading->file, reading->findings,
                                      &reading->has_failed);
    read_consent(reading, json, service);
    read_leave(reading, json, service);
    read_form(reading, json, service);
    service->offer =
        service_offer_read(reading->arena, reading->pack, reading->file, json, reading->findings);
    reading->has_failed |= service->offer == NULL && json_find(json, STR("offer")) != NULL;
}

struct service *service_read(struct arena *arena, const struct pack *pack,
                             const struct pack_file *file, struct pack_findings *findings)
{
    struct reading reading = {arena, pack, file, findings, false};
    struct service *service = ARENA_NEW(arena, struct service);
    struct json *json;
    struct err err;

    *service = (struct service){.pack = pack};
    service->name = str_printf(arena, "%.*s.%.*s", STR_ARG(pack->id), STR_ARG(stem(file->path)));
    if (!json_parse(arena, file->bytes, NULL, &json, &err) || json->kind != JSON_OBJECT) {
        complain(&reading, (struct str){0}, "is not an object of JSON");
        return NULL;
    }
    if (!is_id(stem(file->path)))
        complain(&reading, (struct str){0},
                 "the name of the file is made of a-z, 0-9 and _, and begins with a letter");
    read_card(&reading, json, service);
    return reading.has_failed || service->form == NULL ? NULL : service;
}

static bool has_process(const struct pack_set *set, struct arena *arena, struct str name)
{
    struct str rest = name;
    const struct pack *pack = pack_set_find(set, str_cut(&rest, '.'));

    return pack != NULL &&
           pack_file_find(pack, str_printf(arena, "processes/%.*s.bpmn", STR_ARG(rest))) != NULL;
}

void service_check_file(const struct pack_set *set, const struct pack *pack,
                        const struct pack_file *file, struct pack_findings *findings)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct reading reading = {scratch, pack, file, findings, false};
    const struct service *service = service_read(scratch, pack, file, findings);

    if (service != NULL && !has_process(set, scratch, service->process))
        complain(&reading, STR("/process"), "no pack has that file in processes/");
    if (service != NULL && service->leave.process.len > 0 &&
        !has_process(set, scratch, service->leave.process))
        complain(&reading, STR("/leave/process"), "no pack has that file in processes/");
    if (service != NULL && service->offer != NULL)
        service_offer_check(set, file, service, findings);
}

const struct service_ground *service_find_ground(const struct service *service, struct str id)
{
    for (size_t i = 0; i < service->ground_count; i++)
        if (str_equal(service->grounds[i].id, id))
            return &service->grounds[i];
    return NULL;
}
