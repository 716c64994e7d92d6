#include "web/page_registers.h"

#include "core/id.h"
#include "registry/proposal.h"
#include "registry/record_list.h"
#include "store/rows.h"
#include "web/answer.h"
#include "web/display.h"
#include "web/seen.h"
#include "web/view.h"

enum {
    FIGURES_MAX = 4,
    TASKS_MAX = 6,
    FOUND_MAX = 10, /* of each register */
};

static bool may_read(const struct request *request, size_t index, unsigned *classes)
{
    return policy_may_some(&request->actor.rights, (int)index, POLICY_READ, classes);
}

static struct str register_href(struct request *request, const struct register_type *type)
{
    return page_href(request, "/registers/%.*s", STR_ARG(type->id));
}

struct totals {
    int64_t *counts; /* by type index */
    bool *are_more;
};

/* Of registers of which this person reaches a part, that part is counted. */
static bool count_parts(struct request *request, struct totals *totals, struct err *err)
{
    const struct model *model = request->catalog->model;

    for (size_t i = 0; i < model->type_count; i++) {
        struct record_ask ask = {.type = model->types[i], .valid_on = request_today(request)};

        if (policy_is_limited(&request->actor.rights, (int)i, POLICY_READ) &&
            !record_count(&request->registry, &ask, &totals->counts[i], &totals->are_more[i], err))
            return false;
    }
    return true;
}

/* Kept totals of all registers. */
static bool read_totals(struct request *request, struct totals *totals, struct err *err)
{
    struct tx *tx;
    struct rows rows;

    if (!request_read(request, &tx, err) ||
        !store_query(tx, request->arena, &rows,
                     "SELECT no, total FROM register_no WHERE tenant = $1", ARGS(INT(tx->tenant)),
                     err))
        return false;
    totals->counts = ARENA_ARRAY(request->arena, int64_t, request->catalog->model->type_count + 1);
    totals->are_more = ARENA_ARRAY(request->arena, bool, request->catalog->model->type_count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        const struct register_type *type = catalog_type(request->catalog, rows_int(&rows, i, 0));

        if (type != NULL)
            totals->counts[type->index] = rows_int(&rows, i, 1);
    }
    return count_parts(request, totals, err);
}

static void add_search(struct request *request, struct json *view)
{
    struct json *search = view_object(request, view, "search");

    view_text(request, search, "href", page_href(request, "/search"));
    view_text(request, search, "q", request_query(request, STR("q")));
    view_text(request, search, "placeholder",
              request_text(request, STR("street and house, name, number")));
}

/* Those this person may read that have records, the largest first. */
static size_t list_largest(const struct request *request, const int64_t *totals, size_t *order)
{
    const struct model *model = request->catalog->model;
    size_t count = 0;
    unsigned classes;

    for (size_t i = 0; i < model->type_count; i++) {
        size_t place = count;

        if (!may_read(request, i, &classes) || totals[i] == 0)
            continue;
        for (; place > 0 && totals[order[place - 1]] < totals[i]; place--)
            order[place] = order[place - 1];
        order[place] = i;
        count++;
    }
    return count;
}

static void add_task(struct request *request, struct json *tasks, const struct register_type *type)
{
    struct json *task = view_push(request, tasks);

    view_text(request, task, "href", register_href(request, type));
    view_text(request, task, "title", request_pack_text(request, type->title));
    view_text(request, task, "text", request_pack_text(request, type->description));
}

static void add_figure(struct request *request, struct json *figures,
                       const struct register_type *type, const struct totals *totals)
{
    struct json *figure = view_push(request, figures);

    view_text(request, figure, "value",
              view_count(request, totals->counts[type->index], totals->are_more[type->index]));
    view_text(request, figure, "label", request_pack_text(request, type->title));
    view_text(request, figure, "href", register_href(request, type));
}

bool page_home(struct request *request, struct err *err)
{
    const struct model *model = request->catalog->model;
    struct json *view = view_new(request);
    struct json *tasks = view_list(request, view, "tasks");
    struct json *figures = view_list(request, view, "figures");
    size_t *order = ARENA_ARRAY(request->arena, size_t, model->type_count + 1);
    struct totals totals;
    size_t count;

    if (!read_totals(request, &totals, err))
        return false;
    page_title(request, view, request_text(request, STR("Home")));
    add_search(request, view);
    view_text(request, view, "registers_href", page_href(request, "/registers/"));
    view_none(request, view, "map_href");
    count = list_largest(request, totals.counts, order);
    for (size_t i = 0; i < count; i++) {
        const struct register_type *type = model->types[order[i]];

        if (type->geometry >= 0 && json_find(view, STR("map_href"))->kind == JSON_NULL)
            view_text(request, view, "map_href",
                      page_href(request, "/registers/%.*s/map", STR_ARG(type->id)));
        if (i < TASKS_MAX)
            add_task(request, tasks, type);
        if (i < FIGURES_MAX)
            add_figure(request, figures, type, &totals);
    }
    view_bool(request, view, "has_map", json_find(view, STR("map_href"))->kind == JSON_STRING);
    view_bool(request, view, "has_tasks", tasks->count > 0);
    view_bool(request, view, "has_figures", figures->count > 0);
    return answer_page(request, 200, STR("page/home"), view, err);
}

