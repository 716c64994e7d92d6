#include "web/page_publication.h"

#include "link/peer.h"
#include "registry/publication.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/wording.h"

struct form {
    struct str register_id, to, fields, filter;
    struct str error; /* of the filter and the fields; empty: none */
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

static bool add_readers(struct request *request, struct json *row, const struct publication *one,
                        struct err *err)
{
    struct json *readers = view_list(request, row, "readers");

    for (size_t i = 0; i < one->reader_count; i++) {
        struct json *reader = view_push(request, readers);
        int64_t id = one->readers[i].child;
        struct edition_party party;

        if (!peer_party(request->registry.tx, request->web->store, request->arena, id, &party, err))
            return false;
        view_text(request, reader, "who",
                  id == PUBLICATION_ALL ? request_text(request, STR("everybody below"))
                                        : party.title);
        view_text(request, reader, "to", party.name);
        view_maybe(request, reader, "filter", one->readers[i].filter);
        view_text(request, reader, "remove_href",
                  page_href(request, "/admin/publications/%.*s/remove", STR_ARG(one->type->id)));
    }
    return true;
}

static bool add_one(struct request *request, struct json *list, const struct publication *one,
                    struct err *err)
{
    struct json *row = view_push(request, list);

    view_text(request, row, "register_title", request_pack_text(request, one->type->title));
    view_text(request, row, "fields_text", one->fields);
    view_maybe(request, row, "edition",
               one->newest.no > 0 ? view_number(request, one->newest.no) : (struct str){0});
    view_text(request, row, "issued",
              one->newest.no > 0 ? view_moment(request, one->newest.at) : (struct str){0});
    view_text(request, row, "issue_href",
              page_href(request, "/admin/publications/%.*s/issue", STR_ARG(one->type->id)));
    return add_readers(request, row, one, err);
}

static void add_fields(struct request *request, struct json *view, const struct form *form)
{
    const struct model *model = request->catalog->model;
    struct json *fields = view_list(request, view, "fields");
    struct json *field =
        input_add(request, fields, "is_select", "register", request_text(request, STR("Register")));

    for (size_t i = 0; i < model->type_count; i++)
        if (model->types[i]->meaning != REGISTER_TYPE_PERSONS)
            input_option(request, field, model->types[i]->id,
                         request_pack_text(request, model->types[i]->title),
                         str_equal(model->types[i]->id, form->register_id));
    field = input_add(request, fields, "is_text", "to", request_text(request, STR("To whom")));
    input_optional(request, field);
    input_value(request, field, form->to);
    input_hint(request, field,
               request_text(request, STR("The municipality's word in addresses; empty: "
                                         "everybody below")));
    field = input_add(request, fields, "is_text", "fields",
                      request_text(request, STR("Published fields")));
    input_optional(request, field);
    input_value(request, field, form->fields);
    input_hint(request, field,
               request_text(request, STR("Their names, with commas between; empty: all public "
                                         "and internal ones")));
    field = input_add(request, fields, "is_text", "filter",
                      request_text(request, STR("Which records")));
    input_optional(request, field);
    input_value(request, field, form->filter);
    input_hint(request, field,
               request_text(request, STR("For example: oktmo[starts]=04615; kind[in]=a,b")));
    if (form->error.len > 0)
        input_error(request, view, field, form->error);
}

static bool show(struct request *request, int status, const struct form *form, struct err *err)
{
    struct json *view = view_new(request);
    struct json *list = view_list(request, view, "publications");
    struct publication *publications;
    struct tx *tx;
    size_t count;

    if (!request_read(request, &tx, err) ||
        !publication_list(&request->registry, &publications, &count, err))
        return false;
    page_title(request, view, request_text(request, STR("Publications")));
    for (size_t i = 0; i < count; i++)
        if (!add_one(request, list, &publications[i], err))
            return false;
    view_bool(request, view, "has_publications", count > 0);
    view_text(request, view, "action", page_href(request, "/admin/publications"));
    input_errors_begin(request, view);
    add_fields(request, view, form);
    return answer_page(request, status, STR("page/publications"), view, err);
}

bool page_publication(struct request *request, struct err *err)
{
    struct form form = {0};

    return request_admin(request, POLICY_SETTINGS, err) && show(request, 200, &form, err);
}

static bool back(struct request *request, struct str notice)
{
    answer_notice(request, STR("ok"), request_text(request, notice));
    return answer_redirect(request, STR("/admin/publications"));
}

/* Of the form's register, or of the address's. */
static bool find_type(struct request *request, struct str id, struct publication_order *order,
                      struct err *err)
{
    order->wish.type = model_type(request->catalog->model, id);
    return order->wish.type != NULL || err_set(err, ERR_ABSENT, "there is no such register");
}

static bool put_to(struct request *request, struct publication_order *order, int64_t reader,
                   struct err *err)
{
    order->wish.reader.child = reader;
    return publication_do(request->tenant, order, err);
}

bool page_publication_put(struct request *request, struct err *err)
{
    struct publication_order order = start(request);
    struct edition_party reader;
    struct form form;

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_form(request, err))
        return false;
    form = (struct form){
        .register_id = request_field(request, STR("register")),
        .to = str_trim(request_field(request, STR("to"))),
        .fields = str_trim(request_field(request, STR("fields"))),
        .filter = str_trim(request_field(request, STR("filter"))),
    };
    if (!find_type(request, form.register_id, &order, err))
        return false;
    order.what = PUBLICATION_PUT;
    order.wish.fields = form.fields;
    order.wish.reader.filter = form.filter;
    if (peer_reader(request->tenant, request->arena, form.to, &reader, err) &&
        put_to(request, &order, reader.id, err))
        return back(request, STR("The register is published; an edition brings it out."));
    if (err->code != ERR_INPUT && err->code != ERR_ABSENT)
        return false;
    form.error = wording_err(request, err);
    return show(request, 422, &form, err);
}

bool page_publication_issue(struct request *request, struct err *err)
{
    struct publication_order order = start(request);

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_form(request, err) ||
        !find_type(request, request->parts[0], &order, err))
        return false;
    order.what = PUBLICATION_PUBLISH;
    order.note = request_field(request, STR("note"));
    if (!publication_do(request->tenant, &order, err))
        return false;
    request_wake_workers(request);
    return back(request, STR("A new edition is out."));
}

bool page_publication_remove(struct request *request, struct err *err)
{
    struct publication_order order = start(request);
    struct edition_party reader;

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_form(request, err) ||
        !find_type(request, request->parts[0], &order, err) ||
        !peer_reader(request->tenant, request->arena, request_field(request, STR("to")), &reader,
                     err))
        return false;
    order.wish.reader.child = reader.id;
    order.what = PUBLICATION_REMOVE;
    return publication_do(request->tenant, &order, err) &&
           back(request, STR("The publication has ended."));
}
