/* A decision table in the workshop: its cells are fields, its rules come and go by buttons. */
#include "web/page_workshop.h"

#include "core/num.h"
#include "web/answer.h"
#include "workflow/dmn_check.h"
#include "workflow/dmn_edit.h"

enum {
    CELLS_MAX = 600, /* of a file: more is no page any more, and is changed as text */
    TABLES_MAX = 20,
    CELL_MAX = 2000, /* bytes */
};

static struct str policy_text(struct request *request, struct str policy)
{
    static const struct {
        struct str name;
        const char *text;
    } WORDS[] = {
        {STR_INIT("UNIQUE"), "Exactly one rule may fit."},
        {STR_INIT("FIRST"), "The first rule that fits counts: the order matters."},
        {STR_INIT("ANY"), "Rules that fit must give the same."},
        {STR_INIT("PRIORITY"),
         "Of the rules that fit the one with the most important result counts."},
        {STR_INIT("COLLECT"), "All rules that fit count together."},
        {STR_INIT("RULE ORDER"), "All rules that fit count, in their order."},
        {STR_INIT("OUTPUT ORDER"), "All rules that fit count, the most important result first."},
    };

    for (size_t i = 0; i < ARRAY_LEN(WORDS); i++)
        if (str_equal(WORDS[i].name, policy))
            return request_text(request, str_from_z(WORDS[i].text));
    return policy;
}

static size_t count_cells(const struct dmn_edit_table *tables, size_t count)
{
    size_t cells = 0;

    for (size_t i = 0; i < count; i++)
        cells += tables[i].rule_count * tables[i].column_count;
    return cells;
}

bool page_workshop_decision_reads(struct request *request, const struct workshop_file *file)
{
    struct dmn_edit_table *tables;
    struct err err;
    size_t count;

    return dmn_edit_read(request->arena, file->text, &tables, &count, &err) && count > 0 &&
           count <= TABLES_MAX && count_cells(tables, count) <= CELLS_MAX;
}

static void add_rule(struct request *request, const struct dmn_edit_table *table, size_t no,
                     struct json *rules)
{
    struct json *rule = view_push(request, rules);
    struct json *cells = view_list(request, rule, "cells");

    view_text(request, rule, "no", str_printf(request->arena, "%zu", no + 1));
    view_text(request, rule, "index", str_printf(request->arena, "%zu", no));
    for (size_t i = 0; i < table->column_count; i++) {
        struct json *cell = view_push(request, cells);

        view_text(request, cell, "name", str_printf(request->arena, "c.%zu.%zu", no, i));
        view_text(request, cell, "value", table->cells[no * table->column_count + i]);
        view_text(request, cell, "label", table->columns[i].title);
        view_bool(request, cell, "is_output", table->columns[i].is_output);
    }
}

static void add_table(struct request *request, const struct workshop_file *file,
                      const struct dmn_edit_table *table, struct json *list)
{
    struct json *one = view_push(request, list);
    struct json *columns = view_list(request, one, "columns");
    struct json *rules = view_list(request, one, "rules");

    view_text(request, one, "name", table->name.len > 0 ? table->name : table->id);
    view_text(request, one, "policy", policy_text(request, table->policy));
    view_text(request, one, "action",
              str_printf(request->arena, "%.*s?element=%.*s",
                         STR_ARG(page_workshop_href(request, file, "")), STR_ARG(table->id)));
    for (size_t i = 0; i < table->column_count; i++) {
        struct json *column = view_push(request, columns);

        view_text(request, column, "title", table->columns[i].title);
        view_bool(request, column, "is_output", table->columns[i].is_output);
    }
    for (size_t i = 0; i < table->rule_count; i++)
        add_rule(request, table, i, rules);
}

/* typed: a table with what somebody sent that could not be kept; NULL. */
static bool show(struct request *request, const struct workshop_file *file,
                 const struct dmn_edit_table *typed, struct err *err)
{
    struct json *view = view_new(request);
    struct json *list = view_list(request, view, "tables");
    struct dmn_edit_table *tables;
    size_t count;

    if (!dmn_edit_read(request->arena, file->text, &tables, &count, err) ||
        !page_workshop_head(request, file, view, err) ||
        !page_workshop_faults(request, file, view, dmn_check_file, err))
        return false;
    for (size_t i = 0; i < count; i++)
        add_table(request, file,
                  typed != NULL && str_equal(typed->id, tables[i].id) ? typed : &tables[i], list);
    view_maybe(request, view, "wrong",
               typed != NULL ? request_text(request, STR(WORKSHOP_STALE)) : (struct str){0});
    view_text(request, view, "text_href", page_workshop_href(request, file, "?as=text"));
    return answer_page(request, typed != NULL ? 412 : 200, STR("page/workshop-decision"), view,
                       err);
}

bool page_workshop_decision(struct request *request, const struct workshop_file *file,
                            struct err *err)
{
    return show(request, file, NULL, err);
}

static bool take_cells(struct request *request, struct dmn_edit_table *table, struct err *err)
{
    for (size_t i = 0; i < table->rule_count * table->column_count; i++) {
        struct str name = str_printf(request->arena, "c.%zu.%zu", i / table->column_count,
                                     i % table->column_count);
        struct str typed = str_trim(request_field(request, name));

        if (typed.len > CELL_MAX)
            return err_set(err, ERR_INPUT, "This is too long.");
        table->cells[i] = page_workshop_lines(request, typed);
    }
    return true;
}

static struct dmn_edit_table *find(struct dmn_edit_table *tables, size_t count, struct str id)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(tables[i].id, id))
            return &tables[i];
    return NULL;
}

bool page_workshop_decision_post(struct request *request, struct workshop_file *file,
                                 struct err *err)
{
    struct dmn_edit_change change = {.id = request_query(request, STR("element")), .remove = -1};
    struct dmn_edit_table *tables, *table;
    struct str changed;
    int64_t remove;
    size_t count;

    if (!dmn_edit_read(request->arena, file->text, &tables, &count, err))
        return false;
    table = find(tables, count, change.id);
    if (table == NULL)
        return err_set(err, ERR_ABSENT, "there is no such element");
    if (!take_cells(request, table, err))
        return false;
    if (num_parse_int(request_field(request, STR("remove")), &remove) && remove >= 0 &&
        remove < (int64_t)table->rule_count)
        change.remove = (int)remove;
    change.adds = request_field(request, STR("add")).len > 0;
    change.cells = table->cells;
    if (!str_equal(request_field(request, STR("tag")), file->tag))
        return show(request, file, table, err);
    if (!dmn_edit_write(request->arena, file->text, &change, &changed, err))
        return false;
    if (workshop_save(request, file, file->tag, changed, err))
        return page_workshop_saved(request, file, "");
    return err->code == ERR_CONFLICT && show(request, file, table, err);
}
