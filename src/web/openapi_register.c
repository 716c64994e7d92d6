#include "web/openapi_register.h"

#include "registry/record_list.h"

#define PATH "/registers/@"

bool openapi_register_rights(struct request *request, const struct register_type *type,
                             struct openapi_register *it)
{
    const struct policy_rights *rights = &request->actor.rights;

    *it = (struct openapi_register){.request = request, .type = type};
    (void)policy_may_some(rights, type->index, POLICY_CREATE, &it->create);
    (void)policy_may_some(rights, type->index, POLICY_CHANGE, &it->change);
    (void)policy_may_some(rights, type->index, POLICY_DELETE, &it->remove);
    (void)policy_may_some(rights, type->index, POLICY_HISTORY, &it->history);
    (void)policy_may(rights, type->index, POLICY_IMPORT, &it->import);
    (void)policy_may_some(rights, type->index, POLICY_EXPORT, &it->export);
    return policy_may_some(rights, type->index, POLICY_READ, &it->read);
}

void openapi_register_text(struct buf *out, const struct openapi_register *it, const char *text)
{
    struct str rest = str_from_z(text);

    while (rest.len > 0) {
        bool has_more = str_find_char(rest, '@') < rest.len;

        buf_add(out, str_cut(&rest, '@'));
        if (has_more)
            buf_add(out, it->type->id);
    }
}

void openapi_register_problems(struct buf *out, struct str statuses)
{
    while (statuses.len > 0) {
        struct str status = str_cut(&statuses, ' ');

        buf_printf(out, ",\"%.*s\":{\"$ref\":\"#/components/responses/problem\"}", STR_ARG(status));
    }
}

/* An operation up to its parameters: method, name and what it does. */
static void begin(struct buf *out, const struct openapi_register *it, const char *method,
                  const char *name, const char *summary)
{
    buf_printf(out, "\"%s\":{\"tags\":[\"%.*s\"],\"operationId\":\"%.*s.%s\",\"summary\":\"%s\"",
               method, STR_ARG(it->type->id), STR_ARG(it->type->id), name, summary);
}

/* Its answers: the good one, then problems; closes the operation. */
static void end(struct buf *out, const struct openapi_register *it, const char *good,
                const char *problems)
{
    buf_add(out, STR(",\"responses\":{"));
    openapi_register_text(out, it, good);
    openapi_register_problems(out, STR("400 401 429 503"));
    openapi_register_problems(out, str_from_z(problems));
    buf_add(out, STR("}}"));
}

#define ANSWER(status, what, schema)                                                               \
    "\"" status "\":{\"description\":\"" what "\",\"content\":{\"application/json\":{\"schema\":"  \
    "{\"$ref\":\"#/components/schemas/" schema "\"}}}}"
#define RECORD(status, what)                                                                       \
    "\"" status "\":{\"description\":\"" what "\",\"headers\":{\"ETag\":{\"schema\":{\"type\":"    \
    "\"string\"}}},\"content\":{\"application/json\":{\"schema\":{\"$ref\":"                       \
    "\"#/components/schemas/@.record\"}}}}"
#define BODY(type, schema)                                                                         \
    ",\"requestBody\":{\"required\":true,\"content\":{\"" type "\":{\"schema\":{\"$ref\":"         \
    "\"#/components/schemas/" schema "\"}}}}"
#define LINES(schema)                                                                              \
    "\"application/x-ndjson\":{\"schema\":{\"type\":\"string\"},\"x-itemSchema\":{\"$ref\":"       \
    "\"#/components/schemas/" schema "\"}}"
#define TAKEN           ANSWER("202", "A job imports the lines; rows with mistakes are left out", "accepted")
#define PARAMETER(name) "{\"$ref\":\"#/components/parameters/" name "\"}"

static bool is_visible(const struct openapi_register *it, const struct register_field *field)
{
    return (field->access & ~it->read) == 0;
}

