/*
 * NDJSON: one record a line, as its data ({"name": …}) or in the wire form of the API
 * ({"id": …, "data": {…}, "valid_from": …}).  The columns are those the import names, and the
 * members that the first lines have; a line with another member below them is at fault.
 */
#include "core/utf8.h"
#include "core/vec.h"
#include "registry/source.h"

#include <string.h>

enum {
    HEAD_LINES = 1000, /* looked at for columns */
    BLOCK = 64 * 1024,
};

struct lines {
    struct source_bytes *bytes;
    struct buf buf; /* what was read and not given yet, from at on */
    size_t at;
    int64_t line;
    bool is_end;
    struct arena *arena;
    VEC(struct str) columns;
    struct map known;
    /* The lines that were looked at for columns are given again from here. */
    VEC(struct str) head;
    size_t head_at;
};

static bool fill(struct lines *lines, struct err *err)
{
    size_t got;

    if (lines->at > 0) {
        memmove(lines->buf.ptr, lines->buf.ptr + lines->at, lines->buf.len - lines->at);
        lines->buf.len -= lines->at;
        lines->at = 0;
    }
    if (!source_read(lines->bytes, buf_room(&lines->buf, BLOCK), BLOCK, &got, err))
        return false;
    lines->buf.len += got;
    lines->is_end = got == 0;
    return true;
}

/* The next line without its end; ptr NULL at the end of the file. */
static bool next_line(struct lines *lines, struct str *line, struct err *err)
{
    for (size_t seen = 0;;) {
        struct str rest = {lines->buf.ptr + lines->at, lines->buf.len - lines->at};
        const char *end = rest.len > seen ? memchr(rest.ptr + seen, '\n', rest.len - seen) : NULL;

        if (end != NULL || (lines->is_end && rest.len > 0)) {
            line->ptr = rest.ptr;
            line->len = end != NULL ? (size_t)(end - rest.ptr) : rest.len;
            lines->at += line->len + (end != NULL);
            lines->line++;
            return true;
        }
        if (lines->is_end) {
            *line = (struct str){0};
            return true;
        }
        if (rest.len > SOURCE_ROW_MAX)
            return err_set(err, ERR_LIMIT, "line %lld is longer than %d bytes",
                           (long long)lines->line + 1, SOURCE_ROW_MAX);
        seen = rest.len;
        if (!fill(lines, err))
            return false;
    }
}

static void add_column(struct lines *lines, struct str name)
{
    struct str own;

    if (lines->columns.count >= SOURCE_COLUMNS_MAX || map_find(&lines->known, name) != NULL)
        return;
    own = str_copy(lines->arena, name);
    map_put(&lines->known, own, lines);
    VEC_PUSH(lines->arena, &lines->columns, own);
}

static const struct json *data_of(const struct json *json)
{
    const struct json *data = json_find(json, STR("data"));

    return data != NULL && data->kind == JSON_OBJECT ? data : json;
}

static bool is_envelope(const struct json *json)
{
    return data_of(json) != json;
}

static void add_columns(struct lines *lines, const struct json *json)
{
    static const struct str OUTER[] = {STR_INIT("id"), STR_INIT("valid_from"),
                                       STR_INIT("valid_to")};

    if (is_envelope(json))
        for (size_t i = 0; i < ARRAY_LEN(OUTER); i++)
            if (json_find(json, OUTER[i]) != NULL)
                add_column(lines, OUTER[i]);
    for (const struct json *member = data_of(json)->first; member != NULL; member = member->next)
        add_column(lines, member->name);
}

/* A member no column has would be lost without a word. */
static bool has_stray(const struct lines *lines, const struct json *json)
{
    for (const struct json *member = data_of(json)->first; member != NULL; member = member->next)
        if (map_find(&lines->known, member->name) == NULL)
            return true;
    return false;
}

static void fill_row(struct source *source, struct arena *arena, const struct json *json,
                     struct source_row *row)
{
    struct source_cell *cells = ARENA_ARRAY(arena, struct source_cell, source->column_count + 1);

    if (has_stray(source->data, json)) {
        row->fault = STR("the line has a member that none of the first lines has");
        return;
    }
    for (size_t i = 0; i < source->column_count; i++) {
        const struct json *value = json_find(data_of(json), source->columns[i]);

        if (value == NULL && is_envelope(json))
            value = json_find(json, source->columns[i]);
        cells[i].json = value;
        cells[i].is_absent = value == NULL;
    }
    row->cells = cells;
}

/* Parsed into arena; false with the row's fault set. */
static bool parse_line(struct arena *arena, struct str line, struct json **json,
                       struct source_row *row)
{
    struct err err;

    line = str_copy(arena, line);
    if (json_parse(arena, line, &(struct json_limits){.bytes = SOURCE_ROW_MAX}, json, &err)) {
        if ((*json)->kind == JSON_OBJECT)
            return true;
        row->fault = STR("the line is no JSON object");
        return false;
    }
    row->fault = str_copy(arena, str_from_z(err.text));
    return false;
}

static bool next_row(struct source *source, struct arena *arena, struct source_row *row,
                     struct err *err)
{
    struct lines *lines = source->data;
    struct str line;
    struct json *json;

    *row = (struct source_row){0};
    do {
        if (lines->head_at < lines->head.count) {
            line = lines->head.items[lines->head_at++];
            row->line = (int64_t)lines->head_at;
        } else {
            if (!next_line(lines, &line, err))
                return false;
            row->line = lines->line;
        }
        if (line.ptr == NULL)
            return true;
    } while (str_trim(line).len == 0);
    if (parse_line(arena, line, &json, row))
        fill_row(source, arena, json, row);
    return true;
}

bool source_ndjson_open(struct arena *arena, const struct import_options *options,
                        struct source_bytes *bytes, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(64 * 1024);
    struct source *source = bytes->source;
    struct lines *lines = ARENA_NEW(arena, struct lines);
    size_t head_bytes = 0;
    bool has_object = false;

    lines->bytes = bytes;
    lines->arena = lines->buf.arena = lines->known.arena = arena;
    for (size_t i = 0; i < options->column_count; i++)
        add_column(lines, options->columns[i].title);
    while (lines->head.count < HEAD_LINES && head_bytes < SOURCE_ROW_MAX) {
        struct source_row row = {0};
        struct json *json;
        struct str line;

        if (!next_line(lines, &line, err))
            return false;
        if (line.ptr == NULL)
            break;
        if (lines->line == 1 && str_starts(line, STR("\xEF\xBB\xBF")))
            line = str_slice(line, 3, line.len);
        arena_reset(scratch);
        if (str_trim(line).len > 0 && parse_line(scratch, line, &json, &row)) {
            add_columns(lines, json);
            has_object = true;
        }
        head_bytes += line.len;
        VEC_PUSH(arena, &lines->head, str_copy(arena, line));
    }
    source->columns = lines->columns.items;
    source->column_count = lines->columns.count;
    source->next = next_row;
    source->data = lines;
    return (has_object && lines->columns.count > 0) ||
           err_set(err, ERR_INPUT, "no line of the file is a JSON object");
}
