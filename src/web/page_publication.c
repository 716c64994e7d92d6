#include "web/page_publication.h"

#include "link/peer.h"
#include "registry/publication.h"
#include "web/answer.h"
#include "web/below.h"
#include "web/wording.h"

struct form {
    const struct register_type *type;
    struct str to, filter;
    const bool *shows; /* by field */
    struct str error;  /* of what was sent; empty: none */
};

static const char NO_FIELD[] = "Tick at least one field.";

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
        view_text(request, reader, "change_href",
                  page_href(request, "/admin/publications/%.*s?to=%.*s", STR_ARG(one->type->id),
                            STR_ARG(party.name)));
        view_text(request, reader, "remove_href",
                  page_href(request, "/admin/publications/%.*s/remove", STR_ARG(one->type->id)));
    }
    return true;
}

/* By their titles. */
static struct str name_fields(struct request *request, const struct publication *one)
{
    struct buf text = {.arena = request->arena};

    for (size_t i = 0; i < one->type->field_count; i++) {
        if (!one->shows[i])
            continue;
        if (text.len > 0)
            buf_add(&text, STR(", "));
        buf_add(&text, request_pack_text(request, one->type->fields[i].title));
    }
    return buf_str(&text);
}

static bool add_one(struct request *request, struct json *list, const struct publication *one,
                    struct err *err)
{
    struct json *row = view_push(request, list);

    view_text(request, row, "register_title", request_pack_text(request, one->type->title));
    view_text(request, row, "fields_text", name_fields(request, one));
    view_maybe(request, row, "edition",
               one->newest.no > 0 ? view_number(request, one->newest.no) : (struct str){0});
    view_text(request, row, "issued",
              one->newest.no > 0 ? view_moment(request, one->newest.at) : (struct str){0});
    view_text(request, row, "issue_href",
              page_href(request, "/admin/publications/%.*s/issue", STR_ARG(one->type->id)));
    return add_readers(request, row, one, err);
}

/* Registers that are not published yet and may be. */
static void add_rest(struct request *request, struct json *view,
                     const struct publication *publications, size_t count)
{
    const struct model *model = request->catalog->model;
    struct json *rest = view_list(request, view, "rest");

    for (size_t i = 0; i < model->type_count; i++) {
        const struct register_type *type = model->types[i];
        bool is_published = type->meaning == REGISTER_TYPE_PERSONS;
        struct json *row;

        for (size_t j = 0; j < count; j++)
            is_published |= publications[j].type == type;
        if (is_published)
            continue;
        row = view_push(request, rest);
        view_text(request, row, "register_title", request_pack_text(request, type->title));
        view_text(request, row, "href",
                  page_href(request, "/admin/publications/%.*s", STR_ARG(type->id)));
    }
    view_bool(request, view, "has_rest", rest->first != NULL);
}

bool page_publication(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct json *list = view_list(request, view, "publications");
    struct publication *publications;
    struct tx *tx;
    size_t count;

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_read(request, &tx, err) ||
        !publication_list(&request->registry, &publications, &count, err))
        return false;
    page_title(request, view, request_text(request, STR("Publications")));
    for (size_t i = 0; i < count; i++)
        if (!add_one(request, list, &publications[i], err))
            return false;
    view_bool(request, view, "has_publications", count > 0);
    add_rest(request, view, publications, count);
    return answer_page(request, 200, STR("page/publications"), view, err);
}

static void add_shown(struct request *request, struct json *fields, const struct form *form)
{
    struct json *field = input_add(request, fields, "is_checks", "fields",
                                   request_text(request, STR("Published fields")));

    input_hint(request, field,
               request_text(request, STR("They are the same for all readers. What stands in the "
                                         "title of a record is always published, personal data "
                                         "never.")));
    for (size_t i = 0; i < form->type->field_count; i++)
        if (publication_may(&form->type->fields[i]) && !form->type->fields[i].is_in_title)
            input_option(request, field, form->type->fields[i].name,
                         request_pack_text(request, form->type->fields[i].title), form->shows[i]);
}

