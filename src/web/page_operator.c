#include "web/page_operator.h"

#include "backup/status.h"
#include "core/num.h"
#include "core/vec.h"
#include "registry/gauge.h"
#include "registry/tenancy.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/table.h"
#include "web/wording.h"

#include <stdlib.h>
#include <string.h>

enum {
    LIST_PAGE = 50,
};

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

/* One of the list, with what its order needs. */
struct place {
    const struct store_tenant *tenant;
    const struct gauge *gauge; /* NULL: it was never measured */
    int near;
};

static void add_tenant(struct request *request, struct json *view, const struct place *place)
{
    const struct store_tenant *one = place->tenant;
    struct store_size size = store_measure_tenant(request->web->store, one->name);
    struct json *row = table_row(request, view, one->title,
                                 page_href(request, "/tenants/%.*s", STR_ARG(one->name)));

    table_cell(request, view, row, one->name);
    table_tag(request, view, row, one->is_suspended ? "bad" : "ok",
              request_text(request, one->is_suspended ? STR("suspended") : STR("works")));
    table_cell(request, view, row,
               place->gauge != NULL ? view_number(request, place->gauge->rows) : (struct str){0});
    table_cell(request, view, row, wording_size(request, size.bytes));
    page_operator_add_nearest(request, view, row, one, place->gauge);
    table_cell(request, view, row,
               size.changed_at > 0 ? view_moment(request, size.changed_at) : (struct str){0});
    add_backup(request, view, row, one->name);
}

static int64_t rows_of(const struct place *place)
{
    return place->gauge != NULL ? place->gauge->rows : -1;
}

static int64_t disk_of(const struct place *place)
{
    return place->gauge != NULL ? place->gauge->disk : -1;
}

static int64_t near_of(const struct place *place)
{
    return place->near;
}

/* The ways to look at the list: the most first, those alike by name. */
static const struct order {
    struct str word;
    const char *column;
    int64_t (*key)(const struct place *place);
} ORDERS[] = {
    {STR_INIT("rows"), "Records", rows_of},
    {STR_INIT("size"), "Size on disk", disk_of},
    {STR_INIT("near"), "Nearest limit", near_of},
};

static const struct order *find_order(const struct request *request)
{
    struct str word = request_query(request, STR("sort"));

    for (size_t i = 0; i < ARRAY_LEN(ORDERS); i++)
        if (str_equal(word, ORDERS[i].word))
            return &ORDERS[i];
    return NULL;
}

static int compare(const void *a, const void *b, void *data)
{
    const struct order *order = data;
    const struct place *one = a, *other = b;
    int64_t first = order->key(one), second = order->key(other);

    return first != second ? (first < second) - (first > second)
                           : str_compare(one->tenant->name, other->tenant->name);
}

static bool read_places(struct request *request, struct place **places, size_t *count,
                        struct err *err)
{
    const struct order *order = find_order(request);
    struct store *store = request->web->store;
    struct store_tenant *tenants;
    struct gauge *gauges;
    size_t gauge_count;

    if (!store_list_tenants(store, request->arena, &tenants, count, err) ||
        !gauge_list(store, request->arena, &gauges, &gauge_count, err))
        return false;
    *places = ARENA_ARRAY(request->arena, struct place, *count);
    for (size_t i = 0; i < *count; i++) {
        struct place *place = &(*places)[i];
        enum limit_kind kind;

        *place = (struct place){&tenants[i], gauge_find(gauges, gauge_count, tenants[i].id), -1};
        if (place->gauge != NULL)
            place->near = page_operator_nearest(request, &tenants[i].limits, place->gauge, &kind);
    }
    if (order != NULL && *count > 1)
        qsort_r(*places, *count, sizeof **places, compare, (void *)order);
    return true;
}

/* The column may be what the list is ordered by. */
static void add_column(struct request *request, struct json *view, const char *title,
                       bool is_number)
{
    const struct order *now = find_order(request);
    struct json *column;

    table_column(request, view, title, is_number);
    column = json_find(view, STR("columns"))->last;
    for (size_t i = 0; i < ARRAY_LEN(ORDERS); i++) {
        if (strcmp(ORDERS[i].column, title) != 0)
            continue;
        view_text(request, column, "sort_href",
                  page_href(request, "/?sort=%.*s", STR_ARG(ORDERS[i].word)));
        view_bool(request, column, "is_down", now == &ORDERS[i]);
    }
}

static void add_pages(struct request *request, struct json *view, size_t from, size_t count)
{
    struct str sort = request_query(request, STR("sort"));
    size_t next = from + LIST_PAGE;
    const char *and = find_order(request) != NULL ? "&sort=" : "";

    if (find_order(request) == NULL)
        sort = (struct str){0};
    view_bool(request, view, "has_pages", count > LIST_PAGE);
    table_pages(
        request, view,
        &(struct table_pages){
            .shown = (int64_t)(MIN(next, count) - MIN(from, count)),
            .total_text = view_number(request, (int64_t)count),
            .first_href = from > 0 ? page_href(request, "/?from=0%s%.*s", and, STR_ARG(sort))
                                   : (struct str){0},
            .next_href = next < count
                             ? page_href(request, "/?from=%zu%s%.*s", next, and, STR_ARG(sort))
                             : (struct str){0},
            .page_size = LIST_PAGE,
        });
}

bool page_operator(struct request *request, struct err *err)
{
    struct str query = request_query(request, STR("from"));
    struct json *view = view_new(request);
    struct place *places;
    int64_t from = 0;
    size_t count;

    if (query.len > 0 && (!num_parse_int(query, &from) || from < 0))
        return err_set(err, ERR_INPUT, "the address has a broken query");
    if (!read_places(request, &places, &count, err))
        return false;
    page_title(request, view, request_text(request, STR("Municipalities")));
    view_text(request, view, "new_href", page_href(request, "/tenants/new"));
    table_begin(request, view, request_text(request, STR("Municipalities")));
    table_column(request, view, "Municipality", false);
    if (find_order(request) != NULL)
        view_text(request, json_find(view, STR("columns"))->last, "sort_href",
                  page_href(request, "/"));
    table_column(request, view, "Its word in addresses", false);
    table_column(request, view, "State", false);
    add_column(request, view, "Records", true);
    add_column(request, view, "Size on disk", true);
    add_column(request, view, "Nearest limit", false);
    table_column(request, view, "Last change", false);
    table_column(request, view, "Last backup", false);
    for (size_t i = (size_t)from; i < count && i < (size_t)from + LIST_PAGE; i++)
        add_tenant(request, view, &places[i]);
    add_pages(request, view, (size_t)from, count);
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

    struct tenancy_wish wish = {
        .name = form.name, .title = form.title, .packs = {form.packs, form.pack_count}};
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
