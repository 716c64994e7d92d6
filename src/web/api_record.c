#include "web/api_record.h"

#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "registry/change.h"
#include "web/answer.h"
#include "web/api_bulk.h"
#include "web/gone.h"
#include "web/seen.h"

static void print_day(struct buf *buf, struct str name, int64_t day, int64_t none)
{
    buf_add(buf, name);
    if (day == none) {
        buf_add(buf, STR("null"));
        return;
    }
    buf_char(buf, '"');
    time_print_day(buf, day);
    buf_char(buf, '"');
}

static bool is_named(struct str list, struct str name)
{
    while (list.len > 0)
        if (str_equal(str_cut(&list, ','), name))
            return true;
    return false;
}

bool api_record_fields(struct request *request, const struct register_type *type, unsigned classes,
                       struct err *err)
{
    struct str list = request_query(request, STR("fields"));

    while (list.len > 0) {
        struct str name = str_cut(&list, ',');
        const struct register_field *field = register_type_field(type, name);

        if (field == NULL)
            return err_set(err, ERR_INPUT, "fields: there is no field %.*s",
                           STR_ARG(str_slice(name, 0, 60)));
        if ((field->access & ~classes) != 0)
            return err_set(err, ERR_DENIED, "your role does not allow the field %.*s",
                           STR_ARG(field->name));
    }
    return true;
}

/* The fields of fields= that this actor may see; without fields= all they may see. */
static void print_data(struct buf *buf, struct request *request, const struct register_type *type,
                       unsigned classes, const struct record *record)
{
    struct str fields = request_query(request, STR("fields"));
    struct json *value;
    struct err err;

    if (fields.len == 0 && record_is_open(type, classes)) {
        buf_add(buf, record->body);
        return;
    }
    if (fields.len == 0) {
        record_redact(buf, request->arena, type, classes, record->body);
        return;
    }
    /* A body that cannot be read shows nothing rather than everything. */
    if (!json_parse(request->arena, record->body, &(struct json_limits){.bytes = RECORD_BODY_MAX},
                    &value, &err))
        value = json_new(request->arena, JSON_OBJECT);
    for (size_t i = 0; i < type->field_count; i++)
        if ((type->fields[i].access & ~classes) != 0 || !is_named(fields, type->fields[i].name))
            json_drop(value, type->fields[i].name);
    json_write(buf, value);
}

void api_record_print(struct buf *buf, struct request *request, const struct register_type *type,
                      unsigned classes, const struct record *record)
{
    buf_add(buf, STR("{\"id\":\""));
    id_print(buf, record->id);
    buf_add(buf, STR("\",\"version\":"));
    buf_int(buf, record->version);
    buf_add(buf, STR(",\"changed_at\":\""));
    time_print_moment(buf, record->changed_at);
    buf_add(buf, STR("\",\"title\":"));
    json_write_text(buf, (type->title_classes & ~classes) == 0 ? record->title : (struct str){0});
    if (type->is_temporal) {
        print_day(buf, STR(",\"valid_from\":"), record->valid_from, RECORD_ALWAYS);
        print_day(buf, STR(",\"valid_to\":"), record->valid_to, RECORD_FOREVER);
    }
    buf_add(buf, STR(",\"data\":"));
    print_data(buf, request, type, classes, record);
    buf_char(buf, '}');
}

bool api_record_seen(struct request *request, const struct register_type *type, unsigned classes,
                     const struct record *records, size_t count)
{
    for (size_t i = 0; i < count; i++)
        seen_add(request, type, classes, &records[i].id, 1);
    return true;
}

static struct str print_etag(struct request *request, int64_t version)
{
    struct buf buf = {.arena = request->arena};

    buf_char(&buf, '"');
    buf_int(&buf, version);
    buf_char(&buf, '"');
    return buf_str(&buf);
}

static bool read_day(struct request *request, struct str name, int64_t *day, struct err *err)
{
    struct str text = request_query(request, name);

    *day = request_today(request);
    return text.len == 0 || time_parse_day(text, day) ||
           err_set(err, ERR_INPUT, "%.*s: a day is written 2026-03-09", STR_ARG(name));
}

static bool read_record(struct request *request, int64_t no, int64_t id, struct record *record,
                        struct err *err)
{
    struct str known = request_query(request, STR("known_at"));
    int64_t day;
    int64_t known_at;