static bool show(struct request *request, int status, const struct form *form, struct err *err)
{
    struct json *view = view_new(request);
    struct json *fields = view_list(request, view, "fields");
    struct json *field;

    page_title(request, view, request_pack_text(request, form->type->title));
    page_crumb(request, view, request_text(request, STR("Publications")),
               STR("/admin/publications"));
    view_text(request, view, "register", form->type->id);
    view_text(request, view, "register_title", request_pack_text(request, form->type->title));
    view_text(request, view, "action", page_href(request, "/admin/publications"));
    view_text(request, view, "cancel_href", page_href(request, "/admin/publications"));
    input_errors_begin(request, view);
    if (!below_input(request, fields, form->to, true, &field, err))
        return false;
    add_shown(request, fields, form);
    field = input_add(request, fields, "is_text", "filter",
                      request_text(request, STR("Which records")));
    input_optional(request, field);
    input_value(request, field, form->filter);
    input_hint(request, field,
               request_text(request, STR("Empty: all. For example: oktmo[starts]=04615; "
                                         "kind[in]=a,b")));
    if (form->error.len > 0)
        input_error(request, view, field, form->error);
    return answer_page(request, status, STR("page/publication-form"), view, err);
}

static const bool *all_that_may(struct request *request, const struct register_type *type)
{
    bool *shows = ARENA_ARRAY(request->arena, bool, type->field_count);

    for (size_t i = 0; i < type->field_count; i++)
        shows[i] = publication_may(&type->fields[i]);
    return shows;
}

bool page_publication_form(struct request *request, struct err *err)
{
    struct form form = {.to = request_query(request, STR("to"))};
    struct publication publication;
    struct edition_party reader;
    struct tx *tx;

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_read(request, &tx, err))
        return false;
    form.type = model_type(request->catalog->model, request->parts[0]);
    if (form.type == NULL || form.type->meaning == REGISTER_TYPE_PERSONS)
        return err_set(err, ERR_ABSENT, "there is no such register");
    form.shows = all_that_may(request, form.type);
    if (publication_get(&request->registry, form.type, &publication, err)) {
        form.shows = publication.shows;
        if (!peer_reader(request->tenant, request->arena, form.to, &reader, err))
            return false;
        for (size_t i = 0; i < publication.reader_count; i++)
            if (publication.readers[i].child == reader.id)
                form.filter = publication.readers[i].filter;
    } else if (err->code != ERR_ABSENT) {
        return false;
    }
    return show(request, 200, &form, err);
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

/* The names that are ticked, with commas between; those of the title always are. */
static const bool *read_shown(struct request *request, const struct register_type *type,
                              struct str *names)
{
    bool *shows = ARENA_ARRAY(request->arena, bool, type->field_count);
    struct buf list = {.arena = request->arena};

    for (size_t i = 0; i < type->field_count; i++)
        for (size_t j = 0; j < request->form.count; j++)
            shows[i] |= str_equal(request->form.pairs[j].name, STR("fields")) &&
                        str_equal(request->form.pairs[j].value, type->fields[i].name);
    for (size_t i = 0; i < type->field_count; i++) {
        shows[i] |= type->fields[i].is_in_title;
        if (!shows[i])
            continue;
        if (list.len > 0)
            buf_char(&list, ',');
        buf_add(&list, type->fields[i].name);
    }
    *names = buf_str(&list);
    return shows;
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
    if (!find_type(request, request_field(request, STR("register")), &order, err))
        return false;
    form = (struct form){
        .type = order.wish.type,
        .to = str_trim(request_field(request, STR("to"))),
        .filter = str_trim(request_field(request, STR("filter"))),
        .shows = read_shown(request, order.wish.type, &order.wish.fields),
    };
    order.what = PUBLICATION_PUT;
    order.wish.reader.filter = form.filter;
    if (order.wish.fields.len == 0)
        err_set(err, ERR_INPUT, "%s", NO_FIELD);
    else if (peer_reader(request->tenant, request->arena, form.to, &reader, err) &&
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
