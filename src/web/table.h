/*
 * The component "table" with its pages (ui/components/table, pagination): a view has one,
 * under the names caption, columns, rows, has_rows.  Titles of columns are msgids.
 */
#pragma once

#include "web/view.h"

void table_begin(struct request *request, struct json *view, struct str caption);
void table_column(struct request *request, struct json *view, const char *title, bool is_number);
/* A new row; the first column shows title, as a link when href is not empty. */
struct json *table_row(struct request *request, struct json *view, struct str title,
                       struct str href);
/* A box that ticks the row, sent as "task" with that value. */
void table_tick(struct request *request, struct json *row, struct str value);
/* The cells of a row, in the order of the columns from the second on. */
void table_cell(struct request *request, struct json *view, struct json *row, struct str text);
void table_link(struct request *request, struct json *view, struct json *row, struct str text,
                struct str href);
void table_tag(struct request *request, struct json *view, struct json *row, const char *kind,
               struct str text);

struct table_pages {
    int64_t shown;
    struct str total_text;
    struct str first_href; /* empty on the first page */
    struct str next_href;  /* empty on the last */
    int page_size;
};
void table_pages(struct request *request, struct json *view, const struct table_pages *pages);
