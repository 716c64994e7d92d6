#include "core/csv.h"
#include "registry/source.h"

static bool next_row(struct source *source, struct arena *arena, struct source_row *row,
                     struct err *err)
{
    struct csv_row fields;

    *row = (struct source_row){0};
    if (!csv_next(source->data, &fields, err))
        return false;
    row->line = fields.line;
    if (fields.fields == NULL)
        return true;
    for (size_t i = source->column_count; i < fields.count; i++)
        if (str_trim(fields.fields[i]).len > 0) {
            row->fault = STR("the row has more fields than the header: is a quote or a "
                             "separator missing?");
            return true;
        }

    struct source_cell *cells = ARENA_ARRAY(arena, struct source_cell, source->column_count);
    for (size_t i = 0; i < source->column_count; i++)
        if (i < fields.count)
            cells[i].text = str_copy(arena, fields.fields[i]);
    row->cells = cells;
    return true;
}

bool source_csv_open(struct arena *arena, const struct import_options *options,
                     struct source_bytes *bytes, struct err *err)
{
    struct csv_format format = {options->separator != '\0' ? options->separator : ',',
                                options->is_cp1251};
    struct csv *csv = csv_open(arena, format, source_read, bytes);
    struct source *source = bytes->source;
    struct csv_row header;

    if (!csv_next(csv, &header, err))
        return false;
    if (header.fields == NULL)
        return err_set(err, ERR_INPUT, "the file is empty: its first line names the columns");
    if (header.count > SOURCE_COLUMNS_MAX)
        return err_set(err, ERR_LIMIT, "the file has %zu columns; at most %d are read",
                       header.count, SOURCE_COLUMNS_MAX);
    source->columns = ARENA_ARRAY(arena, struct str, header.count);
    source->column_count = header.count;
    for (size_t i = 0; i < header.count; i++)
        source->columns[i] = str_copy(arena, str_trim(header.fields[i]));
    source->next = next_row;
    source->data = csv;
    return true;
}