static const char *filter_schema(const struct register_field *field)
{
    switch (field->type) {
    case FIELD_INT:
        return "{\"type\":\"integer\"}";
    case FIELD_DECIMAL:
        return "{\"type\":\"number\"}";
    case FIELD_BOOL:
        return "{\"type\":\"boolean\"}";
    case FIELD_DAY:
        return "{\"type\":\"string\",\"format\":\"date\"}";
    case FIELD_MOMENT:
        return "{\"type\":\"string\",\"format\":\"date-time\"}";
    case FIELD_REF:
        return "{\"$ref\":\"#/components/schemas/id\"}";
    case FIELD_TEXT:
    case FIELD_CODE:
    case FIELD_GEOMETRY:
    case FIELD_TEXTS:
    case FIELD_OTHER:
        break;
    }
    return "{\"type\":\"string\"}";
}

static void print_filter(struct buf *out, const struct register_field *field)
{
    static const char *const OPS[] = {"ne", "lt", "lte", "gt", "gte"};
    const char *schema = filter_schema(field);

    buf_printf(out, ",{\"name\":\"%.*s\",\"in\":\"query\",\"schema\":%s}", STR_ARG(field->name),
               schema);
    for (size_t i = 0; i < ARRAY_LEN(OPS); i++)
        buf_printf(out, ",{\"name\":\"%.*s[%s]\",\"in\":\"query\",\"schema\":%s}",
                   STR_ARG(field->name), OPS[i], schema);
    buf_printf(out,
               ",{\"name\":\"%.*s[in]\",\"in\":\"query\",\"style\":\"form\",\"explode\":false,"
               "\"schema\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":%d,\"items\":%s}}",
               STR_ARG(field->name), RECORD_LIST_VALUES_MAX, schema);
    buf_printf(out, ",{\"name\":\"%.*s[null]\",\"in\":\"query\",\"schema\":{\"type\":\"boolean\"}}",
               STR_ARG(field->name));
    if (field->type == FIELD_TEXT)
        buf_printf(out,
                   ",{\"name\":\"%.*s[starts]\",\"in\":\"query\",\"schema\":{\"type\":"
                   "\"string\"}}",
                   STR_ARG(field->name));
}

static void print_sort(struct buf *out, const struct openapi_register *it)
{
    buf_add(out, STR(",{\"name\":\"sort\",\"in\":\"query\",\"schema\":{\"enum\":[\"id\",\"-id\""));
    for (size_t i = 0; i < it->type->field_count; i++) {
        struct str name = it->type->fields[i].name;

        if (it->type->fields[i].is_indexed && is_visible(it, &it->type->fields[i]))
            buf_printf(out, ",\"%.*s\",\"-%.*s\"", STR_ARG(name), STR_ARG(name));
    }
    buf_add(out, STR("]}}"));
}

static void print_fields(struct buf *out, const struct openapi_register *it)
{
    bool is_first = true;

    buf_add(out, STR("{\"name\":\"fields\",\"in\":\"query\",\"style\":\"form\",\"explode\":false,"
                     "\"schema\":{\"type\":\"array\",\"items\":{\"enum\":["));
    for (size_t i = 0; i < it->type->field_count; i++) {
        if (!is_visible(it, &it->type->fields[i]))
            continue;
        buf_printf(out, is_first ? "\"%.*s\"" : ",\"%.*s\"", STR_ARG(it->type->fields[i].name));
        is_first = false;
    }
    buf_add(out, is_first ? STR("\"\"]}}}") : STR("]}}}"));
}

static bool has_map(const struct openapi_register *it)
{
    return it->type->geometry >= 0 && is_visible(it, &it->type->fields[it->type->geometry]);
}

static void print_list(struct buf *out, const struct openapi_register *it)
{
    begin(out, it, "get", "list", "Records, a page at a time");
    buf_add(out, STR(",\"parameters\":["));
    print_fields(out, it);
    buf_add(out, STR("," PARAMETER("limit") "," PARAMETER("cursor") "," PARAMETER(
                     "count") "," PARAMETER("where")));
    print_sort(out, it);
    if (record_is_searchable(it->type, it->read))
        buf_add(out, STR("," PARAMETER("q")));
    if (has_map(it))
        buf_add(out, STR("," PARAMETER("bbox")));
    if (it->type->is_temporal)
        buf_add(out, STR("," PARAMETER("valid_on")));
    for (size_t i = 0; i < it->type->field_count; i++)
        if (it->type->fields[i].is_indexed && is_visible(it, &it->type->fields[i]))
            print_filter(out, &it->type->fields[i]);
    buf_char(out, ']');
    end(out, it,
        it->export == 0
            ? ANSWER("200", "A page", "@.list")
            : "\"200\":{\"description\":\"A page; as NDJSON all that filters find, one a line, "
              "where "
              "limit, cursor and count are refused\",\"content\":{\"application/json\":{\"schema\":"
              "{\"$ref\":\"#/components/schemas/@.list\"}}," LINES("@.line") "}}",
        "403 404 422");
}

