#include "web/page_list.h"

#include "core/json_pick.h"
#include "registry/geometry.h"
#include "registry/record_cluster.h"
#include "store/rows.h"
#include "web/answer.h"
#include "web/api_list.h"
#include "web/api_record.h"
#include "web/page_filter.h"

enum {
    PAGE_SIZE = 50,
};

static struct str list_href(struct request *request, const struct register_type *type,
                            const char *behind)
{
    return page_href(request, "/registers/%.*s%s", STR_ARG(type->id), behind);
}

static void add_view(struct request *request, struct json *views, const char *title,
                     struct str href, bool is_current)
{
    struct json *one = view_push(request, views);

    view_text(request, one, "title", request_text(request, str_from_z(title)));
    view_text(request, one, "href", href);
    view_bool(request, one, "is_current", is_current);
}

static bool may(const struct request *request, const struct register_type *type,
                enum policy_action action)
{
    return policy_may_some(&request->actor.rights, type->index, action, NULL);
}

/* What is downloaded is what the list shows: its filters go along. */
static struct str export_href(struct request *request, const struct register_type *type)
{
    struct str href = list_href(request, type, "/export");
    struct str query = request->exchange->query;

    return query.len == 0 ? href
                          : str_printf(request->arena, "%.*s?%.*s", STR_ARG(href), STR_ARG(query));
}

static void add_actions(struct request *request, struct json *list,
                        const struct register_type *type)
{
    if (may(request, type, POLICY_CREATE))
        view_action(request, list, request_text(request, STR("Add a record")),
                    list_href(request, type, "/new"), "main");
    if (policy_may(&request->actor.rights, type->index, POLICY_IMPORT, NULL))
        view_action(request, list, request_text(request, STR("Import a file")),
                    list_href(request, type, "/import"), "plain");
    if (may(request, type, POLICY_EXPORT))
        view_action(request, list, request_text(request, STR("Download the list")),
                    export_href(request, type), "plain");
}

static bool sees_map(const struct request *request, const struct register_type *type)
{
    unsigned classes;

    return type->geometry >= 0 &&
           policy_may_some(&request->actor.rights, type->index, POLICY_READ, &classes) &&
           (type->fields[type->geometry].access & ~classes) == 0;
}

bool page_list_head(struct request *request, struct json *view, const struct register_type *type,
                    bool is_map, struct err *err)
{
    struct json *register_view = view_object(request, view, "register");
    struct json *actions = view_list(request, view, "actions");
    struct json *views = view_list(request, view, "views");
    struct record_ask ask = {.type = type, .valid_on = request_today(request)};
    struct tx *tx;
    int64_t count;
    bool is_more;
    bool has_rules;

    if (!request_read(request, &tx, err) ||
        !record_count(&request->registry, &ask, &count, &is_more, err))
        return false;
    page_title(request, view, request_pack_text(request, type->title));
    page_crumb(request, view, request_text(request, STR("Registers")), STR("/registers/"));
    view_text(request, register_view, "title", request_pack_text(request, type->title));
    view_text(request, register_view, "href", list_href(request, type, ""));
    view_text(request, register_view, "count_text", view_count(request, count, is_more));
    add_actions(request, actions, type);
    view_bool(request, view, "has_actions", actions->count > 0);
    /* That page counts through the whole register. */
    has_rules = type->rule_count > 0 &&
                policy_may(&request->actor.rights, type->index, POLICY_CHANGE, NULL);
    if (has_rules || sees_map(request, type))
        add_view(request, views, "List", list_href(request, type, ""), !is_map);
    if (sees_map(request, type))
        add_view(request, views, "Map", list_href(request, type, "/map"), is_map);
    if (has_rules)
        add_view(request, views, "What does not fit together", list_href(request, type, "/quality"),
                 false);
    view_bool(request, view, "has_views", views->count > 0);
    return true;
}

static bool is_number(const struct register_field *field)
{
    return field->type == FIELD_INT || field->type == FIELD_DECIMAL;
}