    if (!read_day(request, STR("valid_on"), &day, err))
        return false;
    if (known.len == 0)
        return record_get(&request->registry, no, id, day, record, err);
    if (!change_known_at(&request->registry, known, &known_at, err))
        return false;
    return record_get_known(&request->registry, no, id, (struct record_when){day, known_at}, record,
                            err);
}

bool api_record_get(struct request *request, struct err *err)
{
    const struct register_type *type;
    struct record record;
    unsigned classes;
    struct tx *tx;
    int64_t id;

    if (!request_register_some(request, 0, POLICY_READ, &type, &classes, err) ||
        !request_id(request, 1, &id, err) || !api_record_fields(request, type, classes, err) ||
        !request_read(request, &tx, err))
        return false;
    if (!read_record(request, catalog_no(request->catalog, type), id, &record, err))
        return request_query(request, STR("known_at")).len == 0 &&
               gone_answer(request, type, id, err);

    struct str etag = print_etag(request, record.version);
    http_add(request->exchange, STR("ETag"), etag);
    if (str_equal(http_header(request->exchange, STR("if-none-match")), etag))
        return answer_empty(request, 304);
    api_record_print(&request->exchange->out, request, type, classes, &record);
    answer_json(request, 200);
    return api_record_seen(request, type, classes, &record, 1);
}

bool api_record_slices(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    const struct register_type *type;
    struct record *records;
    unsigned classes;
    struct tx *tx;
    size_t count;
    int64_t id;

    if (!request_register_some(request, 0, POLICY_READ, &type, &classes, err) ||
        !request_id(request, 1, &id, err) || !api_record_fields(request, type, classes, err) ||
        !request_read(request, &tx, err) ||
        !record_slices(&request->registry, catalog_no(request->catalog, type), id, &records, &count,
                       err))
        return false;
    if (count == 0) {
        err_set(err, ERR_ABSENT, "there is no such record");
        return gone_answer(request, type, id, err);
    }
    buf_add(out, STR("{\"records\":["));
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(out, ',');
        api_record_print(out, request, type, classes, &records[i]);
    }
    buf_add(out, STR("]}"));
    answer_json(request, 200);
    return api_record_seen(request, type, classes, records, 1);
}

/* After a change: the record as it stands now, with its ETag and, when new, its address. */
static bool reply_changed(struct request *request, void *data, struct err *err)
{
    const struct change *change = data;
    const struct record_draft *draft = &change->draft;
    struct record record = {
        .no = draft->no,
        .id = draft->id,
        .version = draft->version,
        .valid_from = draft->valid_from,
        .valid_to = draft->valid_to,
        .changed_at = draft->is_same ? draft->old->changed_at : request->now,
        .title = draft->is_same ? draft->old->title : draft->title,
        .body = draft->body,
    };

    (void)err;
    if (draft->has_job)
        request_wake_workers(request);
    if (draft->act == RECORD_DELETE)
        return answer_empty(request, 204);
    http_add(request->exchange, STR("ETag"), print_etag(request, record.version));
    if (draft->act == RECORD_CREATE) {
        struct buf place = {.arena = request->arena};

        buf_add(&place, request->base);
        buf_add(&place, STR("/api/v1/registers/"));
        buf_add(&place, draft->type->id);
        buf_add(&place, STR("/records/"));
        id_print(&place, draft->id);
        http_add(request->exchange, STR("Location"), buf_str(&place));
    }
    api_record_print(&request->exchange->out, request, draft->type, change->classes, &record);
    return answer_json(request, draft->act == RECORD_CREATE ? 201 : 200);
}

static bool run_change(struct tx *tx, void *data, struct err *err)
{
    struct change *change = data;

    return change_run(tx, change, err);
}

/* Prepared, it goes to the writer; a record with flaws is answered here. */
static bool submit(struct request *request, struct change *change, struct err *err)
{
    struct flaws flaws = {0};
    struct tx *tx;

    if (!request_read(request, &tx, err))
        return false;
    if (change_prepare(tx, change, &flaws, err))
        return request_write(request, run_change, reply_changed, change);
    if (flaws.count == 0)
        return false;
    answer_problem(request, 422, request_text(request, str_from_z(err->text)), &flaws);
    return true;
}

