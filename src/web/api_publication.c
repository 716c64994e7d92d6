#include "web/api_publication.h"

#include "core/time.h"
#include "registry/publication.h"
#include "web/answer.h"

enum {
    BODY_MAX = 64 * 1024,
    EDITIONS_SHOWN = 100,
};

static struct publication_order start(const struct request *request)
{
    return (struct publication_order){
        .library = request->web->library,
        .arena = request->arena,
        .now = request->now,
        .wish = {.actor = request->actor.account},
    };
}

static bool find_type(struct request *request, struct publication_order *order, struct err *err)
{
    order->wish.type = model_type(request->catalog->model, request->parts[0]);
    return order->wish.type != NULL || err_set(err, ERR_ABSENT, "there is no such register");
}

static void print_edition(struct buf *out, const struct publication_edition *edition)
{
    buf_add(out, STR("{\"no\":"));
    buf_int(out, edition->no);
    buf_add(out, STR(",\"issued_at\":\""));
    time_print_moment(out, edition->at);
    buf_add(out, STR("\",\"journal\":"));
    buf_int(out, edition->seq);
    buf_add(out, STR(",\"records\":"));
    buf_int(out, edition->total);
    buf_add(out, STR(",\"note\":"));
    json_write_text(out, edition->note);
    buf_char(out, '}');
}

/* "" for everybody; a municipality that left has no name. */
static struct str reader_name(struct request *request, int64_t child)
{
    struct store_tenant info;
    struct err absent;

    return child != PUBLICATION_ALL && store_get_tenant_by_id(request->web->store, request->arena,
                                                              child, &info, &absent)
               ? info.name
               : (struct str){0};
}

static void print_publication(struct buf *out, struct request *request,
                              const struct publication *one)
{
    struct str fields = one->fields;

    buf_add(out, STR("{\"register\":"));
    json_write_text(out, one->type->id);
    buf_add(out, STR(",\"fields\":["));
    for (bool is_first = true; fields.len > 0; is_first = false) {
        if (!is_first)
            buf_char(out, ',');
        json_write_text(out, str_cut(&fields, ','));
    }
    buf_add(out, STR("],\"readers\":["));
    for (size_t i = 0; i < one->reader_count; i++) {
        buf_add(out, i > 0 ? STR(",{\"to\":") : STR("{\"to\":"));
        json_write_text(out, reader_name(request, one->readers[i].child));
        buf_add(out, STR(",\"filter\":"));
        json_write_text(out, one->readers[i].filter);
        buf_char(out, '}');
    }
    buf_add(out, STR("],\"edition\":"));
    if (one->newest.no > 0)
        print_edition(out, &one->newest);
    else
        buf_add(out, STR("null"));
    buf_char(out, '}');
}

bool api_publication_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct publication *publications;
    struct tx *tx;
    size_t count;

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_read(request, &tx, err) ||
        !publication_list(&request->registry, &publications, &count, err))
        return false;
    buf_add(out, STR("{\"publications\":["));
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(out, ',');
        print_publication(out, request, &publications[i]);
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

/* ["name", "type"] as "name,type"; absent: all that may be published. */
static bool read_fields(struct request *request, const struct json *list, struct str *fields,
                        struct err *err)
{
    struct buf buf = {.arena = request->arena};

    if (list != NULL && list->kind != JSON_ARRAY)
        return err_set(err, ERR_INPUT, "fields: a list of names");
    for (const struct json *one = list == NULL ? NULL : list->first; one != NULL; one = one->next) {
        if (one->kind != JSON_STRING)
            return err_set(err, ERR_INPUT, "fields: a list of names");
        if (buf.len > 0)
            buf_char(&buf, ',');
        buf_add(&buf, one->text);
    }
    *fields = buf_str(&buf);
    return true;
}

bool api_publication_put(struct request *request, struct err *err)
{
    struct publication_order order = start(request);
    struct json *input;

    if (!request_admin(request, POLICY_SETTINGS, err) || !find_type(request, &order, err) ||
        !request_json(request, BODY_MAX, &input, err))
        return false;
    if (input->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "a publication is a JSON object");
    order.what = PUBLICATION_PUT;
    order.wish.reader.filter = json_find_text(input, STR("filter"));
    return read_fields(request, json_find(input, STR("fields")), &order.wish.fields, err) &&
           publication_child(request->tenant, request->arena, json_find_text(input, STR("to")),
                             &order.wish.reader.child, err) &&
           publication_do(request->tenant, &order, err) && answer_empty(request, 204);
}

bool api_publication_delete(struct request *request, struct err *err)
{
    struct publication_order order = start(request);

    order.what = PUBLICATION_REMOVE;
    return request_admin(request, POLICY_SETTINGS, err) && find_type(request, &order, err) &&
           publication_child(request->tenant, request->arena, request_query(request, STR("to")),
                             &order.wish.reader.child, err) &&
           publication_do(request->tenant, &order, err) && answer_empty(request, 204);
}

bool api_publication_editions(struct request *request, struct err *err)
{
    struct publication_order order = start(request);
    struct buf *out = &request->exchange->out;
    struct publication_edition *editions;
    struct publication publication;
    struct tx *tx;
    size_t count;

    if (!request_admin(request, POLICY_SETTINGS, err) || !find_type(request, &order, err) ||
        !request_read(request, &tx, err) ||
        !publication_get(&request->registry, order.wish.type, &publication, err) ||
        !publication_editions(&request->registry, order.wish.type, EDITIONS_SHOWN, &editions,
                              &count, err))
        return false;
    buf_add(out, STR("{\"editions\":["));
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(out, ',');
        print_edition(out, &editions[i]);
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

bool api_publication_issue(struct request *request, struct err *err)
{
    struct publication_order order = start(request);
    struct json *input;

    if (!request_admin(request, POLICY_SETTINGS, err) || !find_type(request, &order, err) ||
        !request_json(request, BODY_MAX, &input, err))
        return false;
    order.what = PUBLICATION_PUBLISH;
    order.note = json_find_text(input, STR("note"));
    if (!publication_do(request->tenant, &order, err))
        return false;
    request_wake_workers(request);
    print_edition(&request->exchange->out, &order.edition);
    return answer_json(request, 201);
}
