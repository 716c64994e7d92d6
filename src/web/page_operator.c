#include "web/page_operator.h"

#include "backup/status.h"
#include "core/vec.h"
#include "registry/tenancy.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/table.h"
#include "web/wording.h"

/* When it was backed up last; in red when the last try failed. */
static void add_backup(struct request *request, struct json *view, struct json *row,
                       struct str tenant)
{
    struct status status;

    status_read(request->web->store, request->arena, tenant, &status);
    if (status.fault_at > 0)
        table_tag(request, view, row, "bad", request_text(request, STR("backup failed")));
    else
        table_cell(request, view, row,
                   status.at > 0 ? view_moment(request, status.at) : (struct str){0});
}

static void add_tenant(struct request *request, struct json *view, const struct store_tenant *one)
{
    struct store_size size = store_measure_tenant(request->web->store, one->name);
    struct json *row = table_row(request, view, one->title,
                                 page_href(request, "/tenants/%.*s", STR_ARG(one->name)));

    table_cell(request, view, row, one->name);
    table_tag(request, view, row, one->is_suspended ? "bad" : "ok",
              request_text(request, one->is_suspended ? STR("suspended") : STR("works")));
    table_cell(request, view, row, wording_size(request, size.bytes));
    table_cell(request, view, row,
               size.changed_at > 0 ? view_moment(request, size.changed_at) : (struct str){0});
    add_backup(request, view, row, one->name);
}

bool page_operator(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct store_tenant *tenants;
    size_t count;

    if (!store_list_tenants(request->web->store, request->arena, &tenants, &count, err))
        return false;
    page_title(request, view, request_text(request, STR("Municipalities")));
    view_text(request, view, "new_href", page_href(request, "/tenants/new"));
    table_begin(request, view, request_text(request, STR("Municipalities")));
    table_column(request, view, "Municipality", false);
    table_column(request, view, "Its word in addresses", false);
    table_column(request, view, "State", false);
    table_column(request, view, "Size on disk", true);
    table_column(request, view, "Last change", false);
    table_column(request, view, "Last backup", false);
    for (size_t i = 0; i < count; i++)
        add_tenant(request, view, &tenants[i]);
    return answer_page(request, 200, STR("page/operator"), view, err);
}

struct form {
    struct str name;
    struct str title;
    const struct str *packs;
    size_t pack_count;
    struct str name_error;
    struct str title_error;
    struct str packs_error;
    int status;
};

static bool has_pack(const struct form *form, struct str id)
{
    for (size_t i = 0; i < form->pack_count; i++)
        if (str_equal(form->packs[i], id))
            return true;
    return false;
}

static bool add_packs(struct request *request, struct json *view, struct json *fields,
                      const struct form *form, struct err *err)
{
    struct json *field = input_add(request, fields, "is_checks", "packs",
                                   request_text(request, STR("Solution packs")));
    struct pack_set set;

    if (!model_library_packs(request->web->library, request->arena, &set, err))
        return false;
    for (size_t i = 0; i < set.count; i++) {
        const struct pack *pack = set.packs[i];

        input_option(request, field, pack->id, wording_pack(request, pack, pack->title),
                     has_pack(form, pack->id));
        view_text(
            request, json_find(field, STR("options"))->last, "note",
            str_printf(request->arena, "%.*s %.*s", STR_ARG(pack->id), STR_ARG(pack->version)));
    }
    if (form->packs_error.len > 0)
        input_error(request, view, field, form->packs_error);
    return true;
}

static bool show(struct request *request, const struct form *form, struct err *err)
{
    struct json *view = view_new(request);
    struct json *fields = view_list(request, view, "fields");
    struct json *title;
    struct json *name;

    page_title(request, view, request_text(request, STR("New municipality")));
    page_crumb(request, view, request_text(request, STR("Municipalities")), STR("/"));
    input_errors_begin(request, view);
    title = input_add(request, fields, "is_text", "title",
                      request_text(request, STR("Name of the municipality")));
    name = input_add(request, fields, "is_text", "name",
                     request_text(request, STR("Its word in addresses")));
    input_value(request, title, form->title);
    input_value(request, name, form->name);
    view_text(request, title, "maxlength", STR("200"));
    view_text(request, name, "maxlength", STR("63"));
    view_text(request, name, "width", STR("w-short"));
    input_hint(request, name,
               request_text(request, STR("Small Latin letters, digits and hyphens. It cannot be "
                                         "changed later.")));
    if (form->title_error.len > 0)
        input_error(request, view, title, form->title_error);
    if (form->name_error.len > 0)
        input_error(request, view, name, form->name_error);
    view_text(request, view, "action", page_href(request, "/tenants/new"));
    view_text(request, view, "cancel_href", page_href(request, "/"));
    return add_packs(request, view, fields, form, err) &&
           answer_page(request, form->status, STR("page/operator-new"), view, err);
}

bool page_operator_new(struct request *request, struct err *err)
{
    static const struct str USUAL[] = {STR_INIT("base"), STR_INIT("housing")};

    return show(request, &(struct form){.packs = USUAL, .pack_count = 2, .status = 200}, err);
}

static void read_form(struct request *request, struct form *form)
{
    VEC(struct str) packs = {0};

    form->name = str_trim(request_field(request, STR("name")));
    form->title = str_trim(request_field(request, STR("title")));
    for (size_t i = 0; i < request->form.count; i++)
        if (str_equal(request->form.pairs[i].name, STR("packs")) && packs.count < POLICY_ROLES_MAX)
            VEC_PUSH(request->arena, &packs, request->form.pairs[i].value);
    form->packs = packs.items;
    form->pack_count = packs.count;
    if (form->name.len == 0)
        form->name_error = request_text(request, STR("Fill this in."));
    if (form->title.len == 0)
        form->title_error = request_text(request, STR("Fill this in."));
    if (form->title.len > 400)
        form->title_error = request_text(request, STR("This is too long."));
    if (form->pack_count == 0)
        form->packs_error = request_text(request, STR("Choose one at least."));
}

/* Which of the fields it was about. */
static void take_error(struct request *request, struct form *form, const struct err *why)
{
    struct store_tenant found;
    struct err absent = {0};

    if (why->code == ERR_CONFLICT)
        form->name_error =
            request_text(request, STR("Another municipality has this word. Choose another one."));
    else if (str_find(str_from_z(why->text), STR("pack")) < strlen(why->text) &&
             !store_get_tenant(request->web->store, request->arena, form->name, &found, &absent))
        form->packs_error = request_text(
            request, STR("These do not go together: one needs another that is not chosen."));
    else
        form->name_error = request_text(
            request, STR("Small Latin letters, digits and hyphens, beginning with a letter."));
}

bool page_operator_new_post(struct request *request, struct err *err)
{
    struct form form = {.status = 422};
    struct tenancy by = {request->web->store, request->web->library, request->actor.account,
                         request->now};

    if (!request_form(request, err))
        return false;
    read_form(request, &form);
    if (form.name_error.len + form.title_error.len + form.packs_error.len > 0)
        return show(request, &form, err);

    struct tenancy_wish wish = {form.name, form.title, 0, {form.packs, form.pack_count}};
    if (!tenancy_found(&by, &wish, err)) {
        struct err why = *err;

        if (why.code != ERR_INPUT && why.code != ERR_CONFLICT)
            return false;
        take_error(request, &form, &why);
        return show(request, &form, err);
    }
    answer_notice(request, STR("ok"), request_text(request, STR("The municipality is there.")));
    return answer_redirect(request,
                           str_printf(request->arena, "/tenants/%.*s", STR_ARG(form.name)));
}
