#include "web/import_view.h"

#include "core/num.h"
#include "web/answer.h"
#include "web/wording.h"

enum {
    PROBLEMS_SHOWN = 50,
};

static const struct {
    const char *kind;
    const char *text;
} STATUSES[] = {
    [IMPORT_NEW] = {"", "file uploaded"}, [IMPORT_CHECKING] = {"info", "being checked"},
    [IMPORT_CHECKED] = {"", "checked"},   [IMPORT_RUNNING] = {"info", "running"},
    [IMPORT_DONE] = {"ok", "done"},       [IMPORT_STOPPED] = {"warn", "stopped"},
    [IMPORT_FAILED] = {"bad", "failed"},  [IMPORT_UNDOING] = {"info", "being undone"},
    [IMPORT_UNDONE] = {"", "undone"},
};

const char *import_view_tag(enum import_status status)
{
    return STATUSES[status].kind;
}

struct str import_view_status(struct request *request, enum import_status status)
{
    return request_text(request, str_from_z(STATUSES[status].text));
}

bool import_view_find(struct request *request, struct import_view *view, struct err *err)
{
    int64_t id;

    *view = (struct import_view){.request = request};
    if (!num_parse_int(request->parts[0], &id))
        return err_set(err, ERR_ABSENT, "there is no such import");
    if (!request_read(request, &view->tx, err) ||
        !import_get(&request->registry, id, &view->import, err))
        return false;
    view->type = catalog_type(request->catalog, view->import.no);
    return (view->type != NULL &&
            policy_may(&request->actor.rights, view->type->index, POLICY_IMPORT, &view->classes)) ||
           err_set(err, ERR_ABSENT, "there is no such import");
}

struct str import_view_path(const struct import_view *view, const char *below)
{
    return str_printf(view->request->arena, "/imports/%lld%s", (long long)view->import.id, below);
}

struct str import_view_href(const struct import_view *view, const char *below)
{
    return page_href(view->request, "/imports/%lld%s", (long long)view->import.id, below);
}

void import_view_begin(struct import_view *view, struct json *page, struct str title)
{
    struct request *request = view->request;

    page_title(request, page, title);
    page_crumb(request, page, request_pack_text(request, view->type->title),
               str_printf(request->arena, "/registers/%.*s", STR_ARG(view->type->id)));
}

void import_view_steps(struct request *request, struct json *page, enum import_view_step current,
                       struct str columns_href)
{
    static const char *const TITLES[] = {"File", "Columns", "Check", "Import"};
    struct json *steps = view_list(request, page, "steps");

    for (int i = 0; i < (int)ARRAY_LEN(TITLES); i++) {
        struct json *step = view_push(request, steps);
        bool is_done = i < (int)current;

        view_text(request, step, "title", request_text(request, str_from_z(TITLES[i])));
        view_maybe(request, step, "href",
                   is_done && i == IMPORT_VIEW_COLUMNS ? columns_href : (struct str){0});
        view_text(request, step, "state", is_done ? STR("done") : STR(""));
        view_bool(request, step, "is_done", is_done);
        view_bool(request, step, "is_current", i == (int)current);
    }
}

void import_view_count(struct request *request, struct json *page, struct str label, int64_t value,
                       bool is_bad)
{
    struct json *count = view_push(request, json_find(page, STR("counts")));

    view_text(request, count, "label", label);
    view_text(request, count, "value", view_number(request, value));
    view_bool(request, count, "is_bad", is_bad);
}

/* What a check or an import finds is said as in forms; what only files have, here. */
struct str import_view_problem(struct import_view *view, const struct import_error *error)
{
    struct request *request = view->request;
    struct flaw flaw = {{0}, str_to_z(request->arena, error->id), error->detail, NULL};

    if (str_equal(error->id, STR("row")) || str_equal(error->id, STR("conflict")))
        return request_text(request, error->detail);
    return answer_flaw_text(request, &flaw);
}

static void add_problem(struct import_view *view, struct json *problems,
                        const struct import_error *error)
{
    struct request *request = view->request;
    const struct register_field *field = register_type_field(view->type, error->field);
    struct json *row = view_push(request, problems);

    view_text(request, row, "row_text", view_number(request, error->line));
    view_text(request, row, "label",
              field != NULL ? request_pack_text(request, field->title) : error->field);
    view_text(request, row, "value", error->value);
    view_text(request, row, "text", import_view_problem(view, error));
}

bool import_view_problems(struct import_view *view, struct json *page, struct err *err)
{
    struct request *request = view->request;
    struct json *problems = view_list(request, page, "problems");
    int64_t errors = view->import.counts.errors;
    struct import_error *found;
    size_t count;

    if (!import_errors(&request->registry, view->import.id, PROBLEMS_SHOWN, &found, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        add_problem(view, problems, &found[i]);
    view_bool(request, page, "has_problems", count > 0);
    view_none(request, page, "problems_more_text");
    view_none(request, page, "problems_file_href");
    if (count == 0)
        return true;
    if (errors > (int64_t)count)
        view_text(request, page, "problems_more_text",
                  str_printf(request->arena, "%.*s %.*s %.*s",
                             STR_ARG(wording_plural(request, STR("The first %d mistake is shown."),
                                                    STR("The first %d mistakes are shown."),
                                                    (int64_t)count)),
                             STR_ARG(request_text(request, STR("In all:"))),
                             STR_ARG(view_number(request, errors))));
    view_text(request, page, "problems_file_href", import_view_href(view, "/problems.csv"));
    return true;
}
