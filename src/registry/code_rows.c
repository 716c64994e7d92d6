#include "registry/code_rows.h"

#include "core/csv.h"
#include "core/num.h"
#include "core/time.h"
#include "core/vec.h"
#include "store/rows.h"

#include <stdlib.h>

enum pack_column {
    PACK_CODE,
    PACK_TITLE,
    PACK_PARENT,
    PACK_FROM,
    PACK_TO,
    PACK_KY,
    PACK_EN,
    PACK_COLUMNS,
};

/* As they stand in the table and in what is printed. */
enum column {
    LIST,
    CODE,
    TITLE, /* in Russian, the others behind it */
    PARENT = TITLE + MODEL_LANGUAGES,
    VALID_FROM,
    VALID_TO,
    RANK,
    COLUMNS,
};

#define OPEN_FROM (INT64_MIN / 2)
#define OPEN_TO   (INT64_MAX / 2)

static bool read_header(const struct csv_row *row, int places[PACK_COLUMNS], struct err *err)
{
    static const struct str NAMES[PACK_COLUMNS] = {
        STR_INIT("code"),     STR_INIT("title"),    STR_INIT("parent"),  STR_INIT("valid_from"),
        STR_INIT("valid_to"), STR_INIT("title.ky"), STR_INIT("title.en")};

    for (int column = 0; column < PACK_COLUMNS; column++) {
        places[column] = -1;
        for (size_t i = 0; row->fields != NULL && i < row->count; i++)
            if (str_equal(row->fields[i], NAMES[column]))
                places[column] = (int)i;
    }
    if (places[PACK_CODE] < 0 || places[PACK_TITLE] < 0)
        return err_set(err, ERR_INPUT, "a code list has the columns code and title at least");
    return true;
}

static struct str cell(const struct csv_row *row, const int places[PACK_COLUMNS],
                       enum pack_column column)
{
    int place = places[column];

    return place >= 0 && (size_t)place < row->count ? str_trim(row->fields[place])
                                                    : (struct str){0};
}

/* A title that is missing in a language is the Russian one. */
static void set_titles(struct arena *arena, struct catalog_code *code,
                       const struct str titles[MODEL_LANGUAGES])
{
    for (int language = 0; language < MODEL_LANGUAGES; language++)
        code->title[language] =
            titles[language].len > 0 ? str_copy(arena, titles[language]) : code->title[MODEL_RU];
}

static bool add_pack_row(struct code_rows *rows, struct str list, const struct csv_row *row,
                         const int places[PACK_COLUMNS], int64_t rank, struct err *err)
{
    struct str from = cell(row, places, PACK_FROM), to = cell(row, places, PACK_TO);
    struct code_rows_item added = {
        .list = list,
        .code = {.code = str_copy(rows->arena, cell(row, places, PACK_CODE)),
                 .parent = str_copy(rows->arena, cell(row, places, PACK_PARENT)),
                 .valid_from = OPEN_FROM,
                 .valid_to = OPEN_TO,
                 .rank = rank}};
    struct str titles[MODEL_LANGUAGES] = {cell(row, places, PACK_TITLE), cell(row, places, PACK_KY),
                                          cell(row, places, PACK_EN)};

    if ((from.len > 0 && !time_parse_day(from, &added.code.valid_from)) ||
        (to.len > 0 && !time_parse_day(to, &added.code.valid_to)))
        return err_set(err, ERR_INPUT, "line %lld: a date is written 2026-03-09",
                       (long long)row->line);
    set_titles(rows->arena, &added.code, titles);
    VEC_PUSH(rows->arena, rows, added);
    return true;
}

static bool read_list(struct code_rows *rows, struct str list, struct str bytes, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct csv *csv = csv_open_text(scratch, (struct csv_format){.separator = ','}, bytes);
    int places[PACK_COLUMNS];
    struct csv_row row;

    if (!csv_next(csv, &row, err) || !read_header(&row, places, err))
        return false;
    for (int64_t rank = 1;; rank++) {
        if (!csv_next(csv, &row, err))
            return false;
        if (row.fields == NULL)
            return true;
        if (!add_pack_row(rows, list, &row, places, rank, err))
            return false;
    }
}

bool code_rows_read_pack(struct code_rows *rows, const struct pack *pack, struct err *err)
{
    for (size_t i = 0; i < pack->file_count; i++) {
        const struct pack_file *file = &pack->files[i];
        size_t folder = sizeof "lists/" - 1;

        if (!str_starts(file->path, STR("lists/")) || !str_ends(file->path, STR(".csv")))
            continue;
        struct str name = str_slice(file->path, folder, file->path.len - folder - 4);
        struct str list = str_printf(rows->arena, "%.*s.%.*s", STR_ARG(pack->id), STR_ARG(name));
        if (!read_list(rows, list, file->bytes, err))
            return err_while(err, "pack %.*s, %.*s", STR_ARG(pack->id), STR_ARG(file->path));
    }
    return true;
}