/* One as JSON; many, which a job does, as NDJSON. */
static void print_create(struct buf *out, const struct openapi_register *it)
{
    bool has_both = it->create != 0 && it->import != 0;

    buf_char(out, ',');
    begin(out, it, "post", "create",
          has_both          ? "A new record, or another slice of one with dates; or many at once"
          : it->create != 0 ? "A new record, or another slice of one with dates"
                            : "Many records at once");
    if (it->create != 0)
        buf_add(out, STR(",\"parameters\":[" PARAMETER("idempotency_key") "]"));
    buf_add(out, STR(",\"requestBody\":{\"required\":true,\"content\":{"));
    if (it->create != 0)
        openapi_register_text(
            out, it, "\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/@.new\"}}");
    if (has_both)
        buf_char(out, ',');
    if (it->import != 0)
        openapi_register_text(out, it, LINES("@.bulk"));
    buf_add(out, STR("}}"));
    end(out, it,
        has_both          ? RECORD("201", "It is there") "," TAKEN
        : it->create != 0 ? RECORD("201", "It is there")
                          : TAKEN,
        "403 404 409 413 415 422");
}

static void print_collection(struct buf *out, const struct openapi_register *it)
{
    openapi_register_text(out, it, ",\"" PATH "/records\":{");
    print_list(out, it);
    if (it->create != 0 || it->import != 0)
        print_create(out, it);
    buf_char(out, '}');
}

/* PUT, PATCH or DELETE. */
static void print_change(struct buf *out, const struct openapi_register *it, const char *method,
                         const char *summary, const char *body, const char *good)
{
    buf_char(out, ',');
    begin(out, it, method, method, summary);
    buf_add(out, STR(",\"parameters\":[" PARAMETER("if_match")));
    if (it->type->is_temporal)
        buf_add(out, STR("," PARAMETER("valid_on")));
    buf_char(out, ']');
    openapi_register_text(out, it, body);
    end(out, it, good, "403 404 409 412 413 415 422 428");
}

static void print_record(struct buf *out, const struct openapi_register *it)
{
    openapi_register_text(out, it,
                          ",\"" PATH "/records/{id}\":{\"parameters\":[" PARAMETER("id") "],");
    begin(out, it, "get", "get", "One record");
    buf_add(out, STR(",\"parameters\":["));
    print_fields(out, it);
    buf_add(out, STR("," PARAMETER("known_at")));
    if (it->type->is_temporal)
        buf_add(out, STR("," PARAMETER("valid_on")));
    buf_char(out, ']');
    end(out, it, RECORD("200", "The record") ",\"304\":{\"description\":\"If-None-Match has it\"}",
        "403 404 410 422");
    if (it->change != 0) {
        print_change(out, it, "put", "The record as a whole", BODY("application/json", "@.whole"),
                     RECORD("200", "As it stands now"));
        print_change(out, it, "patch", "Some of its fields (RFC 7386); null takes one out",
                     BODY("application/merge-patch+json", "@.patch"),
                     RECORD("200", "As it stands now"));
    }
    if (it->remove != 0)
        print_change(out, it, "delete", "It leaves the lists; its history stays", "",
                     "\"204\":{\"description\":\"Done\"}");
    buf_char(out, '}');
}

