#include "web/api_bulk.h"

#include "core/id.h"
#include "net/http_parse.h"
#include "registry/source.h"
#include "web/answer.h"
#include "web/page.h"
#include "web/page_import.h"

/* The weight of a media type that is named in Accept; 0 when it is not, or not wanted. */
static int weight_of(struct str accept, struct str type)
{
    int weight = 0;

    while (accept.len > 0) {
        struct str parameters = str_cut(&accept, ',');

        if (http_parse_is(str_trim(str_cut(&parameters, ';')), type))
            weight = MAX(weight, request_weight(parameters));
    }
    return weight;
}

bool api_bulk_is_wanted(const struct request *request)
{
    struct str accept = http_header(request->exchange, STR("accept"));
    int weight = weight_of(accept, STR("application/x-ndjson"));

    return weight > 0 && weight > weight_of(accept, STR("application/json"));
}

bool api_bulk_list(struct request *request, struct err *err)
{
    static const struct str OF_PAGES[] = {STR_INIT("limit"), STR_INIT("cursor"), STR_INIT("count")};

    if (request->is_on_loop)
        return request_offload(request);
    if (!request_is_signed_in(request)) {
        answer_sign_in(request);
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(OF_PAGES); i++)
        if (request_query(request, OF_PAGES[i]).len > 0)
            return err_set(err, ERR_INPUT, "limit, cursor and count are for pages, not for NDJSON");
    return page_export_stream(request, STR("ndjson"), err);
}

struct bulk {
    struct request *request;
    struct import import;
};

static void add_column(struct import_options *options, struct str title)
{
    options->columns[options->column_count++] = (struct import_column){title, title};
}

/*
 * All fields and what stands beside them, so that a member no line at the beginning has is
 * known too; the id first, as in an export: texts that mean nothing elsewhere are texts here.
 */
static void name_columns(struct request *request, const struct register_type *type,
                         unsigned classes, struct import_options *options)
{
    options->columns =
        ARENA_ARRAY(request->arena, struct import_column, type->field_count + SOURCE_COLUMNS_MAX);
    add_column(options, STR("id"));
    if (type->is_temporal) {
        add_column(options, STR("valid_from"));
        add_column(options, STR("valid_to"));
    }
    for (size_t i = 0; i < type->field_count; i++)
        if ((type->fields[i].access & ~classes) == 0)
            add_column(options, type->fields[i].name);
    options->classes = classes;
}

/* Members that are no field are columns too, which import_set refuses by name. */
static bool look(struct bulk *bulk, struct err *err)
{
    CLEANUP(source_close) struct source source = {0};
    struct import_options *options = &bulk->import.options;
    struct request *request = bulk->request;

    if (!source_open(request->arena, request->tenant, &bulk->import, &source, err))
        return false;
    while (options->column_count < source.column_count)
        add_column(options, source.columns[options->column_count]);
    return true;
}

static bool write_bulk(struct tx *tx, void *data, struct err *err)
{
    struct bulk *bulk = data;
    struct import *import = &bulk->import;
    struct registry registry = request_registry(bulk->request, tx);

    return import_put(tx, import, err) && import_set(&registry, import, err) &&
           import_start(&registry, import->id, false, import->actor, &import->job, err);
}

static bool keep(struct bulk *bulk, struct err *err)
{
    struct request *request = bulk->request;
    struct import_upload upload = {
        .fd = request->exchange->body_fd,
        .bytes = request->exchange->body,
        .name = str_printf(request->arena, "%.*s.ndjson", STR_ARG(request->parts[0])),
        .is_ndjson = true,
    };

    return import_keep(request->tenant, request->arena, &upload, &bulk->import, err);
}

bool api_bulk_create(struct request *request, struct err *err)
{
    struct bulk bulk = {.request = request};
    const struct register_type *type;
    unsigned classes;

    if (request->is_on_loop)
        return request_offload(request);
    if (!request_register(request, 0, POLICY_IMPORT, &type, &classes, err))
        return false;
    if (http_header(request->exchange, STR("idempotency-key")).len > 0)
        return err_set(err, ERR_INPUT, "Idempotency-Key is not for many records at once");
    if (!keep(&bulk, err))
        return false;
    name_columns(request, type, classes, &bulk.import.options);
    bulk.import.no = catalog_no(request->catalog, type);
    bulk.import.actor = request->actor.account;
    bulk.import.created_at = request->now;
    if (!look(&bulk, err) || !request_write_wait(request, write_bulk, &bulk, err))
        return false;
    request_wake_workers(request);
    http_add(
        request->exchange, STR("Location"),
        page_href(request, "/api/v1/jobs/%.*s", STR_ARG(id_text(request->arena, bulk.import.job))));
    buf_add(&request->exchange->out, STR("{\"job\":\""));
    id_print(&request->exchange->out, bulk.import.job);
    buf_printf(&request->exchange->out, "\",\"import\":%lld}", (long long)bulk.import.id);
    return answer_json(request, 202);
}