bool code_rows_read_own(struct tx *tx, struct code_rows *rows, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(512);
    struct rows found;

    if (!store_query(tx, scratch, &found,
                     "SELECT list, code, title, title_ky, title_en, parent, valid_from, valid_to,"
                     " rank FROM list_code WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), err))
        return false;
    for (size_t i = 0; i < found.count; i++) {
        struct code_rows_item row = {
            .list = str_copy(rows->arena, rows_text(&found, i, LIST)),
            .code = {.code = str_copy(rows->arena, rows_text(&found, i, CODE)),
                     .parent = str_copy(rows->arena, rows_text(&found, i, PARENT)),
                     .valid_from = rows_int(&found, i, VALID_FROM),
                     .valid_to = rows_int(&found, i, VALID_TO),
                     .rank = rows_int(&found, i, RANK)}};
        struct str titles[MODEL_LANGUAGES];

        for (size_t language = 0; language < MODEL_LANGUAGES; language++)
            titles[language] = rows_text(&found, i, TITLE + language);
        set_titles(rows->arena, &row.code, titles);
        VEC_PUSH(rows->arena, rows, row);
    }
    return true;
}

bool code_rows_parse(struct code_rows *rows, struct str text, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct csv *csv = csv_open_text(scratch, (struct csv_format){.separator = ','}, text);
    struct csv_row line;

    while (csv_next(csv, &line, err)) {
        struct code_rows_item row = {0};
        struct catalog_code *code = &row.code;

        if (line.fields == NULL)
            return true;
        if (line.count != COLUMNS || !num_parse_int(line.fields[VALID_FROM], &code->valid_from) ||
            !num_parse_int(line.fields[VALID_TO], &code->valid_to) ||
            !num_parse_int(line.fields[RANK], &code->rank))
            return err_set(err, ERR_BROKEN, "line %lld of kept codes is damaged",
                           (long long)line.line);
        row.list = str_copy(rows->arena, line.fields[LIST]);
        code->code = str_copy(rows->arena, line.fields[CODE]);
        code->parent = str_copy(rows->arena, line.fields[PARENT]);
        set_titles(rows->arena, code, &line.fields[TITLE]);
        VEC_PUSH(rows->arena, rows, row);
    }
    return false;
}

void code_rows_print(struct buf *out, const struct code_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct catalog_code *code = &rows->items[i].code;
        struct str fields[COLUMNS] = {
            [LIST] = rows->items[i].list, [CODE] = code->code, [PARENT] = code->parent};

        for (int language = 0; language < MODEL_LANGUAGES; language++)
            fields[TITLE + language] = code->title[language];
        fields[VALID_FROM] = str_printf(out->arena, "%lld", (long long)code->valid_from);
        fields[VALID_TO] = str_printf(out->arena, "%lld", (long long)code->valid_to);
        fields[RANK] = str_printf(out->arena, "%lld", (long long)code->rank);
        csv_write(out, fields, COLUMNS, ',');
    }
}

static int compare(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int by_key(const void *one, const void *other)
{
    const struct code_rows_item *a = one, *b = other;
    int order = str_compare(a->list, b->list);

    if (order == 0)
        order = str_compare(a->code.code, b->code.code);
    return order != 0 ? order : compare(a->code.valid_from, b->code.valid_from);
}

/* Of the same list. */
static int by_rank(const void *one, const void *other)
{
    const struct catalog_code *a = one, *b = other;
    int order = compare(a->rank, b->rank);

    if (order == 0)
        order = str_compare(a->code, b->code);
    return order != 0 ? order : compare(a->valid_from, b->valid_from);
}

struct place {
    struct code_rows_item row;
    size_t at; /* the sort keeps no order of its own */
};

static int by_key_and_place(const void *one, const void *other)
{
    const struct place *a = one, *b = other;
    int order = by_key(&a->row, &b->row);

    return order != 0 ? order : compare((int64_t)a->at, (int64_t)b->at);
}

void code_rows_merge(struct code_rows *rows)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct place *places = ARENA_ARRAY(scratch, struct place, rows->count);
    size_t count = rows->count;

    for (size_t i = 0; i < count; i++)
        places[i] = (struct place){rows->items[i], i};
    if (count > 0)
        qsort(places, count, sizeof *places, by_key_and_place);
    rows->count = 0;
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || by_key(&places[i].row, &places[i + 1].row) != 0)
            rows->items[rows->count++] = places[i].row;
}

const struct code_rows_item *code_rows_find(const struct code_rows *rows,
                                            const struct code_rows_item *like)
{
    return rows->count == 0 ? NULL
                            : bsearch(like, rows->items, rows->count, sizeof *rows->items, by_key);
}

bool code_rows_equal(const struct code_rows_item *one, const struct code_rows_item *other)
{
    const struct catalog_code *a = &one->code, *b = &other->code;
    bool is_equal = by_key(one, other) == 0 && str_equal(a->parent, b->parent) &&
                    a->valid_to == b->valid_to && a->rank == b->rank;

    for (int language = 0; language < MODEL_LANGUAGES; language++)
        is_equal = is_equal && str_equal(a->title[language], b->title[language]);
    return is_equal;
}

static void add_list(struct arena *arena, const struct code_rows_item *rows, size_t count,
                     struct map *lists)
{
    struct catalog_list *list = ARENA_NEW(arena, struct catalog_list);

    list->id = rows[0].list;
    list->codes = ARENA_ARRAY(arena, struct catalog_code, count);
    list->count = count;
    list->by_code.arena = arena;
    for (size_t i = 0; i < count; i++)
        list->codes[i] = rows[i].code;
    qsort(list->codes, count, sizeof *list->codes, by_rank);
    for (size_t i = 0; i < count; i++) {
        const struct catalog_code *other = map_find(&list->by_code, list->codes[i].code);

        if (other == NULL || other->valid_from <= list->codes[i].valid_from)
            map_put(&list->by_code, list->codes[i].code, &list->codes[i]);
    }
    map_put(lists, list->id, list);
}

void code_rows_lists(struct code_rows *rows, struct map *lists)
{
    code_rows_merge(rows);
    for (size_t from = 0, to = 0; from < rows->count; from = to) {
        while (to < rows->count && str_equal(rows->items[to].list, rows->items[from].list))
            to++;
        add_list(rows->arena, &rows->items[from], to - from, lists);
    }
}