static struct json *find_group(struct request *request, struct json *groups, struct str title)
{
    struct json *group;

    for (group = groups->first; group != NULL; group = group->next)
        if (str_equal(json_find_text(group, STR("title")), title))
            return json_find(group, STR("registers"));
    group = view_push(request, groups);
    view_text(request, group, "title", title);
    return view_list(request, group, "registers");
}

static void add_register(struct request *request, struct json *groups,
                         const struct register_type *type, unsigned classes,
                         const struct totals *totals)
{
    struct json *row =
        view_push(request, find_group(request, groups, request_pack_text(request, type->group)));

    view_text(request, row, "href", register_href(request, type));
    view_text(request, row, "title", request_pack_text(request, type->title));
    view_text(request, row, "count_text",
              view_count(request, totals->counts[type->index], totals->are_more[type->index]));
    view_text(request, row, "text", request_pack_text(request, type->description));
    if ((type->classes & classes & POLICY_PERSONAL) != 0) {
        struct json *tag = view_object(request, row, "tag");

        view_text(request, tag, "kind", STR("warn"));
        view_text(request, tag, "text", request_text(request, STR("personal data")));
    } else {
        view_none(request, row, "tag");
    }
}

static bool may_change_some(const struct request *request)
{
    unsigned classes;

    for (size_t i = 0; i < request->catalog->model->type_count; i++)
        if (policy_may(&request->actor.rights, (int)i, POLICY_CHANGE, &classes))
            return true;
    return false;
}

/* What those below wait for an answer to. */
static bool add_proposals(struct request *request, struct json *view, struct err *err)
{
    int64_t count = 0;

    if (may_change_some(request) &&
        !proposal_count(&request->registry, false, STR("open"), &count, err))
        return false;
    view_maybe(request, view, "proposals_href",
               count > 0 ? page_href(request, "/proposals/?state=open") : (struct str){0});
    view_text(request, view, "proposals", view_number(request, count));
    return true;
}

bool page_registers(struct request *request, struct err *err)
{
    const struct model *model = request->catalog->model;
    struct json *view = view_new(request);
    struct json *groups = view_list(request, view, "groups");
    struct totals totals;
    unsigned classes;

    if (!read_totals(request, &totals, err))
        return false;
    page_title(request, view, request_text(request, STR("Registers")));
    add_search(request, view);
    if (request->actor.rights.admin & POLICY_PACKS)
        view_text(request, view, "packs_href", page_href(request, "/admin/packs"));
    else
        view_none(request, view, "packs_href");
    view_maybe(request, view, "above_href",
               page_is_staff(request) && tenant_info(request->tenant)->parent != 0
                   ? page_href(request, "/subscriptions/")
                   : (struct str){0});
    if (!add_proposals(request, view, err))
        return false;
    for (size_t i = 0; i < model->type_count; i++)
        if (may_read(request, i, &classes))
            add_register(request, groups, model->types[i], classes, &totals);
    view_bool(request, view, "has_groups", groups->count > 0);
    return answer_page(request, 200, STR("page/registers"), view, err);
}

static bool add_found(struct request *request, struct json *groups,
                      const struct register_type *type, struct err *err)
{
    struct record_ask ask = {
        .type = type,
        .words = str_trim(request_query(request, STR("q"))),
        .valid_on = request_today(request),
        .limit = FOUND_MAX,
    };
    struct record_page page;
    struct json *group;
    struct json *found;
    struct tx *tx;

    if (!request_read(request, &tx, err) || !record_list(&request->registry, &ask, &page, err))
        return false;
    if (page.count == 0)
        return true;
    group = view_push(request, groups);
    view_text(request, group, "title", request_pack_text(request, type->title));
    view_text(request, group, "count_text",
              view_count(request, (int64_t)page.count, page.cursor.len > 0));
    view_maybe(request, group, "all_href",
               page.cursor.len > 0 ? page_query_href(request, type->id, ask.words)
                                   : (struct str){0});
    found = view_list(request, group, "found");
    for (size_t i = 0; i < page.count; i++) {
        struct json *row = view_push(request, found);

        seen_add(request, type, type->title_classes, &page.records[i].id, 1);
        view_text(request, row, "href",
                  page_href(request, "/registers/%.*s/%.*s", STR_ARG(type->id),
                            STR_ARG(id_text(request->arena, page.records[i].id))));
        view_text(request, row, "title", display_unbroken(request->arena, page.records[i].title));
        view_none(request, row, "note");
    }
    return true;
}

/* Registers with fields this person may not see are left out: being found would tell. */
bool page_search(struct request *request, struct err *err)
{
    const struct model *model = request->catalog->model;
    struct json *view = view_new(request);
    struct json *groups = view_list(request, view, "groups");
    bool is_searched = str_trim(request_query(request, STR("q"))).len > 0;
    unsigned classes;

    page_title(request, view, request_text(request, STR("Search")));
    add_search(request, view);
    view_bool(request, view, "is_searched", is_searched);
    for (size_t i = 0; is_searched && i < model->type_count; i++)
        if (may_read(request, i, &classes) && record_is_searchable(model->types[i], classes) &&
            !add_found(request, groups, model->types[i], err))
            return false;
    view_bool(request, view, "has_groups", groups->count > 0);
    return answer_page(request, 200, STR("page/search"), view, err);
}