/* Sorting by a column, and the other way round when it is sorted so already. */
static void add_column(struct request *request, struct json *columns,
                       const struct register_field *field, const struct record_ask *ask)
{
    struct json *column = view_push(request, columns);
    bool is_sorted = ask->sort == field && ask->words.len == 0;
    struct str next = is_sorted && !ask->is_descending
                          ? str_printf(request->arena, "-%.*s", STR_ARG(field->name))
                          : field->name;

    view_text(request, column, "title", display_title(request, field));
    view_bool(request, column, "is_number", is_number(field));
    view_maybe(request, column, "sort_href",
               field->is_indexed && field->type != FIELD_REF && ask->words.len == 0 &&
                       layout_has_field(request->catalog, ask->type, field)
                   ? page_filter_href(request, STR("sort"), next)
                   : (struct str){0});
    view_bool(request, column, "is_up", is_sorted && !ask->is_descending);
    view_bool(request, column, "is_down", is_sorted && ask->is_descending);
}

/* The first column is the record's title; a list field that is that title stands for it. */
static size_t head_field(const struct register_type *type)
{
    return type->list_count > 0 && type->fields[type->list[0]].is_in_title ? 1 : 0;
}

static void add_columns(struct display *display, struct json *view, const struct record_ask *ask)
{
    struct request *request = display->request;
    const struct register_type *type = ask->type;
    struct json *columns = view_list(request, view, "columns");

    if (head_field(type) == 1) {
        add_column(request, columns, &type->fields[type->list[0]], ask);
    } else {
        struct json *column = view_push(request, columns);

        view_text(request, column, "title", request_text(request, STR("Record")));
        view_bool(request, column, "is_number", false);
        view_none(request, column, "sort_href");
        view_bool(request, column, "is_up", false);
        view_bool(request, column, "is_down", false);
    }
    for (size_t i = head_field(type); i < type->list_count; i++)
        if (display_sees(display, &type->fields[type->list[i]]))
            add_column(request, columns, &type->fields[type->list[i]], ask);
}

/* What the cells of a column share. */
struct column {
    const struct register_field *field;
    struct str label;
    bool is_number;
};

/* The columns behind the first, and the names of their members. */
struct columns {
    struct column *items;
    struct str *names;
    struct json **values; /* of the row at hand */
    size_t count;
};

static struct columns cell_columns(const struct display *display, const struct register_type *type)
{
    struct arena *arena = display->request->arena;
    struct columns columns = {
        .items = ARENA_ARRAY(arena, struct column, type->list_count),
        .names = ARENA_ARRAY(arena, struct str, type->list_count),
        .values = ARENA_ARRAY(arena, struct json *, type->list_count),
    };

    for (size_t i = head_field(type); i < type->list_count; i++) {
        const struct register_field *field = &type->fields[type->list[i]];

        if (!display_sees(display, field))
            continue;
        columns.names[columns.count] = field->name;
        columns.items[columns.count++] =
            (struct column){field, display_title(display->request, field), is_number(field)};
    }
    return columns;
}

static bool add_cell(struct display *display, struct json *cells, const struct column *column,
                     const struct json *value, struct err *err)
{
    struct request *request = display->request;
    struct json *cell = view_push(request, cells);
    struct display_value shown;

    if (!display_field(display, column->field, value, &shown, err))
        return false;
    view_text(request, cell, "label", column->label);
    view_bool(request, cell, "is_number", column->is_number);
    if (shown.tag.len > 0) {
        struct json *tag = view_object(request, cell, "tag");

        view_text(request, tag, "kind", shown.tag);
        view_text(request, tag, "text", shown.text);
    } else {
        view_none(request, cell, "tag");
    }
    view_maybe(request, cell, "link", shown.href);
    view_text(request, cell, "text", shown.text);
    return true;
}

static bool add_row(struct display *display, struct json *rows, const struct register_type *type,
                    struct columns *columns, const struct record *record, struct err *err)
{
    struct request *request = display->request;
    struct json *row = view_push(request, rows);
    struct json *cells;