static void print_below(struct buf *out, const struct openapi_register *it)
{
    if (it->history != 0) {
        openapi_register_text(
            out, it, ",\"" PATH "/records/{id}/history\":{\"parameters\":[" PARAMETER("id") "],");
        begin(out, it, "get", "history", "Who changed what, newest first");
        buf_add(out, STR(",\"parameters\":[" PARAMETER("before") "]"));
        end(out, it, ANSWER("200", "Its versions", "history"), "403 404 422");
        buf_char(out, '}');
    }
    if (it->type->is_temporal) {
        openapi_register_text(
            out, it, ",\"" PATH "/records/{id}/slices\":{\"parameters\":[" PARAMETER("id") "],");
        begin(out, it, "get", "slices", "All its dates of validity");
        end(out, it, ANSWER("200", "Its slices", "@.list"), "403 404 410 422");
        buf_char(out, '}');
    }
    if (has_map(it)) {
        openapi_register_text(out, it, ",\"" PATH "/clusters\":{");
        begin(out, it, "get", "clusters", "What a map shows of a view");
        buf_add(out, STR(",\"parameters\":[" PARAMETER("view") "]"));
        end(out, it, ANSWER("200", "At most as many as a screen holds", "clusters"), "403 404 422");
        buf_char(out, '}');
    }
}

static void print_files(struct buf *out, const struct openapi_register *it)
{
    bool may_change = (it->change & POLICY_INTERNAL) != 0;

    if (!(it->read & POLICY_INTERNAL))
        return;
    openapi_register_text(
        out, it, ",\"" PATH "/records/{id}/files\":{\"parameters\":[" PARAMETER("id") "],");
    begin(out, it, "get", "files", "Its files");
    end(out, it, ANSWER("200", "Its files", "files"), "403 404");
    if (may_change) {
        buf_char(out, ',');
        begin(out, it, "post", "attach", "A file, at most 20 MB");
        buf_add(out, STR(",\"parameters\":[" PARAMETER(
                         "name") "],\"requestBody\":{\"required\":"
                                 "true,\"content\":{\"application/octet-stream\":{}}}"));
        end(out, it, ANSWER("201", "It is there", "file"), "403 404 409 413 422");
    }
    openapi_register_text(out, it,
                          "},\"" PATH "/records/{id}/files/{file}\":{\"parameters\":[" PARAMETER(
                              "id") "," PARAMETER("file") "],");
    begin(out, it, "get", "file", "The file itself");
    end(out, it, "\"200\":{\"description\":\"Its bytes\",\"content\":{\"*/*\":{}}}", "403 404");
    if (may_change) {
        buf_char(out, ',');
        begin(out, it, "delete", "detach", "It leaves the list");
        end(out, it, "\"204\":{\"description\":\"Done\"}", "403 404");
    }
    buf_char(out, '}');
}

/* All records as a stream, and files of records as an import (a job does it). */
static void print_bulk(struct buf *out, const struct openapi_register *it)
{
    if (it->export != 0) {
        openapi_register_text(out, it, ",\"" PATH "/export\":{");
        begin(out, it, "get", "export", "All records that filters find, streamed");
        buf_add(out, STR(",\"parameters\":[" PARAMETER("format") "]"));
        end(out, it, "\"200\":{\"description\":\"The file\",\"content\":{\"*/*\":{}}}",
            "403 404 422");
        buf_char(out, '}');
    }
    if (it->import != 0) {
        openapi_register_text(out, it, ",\"" PATH "/imports\":{");
        begin(out, it, "post", "import", "A file of records: CSV, NDJSON, GeoJSON or the GAR");
        buf_add(out, STR(",\"requestBody\":{\"required\":true,\"content\":{"
                         "\"multipart/form-data\":{}}}"));
        end(out, it, ANSWER("201", "It may be checked and started", "import"),
            "403 404 409 413 422");
        buf_char(out, '}');
    }
}

void openapi_register_paths(struct buf *out, const struct openapi_register *it)
{
    openapi_register_text(out, it, ",\"" PATH "\":{");
    begin(out, it, "get", "describe", "The register's JSON Schema as its pack has it");
    end(out, it, ANSWER("200", "A JSON Schema", "register_schema"), "403 404");
    buf_char(out, '}');
    print_collection(out, it);
    print_record(out, it);
    print_below(out, it);
    print_files(out, it);
    print_bulk(out, it);
}
