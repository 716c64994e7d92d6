#include "core/csv.h"
#include "core/num.h"
#include "web/answer.h"
#include "web/import_view.h"
#include "web/page_import.h"
#include "web/people.h"
#include "web/table.h"

enum {
    IMPORTS_PAGE = 50,
    IMPORTS_BATCH = 200,
};

struct list {
    struct request *request;
    struct tx *tx;
    struct people people;
    struct json *view;
    int64_t before;
    int64_t shown;
    bool has_more;
};

static void add_import(struct list *list, const struct import *import,
                       const struct register_type *type)
{
    struct request *request = list->request;
    struct json *row = table_row(request, list->view, import->name,
                                 page_href(request, "/imports/%lld", (long long)import->id));

    table_cell(request, list->view, row, request_pack_text(request, type->title));
    table_cell(request, list->view, row, view_number(request, import->counts.rows));
    table_cell(request, list->view, row, view_number(request, import->counts.wrong));
    table_cell(request, list->view, row, people_find(&list->people, import->actor));
    table_cell(request, list->view, row, view_moment(request, import->created_at));
    table_tag(request, list->view, row, import_view_tag(import->status),
              import_view_status(request, import->status));
    list->shown++;
}

/* Only those into registers this person may import into. */
static bool add_imports(struct list *list, struct err *err)
{
    struct request *request = list->request;
    struct import *imports;
    size_t count;

    do {
        if (!import_list(&request->registry, list->before, IMPORTS_BATCH, &imports, &count, err))
            return false;
        for (size_t i = 0; i < count; i++) {
            const struct register_type *type = catalog_type(request->catalog, imports[i].no);
            unsigned classes;

            if (type == NULL ||
                !policy_may(&request->actor.rights, type->index, POLICY_IMPORT, &classes)) {
                list->before = imports[i].id;
                continue;
            }
            if (list->shown == IMPORTS_PAGE) {
                list->has_more = true;
                return true;
            }
            list->before = imports[i].id;
            add_import(list, &imports[i], type);
        }
    } while (count == IMPORTS_BATCH);
    return true;
}

bool page_imports(struct request *request, struct err *err)
{
    struct list list = {.request = request, .view = view_new(request)};
    struct str before = request_query(request, STR("before"));

    if (!page_may_import(request))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    if (before.len > 0 && !num_parse_int(before, &list.before))
        return err_set(err, ERR_INPUT, "the address has a broken query");
    if (!request_read(request, &list.tx, err))
        return false;
    list.people = (struct people){.request = request, .tx = list.tx};
    page_title(request, list.view, request_text(request, STR("Imports")));
    view_text(request, list.view, "registers_href", page_href(request, "/registers/"));
    table_begin(request, list.view, request_text(request, STR("Imports")));
    table_column(request, list.view, "File", false);
    table_column(request, list.view, "Register", false);
    table_column(request, list.view, "Rows", true);
    table_column(request, list.view, "Mistakes", true);
    table_column(request, list.view, "Who", false);
    table_column(request, list.view, "When", false);
    table_column(request, list.view, "State", false);
    if (!add_imports(&list, err))
        return false;
    table_pages(
        request, list.view,
        &(struct table_pages){
            .shown = list.shown,
            .total_text = view_count(request, list.shown, list.has_more),
            .first_href = before.len > 0 ? page_href(request, "/imports/") : (struct str){0},
            .next_href = list.has_more
                             ? page_href(request, "/imports/?before=%lld", (long long)list.before)
                             : (struct str){0},
            .page_size = IMPORTS_PAGE,
        });
    return answer_page(request, 200, STR("page/imports"), list.view, err);
}

static void add_line(struct import_view *view, struct buf *out, const struct import_error *error)
{
    struct request *request = view->request;
    const struct register_field *field = register_type_field(view->type, error->field);
    const struct str cells[] = {
        str_printf(request->arena, "%lld", (long long)error->line),
        field != NULL ? request_pack_text(request, field->title) : error->field,
        error->value,
        import_view_problem(view, error),
    };

    csv_write(out, cells, ARRAY_LEN(cells), ';');
}

bool page_imports_problems(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    const struct str header[] = {
        request_text(request, STR("Row")),
        request_text(request, STR("Field")),
        request_text(request, STR("Value")),
        request_text(request, STR("What to do")),
    };
    struct import_view view;
    struct import_error *errors;
    size_t count;

    if (!import_view_find(request, &view, err) ||
        !import_errors(&request->registry, view.import.id, IMPORT_ERRORS_MAX, &errors, &count, err))
        return false;
    buf_add(out, STR("\xef\xbb\xbf"));
    csv_write(out, header, ARRAY_LEN(header), ';');
    for (size_t i = 0; i < count; i++)
        add_line(&view, out, &errors[i]);
    http_add(request->exchange, STR("Content-Disposition"),
             str_printf(request->arena, "attachment; filename=\"import-%lld.csv\"",
                        (long long)view.import.id));
    return answer_text(request, 200, STR("text/csv; charset=utf-8"));
}
