#include "web/table.h"

void table_begin(struct request *request, struct json *view, struct str caption)
{
    view_text(request, view, "caption", caption);
    view_list(request, view, "columns");
    view_list(request, view, "rows");
    view_bool(request, view, "has_rows", false);
}

void table_column(struct request *request, struct json *view, const char *title, bool is_number)
{
    struct json *column = view_push(request, json_find(view, STR("columns")));

    view_text(request, column, "title", request_text(request, str_from_z(title)));
    view_bool(request, column, "is_number", is_number);
    view_none(request, column, "sort_href");
    view_bool(request, column, "is_up", false);
    view_bool(request, column, "is_down", false);
}

struct json *table_row(struct request *request, struct json *view, struct str title,
                       struct str href)
{
    struct json *row = view_push(request, json_find(view, STR("rows")));

    view_bool(request, view, "has_rows", true);
    view_maybe(request, row, "href", href);
    view_text(request, row, "title", title);
    view_none(request, row, "tick");
    view_list(request, row, "cells");
    return row;
}

void table_tick(struct request *request, struct json *row, struct str value)
{
    view_text(request, row, "tick", value);
}

/* The column a new cell stands in gives its label, which small screens show beside it. */
static struct json *add_cell(struct request *request, struct json *view, struct json *row)
{
    struct json *cells = json_find(row, STR("cells"));
    const struct json *column = json_find(view, STR("columns"))->first;
    struct json *cell = view_push(request, cells);

    for (size_t i = 0; i < cells->count && column->next != NULL; i++)
        column = column->next;
    view_text(request, cell, "label", json_find_text(column, STR("title")));
    view_bool(request, cell, "is_number", json_is_true(json_find(column, STR("is_number"))));
    view_text(request, cell, "text", (struct str){0});
    view_none(request, cell, "link");
    view_none(request, cell, "tag");
    return cell;
}

void table_cell(struct request *request, struct json *view, struct json *row, struct str text)
{
    view_text(request, add_cell(request, view, row), "text", text);
}

void table_link(struct request *request, struct json *view, struct json *row, struct str text,
                struct str href)
{
    struct json *cell = add_cell(request, view, row);

    view_text(request, cell, "text", text);
    view_maybe(request, cell, "link", href);
}

void table_tag(struct request *request, struct json *view, struct json *row, const char *kind,
               struct str text)
{
    struct json *tag = view_object(request, add_cell(request, view, row), "tag");

    view_text(request, tag, "kind", str_from_z(kind));
    view_text(request, tag, "text", text);
}

void table_pages(struct request *request, struct json *view, const struct table_pages *pages)
{
    view_int(request, view, "shown", pages->shown);
    view_text(request, view, "total_text", pages->total_text);
    view_maybe(request, view, "first_href", pages->first_href);
    view_maybe(request, view, "next_href", pages->next_href);
    view_int(request, view, "page_size", pages->page_size);
}