static struct change *new_change(struct request *request, enum record_act act,
                                 const struct register_type *type, unsigned classes)
{
    struct change *change = ARENA_NEW(request->arena, struct change);

    *change = (struct change){
        .draft = {.act = act,
                  .type = type,
                  .valid_from = RECORD_ALWAYS,
                  .valid_to = RECORD_FOREVER},
        .catalog = request->catalog,
        .arena = request->arena,
        .classes = classes,
        .actor = request->actor.account,
        .reader = &request->actor,
        .now = request->now,
    };
    return change;
}

static bool is_json(const struct request *request)
{
    return request_has_type(request->exchange, STR("application/json")) ||
           request_has_type(request->exchange, STR("application/merge-patch+json"));
}

enum body {
    BODY_READ,
    BODY_ANSWERED, /* it cannot be taken, and the answer says so */
    BODY_WRONG,    /* err says how */
};

static enum body read_body(struct request *request, struct json **input, struct err *err)
{
    if (!is_json(request)) {
        answer_problem(request, 415,
                       request_text(request, STR("A record is sent as application/json.")), NULL);
        return BODY_ANSWERED;
    }
    if (request_json(request, RECORD_BODY_MAX + 1024, input, err))
        return BODY_READ;
    if (err->code != ERR_LIMIT)
        return BODY_WRONG;
    answer_problem(request, 413, request_text(request, str_from_z(err->text)), NULL);
    return BODY_ANSWERED;
}

/* Spaces and the order of members make no other request. */
static struct str print_asked(struct request *request, const struct json *input)
{
    struct buf asked = {.arena = request->arena};

    buf_add(&asked, request->path);
    buf_char(&asked, '\n');
    json_canonical(&asked, input);
    return buf_str(&asked);
}

bool api_record_create(struct request *request, struct err *err)
{
    const struct register_type *type;
    struct change *change;
    unsigned classes;
    enum body body;

    if (request_has_type(request->exchange, STR("application/x-ndjson")))
        return api_bulk_create(request, err);
    if (!request_register_some(request, 0, POLICY_CREATE, &type, &classes, err))
        return false;
    change = new_change(request, RECORD_CREATE, type, classes);
    body = read_body(request, &change->input, err);
    if (body != BODY_READ)
        return body == BODY_ANSWERED;
    return change_idempotency(change, http_header(request->exchange, STR("idempotency-key")),
                              print_asked(request, change->input), err) &&
           submit(request, change, err);
}

/* If-Match is demanded: without it the last one to save would win without knowing. */
static bool read_match(struct request *request, int64_t *version, struct err *err)
{
    struct str match = http_header(request->exchange, STR("if-match"));

    if (str_equal(match, STR("*"))) {
        *version = 0;
        return true;
    }
    if (match.len > 2 && match.ptr[0] == '"' && match.ptr[match.len - 1] == '"' &&
        num_parse_int(str_slice(match, 1, match.len - 2), version) && *version > 0)
        return true;
    return err_set(err, ERR_INPUT,
                   "If-Match: \"<version>\" says which version is changed; take "
                   "it from the ETag of the record");
}

static bool change_existing(struct request *request, enum record_act act, bool is_patch,
                            struct err *err)
{
    const struct register_type *type;
    struct change *change;
    unsigned classes;
    enum body body;
    int64_t id;

    if (!request_register_some(request, 0, act == RECORD_DELETE ? POLICY_DELETE : POLICY_CHANGE,
                               &type, &classes, err) ||
        !request_id(request, 1, &id, err))
        return false;
    change = new_change(request, act, type, classes);
    change->id = id;
    change->is_patch = is_patch;
    if (!read_match(request, &change->expected, err)) {
        answer_problem(request, 428, request_text(request, str_from_z(err->text)), NULL);
        return true;
    }
    if (!read_day(request, STR("valid_on"), &change->day, err))
        return false;
    body = act == RECORD_DELETE ? BODY_READ : read_body(request, &change->input, err);
    if (body != BODY_READ)
        return body == BODY_ANSWERED;
    if (!submit(request, change, err)) {
        if (err->code != ERR_CONFLICT)
            return false;
        answer_problem(request, 412, request_text(request, str_from_z(err->text)), NULL);
    }
    return true;
}

bool api_record_put(struct request *request, struct err *err)
{
    return change_existing(request, RECORD_CHANGE, false, err);
}

bool api_record_patch(struct request *request, struct err *err)
{
    return change_existing(request, RECORD_CHANGE, true, err);
}

bool api_record_delete(struct request *request, struct err *err)
{
    return change_existing(request, RECORD_DELETE, false, err);
}