    if (!json_pick(request->arena, record->body, columns->names, columns->count, columns->values,
                   err))
        return false;
    view_text(request, row, "href", display_record_href(request, type, record->id));
    view_text(request, row, "title", display_record_title(request, type, display->classes, record));
    cells = view_list(request, row, "cells");
    for (size_t i = 0; i < columns->count; i++)
        if (!add_cell(display, cells, &columns->items[i], columns->values[i], err))
            return false;
    return true;
}

static void add_paging(struct request *request, struct json *view, const struct record_page *page)
{
    view_int(request, view, "shown", (int64_t)page->count);
    view_int(request, view, "page_size", PAGE_SIZE);
    view_maybe(request, view, "first_href",
               request_query(request, STR("cursor")).len > 0
                   ? page_filter_href(request, STR("cursor"), (struct str){0})
                   : (struct str){0});
    view_maybe(request, view, "next_href",
               page->cursor.len > 0 ? page_filter_href(request, STR("cursor"), page->cursor)
                                    : (struct str){0});
}

static void add_empty(struct request *request, struct json *view, const struct register_type *type,
                      bool is_filtered)
{
    struct json *empty = view_object(request, view, "empty");
    struct json *actions = view_list(request, empty, "actions");

    view_text(request, empty, "title",
              request_text(request, is_filtered ? STR("Nothing was found")
                                                : STR("There are no records yet")));
    view_text(
        request, empty, "text",
        request_text(request, is_filtered ? STR("Take off one of the filters or type fewer words.")
                              : may(request, type, POLICY_CREATE)
                                  ? STR("Import a file that you already have, or add the first "
                                        "record by hand.")
                                  : STR("Records appear here as soon as the municipality has "
                                        "entered them.")));
    if (!is_filtered)
        add_actions(request, actions, type);
    view_bool(request, empty, "has_actions", actions->count > 0);
}

/* How many there are in all: known without counting when the page is the whole answer. */
static bool add_total(struct request *request, struct json *view, const struct record_ask *ask,
                      const struct record_page *page, struct err *err)
{
    bool is_whole = page->cursor.len == 0 && ask->cursor.len == 0;
    int64_t count = (int64_t)page->count;
    bool is_more = false;

    if (!is_whole && !record_count(&request->registry, ask, &count, &is_more, err))
        return false;
    view_text(request, view, "total_text", view_count(request, count, is_more));
    return true;
}

bool page_list(struct request *request, struct err *err)
{
    const struct register_type *type;
    struct json *view = view_new(request);
    struct json *rows;
    struct record_ask ask;
    struct record_page page;
    unsigned classes;
    struct tx *tx;

    if (!request_register_some(request, 0, POLICY_READ, &type, &classes, err) ||
        !api_list_ask(request, type, classes, &ask, err) || !request_read(request, &tx, err) ||
        !record_list(&request->registry, &ask, &page, err) ||
        !page_list_head(request, view, type, false, err))
        return false;

    struct display display = display_start(request, tx, classes);
    if (!page_filter_fill(&display, view, &ask, err) || !add_total(request, view, &ask, &page, err))
        return false;
    view_none(request, view, "notice");
    view_text(request, view, "caption", request_pack_text(request, type->title));
    add_columns(&display, view, &ask);
    struct columns columns = cell_columns(&display, type);
    rows = view_list(request, view, "rows");
    for (size_t i = 0; i < page.count; i++)
        if (!add_row(&display, rows, type, &columns, &page.records[i], err))
            return false;
    view_bool(request, view, "has_rows", page.count > 0);
    add_paging(request, view, &page);
    view_none(request, view, "empty");
    if (page.count == 0)
        add_empty(request, view, type, ask.filter_count > 0 || ask.words.len > 0);
    return answer_page(request, 200, STR("page/list"), view, err) &&
           api_record_seen(request, type, classes, page.records, page.count);
}
